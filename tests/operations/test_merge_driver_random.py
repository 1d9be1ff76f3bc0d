"""Random pairs of stack edits that git merges well: generated files are what the result says.

With KURE_HOOKS_SAMPLES=1000 and `pytest --log-cli-level=info` it takes more of them, and tells what
became of each.
"""

import logging
import os
import random
import shutil
from collections import Counter

import pytest

from kure_hooks.drift.kinds import Kind
from kure_hooks.errors import InputError
from kure_hooks.operations import check
from kure_hooks.operations.workspace import open_workspace
from tests.support.drifting import regenerate
from tests.support.git import commit_all, git, isolate
from tests.support.merging import conflicts, edit_at_random, make_merging, run_git

SAMPLES = int(os.environ.get("KURE_HOOKS_SAMPLES", "6"))
FIRST = int(os.environ.get("KURE_HOOKS_SEED", "0"))

COMMANDS = {
    "merge": ("merge", "--no-edit", "side"),
    "rebase": ("rebase", "side"),
    "cherry-pick": ("cherry-pick", "side"),
}
GOING_ON = {
    "merge": ("commit", "--no-edit"),
    "rebase": ("rebase", "--continue"),
    "cherry-pick": ("cherry-pick", "--continue"),
}
# The conflicts of a file that only one side has: git asks no merge driver about them.
ONE_SIDED = {"DU", "UD", "UA", "AU", "DD"}


class UselessError(Exception):
    """A side, or the merge, is nothing that anybody would commit."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The fleet with the merge driver, and the same one without generated files."""
    whole = make_merging(tmp_path_factory.mktemp("pair") / "whole")
    plain = whole.parent / "plain"
    shutil.copytree(whole, plain, symlinks=True)
    git(plain, "rm", "-r", "--quiet", "clusters")
    commit_all(plain, "stacks alone")
    return whole, plain


def chance(seed):
    return random.Random(seed)  # noqa: S311 - no secret


def branch_out(top, draws, *, single, generating):
    """Edit the stacks on two branches that part from here, and commit."""
    for branch, options in (("side", ("-b", "side")), ("main", ("main",))):
        git(top, "checkout", "--quiet", *options)
        for number in range(1 if single else draws.randint(1, 2)):
            edit_at_random(top, draws)
            if generating:
                regenerate(top)
            commit_all(top, f"{branch} {number}")


def differing(top):
    """Return where the last commit differs from what its stacks generate."""
    workspace = open_workspace(top, source="HEAD")
    generated = check.generate(workspace, ())
    return check.differing(workspace, generated, workspace.tree)


def inputs(top):
    """Return the objects of the last commit, but for those of generated files."""
    lines = git(top, "ls-tree", "HEAD").splitlines()
    return [line for line in lines if not line.endswith("\tclusters")]


def finish(top, name):
    """Let generate settle what git could not, as often as git stops."""
    for _ in range(5):
        regenerate(top)
        git(top, "add", "--all", "--", "clusters")
        code, said = run_git(top, *GOING_ON[name])
        if not code:
            return
    raise AssertionError(said)


def one_merge(pair, top, seed):
    """Make and merge a random pair; return what became of it."""
    name = list(COMMANDS)[seed % len(COMMANDS)]
    whole, plain = top / "whole", top / "plain"
    for origin, copy in zip(pair, (whole, plain), strict=True):
        shutil.copytree(origin, copy, symlinks=True)
    single = name == "cherry-pick"
    branch_out(plain, chance(seed), single=single, generating=False)
    code, _ = run_git(plain, *COMMANDS[name])
    if code:
        raise UselessError
    try:
        branch_out(whole, chance(seed), single=single, generating=True)
    except InputError as error:
        raise UselessError from error
    code, said = run_git(whole, *COMMANDS[name])
    if "have faults" in said:
        assert code, said
        raise UselessError
    outcome = "as generated"
    stopped = {}
    if code:
        stopped = conflicts(whole)
        assert stopped, said
        assert set(stopped.values()) <= ONE_SIDED, said
        assert all(path.startswith("clusters/") for path in stopped), said
        outcome = "stopped by a file that one side removed"
        finish(whole, name)
    assert inputs(whole) == inputs(plain), said
    left = differing(whole)
    changed = [change.path for change in left if change.kind is Kind.CHANGED]
    assert not any(f"Auto-merging {path}\n" in said for path in changed), said
    if left:
        outcome = "left to the next check"
        regenerate(whole)
        commit_all(whole, "regenerated")
        # Without a header a file that one side moved and the other one changed is nobody's.
        orphans = [change for change in differing(whole) if change.kind is Kind.FOREIGN]
        assert {change.path for change in orphans} <= stopped.keys()
        assert differing(whole) == orphans
    return f"{name}: {outcome}"


def test_random_pairs(pair, tmp_path, monkeypatch):
    isolate(monkeypatch, tmp_path)
    outcomes: Counter[str] = Counter()
    seed = FIRST
    while sum(outcomes.values()) < SAMPLES:
        top = tmp_path / str(seed)
        top.mkdir()
        try:
            outcomes[one_merge(pair, top, seed)] += 1
        except UselessError:
            pass
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
        shutil.rmtree(top)
        seed += 1
    logging.getLogger(__name__).info("%s", sorted(outcomes.items()))
