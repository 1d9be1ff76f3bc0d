import pickle
from functools import partial

import pytest

from kure_hooks.errors import ReadError
from kure_hooks.repository import CheckoutTree, IndexTree, NestedError, RevisionTree
from tests.support.git import commit_all, git, make_repository, write

FILES = {"a/1": "a1", "a/2": "a2", "b/c/1": "bc1", "top": "t"}
ALLOWED = ("-c", "protocol.file.allow=always")


@pytest.fixture
def filled(top):
    write(top, FILES)
    commit_all(top, "first")
    return top


def answers(tree):
    """Return all that a tree says about the files."""
    paths = tree.paths()
    return {
        path: (tree.read(path), tree.holds(path, b"a1"), tree.link(path))
        for path in paths
        if not path.endswith("/")
    }, [list(tree.paths(under)) for under in ("a", "b", "b/c", "none", "a/1")]


def everything_agrees(top):
    trees = CheckoutTree(top), IndexTree(top), RevisionTree(top, "HEAD")
    first, *others = [answers(tree) for tree in trees]
    assert [other == first for other in others] == [True, True]
    return first


@pytest.mark.parametrize("options", [("--cone",), ("--cone", "--sparse-index"), ("--no-cone",)])
@pytest.mark.parametrize("kept", ["a", "b/c"])
def test_files_outside_of_a_sparse_checkout_are_those_of_the_index(filled, options, kept):
    git(filled, "sparse-checkout", "set", *options, kept)
    assert not (filled / "a/1").exists() or not (filled / "b/c/1").exists()
    everything_agrees(filled)


@pytest.mark.parametrize("flag", ["skip-worktree", "assume-unchanged"])
@pytest.mark.parametrize("on_disk", ["edited", None])
def test_files_that_git_does_not_look_at(filled, flag, on_disk):
    git(filled, "update-index", f"--{flag}", "a/1")
    (filled / "a/1").unlink()
    if on_disk:
        write(filled, {"a/1": on_disk})
    everything_agrees(filled)
    tree = CheckoutTree(filled)
    assert (tree.read("a/1"), tree.barrier("a/1")) == (b"a1", f"marked as {flag}")
    git(filled, "update-index", f"--no-{flag}", "a/1")
    assert CheckoutTree(filled).barrier("a/1") == ""
    assert CheckoutTree(filled).holds("a/1", b"a1") is (False if on_disk else None)


def test_other_files_are_those_on_disk(filled):
    git(filled, "sparse-checkout", "set", "--cone", "a")
    write(filled, {"a/1": "edited", "a/new": "new", "b/new": "untracked"})
    tree = CheckoutTree(filled)
    assert tree.read("a/1") == b"edited"
    assert tree.paths() == ["a/1", "a/2", "a/new", "b/c/1", "b/new", "top"]


@pytest.mark.parametrize("known", [False, True])
def test_a_pickle_needs_no_git(filled, monkeypatch, known):
    git(filled, "sparse-checkout", "set", "--cone", "a")
    tree = CheckoutTree(filled, IndexTree(filled).staged if known else None)
    expected = tree.paths()
    again = pickle.loads(pickle.dumps(tree))  # noqa: S301 - it was just made here
    monkeypatch.setenv("PATH", "/nowhere")
    assert again == tree
    assert again.paths() == expected
    assert again.holds("b/c/1", b"bc1") is True


@pytest.fixture
def nesting(filled, tmp_path):
    """A repository with a submodule that is there, one that isn't, and a repository of nobody."""
    other = make_repository(tmp_path / "other")
    write(other, {"x.yaml": "x", "below/y.yaml": "y"})
    commit_all(other, "first")
    for path in ("here", "a/gone"):
        git(filled, *ALLOWED, "submodule", "--quiet", "add", str(other), path)
    commit_all(filled, "second")
    git(filled, "submodule", "--quiet", "deinit", "--force", "a/gone")
    make_repository(filled / "loose/repo")
    write(filled, {"loose/repo/x.yaml": "x", "loose/file": ""})
    return filled


INSIDE = ["here", "here/x.yaml", "here/below/y.yaml", "here/none", "a/gone", "a/gone/x.yaml"]


@pytest.mark.parametrize("path", INSIDE)
def test_a_submodule_is_refused_by_name_from_every_source(nesting, path):
    for tree in (CheckoutTree(nesting), IndexTree(nesting), RevisionTree(nesting, "HEAD")):
        for ask in (
            tree.read,
            tree.paths,
            tree.link,
            partial(tree.holds, data=b""),
        ):
            with pytest.raises(NestedError) as caught:
                ask(path)
            name = "here" if path.startswith("here") else "a/gone"
            assert str(caught.value) == (
                f"{path} is a submodule, so its files belong to another repository. "
                "Copy it into this one."
                if path == name
                else f"{path} is inside the submodule {name}, so it belongs to another repository. "
                "Copy it into this one."
            )


def test_a_submodule_is_listed_as_one_path(nesting):
    for tree in (CheckoutTree(nesting), IndexTree(nesting), RevisionTree(nesting, "HEAD")):
        listed = [path for path in tree.paths() if not path.startswith("loose")]
        assert listed == [".gitmodules", "a/1", "a/2", "a/gone/", "b/c/1", "here/", "top"]
        assert list(tree.paths("a")) == ["a/1", "a/2", "a/gone/"]
        with pytest.raises(NestedError, match=r"a/gone/ is a submodule"):
            tree.read("a/gone/")


def test_a_repository_that_git_does_not_know_is_refused_too(nesting):
    tree = CheckoutTree(nesting)
    assert list(tree.paths("loose")) == ["loose/file", "loose/repo/"]
    for path in ("loose/repo", "loose/repo/x.yaml", "loose/repo/a/b"):
        with pytest.raises(NestedError, match="nested git repository") as caught:
            tree.paths(path) if path == "loose/repo" else tree.read(path)
        assert str(caught.value).endswith("to another repository. Copy it into this one.")


def test_a_linked_work_tree_inside_is_another_repository(filled):
    git(filled, "worktree", "add", "--quiet", "trees/linked")
    assert "trees/linked/" in CheckoutTree(filled).paths()
    assert CheckoutTree(filled / "trees/linked").read("a/1") == b"a1"


def test_a_directory_that_only_looks_like_a_repository_is_entered(filled):
    (filled / "a/.git").mkdir()
    assert CheckoutTree(filled).read("a/1") == b"a1"
    assert list(CheckoutTree(filled).paths("a")) == ["a/1", "a/2"]


def test_an_error_can_be_pickled(nesting):
    with pytest.raises(NestedError) as caught:
        CheckoutTree(nesting).read("here/x.yaml")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - it was just made here
    assert (str(again), again.reason) == (str(caught.value), caught.value.reason)
    assert isinstance(again, ReadError)
