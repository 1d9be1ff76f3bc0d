import msgspec
import pytest

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.errors import InputError
from kure_hooks.stack.load import load
from kure_hooks.yamlio.place import Place
from tests.support.memory import MemoryTree

PLAIN = """\
name: demo
gitops: {type: flux, flux: {interval: 30m}}
node:
  name: root
  children:
  - name: apps
    bundle: {name: web, applications: [{path: ../apps/web.yaml}]}
  - name: infra
    bundle: {name: net, interval: 5m}
"""
ENVELOPED = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: demo}
spec:
  gitops: {type: flux, flux: {interval: 30m}}
  node: root
---
apiVersion: stack.gokure.dev/v1alpha1
kind: Node
metadata: {name: root}
spec:
  children:
  - name: apps
    bundle: web
  - infra
---
apiVersion: stack.gokure.dev/v1alpha1
kind: Node
metadata: {name: infra}
spec: {bundle: {path: ../parts/net.yaml}}
---
apiVersion: stack.gokure.dev/v1alpha1
kind: Bundle
metadata: {name: web}
spec: {applications: [{path: ../apps/web.yaml}]}
"""
NET = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Bundle
metadata: {name: net}
spec: {interval: 5m}
"""


def application(name, namespace="apps"):
    return f"""\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{workload: Deployment, containers: [{{name: main, image: "nginx:1"}}]}}
"""


def stack(text, files=None, settings=None):
    tree = MemoryTree({"stacks/demo.yaml": text, **(files or {})})
    return load(tree, "stacks/demo.yaml", settings or Settings(), GENERATORS)


def cluster(text, files=None, settings=None):
    return stack(text, files, settings).clusters[0]


def without_positions(value):
    """Return the value without its places."""
    if isinstance(value, Place):
        return None
    if isinstance(value, msgspec.Struct):
        return type(value)(
            **{name: without_positions(getattr(value, name)) for name in value.__struct_fields__}
        )
    return tuple(map(without_positions, value)) if isinstance(value, tuple) else value


def test_both_spellings_decode_to_the_same_values():
    files = {"apps/web.yaml": application("web"), "parts/net.yaml": NET}
    plain, enveloped = cluster(PLAIN, files), cluster(ENVELOPED, files)
    assert without_positions(plain) == without_positions(enveloped)
    assert [bundle.name for bundle in plain.bundles()] == ["web", "net"]


def test_several_clusters_may_share_a_file():
    text = "name: one\nnode: {}\n---\nname: two\nnode: {}\n"
    assert [each.name for each in stack(text).clusters] == ["one", "two"]


def test_a_path_may_name_several_applications():
    text = "name: demo\nnode: {bundle: {name: all, applications: [{path: ../apps/two.yaml}]}}\n"
    two = f"{application('one')}---\n{application('two')}"
    (bundle,) = cluster(text, {"apps/two.yaml": two}).bundles()
    assert [each.name for each in bundle.applications] == ["one", "two"]


def test_directory_convention_makes_nodes_of_applications():
    text = "name: demo\nnode: {name: root, children: [{name: apps}, {name: nothing}]}\n"
    files = {
        "stacks/apps/a.yaml": application("front"),
        "stacks/apps/b.yaml": application("back"),
        "stacks/apps/note.txt": "no",
        "stacks/apps/deep/c.yaml": application("deep"),
        "stacks/apps/kustomization.yaml": "kind: Kustomization\n",
    }
    apps, nothing = cluster(text, files).root.children
    assert [each.name for each in apps.children] == ["front", "back"]
    assert [each.bundle.name for each in apps.children] == ["front", "back"]
    assert apps.bundle.name == "apps"
    assert apps.bundle.applications == ()
    assert nothing.bundle is None


def test_directory_convention_fills_umbrella_children():
    text = "name: d\nnode: {name: r, bundle: {name: all, children: [{name: apps}]}}\n"
    (umbrella,) = [cluster(text, {"stacks/apps/a.yaml": application("front")}).root.bundle]
    assert [each.name for each in umbrella.children[0].applications] == ["front"]


def test_directory_convention_leaves_files_that_a_bundle_names():
    text = """\
name: demo
node:
  name: root
  children:
  - {name: apps}
  - {name: one, bundle: {name: one, applications: [{path: apps/a.yaml}]}}
"""
    files = {"stacks/apps/a.yaml": application("a"), "stacks/apps/b.yaml": application("b")}
    names = [each.name for each in cluster(text, files).bundles()]
    assert names == ["apps", "b", "one"]


def test_an_application_with_its_nodes_name_belongs_to_the_nodes_bundle():
    text = "name: demo\nnode: {name: root, children: [{name: database}]}\n"
    found = cluster(text, {"stacks/database/d.yaml": application("database")})
    (bundle,) = found.bundles()
    assert (bundle.name, bundle.applications[0].name) == ("database", "database")


def test_every_bundle_has_a_complete_source():
    """E15.6 to E15.8, as 10-stack-files settles them."""
    text = """\
name: demo
gitops: {bootstrap: {sourceURL: "oci://ghcr.io/acme/fleet", sourceRef: v1}}
node:
  name: root
  children:
  - name: a
    bundle: {name: a, sourceRef: {kind: GitRepository, name: own}}
    children: [{name: b, bundle: {name: b, children: [{name: c}]}}]
  - name: d
    bundle: {name: d, children: [{name: e, sourceRef: {kind: Bucket, name: mine}}]}
"""
    sources = {each.name: (each.source.kind, each.source.name) for each in cluster(text).bundles()}
    assert sources == {
        "a": ("GitRepository", "own"),
        "b": ("GitRepository", "own"),
        "c": ("GitRepository", "own"),
        "d": ("OCIRepository", "flux-system"),
        "e": ("Bucket", "mine"),
    }


def test_a_stacks_options_win_over_the_settings():
    settings = msgspec.convert({"flux": {"interval": "5m", "namespace": "gitops"}}, Settings)
    flux = cluster(PLAIN, {"apps/web.yaml": application("web")}, settings).flux
    assert (flux.interval, flux.namespace) == ("30m", "gitops")


def test_positions_are_those_of_the_files():
    found = cluster(PLAIN, {"apps/web.yaml": application("web")})
    web = next(found.bundles())
    assert str(web.at) == "stacks/demo.yaml:7:13"
    assert str(web.applications[0].at) == "apps/web.yaml:1:1"


def test_all_faults_of_all_files_are_reported_at_once():
    files = {
        "apps/web.yaml": application("web").replace("image", "imgae"),
        "parts/net.yaml": NET.replace("5m", "five"),
    }
    with pytest.raises(InputError) as caught:
        stack(ENVELOPED, files)
    assert [f"{each.at.path} {each.key}" for each in caught.value.findings] == [
        "apps/web.yaml spec.containers[0].image",
        "apps/web.yaml spec.containers[0].imgae",
        "parts/net.yaml spec.interval",
    ]


def part(kind, name, spec):
    return (
        f"apiVersion: stack.gokure.dev/v1alpha1\nkind: {kind}\n"
        f"metadata: {{name: {name}}}\nspec: {spec}\n"
    )


def test_circles_of_references_end_with_a_finding():
    files = {
        "stacks/a.yaml": part("Node", "a", "{children: [{path: b.yaml}]}"),
        "stacks/b.yaml": part("Node", "b", "{children: [{path: a.yaml}]}"),
    }
    with pytest.raises(InputError, match=r"a is already used in this cluster\. Keep each document"):
        stack("name: demo\nnode: {path: a.yaml}\n", files)


def test_clusters_of_one_file_may_share_parts():
    shared = part("Node", "shared", "{}")
    text = f"name: one\nnode: shared\n---\nname: two\nnode: shared\n---\n{shared}"
    assert [each.root.name for each in stack(text).clusters] == ["shared", "shared"]
