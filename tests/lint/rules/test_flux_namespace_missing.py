import pytest

from tests.support.linting import document, fleet, kustomization, lint


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "ConfigMap"),
        ("apps/v1", "Deployment"),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
        ("cert-manager.io/v1", "Certificate"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ],
)
def test_an_object_that_needs_a_namespace(api_version, kind):
    (finding,) = lint(fleet(kustomization("a"), a=document(api_version, kind, "web")), "FX022")
    assert finding.severity == "error"
    assert str(finding.at) == "apps/a/manifests.yaml:4:3"
    assert finding.problem.startswith(f"{kind} web has no namespace")


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Namespace"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("cert-manager.io/v1", "ClusterIssuer"),
        ("unknown.example/v1", "Thing"),
        ("gateway.networking.k8s.io/v1", "GatewayClass"),
    ],
)
def test_kinds_outside_of_namespaces_and_unknown_ones(api_version, kind):
    assert lint(fleet(kustomization("a"), a=document(api_version, kind, "web")), "FX022") == []


def test_the_namespace_of_the_kustomization_of_flux():
    files = fleet(kustomization("a", targetNamespace="a"), a=document("v1", "ConfigMap", "web"))
    assert lint(files, "FX022") == []


def test_the_namespace_of_the_kustomization_file():
    files = fleet(kustomization("a"), a=document("v1", "ConfigMap", "web"))
    files["apps/a/kustomization.yaml"] = "namespace: a\nresources: [manifests.yaml]\n"
    assert lint(files, "FX022") == []


def test_a_namespace_that_is_a_variable():
    files = fleet(kustomization("a"), a=document("v1", "ConfigMap", "web", "${SPACE}"))
    assert lint(files, "FX022") == []


@pytest.mark.parametrize(("scope", "count"), [("Namespaced", 1), ("Cluster", 0)])
def test_a_kind_that_the_cluster_defines(scope, count):
    definition = document(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "things.unknown.example",
        spec={"group": "unknown.example", "names": {"kind": "Thing"}, "scope": scope},
    )
    text = f"{definition}---\n{document('unknown.example/v1', 'Thing', 'one')}"
    assert len(lint(fleet(kustomization("a"), a=text), "FX022")) == count


def test_a_generated_object():
    files = fleet(kustomization("a"))
    files["apps/a/kustomization.yaml"] = (
        "configMapGenerator:\n  - name: settings\n    literals: [A=b]\n"
    )
    (finding,) = lint(files, "FX022")
    assert finding.at.path == "apps/a/kustomization.yaml"
