"""Lists of objects, taken apart as kustomize does."""

import pytest

from kure_hooks.decoding.objects import faults, items
from kure_hooks.yamlio import dump
from tests.support.kustomize import build


def config_map(name, **fields):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} | fields


def listed(kind, *items, api="v1", **fields):
    return {"apiVersion": api, "kind": kind, "items": list(items)} | fields


ONE, TWO = config_map("one", data={"a": "b"}), config_map("two")
NAMED = {"apiVersion": "example.com/v1", "metadata": {"name": "a"}}
ALLOW = NAMED | {"kind": "AllowList", "spec": {"a": "b"}}
LISTING = NAMED | {"kind": "Listing", "items": [1]}

LISTS = {
    "List": (listed("List", ONE, TWO), [ONE, TWO]),
    "a typed list": (listed("ConfigMapList", ONE, TWO), [ONE, TWO]),
    "a typed list of another kind": (listed("RoleList", ONE, api="rbac/v1"), [ONE]),
    "a list with a name": (listed("AllowList", ONE, metadata={"name": "a"}), [ONE]),
    "an empty list": (listed("List"), []),
    "an empty typed list": (listed("ServiceList"), []),
    "items of nothing": ({"apiVersion": "v1", "kind": "PodList", "items": None}, []),
    "lists in a list": (listed("List", listed("ConfigMapList", ONE), TWO), [ONE, TWO]),
    "a kind that only sounds like a list": (ALLOW, [ALLOW]),
    "items of another kind": (LISTING, [LISTING]),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_taken_apart_as_kustomize_does(name, tmp_path):
    manifest, objects = LISTS[name]
    assert list(faults(manifest)) == []
    assert [each for _, each in items(manifest)] == objects
    assert build(tmp_path, dump(manifest)) == objects


def test_each_object_has_its_pointer():
    manifest = listed("List", ONE, listed("ConfigMapList", TWO, ONE))
    pointers = [(), ("items", 0), ("items", 1, "items", 0), ("items", 1, "items", 1)]
    assert [at for each in (ONE, manifest) for at, _ in items(each)] == pointers


MISSING = "this required key is missing"


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (listed("ConfigMapList", {"metadata": {"name": "a"}}), [
            (("items", 0, "apiVersion"), MISSING),
            (("items", 0, "kind"), MISSING),
        ]),
        (listed("ConfigMapList", {"data": {}}), [
            (("items", 0, "apiVersion"), MISSING),
            (("items", 0, "kind"), MISSING),
            (("items", 0, "metadata", "name"), MISSING),
        ]),
        (listed("PodList") | {"items": {"a": "b"}}, [(("items",), "this is no list")]),
        (listed("PodList", "text"), [(("items", 0), "this is no Kubernetes object")]),
    ],
)  # fmt: skip
def test_what_kustomize_does_not_take_from_a_list_is_refused(manifest, expected, tmp_path):
    assert [(at, problem) for at, problem, _ in faults(manifest)] == expected
    assert isinstance(build(tmp_path, dump(manifest)), str)
