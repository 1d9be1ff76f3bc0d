import pytest

from kure_hooks.findings import Severity
from kure_hooks.objects.written import Object
from kure_hooks.validators.admission import Versions, faults
from kure_hooks.validators.admission.rules.lifecycles import _KUBERNETES, life_of
from kure_hooks.yamlio import Document
from tests.support.admission_cases import cases
from tests.support.lifecycles import MODULES, directory, rows

CASES = dict(cases())
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def judged(api_version, kind, name="x", **versions):
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}
    found = faults(
        [Object(Document("x.yaml", manifest, 0, 0, {}), (), manifest)], Versions(**versions)
    )
    return [each for each in found if each.rule in ("VA107", "VA108")]


@pytest.mark.parametrize(
    ("api_version", "kind", "release", "severity", "expected"),
    [
        ("extensions/v1beta1", "Ingress", (1, 37), ERROR, "networking.k8s.io/v1"),
        ("networking.k8s.io/v1beta1", "Ingress", (1, 22), ERROR, "networking.k8s.io/v1"),
        ("networking.k8s.io/v1beta1", "Ingress", (1, 21), WARNING, "networking.k8s.io/v1"),
        ("policy/v1beta1", "PodDisruptionBudget", (1, 25), ERROR, "policy/v1"),
        ("policy/v1beta1", "PodDisruptionBudget", (1, 24), WARNING, "policy/v1"),
        ("batch/v1beta1", "CronJob", (1, 25), ERROR, "batch/v1"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", (1, 26), ERROR, "autoscaling/v2"),
        ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", (1, 22), ERROR, "io/v1"),
        ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", (1, 37), ERROR, "k8s.io/v1"),
    ],
)
def test_a_version_of_kubernetes_ends(api_version, kind, release, severity, expected):
    (finding,) = judged(api_version, kind, kubernetes=release)
    assert finding.severity is severity
    assert finding.expected.startswith("Write apiVersion: ")
    assert finding.expected.endswith(f"{expected}.")


def test_a_version_is_good_before_it_is_deprecated():
    assert judged("policy/v1beta1", "PodDisruptionBudget", kubernetes=(1, 20)) == []


def test_a_successor_that_is_gone_itself_is_followed():
    (before,) = judged("extensions/v1beta1", "PodSecurityPolicy", kubernetes=(1, 20))
    assert before.expected == "Write apiVersion: policy/v1beta1."
    (after,) = judged("extensions/v1beta1", "PodSecurityPolicy", kubernetes=(1, 30))
    assert after.expected == (
        "Put a label such as pod-security.kubernetes.io/enforce on the namespaces."
    )


@pytest.mark.parametrize(
    ("api_version", "kind", "release", "severity", "expected"),
    [
        ("helm.toolkit.fluxcd.io/v2beta1", "HelmRelease", (2, 7), ERROR, "v2"),
        ("helm.toolkit.fluxcd.io/v2beta2", "HelmRelease", (2, 7), WARNING, "v2"),
        ("helm.toolkit.fluxcd.io/v2beta2", "HelmRelease", (2, 8), ERROR, "v2"),
        ("kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization", (2, 9), ERROR, "v1"),
        ("notification.toolkit.fluxcd.io/v1beta2", "Alert", (2, 8), WARNING, "v1beta3"),
        ("notification.toolkit.fluxcd.io/v1beta2", "Alert", (2, 9), ERROR, "v1beta3"),
        ("source.toolkit.fluxcd.io/v1beta2", "OCIRepository", (2, 9), ERROR, "v1"),
    ],
)
def test_a_version_of_flux_ends(api_version, kind, release, severity, expected):
    (finding,) = judged(api_version, kind, flux=release)
    assert finding.severity is severity
    assert finding.expected == f"Write apiVersion: {api_version.partition('/')[0]}/{expected}."


def test_a_message_names_the_release():
    (finding,) = judged("helm.toolkit.fluxcd.io/v2beta2", "HelmRelease", flux=(2, 6))
    assert finding.problem == (
        "helm.toolkit.fluxcd.io/v2beta2 HelmRelease is deprecated since Flux 2.3 and goes in 2.8"
    )


def test_a_service_may_begin_with_a_digit_from_one_release_on():
    spec = {"ports": [{"port": 80}]}
    manifest = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "1a"}, "spec": spec}
    item = Object(Document("x.yaml", manifest, 0, 0, {}), (), manifest)
    assert [*faults([item], Versions(kubernetes=(1, 36)))] == []
    (finding,) = faults([item], Versions(kubernetes=(1, 35)))
    assert finding.rule == "VA100"


@pytest.mark.parametrize(
    ("name", "release", "rule"),
    [
        ("CronJob spec.schedule 15", (1, 29), "VA144"),
        ("StatefulSet spec.serviceName 2", (1, 33), "VA147"),
        ("HorizontalPodAutoscaler spec.scaleTargetRef 2", (1, 34), "VA161"),
        ("NetworkPolicy spec.ingress.0.from 3", (1, 36), "VA156"),
        ("LoadBalancer spec.loadBalancerSourceRanges 4", (1, 36), "VA156"),
    ],
)
def test_what_only_later_releases_refuse_is_a_warning(name, release, rule):
    case = CASES[name]
    item = Object(Document("x.yaml", case, 0, 0, {}), (), case)
    before = release[0], release[1] - 1
    for kubernetes, severity in ((release, ERROR), (before, WARNING)):
        found = [*faults([item], Versions(kubernetes=kubernetes))]
        assert [(each.rule, each.severity) for each in found] == [(rule, severity)]


@pytest.mark.parametrize(("release", "count"), [((2, 7), 0), ((2, 14), 1), ((3, 0), 2)])
def test_settings_that_argo_cd_does_not_read_any_longer_are_named(release, count):
    data = {"repositories": "[]", "configManagementPlugins": "[]", "url": "https://x"}
    meta = {"name": "argocd-cm", "namespace": "argocd"}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}
    item = Object(Document("x.yaml", manifest, 0, 0, {}), (), manifest)
    found = [*faults([item], Versions(argocd=release))]
    assert [finding.rule for finding in found] == ["VA109"] * count


def test_the_table_is_what_the_modules_of_kubernetes_say():
    directories = [directory(module) for module in MODULES]
    if None in directories:
        pytest.skip("the modules are not in Go's cache: go mod download " + " ".join(MODULES))
    assert _KUBERNETES.strip().splitlines() == [*rows(directories)]


def test_flux_serves_no_version_that_is_gone_and_all_that_follow():
    for row in [("helm", "HelmRelease", "v2"), ("kustomize", "Kustomization", "v1")]:
        group, kind, version = row
        assert life_of(f"{group}.toolkit.fluxcd.io/{version}", kind) is None


@pytest.mark.parametrize(
    ("kind", "key", "release", "count"),
    [
        ("AppProject", "signatureKeys", (3, 5), 1),
        ("AppProject", "signatureKeys", (3, 4), 0),
        ("ApplicationSet", "applyNestedSelectors", (3, 0), 1),
        ("Application", "signatureKeys", (3, 5), 0),
    ],
)
def test_a_field_that_argo_cd_deprecates_is_a_warning_at_its_place(kind, key, release, count):
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "x", "namespace": "argocd"},
        "spec": {key: []},
    }
    item = Object(Document("x.yaml", manifest, 0, 0, {}), (), manifest)
    found = [each for each in faults([item], Versions(argocd=release)) if each.rule == "VA196"]
    assert [(each.pointer, each.severity) for each in found] == [(f"/spec/{key}", WARNING)] * count
