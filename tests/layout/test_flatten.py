"""`flattenSingleTier`: a root node that holds nothing but one child gives it its place."""

import pytest
import yaml

from tests.support.generate import application, bundle, generated, leaf, node, objects, tree

FLATTEN = {"flattenSingleTier": True}
WEB = application("web")


def directories(root, layout=FLATTEN):
    """Return the payload directories."""
    files = tree(root, layout=layout)
    found = (each.rpartition("/")[0] for each in files if each.endswith("/kustomization.yaml"))
    return [each for each in found if each != "flux-system"]


def test_it_is_off_by_default():
    """E14.1."""
    assert directories(node("platform", leaf("web", WEB)), {}) == ["platform/web"]


@pytest.mark.parametrize("layout", [{}, {"fileNaming": "kind-name"}, {"filePer": "kind"}])
def test_one_terminal_child_takes_its_parent_s_place(layout):
    """E14.2, E14.4: the rules of files are those of the whole cluster, so nothing is inherited."""
    root = node("platform", leaf("web", WEB))
    apart, flat = tree(root, layout=layout), tree(root, layout=layout | FLATTEN)
    moved = {path.replace("platform/web/", "platform/"): text for path, text in apart.items()}
    assert flat.keys() == moved.keys()
    assert directories(root, layout | FLATTEN) == ["platform"]


def test_extra_files_and_generators_move_along():
    """E14.3."""
    configured = application("web") | {
        "spec": {"configMaps": [{"name": "web", "files": ["../files/web.ini"]}]}
    }
    stack = {"name": "prod", "node": node("platform", leaf("web", configured)), "layout": FLATTEN}
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), "files/web.ini": "a = 1\n"}
    found = {path: data for path, data in generated(texts).files.items() if "platform" in path}
    assert found["clusters/prod/platform/web/web.ini"] == b"a = 1\n"
    config = yaml.safe_load(found["clusters/prod/platform/web/kustomization.yaml"])
    assert config["configMapGenerator"][0]["files"] == ["web.ini"]


def test_paths_follow_also_those_below():
    """E14.11: the path table is computed once, so there is nothing to rewrite."""
    root = node("platform", leaf("web", WEB))
    again = [objects(root, layout=FLATTEN)["Kustomization/web"]["spec"]["path"] for _ in "ab"]
    assert again == ["./clusters/prod/platform"] * 2
    by_name = objects(root, layout=FLATTEN | {"bundleGrouping": "name"})
    assert by_name["Kustomization/web"]["spec"]["path"] == "./clusters/prod/platform/web"
    other = objects(root, layout=FLATTEN)["ConfigMap/web"]
    assert other == objects(root)["ConfigMap/web"]


def test_several_children_keep_their_directories():
    """E14.5."""
    root = node("platform", leaf("web", WEB), leaf("db"))
    assert directories(root) == ["platform/db", "platform/web"]


def test_an_umbrella_keeps_its_directory():
    """E14.6."""
    root = node("platform", node("web", bundle=bundle("web", children=[bundle("inner")])))
    assert directories(root) == ["platform/web/inner", "platform/web"]


def test_a_child_with_children_keeps_its_directory():
    """E14.7."""
    inner = node("web", leaf("deep"), bundle=bundle("web"))
    assert directories(node("platform", inner)) == ["platform/web/deep", "platform/web"]


def test_a_parent_that_holds_something_keeps_its_child_apart():
    """E14.8."""
    root = node("platform", leaf("web"), bundle=bundle("own", WEB))
    assert directories(root) == ["platform", "platform/web"]


def test_only_the_top_level_is_flattened():
    """E14.9."""
    root = node("platform", node("region", leaf("web", WEB)), leaf("db"))
    assert directories(root) == ["platform/db", "platform/region/web"]


def test_a_package_keeps_its_directory():
    """E14.10."""
    package = {"group": "g", "version": "v1", "kind": "OCIRepository", "url": "oci://example.com/x"}
    root = node("platform", leaf("web", WEB) | {"packageRef": package})
    assert directories(root) == ["packages/oci-web/web"]
    whole = node("platform", leaf("web", WEB), packageRef=package)
    assert directories(whole) == ["packages/oci-platform/platform/web"]
    both = node("platform", leaf("web", WEB) | {"packageRef": package}, packageRef=package)
    assert directories(both) == ["packages/oci-platform/platform/web"]


@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_what_applies_the_flattened_bundle_is_found(placement):
    """E14.12."""
    files = tree(node("platform", leaf("web", WEB)), layout=FLATTEN | {"fluxPlacement": placement})
    (name,) = [each for each in files if each.endswith("flux-system-kustomization-web.yaml")]
    assert yaml.safe_load(files[name])["spec"]["path"] == "./clusters/prod/platform"


def test_the_cluster_s_own_directory_is_never_a_payload():
    assert directories(node("prod", leaf("web", WEB))) == ["web"]
    assert directories(node("", leaf("web", WEB))) == ["web"]
