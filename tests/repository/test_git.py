"""The circumstances in which git is run, and what they must not do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.repository import (
    IndexTree,
    RevisionTree,
    find_root,
    git_path,
    ignored,
    same_for_git,
    tracked,
)
from tests.support.git import commit_all, environment, git, make_repository, write


def everything(top):
    """Ask all there is to ask."""
    for tree in (IndexTree(top), RevisionTree(top, "HEAD")):
        for path in tree.paths():
            tree.read(path)
    tracked(top)
    ignored(top, ["x"])
    same_for_git(top, {"a.yaml": b""})
    git_path(top, "x")


@pytest.fixture
def booby_trapped(top):
    """A checkout with an embedded bare repository whose fsmonitor leaves a trace; see it work."""
    trap, trace = top / "vendor/trap", top.parent / "trace"
    make_repository(trap, "--bare")
    script = top / "vendor/run"
    write(top, {"a.yaml": "a", "vendor/run": f"#!/bin/sh\ntouch {trace}\n"})
    script.chmod(0o755)
    for name, value in (("bare", "false"), ("worktree", ".."), ("fsmonitor", str(script))):
        git(trap, "config", "--file", "config", f"core.{name}", value)
    commit_all(top, "first")
    git_in_trap = ["git", "-C", str(trap), "status"]
    subprocess.run(git_in_trap, env=environment(), capture_output=True, check=False)
    if not trace.exists():
        pytest.skip("this git does not run the fsmonitor of an embedded repository")
    trace.unlink()
    return top


def test_an_embedded_repository_runs_nothing(booby_trapped, monkeypatch):
    trap = booby_trapped / "vendor/trap"
    monkeypatch.chdir(trap)
    top = find_root(trap)
    assert top == booby_trapped
    everything(top)
    assert not (top.parent / "trace").exists()


def test_even_inside_an_embedded_repository_nothing_runs(booby_trapped):
    with pytest.raises(UsageError):
        tracked(booby_trapped / "vendor/trap")
    assert not (booby_trapped.parent / "trace").exists()


def test_fsmonitor_of_the_repository_itself_is_not_run(top):
    trace = top.parent / "trace"
    write(top, {"a.yaml": "a", "../run": f"#!/bin/sh\ntouch {trace}\n"})
    (top / "../run").chmod(0o755)
    commit_all(top, "first")
    git(top, "config", "core.fsmonitor", str(top.parent / "run"))
    everything(top)
    assert not trace.exists()


def test_the_index_is_not_touched(top):
    write(top, {"a.yaml": "a"})
    commit_all(top, "first")
    os.utime(top / "a.yaml", (1, 1))
    before = (top / ".git/index").stat()
    everything(top)
    after = (top / ".git/index").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_no_repository(tmp_path):
    with pytest.raises(UsageError) as caught:
        IndexTree(tmp_path).paths()
    assert str(caught.value) == (
        f"{tmp_path} is not a git work tree. Run in one, or make one with git init."
    )


def test_a_bare_repository(tmp_path):
    bare = make_repository(tmp_path / "bare", "--bare")
    with pytest.raises(UsageError, match="bare is not a git work tree"):
        IndexTree(bare).paths()
    with pytest.raises(UsageError, match="bare is not a git work tree"):
        RevisionTree(bare, "HEAD").paths()


def test_git_is_not_installed(top, monkeypatch):
    monkeypatch.setenv("PATH", str(top.parent))
    with pytest.raises(ToolError) as caught:
        tracked(top)
    message = "git is not installed. Install it with the system's package manager."
    assert str(caught.value) == message


@pytest.mark.parametrize("root", ["", "sub", "../linked"])
@pytest.mark.parametrize("entry", ["bin", "../linked/bin", "../links"])
def test_a_git_of_the_checkout_is_not_run(top, monkeypatch, root, entry):
    """Not even from below the top, from another work tree, or through a link outside."""
    trace = top.parent / "trace"
    write(top, {"bin/git": f"#!/bin/sh\ntouch {trace}\n", "sub/a.yaml": "a"})
    (top / "bin/git").chmod(0o755)
    commit_all(top, "first")
    git(top, "worktree", "add", "--quiet", "../linked")
    (top.parent / "links").mkdir()
    (top.parent / "links/git").symlink_to("../top/bin/git")
    monkeypatch.setenv("PATH", f"{top / entry}{os.pathsep}{os.environ['PATH']}")
    assert "sub/a.yaml".removeprefix(f"{root}/") in IndexTree(top / root).paths()
    monkeypatch.setenv("PATH", str(top / entry))
    with pytest.raises(ToolError, match=r"^git is only found inside the repository, as /"):
        tracked(top / root)
    assert not trace.exists()


@pytest.mark.parametrize("ask", [tracked, everything, lambda top: IndexTree(top).paths()])
def test_a_repository_of_somebody_else(top, monkeypatch, ask):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(ToolError) as caught:
        ask(top)
    assert str(caught.value) == (
        f"git does not trust {top} because it belongs to another user. If you do, run "
        f"git config --global --add safe.directory {top}"
    )


def test_a_linked_work_tree(top, tmp_path):
    write(top, {"a.yaml": "a"})
    commit_all(top, "first")
    git(top, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    write(tmp_path / "linked", {"b.yaml": "b"})
    git(tmp_path / "linked", "add", "b.yaml")
    assert IndexTree(tmp_path / "linked").paths() == ["a.yaml", "b.yaml"]
    assert IndexTree(top).paths() == ["a.yaml"]


def test_a_directory_below_the_top_stands_for_itself(top):
    write(top, {"sub/a.yaml": "", "sub/b.yaml": "b", "c.yaml": ""})
    commit_all(top, "first")
    for tree in (IndexTree(top / "sub"), RevisionTree(top / "sub", "HEAD")):
        assert tree.paths() == ["a.yaml", "b.yaml"]
        assert tree.read("b.yaml") == b"b"


def test_the_index_that_git_names_counts(top, monkeypatch):
    """Like `git commit -- path`, which commits from an index of its own."""
    write(top, {"a.yaml": "a"})
    git(top, "add", "a.yaml")
    (top / ".git/index").rename(top / ".git/next-index")
    monkeypatch.chdir(top)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert IndexTree(top).paths() == ["a.yaml"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert list(IndexTree(top).paths()) == []


def test_another_repository_does_not_get_the_index_of_this_one(top, tmp_path, monkeypatch):
    other = make_repository(tmp_path / "other")
    write(other, {"other.yaml": ""})
    write(top, {"top.yaml": ""})
    for repository in (other, top):
        git(repository, "add", "--all")
    monkeypatch.chdir(top)
    monkeypatch.setenv("GIT_DIR", str(top / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(top / ".git/index"))
    assert IndexTree(other).paths() == ["other.yaml"]
    assert IndexTree(top).paths() == ["top.yaml"]


def test_a_git_directory_named_from_below_the_top(top, monkeypatch):
    write(top, {"sub/a.yaml": "a"})
    git(top, "add", "--all")
    (top / ".git").rename(top.parent / "elsewhere")
    monkeypatch.chdir(top / "sub")
    monkeypatch.setenv("GIT_DIR", "../../elsewhere")
    monkeypatch.setenv("GIT_WORK_TREE", "..")
    assert find_root(top / "sub") == top
    assert IndexTree(top).read("sub/a.yaml") == b"a"
    assert git_path(top, "x") == top.parent / "elsewhere/x"


def test_in_a_real_hook(top, tmp_path):
    """A commit of one path: the hook sees what is committed, not what else is staged."""
    write(top, {"a.yaml": "1", "b.yaml": "1"})
    commit_all(top, "first")
    hook = top / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\n"
        f"PYTHONPATH={Path(__file__).parents[2]} exec {sys.executable} -c '\n"
        "from kure_hooks.repository import *\n"
        "from pathlib import Path\n"
        "tree = IndexTree(find_root(Path.cwd()))\n"
        f'Path("{tmp_path}/seen").write_bytes(tree.read("a.yaml") + tree.read("b.yaml"))\n'
        "'\n"
    )
    hook.chmod(0o755)
    write(top, {"a.yaml": "2", "b.yaml": "2"})
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "second", "--", "a.yaml")
    assert (tmp_path / "seen").read_bytes() == b"21"
