"""No depth of what files say ends a run: chains of owners, sources, directories, and values."""

import json

import pytest

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.outline import outline
from kure_hooks.graphs import GRAPHS, Graph, render
from kure_hooks.kustomize import patches
from kure_hooks.lint.jq import fault
from kure_hooks.lint.running import run
from tests.support.linting import config_map, document, fleet, kustomization, model

CHAIN = 1_500
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
# A Python that recurses at each of them needs more than it has.
DEEP = 3_000


def built(**fields):
    """Return a fleet with a ConfigMap that a kustomization with some fields takes in."""
    files = fleet(kustomization("web"))
    files["apps/web/kustomization.yaml"] = json.dumps({"resources": ["x.yaml"], **fields})
    files["apps/web/x.yaml"] = config_map("x")
    return files


def patched(*operations):
    patch = {"target": {"kind": "ConfigMap"}, "patch": json.dumps(operations)}
    return built(patches=[patch])


def moved(op):
    """Return operations that put data into itself again and again."""
    step = (
        {"op": "add", "path": "/n", "value": {}},
        {"op": op, "from": "/data", "path": "/n/a"},
        {"op": "remove" if op == "copy" else "test", "path": "/data", "value": None},
        {"op": "move", "from": "/n", "path": "/data"},
    )
    return patched(*step * 500)


def grown():
    """Return operations that add deep values below deep values."""
    value = {}
    for _ in range(40):
        value = {"a": value}
    paths = ["/data" + "/a" * (41 * index + 1) for index in range(50)]
    return patched(*({"op": "add", "path": path, "value": value} for path in paths))


def applied():
    """Return a fleet of Kustomizations of which each applies the next one."""
    files = fleet(kustomization("k0"))
    for index in range(CHAIN):
        files[f"apps/k{index}/next.yaml"] = kustomization(f"k{index + 1}")
    files[f"apps/k{CHAIN}/x.yaml"] = config_map("x")
    return files


def sources():
    """Return a fleet with artifacts of which each is made of the next one."""

    def generator(index):
        source = {"alias": "a", "kind": "ExternalArtifact", "name": f"e{index + 1}"}
        copy = {"from": "@a/**", "to": "@artifact/"}
        spec = {"sources": [source], "artifacts": [{"name": f"e{index}", "copy": [copy, copy]}]}
        version = "source.extensions.fluxcd.io/v1beta1"
        return document(version, "ArtifactGenerator", f"g{index}", "flux-system", spec=spec)

    first = kustomization("web", sourceRef={"kind": "ExternalArtifact", "name": "e0"})
    return fleet(first, *map(generator, range(CHAIN)))


def chained(head, key):
    """Return a fleet whose directories take in each other."""
    files = fleet(kustomization("web", path="./c0"))
    for index in range(CHAIN):
        files[f"c{index}/kustomization.yaml"] = f"{head}{key}: [../c{index + 1}]\n"
    files[f"c{CHAIN}/kustomization.yaml"] = head
    return files


def named(template):
    """Return a tree with an ApplicationSet whose name is a template."""
    spec = {
        "goTemplate": True,
        "generators": [{"list": {"elements": [{"a": "b"}]}}],
        "template": {"metadata": {"name": template}, "spec": {"project": "default"}},
    }
    made = document("argoproj.io/v1alpha1", "ApplicationSet", "s", "argocd", spec=spec)
    return {"argocd/set.yaml": made}


TREES = {
    "owners": applied,
    "sources": sources,
    "bases": lambda: chained("", "resources"),
    "components": lambda: chained(COMPONENT, "components"),
    "nested directories": lambda: (
        fleet(kustomization("web", path="./" + "a/" * 1_900))
        | {"a/" * 1_900 + "x.yaml": kustomization("y")}
    ),
    "moved values": lambda: moved("move"),
    "copied values": lambda: moved("copy"),
    "grown values": grown,
    "fields of labels": lambda: built(
        labels=[{"pairs": {"a": "b"}, "fields": [{"path": "/".join("a" * DEEP), "create": True}]}]
    ),
    "blocks": lambda: named("{{if true}}" * DEEP + "{{end}}" * DEEP),
    "else": lambda: named("{{if true}}" + "{{else if true}}" * DEEP + "{{end}}"),
    "parentheses": lambda: named("{{" + "(" * DEEP + "1" + ")" * DEEP + "}}"),
}


@pytest.mark.parametrize("name", TREES)
def test_no_depth_ends_a_run(name):
    repository = model(TREES[name]())
    run(repository)
    for cluster in repository.clusters:
        outline(cluster)


def test_a_long_chain_of_owners_is_drawn_to_its_end():
    (cluster,) = model(applied()).clusters
    graphs = [Graph(cluster.name, outline(cluster))]
    assert len(graphs[0].cluster) == CHAIN + 3
    for form in GRAPHS:
        picture = render(form, graphs)
        assert all(f"k{index}" in picture for index in range(CHAIN + 1))


@pytest.mark.parametrize("depth", [59, 60, 61, 62])
def test_owners_that_are_not_too_deep_stand_below_each_other(depth):
    files = fleet(kustomization("k1"))
    for index in range(1, depth - 1):
        files[f"apps/k{index}/next.yaml"] = kustomization(f"k{index + 1}")
    (cluster,) = model(files).clusters
    level, widths = outline(cluster).parts, []
    while level:
        widths.append(len(level))
        level = [part for each in level for part in each.parts]
    deepest = min(depth, 60)
    assert widths == [*[1] * (deepest - 1), 1 + depth - deepest]


def test_operations_may_go_as_deep_as_objects_are():
    value = {}
    for _ in range(60):
        value = {"a": value}
    manifest = {"data": {}}
    patches.apply([{"op": "add", "path": "/data/x", "value": value}], manifest)
    patches.apply([{"op": "move", "from": "/data/x", "path": "/data/y"}], manifest)
    assert manifest == {"data": {"y": value}}


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ('"' + '\\("' * 5_000, "has a string that does not end"),
        ('"' + '\\("' * 5_000 + '")' * 5_000 + '"', None),
        ('"a\\("b\\(.c)" | (.d))e" | .f', None),
        ('"a\\("b\\(.c) | .f', "has a string that does not end"),
    ],
)
def test_texts_in_texts_of_jq_have_no_depth(expression, problem):
    assert fault(expression) == problem


def test_an_artifact_of_artifacts_is_followed():
    """The one that is asked for, through others, to the directory of the repository."""

    def generator(name, source, start, target):
        spec = {
            "sources": [{"alias": "a", **source}],
            "artifacts": [
                {"name": name, "copy": [{"from": f"@a/{start}**", "to": f"@artifact/{target}"}]}
            ],
        }
        version = "source.extensions.fluxcd.io/v1beta1"
        return document(version, "ArtifactGenerator", name, "flux-system", spec=spec)

    files = fleet(
        kustomization("web", "./in/b", sourceRef={"kind": "ExternalArtifact", "name": "second"}),
        generator("first", {"kind": "GitRepository", "name": "flux-system"}, "shop/", ""),
        generator("second", {"kind": "ExternalArtifact", "name": "first"}, "a/", "in/"),
    )
    files["shop/a/b/x.yaml"] = config_map("x")
    (cluster,) = read_repository(MemoryTree({k: v.encode() for k, v in files.items()})).clusters
    (web,) = (owner for owner in cluster.owners if owner.who.name == "web")
    assert [resource.name for resource in web.resources] == ["x"]
