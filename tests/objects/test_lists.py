import pytest

from kure_hooks.decoding.objects import items
from kure_hooks.drift.objects import held
from kure_hooks.engines.applied import Tree
from kure_hooks.manifests import objects_of
from kure_hooks.yamlio import dump


def config_map(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def listed(*objects, kind="List"):
    return {"apiVersion": "v1", "kind": kind, "items": list(objects)}


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        (config_map("a"), [()]),
        (listed(), []),
        (listed(config_map("a"), config_map("b")), [("items", 0), ("items", 1)]),
        (listed(config_map("a"), kind="ConfigMapList"), [("items", 0)]),
        (
            listed(config_map("a"), listed(listed(config_map("b")))),
            [("items", 0), ("items", 1, "items", 0, "items", 0)],
        ),
    ],
)
def test_all_readers_of_a_file_take_the_same_lists_apart(value, pointers):
    objects = list(objects_of(value))
    assert [pointer for pointer, _ in objects] == pointers
    assert items(value) == objects
    data = dump(value).encode()
    manifests = [manifest for _, manifest in objects]
    assert [item.manifest for item in held("a.yaml", data)] == manifests
    assert Tree(".", {"a.yaml": data}).documents == {"a.yaml": manifests}


@pytest.mark.parametrize("value", [None, 7, "List", [], {"kind": ["List"]}, {"kind": "List"}])
def test_what_is_no_list_is_itself(value):
    assert list(objects_of(value, ("a",))) == [(("a",), value)]


def test_the_items_of_a_secret_list_are_secrets():
    item = {"apiVersion": "v1", "metadata": {"name": "a"}}
    (_, secret), (_, other) = objects_of(listed(item, config_map("b"), kind="SecretList"))
    assert secret == {"kind": "Secret", **item}
    assert other == config_map("b")
