"""The files that each part of a stack is made of."""

from kure_hooks.findings import Location
from tests.support.generate import generated

STACK = """\
name: prod
node: {path: parts/root.yaml}
gitops: {type: flux}
"""
ROOT = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Node
metadata: {name: prod}
spec:
  children: [{path: child.yaml}]
"""
CHILD = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Node
metadata: {name: shop}
spec:
  bundle: {path: bundle.yaml}
"""
BUNDLE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Bundle
metadata: {name: web}
spec:
  children:
  - name: below
    applications:
    - path: ../../apps/three.yaml
  applications:
  - path: ../../apps/one.yaml
  - path: ../../apps/two.yaml
"""
APPLICATION = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {{name: {name}}}
spec: {{files: [../files/{name}*.yaml]}}
"""
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: x}}\n"

FILES = {
    "stacks/prod.yaml": STACK,
    "stacks/parts/root.yaml": ROOT,
    "stacks/parts/child.yaml": CHILD,
    "stacks/parts/bundle.yaml": BUNDLE,
    "apps/one.yaml": APPLICATION.format(name="one"),
    "apps/two.yaml": APPLICATION.format(name="two"),
    "apps/three.yaml": APPLICATION.format(name="three"),
    **{f"files/{name}.yaml": MAP.format(name=name) for name in ("one", "one-more", "two", "three")},
}


def test_each_part_has_its_own():
    reads = generated(FILES).reads
    assert reads[Location("apps/one.yaml", 1, 1)] == ("files/one-more.yaml", "files/one.yaml")
    assert reads[Location("apps/two.yaml", 1, 1)] == ("files/two.yaml",)
    bundles = {at: paths for at, paths in reads.items() if at.path == "stacks/parts/bundle.yaml"}
    above = ("stacks/parts/child.yaml", "stacks/parts/root.yaml")
    assert list(bundles.values()) == [above, ("stacks/parts/bundle.yaml", *above)]


def test_what_needs_nothing_else_is_not_listed():
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "o"}}
    application = {"name": "own", "kind": "Manifests", "spec": {"objects": [own]}}
    node = {"name": "prod", "bundle": {"name": "web", "applications": [application]}}
    assert generated({"stacks/prod.yaml": f"name: prod\nnode: {node}\n"}).reads == {}


def test_files_of_several_origins_know_all():
    settings = {".kure-hooks.yaml": "layout: {filePer: kind}\n"}
    fleet = generated(FILES | settings)
    (path,) = fleet.mixed
    assert [origin.application for origin in fleet.mixed[path]] == ["one", "two"]
    assert fleet.origins[path] == fleet.mixed[path][0]
    assert generated(FILES).mixed == {}


def test_processes_hand_them_on():
    many = {f"stacks/s{number}.yaml": STACK.replace("prod", f"s{number}") for number in range(8)}
    files = {path: text for path, text in FILES.items() if path != "stacks/prod.yaml"} | many
    alone, together = generated(files, 1), generated(files, 2)
    assert together.reads == alone.reads
