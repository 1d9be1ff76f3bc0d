"""Input under `agreed`: read as kustomize and kubectl read it, or refused with its place."""

import random
from contextlib import suppress

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.yamlio import agreed, dump, kubernetes, kustomize, limits, read, strict
from kure_hooks.yamlio.building import key_problem, string_problem
from kure_hooks.yamlio.scalars import ScalarError
from tests.support.kustomize import build
from tests.yamlio.test_scalars import DISPUTED, KUBERNETES, NOT_FINITE, STRICT, TIMES, TOO_BIG

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
INLINE = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
SECOND = HEAD.replace("name: a", "name: b")


def reading(text, rules=agreed):
    data = text if isinstance(text, bytes) else text.encode()
    return [each.value for each in read(data, "f.yaml", rules)]


def faults(text, rules=agreed):
    with pytest.raises(InputError) as caught:
        reading(text, rules)
    return [str(each).removeprefix("f.yaml:") for each in caught.value.findings]


# --- Plain scalars -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        (
            "yes",
            'kubectl reads yes as true, kustomize as the string "yes"',
            'Write "yes" for the string, true for the boolean.',
        ),
        (
            "Off",
            'kubectl reads Off as false, kustomize as the string "Off"',
            'Write "Off" for the string, false for the boolean.',
        ),
        (
            "2001-1-1",
            "kubectl reads 2001-1-1 as it stands, kustomize as a time in another form",
            'Write "2001-1-1" for the string.',
        ),
    ],
)
def test_both_readings_are_named(text, problem, expected):
    assert faults(f"a: {text}") == [f"1:4: a: {problem}. {expected}"]
    assert faults(f"- {text}") == [f"1:3: [0]: {problem}. {expected}"]
    assert faults(f"{text}: a") == [f"1:1: {problem}. {expected}"]
    assert reading(f"'{text}': \"{text}\"") == [{text: text}]


def test_a_value_that_may_be_secret_is_not_in_the_message():
    (fault,) = faults("password: 2001-1-1")
    assert fault.startswith("1:11: password: kubectl reads (hidden) as it stands, kustomize as a")
    assert fault.endswith('. Write "(hidden)" for the string.')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("data:\n  a: 2001-1-1\nkind: ConfigMap", True),
        ("data:\n  a: 2001-1-1\nkind: Secret", False),
        ("data:\n  a: 2001-1-1", False),
        ("kind: ConfigMap\ndata:\n  a: 2001-1-1\nb: [", True),
        ("data:\n  a: 2001-1-1\nb: [\nkind: ConfigMap", False),
        ("data:\n  a: 2001-1-1\nkind: ConfigMap\n---\nkind: Secret", True),
        ("kind: Secret\ndata:\n  a: 1\n---\nkind: ConfigMap\ndata: {a: 2001-1-1}", True),
        ("kind: Pod\nenv: [{value: 2001-1-1, name: API_TOKEN}]", False),
    ],
)
def test_the_whole_document_says_what_may_be_secret(text, shown):
    fault = faults(text)[0]
    assert ("2001-1-1" in fault) == shown
    assert ("(hidden)" in fault) != shown


def test_a_tag_that_could_be_a_secret_is_not_in_the_message():
    head = "kind: Secret\nstringData:\n  a: "
    assert faults(f"{head}!!binary eA==") == [
        "3:6: stringData.a: the tag !!binary is not allowed here. Delete the tag."
    ]
    assert faults(f"{head}!S3cret x") == [
        "3:6: stringData.a: the tag (hidden) is not allowed here. Delete the tag."
    ]


def test_times_in_their_own_form_are_agreed_on():
    assert reading("a: 2001-12-14T21:59:43Z") == [{"a": "2001-12-14T21:59:43Z"}]


TABLE = [*KUBERNETES, *STRICT, *TIMES, *DISPUTED]


def plain_scalars(count):
    """Return texts that stand plain in a block mapping, the same in every run."""
    chance = random.Random(0)  # noqa: S311 - repeatable on purpose
    texts = dict.fromkeys(TABLE)
    while len(texts) < count:
        length = chance.choice((1, 2, 3, 4, 6, 10))
        texts["".join(chance.choices("0123456789_.+-:bBoxXeEfntyTZ", k=length))] = None
        first, second = chance.choices(TABLE, k=2)
        texts[first + chance.choice(("", "_", ".", "-", "e", ":")) + second] = None
    return [text for text in texts if is_plain(text)]


def is_plain(text):
    with suppress(yaml.YAMLError):
        events = list(yaml.parse(f"a: {text}\n", yaml.CSafeLoader))
        return len(events) == 8 and events[4].value == text and events[4].implicit[0]
    return False


def test_kustomize_reads_what_is_agreed_on(tmp_path):
    texts = [text for text in plain_scalars(4_000) if text not in {*NOT_FINITE, *TOO_BIG}]
    readable = [text for text in texts if not raises(kustomize, text)]
    assert len(readable) > 3_000
    rows = "".join(f"  v{number}: {text}\n" for number, text in enumerate(readable))
    ((built,),) = (build(tmp_path, f"{HEAD}spec:\n{rows}"),)
    disputed = 0
    for number, text in enumerate(readable):
        value = built["spec"][f"v{number}"]
        if raises(agreed, text):
            disputed += 1
            assert value != kubernetes(text), text
        else:
            assert (value, isinstance(value, str)) == (agreed(text), isinstance(agreed(text), str))
    assert disputed >= 30


def raises(rules, text):
    try:
        rules(text)
    except ScalarError:
        return True
    return False


# --- Characters and keys -------------------------------------------------------------------------

CHARACTERS = [
    chr(number)
    for number in (
        *range(0x20), *range(0x7F, 0xA2), 0xAD, 0x200B, 0x2028, 0x2029, 0x202E, 0x2066, 0xE000,
        0xFDD0, 0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F600, 0x1FFFE, 0xE0041, 0x10FFFF,
    )
]  # fmt: skip
READABLE = [char for char in CHARACTERS if not string_problem(char)]
UNREADABLE = [char for char in CHARACTERS if string_problem(char)]


def config_map(data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}


def test_kustomize_reads_every_character_that_is_let_through(tmp_path):
    values = {f"v{number}": f"a{char}b" for number, char in enumerate(READABLE)}
    manifest = config_map({**values, **{f"a{char}b": "v" for char in READABLE}})
    assert build(tmp_path, dump(manifest)) == [manifest]
    assert len(READABLE) > 40


@pytest.mark.parametrize("char", UNREADABLE, ids=lambda char: f"U+{ord(char):04X}")
def test_kustomize_does_not_read_the_others(char, tmp_path):
    manifest = config_map({"v": f"a{char}b"})
    assert build(tmp_path, dump(manifest)) != [manifest]


@pytest.mark.parametrize("rules", [agreed, strict])
def test_a_character_that_kustomize_can_not_read_is_refused_at_its_place(rules):
    expected = (
        "can't read the character U+009B, also where it is escaped. Write a string without it."
    )
    assert faults('a: {b: [x, "\\x9b"]}', rules) == [f"1:12: a.b[1]: kustomize {expected}"]
    assert faults('a: {"\\x9b": 1}', rules) == [f"1:5: a: kustomize {expected}"]
    assert reading('"\\e\\0": "\\u2028"', rules) == [{"\x1b\0": "\u2028"}]


def test_checked_in_files_are_read_whatever_they_hold():
    for rules in (kubernetes, kustomize):
        assert reading('a: "\\x9b"', rules) == [{"a": "\x9b"}]
        assert reading("? " + "k" * 2_000 + "\n: 1", rules) == [{"k" * 2_000: 1}]


@pytest.mark.parametrize("char", list('xé<&"\\\t\x01\x08\u2028😀'))
def test_the_longest_keys_are_those_that_kustomize_reads(char, tmp_path):
    length = next(count for count in range(2_000) if key_problem(char * count, quoted=False)) - 1
    fits, misses = ({char * count: "v"} for count in (length, length + 1))
    assert build(tmp_path, dump(config_map(fits))) == [config_map(fits)]
    assert "did not find expected" in build(tmp_path, dump(config_map(misses)))


@pytest.mark.parametrize("rules", [agreed, strict])
def test_a_key_that_is_too_long_is_refused_at_its_place(rules):
    problem = "2:5: a: this key of 1023 characters is too long for kustomize"
    expected = "at most 1024 characters, as JSON and with its quotes"
    assert faults("a:\n  ? " + "k" * 1_023 + "\n  : 1", rules) == [f"{problem}. Write {expected}."]


@pytest.mark.parametrize("rules", [agreed, strict])
def test_a_merge_key_in_quotes_is_refused(rules, tmp_path):
    assert faults("a: {'<<': {b: c}}", rules) == [
        "1:5: a: kustomize takes the key << for a merge, even in quotes. Choose another key."
    ]
    written = config_map({"<<": {"b": "c"}, "d": "e"})
    assert build(tmp_path, dump(written)) != [written]


def test_a_tag_without_a_name_is_refused():
    """kustomize reads a number behind it as a number, kubectl as a string."""
    assert faults("a: ! 5") == ["1:4: a: the tag ! is not allowed here. Delete the tag."]


# --- Whole files ---------------------------------------------------------------------------------

FILES = {
    "end marks": f"{HEAD}...\n---\n{SECOND}...\n",
    "separators": f"---\n# c\n---   \n{HEAD}--- # x\n{SECOND}---\t\n---\nnull\n",
    "a document behind its separator": f"--- {INLINE}\n",
    "line ends of Windows": f"{HEAD}---\n{SECOND}data:\n  k: |\n    a\n".replace("\n", "\r\n"),
    "line ends of old Macs": HEAD.replace("\n", "\r"),
    "a byte order mark": f"\ufeff{HEAD}",
    "anchors": f"{HEAD}data:\n  a: &x hi\n  b: *x\n  &y c: *x\nspec: &z {{p: [*x]}}\ne: *z\n",
    "merge keys": f"{HEAD}x: &x {{p: q}}\na: {{<<: *x, r: s}}\nb: {{<<: *x, p: s}}\n",
    "merged lists": f"{HEAD}x: &x {{p: q}}\nz: &z {{p: z, m: o}}\nc: {{<<: [*x, *z], o: o}}\n",
    "a merge key behind others": f"{HEAD}x: &x {{p: q}}\nd: {{r: s, <<: *x}}\n",
    "tags of what is there": f"{HEAD}d: {{a: !!str 5, b: !!int 5, c: !!bool true, d: !!str yes}}\n",
    "tabs": f"{HEAD}data:\n  a:\tb\n  c: d\t\n  f: {{\tg: h}}\n",
    "complex keys": f"{HEAD}data:\n  ? a\n  : b\n  '': c\n",
    "folded lines": f"{HEAD}data:\n  a: >-\n    x\n    y\n\n    z\n  b: m\n    n\n",
    "quoted lines": f"{HEAD}data:\n  b: 'p\n\n    q  \n    r'\n  c: \"x \\\n    y\"\n",
    "literal blocks": f"{HEAD}data:\n  a: |2\n      x\n  b: |+\n    y\n\n  c: |-\n    z\n\n",
    "breaks of Unicode": f"{HEAD}data: {{a: 'b\u2028c', d: e\u00a0}}\n",
    "sequences": f"{HEAD}spec:\n- a\n-\n  - b\n- - c\n-\n",
    "JSON": INLINE.replace("name: a", '\t"name":"\\u0061"'),
    "comments": f"# c\n{HEAD}# d\ndata: {{a: b#c, d: 'x #y', e: http://x:80/y}} # f\n",
    "numbers": f"{HEAD}d: {{a: 0644, b: 0o644, c: 0x1F, d: 1_000, e: 1:30, f: 0b11, g: .5}}\n",
}


WITHOUT_DASHES = (
    "this is not valid YAML: a document begins without a line of dashes. Write --- before it."
)
JOINED = (
    "a JSON object follows another one: kubectl takes it in, and kustomize leaves it out. List "
    "them under items of one object of kind List, or give each a file of its own."
)


@pytest.mark.parametrize("name", FILES)
def test_files_are_read_as_kustomize_reads_them(name, tmp_path):
    manifests = reading(FILES[name])
    assert build(tmp_path, FILES[name]) == manifests
    assert build(tmp_path, "---\n".join(map(dump, manifests))) == manifests


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"{HEAD}...\n{SECOND}", f"5:1: {WITHOUT_DASHES}"),
        ('{"kind": "A"}\n{"kind": "B"}', f"2:1: {JOINED}"),
        ('{"kind": "A"}{"kind": "B"}', f"1:14: {JOINED}"),
        ('[{"kind": "A"}] {"kind": "B"}', f"1:17: {WITHOUT_DASHES}"),
        (
            f"{HEAD}---\n\ufeff{SECOND}",
            "5:1: a byte order mark stands inside the file. Delete it.",
        ),
        (HEAD.encode("utf-16"), " the file is UTF-16. Save it as UTF-8."),
        ("8080: a", "1:1: the key 8080 is not a string. Write the key in quotes."),
        ("{? : a}", "1:4: an empty key is not a string. Write the key in quotes."),
        (
            "a: !!timestamp 2001-01-01",
            "1:4: a: the tag !!timestamp is not allowed here. Delete the tag.",
        ),
        ("a: !!bool yes", "1:4: a: the tag !!bool is not allowed here. Delete the tag."),
    ],
)
def test_files_that_kustomize_reads_in_part_or_otherwise_are_refused(text, fault):
    assert faults(text) == [fault]


# --- Limits of large files -----------------------------------------------------------------------

LARGE = 8 << 20


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "x" * limits.SCALAR_BYTES,
        "a: b\n#" + "x" * (LARGE - 6),
        "--- {a: b}\n" * 8_000,
        "a: [" + "1, " * 399_997 + "]",
    ],
    ids=["text", "bytes", "documents", "nodes"],
)
def test_large_files_may_be_larger_in_every_way(text):
    assert read(text.encode(), "f.yaml", agreed, most=LARGE)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "a: " + "x" * (limits.SCALAR_BYTES + 1),
            "a string has 1048577 bytes. Write at most 1048576 bytes.",
        ),
        ("#" * (LARGE + 1), "the file has 8388609 bytes. Write at most 8388608 bytes."),
        ("--- {a: b}\n" * 8_001, "the file has too many documents. Write at most 8000 documents."),
        (
            "a: [" + "1, " * 400_000 + "]",
            "the file has too many nodes once aliases are expanded. Write at most 400000 nodes.",
        ),
    ],
    ids=["text", "bytes", "documents", "nodes"],
)
def test_a_limit_of_large_files_is_exact_and_named(text, fault):
    with pytest.raises(InputError) as caught:
        read(text.encode(), "f.yaml", agreed, most=LARGE)
    assert str(caught.value).endswith(fault)
