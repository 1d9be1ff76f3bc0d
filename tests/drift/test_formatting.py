import pytest

from kure_hooks.drift.explain import formatting_note
from kure_hooks.files.mark import mark

MARK = mark("s.yaml").encode()
TEXT = MARK + b"a: 1\nb: 2\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (TEXT.replace(b"\n", b"\r\n"), "same objects, CRLF line endings"),
        (TEXT.replace(b"1\n", b"1\r\n"), "same objects, CRLF line endings"),
        (TEXT + b"\n\n", "same objects, other line feeds at the end"),
        (TEXT[:-1], "same objects, other line feeds at the end"),
        (b"\xef\xbb\xbf" + TEXT, "same objects, a byte order mark"),
        (TEXT.removeprefix(MARK), "same objects, without the mark of generated files"),
        (MARK + b"a: 1\n  # why\nb: 2\n", "same objects, other comments"),
        (MARK + b"b: 2\na: 1\n", "same objects, other order"),
        (MARK + b"a:  1\nb: 2\n", ""),
        (MARK + b"a: 1 # why\nb: 2\n", ""),
        (MARK + b"a: 1\nb: 2\na: 1\n", ""),
    ],
)
def test_what_differs_between_files_with_the_same_objects(before, expected):
    assert formatting_note(before, TEXT) == expected


def test_a_file_that_has_no_mark_on_either_side_lacks_none():
    assert formatting_note(b"a: 1 #\n", b"a: 1\n") == ""
