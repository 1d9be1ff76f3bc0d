"""Sparse-checkout patterns, with git itself as the oracle."""

import pytest

from kure_hooks.repository import CheckoutTree
from kure_hooks.repository.checkout import sparse_patterns
from tests.support.git import commit_all, git, write

FILES = [
    *("top", "README.md", "a/1", "a/2.yaml", "a/b/1", "a/b/c/1", "b/a/1", "b/x[1]", "b/x1"),
    *("clusters/one/a.yaml", "clusters/one/app/b.yaml", "clusters/two/a.yaml", "clusters/c"),
    *(" space", "#hash", "!bang", "b/back\\slash", "deep/a/b/c/d", "deep/b/a", "a.b/c", "axb/c"),
]
CONES = [["stacks"], ["a"], ["a/b"], ["clusters/one", "deep/a/b"], []]
PATTERNS = [
    "/*\n!/clusters/\n",
    "/*\n!/*/\n/clusters/\n!/clusters/*/\n/clusters/one/\n",
    "/*\n!/clusters/one/\n",
    "clusters/*\n!clusters/two/\n",
    "*.yaml\n",
    "a\n",
    "a/\n",
    "/a\n",
    "b/a\n",
    "**/a\n!a/b\n",
    "a/**\n!a/b/**\n",
    "deep/**/d\n",
    "deep/**/a\n",
    "**\n!/b/\n",
    "x?1?\n",
    "x[[]1[]]\n",
    "x[0-9]\n",
    "x[!0]\n",
    "a[./]b/c\n",
    "a?b/c\n",
    "# only a comment\n\n   \n",
    "\\#hash\n\\!bang\n",
    "\\ space\ntop   \n",
    "back\\\\slash\n",
    "!top\n/top\n!README.md\n",
    "/*\n!README.md\n!/*/\r\n",
    "",
]


@pytest.fixture
def filled(top):
    write(top, dict.fromkeys(FILES, "x"))
    commit_all(top, "first")
    return top


def there(top, below=""):
    """Return the files that git has in the work tree."""
    lines = git(top / below, "-c", "core.quotePath=false", "ls-files", "-t", "-z").split("\0")[:-1]
    return {line[2:] for line in lines if line[0] == "H"}


def included(root, paths):
    patterns = sparse_patterns(root)
    return {path for path in paths if patterns.include(path)}


@pytest.mark.parametrize("cone", CONES, ids=",".join)
def test_cones(filled, cone):
    git(filled, "sparse-checkout", "set", "--cone", *cone)
    assert included(filled, FILES) == there(filled)


def test_patterns(filled):
    git(filled, "config", "core.sparseCheckout", "true")
    git(filled, "config", "core.sparseCheckoutCone", "false")
    for patterns in PATTERNS:
        (filled / ".git/info/sparse-checkout").write_text(patterns, newline="")
        git(filled, "sparse-checkout", "reapply")
        assert included(filled, FILES) == there(filled), patterns


def test_below_the_top(filled):
    git(filled, "sparse-checkout", "set", "--cone", "clusters/one")
    asked = ["one/a.yaml", "one/app/b.yaml", "two/a.yaml", "c", "new/x"]
    assert included(filled / "clusters", asked) == {"one/a.yaml", "one/app/b.yaml", "c"}


def test_a_linked_work_tree_has_its_own(filled, tmp_path):
    git(filled, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    git(tmp_path / "linked", "sparse-checkout", "set", "--cone", "a")
    assert included(tmp_path / "linked", FILES) == there(tmp_path / "linked")
    assert sparse_patterns(filled) is None


def test_without_and_after_a_sparse_checkout(filled, tmp_path):
    assert sparse_patterns(filled) is None
    assert sparse_patterns(tmp_path) is None
    git(filled, "sparse-checkout", "set", "--cone", "a")
    git(filled, "sparse-checkout", "disable")
    assert sparse_patterns(filled) is None


def test_a_barrier_stands_before_what_git_does_not_look_at(filled):
    git(filled, "sparse-checkout", "set", "--cone", "a")
    git(filled, "update-index", "--assume-unchanged", "a/1")
    write(filled, {"clusters/there": "x"})
    tree = CheckoutTree(filled)
    asked = ["a/1", "a/2.yaml", "a/new", "b/x1", "b/new", "clusters/there"]
    outside = "outside of the sparse checkout"
    assert [tree.barrier(path) for path in asked] == [
        *("marked as assume-unchanged", "", "", outside, outside, "")
    ]
