import textwrap

import pytest

from kure_hooks.errors import InputError
from kure_hooks.yamlio import kubernetes, limits, read, strict

FORBIDDEN = "there is a character that YAML doesn't allow. Write printable UTF-8 text."
COMPLETE = "an alias of a complete value before it"
TOO_MANY_NODES = (
    "the file has too many nodes once aliases are expanded. Write at most 100000 nodes."
)


OUT_OF_RANGE = (
    "this integer is out of range. Write an integer from -2^63 to 2^64-1, or a quoted string."
)
UNCLOSED = (
    "this is not valid YAML: did not find expected ',' or ']' "
    "while parsing a flow sequence that starts in line 12"
)


def faults(data, rules=kubernetes):
    data = data.encode() if isinstance(data, str) else data
    with pytest.raises(InputError) as caught:
        read(data, "f.yaml", rules)
    return [str(each) for each in caught.value.findings]


def test_all_faults_of_a_file_come_at_once():
    text = """\
        a: {x: 1, x: 2}
        list:
        - one
        - y: two
          deep: {er: [!t 1, .inf]}
        ? 5
        : {no: !u three}
        ---
        on: .nan
        a: 99999999999999999999
        b: .nan
        c: [unclosed
        """
    assert faults(textwrap.dedent(text)) == [
        "f.yaml:1:11: a: the key x is there twice. List each key once.",
        "f.yaml:4:3: list[1]: the key y is not a string. Write the key in quotes.",
        "f.yaml:5:15: list[1].deep.er[0]: the tag !t is not allowed here. Delete the tag.",
        (
            "f.yaml:5:21: list[1].deep.er[1]: .inf is a number that JSON doesn't have. Write a "
            "finite number."
        ),
        "f.yaml:6:3: the key 5 is not a string. Write the key in quotes.",
        "f.yaml:7:4: the key no is not a string. Write the key in quotes.",
        "f.yaml:7:8: the tag !u is not allowed here. Delete the tag.",
        "f.yaml:9:1: the key on is not a string. Write the key in quotes.",
        "f.yaml:9:5: .nan is a number that JSON doesn't have. Write a finite number.",
        f"f.yaml:10:4: a: {OUT_OF_RANGE}",
        "f.yaml:11:4: b: .nan is a number that JSON doesn't have. Write a finite number.",
        f"f.yaml:13:1: c[1]: {UNCLOSED}",
    ]


def test_strict_names_every_disputed_scalar():
    problem = "is true in YAML 1.1 and a string in 1.2"
    advice = "for the string, true for the boolean."
    octal = "077 is an octal number in YAML 1.1 and a decimal one in 1.2"
    digits = "for the string, or the number in plain decimal digits."
    assert faults("on: yes\na: [yes, 077, ok]\n", strict) == [
        f'f.yaml:1:1: on {problem}. Write "on" {advice}',
        f'f.yaml:1:5: on: yes {problem}. Write "yes" {advice}',
        f'f.yaml:2:5: a[0]: yes {problem}. Write "yes" {advice}',
        f'f.yaml:2:10: a[1]: {octal}. Write "077" {digits}',
    ]


def test_no_more_faults_than_anyone_reads():
    assert len(faults("a: !x 1\nb: !y 2\n" * 500)) == limits.FINDINGS


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2", "2:1: the key a is there twice. List each key once."),
        ("a: 1\n'a': 2", "2:1: the key a is there twice. List each key once."),
        ("a: {b: {c: 1, c: 2}}", "1:15: a.b: the key c is there twice. List each key once."),
        ("1: a", "1:1: the key 1 is not a string. Write the key in quotes."),
        ("true: a", "1:1: the key true is not a string. Write the key in quotes."),
        ("~: a", "1:1: the key ~ is not a string. Write the key in quotes."),
        ("{? : a}", "1:4: an empty key is not a string. Write the key in quotes."),
        ("[a]: b", "1:1: a key is not a string. Write a string as key."),
        ("a: {[b]: c}", "1:5: a: a key is not a string. Write a string as key."),
        ("? {a: 1}\n: b", "1:3: a key is not a string. Write a string as key."),
        ("a: &x b\n*x : c", "2:1: a key is not a string. Write a string as key."),
        ("a: *x", f"1:4: a: the alias *x is unknown. Write {COMPLETE}."),
        ("a: &x [*x]", f"1:8: a[0]: the alias *x is inside its own value. Write {COMPLETE}."),
        (
            "a: &x {b: {c: *x}}",
            f"1:15: a.b.c: the alias *x is inside its own value. Write {COMPLETE}.",
        ),
        ("é: a\n\0", f"2:1: {FORBIDDEN}"),
        ("\ufeffa: \x1b[31m", f"1:4: {FORBIDDEN}"),
    ],
)
def test_a_fault_says_where_and_what(text, fault):
    assert faults(text) == [f"f.yaml:{fault}"]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a: b: c", "1:5", "mapping values are not allowed in this context"),
        ("a:\n\tb: 1", "2:1: a", "a tab stands where only spaces may. Write spaces."),
        ("%YAML 2.0\n---\na", "1:1", "found incompatible YAML document"),
        (
            "a:\n  b: 'c",
            "2:8: a.b",
            "found unexpected end of stream while scanning a quoted scalar that starts in line 2",
        ),
        (
            "é: @b",
            "1:4: é",
            (
                "found character that cannot start any token "
                "while scanning for the next token that starts in line 1"
            ),
        ),
        (
            "[a,\n b}",
            "2:3: [2]",
            "did not find expected ',' or ']' while parsing a flow sequence that starts in line 1",
        ),
        (
            "%X\n---\na",
            "1:3",
            "found unknown directive name while scanning a directive that starts in line 1",
        ),
        (
            "a: !x!y z",
            "1:4: a",
            "found undefined tag handle while parsing a node that starts in line 1",
        ),
        (
            'a: "\\ud800"',
            "1:7: a",
            (
                "found invalid Unicode character escape code "
                "while parsing a quoted scalar that starts in line 1"
            ),
        ),
    ],
)
def test_wrong_syntax_is_told_in_the_words_of_the_parser(text, where, what):
    assert faults(text) == [f"f.yaml:{where}: this is not valid YAML: {what}"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("a: b".encode("utf-16"), ": the file is UTF-16. Save it as UTF-8."),
        (b"\xfe\xff\0a", ": the file is UTF-16. Save it as UTF-8."),
        ("é: b".encode("latin-1"), ":1:1: the byte 0xe9 is not UTF-8. Save it as UTF-8."),
        ("é:\n- ü".encode() + b"\xff", ":2:4: the byte 0xff is not UTF-8. Save it as UTF-8."),
        (b"\xef\xbb\xbfa: \xc0", ":1:4: the byte 0xc0 is not UTF-8. Save it as UTF-8."),
        (b"a: !<%ED%A0%80> b", f": a: {FORBIDDEN}"),
    ],
    ids=str,
)
def test_another_encoding_is_named(data, fault):
    assert faults(data) == [f"f.yaml{fault}"]


# --- Limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (
            lambda over: "a: b\n" + "#" * (limits.BYTES - 5 + over),
            ": the file has 1048577 bytes. Write at most 1048576 bytes.",
        ),
        (
            lambda over: "--- a\n" * (limits.DOCUMENTS + over),
            ":1002:1: the file has too many documents. Write at most 1000 documents.",
        ),
        (
            lambda over: "[" * (limits.DEPTH + over) + "]" * (limits.DEPTH + over),
            f":1:65: {'[0]' * 64}: values are nested too deep. Write at most 64 levels.",
        ),
        (
            lambda over: f"a: &a {'[' * 40}{']' * 40}\nb: {'[' * (23 + over)}*a{']' * (23 + over)}",
            f":2:28: b{'[0]' * 24}: values are nested too deep. Write at most 64 levels.",
        ),
        (
            lambda over: f"- &a 1\n- [{'*a,' * (limits.ALIASES + over)}]",
            ":2:304: [1][100]: the file has too many aliases. Write at most 100 aliases.",
        ),
        (
            lambda over: f"[{'1,' * (limits.NODES - 1 + over)}]",
            f":1:200000: [99999]: {TOO_MANY_NODES}",
        ),
        (
            lambda over: f"- &a [{'1,' * 999}]\n- [{'*a,' * 98}]\n- [{'1,' * (997 + over)}]",
            f":3:1998: [2][997]: {TOO_MANY_NODES}",
        ),
        (
            lambda over: "%TAG ! tag:x:\n---\na\n...\n" * 400 + "#%TAG" * (600 + over),
            ": the file has too many %TAG directives. Write at most 1000 of them.",
        ),
    ],
    ids=[
        "bytes", "documents", "depth", "depth through aliases", "aliases", "nodes",
        "nodes through aliases", "tag directives",
    ],
)  # fmt: skip
def test_a_limit_is_exact_and_named(make, fault):
    assert read(make(0).encode(), "f.yaml")
    assert faults(make(1)) == [f"f.yaml{fault}"]


LONG = "x" * limits.SCALAR_BYTES


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda over: f"a: {LONG}{'x' * over}", "1:4: a: "),
        (lambda over: f"a: {'é' * (len(LONG) // 2)}{'x' * over}", "1:4: a: "),
        (lambda over: f"a: 1\n? {LONG}{'x' * over}\n: b", "2:3: "),
    ],
    ids=["value", "bytes", "key"],
)
def test_the_limit_of_a_text_is_that_of_a_config_map(make, place):
    assert read(make(0).encode(), "f.yaml", most=2 << 20)
    with pytest.raises(InputError) as caught:
        read(make(1).encode(), "f.yaml", most=2 << 20)
    problem = "a string has 1048577 bytes. Write at most 1048576 bytes."
    assert str(caught.value) == f"f.yaml:{place}{problem}"


def test_aliases_of_a_long_text_count_as_much_as_the_text():
    text = f"a: &a {'x' * 250_000}\nb: &b [{'*a,' * 50}]\nc: [*b, *b]\n"
    assert faults(text) == [f"f.yaml:3:9: c[1]: {TOO_MANY_NODES}"]
