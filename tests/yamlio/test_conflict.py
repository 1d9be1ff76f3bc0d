"""Conflict markers of git, in every style, and what only looks like them."""

import pytest

from kure_hooks.errors import InputError
from kure_hooks.yamlio import read
from kure_hooks.yamlio.conflict import conflict_line

MERGE = "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> side\n"
DIFF3 = MERGE.replace("=======", "||||||| 1a2b3c4\nb: 0\n=======")


@pytest.mark.parametrize(
    "text",
    [MERGE, DIFF3, MERGE.replace("\n", "\r\n"), MERGE.replace(" HEAD", "").replace(" side", "")],
)
@pytest.mark.parametrize("size", [7, 12])
def test_every_style(text, size):
    for mark in "<|=>":
        text = text.replace(mark * 7, mark * size)
    assert conflict_line(text.encode()) == 2
    with pytest.raises(InputError) as error:
        read(text.encode(), "apps/a.yaml")
    (finding,) = error.value.findings
    assert str(finding) == (
        f'apps/a.yaml:2:1: unresolved merge conflict ("{text.splitlines()[1]}"). '
        "Resolve it and remove the markers."
    )


@pytest.mark.parametrize(
    ("text", "line", "marker"),
    [
        ("a: 1\n<<<<<<< HEAD\nb: 1\n", 2, "<<<<<<< HEAD"),
        ("a: 1\nb: 2\n>>>>>>> side\n", 3, ">>>>>>> side"),
        ("a: 1\n=======\nb: 2\n", 2, "======="),
        ("a: 1\r\n||||||| 1a2b3c4\r\nb: 2\r\n", 2, "||||||| 1a2b3c4"),
    ],
)
def test_a_conflict_resolved_by_half(text, line, marker):
    with pytest.raises(InputError) as error:
        read(text.encode(), "apps/a.yaml")
    (finding,) = error.value.findings
    assert str(finding) == (
        f'apps/a.yaml:{line}:1: unresolved merge conflict ("{marker}"). '
        "Resolve it and remove the markers."
    )


def test_a_heading_in_a_text_is_no_conflict():
    (document,) = read(b"a: |\n  title\n  =======\n", "a.yaml")
    assert document.value == {"a": "title\n=======\n"}


def test_the_first_of_several():
    assert conflict_line((MERGE + MERGE).encode()) == 2


def test_a_whole_file_that_would_be_valid():
    """All of it is one plain scalar."""
    assert conflict_line(b"<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "title\n=======\n",
        "<<<<<<< a\nx\n",
        "<<<<<<< a\n=======\n",
        ">>>>>>> a\n=======\n<<<<<<< a\n",
        MERGE.replace("\n", "\n  "),
        MERGE.replace("<<<<<<<", "<<<<<<"),
        MERGE.replace("<<<<<<< HEAD", "<<<<<<<HEAD"),
    ],
)
def test_no_conflict(text):
    assert conflict_line(text.encode()) == 0
