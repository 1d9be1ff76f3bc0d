"""Removals that look like a mistake, and stacks that are all gone."""

import pytest

from kure_hooks.drift.result import Kind
from kure_hooks.errors import UsageError
from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from tests.hooks.checkout import generated, stack
from tests.support.git import commit_all, git, make_repository, write

ONE = generated("one")
SETTINGS = ".kure-hooks.yaml"


@pytest.fixture
def root(tmp_path):
    """A repository with one cluster in sync."""
    make_repository(tmp_path)
    write(tmp_path, {"stacks/one.yaml": stack("one", "hello")})
    generate(open_workspace(tmp_path))
    commit_all(tmp_path, "all")
    return tmp_path


def at(root, source="worktree"):
    return open_workspace(root, source=source)


def test_the_files_of_the_last_stack_are_unexpected_and_go_only_with_permission(root):
    git(root, "rm", "--quiet", "stacks/one.yaml")
    for source in ("worktree", "index"):
        outcome = check(at(root, source))
        assert {each.kind for each in outcome.drift} == {Kind.UNEXPECTED}
        assert len(outcome.drift) == 5
        assert "--allow-prune" in outcome.fix
        with pytest.raises(UsageError, match="no stack is left, and all 5 generated files would"):
            generate(at(root, source))
    assert (root / ONE).exists()
    assert len(generate(at(root), allow_prune=True).removed) == 5
    git(root, "add", "--all")
    for source in ("worktree", "index"):
        assert check(at(root, source)).exit_code == 0
        assert generate(at(root, source)).exit_code == 0


def test_later_the_settings_say_that_there_is_none(root):
    git(root, "rm", "--quiet", "-r", "stacks", "clusters")
    commit_all(root, "gone")
    for command in (check, generate):
        with pytest.raises(UsageError, match="No stack files found"):
            command(at(root))
    write(root, {SETTINGS: "stacks: []\n"})
    assert check(at(root)).exit_code == 0


def test_without_git_too(tmp_path):
    write(tmp_path, {"stacks/one.yaml": stack("one", "hello")})
    generate(at(tmp_path))
    (tmp_path / "stacks/one.yaml").unlink()
    assert len(check(at(tmp_path)).drift) == 5
    generate(at(tmp_path), allow_prune=True)
    with pytest.raises(UsageError, match="No stack files found"):
        check(at(tmp_path))


@pytest.mark.parametrize("allow_prune", [False, True])
def test_a_mistyped_pattern_removes_nothing(root, allow_prune):
    write(root, {SETTINGS: "stacks: ['stackz/*.yaml']\n"})
    with pytest.raises(UsageError, match=r"stackz/.*, but stacks/one.yaml is there"):
        check(at(root))
    with pytest.raises(UsageError, match=r"stackz/.*, but stacks/one.yaml is there"):
        generate(at(root), allow_prune=allow_prune)
    assert (root / ONE).exists()


def test_one_of_two_patterns_that_is_mistyped_removes_nothing(root):
    write(root, {"more/two.yaml": stack("two", "hello")})
    write(root, {SETTINGS: "stacks: ['stacks/*.yaml', 'more/*.yaml']\n"})
    generate(at(root))
    write(root, {SETTINGS: "stacks: ['stacks/*.yaml', 'more/*.yml']\n"})
    with pytest.raises(
        UsageError, match=r"and more/two.yaml, which it is generated from, is still"
    ):
        generate(at(root))
    assert (root / generated("two")).exists()
    assert len(generate(at(root), allow_prune=True).removed) == 5


def test_a_stack_that_moves_or_goes_needs_no_permission(root):
    git(root, "mv", "stacks/one.yaml", "stacks/moved.yaml")
    outcome = generate(at(root))
    assert (len(outcome.written), outcome.removed) == (5, ())
    write(root, {"stacks/moved.yaml": stack("two", "hello")})
    assert len(generate(at(root)).removed) == 5


def test_a_cluster_of_a_stack_that_is_there_goes_without_permission(root):
    write(root, {"stacks/one.yaml": stack("renamed", "hello")})
    assert len(generate(at(root)).removed) == 5
