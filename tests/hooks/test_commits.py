"""Real commits under pre-commit and prek, in each state that work tree and index can be in."""

import re
import shutil

import pytest

from tests.hooks.checkout import Checkout, generated, run_kure, stack

ONE, TWO = generated("one"), generated("two")
STAGE = "git add -A -- clusters"


def in_sync(checkout):
    """Whether the last commit holds what its stacks generate, by the command itself."""
    done = run_kure("check", "--source", "HEAD", cwd=checkout.path)
    return (done.returncode, done.stdout) == (0, "")


def test_a_new_stack_is_generated_and_refused_until_the_result_is_staged(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    generating.git("add", "stacks")
    said = generating.refused()
    assert STAGE in said
    assert "greeting: hello" in generating.read(TWO)
    assert STAGE in generating.refused()
    generating.git("add", "-A", "--", "clusters")
    generating.accepted()
    assert TWO in generating.tree()
    assert in_sync(generating)


def test_a_removed_stack_takes_its_output_with_it(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    run_kure("generate", cwd=generating.path)
    generating.git("add", "--all")
    generating.accepted()
    generating.git("rm", "--quiet", "stacks/two.yaml")
    assert STAGE in generating.refused()
    assert not (generating.path / "clusters/two").exists()
    generating.git("add", "-A", "--", "clusters")
    generating.accepted()
    assert TWO not in generating.tree()
    assert in_sync(generating)


def test_an_untracked_stack_is_not_there_yet(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    generating.write("README.md", "words\n")
    generating.git("add", "README.md")
    generating.accepted()
    assert not (generating.path / "clusters/two").exists()


def test_what_is_staged_counts_and_not_what_was_edited_since(generating):
    generating.write("stacks/one.yaml", stack("one", "second"))
    generating.git("add", "stacks")
    generating.write("stacks/one.yaml", stack("one", "third"))
    generating.refused()
    assert "greeting: second" in generating.read(ONE)
    assert "greeting: third" in generating.read("stacks/one.yaml")
    generating.git("add", "-A", "--", "clusters")
    generating.accepted()
    assert "greeting: second" in generating.committed(ONE)
    assert "greeting: second" in generating.committed("stacks/one.yaml")
    assert "greeting: third" in generating.read("stacks/one.yaml")
    assert in_sync(generating)


def test_a_hand_edit_of_a_generated_file_converges(generating):
    """The runner rolls back what conflicts with the unstaged edit, so staging it is the way on."""
    generating.write("stacks/one.yaml", stack("one", "second"))
    generating.git("add", "stacks")
    generating.write(ONE, generating.read(ONE).replace("hello", "by hand"))
    states = set()
    for _ in range(2):
        assert STAGE in generating.refused()
        assert "greeting: by hand" in generating.read(ONE)
        states.add(generating.git("status", "--porcelain"))
    assert len(states) == 1
    generating.git("add", "-A", "--", "clusters")
    generating.refused()
    generating.git("add", "-A", "--", "clusters")
    generating.accepted()
    assert "greeting: second" in generating.committed(ONE)
    assert in_sync(generating)


def test_a_staged_hand_edit_is_taken_back(generating):
    generating.write(ONE, generating.read(ONE).replace("hello", "by hand"))
    generating.git("add", "clusters")
    generating.refused()
    assert "greeting: hello" in generating.read(ONE)
    generating.git("add", "-A", "--", "clusters")
    assert generating.git("status", "--porcelain") == ""


@pytest.mark.parametrize("how", [("--all",), ("--", "stacks", "clusters")], ids=["all", "paths"])
def test_commits_that_stage_by_themselves(generating, how):
    """Git gives the hook an index of its own, which only lives for this commit."""
    generating.write("stacks/one.yaml", stack("one", "second"))
    generating.refused(*how)
    generating.accepted(*how)
    assert "greeting: second" in generating.committed(ONE)
    assert generating.git("status", "--porcelain") == ""
    assert in_sync(generating)


def test_a_linked_work_tree_has_its_own_index(generating, tmp_path):
    generating.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Checkout(tmp_path / "linked", generating.variables)
    linked.write("stacks/one.yaml", stack("one", "second"))
    linked.git("add", "stacks")
    linked.refused()
    assert "greeting: hello" in generating.read(ONE)
    linked.git("add", "-A", "--", "clusters")
    linked.accepted()
    assert "greeting: second" in linked.committed(ONE)
    assert in_sync(linked)


def test_a_commit_from_a_directory_below_the_top(generating):
    generating.write("stacks/one.yaml", stack("one", "second"))
    generating.git("add", "stacks")
    below = Checkout(generating.path / "stacks", generating.variables)
    below.refused()
    assert "greeting: second" in generating.read(ONE)


def test_a_stack_that_is_only_intended_to_be_added_is_not_there_yet(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    generating.git("add", "--intent-to-add", "stacks/two.yaml")
    generating.write("README.md", "words\n")
    generating.git("add", "README.md")
    generating.accepted()
    assert not (generating.path / "clusters/two").exists()


def test_output_that_is_only_intended_to_be_added_is_not_staged(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    run_kure("generate", cwd=generating.path)
    generating.git("add", "stacks")
    generating.git("add", "--intent-to-add", "clusters")
    generating.refused()
    generating.git("add", "-A", "--", "clusters")
    generating.accepted()
    assert in_sync(generating)


def test_line_endings_that_git_converts_are_no_change(generating):
    generating.git("config", "core.autocrlf", "true")
    shutil.rmtree(generating.path / "clusters")
    generating.git("checkout", "--", "clusters")
    assert b"\r\n" in (generating.path / ONE).read_bytes()
    generating.write("README.md", "words\n")
    generating.git("add", "README.md")
    generating.accepted()
    assert b"\r\n" in (generating.path / ONE).read_bytes()
    generating.write("stacks/one.yaml", stack("one", "second"))
    generating.git("add", "stacks")
    generating.refused()
    generating.git("add", "-A", "--", "clusters")
    generating.accepted()
    assert "\r" not in generating.committed(ONE)
    assert in_sync(generating)


def test_check_is_silent_when_in_sync(checking):
    checking.write("README.md", "words\n")
    checking.git("add", "README.md")
    [line] = [each for each in checking.accepted().splitlines() if "kure" in each]
    assert line.endswith("Passed")


def test_check_reports_drift_with_the_commands_that_mend_it(checking):
    checking.write("stacks/one.yaml", stack("one", "second"))
    checking.git("add", "stacks")
    said = checking.refused()
    assert "data.greeting" in said
    assert "kure-generate" in said
    assert f" --all-files; {STAGE}\n" in said
    assert checking.git("status", "--porcelain") == "M  stacks/one.yaml\n"
    run_kure("generate", "--source", "index", cwd=checking.path)
    checking.git("add", "-A", "--", "clusters")
    checking.accepted()
    assert in_sync(checking)


def test_check_sees_output_that_was_not_staged(checking):
    checking.write("stacks/two.yaml", stack("two", "hello"))
    run_kure("generate", cwd=checking.path)
    checking.git("add", "stacks")
    said = checking.refused()
    assert re.search(
        r"untracked +\d+ files\s+up to date, but not added to git, such as apps/", said
    )


def test_check_sees_that_a_stack_was_removed(checking):
    checking.write("stacks/two.yaml", stack("two", "hello"))
    run_kure("generate", cwd=checking.path)
    checking.git("add", "--all")
    checking.accepted()
    checking.git("rm", "--quiet", "stacks/two.yaml")
    assert "unexpected  apps/web-configmap-greeting.yaml" in checking.refused()
