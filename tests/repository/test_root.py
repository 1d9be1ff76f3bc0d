import pytest

from kure_hooks.repository import checkouts, find_root, git_path
from tests.support.git import commit_all, git, make_repository

FILE_ALLOWED = ("-c", "protocol.file.allow=always")


def test_from_any_directory_below(top):
    (top / "a/b").mkdir(parents=True)
    assert find_root(top / "a/b") == top
    assert find_root(top) == top


def test_no_repository(tmp_path):
    assert find_root(tmp_path) is None


def test_an_empty_git_directory_is_no_repository(top):
    (top / "a/.git").mkdir(parents=True)
    assert find_root(top / "a") == top


def test_the_nearest_repository_counts(top):
    inner = make_repository(top / "a/inner")
    (inner / "b").mkdir()
    assert find_root(inner / "b") == inner


def test_a_link_leads_to_the_real_top(top, tmp_path):
    (top / "a").mkdir()
    (tmp_path / "link").symlink_to("top/a")
    assert find_root(tmp_path / "link") == top


def test_git_is_not_needed(top, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert find_root(top) == top


def test_a_linked_work_tree(top, tmp_path):
    commit_all(top, "first")
    git(top, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    assert find_root(tmp_path / "linked") == tmp_path / "linked"
    lock = git_path(tmp_path / "linked", "kure-hooks.lock")
    assert lock == top / ".git/worktrees/linked/kure-hooks.lock"


def test_a_bare_repository_has_no_work_tree(tmp_path):
    make_repository(tmp_path / "bare", "--bare")
    assert find_root(tmp_path / "bare") is None


def test_a_bare_repository_inside_is_not_entered(top):
    make_repository(top / "vendor/bare", "--bare")
    assert find_root(top / "vendor/bare/objects") == top


def test_a_work_tree_named_by_the_environment(tmp_path, monkeypatch):
    (tmp_path / "tree/a").mkdir(parents=True)
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "tree"))
    assert find_root(tmp_path / "tree/a") == tmp_path / "tree"
    assert find_root(tmp_path) is None


@pytest.mark.parametrize("name", ["kure-hooks.lock", "hooks/pre-commit"])
def test_git_path(top, name):
    assert git_path(top, name) == top / ".git" / name


def test_checkouts_without_git(tmp_path):
    assert checkouts(tmp_path) == (tmp_path,)


def test_checkouts_are_all_work_trees_of_the_repository(top, tmp_path):
    commit_all(top, "first")
    git(top, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    (top / "sub").mkdir()
    assert checkouts(top / "sub") == (top, tmp_path / "linked")
    assert set(checkouts(tmp_path / "linked")) == {top, tmp_path / "linked"}


def test_checkouts_of_a_submodule_are_those_around_it(top, tmp_path):
    commit_all(make_repository(tmp_path / "other"), "first")
    git(top, *FILE_ALLOWED, "submodule", "--quiet", "add", str(tmp_path / "other"), "lib")
    assert checkouts(top / "lib") == (top / "lib", top)
    assert checkouts(top) == (top,)


def test_checkouts_of_a_repository_whose_data_lies_elsewhere(top, tmp_path, monkeypatch):
    (top / ".git").rename(tmp_path / "data")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GIT_WORK_TREE", str(top))
    monkeypatch.chdir(top)
    assert checkouts(top) == (top,)
