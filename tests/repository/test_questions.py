import pytest

from kure_hooks.repository import ignored, same_for_git, tracked
from tests.support.git import commit_all, git, write


def test_tracked(top):
    write(top, dict.fromkeys(["a/1", "a/b/2", "ab/3", "4"], "x"))
    git(top, "add", "--all")
    write(top, dict.fromkeys(["a/new", "a/intended"], ""))
    git(top, "add", "--intent-to-add", "a/intended")
    assert tracked(top, "a") == {"a/1", "a/b/2"}
    assert tracked(top) == {"a/1", "a/b/2", "ab/3", "4"}
    assert tracked(top, "none") == set()


def test_paths_in_conflict_are_tracked(top):
    blob = git(top, "hash-object", "-w", "--stdin").strip()
    git(top, "update-index", "--add", "--cacheinfo", f"100644,{blob},fine")
    write(top, {"../conflict": f"100644 {blob} 2\ta/f\n100644 {blob} 3\ta/f\n"})
    git(top, "update-index", "--index-info", stdin=(top / "../conflict").read_bytes())
    assert tracked(top) == {"a/f", "fine"}


def test_ignored(top):
    write(top, {".gitignore": "*.log\nbuild/\n!keep.log\n", "sub/.gitignore": "only-here\n"})
    write(top, {"tracked.log": "", "a.log": ""})
    git(top, "add", "--force", "tracked.log")
    asked = ["a.log", "keep.log", "tracked.log", "b/c.log", "build/x", "sub/only-here", "only-here"]
    assert ignored(top, asked) == {"a.log", "b/c.log", "build/x", "sub/only-here"}
    assert ignored(top, ["plain"]) == set()
    assert ignored(top, []) == set()


def test_ignored_with_odd_names(top):
    write(top, {".gitignore": "*.log\n"})
    names = ["a\nb.log", "\udce9.log", '"q".log', "-x.log", ":(top)y.log"]
    assert ignored(top, names) == set(names)


@pytest.fixture
def converted(top):
    """A work tree whose text files have CRLF where git stores LF."""
    write(top, {".gitattributes": "*.yaml text eol=crlf\n*.bin -text\n"})
    write(top, {"same.yaml": b"a\r\nb\r\n", "lf.yaml": b"a\n", "x.bin": b"a\r\n"})
    commit_all(top, "first")
    return top


def test_line_endings_that_git_undoes(converted):
    files = {"same.yaml": b"a\nb\n", "lf.yaml": b"a\n", "x.bin": b"a\n"}
    assert same_for_git(converted, files) == {"same.yaml", "lf.yaml"}


def test_other_content_is_not_the_same(converted):
    assert same_for_git(converted, {"same.yaml": b"a\nc\n", "x.bin": b"a\r\n"}) == {"x.bin"}


def test_line_endings_of_the_given_bytes(converted):
    """A file that is passed on has those of the file that it was read from."""
    files = {"same.yaml": b"a\r\nb\r\n", "lf.yaml": b"a\r\n", "x.bin": b"a\n"}
    assert same_for_git(converted, files) == {"same.yaml", "lf.yaml"}
    assert same_for_git(converted, {"lf.yaml": b"b\r\n", "x.bin": b"a\r\n"}) == {"x.bin"}
    write(converted, {"x.bin": b"a\n"})
    assert same_for_git(converted, {"x.bin": b"a\r\n"}) == set()


def test_autocrlf(top):
    git(top, "config", "core.autocrlf", "true")
    write(top, {"a/b.yaml": b"a\r\n"})
    assert same_for_git(top, {"a/b.yaml": b"a\n"}) == {"a/b.yaml"}
    git(top, "config", "core.autocrlf", "false")
    assert same_for_git(top, {"a/b.yaml": b"a\n"}) == set()


def test_what_is_no_file_is_never_the_same(top):
    write(top, {"real": "x", "dir/f": "x"})
    (top / "link").symlink_to("real")
    files = dict.fromkeys(["none", "link", "dir", "dir/f/below", "a\nb", "real"], b"x")
    assert same_for_git(top, files) == {"real"}
    assert same_for_git(top, {}) == set()
