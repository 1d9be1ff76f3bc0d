import pytest
from hypothesis import HealthCheck, given, settings

from kure_hooks.errors import InputError
from tests.support.clusters import clusters
from tests.support.generate import REPOSITORY, bundle, generated, leaf, node, objects
from tests.support.trees import TreeReader

WAVE = "argocd.argoproj.io/sync-wave"
CASCADE = ["resources-finalizer.argocd.argoproj.io/foreground"]


def applications(root, **options):
    found = objects(root, engine="argocd", **options)
    return {name: each for name, each in found.items() if each["kind"] == "Application"}


def application(**fields):
    return applications(node("prod", leaf("web", **fields)))["Application/web"]


def test_a_bare_bundle_gets_the_defaults():
    """E17.1, E17.3, E17.4, E17.5, E17.11."""
    assert application() == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "web",
            "namespace": "argocd",
            "annotations": {WAVE: "0"},
            "finalizers": CASCADE,
        },
        "spec": {
            "project": "prod",
            "source": {
                "repoURL": REPOSITORY,
                "path": "clusters/prod/web",
                "targetRevision": "HEAD",
            },
            "destination": {"server": "https://kubernetes.default.svc"},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["ServerSideApply=true"],
            },
        },
    }


@pytest.mark.parametrize(
    ("fields", "key", "expected"),
    [
        ({"prune": False}, "automated", {"prune": False, "selfHeal": True}),
        ({"suspend": True}, "automated", {"enabled": False, "prune": True, "selfHeal": True}),
        (
            {"retryInterval": "2m"},
            "retry",
            {
                "limit": -1,
                "backoff": {"duration": "2m", "factor": 1, "maxDuration": "2m"},
                "refresh": True,
            },
        ),
    ],
)
def test_reconciliation_becomes_a_sync_policy(fields, key, expected):
    """E17.14: prune, suspend and retryInterval."""
    assert application(**fields)["spec"]["syncPolicy"][key] == expected


PATCH = {"patch": "[]", "target": {"kind": "Deployment", "name": "web"}}
IMAGES = [
    {"name": "nginx", "newName": "example.com/nginx", "newTag": "1.29"},
    {"name": "redis", "digest": "sha256:abc"},
    {"name": "app", "newTag": "2"},
]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"patches": [PATCH]}, {"patches": [PATCH]}),
        ({"namePrefix": "a-", "nameSuffix": "-b"}, {"namePrefix": "a-", "nameSuffix": "-b"}),
        (
            {"components": ["../c"], "ignoreMissingComponents": True},
            {"components": ["../c"], "ignoreMissingComponents": True},
        ),
        ({"ignoreMissingComponents": True}, {"ignoreMissingComponents": True}),
        (
            {"images": IMAGES},
            {"images": ["nginx=example.com/nginx:1.29", "redis@sha256:abc", "app:2"]},
        ),
    ],
)
def test_build_options_become_kustomize_options(fields, expected):
    """E17.14: patches, names, components and images."""
    assert application(**fields)["spec"]["source"]["kustomize"] == expected


def test_the_target_namespace_is_that_of_kustomize_and_of_the_destination():
    """E17.14."""
    spec = application(targetNamespace="shop")["spec"]
    assert spec["source"]["kustomize"] == {"namespace": "shop"}
    assert spec["destination"]["namespace"] == "shop"


@pytest.mark.parametrize(
    ("fields", "cascades"),
    [
        ({}, True),
        ({"prune": False}, False),
        ({"prune": False, "deletionPolicy": "Delete"}, True),
        ({"deletionPolicy": "WaitForTermination"}, True),
        ({"deletionPolicy": "MirrorPrune"}, True),
        ({"deletionPolicy": "Orphan"}, False),
    ],
)
def test_what_goes_with_the_application(fields, cascades):
    """E17.14: deletionPolicy and prune."""
    assert application(**fields)["metadata"].get("finalizers") == (CASCADE if cascades else None)


@pytest.mark.parametrize(
    "fields",
    [
        {"decryption": {"provider": "sops"}},
        {"kubeConfig": {"secretRef": {"name": "remote"}}},
        {"dependsOn": [{"name": "x", "external": True, "readyExpr": "true"}]},
    ],
)
def test_what_has_no_equivalent_is_refused(fields):
    """E17.14: nothing is dropped in silence."""
    with pytest.raises(InputError, match=r"no equivalent|can't express"):
        application(**fields)


def test_options_of_the_cluster_reach_every_application():
    """E17.10."""
    options = {
        "repoURL": REPOSITORY,
        "targetRevision": "v1",
        "project": "shared",
        "namespace": "gitops",
        "destination": {"name": "remote"},
    }
    found = objects(node("prod", leaf("web")), engine="argocd", gitops={"argocd": options})
    assert list(found) == ["Application/web"]
    web = found["Application/web"]
    assert web["metadata"]["namespace"] == "gitops"
    assert web["spec"]["project"] == "shared"
    assert web["spec"]["destination"] == {"name": "remote"}
    assert web["spec"]["source"]["targetRevision"] == "v1"


def test_labels_and_annotations_of_cluster_and_bundle_reach_the_application():
    """E2.7."""
    root = node("prod", leaf("web", labels={"tier": "b"}, annotations={"note": "x"}))
    found = applications(root, labels={"tier": "a", "region": "eu"})["Application/web"]["metadata"]
    assert found["labels"] == {"region": "eu", "tier": "b"}
    assert found["annotations"] == {WAVE: "0", "note": "x"}


def test_umbrella_children_get_applications_in_waves_of_their_own():
    """E17.9, E17.12: to wait for an umbrella is to wait for all that it contains."""
    b = bundle("b", children=[bundle("c", children=[bundle("d")])], dependsOn=["a"])
    umbrella = bundle("platform", children=[bundle("a"), b])
    root = node("prod", leaf("late", dependsOn=["platform"]), bundle=umbrella)
    found = applications(root)
    waves = {
        name.partition("/")[2]: each["metadata"]["annotations"][WAVE]
        for name, each in found.items()
    }
    assert waves == {"platform": "0", "a": "0", "b": "1", "c": "1", "d": "1", "late": "2"}


def test_an_umbrella_s_child_may_have_a_revision_of_its_own():
    other = {"kind": "GitRepository", "name": "next", "url": REPOSITORY, "branch": "next"}
    children = [bundle("one", sourceRef=other, children=[bundle("deep")]), bundle("two")]
    found = applications(node("prod", bundle=bundle("top", children=children)))
    revisions = {each["metadata"]["name"]: targeted(each) for each in found.values()}
    assert revisions == {"top": "HEAD", "one": "next", "deep": "next", "two": "HEAD"}


def targeted(application):
    return application["spec"]["source"]["targetRevision"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(clusters("argocd"))
def test_waves_grow_along_every_dependency(case):
    """E17.9, and E17.6: what waits for nothing is in the first wave."""
    reader = TreeReader(generated(case.texts()).files, f"clusters/{case.cluster}")
    wave = {
        each["metadata"]["name"]: int(each["metadata"]["annotations"][WAVE])
        for each in reader.gitops
        if each["kind"] == "Application" and WAVE in each["metadata"].get("annotations", {})
    }
    assert wave.keys() >= case.before.keys()
    for name, earlier in case.before.items():
        assert all(wave[each] < wave[name] for each in earlier)
        assert earlier or wave[name] == 0
