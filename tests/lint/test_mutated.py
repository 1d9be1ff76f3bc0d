"""Lint and graphs bear any document: trees of Flux and of Argo CD with wrong values and no keys."""

import copy
import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.outline import outline
from kure_hooks.graphs import Graph, render
from kure_hooks.lint.catalogue import check_of
from kure_hooks.lint.rules import MODULES
from kure_hooks.lint.running import Run
from kure_hooks.lint.selection import Selection
from tests.incidents.trees import incidents

CHANGED = """\
resources: [x.yaml]
namespace: shop
namePrefix: my-
images: [{name: nginx, newTag: '1'}]
replicas: [{name: web, count: 2}]
commonLabels: {team: web}
configMapGenerator: [{name: made, literals: [a=b]}]
patches:
- target: {kind: .*}
  patch: '[{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]'
"""


def trees():
    """Return trees of both tools: those of incidents, and the examples of all rules."""
    for incident in incidents():
        for side in (incident.before, incident.after):
            yield {
                path.relative_to(side).as_posix(): path.read_bytes()
                for path in sorted(side.rglob("*"))
                if path.is_file()
            }
    for name in MODULES:
        rule = check_of(name).rule
        for text in filter(None, (rule.wrong, rule.right)):
            yield {"prod/x.yaml": text.encode()}
            yield {"prod/x.yaml": text.encode(), "prod/kustomization.yaml": CHANGED.encode()}


TREES = [tree for tree in trees() if tree]
ODD = st.sampled_from(
    [
        *(None, True, 0, -1, 1.5, 2**63, "", "x", "a/b", "..", "/", "*", "{{.x}}", "${A}", "List"),
        *("v1", "Kustomization", [], [None], ["x"], [{}], [[]], {}, {"name": None}, {"a": "b"}),
    ]
)


def places(value, way=()):
    yield way
    pairs = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, item in pairs:
        yield from places(item, (*way, key))


def mutated(draw, value):
    """Return a value with one of its values gone, or another one in its place."""
    *way, last = draw(st.sampled_from([way for way in places(value) if way] or [("a",)]))
    value = copy.deepcopy(value)
    inside = value
    for step in way:
        inside = inside[step]
    if not isinstance(inside, dict | list):
        return draw(ODD)
    if draw(st.booleans()) and (isinstance(inside, list) or last in inside):
        del inside[last]
    else:
        inside[last] = draw(ODD)
    return value


@st.composite
def changed_trees(draw):
    """Return a tree, and the same with some documents mutated."""
    tree = draw(st.sampled_from(TREES))
    changed = dict(tree)
    for path in draw(st.lists(st.sampled_from(sorted(tree)), min_size=1, max_size=3)):
        try:
            documents = list(yaml.safe_load_all(changed[path]))
        except yaml.YAMLError:
            continue
        if documents:
            index = draw(st.integers(0, len(documents) - 1))
            documents[index] = mutated(draw, documents[index])
        texts = (json.dumps(document, default=str) for document in documents)
        changed[path] = "---\n".join(f"{text}\n" for text in texts).encode()
    return tree, changed


@given(changed_trees())
def test_no_document_ends_a_run(pair):
    before, after = (read_repository(MemoryTree(tree)) for tree in pair)
    run = Run(after, Selection(), ())
    assert run.findings is not None
    assert run.skipped is not None
    assert run.changes(before) is not None
    assert Run(before, Selection(), ()).changes(after) is not None
    assert render("text", [Graph(item.name, outline(item)) for item in after.clusters])


def test_objects_without_names_of_their_kind_are_borne():
    """Directories of manifests, and files that nothing builds, have any object."""
    odd = [
        {"kind": "ConfigMap", "metadata": {"name": "a"}},
        {"apiVersion": "v1", "metadata": {"name": "a"}},
        {"apiVersion": 1, "kind": ["x"], "metadata": "a"},
        {"kind": "Application", "metadata": {"name": 1}, "spec": {}},
        {"kind": "x", "metadata": {}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": None, "spec": []},
    ]
    application = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web", "namespace": "argocd"},
        "spec": {
            "source": {"repoURL": "https://g/x", "path": "web", "targetRevision": "HEAD"},
            "destination": {"namespace": "shop"},
        },
    }
    files = {"argocd/web.yaml": json.dumps(application).encode()}
    for index, item in enumerate(odd):
        files[f"web/{index}.yaml"] = json.dumps(item).encode()
    repository = read_repository(MemoryTree(files))
    (owner,) = repository.clusters[0].owners
    assert len(owner.resources) == len(odd)
    assert Run(repository, Selection(), ()).findings
