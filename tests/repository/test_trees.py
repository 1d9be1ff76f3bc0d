import multiprocessing
import os
import pickle

import pytest

from kure_hooks.errors import ReadError, ToolError, UsageError
from kure_hooks.files.tree import MAX_FILE, WorkTree
from kure_hooks.repository import IndexTree, RevisionTree
from tests.support.git import commit_all, git, make_repository, write

FILES = {"apps/web/a.yaml": "a", "apps-old.yaml": "old", "empty.yaml": "", "ä b\t'.yaml": "odd"}


@pytest.fixture(params=["index", "revision", "sha256 index", "sha256 revision"])
def tree(request, tmp_path):
    """A tree of FILES, a link, a submodule and a program; the work tree says otherwise."""
    options = ("--object-format=sha256",) if "sha256" in request.param else ()
    top = make_repository(tmp_path / "top", *options)
    write(top, FILES | {"run": "#!"})
    (top / "run").chmod(0o755)
    (top / "link").symlink_to("apps-old.yaml")
    commit_all(make_repository(top / "sub", *options), "submodule")
    git(top, "-c", "advice.addEmbeddedRepo=false", "add", "--all")
    git(top, "commit", "--quiet", "--message", "first")
    write(top, {"apps/web/a.yaml": "edited", "new.yaml": "new"})
    (top / "apps-old.yaml").unlink()
    return IndexTree(top) if "index" in request.param else RevisionTree(top, "HEAD")


def test_paths(tree):
    assert tree.paths() == sorted([*FILES, "run", "link", "sub/"])
    assert tree.paths("apps") == ["apps/web/a.yaml"]
    assert tree.paths("apps-old.yaml") == ["apps-old.yaml"]
    assert tree.paths("none") == []


def test_read(tree):
    assert {path: tree.read(path).decode() for path in FILES} == FILES
    assert tree.read("run") == b"#!"


def test_what_can_t_be_read(tree):
    for path in ("none", "apps", "../x", "/etc/passwd", "new.yaml"):
        with pytest.raises(ReadError, match="does not exist in "):
            tree.read(path)
    with pytest.raises(ReadError, match="link is a symbolic link in "):
        tree.read("link")


def test_holds(tree):
    assert tree.holds("apps/web/a.yaml", b"a") is True
    assert tree.holds("apps/web/a.yaml", b"edited") is False
    assert tree.holds("empty.yaml", b"") is True
    assert tree.holds("run", b"#!") is True
    assert tree.holds("link", b"apps-old.yaml") is False
    assert tree.holds("apps", b"") is False
    assert tree.holds("none", b"") is None
    assert tree.holds("link/below", b"") is None


def test_pickling_keeps_no_cache(tree):
    tree.read("apps/web/a.yaml")
    again = pickle.loads(pickle.dumps(tree))  # noqa: S301 - it was just made here
    assert again == tree
    assert "_files" not in vars(again)
    assert again.read("apps/web/a.yaml") == b"a"


def read_many(tree):
    return [tree.read(path) for path in sorted(FILES) * 50]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_processes_read_at_the_same_time(tree, method):
    """Each speaks to a git of its own, even when it was forked off after the first read."""
    expected = read_many(tree)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(read_many, [tree] * 4, chunksize=1) == [expected] * 4
    assert read_many(tree) == expected


def test_git_trees_and_the_work_tree_agree(top):
    write(top, FILES)
    commit_all(top, "first")
    trees = WorkTree(top), IndexTree(top), RevisionTree(top, "main")
    assert {tuple(tree.paths()) for tree in trees} == {tuple(sorted(FILES))}
    assert {tuple(tree.paths("apps")) for tree in trees} == {("apps/web/a.yaml",)}


def test_the_size_limit(top):
    write(top, {"full": b"x" * MAX_FILE, "over": b"y" * (MAX_FILE + 1), "huge": b"z" * 3_500_000})
    commit_all(top, "first")
    tree = IndexTree(top)
    for path, size in (("over", MAX_FILE + 1), ("huge", 3_500_000)):
        with pytest.raises(ReadError) as caught:
            tree.read(path)
        assert caught.value.reason == f"is {size} bytes long, and the limit is 1048576"
    assert tree.read("full") == b"x" * MAX_FILE


def test_names_that_are_not_utf8(top):
    write(top, {os.fsdecode(b"caf\xe9.yaml"): "latin"})
    commit_all(top, "first")
    for tree in (IndexTree(top), RevisionTree(top, "HEAD")):
        assert tree.paths() == ["caf\udce9.yaml"]
        assert tree.read("caf\udce9.yaml") == b"latin"


def test_what_is_only_intended_to_be_added_is_not_staged(top):
    write(top, {"staged.yaml": "", "intended.yaml": "", "sub/intended.yaml": "x"})
    git(top, "add", "staged.yaml")
    git(top, "add", "--intent-to-add", "intended.yaml", "sub/intended.yaml")
    assert IndexTree(top).paths() == ["staged.yaml"]
    assert IndexTree(top).holds("intended.yaml", b"") is None


def test_an_index_in_conflict(top):
    write(top, {"a.yaml": "1", "fine.yaml": ""})
    commit_all(top, "first")
    git(top, "checkout", "--quiet", "-b", "other")
    write(top, {"a.yaml": "2"})
    commit_all(top, "second")
    git(top, "checkout", "--quiet", "main")
    write(top, {"a.yaml": "3"})
    commit_all(top, "third")
    with pytest.raises(AssertionError, match="git merge other"):
        git(top, "merge", "other")
    with pytest.raises(UsageError) as caught:
        IndexTree(top).paths()
    assert str(caught.value) == "1 paths are in conflict (a.yaml). Resolve them and git add them."
    assert RevisionTree(top, "HEAD").read("a.yaml") == b"3"


def test_a_repository_without_a_commit(top):
    write(top, {"a.yaml": "a"})
    git(top, "add", "a.yaml")
    assert IndexTree(top).read("a.yaml") == b"a"
    with pytest.raises(UsageError) as caught:
        RevisionTree(top, "HEAD").paths()
    assert str(caught.value) == (
        "HEAD names no commit, since the repository has none yet. Commit something first."
    )


def test_an_empty_index(top):
    assert list(IndexTree(top).paths()) == []


@pytest.mark.parametrize(
    "revision",
    ["HEAD", "main", "v1", "HEAD~0", "@{0}", "HEAD^{/first}", "detached", "id", "short id"],
)
def test_revisions(top, revision):
    write(top, {"a.yaml": "a"})
    commit_all(top, "first")
    git(top, "tag", "--annotate", "--message", "release", "v1")
    commit = git(top, "rev-parse", "HEAD").strip()
    if revision == "detached":
        git(top, "checkout", "--quiet", "--detach")
    name = {"id": commit, "short id": commit[:8], "detached": "HEAD"}.get(revision, revision)
    assert RevisionTree(top, name).read("a.yaml") == b"a"


@pytest.mark.parametrize(
    "revision",
    ["none", "", "^HEAD", "HEAD..HEAD", "HEAD~9", "HEAD:apps", "HEAD^{tree}", "@{u}", "a b", "*"],
)
def test_no_such_revision(top, revision):
    write(top, {"apps/a.yaml": "a"})
    commit_all(top, "first")
    with pytest.raises(UsageError) as caught:
        RevisionTree(top, revision).paths()
    assert str(caught.value) == (
        f"{revision!r} names no commit of this repository. Correct it, or fetch it where the clone "
        "is shallow."
    )


@pytest.mark.parametrize("revision", ["--help", "-", "--output=/tmp/x", "a\nb", "a\0b"])
def test_a_revision_is_never_an_option(top, revision):
    with pytest.raises(UsageError) as caught:
        RevisionTree(top, revision).paths()
    assert (
        str(caught.value)
        == f"{revision!r} can't be the name of a revision. Name a branch, tag or commit."
    )


def test_a_blob_that_is_lost(top):
    write(top, {"a.yaml": "a"})
    commit_all(top, "first")
    blob = git(top, "rev-parse", "HEAD:a.yaml").strip()
    (top / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(ToolError) as caught:
        IndexTree(top).read("a.yaml")
    assert str(caught.value) == f"git can't read a.yaml: {blob} missing"
