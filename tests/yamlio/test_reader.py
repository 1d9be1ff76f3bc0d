import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from kure_hooks.yamlio import dump, kubernetes, read, reader, strict


def value_of(text, rules=kubernetes):
    (document,) = read(text.encode(), "f.yaml", rules)
    return document.value


def faults(data, rules=kubernetes):
    data = data.encode() if isinstance(data, str) else data
    with pytest.raises(InputError) as caught:
        read(data, "f.yaml", rules)
    return [str(each) for each in caught.value.findings]


def test_the_two_rule_sets():
    assert value_of("[y, 0777, 1e3, 2001-01-01, text, 1]") == [
        True, 511, 1000.0, "2001-01-01", "text", 1,
    ]  # fmt: skip
    assert value_of("[text, 1, 1.5, true, null, ~]", strict) == ["text", 1, 1.5, True, None, None]


@pytest.mark.parametrize("rules", [kubernetes, strict])
@pytest.mark.parametrize("text", ["yes", "0777", "", "~", "<<", "1", "2001-01-01"])
@pytest.mark.parametrize("form", ["'{}'", '"{}"', "!!str {}", "! {}", "! '{}'", "!!str '{}'"])
def test_quotes_and_the_tag_of_text_make_a_text(form, text, rules):
    assert value_of(f"[{form.format(text)}]", rules) == [text]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!int 5", 5),
        ("!!int '5'", 5),
        ("!!float 1.5", 1.5),
        ("!!bool true", True),
        ("!!null null", None),
        ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]),
        ("! [1]", [1]),
    ],
)
@pytest.mark.parametrize("rules", [kubernetes, strict])
def test_tags_that_say_what_is_there_are_allowed(text, value, rules):
    read_value = value_of(f"- {text}", rules)[0]
    assert (type(read_value), read_value) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("!!int text", "!!int"),
        ("!!int 1.5", "!!int"),
        ("!!float 1", "!!float"),
        ("!!float .nan", "!!float"),
        ("!!bool 1", "!!bool"),
        ("!!null text", "!!null"),
        ("!!binary aGVsbG8=", "!!binary"),
        ("!!timestamp 2001-01-01", "!!timestamp"),
        ("!!set {x}", "!!set"),
        ("!!omap [x: 1]", "!!omap"),
        ("!vault secret", "!vault"),
        ("!!python/name:os.system x", "!!python/name:os.system"),
        ("!<tag:example.com,2000:x> 1", "tag:example.com,2000:x"),
        ("!<tag:x%0a> 1", "tag:x\\u000a"),
    ],
)
@pytest.mark.parametrize("rules", [kubernetes, strict])
def test_other_tags_are_refused(text, tag, rules):
    assert faults(f"a: {text}", rules) == [
        f"f.yaml:1:4: a: the tag {tag} is not allowed here. Delete the tag."
    ]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_line_breaks_inside_texts_become_newlines(line_break):
    text = "a: |\n  x\n  y\nb: 'x\n\n  y'\n".replace("\n", line_break)
    assert value_of(text) == {"a": "x\ny\n", "b": "x\ny"}


@pytest.mark.parametrize(
    "text", ["", "\n", "# comment\n", "---\n", "---\n---\n...\n---\n", "~", "null", "--- null\n"]
)
def test_empty_documents_are_dropped(text):
    assert read(text.encode(), "f.yaml") == []


def test_empty_documents_between_others_are_dropped():
    documents = read(b"---\n---\na: 1\n---\n# nothing\n---\nfalse\n---\n''\n---\n{}\n", "f.yaml")
    assert [each.value for each in documents] == [{"a": 1}, False, "", {}]


@pytest.mark.parametrize(
    "text", ["%YAML 1.1\n---\n[012]", "%YAML 1.2\n---\n[012]", "%TAG ! tag:x:\n---\n[012]"]
)
def test_directives_do_not_change_the_rules(text):
    assert value_of(text) == [10]


def test_anchors_end_with_their_document():
    assert faults("a: &x 1\n---\nb: *x\n") == [
        "f.yaml:3:4: b: the alias *x is unknown. Write an alias of a complete value before it."
    ]


def test_an_alias_stands_for_its_last_anchor():
    text = "a: &x 1\nb: *x\nc: &x [2]\nd: *x\n&x e: *x\nf: *x"
    assert value_of(text) == {"a": 1, "b": 1, "c": [2], "d": [2], "e": "e", "f": "e"}


# --- Merge keys ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{<<: {a: 1}}", {"a": 1}),
        ("{<<: {a: 1}, b: 2}", {"a": 1, "b": 2}),
        ("{b: 2, <<: {a: 1}}", {"b": 2, "a": 1}),
        ("{<<: {a: 1}, a: 2}", {"a": 2}),
        ("{<<: [{a: 1}, {a: 2, b: 2}]}", {"a": 1, "b": 2}),
        ("{<<: []}", {}),
        ("{<<: {<<: {a: 1}, b: 2}}", {"a": 1, "b": 2}),
        ("{'<<': {a: 1}}", {"<<": {"a": 1}}),
        ("[<<]", ["<<"]),
    ],
)
def test_kubernetes_merges_where_go_readers_agree(text, value):
    assert value_of(f"- {text}") == [value]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "{a: 1, <<: {a: 2}}",
            (
                "1:8: the merge key comes after the key a, which it brings too. Write the merge "
                "key first."
            ),
        ),
        ("{<<: {a: 1}, <<: {b: 2}}", "1:14: the key << is there twice. List each key once."),
        (
            "{<<: 1}",
            "1:2: a merge key has no mapping. Write an alias of a mapping, or several.",
        ),
        (
            "{<<: [{a: 1}, [b]]}",
            "1:2: a merge key has no mapping. Write an alias of a mapping, or several.",
        ),
    ],
)
def test_kubernetes_refuses_other_merges(text, fault):
    assert faults(text) == [f"f.yaml:{fault}"]


def test_strict_refuses_merge_keys():
    assert faults("a: &x {b: 1}\nc: {<<: *x}\n", strict) == [
        (
            "f.yaml:2:5: c: << is a merge key in YAML 1.1 and a string in 1.2. "
            "Write the keys out instead of merging them."
        )
    ]


# --- The parser without libyaml ------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=10),
        st.text(st.characters(codec="utf-8"), max_size=20) | st.lists(st.floats(-9, 9), max_size=3),
        max_size=5,
    )
)
def test_the_pure_parser_gives_the_same(value):
    data = dump(value).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "PARSER", yaml.SafeLoader)
        pure = read(data, "f.yaml")
    fast = read(data, "f.yaml")
    assert [each.value for each in pure] == [each.value for each in fast]
    assert [each.at(key) for each in pure for key in value] == [
        each.at(key) for each in fast for key in value
    ]
