import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, bundle, leaf, node, objects, tree

DEPLOYMENT = application("web", "apps/v1 Deployment")


def kustomization(root, name, **options):
    return objects(root, **options)[f"Kustomization/{name}"]


def spec(gitops=None, **fields):
    """Return the spec of the Kustomization of a bundle with these fields."""
    return kustomization(node("prod", leaf("web", **fields)), "web", gitops=gitops)["spec"]


def test_a_bare_bundle_gets_the_defaults():
    """E7.1, E7.4, E7.15, E7.16, E7.20, E9.4."""
    assert kustomization(node("prod", leaf("web")), "web") == {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "web", "namespace": "flux-system"},
        "spec": {
            "interval": "1h0m0s",
            "retryInterval": "2m0s",
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
            "path": "./clusters/prod/web",
            "prune": True,
        },
    }


PATCHES = [
    {"patch": "# nothing"},
    {
        "patch": "{}",
        "target": {
            "group": "apps",
            "version": "v1",
            "kind": "Deployment",
            "name": "web",
            "namespace": "shop",
            "labelSelector": "app=web",
            "annotationSelector": "a=b",
        },
    },
]
CHECKS = [{"apiVersion": "apps/v1", "kind": "Deployment", "name": each} for each in ("b", "a")]
INLINE = {"substitute": {"zone": "a"}}
IGNORE = [{"paths": ["/spec/replicas"], "target": {"kind": "Deployment"}}]
EXPRESSIONS = [{"apiVersion": "example.com/v1", "kind": "Shop", "current": "status.open"}]
FROM = {"substituteFrom": [{"kind": "Secret", "name": "s", "optional": True}]}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"prune": False}, id="E7.5"),
        pytest.param({"wait": True}, id="E7.6"),
        pytest.param({"wait": False}, id="E7.6-false"),
        pytest.param({"timeout": "5m0s"}, id="E7.7"),
        pytest.param({"retryInterval": "2m0s"}, id="E7.8"),
        pytest.param({"force": True}, id="E7.9"),
        pytest.param({"suspend": True}, id="E7.10"),
        pytest.param({"interval": "10m0s"}, id="E7.14"),
        pytest.param({"healthChecks": CHECKS}, id="E7.15"),
        pytest.param({"patches": PATCHES}, id="E7.17, E7.18, E7.19"),
        pytest.param({"postBuild": INLINE}, id="E7.21"),
        pytest.param({"postBuild": FROM}, id="E7.22"),
        pytest.param({"postBuild": INLINE | FROM}, id="E7.23"),
        pytest.param({"targetNamespace": "shop", "deletionPolicy": "Orphan"}, id="B2"),
        pytest.param({"buildMetadata": ["originAnnotations"]}, id="B2-buildMetadata"),
        pytest.param({"components": ["../a"], "ignoreMissingComponents": True}, id="B2-components"),
        pytest.param({"ignore": IGNORE}, id="B2-ignore"),
        pytest.param({"postBuild": INLINE | {"substituteStrategy": "Always"}}, id="B2-postBuild"),
        pytest.param({"wait": True, "healthCheckExprs": EXPRESSIONS}, id="B2-healthCheckExprs"),
        pytest.param({"kubeConfig": {"configMapRef": {"name": "a"}}}, id="B2-kubeConfig"),
    ],
)
def test_fields_of_a_bundle_are_those_of_its_kustomization(fields):
    assert {key: spec(**fields)[key] for key in fields} == fields


@pytest.mark.parametrize(
    ("flux", "fields", "retry"),
    [
        ({}, {}, "2m0s"),
        ({}, {"interval": "90s"}, None),
        ({"interval": "1m"}, {}, None),
        ({"retryInterval": "30s"}, {}, "30s"),
        ({"retryInterval": "2h"}, {}, None),
        ({"retryInterval": "30s"}, {"retryInterval": "3m"}, "3m0s"),
        ({}, {"retryInterval": "2h"}, "2h0m0s"),
    ],
)
def test_what_failed_is_tried_again_soon(flux, fields, retry):
    """Flux itself waits for a whole interval, which needs no word; a bundle's own stays."""
    assert spec({"flux": flux}, **fields).get("retryInterval") == retry


def test_a_kustomization_may_be_in_a_namespace_of_its_own():
    """What refers to it names the namespace, and it that of its source."""
    db = leaf("db", flux={"namespace": "data"}, dependsOn=["cache"])
    web = leaf("web", dependsOn=["db"])
    cache = leaf("cache", flux={"namespace": "data"})
    found = objects(node("prod", db, web, cache))
    db, web = found["Kustomization/db"], found["Kustomization/web"]
    assert db["metadata"]["namespace"] == "data"
    assert db["spec"]["sourceRef"]["namespace"] == "flux-system"
    assert db["spec"]["dependsOn"] == [{"name": "cache"}]
    assert web["metadata"]["namespace"] == "flux-system"
    assert web["spec"]["dependsOn"] == [{"name": "db", "namespace": "data"}]


@pytest.mark.parametrize("placement", ["separate", "integrated-per-bundle"])
def test_kustomizations_of_one_name_are_in_two_namespaces(placement):
    """Their bundles have names of their own, by which others wait for them."""
    web = leaf("web", DEPLOYMENT)
    db = leaf("data-web", flux={"name": "web", "namespace": "data"})
    late = leaf("late", dependsOn=["data-web", "web"])
    files = tree(node("prod", web, db, late), layout={"fluxPlacement": placement})
    found = [
        each
        for path, text in files.items()
        if "kustomization-" in path
        for each in yaml.safe_load_all(text)
    ]
    names = [(each["metadata"]["namespace"], each["metadata"]["name"]) for each in found]
    assert sorted(names) == [("data", "web"), ("flux-system", "late"), ("flux-system", "web")]
    (late,) = (each for each in found if each["metadata"]["name"] == "late")
    needs = [{"name": "web", "namespace": "data"}, {"name": "web"}]
    assert late["spec"]["dependsOn"] == needs


def test_two_bundles_have_no_kustomization_of_one_name_and_namespace():
    with pytest.raises(InputError, match="Kustomization flux-system/web"):
        objects(node("prod", leaf("web"), leaf("other", flux={"name": "web"})))


def test_a_dependency_names_the_namespace_of_its_bundle_or_none():
    db = leaf("db", flux={"namespace": "data"})
    right = leaf("web", dependsOn=[{"name": "db", "namespace": "data"}])
    wrong = leaf("web", dependsOn=[{"name": "db", "namespace": "flux-system"}])
    found = objects(node("prod", db, right))
    needs = found["Kustomization/web"]["spec"]["dependsOn"]
    assert needs == [{"name": "db", "namespace": "data"}]
    with pytest.raises(InputError, match="depends on db in namespace flux-system"):
        objects(node("prod", db, wrong))


def test_health_checks_of_an_umbrella_know_the_namespaces_of_its_children():
    child = {"name": "db", "flux": {"namespace": "data"}}
    found = objects(node("prod", leaf("web", children=[child])))
    checks = found["Kustomization/web"]["spec"]["healthChecks"]
    assert [check["namespace"] for check in checks] == ["data"]


def test_a_source_without_a_directory_is_for_argo_cd():
    source = {"repoURL": "https://charts.example.com", "chart": "web"}
    with pytest.raises(InputError, match="as only Argo CD can"):
        objects(node("prod", leaf("web", argocd={"source": source})))


def test_a_cluster_without_bundles_has_no_flux_objects():
    """E7.2."""
    assert objects(node("prod")) == {}


def test_a_description_is_for_readers_of_the_stack():
    assert spec(description="what it is for") == spec()


def test_the_source_reference_names_another_namespace_only():
    """E7.13, E8.1, E8.6."""
    reference = {"kind": "OCIRepository", "name": "shop", "namespace": "sources"}
    assert spec(sourceRef=reference)["sourceRef"] == reference
    own = reference | {"namespace": "flux-system"}
    assert spec(sourceRef=own)["sourceRef"] == {"kind": "OCIRepository", "name": "shop"}


def test_dependencies_of_both_lists_are_merged_in_order():
    """E7.24, E7.25."""
    root = node("prod", leaf("a"), leaf("b"), leaf("c", dependsOn=["b"], namedDependsOn=["a"]))
    assert kustomization(root, "c")["spec"]["dependsOn"] == [{"name": "b"}, {"name": "a"}]


UMBRELLA = bundle(
    "platform",
    DEPLOYMENT,
    children=[bundle("one"), bundle("two", children=[bundle("three")])],
    healthChecks=CHECKS[:1],
    timeout="5m",
    retryInterval="1m",
)


@pytest.mark.parametrize("wait", [{}, {"wait": True}])
def test_an_umbrella_checks_its_children_then_its_workloads_then_what_was_asked_for(wait):
    """E7.26, E7.29: with `wait` Flux would ignore the checks."""
    found = kustomization(node("prod", bundle=UMBRELLA | wait), "platform")["spec"]
    assert "wait" not in found
    assert (found["timeout"], found["retryInterval"]) == ("5m0s", "1m0s")
    flux = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "namespace": "flux-system",
    }
    assert found["healthChecks"] == [
        flux | {"name": "one"},
        flux | {"name": "two"},
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "apps"},
        CHECKS[0],
    ]


@pytest.mark.parametrize("placement", ["integrated", "integrated-per-bundle"])
@pytest.mark.parametrize("wait", [{}, {"wait": True}])
def test_an_umbrella_that_applies_its_children_waits_for_all_of_them(placement, wait):
    """E7.29."""
    umbrella = UMBRELLA | wait | {"healthChecks": [], "healthCheckExprs": EXPRESSIONS}
    root = node("prod", bundle=umbrella)
    found = kustomization(root, "platform", layout={"fluxPlacement": placement})["spec"]
    assert (found["wait"], found["timeout"], found["retryInterval"]) == (True, "5m0s", "1m0s")
    assert found["healthCheckExprs"] == EXPRESSIONS
    assert "healthChecks" not in found


def test_health_checks_that_flux_would_ignore_are_refused():
    """E7.29."""
    root = node("prod", bundle=UMBRELLA)
    with pytest.raises(InputError, match="platform waits for all that it applies"):
        tree(root, layout={"fluxPlacement": "integrated"})


def test_the_checks_of_an_umbrella_follow_its_renaming():
    """E7.26: Flux renames what it builds before it checks, and the children are elsewhere."""
    renamed = {"targetNamespace": "shop", "namePrefix": "eu-", "nameSuffix": "-1"}
    found = kustomization(node("prod", bundle=UMBRELLA | renamed), "platform")["spec"]
    names = [(each["name"], each.get("namespace")) for each in found["healthChecks"]]
    assert names == [
        ("one", "flux-system"),
        ("two", "flux-system"),
        ("eu-web-1", "shop"),
        ("b", None),
    ]


def test_an_invalid_umbrella_is_refused_before_anything_is_generated():
    """E7.28."""
    with pytest.raises(InputError, match="wait must not be false on a bundle with children"):
        tree(node("prod", bundle=UMBRELLA | {"wait": False}))


@pytest.mark.parametrize("placement", ["separate", "integrated"])
def test_recursive_mode_never_changes_a_path(placement):
    """E9.2."""
    root = node("prod", leaf("web"), leaf("other"), bundle=bundle("base"))
    paths = [
        {
            name: each["spec"]["path"]
            for name, each in objects(
                root, layout={"fluxPlacement": placement, "kustomizationMode": mode}
            ).items()
        }
        for mode in ("explicit", "recursive")
    ]
    assert paths[0] == paths[1]
    assert len(set(paths[0].values())) == 3


def test_every_bundle_of_an_umbrella_gets_a_kustomization():
    """E7.3, E7.27."""
    found = objects(node("prod", bundle=UMBRELLA))
    names = {name.partition("/")[2] for name in found if name.startswith("Kustomization/")}
    assert names == {"one", "platform", "three", "two"}
    assert "healthChecks" not in found["Kustomization/three"]["spec"]
    checks = found["Kustomization/two"]["spec"]["healthChecks"]
    assert [each["name"] for each in checks] == ["three"]


HASH = "0a" * 20
DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("source", "ref"),
    [
        ({"kind": "GitRepository", "url": REPOSITORY, "branch": "main"}, {"branch": "main"}),
        ({"kind": "GitRepository", "url": REPOSITORY, "tag": "v1"}, {"tag": "v1"}),
        ({"kind": "GitRepository", "url": REPOSITORY, "commit": HASH}, {"commit": HASH}),
        ({"kind": "OCIRepository", "url": "oci://r.example.com/a", "tag": "v1"}, {"tag": "v1"}),
        ({"kind": "OCIRepository", "url": "oci://r.example.com/a", "semver": "1"}, {"semver": "1"}),
        (
            {"kind": "OCIRepository", "url": "oci://r.example.com/a", "digest": DIGEST},
            {"digest": DIGEST},
        ),
    ],
)
def test_a_source_with_a_url_is_emitted_once(source, ref):
    """E8.2, E8.3, E8.4, E8.7."""
    given = {"name": "shop", "secretRef": {"name": "s"}, "interval": "5m"} | source
    root = node("prod", leaf("a", sourceRef=given), leaf("b", sourceRef=given))
    assert objects(root)[f"{source['kind']}/shop"] == {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": source["kind"],
        "metadata": {"name": "shop", "namespace": "flux-system"},
        "spec": {
            "interval": "5m0s",
            "url": source["url"],
            "ref": ref,
            "secretRef": {"name": "s"},
        },
    }
    assert sum("repository-shop" in path for path in tree(root)) == 1


def test_one_source_with_two_definitions_is_refused():
    """E8.7."""
    one = {"kind": "GitRepository", "name": "shop", "url": REPOSITORY}
    root = node("prod", leaf("a", sourceRef=one), leaf("b", sourceRef=one | {"branch": "x"}))
    with pytest.raises(InputError, match="GitRepository shop is defined otherwise at"):
        tree(root)


def test_labels_and_annotations_of_cluster_and_bundle_reach_the_kustomization():
    """E2.7, E7.11, E7.12."""
    root = node("prod", leaf("web", labels={"tier": "b"}, annotations={"note": "x"}))
    found = kustomization(root, "web", labels={"tier": "a", "region": "eu"})["metadata"]
    assert found["labels"] == {"region": "eu", "tier": "b"}
    assert found["annotations"] == {"note": "x"}


def test_an_umbrella_s_children_inherit_its_source():
    """E15.17."""
    reference = {"kind": "OCIRepository", "name": "shop"}
    children = [bundle("one", children=[bundle("two")])]
    root = node("prod", bundle=bundle("top", sourceRef=reference, children=children))
    assert kustomization(root, "two")["spec"]["sourceRef"] == reference


@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_an_umbrella_s_child_may_have_a_source_of_its_own(placement):
    """E15.17: its own children inherit that one, its siblings don't."""
    outer, inner = ({"kind": "OCIRepository", "name": name} for name in ("outer", "inner"))
    children = [bundle("one", sourceRef=inner, children=[bundle("deep")]), bundle("two")]
    root = node("prod", bundle=bundle("top", sourceRef=outer, children=children))
    found = objects(root, layout={"fluxPlacement": placement})
    sources = {
        name: found[f"Kustomization/{name}"]["spec"]["sourceRef"]
        for name in ("top", "one", "deep", "two")
    }
    assert sources == {"top": outer, "one": inner, "deep": inner, "two": outer}
