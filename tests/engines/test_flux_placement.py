"""Where Flux objects lie, by placement."""

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, bundle, generated, leaf, node, tree

INLINE = ("integrated", "integrated-per-bundle")
inline = pytest.mark.parametrize("placement", INLINE)
CONFIGURED = {
    "name": "settings",
    "namespace": "apps",
    "kind": "Manifests",
    "spec": {"configMaps": [{"name": "settings", "files": ["../files/settings.ini"]}]},
}
FILES = {"files/settings.ini": "a = 1\n"}


def placed(root, placement, **cluster):
    """Return the files below `clusters/prod` as `tree` does, with files that applications read."""
    layout = {"fluxPlacement": placement} | cluster.pop("layout", {})
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": root, "layout": layout} | cluster
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack)} | FILES).files
    return {
        path.removeprefix("clusters/prod/"): data.decode()
        for path, data in sorted(found.items())
        if path.startswith("clusters/prod/")
    }


def resources(files, directory=""):
    name = f"{directory}/kustomization.yaml" if directory else "kustomization.yaml"
    return yaml.safe_load(files[name])["resources"]


def spec(files, name):
    (path,) = [each for each in files if each.endswith(f"flux-system-kustomization-{name}.yaml")]
    return path.rpartition("/")[0], yaml.safe_load(files[path])["spec"]


def places(files):
    return {each.removesuffix(".yaml") for each in files if "flux-system-kustomization-" in each}


STACK = node(
    "prod",
    node("apps", leaf("shop", application("till")), bundle=bundle("web", application("page"))),
    leaf("infra", application("dns")),
)


@pytest.mark.parametrize("placement", [None, "separate"])
def test_separate_is_the_default(placement):
    """E15.3, E15.4, E15.7, E15.19."""
    layout = {"layout": {"fluxPlacement": placement}} if placement else {}
    files = tree(STACK, **layout)
    assert all(each.startswith("flux-system/") for each in places(files))
    assert resources(files) == ["flux-system"]


def test_another_placement_is_refused():
    """E15.2."""
    with pytest.raises(InputError, match="one of integrated, integrated-per-bundle, separate"):
        tree(STACK, layout={"fluxPlacement": "elsewhere"})


@inline
def test_a_cluster_without_bundles_has_no_objects(placement):
    """E15.1."""
    assert list(placed(node("prod", node("apps")), placement)) == ["kustomization.yaml"]


@inline
def test_each_object_lies_where_it_is_applied(placement):
    """E15.9, E15.10, E15.23, E13.12: files are listed, not directories."""
    files = placed(STACK, placement)
    assert places(files) == {
        "apps/flux-system-kustomization-shop",
        "flux-system-kustomization-infra",
        "flux-system-kustomization-web",
    }
    assert resources(files) == [
        "flux-system-kustomization-infra.yaml",
        "flux-system-kustomization-web.yaml",
    ]
    assert resources(files, "apps") == [
        "apps-configmap-page.yaml",
        "flux-system-kustomization-shop.yaml",
    ]
    assert spec(files, "shop")[1]["path"] == "./clusters/prod/apps/shop"


@pytest.mark.parametrize("layout", [{}, {"bundleGrouping": "name"}], ids=["flat", "name"])
@inline
def test_an_umbrella_lists_its_children_s_objects_once(placement, layout):
    """E15.11, E13.15, E7.29: it waits for what it contains, and needs no health checks."""
    inner = bundle("storage", children=[bundle("disks")])
    root = node("prod", node("base", bundle=bundle("all", children=[bundle("network"), inner])))
    files = placed(root, placement, layout=layout)
    top = "base/all" if layout else "base"
    assert spec(files, "all")[0] == ""
    assert spec(files, "network")[0] == top
    assert spec(files, "storage")[0] == top
    assert spec(files, "disks")[0] == f"{top}/storage"
    assert resources(files, top) == [
        "flux-system-kustomization-network.yaml",
        "flux-system-kustomization-storage.yaml",
    ]
    assert spec(files, "all")[1]["wait"] is True
    assert "healthChecks" not in spec(files, "all")[1]
    apart = spec(tree(root, layout=layout), "all")[1]
    assert "wait" not in apart
    assert [each["name"] for each in apart["healthChecks"]] == ["network", "storage"]


SOURCE = {"kind": "OCIRepository", "name": "shop", "url": "oci://example.com/shop"}


@inline
def test_a_source_lies_next_to_the_first_object_that_refers_to_it(placement):
    """E15.12."""
    inner = node("a", leaf("b"), bundle=bundle("one", sourceRef=SOURCE))
    files = placed(node("prod", node("top", inner, bundle=bundle("zero"))), placement)
    sources = [each for each in files if "ocirepository" in each]
    assert sources == ["top/flux-system-ocirepository-shop.yaml"]
    assert spec(files, "one")[0] == "top"
    assert spec(files, "b")[1]["sourceRef"] == {"kind": "OCIRepository", "name": "shop"}


@pytest.mark.parametrize("given", [{"kind": "GitRepository"}, {"name": "shop"}, {}, {"kind": ""}])
@pytest.mark.parametrize("placement", ["separate", *INLINE])
def test_an_incomplete_source_is_refused_wherever_it_is(placement, given):
    """E15.6, E15.8, E15.18: a bundle without one inherits a complete one."""
    umbrella = bundle("all", children=[bundle("inner", children=[bundle("deep", sourceRef=given)])])
    with pytest.raises(InputError, match="sourceRef"):
        placed(node("prod", node("base", bundle=umbrella)), placement)


def test_a_part_of_a_bundle_has_an_object_of_its_own():
    """E15.13, E15.14, E15.17: of a new revision it would be first, but for its dependencies."""
    shop = leaf("shop", application("till"), CONFIGURED, sourceRef=SOURCE, dependsOn=["base"])
    files = placed(node("prod", shop, leaf("base")), "integrated")
    directory, part = spec(files, "shop-settings")
    assert directory == "shop"
    assert part["path"] == "./clusters/prod/shop/settings"
    assert part["sourceRef"] == {"kind": "OCIRepository", "name": "shop"}
    assert part["dependsOn"] == [{"name": "base"}]
    assert resources(files, "shop") == [
        "apps-configmap-till.yaml",
        "flux-system-kustomization-shop-settings.yaml",
    ]


@pytest.mark.parametrize(
    ("fields", "whole", "part"),
    [
        ({}, {"healthChecks": ["shop-settings"]}, {}),
        ({"wait": True}, {"wait": True}, {"wait": True}),
        (
            {"healthChecks": [{"kind": "ConfigMap", "name": "a"}]},
            {"healthChecks": ["shop-settings", "a"]},
            {},
        ),
    ],
)
def test_a_bundle_is_ready_when_its_parts_are(fields, whole, part):
    """What depends on the bundle needs all of it; its own checks may be about any part."""
    files = placed(node("prod", leaf("shop", CONFIGURED, **fields)), "integrated")
    assert waits(spec(files, "shop")[1]) == whole
    assert waits(spec(files, "shop-settings")[1]) == part


def waits(found):
    checks = [each["name"] for each in found.get("healthChecks", ())]
    return {key: found[key] for key in ("wait",) if key in found} | (
        {"healthChecks": checks} if checks else {}
    )


@pytest.mark.parametrize("placement", ["separate", "integrated-per-bundle"])
def test_without_parts_a_directory_is_listed(placement):
    """E15.15."""
    files = placed(node("prod", leaf("shop", application("till"), CONFIGURED)), placement)
    assert "settings" in resources(files, "shop")
    assert not [each for each in places(files) if "shop-settings" in each]


def test_parts_of_an_umbrella_s_child_lie_in_its_payload():
    """E15.16."""
    umbrella = bundle("all", children=[bundle("inner", CONFIGURED)])
    root = node("prod", node("base", bundle=umbrella))
    files = placed(root, "integrated")
    assert spec(files, "inner-settings")[0] == "base/inner"
    assert resources(files, "base/inner") == ["flux-system-kustomization-inner-settings.yaml"]
    assert resources(placed(root, "integrated-per-bundle"), "base/inner") == ["settings"]


@inline
def test_generating_again_changes_nothing(placement):
    """E15.21, E15.22: that no reference dangles is checked on random clusters."""
    assert placed(STACK, placement) == placed(STACK, placement)


BOOTSTRAP = {"enabled": True, "sourceURL": REPOSITORY, "sourceRef": "main"}


@inline
def test_the_bootstrap_has_a_directory_of_its_own(placement):
    gitops = {"type": "flux", "bootstrap": BOOTSTRAP | {"fluxMode": "gotk"}}
    files = placed(STACK, placement, gitops=gitops)
    assert resources(files, "flux-system") == ["gotk-sync.yaml"]
    assert "flux-system" in resources(files)


@inline
def test_a_package_s_objects_stay_in_the_default_package(placement):
    package = {"group": "g", "version": "v1", "kind": "OCIRepository", "url": "oci://example.com/x"}
    inner = node("shop", leaf("deep"), bundle=bundle("shop")) | {"packageRef": package}
    files = placed(node("prod", node("apps", inner, bundle=bundle("web"))), placement)
    assert spec(files, "shop")[0] == "apps"
    assert spec(files, "deep")[0] == "apps"


@pytest.mark.parametrize("key", ["targetNamespace", "namePrefix", "nameSuffix"])
@inline
def test_a_bundle_that_renames_what_it_applies_can_contain_no_other(placement, key):
    root = node("prod", node("apps", leaf("shop"), bundle=bundle("web", **{key: "x"})))
    with pytest.raises(InputError, match=f"{key} of web would change the Kustomizations"):
        placed(root, placement)
    assert tree(root)


@inline
def test_what_waits_for_what_contains_it_is_delivered_from_above(placement):
    """The container is ready only when all in it is; see tests/layout/test_containers.py."""
    child = leaf("shop", dependsOn=["web"])
    root = node("prod", node("apps", child, bundle=bundle("web", wait=True)))
    files = placed(root, placement)
    assert spec(files, "shop")[0] == ""
    assert resources(files) == [
        "flux-system-kustomization-shop.yaml",
        "flux-system-kustomization-web.yaml",
    ]
    inside = placed(node("prod", node("apps", child, bundle=bundle("web"))), placement)
    assert spec(inside, "shop")[0] == "apps"


@inline
def test_a_bundle_from_which_all_moved_may_rename_what_it_applies(placement):
    child = leaf("shop", dependsOn=["web"])
    web = bundle("web", wait=True, namePrefix="x-")
    assert spec(placed(node("prod", node("apps", child, bundle=web)), placement), "shop")[0] == ""


@pytest.mark.parametrize("name", ["shop-settings", "s" * 60])
def test_the_name_of_a_part_is_free_and_short_enough(name):
    taken = leaf("shop-settings") if name == "shop-settings" else leaf("other")
    owner = leaf("shop" if name == "shop-settings" else name, CONFIGURED)
    with pytest.raises(InputError, match=r"of its own Kustomization is (taken|too long)"):
        placed(node("prod", owner, taken), "integrated")


def test_argo_cd_has_one_placement_only():
    assert tree(STACK, engine="argocd", layout={"fluxPlacement": "integrated"}) == tree(
        STACK, engine="argocd"
    )


def test_a_part_of_a_package_waits_for_what_its_bundle_waits_for():
    """Its object lies where the bundle's does, so that nothing else would make it wait."""
    package = {"group": "g", "version": "v1", "kind": "OCIRepository", "url": "oci://example.com/x"}
    inner = leaf("shop", CONFIGURED, dependsOn=["web"]) | {"packageRef": package}
    files = placed(node("prod", node("apps", inner, bundle=bundle("web"))), "integrated")
    directory, part = spec(files, "shop-settings")
    assert directory == "apps"
    assert part["dependsOn"] == [{"name": "web"}]
    assert spec(files, "shop")[1]["healthChecks"][0]["name"] == "shop-settings"
