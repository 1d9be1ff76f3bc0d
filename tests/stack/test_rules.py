"""What the rules across a cluster accept; tests/invalid has what they refuse."""

import pytest

from kure_hooks.errors import InputError
from tests.stack.test_load import cluster
from tests.support.generate import generated


def with_bundle(text):
    return cluster(f"name: prod\nnode: {{name: prod, bundle: {text}}}\n")


@pytest.mark.parametrize(
    "wait", ["", "wait: true, "], ids=["E4.1 no word about wait", "E4.2 wait: true"]
)
def test_an_umbrella_with_distinct_children_passes(wait):
    """E4.1, E4.2, E5.2."""
    found = with_bundle(f"{{name: all, {wait}children: [{{name: one}}, {{name: two}}]}}")
    assert [each.name for each in found.bundles()] == ["all", "one", "two"]


def test_an_umbrella_is_a_bundle_with_children():
    """E4.20: all that is below it is reached from it, whatever the depth; nothing is skipped."""
    deep = "{name: all, children: [{name: one}, {name: two, children: [{name: deep}]}]}"
    (umbrella,) = [with_bundle(deep).root.bundle]
    assert [each.name for each in umbrella.closure()] == ["all", "one", "two", "deep"]
    assert [bool(each.children) for each in umbrella.closure()] == [True, False, True, False]
    plain = with_bundle("{name: all}").root.bundle
    assert (plain.children, list(plain.closure())) == ((), [plain])


def test_no_stack_and_an_empty_root_are_fine():
    """E5.1."""
    assert generated({"README.md": "no stack"}).files == {}
    assert list(cluster("name: prod\nnode: {}\n").bundles()) == []


@pytest.mark.parametrize("bundle", ["", "bundle: {name: plain}, "])
def test_packages_without_an_umbrella_are_fine(bundle):
    """E5.6."""
    package = "{group: source.toolkit.fluxcd.io, version: v1, kind: OCIRepository}"
    found = cluster(f"name: prod\nnode: {{name: prod, {bundle}packageRef: {package}}}\n")
    assert found.root.package.kind == "OCIRepository"


def test_an_empty_entry_among_nodes_is_no_child():
    """E5.7: people leave a dash behind; among bundles it is a fault (E5.8)."""
    found = cluster("name: prod\nnode:\n  children:\n  - name: one\n  -\n  - name: two\n")
    assert [each.name for each in found.root.children] == ["one", "two"]
    with pytest.raises(InputError, match=r"bundle.children\[1\]: this is null"):
        with_bundle("{name: all, children: [{name: one}, null]}")
