import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.apps.metadata import finish, in_namespace, with_annotations, with_labels

TEXTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


def manifest(api="v1", kind="ConfigMap", **metadata):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "x"} | metadata, "data": {}}


@pytest.mark.parametrize(
    ("key", "step"), [("labels", with_labels), ("annotations", with_annotations)]
)
def test_more_are_added_in_order_and_the_objects_own_win(key, step):
    """E2.1, E2.2, E2.4, E2.5."""
    (done,) = finish([manifest(**{key: {"b": "own"}})], step({"c": "new", "a": "new", "b": "new"}))
    assert list(done["metadata"][key].items()) == [("a", "new"), ("b", "own"), ("c", "new")]


@pytest.mark.parametrize("step", [with_labels({}), with_annotations({}), in_namespace("")])
def test_nothing_to_add_changes_nothing(step):
    """E2.3, E2.6."""
    untouched = manifest(labels={"b": "1", "a": "2"})
    (done,) = finish([untouched], step)
    assert done == untouched
    assert list(done["metadata"]["labels"]) == ["b", "a"]


def test_labels_without_a_value_count_as_none():
    (done,) = finish([manifest(labels=None)], with_labels({"a": "1"}))
    assert done["metadata"]["labels"] == {"a": "1"}


def test_metadata_has_one_order():
    steps = (with_annotations({"a": "1"}), with_labels({"a": "1"}), in_namespace("web"))
    (done,) = finish([manifest(finalizers=["f"], generation=1)], *steps)
    expected = ["name", "namespace", "labels", "annotations", "finalizers", "generation"]
    assert list(done["metadata"]) == expected
    assert list(done) == ["apiVersion", "kind", "metadata", "data"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (manifest(), "web"),
        (manifest(namespace=""), "web"),
        (manifest(namespace="kube-system"), "kube-system"),
        (manifest("rbac.authorization.k8s.io/v1", "ClusterRole"), None),
        (manifest(kind="Namespace"), None),
        (manifest("example.com/v1", "Namespace"), "web"),
    ],
    ids=["none", "empty", "its own", "cluster role", "namespace", "same kind, other group"],
)
def test_a_namespace_goes_to_objects_that_can_have_one(given, expected):
    (done,) = finish([given], in_namespace("web"))
    assert done["metadata"].get("namespace") == expected


@given(own=TEXTS, more=TEXTS)
def test_steps_leave_their_argument_alone(own, more):
    before = manifest(labels=own, annotations=own)
    kept = copy.deepcopy(before)
    steps = (in_namespace("web"), with_labels(more), with_annotations(more))
    (once,) = finish([before], *steps)
    assert before == kept
    assert finish([once], *steps) == [once]
