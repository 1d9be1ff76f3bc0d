"""The line of the source is the one that has the value, wherever somebody wrote it."""

import pytest

from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from tests.support.git import write

APPLICATION = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata:
  name: catalog
  namespace: shop
spec:
  workload: Deployment
  containers:
    - name: catalog
      image: example.com/catalog:1.0
      ports:
        - containerPort: 8080
  autoscaling:
    minReplicas: 2
    maxReplicas: 6
    targetCPUUtilizationPercentage: 60
"""
FILES = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: files, namespace: shop}
spec: {files: [raw.yaml]}
"""
RAW = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
data: {mode: fast}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: two}
data:
  mode: fast
"""
STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: prod}
spec:
  node:
    name: prod
    bundle:
      name: apps
      interval: 7m
      applications:
        - path: ../apps/catalog.yaml
        - path: ../apps/files.yaml
        - name: inline
          kind: Manifests
          spec:
            objects:
              - apiVersion: v1
                kind: ConfigMap
                metadata: {name: three, namespace: shop}
                data: {mode: slow}
              - apiVersion: v1
                kind: ConfigMap
                metadata: {name: four, namespace: shop}
                data: {mode: slow}
"""


@pytest.fixture
def tree(tmp_path):
    files = {
        "stacks/prod.yaml": STACK,
        "apps/catalog.yaml": APPLICATION,
        "apps/files.yaml": FILES,
        "apps/raw.yaml": RAW,
    }
    write(tmp_path, files)
    generate(open_workspace(tmp_path))
    return tmp_path


def edit(tree, name, *changes):
    """Change texts in the one generated file whose path ends in a name."""
    (path,) = tree.glob(f"clusters/**/*{name}.yaml")
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def sources(tree):
    """Return the source of each object that drifted, as reports write it."""
    drift = check(open_workspace(tree)).drift
    return {
        item.name: (
            [f"{place.path}:{place.line}" for place in item.source.places],
            item.source.part,
        )
        for change in drift
        for item in change.objects
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("deployment-catalog", "catalog:1.0", "catalog:2.0", "apps/catalog.yaml:10"),
        ("deployment-catalog", "containerPort: 8080", "containerPort: 80", "apps/catalog.yaml:12"),
        ("horizontalpodautoscaler-catalog", "Replicas: 6", "Replicas: 9", "apps/catalog.yaml:15"),
        ("configmap-one", "fast", "odd", "apps/raw.yaml:4"),
        ("configmap-two", "fast", "odd", "apps/raw.yaml:10"),
        ("configmap-three", "slow", "odd", "stacks/prod.yaml:20"),
        ("configmap-four", "slow", "odd", "stacks/prod.yaml:24"),
    ],
)
def test_the_line_is_that_of_the_value(tree, name, old, new, line):
    edit(tree, name, (old, new))
    ((places, _),) = sources(tree).values()
    assert places == [line]


def test_the_part_of_the_stack_is_named(tree):
    edit(tree, "deployment-catalog", ("catalog:1.0", "catalog:2.0"))
    edit(tree, "configmap-four", ("slow", "odd"))
    edit(tree, "flux-system-kustomization-apps", ("7m", "9m"))
    assert {name: part for name, (_, part) in sources(tree).items()} == {
        "Deployment shop/catalog": "application catalog",
        "ConfigMap shop/four": "application inline",
        "Kustomization flux-system/apps": "bundle apps",
    }


def test_a_value_that_nobody_wrote_comes_from_the_application(tree):
    edit(tree, "deployment-catalog", ("spec:\n  selector", "spec:\n  paused: true\n  selector"))
    assert sources(tree) == {
        "Deployment shop/catalog": (["apps/catalog.yaml:1"], "application catalog")
    }


def test_each_line_is_told_once(tree):
    edit(tree, "deployment-catalog", ("catalog:1.0", "catalog:2.0"), ("8080", "80"))
    ((places, _),) = sources(tree).values()
    assert places == ["apps/catalog.yaml:10", "apps/catalog.yaml:12"]


def test_objects_that_share_a_file_have_a_source_each(tree):
    write(
        tree,
        {".kure-hooks.yaml": "version: 1\nlayout: {filePer: kind, applicationGrouping: flat}\n"},
    )
    generate(open_workspace(tree))
    edit(tree, "configmap", ("fast", "odd"), ("slow", "odd"))
    assert {name: places for name, (places, _) in sources(tree).items()} == {
        "ConfigMap shop/one": ["apps/raw.yaml:4"],
        "ConfigMap shop/two": ["apps/raw.yaml:10"],
        "ConfigMap shop/three": ["stacks/prod.yaml:20"],
        "ConfigMap shop/four": ["stacks/prod.yaml:24"],
    }


def test_the_cluster_of_a_set_has_the_lines_of_its_template(tmp_path):
    stack = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterSet
metadata: {name: edge}
spec:
  parameters:
    - name: name
    - name: mode
  clusters:
    - {name: a, mode: fast}
    - {name: b, mode: slow}
  template:
    metadata: {name: "${params.name}"}
    spec:
      node:
        name: edge
        bundle:
          name: apps
          applications:
            - name: inline
              kind: Manifests
              spec:
                objects:
                  - apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: three, namespace: shop}
                    data: {mode: "${params.mode}"}
"""
    write(tmp_path, {"stacks/edge.yaml": stack})
    generate(open_workspace(tmp_path))
    (path,) = tmp_path.glob("clusters/b/**/*configmap-three.yaml")
    path.write_text(path.read_text().replace("slow", "odd"))
    (value,) = sources(tmp_path).values()
    assert value == (["stacks/edge.yaml:26"], "application inline")


def test_beyond_a_dozen_clusters_the_part_of_the_stack_is_told(tree):
    for number in range(13):
        write(tree, {f"stacks/s{number}.yaml": STACK.replace("prod", f"s{number:02}")})
    generate(open_workspace(tree))
    for path in tree.glob("clusters/s*/**/*deployment-catalog.yaml"):
        path.write_text(path.read_text().replace("catalog:1.0", "catalog:2.0"))
    lines = [
        str(place.line)
        for change in check(open_workspace(tree)).drift
        for item in change.objects
        for place in item.source.places
    ]
    assert lines == ["10"] * 12 + ["1"]
