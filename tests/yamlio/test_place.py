"""Places of findings: a value in a document, or a key that could be there."""

import pytest

from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.yamlio import read
from kure_hooks.yamlio.document import Document
from kure_hooks.yamlio.place import Place

TEXT = "a: 1\nb:\n  - {c: 2, d: null}\n"


def place(*pointer, text=TEXT, path="f.yaml"):
    (document,) = read(text.encode(), path)
    return Place(document, pointer)


def test_a_place_is_equal_to_one_of_the_same_file_line_and_key():
    here = place("b", 0, "c")
    assert here == place("b", 0, "c")
    assert hash(here) == hash(place("b", 0, "c"))
    assert here == place("b", 0, "c", text=TEXT.replace("2", "3"))


@pytest.mark.parametrize(
    "other",
    [
        place("b", 0, "d"),
        place("b", 0, "c", text=f"# moved\n{TEXT}"),
        place("b", 0, "c", path="g.yaml"),
        "f.yaml:3:9",
        None,
    ],
)
def test_another_key_line_file_or_type_is_another_place(other):
    assert place("b", 0, "c") != other


def test_two_keys_that_could_be_at_one_position_are_two_places():
    assert place("x").at == place("y").at
    assert place("x") != place("y")


@pytest.mark.parametrize(
    ("pointer", "exists"),
    [
        ((), True),
        (("a",), True),
        (("b", 0, "c"), True),
        (("b", 0, "d"), False),  # null says nothing
        (("x",), False),
        (("b", 1), False),
        (("a", "x"), False),
    ],
)
def test_there_is_a_value_or_there_is_none(pointer, exists):
    assert place(*pointer).exists is exists


def test_a_place_is_written_as_its_position_and_without_lines_as_its_keys():
    here = place("b", 0, "c")
    assert (str(here), repr(here)) == ("f.yaml:3:9", "Place(f.yaml:3:9)")
    assert here == place("b").below(0, "c")
    assert here.value == 2
    built = Place(Document("built", {"b": [{"c": 2}]}, -1, -1, {}), ("b", 0, "c"))
    assert str(built) == "built: b[0].c"


def test_a_finding_stands_at_the_value_or_at_the_key():
    at_value = Finding(Location("f.yaml", 3, 9), "b[0].c", "is 2", "3", Severity.WARNING)
    assert place("b", 0, "c").fault("is 2", "3", Severity.WARNING) == at_value
    assert place("b", 0, "c").fault("is 2").severity is Severity.ERROR
    at_key = Finding(Location("f.yaml", 3, 6), "b[0].c", "is c", "d")
    assert place("b", 0, "c").key_fault("is c", "d") == at_key
