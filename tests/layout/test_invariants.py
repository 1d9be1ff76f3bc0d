"""A tree that breaks an invariant is never written: that of a real stack, broken on purpose."""

import pytest
from msgspec.structs import replace

from kure_hooks.layout import invariants
from kure_hooks.layout.invariants import InvariantError
from tests.support.generate import bundle, leaf, node, tree

HOME = ("clusters", "prod")


@pytest.fixture
def checked(monkeypatch):
    """Return what is checked for a stack: its plan, its directories by path and the syncs."""
    calls = []

    def check(plan, directories, syncs):
        calls.append((plan, {each.path: each for each in directories}, syncs))

    with monkeypatch.context() as context:
        context.setattr(invariants, "check", check)
        tree(node("prod", leaf("web"), node("all", bundle=bundle("all", children=[bundle("in")]))))
    (call,) = calls
    return call


def refusal(plan, directories, syncs):
    """Return the message about directories that must not be."""
    with pytest.raises(InvariantError) as caught:
        invariants.check(plan, list(directories), syncs)
    return str(caught.value)


def test_a_right_tree_is_none_of_them(checked):
    plan, directories, syncs = checked
    invariants.check(plan, list(directories.values()), syncs)


def test_a_directory_is_written_once(checked):
    plan, directories, syncs = checked
    twice = [*directories.values(), directories[*HOME, "web"]]
    assert refusal(plan, twice, syncs) == "prod: a directory is written twice"


def test_a_file_is_written_once(checked):
    plan, directories, syncs = checked
    (path, some) = next((path, each) for path, each in directories.items() if each.files)
    directories[path] = replace(some, files=(*some.files, some.files[0]))
    message = f"{'/'.join(path)}: a file is written twice"
    assert refusal(plan, directories.values(), syncs) == message


def test_a_payload_is_a_directory(checked):
    plan, directories, syncs = checked
    del directories[*HOME, "web"]
    message = "web applies clusters/prod/web, which is not there"
    assert refusal(plan, directories.values(), syncs) == message


@pytest.mark.parametrize("names", [("web", "all"), ("all", "web")])
def test_no_directory_is_in_two_payloads(checked, names):
    plan, directories, syncs = checked
    includer, included = ((*HOME, name) for name in names)
    directories[includer] = replace(directories[includer], includes=(included,))
    message = f"all and web both apply clusters/prod/{names[1]}"
    assert refusal(plan, directories.values(), syncs) == message


def test_nothing_is_left_out(checked):
    plan, directories, syncs = checked
    lost = replace(directories[*HOME, "web"], path=(*HOME, "lost"))
    message = "nothing applies clusters/prod/lost"
    assert refusal(plan, [*directories.values(), lost], syncs) == message


def test_the_object_of_a_unit_is_where_its_container_applies(checked):
    plan, directories, syncs = checked
    web, *others = plan.units
    moved = replace(plan, units=(replace(web, control=(*HOME, "all")), *others))
    message = "the object of web is not where the entry point applies"
    assert refusal(moved, directories.values(), syncs) == message
    inner = replace(plan, units=(replace(web, container="all"), *others))
    message = "the object of web is not where all applies"
    assert refusal(inner, directories.values(), syncs) == message
