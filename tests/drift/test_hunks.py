import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.drift.hunks import hunks, unified
from tests.support.git import environment

TEXTS = st.lists(st.sampled_from(["a", "b", "c\r", "", "\x0b", "\u2028", " "]), max_size=12).map(
    "\n".join
)


def applied(before, after, context):
    """Return what the hunks make of a text, by the rules of the format and no code of ours."""
    lines = before.split("\n")
    done, at = [], 0
    for hunk in hunks(before, after, context):
        start = hunk.before - bool(hunk.before_count)
        done += lines[at:start]
        taken = [line for line in hunk.lines if line[0] in " -"]
        given = [line for line in hunk.lines if line[0] in " +"]
        assert (len(taken), len(given)) == (hunk.before_count, hunk.after_count)
        assert len(done) == hunk.after - bool(hunk.after_count)
        assert [line[1:] for line in taken] == lines[start : start + len(taken)]
        done += [line[1:] for line in given]
        at = start + len(taken)
    return "\n".join([*done, *lines[at:]])


@given(TEXTS, TEXTS, st.integers(0, 4))
def test_hunks_turn_one_text_into_the_other(before, after, context):
    before, after = f"{before}\n", f"{after}\n"
    assert applied(before, after, context) == after


def test_equal_texts_have_no_hunks():
    assert hunks("a\nb", "a\nb") == []


def test_a_file_that_is_not_there_has_no_lines():
    assert list(unified(None, "a\n")) == ["@@ -0,0 +1 @@", "+a"]
    assert list(unified("a\nb\n", None)) == ["@@ -1,2 +0,0 @@", "-a", "-b"]


def test_distant_changes_are_hunks_of_their_own():
    before = "".join(f"{number}\n" for number in range(30))
    after = before.replace("3\n", "three\n", 1).replace("27\n", "twenty-seven\n")
    headings = [hunk.heading for hunk in hunks(before, after)]
    assert headings == ["@@ -1,7 +1,7 @@", "@@ -25,6 +25,6 @@"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("a", "a\n"), ("a\n", "a"), ("a\nb", "a\nc"), ("a\r\nb\r\n", "a\nb\n"), ("", "x")],
)
def test_git_applies_the_hunks(before, after, tmp_path):
    (tmp_path / "f").write_text(before, newline="")
    text = "\n".join(["--- a/f", "+++ b/f", *unified(before, after), ""])
    command = ["git", "apply", "--unidiff-zero", "-"]
    subprocess.run(command, cwd=tmp_path, env=environment(), input=text.encode(), check=True)
    assert (tmp_path / "f").read_bytes() == after.encode()
