"""Files in the tree that hold anything but the objects that were generated: never a crash."""

import json
import logging

import pytest
from click.testing import CliRunner

from kure_hooks.cli import main
from kure_hooks.drift import explain as explaining
from kure_hooks.drift.explain import Sides, explain
from kure_hooks.drift.objects import held
from kure_hooks.drift.result import FileChange, Kind, State
from kure_hooks.files.memory import MemoryTree
from kure_hooks.operations import attribution
from kure_hooks.reports import REPORTS
from kure_hooks.yamlio import dump
from tests.support import git

ODD = [None, True, False, 0, 7, -0.0, 1e300, "", "\0", "\u202e", "x" * 300, [], ["x"], {}, {"x": 1}]
PLACES = {
    "apiVersion": ("apiVersion",),
    "kind": ("kind",),
    "metadata": ("metadata",),
    "name": ("metadata", "name"),
    "namespace": ("metadata", "namespace"),
    "labels": ("metadata", "labels"),
    "label": ("metadata", "labels", "app"),
    "annotations": ("metadata", "annotations"),
    "finalizers": ("metadata", "finalizers"),
    "spec": ("spec",),
    "data": ("data",),
    "items": ("items",),
    "template": ("spec", "template"),
    "containers": ("spec", "template", "spec", "containers"),
    "replicas": ("spec", "replicas"),
    "path": ("spec", "path"),
    "prune": ("spec", "prune"),
    "sources": ("spec", "sources"),
    "deletion policy": ("spec", "deletionPolicy"),
}
KINDS = {
    "Deployment": "apps/v1",
    "Secret": "v1",
    "List": "v1",
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "Application": "argoproj.io/v1alpha1",
    "ApplicationSet": "argoproj.io/v1alpha1",
}


def manifest(kind="Deployment", api="apps/v1"):
    labels = {"app": "web"}
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": "web", "namespace": "n", "labels": labels},
        "spec": {
            "replicas": 1,
            "path": "c/web",
            "prune": True,
            "template": {"spec": {"containers": [{"name": "web", "image": "x"}]}},
        },
    }


def replaced(value, place, new):
    """Return a value with another one at a place."""
    step, *rest = place
    inner = value.get(step) if isinstance(value, dict) else None
    return {**value, step: replaced(inner or {}, rest, new) if rest else new}


def explained(before, after):
    """Return the explained changes of an owned directory `c`, by path."""
    changes = []
    for path in sorted(before.keys() | after.keys()):
        kind = Kind.UNEXPECTED if path not in after else Kind.CHANGED
        kind = Kind.MISSING if path not in before else kind
        changes.append(FileChange(kind, path, "c", "stacks/c.yaml"))
    return {each.path: each for each in explain(changes, Sides(MemoryTree(before), after, {}))}


def written(value):
    return dump(value).encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_every_odd_value_is_explained(place, kind):
    right = manifest(kind, KINDS[kind])
    for odd in ODD:
        wrong = replaced(right, PLACES[place], odd)
        changed, gone = written(wrong), written(replaced(wrong, ("other",), 1))
        before = {"c/a.yaml": changed, "c/b.yaml": gone, "c/list.yaml": written({"items": [wrong]})}
        found = explained(before, {"c/a.yaml": written(right), "c/new.yaml": written(wrong)})
        assert found["c/a.yaml"].kind is Kind.CHANGED
        assert not [each for each in found.values() if "bug" in each.note]


@pytest.mark.parametrize(
    ("place", "odd"), [("kind", 7), ("name", 7), ("namespace", 7), ("kind", [])]
)
def test_an_object_whose_name_is_no_text_is_another_object(place, odd):
    wrong = replaced(manifest(), PLACES[place], odd)
    (change,) = explained({"c/a.yaml": written(wrong)}, {"c/a.yaml": written(manifest())}).values()
    assert {each.state for each in change.objects} == {State.ADDED, State.REMOVED}


def test_no_namespace_and_an_empty_one_are_the_same():
    right = manifest()
    del right["metadata"]["namespace"]
    wrong = replaced(right, PLACES["namespace"], None)
    (change,) = explained({"c/a.yaml": written(wrong)}, {"c/a.yaml": written(right)}).values()
    (found,) = change.objects
    assert [(field.path, field.before, field.after) for field in found.fields] == [
        ("metadata.namespace", "null", None)
    ]


def test_objects_without_a_name_are_told_by_kind_and_number():
    documents = [{"kind": "X"}, {"kind": 7}, {"kind": "X"}, {"kind": {}}, {"a": 1}]
    data = "---\n".join(map(dump, documents)).encode()
    assert [each.key for each in held("f.yaml", data)] == [
        ("X", 0),
        ("document without kind", 0),
        ("X", 1),
        ("document without kind", 1),
        ("document without kind", 2),
    ]


def test_a_file_of_very_many_documents_is_not_read():
    """Each of them takes time, however small it is."""
    right = written(manifest())
    (change,) = explained({"c/a.yaml": right + b"---\n" * 10_001}, {"c/a.yaml": right}).values()
    assert (change.note, change.before) == ("more than 10000 of its documents differ", None)
    (change,) = explained({"c/a.yaml": right + b"---\n" * 10_000}, {"c/a.yaml": right}).values()
    assert (change.kind, change.note) == (Kind.CHANGED, "")
    same = b"---\na: 1\n" * 10_001
    (change,) = explained({"c/a.yaml": right + same}, {"c/a.yaml": right + same[9:]}).values()
    assert [each.state for each in change.objects] == [State.REMOVED]


@pytest.fixture
def broken(monkeypatch):
    """A bug that one object sets off."""
    real = explaining.object_changes

    def buggy(pairs, *arguments):
        both = [each for pair in pairs.both for each in pair]
        if any(each.name.endswith("bad") for each in [*both, *pairs.before, *pairs.after]):
            raise ZeroDivisionError("canary")
        return real(pairs, *arguments)

    monkeypatch.setattr(explaining, "object_changes", buggy)


def test_a_file_that_cannot_be_explained_costs_no_other_its_explanation(broken, caplog):
    def named(name, **more):
        return written(replaced({**manifest(), **more}, PLACES["name"], name))

    before = {f"c/{name}.yaml": named(name, x=1) for name in ("bad", "good", "other")}
    after = {f"c/{name}.yaml": named(name, x=2) for name in ("bad", "good", "other")}
    with caplog.at_level(logging.DEBUG, "kure_hooks"):
        found = explained(before, after)
    bad = found.pop("c/bad.yaml")
    assert bad.note == "it can't be explained, which is a bug in kure-hooks; --debug tells where"
    assert (bad.kind, bad.objects, bad.before, bad.after) == (Kind.CHANGED, (), None, None)
    for change in found.values():
        assert [field.path for each in change.objects for field in each.fields] == ["x"]
        assert change.note == ""
    assert "explaining c/bad.yaml: ZeroDivisionError at " in caplog.text
    assert "canary" not in caplog.text


def test_a_bug_in_the_reasons_costs_no_report(fleet, monkeypatch):
    def bug(*_):
        raise ZeroDivisionError

    git.make_repository(fleet)
    monkeypatch.chdir(fleet)
    run = CliRunner().invoke
    assert run(main, ["generate"]).exit_code == 1
    git.commit_all(fleet, "all")
    path = next((fleet / "clusters").rglob("*deployment*.yaml"))
    path.write_text(path.read_text().replace("replicas: 3", "replicas: 5"))
    monkeypatch.setattr(attribution.generations, "find_bases", bug)
    done = run(main, ["check"])
    assert done.exit_code == 1
    assert "5 -> 3" in done.stdout


@pytest.mark.parametrize("place", PLACES)
def test_every_format_tells_of_an_odd_object(place, fleet, monkeypatch):
    monkeypatch.chdir(fleet)
    run = CliRunner().invoke
    assert run(main, ["generate"]).exit_code == 1
    path = next((fleet / "clusters").rglob("*deployment*.yaml"))
    text = path.read_text()
    outputs = [f"--output={name}={fleet / name}" for name in REPORTS]
    for odd in (None, 7, ["x"], {"x": 1}):
        wrong = json.dumps(replaced(manifest(), PLACES[place], odd))
        path.write_text(text + "---\n" + wrong + "\n")
        done = run(main, ["check", *outputs])
        assert (done.exit_code, done.stderr) == (1, "")
        assert path.name in done.stdout
