"""What is skimmed is what is read, positions included."""

from functools import partial
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from kure_hooks.yamlio import dump, limits, read, reader, scalars, skim, skimming
from tests.support.attacks import LEGITIMATE

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), 1 << 63)
    | st.text(max_size=8)
    | st.floats(-9, 9)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
PARTS = (
    "a",
    ": ",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x ",
    "*x",
    "<<",
    "!!str ",
    "#",
    "'",
    '"',
    "---\n",
    "...\n",
    "? ",
    "1",
    "yes",
    "\t",
    "%",
    "\\",
    "\x00",
    "é",
    "~",
)


def places(value, above=()):
    yield above
    inner = value.items() if isinstance(value, dict) else ()
    for step, part in enumerate(value) if isinstance(value, list) else inner:
        yield from places(part, (*above, step))


def told(reader, data, most=limits.BYTES):
    """Return all that a reader says of a file."""
    try:
        documents = reader(data, "f.yaml", most=most)
    except InputError as error:
        return [str(finding) for finding in error.findings]
    return [
        (
            repr(each.value),
            [(each.at(*at), each.key_at(*at)) for at in islice(places(each.value), 200)],
        )
        for each in documents
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), max_size=3))
def test_whole_files_are_the_same(values):
    data = "---\n".join(map(dump, values)).encode()
    assert told(skim, data) == told(read, data)


RESOLVERS = (scalars.kubernetes, scalars.agreed, scalars.strict)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), max_size=3),
    st.sampled_from(RESOLVERS),
)
def test_ordinary_files_are_read_as_completely(values, resolve):
    data = "---\n".join(map(dump, values)).encode()
    assert told(partial(read, resolve=resolve), data) == told(
        partial(reader.read_completely, resolve=resolve), data
    )


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join), st.sampled_from(RESOLVERS))
def test_odd_texts_are_read_as_completely(text, resolve):
    assert told(partial(read, resolve=resolve), text.encode()) == told(
        partial(reader.read_completely, resolve=resolve), text.encode()
    )


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_odd_texts_are_the_same(text):
    assert told(skim, text.encode()) == told(read, text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: &x {b: 1}\nc: {<<: *x}\n",
        "'<<': {a: 1}\n",
        "? [a]\n: 1\n",
        "1: a\n",
        "- &x a\n- *x\n",
        "a: !!int 1\n",
        "a: 0x\n---\nb: 0b2\n",
        "<<<<<<< a\n=======\n>>>>>>> b\n",
        "\ufeffa: 1\n",
        "plain\n---\n- 1\n---\n\n---\n~\n",
        "a: " + "[" * 63 + "]" * 63,
        "a: " + "[" * 64 + "]" * 64,
        "[" * 64 + "]" * 64,
        "- a\n" * (limits.NODES - 1),
        "- a\n" * limits.NODES,
        "--- a\n" * limits.DOCUMENTS,
        "--- a\n" * (limits.DOCUMENTS + 1),
        *(data for data, _ in LEGITIMATE.values()),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_unusual_files_are_the_same(text):
    data = text.encode() if isinstance(text, str) else text
    assert told(skim, data) == told(read, data)


def test_long_texts_are_the_same():
    for size in (limits.SCALAR_BYTES, limits.SCALAR_BYTES + 1):
        data = b"a: " + b"x" * size
        assert told(skim, data, 4 << 20) == told(read, data, 4 << 20)


def test_a_file_is_read_again_for_its_first_position_only(monkeypatch):
    count = []
    monkeypatch.setattr(skimming, "read", lambda *a, **k: count.append(1) or read(*a, **k))
    first, second = skim(b"a: 1\n---\nb: 2\n", "f.yaml")
    assert count == []
    assert str(first.at("a")) == "f.yaml:1:4"
    assert str(second.key_at("b")) == "f.yaml:3:1"
    assert count == [1]
