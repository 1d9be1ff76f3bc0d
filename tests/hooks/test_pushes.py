"""Real merges and pushes under pre-commit and prek."""

import pytest

from tests.hooks.checkout import generated, run_kure, stack
from tests.support.git import git, make_repository

ONE = generated("one")


@pytest.fixture
def pushing(checking, tmp_path):
    """A checkout whose remote has its first commit."""
    make_repository(tmp_path / "remote", "--bare")
    checking.git("remote", "add", "origin", "../remote")
    checking.git("push", "--quiet", "--no-verify", "origin", "main")
    return checking


def drift(checkout):
    """Commit a changed stack alone, past the hooks."""
    checkout.write("stacks/one.yaml", stack("one", "second"))
    checkout.git("commit", "--quiet", "--all", "--no-verify", "--message", "drift")


def mend(checkout):
    """Regenerate and stage."""
    run_kure("generate", cwd=checkout.path)
    checkout.git("add", "--all")


def refused(checkout, *args):
    worked, said = checkout.runs(*args)
    assert not worked
    assert "exit code: 1" in said, said
    assert "data.greeting" in said
    return said


def remote(checkout):
    """Return the names that the remote has."""
    return git(checkout.path.parent / "remote", "for-each-ref", "--format=%(refname)").split()


def test_a_clean_merge_is_judged(pushing):
    pushing.git("checkout", "--quiet", "-b", "side")
    drift(pushing)
    pushing.git("checkout", "--quiet", "main")
    pushing.write("README.md", "words\n")
    pushing.git("add", "README.md")
    pushing.accepted()
    before = pushing.git("rev-parse", "HEAD")
    refused(pushing, "merge", "--no-edit", "side")
    assert pushing.git("rev-parse", "HEAD") == before
    mend(pushing)
    pushing.accepted()
    assert run_kure("check", "--source", "HEAD", cwd=pushing.path).returncode == 0


def test_a_push_is_judged_by_what_it_pushes_and_not_by_the_index(pushing):
    drift(pushing)
    mend(pushing)
    said = refused(pushing, "push", "origin", "main")
    assert "stale" in said
    pushing.git("commit", "--quiet", "--message", "mended")
    pushing.git("rm", "--quiet", "--cached", ONE)
    worked, said = pushing.runs("push", "origin", "main")
    assert worked, said


def test_an_old_branch_is_judged_whatever_is_checked_out(pushing):
    pushing.git("checkout", "--quiet", "-b", "old")
    drift(pushing)
    pushing.git("checkout", "--quiet", "main")
    refused(pushing, "push", "origin", "old")
    refused(pushing, "push", "origin", "old:refs/heads/new")
    refused(pushing, "push", "origin", "old~0:refs/heads/new")
    assert remote(pushing) == ["refs/heads/main"]


def test_the_first_push_of_a_repository(checking, tmp_path):
    """pre-commit tells only the name of the branch then."""
    make_repository(tmp_path / "remote", "--bare")
    checking.git("remote", "add", "origin", "../remote")
    drift(checking)
    refused(checking, "push", "origin", "main")
    refused(checking, "push", "origin", "HEAD:refs/heads/other")
    mend(checking)
    checking.accepted()
    worked, said = checking.runs("push", "origin", "main")
    assert worked, said


@pytest.mark.parametrize("options", [(), ("--annotate", "--message", "release")])
def test_a_tag_is_judged(pushing, options):
    drift(pushing)
    pushing.git("tag", *options, "v1")
    pushing.git("reset", "--quiet", "--hard", "HEAD~1")
    refused(pushing, "push", "origin", "v1")
    assert remote(pushing) == ["refs/heads/main"]


def test_a_branch_can_always_be_deleted(pushing):
    pushing.git("push", "--quiet", "--no-verify", "origin", "main:old")
    drift(pushing)
    worked, said = pushing.runs("push", "origin", ":old")
    assert worked, said
    assert remote(pushing) == ["refs/heads/main"]


def test_a_branch_for_something_else_can_be_pushed(pushing):
    tree = git(pushing.path, "mktree").strip()
    commit = pushing.git("commit-tree", tree, "-m", "website").strip()
    pushing.git("branch", "website", commit)
    worked, said = pushing.runs("push", "origin", "website")
    assert worked, said


def test_a_push_without_stacks_but_with_their_output_is_judged(pushing):
    pushing.git("rm", "--quiet", "-r", "stacks")
    pushing.git("commit", "--quiet", "--no-verify", "--message", "no stacks")
    worked, said = pushing.runs("push", "origin", "main")
    assert not worked
    assert "unexpected  " in said


def test_a_forced_push_is_judged(pushing):
    drift(pushing)
    pushing.git("commit", "--quiet", "--no-verify", "--amend", "--message", "another")
    pushing.git("push", "--quiet", "--no-verify", "--force", "origin", "main")
    pushing.git("commit", "--quiet", "--no-verify", "--amend", "--message", "rewritten")
    refused(pushing, "push", "--force", "origin", "main")


def test_a_new_branch_that_is_in_sync_can_be_pushed_whatever_is_staged(pushing):
    pushing.git("branch", "side")
    pushing.write("stacks/one.yaml", stack("one", "second"))
    pushing.git("add", "stacks")
    worked, said = pushing.runs("push", "origin", "side")
    assert worked, said


def test_several_branches_that_drifted_are_not_pushed(pushing):
    drift(pushing)
    pushing.git("branch", "one")
    pushing.git("branch", "two")
    refused(pushing, "push", "origin", "one", "two")
    assert remote(pushing) == ["refs/heads/main"]


def test_a_deletion_beside_a_branch_that_drifted_lets_nothing_pass(pushing):
    pushing.git("push", "--quiet", "--no-verify", "origin", "main:old")
    drift(pushing)
    refused(pushing, "push", "origin", ":old", "main")
    assert remote(pushing) == ["refs/heads/main", "refs/heads/old"]
