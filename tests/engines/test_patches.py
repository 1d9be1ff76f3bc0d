"""Patches of bundles: they can be read, and are for an object that the bundle has."""

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import application, bundle, generated, leaf, node, objects, tree

PLACE = "node.children[0].bundle.patches"
WEB = application("web", "apps/v1 Deployment", "v1 Service")
ROLE = application("role", "rbac.authorization.k8s.io/v1 ClusterRole")
CONFIGURED = {
    "name": "settings",
    "kind": "Manifests",
    "namespace": "apps",
    "spec": {"configMaps": [{"name": "settings", "files": ["../note.txt"]}]},
}
FILES = {"note.txt": "note\n"}
COMPONENT = {"components/a/kustomization.yaml": "kind: Component\nresources: []\n"}
ADD = "- {op: add, path: /spec, value: {replicas: 1}}"


def merge(kind="Deployment", name="web", namespace="apps", api="apps/v1", **fields):
    """Return a patch without a target."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    head = {"apiVersion": api, "kind": kind, "metadata": metadata}
    return {"patch": yaml.safe_dump(head | fields, sort_keys=False)}


def patch(text=ADD, **target):
    return {"patch": text, "target": target}


def stack(*patches, engine="flux", applications=(WEB, ROLE), **fields):
    root = node("prod", leaf("web", *applications, patches=list(patches), **fields))
    url = {"repoURL": "https://example.com/fleet.git"}
    gitops = {"type": engine, "argocd": url, "externalNamespaces": ["apps"]}
    document = {"name": "prod", "gitops": gitops, "node": root}
    return {"stacks/prod.yaml": yaml.safe_dump(document, sort_keys=False), **FILES, **COMPONENT}


def refused(*patches, **options):
    with pytest.raises(InputError) as caught:
        generated(stack(*patches, **options))
    return [f"{each.key}: {each.message}" for each in caught.value.findings]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@pytest.mark.parametrize(
    "one",
    [
        merge(),
        merge("Service", api="v1"),
        merge("ClusterRole", "role", "", api="rbac.authorization.k8s.io/v1"),
        patch(kind="Deployment"),
        patch(name="we.", namespace="apps"),
        patch(group="rbac.authorization.k8s.io"),
        patch("- {op: remove, path: /metadata/namespace}", kind="Deployment|Service"),
        patch("[]", kind="Nothing"),
    ],
)
def test_a_patch_for_an_object_is_fine(one, engine):
    assert generated(stack(one, engine=engine)).warnings == ()


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            merge(name="wob"),
            (
                "[0].patch: bundle web has no object that is apps/v1 Deployment apps/wob. "
                'Did you mean "web"?'
            ),
        ),
        (
            merge(namespace=""),
            (
                "[0].patch: bundle web has no object that is apps/v1 Deployment web. "
                "Name one of Deployment apps/web, Service apps/web, ClusterRole role."
            ),
        ),
        (
            merge(api="apps/v1beta1"),
            (
                "[0].patch: bundle web has no object that is apps/v1beta1 Deployment apps/web. "
                "Name one of Deployment apps/web, Service apps/web, ClusterRole role."
            ),
        ),
        (
            patch(kind="Deployment", name="wbe"),
            (
                "[0].target: bundle web has no object that is kind Deployment, name wbe. "
                'Did you mean "web"?'
            ),
        ),
        (
            patch("- {op: replace, path: /spec/replicas/x, value: 1}", kind="Deployment"),
            "[0].patch: replace finds nothing to change at /spec/replicas/x of Deployment web",
        ),
        (
            patch("- {op: replce, path: /spec}", kind="Deployment"),
            (
                "[0].patch: operation 0 has the unknown op 'replce'. "
                "Write one of add, remove, replace, move, copy, test."
            ),
        ),
        (
            patch("a: [", kind="Deployment"),
            (
                "[0].patch: this is not valid YAML: did not find expected node content while "
                "parsing a flow node that starts in line 2, in line 2 of the patch"
            ),
        ),
        (
            patch(name="(web"),
            "[0].target.name: (web is no regular expression",
        ),
        (
            patch(labelSelector="app in"),
            "[0].target.labelSelector: app in is no selector such as app=web,tier in (a, b)",
        ),
    ],
)
def test_a_patch_for_nothing_is_refused(one, said, engine):
    assert refused(one, engine=engine) == [PLACE + said]


def test_every_patch_is_looked_at():
    assert len(refused(merge(name="wob"), merge(), patch(kind="X"), merge("X"))) == 3


def test_patches_follow_each_other():
    """What an earlier patch adds is there for a later one; what is deleted is not."""
    first = patch("- {op: add, path: /spec, value: {a: {}}}", kind="Deployment")
    second = patch("- {op: add, path: /spec/a/b, value: 1}", kind="Deployment")
    assert generated(stack(first, second)).warnings == ()
    (said,) = refused(second)
    assert "finds nothing to change at /spec/a/b" in said
    gone = merge(**{"$patch": "delete"})
    (said,) = refused(gone, merge())
    assert said.startswith(f"{PLACE}[1].patch: bundle web has no object")
    renamed = patch("- {op: replace, path: /metadata/name, value: new}", kind="Deployment")
    assert generated(stack(renamed, patch(name="new"), merge())).warnings == ()


def test_what_a_merge_makes_of_an_object_is_not_known():
    merged = merge(spec={"a": {}})
    later = patch("- {op: add, path: /spec/a/b, value: 1}", kind="Deployment")
    assert generated(stack(merged, later)).warnings == ()


def test_a_target_may_come_from_a_component():
    options = {"components": ["../../../components/a"]}
    found = generated(stack(patch(kind="StatefulSet"), **options))
    (warning,) = found.warnings
    assert str(warning).partition(": ")[2] == (
        f"{PLACE}[0].target: bundle web has no object that is kind StatefulSet. "
        "Name one of Deployment apps/web, Service apps/web, ClusterRole role. "
        "(A component may have it as well.)"
    )


def test_objects_that_other_bundles_have_in_a_payload_are_not_known():
    below = node("below", bundle=bundle("below"))
    inner = patch("- {op: add, path: /spec/suspend, value: true}", kind="Kustomization")
    root = node("prod", below, bundle=bundle("all", WEB, patches=[inner]))
    assert tree(root, layout={"fluxPlacement": "integrated"})
    with pytest.raises(InputError, match="bundle all has no object that is kind Kustomization"):
        tree(root)


def test_a_config_map_that_kustomize_makes_is_an_object():
    made = merge("ConfigMap", "settings", api="v1", data={"a": "b"})
    found = generated(stack(made, applications=[CONFIGURED]))
    assert found.warnings == ()
    assert (
        'Did you mean "settings"?'
        in refused(merge("ConfigMap", "setings", api="v1"), applications=[CONFIGURED])[0]
    )


def test_a_part_of_a_bundle_gets_the_patches_for_its_objects():
    """kustomize refuses an object to merge where there is no such object."""
    patches = [merge(), merge("ConfigMap", "settings", api="v1"), patch(name=".*")]
    root = node("prod", leaf("shop", WEB, CONFIGURED, patches=patches))
    layout = {"fluxPlacement": "integrated"}
    found = objects(root, layout=layout, files=FILES)
    whole = found["Kustomization/shop"]["spec"]["patches"]
    part = found["Kustomization/shop-settings"]["spec"]["patches"]
    assert (whole, part) == ([patches[0], patches[2]], [patches[1], patches[2]])


def test_faults_of_patches_come_with_other_faults_of_the_cluster():
    said = refused(merge(name="wob"), kubeConfig={})
    assert [each.split(":")[0] for each in said] == [
        f"{PLACE}[0].patch",
        "node.children[0].bundle.kubeConfig",
    ]
