import pytest

from kure_hooks.drift.compare import Expected, compare, owner
from kure_hooks.drift.result import Kind
from kure_hooks.files.mark import mark
from kure_hooks.files.memory import MemoryTree

MARKED = mark("stacks/a.yaml").encode()


def compared(present, files=(), *, output="clusters", complete=True, keep=()):
    """Return path, kind, directory, stack and note of what differs in a tree."""
    owned = {f"{output}/a": "stacks/a.yaml"}
    search = (output,) if complete else tuple(sorted(owned))
    expected = Expected(dict(files), owned, output, search, keep)
    return [
        (each.path, each.kind, each.directory, each.stack, each.note)
        for each in compare(expected, MemoryTree(dict(present)))
    ]


def test_a_file_is_changed_or_missing_in_its_directory():
    files = {"clusters/a/x": b"1", "clusters/a/y": b"2", "clusters/a/z/same": b"3"}
    present = {"clusters/a/y": MARKED, "clusters/a/z/same": b"3"}
    assert compared(present, files) == [
        ("clusters/a/x", Kind.MISSING, "clusters/a", "stacks/a.yaml", ""),
        ("clusters/a/y", Kind.CHANGED, "clusters/a", "stacks/a.yaml", ""),
    ]
    somebody = {**present, "clusters/a/y": b"other"}
    assert compared(somebody, files)[1][:2] == ("clusters/a/y", Kind.FOREIGN)


def test_what_is_not_generated_is_unexpected_or_foreign():
    present = {"clusters/a/x": MARKED, "clusters/a/b/y": b"mine"}
    assert compared(present) == [
        ("clusters/a/b/y", Kind.FOREIGN, "clusters/a", "stacks/a.yaml", ""),
        ("clusters/a/x", Kind.UNEXPECTED, "clusters/a", "stacks/a.yaml", ""),
    ]
    assert compared(present, keep=("clusters/a/b/*", "clusters/a/x")) == []


@pytest.mark.parametrize("output", ["clusters", "gitops/fleet", "a/b/c"])
def test_the_files_of_a_cluster_that_is_gone_are_in_its_directory(output):
    present = {f"{output}/gone/b/x": MARKED, f"{output}/notes": b"mine", f"{output}/old": MARKED}
    assert compared(present, output=output) == [
        (f"{output}/gone/b/x", Kind.UNEXPECTED, f"{output}/gone", "", ""),
        (f"{output}/notes", Kind.FOREIGN, f"{output}/notes", "", ""),
        (f"{output}/old", Kind.UNEXPECTED, f"{output}/old", "", ""),
    ]
    assert compared(present, output=output, complete=False) == []


def test_what_is_in_the_way_of_a_directory_says_so():
    files = {"clusters/a/b/c/x": b"1"}
    note = "a directory with generated files is needed here; move it away"
    assert compared({"clusters/a/b": b"mine", "clusters/a/c": b"mine"}, files) == [
        ("clusters/a/b", Kind.FOREIGN, "clusters/a", "stacks/a.yaml", note),
        ("clusters/a/b/c/x", Kind.MISSING, "clusters/a", "stacks/a.yaml", ""),
        ("clusters/a/c", Kind.FOREIGN, "clusters/a", "stacks/a.yaml", ""),
    ]


def test_the_owner_is_the_nearest_owned_directory():
    owned = {"a": "1", "a/b": "2"}
    assert owner("a/x", owned) == "a"
    assert owner("a/b/c/x", owned) == "a/b"
    assert owner("b/x", owned) == ""
    assert owner("a", owned) == ""
