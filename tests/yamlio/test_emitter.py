import datetime as dt
import re
import subprocess
import unicodedata
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from kure_hooks.yamlio import dump, kubernetes, kustomize, read, strict
from kure_hooks.yamlio.scalars import is_plain_text
from tests.support.nasty import ALPHABET, PHRASES, WORDS, texts
from tests.support.tools import tool

GOLDEN = Path(__file__).parent / "golden" / "canonical.yaml"

TEXTS = (
    st.text(ALPHABET, max_size=12)
    | st.lists(st.sampled_from([*WORDS, *PHRASES, " ", "\n"]), max_size=4).map("".join)
    | st.text(st.characters(codec="utf-8"), max_size=30)
)
LONG_TEXTS = st.builds(lambda text, times: (text * times)[:3_000], TEXTS, st.integers(20, 3_000))
NUMBERS = st.integers(-(1 << 63), (1 << 64) - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


class UnreadableForKustomizeError(Exception):
    pass


def readings(written):
    yield yaml.load(written, yaml.CSafeLoader)
    yield yaml.load(written, yaml.SafeLoader)
    for rules in (kubernetes, kustomize, strict):
        with suppress(UnreadableForKustomizeError):
            yield value_of(written, rules)


def value_of(written, rules):
    """Return the value of a document; `strict` refuses what kustomize could not read again."""
    try:
        (document,) = read(written.encode(), "f.yaml", rules)
    except InputError as error:
        if rules is strict and all("kustomize" in each.problem for each in error.findings):
            raise UnreadableForKustomizeError from error
        raise
    return document.value


def assert_round_trip(value):
    written = dump(value)
    for each in readings(written):
        assert repr(each) == repr(value)  # tells 1, 1.0 and True apart, and keeps the order


def lines_outside_literal_blocks(written):
    inside = set()
    for event in yaml.parse(written, yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent) and event.style == "|":
            inside |= set(range(event.start_mark.line + 1, event.end_mark.line + 1))
    return [line for number, line in enumerate(written.split("\n")) if number not in inside]


def assert_canonical(written):
    assert written.endswith("\n")
    assert not written.endswith("\n\n")
    assert "\r" not in written
    for line in lines_outside_literal_blocks(written):
        assert "\t" not in line
        assert not line.endswith(" ")
    for event in yaml.parse(written, yaml.CSafeLoader):
        assert getattr(event, "anchor", None) is None
        assert getattr(event, "tag", None) is None


@settings(max_examples=1_300, deadline=None)
@given(st.lists(TEXTS, min_size=8, max_size=8, unique=True))
def test_texts_are_read_as_themselves_wherever_they_stand(eight):
    a, b, c, d, e, f, g, h = eight
    inner = {a: b, "list": [c, [d, {e: f}], {g: [], h: {}}]}
    assert_round_trip({c: e, d: [g, h], f: inner, "last": a})


@settings(max_examples=300, deadline=None)
@given(LONG_TEXTS, TEXTS)
def test_long_keys_are_read_as_themselves(key, text):
    assert_round_trip({key: text})
    assert_round_trip({"list": [{key: [text]}, {key: {text: [key]}}, [{key: {}}]]})


@settings(max_examples=1_000, deadline=None)
@given(st.dictionaries(TEXTS, TREES, max_size=4))
def test_any_value_is_read_as_itself_and_written_in_canonical_form(value):
    assert_round_trip(value)
    written = dump(value)
    assert dump(value_of(written, kustomize)) == written
    assert_canonical(written)


BLANKS = ["", " ", "  ", "\t", "\n", "\n\n", " \n", "\n ", "\t\n", "\n\t\n"]
BODIES = ["a", "a\nb", "a\n\nb", "a\n  b", "a \nb", "a\n\tb", "# a\nb", "---\na", "- a\nb: c"]


@pytest.mark.parametrize("body", BODIES)
def test_blanks_around_lines_are_kept(body):
    for before, after in product(BLANKS, BLANKS):
        text = before + body + after
        assert_round_trip({"value": text})
        assert_round_trip({text: text, "list": [text, [text], {"a": text}], "last": [[text]]})


@pytest.mark.parametrize("text", [*WORDS, *PHRASES])
def test_known_troublemakers_are_read_as_themselves(text):
    assert_round_trip({text: text, "list": [text, {text: text}]})


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0"),
        (-1, "-1"),
        ((1 << 64) - 1, "18446744073709551615"),
        (-(1 << 63), "-9223372036854775808"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (100.0, "100.0"),
        (0.1, "0.1"),
        (1e16, "1.0e+16"),
        (1e-7, "1.0e-07"),
        (-1.5e300, "-1.5e+300"),
        (5e-324, "5.0e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_scalars_have_one_form(number, expected):
    assert dump({"a": number}) == f"a: {expected}\n"
    assert_round_trip({"a": number, "list": [number]})


def test_null_is_a_word():
    value = {"a": None, "b": [None, [None], {"c": None, "d": None}], "k" * 2_000: None, "e": None}
    written = dump(value)
    assert written.startswith("a: null\nb:\n- null\n- - null\n- c: null\n  d: null\n? k")
    assert_round_trip(value)
    assert_canonical(written)


def test_null_is_blank_in_the_annotations_of_an_object_alone():
    nulls = {"a": None, "b": "null"}
    pod = {"template": {"metadata": {"annotations": nulls}}}
    value = {"metadata": {"annotations": nulls, "labels": nulls}, "spec": pod, "annotations": nulls}
    written = dump(value)
    assert written.startswith(
        'metadata:\n  annotations:\n    a:\n    b: "null"\n  labels:\n    a: null\n'
    )
    assert written.count("a: null\n") == 3
    assert_round_trip(value)
    assert_canonical(written)
    for odd in (None, [None], "text", {}, {"annotations": None}, {"annotations": [None]}):
        assert_round_trip({"metadata": odd, "a": 1})


VISIBLE_FORMATS = (  # signs that enclose or join visible letters, unlike the rest of category Cf
    *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
    *range(0x13430, 0x13440),
)  # fmt: skip
ZERO_WIDTH_OR_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
HIDDEN = [
    char
    for char in map(chr, [*range(0xD800), *range(0xE000, 0x110000)])
    if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}
    and char not in "\n\t"
    and ord(char) not in VISIBLE_FORMATS
]


@pytest.mark.parametrize("form", ["a{}b", "{}", "a\n{}", "a\n{}\n"])
def test_what_hides_or_moves_text_is_escaped(form):
    for char in [*HIDDEN, *ZERO_WIDTH_OR_BLANK]:
        text = form.format(char)
        written = dump({text: text, "list": [text]})
        assert char not in written
        assert value_of(written, kustomize) == {text: text, "list": [text]}


CANONICAL = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": "canonical",
        "labels": {},
        "annotations": {
            "example.com/on": "on",
            "on": "a key in quotes, because one reader takes it for true",
            "long-key-" * 16: "explicit",
            "": "no name",
        },
        "finalizers": [],
    },
    "plain": [
        "text",
        "10.0.0.1",
        "8080:80",
        "a:b#c",
        "http://a.b/?c=d#e",
        "--flag",
        ".",
        "<a>",
    ],
    "quoted": {
        "words": ["yes", "Off", "n", "null", "~", "", "=", "<<"],
        "numbers": ["1", "0777", "0o17", "08", "1e3", "1_000", ".5", ".inf", "22:22"],
        "dates": ["2001-01-01", "2001-12-14 21:59:43"],
        "signs": ["- a", "a: b", "a #b", "*a", "&a", "!a", "%a", "@a", "`a", "'a'", "{{ a }}", "?"],
        "spaces": [" a", "a ", "a  b", "\t", "\u00a0"],
        "escapes": ['a "\t"\\', "\x1b[31m", "\u202e", "\ufeff", "\r\n", "\u2028"],
    },
    "numbers": [0, -1, 18446744073709551615, 1.0, 0.1, 1e20, 1e-07],
    "words": [True, False, None],
    "nested": [["a", ["b"]], [{"c": 1, "d": [2]}], {"e": {"f": [{"g": {}}]}}, [], {}],
    "blocks": {
        "stripped": "first\n  second\n\nlast",
        "clipped": "#!/bin/sh\necho done\n",
        "kept": "text\n\n\n",
        "list": ["a\nb\n", {"key": "c\nd"}],
        "quoted": ["\na", "  a\nb", "a\r\nb"],
    },
}


def test_the_golden_file_shows_the_form():
    assert dump(CANONICAL) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_file_is_read_as_what_was_written():
    for each in readings(GOLDEN.read_text(encoding="utf-8")):
        assert repr(each) == repr(CANONICAL)


def test_nothing_is_an_empty_mapping():
    assert dump({}) == "{}\n"


@pytest.mark.parametrize("value", [{"a": "b\n\n"}, {"a": ["b\n\n\n"]}, {"a": {"b": ["c\n\n"]}}])
def test_no_document_ends_with_empty_lines(value):
    written = dump(value)
    assert written.endswith('\\n\\n"\n')
    assert_round_trip(value)
    assert_round_trip({"first": value, "last": 1})
    assert "|+\n" in dump({"first": value, "last": 1})


@pytest.mark.parametrize("rest", ["b", "b\n", "\n", "b\n\n", ""])
@pytest.mark.parametrize("blanks", [" ", "\t", "  \t", "\u00a0", "\u3000"])
def test_a_text_with_blanks_before_a_line_break_is_quoted(blanks, rest):
    for text in (f"a{blanks}\n{rest}", f"a\n{blanks}\n{rest}", f"a\n{rest}{blanks}"):
        written = dump({"a": text, "b": 1})
        assert written.startswith('a: "a')
        assert len(written.splitlines()) == 2
        assert_round_trip({"a": text})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a: b", '"a: b"'),
        ("'a'", "\"'a'\""),
        ('"a"', "'\"a\"'"),
        ('"a" isn\'t', "'\"a\" isn''t'"),
        ('"1"\n', '"\\"1\\"\\n"'),
        ("C:\\x: y", "'C:\\x: y'"),
        ("\\", "\\"),
        ("yes", '"yes"'),
        ('2001-01-01 "x"', "'2001-01-01 \"x\"'"),
        ("\\\t", '"\\\\\\t"'),
    ],
)
def test_quotes_are_those_of_prettier(text, written):
    assert dump({"a": [text]}).splitlines()[1] == (f"- {written}" if "\n" not in text else "- |")
    assert_round_trip({"a": text})


@pytest.mark.parametrize("length", [128, 1_022, 1_023, 1_024, 1_025, 5_000])
def test_keys_are_explicit_where_readers_need_it(length, tmp_path):
    values = {"x" * length: "a", "- " * (length // 2): "b"}
    manifest = config_map("long", {"a": "b"}, {"c": "d"}) | {"values": values}
    assert_round_trip(manifest)
    if length <= 1_022:  # kustomize writes JSON to itself, which it reads as YAML
        assert built(tmp_path, {"long.yaml": manifest}) == {"long": manifest}
    written = [line for line in dump(values).splitlines() if line.startswith("? ")]
    assert len(written) == (0 if length < 1_024 else 1 if length == 1_024 else 2)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (dt.date(2001, 1, 1), "YAML for Kubernetes has no date"),
        (b"bytes", "YAML for Kubernetes has no bytes"),
        ({1}, "YAML for Kubernetes has no set"),
        (("a",), "YAML for Kubernetes has no tuple"),
        (float("nan"), "YAML for Kubernetes has no nan"),
        (float("-inf"), "YAML for Kubernetes has no -inf"),
        (1 << 64, "YAML for Kubernetes has no integer of 65 bits"),
        (10**5_000, "YAML for Kubernetes has no integer of 16610 bits"),
        ("\ud800", "YAML has no lone surrogate such as \\ud800"),
        ({1: "a"}, "YAML for Kubernetes has no key of type int"),
        ({None: "a"}, "YAML for Kubernetes has no key of type NoneType"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_no_reader_has_is_refused(value, message):
    for where in ({"a": value}, {"a": [value]}, {"a": {"b": value}}):
        with pytest.raises(TypeError) as caught:
            dump(where)
        assert str(caught.value) == message


# --- Through the real kustomize ----------------------------------------------------------------

# kustomize itself turns values into JSON and back, and loses DEL, C1 controls and NEL on the way.
NASTY = [text for text in texts(2_600) if not re.search(r"[\x7f-\x9f]", text)]


def built(directory, manifests, **fields):
    (directory / "kustomization.yaml").write_text(dump({"resources": list(manifests), **fields}))
    for name, manifest in manifests.items():
        (directory / name).write_text(dump(manifest), encoding="utf-8", newline="")
    command = [tool("kustomize"), "build", str(directory)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    documents = [each.value for each in read(done.stdout, "built.yaml")]
    return {each["metadata"]["name"]: each for each in documents}


def config_map(name, data, annotations):
    metadata = {"name": name, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def test_there_are_enough_nasty_texts():
    assert len(set(NASTY)) > 2_000


def test_kustomize_reads_every_value(tmp_path):
    values = {f"key-{number}": text for number, text in enumerate(NASTY)}
    manifest = config_map("values", values, {"some": "annotation"})
    assert built(tmp_path, {"values.yaml": manifest}) == {"values": manifest}


def test_kustomize_reads_every_key(tmp_path):
    # kustomize reads "<<" as a merge key even in quotes. It writes keys of annotations without the
    # quotes that keep their type, and those that start with a tab in a form that it can't read.
    keys = {text: f"value {number}" for number, text in enumerate(NASTY) if text != "<<"}
    plain = {key: keys[key] for key in keys if is_plain_text(key) and key[0] != "\t"}
    assert len(plain) > 1_900
    manifest = config_map("keys", keys, plain)
    assert built(tmp_path, {"keys.yaml": manifest}) == {"keys": manifest}


MERGE = """\
{apiVersion: example.com/v1, kind: Thing, metadata: {name: thing}, spec: {more: 1}}
"""
OPERATION = "- {op: add, path: /spec/more, value: 1}"
PATCHES = {
    "none": {},
    "merge": {"patches": [{"patch": MERGE}]},
    "operation": {"patches": [{"patch": OPERATION, "target": {"kind": "Thing"}}]},
    "metadata": {"labels": [{"pairs": {"team": "web"}}], "namespace": "shop"},
}


@pytest.mark.parametrize("kind", PATCHES)
def test_kustomize_keeps_null_whatever_it_changes(tmp_path, kind):
    nulls = {"a": None, "b": [None, {"c": None}, [None]], "d": {"e": None}}
    thing = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "thing", "labels": {"f": None}},
        "spec": {"values": nulls, "template": {"metadata": {"annotations": {"g": None}}}},
    }
    found = built(tmp_path, {"thing.yaml": thing}, **PATCHES[kind])["thing"]
    assert {**found["spec"], "more": 1} == {**thing["spec"], "more": 1}
    assert found["metadata"]["labels"]["f"] is None


def test_kustomize_takes_a_null_annotation_for_the_empty_text(tmp_path):
    """It would make the text "null" of the word."""
    found = built(tmp_path, {"a.yaml": config_map("a", {"a": None}, {"b": None})})["a"]
    assert found["metadata"]["annotations"] == {"b": ""}
    assert found["data"] == {"a": None}


def test_kustomize_reads_every_document_up_to_its_end_mark(tmp_path):
    manifest = config_map("kept", {"a": "b\n\n\n"}, {"c": "d"})
    assert built(tmp_path, {"kept.yaml": manifest}) == {"kept": manifest}


def test_kustomize_writes_sequences_the_same_way(tmp_path):
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"args": ["--a", "yes", "a b"], "name": "web"}]},
    }
    (tmp_path / "pod.yaml").write_text(dump(manifest))
    (tmp_path / "kustomization.yaml").write_text(dump({"resources": ["pod.yaml"]}))
    command = [tool("kustomize"), "build", str(tmp_path)]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert output == dump(manifest)
