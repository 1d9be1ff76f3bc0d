"""The tree shapes of the layout contract, as a person would draw them."""

from textwrap import dedent

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import application, bundle, leaf, node, tree

CONTROLLER = application("controller", "apps/v1 Deployment", namespace="ingress")
FRONTEND = application("frontend", "apps/v1 Deployment", "v1 Service")
TWO_NODES = (
    node("infra", bundle=bundle("ingress", CONTROLLER)),
    node("apps", bundle=bundle("web", FRONTEND)),
)
UMBRELLA = bundle(
    "platform",
    children=[
        bundle("network", application("cni")),
        bundle("storage", children=[bundle("disks")]),
    ],
)


def payloads(root, **options):
    """Return the paths outside of the control directory."""
    control = ("flux-system/", "argocd/", "kustomization.yaml")
    return [each for each in tree(root, **options) if not each.startswith(control)]


def resources(text):
    return yaml.safe_load(text)["resources"]


def test_the_default_example_is_exactly_as_drawn():
    """E9.3, E10.2, E10.4, E13.5, E13.6, E13.11."""
    files = tree(node("prod", *TWO_NODES))
    assert list(files) == [
        "apps/apps-deployment-frontend.yaml",
        "apps/apps-service-frontend.yaml",
        "apps/kustomization.yaml",
        "flux-system/flux-system-kustomization-ingress.yaml",
        "flux-system/flux-system-kustomization-web.yaml",
        "flux-system/kustomization.yaml",
        "infra/ingress-deployment-controller.yaml",
        "infra/kustomization.yaml",
        "kustomization.yaml",
    ]
    assert files["kustomization.yaml"] == dedent("""\
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources:
        - flux-system
        """)
    assert resources(files["flux-system/kustomization.yaml"]) == [
        "flux-system-kustomization-ingress.yaml",
        "flux-system-kustomization-web.yaml",
    ]
    assert "path: ./clusters/prod/apps\n" in files["flux-system/flux-system-kustomization-web.yaml"]


BY_NAME = {"bundleGrouping": "name"}
FLAT = {"nodeGrouping": "flat"}
APART = {"applicationGrouping": "name"}
CENTRAL = {"preset": "CentralizedControlPlane"}


@pytest.mark.parametrize(
    ("root", "layout", "directories"),
    [
        ("prod", {}, ["apps", "infra"]),
        ("", {}, ["apps", "infra"]),
        ("platform", {}, ["platform/apps", "platform/infra"]),
        ("prod", BY_NAME, ["apps/web", "infra/ingress"]),
        ("platform", BY_NAME, ["platform/apps/web", "platform/infra/ingress"]),
        ("prod", APART, ["apps/frontend", "infra/controller"]),
        ("prod", BY_NAME | APART, ["apps/web/frontend", "infra/ingress/controller"]),
        ("prod", FLAT, ["ingress", "web"]),
        ("platform", FLAT, ["platform/ingress", "platform/web"]),
        ("prod", FLAT | BY_NAME, ["ingress", "web"]),
        ("prod", FLAT | APART, ["ingress/controller", "web/frontend"]),
        ("prod", FLAT | BY_NAME | APART, ["ingress/controller", "web/frontend"]),
        ("", CENTRAL, ["ingress", "web"]),
        ("prod", CENTRAL | {"nodeGrouping": "name"}, ["apps", "infra"]),
    ],
)
def test_each_grouping_means_what_it_says(root, layout, directories):
    """E10.3, E10.5, E10.6, E10.7, E10.8, E10.22."""
    found = payloads(node(root, *TWO_NODES), layout=layout)
    deployments = [each for each in found if "deployment-" in each]
    assert [each.rpartition("/")[0] for each in deployments] == directories


@pytest.mark.parametrize(
    ("root", "layout", "top"),
    [
        ("", {}, "platform"),
        ("prod", {}, "platform"),
        ("region", {}, "region"),
        ("region", BY_NAME, "region/platform"),
        ("prod", FLAT, "platform"),
    ],
)
def test_umbrella_children_lie_below_their_umbrella_and_are_not_listed_there(root, layout, top):
    """E10.10, E10.11, E10.12, E10.13, E13.15."""
    files = tree(node(root, bundle=UMBRELLA), layout=layout)
    assert [each for each in files if each.startswith(f"{top}/")] == [
        f"{top}/kustomization.yaml",
        f"{top}/network/apps-configmap-cni.yaml",
        f"{top}/network/kustomization.yaml",
        f"{top}/storage/disks/kustomization.yaml",
        f"{top}/storage/kustomization.yaml",
    ]
    for directory in (top, f"{top}/storage", f"{top}/storage/disks"):
        assert resources(files[f"{directory}/kustomization.yaml"]) == []


DEEP = node("prod", node("a", node("a", bundle=bundle("two")), bundle=bundle("one")))


@pytest.mark.parametrize(
    ("layout", "directories"), [({}, ["a/a", "a"]), (FLAT, ["one", "two"])], ids=["name", "flat"]
)
def test_same_named_nodes_at_different_levels_keep_their_own_directories(layout, directories):
    """E10.6, E15.20."""
    expected = [f"{each}/kustomization.yaml" for each in directories]
    assert payloads(DEEP, layout=layout) == expected


def test_one_file_for_each_application_lies_in_the_bundle_s_directory():
    """E13.4."""
    files = tree(node("prod", *TWO_NODES), layout=APART | {"applicationFileMode": "single"})
    assert [each for each in files if each.startswith("apps/")] == [
        "apps/frontend.yaml",
        "apps/kustomization.yaml",
    ]
    assert [each["kind"] for each in yaml.safe_load_all(files["apps/frontend.yaml"])] == [
        "Deployment",
        "Service",
    ]
    assert resources(files["apps/kustomization.yaml"]) == ["frontend.yaml"]


@pytest.mark.parametrize("layout", [{"applicationFileMode": "single"}, APART, {}])
def test_an_application_without_objects_has_no_file(layout):
    empty = application("empty") | {
        "spec": {"objects": [{"apiVersion": "v1", "kind": "List", "items": []}]}
    }
    assert payloads(node("prod", leaf("a", empty)), layout=layout) == ["a/kustomization.yaml"]


@pytest.mark.parametrize(("engine", "control"), [("flux", "flux-system"), ("argocd", "argocd")])
def test_the_control_directory_steps_aside_for_a_node_of_its_name(engine, control):
    """E15.4, E17.7."""
    for root in (node("prod", leaf(control)), node(control, leaf("other"))):
        files = tree(root, engine=engine)
        assert resources(files["kustomization.yaml"]) == [f"{control}-control"]
        assert any(each.startswith(f"{control}/") for each in files)


def test_the_control_directory_steps_aside_twice():
    files = tree(node("prod", leaf("flux-system"), leaf("flux-system-control")))
    assert resources(files["kustomization.yaml"]) == ["flux-system-control-control"]


def test_without_gitops_objects_there_is_no_control_directory():
    """E13.9, E15.5."""
    files = tree(node("prod", node("apps")))
    assert list(files) == ["kustomization.yaml"]
    assert resources(files["kustomization.yaml"]) == []


def package(**fields):
    url = "oci://registry.example.com/shop"
    return {"group": "g", "version": "v1", "kind": "OCIRepository", "url": url, **fields}


@pytest.mark.parametrize("root", ["prod", "platform"])
def test_a_package_is_an_artifact_of_its_own(root):
    """E12.3, E12.4, E12.8: the objects stay in the default package's control directory."""
    files = tree(node(root, leaf("shop") | {"packageRef": package()}, leaf("rest")))
    assert "packages/oci-shop/shop/kustomization.yaml" in files
    kustomization = yaml.safe_load(files["flux-system/flux-system-kustomization-shop.yaml"])
    assert kustomization["spec"]["path"] == "./shop"
    assert kustomization["spec"]["sourceRef"] == {"kind": "OCIRepository", "name": "shop"}
    other = yaml.safe_load(files["flux-system/flux-system-kustomization-rest.yaml"])
    below = "" if root == "prod" else f"{root}/"
    assert other["spec"]["path"] == f"./clusters/prod/{below}rest"


@pytest.mark.parametrize("root", ["", "prod", "platform"])
def test_a_root_node_may_be_a_package(root):
    """E12.2: children inherit the package."""
    whole = node(root, leaf("a"), bundle=bundle("top"), packageRef=package(name="whole"))
    below = f"{root}/" if root else ""
    assert payloads(whole) == [
        f"packages/oci-whole/{below}a/kustomization.yaml",
        f"packages/oci-whole/{below}kustomization.yaml",
    ]


def test_an_unnamed_package_of_an_unnamed_root_bears_the_cluster_s_name():
    files = tree(node(bundle=bundle("top"), packageRef=package()))
    assert "packages/oci-prod/kustomization.yaml" in files
    kustomization = yaml.safe_load(files["flux-system/flux-system-kustomization-top.yaml"])
    assert kustomization["spec"]["path"] == "./"
    assert kustomization["spec"]["sourceRef"]["name"] == "prod"


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_two_packages_of_one_name_are_refused(engine):
    """E12.9."""
    first = node("a", leaf("shop") | {"packageRef": package()})
    other = package(url="oci://registry.example.com/other")
    second = node("b", leaf("shop") | {"packageRef": other, "bundle": bundle("second")})
    with pytest.raises(InputError, match="package oci-shop is defined otherwise for shop"):
        tree(node("prod", first, second), engine=engine)


def test_two_parts_that_want_one_directory_are_refused():
    """E5.14."""
    inner = node("a", leaf("deep"), bundle=bundle("one", application("deep")))
    with pytest.raises(InputError, match="both want clusters/prod/a/deep"):
        tree(node("prod", inner), layout=APART)
