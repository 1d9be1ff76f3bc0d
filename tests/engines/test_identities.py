"""The same object under several names or on several clusters, and two that become one."""

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import generated, leaf, node

FLUX = {"type": "flux"}
ARGOCD = {"type": "argocd", "argocd": {"repoURL": "https://example.com/fleet.git"}}


def settings(name="one", namespace="web", kind="ConfigMap"):
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return {"name": "settings", "kind": "Manifests", "spec": {"objects": [manifest]}}


def problems(first, second, gitops=FLUX):
    bundles = [leaf(name, app, **fields) for name, (app, fields) in (("a", first), ("b", second))]
    stack = {"name": "prod", "gitops": gitops, "node": node("prod", *bundles)}
    try:
        generated({"stacks/prod.yaml": yaml.safe_dump(stack)})
    except InputError as error:
        return [each.problem for each in error.findings]
    return []


@pytest.mark.parametrize("gitops", [FLUX, ARGOCD], ids=["flux", "argocd"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((settings(), {}), (settings(), {"targetNamespace": "shop"})),
        ((settings(), {"targetNamespace": "web"}), (settings(), {"targetNamespace": "shop"})),
        ((settings(), {}), (settings(), {"namePrefix": "b-"})),
        ((settings(), {"nameSuffix": "-a"}), (settings(), {"nameSuffix": "-b"})),
        ((settings(namespace=""), {}), (settings(namespace=""), {"targetNamespace": "shop"})),
    ],
)
def test_an_object_may_be_applied_under_several_names(first, second, gitops):
    assert problems(first, second, gitops) == []


@pytest.mark.parametrize("gitops", [FLUX, ARGOCD], ids=["flux", "argocd"])
@pytest.mark.parametrize(
    ("first", "second", "who"),
    [
        ((settings(), {}), (settings(namespace="shop"), {"targetNamespace": "web"}), "web/one"),
        ((settings("b-one"), {}), (settings(), {"namePrefix": "b-"}), "web/b-one"),
        ((settings("one-b"), {}), (settings(), {"nameSuffix": "-b"}), "web/one-b"),
        ((settings(), {"targetNamespace": "x"}), (settings(), {"targetNamespace": "x"}), "x/one"),
        ((settings(namespace=""), {}), (settings(namespace="default"), {}), "default/one"),
    ],
)
def test_two_objects_that_become_one_on_the_cluster_are_refused(first, second, who, gitops):
    (problem,) = problems(first, second, gitops)
    name = second[0]["spec"]["objects"][0]["metadata"]["name"]
    became = "" if who.endswith(f"/{name}") else f", which is written as {name},"
    assert problem.startswith(f"ConfigMap {who}{became} is defined ")


def test_affixes_and_namespaces_follow_the_kind():
    # Neither prefix nor suffix changes a Namespace, but targetNamespace does.
    web = settings("web", namespace="", kind="Namespace")
    shop = settings("shop", namespace="", kind="Namespace")
    (problem,) = problems((web, {}), (web, {"namePrefix": "b-"}))
    assert problem.startswith("Namespace web is defined ")
    (problem,) = problems((web, {}), (shop, {"targetNamespace": "web"}))
    assert problem.startswith("Namespace web, which is written as shop, is defined ")


def test_other_clusters_have_objects_of_their_own():
    remote = {"kubeConfig": {"secretRef": {"name": "remote"}}}
    assert problems((settings(), {}), (settings(), remote)) == []
    assert len(problems((settings(), remote), (settings(), remote))) == 1
    destination = {"argocd": {"destination": {"name": "remote"}}}
    assert problems((settings(), {}), (settings(), destination), ARGOCD) == []
    assert len(problems((settings(), destination), (settings(), destination), ARGOCD)) == 1
    # It is the same cluster, written out.
    here = {"argocd": {"destination": {"server": "https://kubernetes.default.svc"}}}
    assert len(problems((settings(), {}), (settings(), here), ARGOCD)) == 1


def test_the_namespace_of_a_destination_is_that_of_objects_without_one():
    shop = {"argocd": {"destination": {"namespace": "shop"}}}
    bare = settings(namespace="")
    assert problems((bare, {}), (bare, shop), ARGOCD) == []
    assert len(problems((bare, shop), (settings(namespace="shop"), {}), ARGOCD)) == 1
