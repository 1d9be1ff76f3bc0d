"""Clones without all contents: what is needed is fetched in one request, and nothing else is."""

import os
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

from kure_hooks.errors import ToolError
from kure_hooks.repository import CheckoutTree, IndexTree, RevisionTree, tracked
from kure_hooks.repository.history import last_commits
from tests.support.git import commit_all, git, make_repository, write

FILES = {f"manifests/{number}.yaml": f"{number}" for number in range(20)}
OTHERS = {"dash/a.json": "a", "dash/b.json": "b", "big.bin": "big", ".gitattributes": "* text\n"}


@pytest.fixture
def origin(tmp_path):
    """A repository of two commits, each with contents of its own."""
    origin = make_repository(tmp_path / "origin")
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    for version in ("old", "new"):
        write(origin, {path: f"{version} {text}" for path, text in (FILES | OTHERS).items()})
        write(origin, {".gitattributes": f"# {version}\n* text\n"})
        commit_all(origin, version)
    return origin


@pytest.fixture
def clone(origin, tmp_path, monkeypatch):
    """Return a function that makes a clone and returns it with the log of what git runs."""

    def make(*options):
        git(tmp_path, "clone", "--quiet", *options, f"file://{origin}", "clone")
        trace = tmp_path / "trace"
        monkeypatch.setenv("GIT_TRACE", str(trace))
        return tmp_path / "clone", lambda: fetches(trace)

    return make


def fetches(trace):
    """Return how many times the remote was asked."""
    lines = trace.read_text().splitlines() if trace.exists() else []
    return sum("upload-pack" in line and "run_command" in line for line in lines)


def content(version, path):
    return f"{version} {(FILES | OTHERS)[path]}".encode()


def missing(top):
    flags = ("--objects", "--all", "--missing=print", "--no-object-names")
    return git(top, "rev-list", *flags).count("?")


@pytest.mark.parametrize("filter_", ["blob:none", "tree:0"])
def test_a_revision_is_fetched_at_once(clone, filter_):
    top, asked = clone(f"--filter={filter_}")
    tree = RevisionTree(top, "HEAD~1", fetches=True)
    assert tree.read("manifests/3.yaml") == content("old", "manifests/3.yaml")
    first = asked()
    assert first == {"blob:none": 1, "tree:0": 2}[filter_]
    for path in FILES:
        assert tree.read(path) == content("old", path)
    assert asked() == first
    assert missing(top) == 3
    assert [tree.read(f"dash/{name}.json") for name in "ab"] == [b"old a", b"old b"]
    assert asked() == first + 1
    assert missing(top) == 1


def test_what_is_here_is_not_fetched(clone):
    top, asked = clone("--filter=blob:none")
    for tree in (
        CheckoutTree(top),
        IndexTree(top, fetches=True),
        RevisionTree(top, "HEAD", fetches=True),
    ):
        for path in FILES | OTHERS:
            assert tree.read(path).startswith((b"new", b"#"))
    assert asked() == 0


def test_without_leave_nothing_is_fetched(clone):
    """A cause is an extra: it is not worth the network."""
    top, asked = clone("--filter=blob:none")
    tree = RevisionTree(top, "HEAD~1")
    assert tree.holds("manifests/1.yaml", content("old", "manifests/1.yaml")) is True
    with pytest.raises(ToolError, match="this is a partial clone"):
        tree.read("manifests/1.yaml")
    assert len(last_commits(RevisionTree(top, "HEAD"), FILES)) == len(FILES)
    tracked(top)
    assert asked() == 0


def test_history_without_trees_is_not_fetched(clone):
    top, asked = clone("--filter=tree:0")
    with pytest.raises(ToolError):
        last_commits(RevisionTree(top, "HEAD"), ["manifests/1.yaml"])
    with pytest.raises(ToolError):
        RevisionTree(top, "HEAD~1").paths()
    assert asked() == 0


def test_a_name_that_nobody_knows_is_not_looked_for(clone):
    top, asked = clone("--filter=blob:none")
    with pytest.raises(Exception, match="names no commit"):
        RevisionTree(top, "1" * 40, fetches=True).paths()
    assert asked() == 0


def test_inputs_outside_of_a_sparse_checkout(clone):
    """The index has them; they come at once, and only when they are read."""
    top, asked = clone("--filter=blob:none", "--sparse")
    tree = CheckoutTree(top)
    assert tree.holds("manifests/1.yaml", content("new", "manifests/1.yaml")) is True
    assert (tree.conversions([*FILES]), asked()) == ({}, 0)
    for path in FILES:
        assert tree.read(path) == content("new", path)
    assert asked() == 1
    assert not (top / "manifests").exists()


def test_attributes_outside_of_a_sparse_checkout(origin, clone):
    for name in ("manifests", "dash"):
        write(origin, {f"{name}/.gitattributes": f"{'* filter=lfs':{len(name) + 20}}\n"})
    commit_all(origin, "attributes")
    top, asked = clone("--filter=blob:none", "--sparse")
    found = CheckoutTree(top).conversions(["manifests/1.yaml", "big.bin"])
    assert (found, asked()) == ({"manifests/1.yaml": "filter=lfs"}, 1)
    assert IndexTree(top, fetches=True).conversions(["dash/a.json"]) == {
        "dash/a.json": "filter=lfs"
    }
    assert asked() == 1


def test_processes_fetch_once(clone):
    top, asked = clone("--filter=blob:none")
    tree = RevisionTree(top, "HEAD~1", fetches=True)
    with ProcessPoolExecutor(2) as pool:
        assert list(pool.map(tree.read, FILES)) == [content("old", path) for path in FILES]
    assert asked() == 1


def test_a_remote_that_is_gone(clone, origin):
    top, _ = clone("--filter=blob:none")
    origin.rename(origin.parent / "moved")
    tree = RevisionTree(top, "HEAD~1", fetches=True)
    with pytest.raises(ToolError) as caught:
        tree.read("manifests/1.yaml")
    assert str(caught.value).startswith("this is a partial clone, and git can't fetch ")


def test_nobody_is_asked_for_a_password(clone, tmp_path, monkeypatch):
    """Not by git, and not by the programs that it is told to open."""
    top, _ = clone("--filter=blob:none")
    write(tmp_path, {"ask": f"#!/bin/sh\ntouch {tmp_path}/asked\necho secret\n"})
    (tmp_path / "ask").chmod(0o755)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(tmp_path / "ask"))
    git(top, "config", "core.askPass", str(tmp_path / "ask"))
    script = f"#!/bin/sh\nenv > {tmp_path}/variables\nexit 1\n"
    write(tmp_path, {"ssh": script})
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(tmp_path / "ssh"))
    monkeypatch.setenv("SSH_AUTH_SOCK", "/the/agent")
    git(top, "remote", "set-url", "origin", "ssh://git@example.invalid/x.git")
    with pytest.raises(ToolError):
        RevisionTree(top, "HEAD~1", fetches=True).read("manifests/1.yaml")
    lines = (tmp_path / "variables").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines if "=" in line)
    assert (variables["GIT_TERMINAL_PROMPT"], variables["GIT_ASKPASS"]) == ("0", "")
    assert variables["SSH_AUTH_SOCK"] == "/the/agent"
    assert "SSH_ASKPASS" not in variables
    assert not (tmp_path / "asked").exists()


def test_a_pickle_may_fetch_what_it_might(clone):
    top, _ = clone("--filter=blob:none")
    for tree in (RevisionTree(top, "HEAD~1", fetches=True), IndexTree(top, fetches=True)):
        again = pickle.loads(pickle.dumps(tree))  # noqa: S301 - it was just made here
        assert again == tree
        assert again.fetches


def test_a_complete_clone_is_not_looked_at(clone):
    top, asked = clone()
    assert RevisionTree(top, "HEAD~1").read("big.bin") == b"old big"
    assert asked() == 0
    assert "rev-list" not in os.fsdecode((top.parent / "trace").read_bytes())
