"""Patches as kustomize 5.8 reads and applies them: the real one is asked about every case."""

import json
import subprocess
from copy import deepcopy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks.kustomize.patches import (
    MAX_COPIED,
    PatchError,
    TooMuchError,
    apply,
    parse,
    problems,
)
from kure_hooks.kustomize.targets import Resource, identify, is_for, matches
from kure_hooks.objects.scopes import is_cluster_scoped
from tests.support.tools import tool

WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "apps", "labels": {"app": "web", "tier": "b"}},
    "spec": {"replicas": 1, "args": ["a", "b"], "nothing": None, "deep": {"x/y": {"~": 1}}},
}
OTHERS = [
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "reader", "annotations": {"note": "x"}},
    },
]
OBJECTS = [WEB, *OTHERS]


def built(directory, patch, objects=OBJECTS):
    """Return the objects that kustomize makes of a patch, None where it refuses it."""
    (directory / "all.yaml").write_text(yaml.safe_dump_all(objects))
    config = {"resources": ["all.yaml"], "patches": [patch]}
    (directory / "kustomization.yaml").write_text(json.dumps(config))
    command = [tool("kustomize"), "build", str(directory)]
    done = subprocess.run(command, capture_output=True, check=False)
    return list(yaml.safe_load_all(done.stdout)) if done.returncode == 0 else None


def resources(objects=OBJECTS):
    return [
        Resource(
            ids=[identify(each, cluster_scoped=is_cluster_scoped(each))],
            labels=each["metadata"].get("labels", {}),
            annotations=each["metadata"].get("annotations", {}),
            manifest=each,
        )
        for each in objects
    ]


def operation(op, path, *value, **more):
    return {"op": op, "path": path, **({"value": value[0]} if value else {}), **more}


MERGE = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\n"

REFUSED = {
    "no YAML": ("a: [", {"kind": "Deployment"}),
    "a text": ("replicas", {"kind": "Deployment"}),
    "no target": ('[{"op": "remove", "path": "/spec/replicas"}]', None),
    "unknown op": (
        '[{"op": "replce", "path": "/spec/replicas", "value": 1}]',
        {"kind": "Deployment"},
    ),
    "op in capitals": ('[{"op": "Remove", "path": "/spec/replicas"}]', {"kind": "Deployment"}),
    "YAML in brackets": ("[{op: remove, path: /spec/replicas}]", {"kind": "Deployment"}),
    "YAML in brackets after a space": (
        " [{op: remove, path: /spec/replicas}]",
        {"kind": "Deployment"},
    ),
    "JSON with a comma more": (
        '[{"op": "remove", "path": "/spec/replicas"},]',
        {"kind": "Deployment"},
    ),
    "JSON and a comment": (
        '[{"op": "remove", "path": "/spec/replicas"}] # scaled by others',
        {"kind": "Deployment"},
    ),
    "JSON with NaN": (
        '[{"op": "add", "path": "/spec/replicas", "value": NaN}]',
        {"kind": "Deployment"},
    ),
    "no op": ('[{"path": "/spec/replicas"}]', {"kind": "Deployment"}),
    "no path": ('[{"op": "remove"}]', {"kind": "Deployment"}),
    "no from": ('[{"op": "copy", "path": "/spec/x"}]', {"kind": "Deployment"}),
    "a merge without kind": ("apiVersion: apps/v1\nmetadata: {name: web}\n", None),
    "a merge without name": ("apiVersion: apps/v1\nkind: Deployment\n", {"kind": "Deployment"}),
    "a merge without apiVersion": ("kind: Deployment\nmetadata: {name: web}\n", None),
    "two merges with a target": (f"{MERGE}---\n{MERGE}", {"kind": "Deployment"}),
    "a broken pattern": ("[]", {"name": "w("}),
    "a pattern that looks ahead": ("[]", {"name": "(?=w)web"}),
    "a broken selector": ("[]", {"labelSelector": "app in"}),
    "a selector without a comma": ("[]", {"labelSelector": "app=web tier=b"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_kustomize_refuses_is_a_problem(case, tmp_path):
    patch, target = REFUSED[case]
    assert list(problems(patch, target)) != []
    written = {"patch": patch} | ({} if target is None else {"target": target})
    # A pattern is not read where there is no operation.
    if patch == "[]":
        written["patch"] = '[{"op": "add", "path": "/spec", "value": 1}]'
    assert built(tmp_path, written) is None


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        (
            '[{"op": "replace", "path": "spec/replicas", "value": 1}]',
            "has the path 'spec/replicas'",
        ),
        ('[{"op": "replace", "path": "/spec/replicas"}]', "(replace) has no value"),
        ('[{"op": "add", "path": "", "value": {}}]', "has the path ''"),
        ("- op\n", "operation 0 is no mapping"),
        ("---\n- {op: remove, path: /a}\n---\n- {op: remove, path: /b}\n", "neither a list"),
    ],
)
def test_what_kustomize_lets_pass_without_the_meant_effect_is_a_problem(patch, problem):
    ((pointer, words, _),) = problems(patch, {"kind": "Deployment"})
    assert pointer == ("patch",)
    assert problem in words


@pytest.mark.parametrize(
    ("patch", "target"),
    [
        (MERGE, None),
        (f"{MERGE}---\n{MERGE}", None),
        ("kind: Deployment\nmetadata: {name: any}\n", {"kind": "Deployment"}),
        ("[]", {"kind": "Deployment"}),
        ("[]", None),
        ("# YAML\n[{op: add, path: /spec/replicas, value: 2}]", {"kind": "Deployment"}),
        ('\n [{"op": "add", "path": "/spec/replicas", "value": 2}]\n', {"kind": "Deployment"}),
        ("# nothing\n", {"kind": "Deployment"}),
        ("{}", {}),
        ("$patch: delete\n" + MERGE, None),
    ],
)
def test_what_kustomize_takes_is_no_problem(patch, target, tmp_path):
    assert list(problems(patch, target)) == []
    written = {"patch": patch} | ({} if target is None else {"target": target})
    assert built(tmp_path, written) is not None


OPERATIONS = {
    "add": [operation("add", "/spec/new", {"a": 1})],
    "add to a list": [operation("add", "/spec/args/1", "x")],
    "add at the end": [operation("add", "/spec/args/2", "x")],
    "append": [operation("add", "/spec/args/-", "x")],
    "add behind the end": [operation("add", "/spec/args/3", "x")],
    "add below nothing": [operation("add", "/spec/new/a", 1)],
    "add below a number": [operation("add", "/spec/replicas/a", 1)],
    "add below null": [operation("add", "/spec/nothing/a", 1)],
    "replace": [operation("replace", "/spec/replicas", 2)],
    "replace what is not there": [operation("replace", "/spec/new", 2)],
    "replace below nothing": [operation("replace", "/spec/new/a", 2)],
    "replace an item": [operation("replace", "/spec/args/0", "x")],
    "replace an item that is not there": [operation("replace", "/spec/args/2", "x")],
    "replace by name": [operation("replace", "/spec/args/a", "x")],
    "replace the end": [operation("replace", "/spec/args/-", "x")],
    "replace from behind": [operation("replace", "/spec/args/-1", "x")],
    "escaped": [operation("replace", "/spec/deep/x~1y/~0", 2)],
    "remove": [operation("remove", "/spec/replicas")],
    "remove an item": [operation("remove", "/spec/args/0")],
    "remove nothing": [operation("remove", "/spec/new")],
    "remove no item": [operation("remove", "/spec/args/2")],
    "remove twice": [operation("remove", "/spec/replicas")] * 2,
    "test": [operation("test", "/spec/replicas", 1), operation("remove", "/spec/replicas")],
    "test another": [operation("test", "/spec/replicas", 2)],
    "test a tree": [operation("test", "/spec/args", ["a", "b"])],
    "test null": [operation("test", "/spec/new", None)],
    "move": [operation("move", "/spec/copies", **{"from": "/spec/replicas"})],
    "move nothing": [operation("move", "/spec/copies", **{"from": "/spec/new"})],
    "copy": [operation("copy", "/spec/copy", **{"from": "/spec/args"})],
    "copy nothing": [operation("copy", "/spec/copy", **{"from": "/spec/new"})],
    "copy below nothing": [operation("copy", "/spec/copy", **{"from": "/spec/new/a"})],
    "one after the other": [
        operation("add", "/spec/new", {}),
        operation("add", "/spec/new/a", []),
        operation("add", "/spec/new/a/-", 1),
    ],
}


def own(operations):
    """Return what is made of the Deployment here, None where the operations fail."""
    (patch,) = [parse(json.dumps(operations), has_target=True)]
    changed = deepcopy(WEB)
    try:
        apply(patch.operations, changed)
    except PatchError:
        return None
    return changed


def real(directory, operations):
    patch = {"patch": json.dumps(operations), "target": {"kind": "Deployment"}}
    found = built(directory, patch, [WEB])
    return found and found[0]


@pytest.mark.parametrize("case", OPERATIONS)
def test_operations_do_what_those_of_kustomize_do(case, tmp_path):
    assert own(OPERATIONS[case]) == real(tmp_path, OPERATIONS[case])


STEPS = st.sampled_from(
    ["spec", "args", "replicas", "deep", "x~1y", "~0", "0", "1", "2", "-", "new"]
)
PATHS = st.lists(STEPS, min_size=1, max_size=4).map(lambda steps: "/spec/" + "/".join(steps))
VALUES = st.sampled_from([1, "x", None, {"a": 1}, ["a"]])
ANY = st.one_of(
    st.builds(operation, st.sampled_from(["add", "replace", "test"]), PATHS, VALUES),
    st.builds(operation, st.just("remove"), PATHS),
    st.builds(
        lambda op, path, source: operation(op, path, **{"from": source}),
        st.sampled_from(["move", "copy"]),
        PATHS,
        PATHS,
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(operations=st.lists(ANY, min_size=1, max_size=3))
def test_random_operations_do_what_those_of_kustomize_do(operations, tmp_path_factory):
    assert own(operations) == real(tmp_path_factory.mktemp("k"), operations)


TARGETS = {
    "everything": {},
    "a kind": {"kind": "Deployment"},
    "two kinds": {"kind": "Deployment|Service"},
    "a part of a kind": {"kind": "Deploy"},
    "a pattern": {"name": "w.*"},
    "an anchored pattern": {"name": "^web$"},
    "a single character": {"name": "w.b"},
    "a group": {"group": "apps"},
    "a version": {"version": "v1"},
    "a namespace": {"namespace": "apps"},
    "the usual namespace": {"namespace": "default"},
    "no namespace": {"namespace": "_non_namespaceable_"},
    "a label": {"labelSelector": "app=web"},
    "two labels": {"labelSelector": "app==web,tier!=a"},
    "a label that is there": {"labelSelector": "app"},
    "a label that is not there": {"labelSelector": "!app"},
    "one of some": {"labelSelector": "tier in (a, b)"},
    "none of some": {"labelSelector": "tier notin (b),kind!=x"},
    "an annotation": {"annotationSelector": "note=x"},
    "all together": {"kind": "Deployment", "name": "web", "labelSelector": "app=web"},
    "nothing": {"kind": "StatefulSet"},
}


@pytest.mark.parametrize("case", TARGETS)
def test_targets_mean_the_objects_that_kustomize_finds(case, tmp_path):
    target = TARGETS[case]
    patch = {"patch": '[{"op": "add", "path": "/found", "value": "yes"}]', "target": target}
    found = {each["kind"] for each in built(tmp_path, patch) if each.get("found")}
    answers = {each.ids[0].kind: matches(target, each) for each in resources()}
    assert {kind for kind, answer in answers.items() if answer} == found
    assert None not in answers.values()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"metadata": {"name": "web"}},
        {"metadata": {"name": "web", "namespace": "other"}},
        {"metadata": {"name": "other", "namespace": "apps"}},
        {"apiVersion": "apps/v1beta1"},
        {"apiVersion": "v1"},
        {"kind": "StatefulSet"},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "default"},
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "reader", "namespace": "apps"},
        },
    ],
)
def test_an_object_to_merge_is_for_the_one_that_kustomize_finds(change, tmp_path):
    merge = {key: WEB[key] for key in ("apiVersion", "kind", "metadata")} | change
    found = any(is_for(merge, each) for each in resources())
    assert found is (built(tmp_path, {"patch": yaml.safe_dump(merge)}) is not None)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "a*a*a*b", "[a-z]+", r"\w+", "(a|aa)*", "x" * 2_000, "a{2,3}"]
)
def test_what_could_take_long_to_match_is_not_judged(pattern):
    (web, *_) = resources([WEB | {"metadata": {"name": "a" * 253}}])
    assert matches({"name": pattern}, web) is None
    assert list(problems("[]", {"name": pattern})) == []


def test_copies_that_double_an_object_are_not_followed():
    doubling = [operation("copy", f"/spec/x{at}", **{"from": "/spec"}) for at in range(40)]
    with pytest.raises(TooMuchError):
        apply(doubling, deepcopy(WEB))
    few = [operation("copy", f"/spec/x{at}", **{"from": "/spec/args"}) for at in range(40)]
    apply(few, deepcopy(WEB))
    assert len(few) * 3 < MAX_COPIED
