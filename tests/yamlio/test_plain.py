"""Faults of files that hold no objects."""

import pytest

from kure_hooks.findings import Severity
from kure_hooks.yamlio.plain import plain_faults, unfilled

MERGE = "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> side\n"


def faults(text, path="values.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return [(item.at.line, item.rule, item.severity) for item in plain_faults(data, path, most=999)]


@pytest.mark.parametrize("path", ["values.yaml", "a.YML", "settings.json", "templates/_a.tpl"])
@pytest.mark.parametrize("more", ["", "c: {{ .Values.c }}: d\n"])
def test_a_merge_that_is_not_finished_is_an_error_in_any_file(path, more):
    assert faults(MERGE + more, path) == [(2, "YA001", Severity.ERROR)]


def test_half_a_merge_is_one_in_what_is_no_template():
    half = MERGE.replace("<<<<<<< HEAD\n", "")
    assert faults(half) == [(3, "YA001", Severity.ERROR)]
    assert faults(f"{half}c: {{{{ d }}}}\n") == []


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("a:\n\tb: 1\n", 2, "YA002"),
        ("a: [1\n", 2, "YA002"),
        (b"a: 1\nb: \xff\n", 2, "YA005"),
        ("a: 1\n".encode("utf-16"), 0, "YA005"),
        ("a: 1\nb: \0\n", 2, "YA005"),
        ("a: 1\nb: {c: 1, c: 2}\n", 2, "YA004"),
        ("a: 1\n---\na: 1\na: 2\n", 4, "YA004"),
    ],
)
def test_what_no_reader_takes_is_a_warning(text, line, rule):
    assert faults(text) == [(line, rule, Severity.WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n---\n# nothing\n",
        "a: !Ref b\n80: c\non: push\nd: 010\n",
        "a: &a {b: 1}\nc: {<<: *a}\n",
        "title: {{ name }}: {{ other }}\n",
        "{% if a %}\n\tb\n{% endif %}\n",
        "a: |\n  title\n  =======\n",
    ],
)
def test_what_its_own_reader_may_take_is_not_told(text):
    assert faults(text) == []


def test_json_has_readers_of_its_own():
    assert faults('{\n\t"a": 1, // one\n\t"a": 2,\n}\n', "tsconfig.json") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("kind: A\nreplicas: {{ replicas }}\n", 2),
        ("kind: A\n{% if a %}\nb: 1\n{% endif %}\n", 2),
        ("kind: A\nlist:\n  {{- range .Values.list }}\n", 3),
        ("kind: A\nalert: 'in {{ $labels.pod }}'\n", None),
        ("kind: A\nalert: '{{ $labels.pod }}'\na: [1\n", None),
        ("kind: A\nalert: '{{ $labels.pod }}'\nkind: B\n", None),
        ("kind: A\na: [1\n", None),
    ],
)
def test_templates_are_told_by_the_line_that_is_no_yaml(text, line):
    fault = unfilled(text.encode(), "a.yaml", most=999)
    assert (fault and fault.at.line) == line
    assert fault is None or fault.severity is Severity.WARNING
