"""The words of the generating hook, as whoever made the commit reads them."""

import re

from tests.hooks.checkout import generated, run_kure, stack

ONE, TWO = generated("one"), generated("two")


# The runner's own lines, of which the last comes right before what the hook says.
_BEFORE = ("- exit code: 1", "- files were modified by this hook")


def words(said):
    """Return the lines that the hook itself said, but for warnings about the stack."""
    lines = [line.strip() for line in said.splitlines()]
    start = max(number for number, line in enumerate(lines) if line in _BEFORE)
    return [line for line in lines[start + 1 :] if line and not line.startswith(("[", "warning: "))]


def test_a_change_of_a_stack_is_one_sentence(generating):
    generating.write("stacks/one.yaml", stack("one", "second"))
    generating.git("add", "stacks")
    (line,) = words(generating.refused())
    told = "Regenerated 1 file from stacks/one.yaml (greeting hello -> second). "
    assert line == f"{told}Stage it: git add -A -- clusters"


def test_new_and_removed_files_are_counted(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    generating.git("add", "stacks")
    (line,) = words(generating.refused())
    new = re.fullmatch(
        r"Regenerated (\d+) files \((\d+) new\)\. "
        r"Stage them: git add -A -- clusters",
        line,
    )
    assert new
    assert new[1] == new[2]
    generating.git("add", "--all")
    generating.accepted()
    generating.git("rm", "--quiet", "stacks/two.yaml")
    (line,) = words(generating.refused())
    assert line.startswith(f"Regenerated {new[1]} files")
    assert f"({new[1]} removed). Stage them: git add -A -- clusters" in line


def test_who_did_not_stage_what_was_regenerated_is_told_so(generating):
    generating.write("stacks/two.yaml", stack("two", "hello"))
    generating.git("add", "stacks")
    generating.refused()
    said = generating.refused()
    assert re.search(
        r"\d+ files are regenerated, but not staged \(\d+ new\)\. "
        r"Stage them: git add -A -- clusters\n",
        said,
    )


def test_an_edit_by_hand_is_told_once_with_the_line_to_change(generating):
    generating.write(ONE, generating.read(ONE).replace("hello", "by hand"))
    generating.git("add", "clusters")
    said = " ".join(generating.refused().split())
    assert said.count("by hand -> hello") == 1
    assert (
        said.count("stacks/one.yaml:17, application greeting; to keep this value, change it") == 1
    )
    assert "Regenerated 1 file. Stage it: git add -A -- clusters" in said


def test_the_check_after_it_tells_of_no_value_again(checkout):
    made = checkout("kure-generate", "kure-check")
    made.write("stacks/one.yaml", stack("one", "second"))
    made.git("add", "stacks")
    said = made.refused()
    assert said.count("hello -> second") == 1
    assert "up to date in the work tree, but not staged" in " ".join(said.split())
    assert "To fix: git add -A -- clusters" in said
    run_kure("generate", cwd=made.path)
    made.git("add", "-A", "--", "clusters")
    made.accepted()
