import subprocess
from contextlib import suppress
from math import inf

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kure_hooks.yamlio import read
from kure_hooks.yamlio.scalars import (
    ScalarError,
    is_plain_text,
    kubernetes,
    kustomize,
    shown,
    strict,
)
from tests.support.scalar_readers import CORE_SCHEMA, INDICATORS, go_reads, pyyaml_reads
from tests.support.tools import tool

TEXT = object()
"""Stands to keep it as it is in the tables."""

# What sigs.k8s.io/yaml v1.6.0 gave for each.
KUBERNETES = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "nULL": TEXT,
    "y": True,
    "Y": True,
    "yes": True,
    "Yes": True,
    "YES": True,
    "yEs": TEXT,
    "on": True,
    "On": True,
    "ON": True,
    "true": True,
    "TRUE": True,
    "tRUE": TEXT,
    "n": False,
    "N": False,
    "no": False,
    "NO": False,
    "off": False,
    "False": False,
    "0": 0,
    "-0": 0,
    "+1": 1,
    "42": 42,
    "0777": 511,
    "-0777": -511,
    "0o17": 15,
    "0O17": 15,
    "-0o17": -15,
    "0b11": 3,
    "-0B11": -3,
    "0b-11": -3,
    "0b+11": 3,
    "-0b-11": TEXT,
    "0b": TEXT,
    "0b2": TEXT,
    "0x1F": 31,
    "-0X1f": -31,
    "0x": TEXT,
    "08": 8.0,
    "0o8": TEXT,
    "089.5": 89.5,
    "1_000": 1000,
    "1__0_": 10,
    "_1": TEXT,
    "0x_1F": 31,
    "1_0.5_0": 10.5,
    "1e3": 1000.0,
    "1E-3": 0.001,
    "+1.5e+3": 1500.0,
    "1.": 1.0,
    ".5": 0.5,
    "-.5": -0.5,
    ".5_0": 0.5,
    ".5_": TEXT,
    "._5": TEXT,
    ".5e1": 5.0,
    ".": TEXT,
    "+": TEXT,
    "-": TEXT,
    "1e": TEXT,
    "e3": TEXT,
    "1e3.5": TEXT,
    "1.2.3": TEXT,
    "10.0.0.1": TEXT,
    "1,000": TEXT,
    "22:22": TEXT,
    "1:30:00": TEXT,
    "190:20:30.15": TEXT,
    "2001-01-01": TEXT,
    "2001-1-1": TEXT,
    "2001-12-14t21:59:43.10-05:00": TEXT,
    "2001-12-14 21:59:43.10 -5": TEXT,
    "=": TEXT,
    "<<": TEXT,
    "inf": TEXT,
    "nan": TEXT,
    "+.nan": TEXT,
    ".iNF": TEXT,
    "18446744073709551615": 18446744073709551615,
    "-9223372036854775808": -9223372036854775808,
    "\u0663": TEXT,
    "1\u0663": TEXT,
}

NOT_FINITE = [".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.INF", ".nan", ".NaN", ".NAN"]
TOO_BIG = ["18446744073709551616", "-9223372036854775809", "0x1" + "0" * 16, "9" * 5_000]


@pytest.mark.parametrize(("text", "value"), KUBERNETES.items())
def test_kubernetes_reads_like_go(text, value):
    expected = text if value is TEXT else value
    read = kubernetes(text)
    assert (type(read), read) == (type(expected), expected)


@pytest.mark.parametrize("text", NOT_FINITE)
def test_kubernetes_refuses_what_json_does_not_have(text):
    with pytest.raises(ScalarError) as caught:
        kubernetes(text)
    assert caught.value.problem == f"{text} is a number that JSON doesn't have"
    assert caught.value.expected == "a finite number"


@pytest.mark.parametrize("rules", [kubernetes, strict])
@pytest.mark.parametrize("text", TOO_BIG)
def test_integers_that_do_not_fit_are_refused_without_being_shown(text, rules):
    with pytest.raises(ScalarError) as caught:
        rules(text)
    assert caught.value.problem == "this integer is out of range"
    assert caught.value.expected == "an integer from -2^63 to 2^64-1, or a quoted string"


@pytest.mark.parametrize("rules", [kubernetes, strict])
def test_floats_that_do_not_fit_are_refused_without_being_shown(rules):
    with pytest.raises(ScalarError) as caught:
        rules("-1.0e+999")
    assert caught.value.problem == "this number is out of range"
    assert caught.value.expected == "a finite number, or a quoted string"


# Times, and what kustomize 5.8.2 builds from each.
TIMES = {
    "2001-01-01": "2001-01-01T00:00:00Z",
    "2001-1-1": "2001-01-01T00:00:00Z",
    "0000-01-02": "0000-01-02T00:00:00Z",
    "2000-02-29": "2000-02-29T00:00:00Z",
    "1900-02-29": TEXT,
    "2001-13-01": TEXT,
    "2001-0-1": TEXT,
    "2001-001-01": TEXT,
    "12001-01-01": TEXT,
    "2001-12-14T1:2:3Z": "2001-12-14T01:02:03Z",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14T21:59:43.1-05:00",
    "2001-12-14T21:59:43-00:00": "2001-12-14T21:59:43Z",
    "2001-12-14T21:59:43+14:30": "2001-12-14T21:59:43+14:30",
    "2001-12-14T21:59:43.1234567891Z": "2001-12-14T21:59:43.123456789Z",
    "2001-12-14T21:59:43.000Z": "2001-12-14T21:59:43Z",
    "2001-12-14T21:59:43,5Z": "2001-12-14T21:59:43.5Z",
    "2001-12-14T21:59:43.Z": TEXT,
    "2001-12-14T21:59:43": TEXT,
    "2001-12-14T21:59:43z": TEXT,
    "2001-12-14T21:59:43+0100": TEXT,
    "2001-12-14T21:59:43+25:00": TEXT,
    "2001-12-14T24:00:00Z": TEXT,
    "2001-12-14T21:59:60Z": TEXT,
    "2001-12-14T021:59:43Z": TEXT,
    "2001-12-14 21:59:43": "2001-12-14T21:59:43Z",
    "2001-12-14  21:59:43.10": "2001-12-14T21:59:43.1Z",
    "2001-12-14 21:59:43Z": TEXT,
    "2001-12-14 21:59": TEXT,
    "2001-12-14 21:59:43.10 -5": TEXT,
}
# Texts for kustomize, booleans for kubectl.
WORDS = [text for word in ("y", "yes", "on", "n", "no", "off") for text in (word, word.title())]
WORDS += [word.upper() for word in WORDS]
KUSTOMIZE = KUBERNETES | dict.fromkeys(WORDS, TEXT) | TIMES


@pytest.mark.parametrize(("text", "value"), KUSTOMIZE.items())
def test_kustomize_reads_like_its_own_library(text, value):
    expected = text if value is TEXT else value
    read = kustomize(text)
    assert (type(read), read) == (type(expected), expected)


def test_kustomize_itself_builds_what_its_reader_says(tmp_path):
    """A whole number that is written as a float becomes an integer in what kustomize builds."""
    texts = [text for text in KUSTOMIZE if text and text not in {*INDICATORS, "-"}]
    rows = "".join(f"  v{number}: {text}\n" for number, text in enumerate(texts))
    head = "apiVersion: example.com/v1\nkind: X\nmetadata:\n  name: x\nspec:\n"
    (tmp_path / "x.yaml").write_text(head + rows)
    (tmp_path / "kustomization.yaml").write_text("resources: [x.yaml]\n")
    command = [tool("kustomize"), "build", str(tmp_path)]
    built = subprocess.run(command, capture_output=True, check=True).stdout
    (document,) = read(built, "built.yaml", kustomize)
    values = document.value["spec"]
    for number, text in enumerate(texts):
        value, expected = values[f"v{number}"], kustomize(text)
        if isinstance(expected, float) and expected.is_integer():
            expected = int(expected)
        assert (text, type(value), value) == (text, type(expected), expected)


STRICT = {
    "": None,
    "~": None,
    "null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "FALSE": False,
    "0": 0,
    "-1": -1,
    "+1": 1,
    "8080": 8080,
    "0x1F": 31,
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "-0.5": -0.5,
    "1.5e+3": 1500.0,
    "1.5E-3": 0.0015,
    "08.5": 8.5,
    "web": "web",
    ".": ".",
    "./apps": "./apps",
    "-": "-",
    "+": "+",
    "e": "e",
    "E": "E",
    "e3": "e3",
    "...": "...",
    "10.0.0.1": "10.0.0.1",
    "1.2.3": "1.2.3",
    "10m": "10m",
    "1h30m": "1h30m",
    "5Gi": "5Gi",
    "0a1b2c": "0a1b2c",
    "8080:80": "8080:80",
    "00:16:3e:00:00:01": "00:16:3e:00:00:01",
    "2024-01-15-release": "2024-01-15-release",
    "2024-01": "2024-01",
    "yes-please": "yes-please",
    "Norway": "Norway",
    "<<a": "<<a",
    "==": "==",
}

DISPUTED_TEXTS = """
    y Y n N yes Yes YES no No NO on On ON off Off OFF
    0777 -0777 0o17 0O17 0b11 0b-1 0o-7 08 09 -0x1F 1_000 0x_1F 1_0.5 .5_0
    1e3 1E3 1.5e3 1e+3 -.5 +.5 .5e1
    22:22 1:30 190:20:30 190:20:30.15 -1:30
    2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z
    .inf -.Inf +.INF .nan .NaN
    = << nULL tRUE yEs
"""
DISPUTED = [*DISPUTED_TEXTS.split(), "2001-12-14 21:59:43.10 -5"]


@pytest.mark.parametrize(("text", "value"), STRICT.items())
def test_strict_reads_what_all_readers_agree_on(text, value):
    read = strict(text)
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize("text", DISPUTED)
def test_strict_refuses_what_readers_disagree_on(text):
    with pytest.raises(ScalarError) as caught:
        strict(text)
    assert caught.value.problem.startswith(f"{text} is ")
    if text != "<<":
        assert caught.value.expected.startswith(f'Write "{text}" for the string')


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        (
            "on",
            "on is true in YAML 1.1 and a string in 1.2",
            'Write "on" for the string, true for the boolean.',
        ),
        (
            "No",
            "No is false in YAML 1.1 and a string in 1.2",
            'Write "No" for the string, false for the boolean.',
        ),
        (
            "0644",
            "0644 is an octal number in YAML 1.1 and a decimal one in 1.2",
            'Write "0644" for the string, or the number in plain decimal digits.',
        ),
        (
            "1:30",
            "1:30 is a number in base 60 in YAML 1.1 and a string in 1.2",
            'Write "1:30" for the string, or the number in plain decimal digits.',
        ),
        (
            "1e3",
            "1e3 is a string in YAML 1.1 and a number in 1.2",
            'Write "1e3" for the string, or the number in plain decimal digits.',
        ),
        (
            "2026-01-01",
            "2026-01-01 is a date in YAML 1.1 and a string in 1.2",
            'Write "2026-01-01" for the string.',
        ),
        (
            ".inf",
            ".inf is a number that JSON does not have",
            'Write ".inf" for the string, or a finite number.',
        ),
        (
            "tRUE",
            "tRUE is a string for some readers of YAML and something else for others",
            'Write "tRUE" for the string.',
        ),
        (
            "<<",
            "<< is a merge key in YAML 1.1 and a string in 1.2",
            "Write the keys out instead of merging them.",
        ),
    ],
)
def test_the_readings_are_said(text, problem, expected):
    with pytest.raises(ScalarError) as caught:
        strict(text)
    assert (caught.value.problem, caught.value.expected) == (problem, expected)


# Of the others Python's reader lacks the word, or the version.
@pytest.mark.parametrize("text", sorted({*DISPUTED} - {*"yYnN"} - {"yEs", "<<", "=", "2001-1-1"}))
def test_a_reading_in_yaml_11_is_that_of_its_reader(text):
    with pytest.raises(ScalarError) as caught:
        strict(text)
    if " in YAML 1.1" in (problem := caught.value.problem):
        is_string = isinstance(yaml.safe_load(text), str)
        assert (" is a string in YAML 1.1" in problem) == is_string


@pytest.mark.parametrize("text", [text for text, value in STRICT.items() if value == text])
def test_agreed_texts_need_no_quotes(text):
    assert is_plain_text(text)


@pytest.mark.parametrize("text", [*DISPUTED, *NOT_FINITE, *TOO_BIG, "", "~", "null", "True", "1"])
def test_anything_else_needs_quotes(text):
    assert not is_plain_text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", "web"),
        ("a b é 😀", "a b é 😀"),
        ("a\nb\t\x1b[31m\x7f", "a\\u000ab\\u0009\\u001b[31m\\u007f"),
        ("a\u202eb\u200b\ufeff", "a\\u202eb\\u200b\\ufeff"),
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 40 + "..."),
    ],
)
def test_texts_in_messages_are_printable_and_short(text, expected):
    assert shown(text) == expected


NUMBER_LIKE = st.text("0123456789_.+-:bBoOxXeEaAfFiInNyYtTzZ= ", min_size=1, max_size=12)
PARTS = st.sampled_from([*KUBERNETES, *STRICT, *DISPUTED, *NOT_FINITE, "_", "-", ":", " ", "\n"])
ANYTHING = NUMBER_LIKE | st.lists(PARTS, max_size=3).map("".join) | st.text(max_size=20)
SCALARS = ANYTHING.map(str.strip)  # a plain scalar never starts or ends with a blank


@settings(max_examples=1_500, deadline=None)
@given(SCALARS)
@example("0b-1")
@example("0o-7")
@example("2001-1-1")
def test_a_plain_text_is_a_text_for_every_reader(text):
    if is_plain_text(text) and text not in INDICATORS:
        assert pyyaml_reads(text) == text
        assert not CORE_SCHEMA.fullmatch(text)
        assert go_reads(text) == text
        assert kubernetes(text) == text
        assert strict(text) == text


@settings(max_examples=1_500, deadline=None)
@given(SCALARS)
def test_kubernetes_reads_like_the_port_of_go(text):
    expected = go_reads(text)
    try:
        read = kubernetes(text)
    except ScalarError:
        limits = isinstance(expected, (int, float)) and not -(1 << 63) <= expected < 1 << 64
        assert limits or expected in {inf, -inf}
    else:
        assert (type(read), read) == (type(expected), expected)


@settings(max_examples=1_500, deadline=None)
@given(SCALARS)
def test_what_strict_accepts_kubernetes_reads_alike(text):
    with suppress(ScalarError):
        read = strict(text)
        assert (type(read), read) == (type(kubernetes(text)), kubernetes(text))


@settings(max_examples=1_500, deadline=None)
@given(SCALARS)
def test_what_strict_accepts_pyyaml_reads_alike(text):
    with suppress(ScalarError):
        read = strict(text)
        if text not in INDICATORS:
            assert (type(pyyaml_reads(text)), pyyaml_reads(text)) == (type(read), read)
