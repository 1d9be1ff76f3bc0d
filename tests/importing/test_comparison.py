"""The comparison that proves an import: it sees every change of an owner, and no default."""

from copy import deepcopy

import pytest
import yaml

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.importing.comparison import differences, effective

KUSTOMIZATION = yaml.safe_load("""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system, labels: {team: web}}
spec:
  interval: 10m
  path: ./apps
  prune: true
  wait: true
  sourceRef: {kind: GitRepository, name: flux-system}
  dependsOn: [{name: infra}]
""")
APPLICATION = yaml.safe_load("""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/fleet.git, path: apps, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: web}
  syncPolicy: {automated: {prune: true}}
""")


def changed(manifest, *steps, to):
    copy = deepcopy(manifest)
    inner = copy
    for step in steps[:-1]:
        inner = inner.setdefault(step, {})
    inner[steps[-1]] = to
    return copy


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (("spec", "interval"), "10m0s"),
        (("spec", "interval"), "600s"),
        (("spec", "retryInterval"), "10m"),
        (("spec", "path"), "apps/"),
        (("spec", "path"), "/apps"),
        (("spec", "path"), "//apps/../apps"),
        (("spec", "force"), False),
        (("spec", "postBuild"), {"substitute": {}}),
        (("spec", "deletionPolicy"), "MirrorPrune"),
        (("spec", "healthChecks"), [{"kind": "Deployment", "name": "web"}]),
        (("spec", "dependsOn"), [{"name": "infra", "namespace": "flux-system"}]),
        (
            ("spec", "sourceRef"),
            {"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"},
        ),
        (("metadata", "annotations"), {}),
    ],
)
def test_what_flux_takes_anyway_is_no_difference(steps, value):
    assert effective(changed(KUSTOMIZATION, *steps, to=value)) == effective(KUSTOMIZATION)


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (("spec", "interval"), "11m"),
        (("spec", "retryInterval"), "1m"),
        (("spec", "path"), "./other"),
        (("spec", "prune"), False),
        (("spec", "wait"), False),
        (("spec", "suspend"), True),
        (("spec", "deletionPolicy"), "Orphan"),
        (("spec", "dependsOn"), []),
        (("spec", "dependsOn"), [{"name": "infra", "namespace": "other"}]),
        (("spec", "sourceRef"), {"kind": "OCIRepository", "name": "flux-system"}),
        (("spec", "targetNamespace"), "web"),
        (("metadata", "labels"), {"team": "other"}),
        (("metadata", "namespace"), "other"),
    ],
)
def test_any_other_field_of_a_kustomization_is_a_difference(steps, value):
    assert effective(changed(KUSTOMIZATION, *steps, to=value)) != effective(KUSTOMIZATION)


AUTOMATED = ("spec", "syncPolicy", "automated")


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (AUTOMATED, {"prune": True, "selfHeal": False, "enabled": True}),
        (("spec", "source", "path"), "./apps/"),
        (("spec", "syncPolicy", "syncOptions"), ["ServerSideApply=false"]),
        (("metadata", "annotations"), {"argocd.argoproj.io/sync-wave": "0"}),
        (("metadata", "finalizers"), []),
    ],
)
def test_what_argo_cd_takes_anyway_is_no_difference(steps, value):
    assert effective(changed(APPLICATION, *steps, to=value)) == effective(APPLICATION)


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (AUTOMATED, {"prune": True, "selfHeal": True}),
        (AUTOMATED, None),
        (AUTOMATED, {"prune": True, "enabled": False}),
        (("spec", "source", "path"), "other"),
        (("spec", "source", "targetRevision"), "main"),
        (("spec", "source", "helm"), {"releaseName": "web"}),
        (("spec", "syncPolicy", "syncOptions"), ["CreateNamespace=true"]),
        (("spec", "destination", "namespace"), "other"),
        (("spec", "project"), "web"),
        (("metadata", "annotations"), {"argocd.argoproj.io/sync-wave": "1"}),
        (("metadata", "finalizers"), ["resources-finalizer.argocd.argoproj.io"]),
    ],
)
def test_any_other_field_of_an_application_is_a_difference(steps, value):
    assert effective(changed(APPLICATION, *steps, to=value)) != effective(APPLICATION)


def test_finalizers_with_and_without_a_path_mean_one_thing():
    short = ["resources-finalizer.argocd.argoproj.io"]
    long = [f"{short[0]}/foreground"]
    one, other = (changed(APPLICATION, "metadata", "finalizers", to=each) for each in (short, long))
    assert effective(one) == effective(other)


def cluster(spec=None, **files):
    manifest = changed(KUSTOMIZATION, "spec", "dependsOn", to=[])
    manifest["spec"] |= spec or {}
    usual = {
        "entry/apps.yaml": yaml.safe_dump(manifest),
        "apps/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: a}\n",
    }
    data = {path.replace("__", "/") + ".yaml": text for path, text in files.items()}
    tree = MemoryTree({path: text.encode() for path, text in (usual | data).items() if text})
    (read,) = read_repository(tree).clusters
    return read


OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: a}\ndata: {a: b}\n"
MORE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: a}\n"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (cluster(), None),
        (cluster({"interval": "1h"}), 'spec.interval "1h0m0s" instead of "10m0s"'),
        (cluster(apps__web=OTHER), "would no longer apply ConfigMap a/web"),
        (cluster(apps__more=MORE), "would apply ConfigMap a/more"),
        (cluster({"path": "./other"}), "spec.path"),
        (cluster({"sourceRef": {"kind": "Bucket", "name": "b"}}), "spec.sourceRef.kind"),
    ],
)
def test_an_owner_has_the_same_spec_and_the_same_objects(after, said):
    found = list(differences(cluster(), after).values())
    assert found == [] if said is None else said in found[0]


def test_an_owner_that_is_gone_is_a_difference():
    before = cluster()
    after = cluster()
    after.owners.clear()
    assert list(differences(before, after).values()) == ["would not be there"]
