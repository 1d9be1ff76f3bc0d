"""The messages were written by kubeconform v0.8.0."""

import random

import pytest

from kure_hooks.validators.causes import (
    Cause,
    Complaint,
    causes,
    causes_of_error,
    complaints,
    unquoted,
)

HEAD = (
    "problem validating schema. Check JSON formatting: jsonschema validation failed with"
    " 'file:///schemas/example.com/widget_v1.json#'"
)
LEAVES = [
    r" - at '/spec/a~1b~0c': got number, want string",
    r" - at '/spec/note': 'zzz' does not match pattern '^a - at \'/x\': b'",
    r" - at '/spec/x\'y': got string, want integer",
    (
        r" - at '/spec/parts': validation failed   - at '/spec/parts/0/image': got number, want"
        r" string   - at '/spec/parts/1': additional properties 'imag' not allowed"
    ),
    (
        r" - at '/spec/port': 'oneOf' failed, none matched   - at '/spec/port': got boolean, want"
        r" string or null   - at '/spec/port': got boolean, want integer or null"
    ),
    r" - at '/spec': additional properties 'more', 'other' not allowed",
    r" - at '': missing property 'spec'",
]
CAUSES = (
    Cause((), "missing property 'spec'"),
    Cause(("spec",), "additional properties 'more', 'other' not allowed"),
    Cause(("spec", "a/b~c"), "got number, want string"),
    Cause(("spec", "note"), r"'zzz' does not match pattern '^a - at \'/x\': b'"),
    Cause(("spec", "parts", "0", "image"), "got number, want string"),
    Cause(("spec", "parts", "1"), "additional properties 'imag' not allowed"),
    Cause(("spec", "port"), "got boolean, want integer or null or string"),
    Cause(("spec", "x'y"), "got string, want integer"),
)


@pytest.mark.parametrize("seed", range(5))
def test_leaves_are_found_and_sorted_whatever_their_order(seed):
    shuffled = random.Random(seed).sample(LEAVES, len(LEAVES))  # noqa: S311 - no secret
    assert causes(HEAD + "".join(shuffled)) == CAUSES


def test_forms_that_differ_in_more_than_their_type_are_kept():
    message = (
        f"{HEAD} - at '/spec': 'anyOf' failed   - at '/spec': missing property 'b'"
        "   - at '/spec': missing property 'a' - at '/spec/size': got string, want integer"
    )
    forms = (
        Cause(("spec",), "missing property 'a'"),
        Cause(("spec",), "missing property 'b'"),
    )
    assert causes(message) == (
        Cause(("spec",), "'anyOf' failed", forms),
        Cause(("spec", "size"), "got string, want integer"),
    )


def test_a_message_without_a_list_has_no_causes():
    assert causes("some other words") == ()


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (
            (
                "error while parsing: error unmarshaling JSON: while decoding JSON: json: cannot"
                " unmarshal array into Go struct field .Metadata.GenerateName of type string"
            ),
            Cause(("metadata", "generateName"), "got array, want string"),
        ),
        (
            (
                "error while parsing: error unmarshaling JSON: while decoding JSON: json: cannot"
                " unmarshal bool into Go struct field .Metadata of type struct { Name string }"
            ),
            Cause(("metadata",), "got bool, want object"),
        ),
        (
            (
                "error unmarshalling resource: error converting YAML to JSON: yaml: unmarshal"
                ' errors:\n  line 3: key "kind" already set in map'
            ),
            Cause(
                (),
                "kubeconform can't read this: error converting YAML to JSON: yaml: unmarshal"
                ' errors: line 3: key "kind" already set in map',
            ),
        ),
    ],
)
def test_errors_of_a_document(message, cause):
    assert causes_of_error(message) == (cause,)


def test_quotes_and_backslashes_lose_their_backslash():
    assert unquoted(r"it\'s \\d \n") == r"it's \d \n"


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        ("got string, want null or integer", "this is a text", "null or a whole number"),
        ("got boolean, want array", "this is true or false", "a list"),
        (
            "value must be one of 'red', 'blue'",
            "this is not an allowed value",
            "one of 'red', 'blue'",
        ),
        ("value must be 'v1'", "this is not an allowed value", "'v1'"),
        (
            r"'s3cret' does not match pattern '^\\d+$'",
            "this does not match the pattern",
            r"a string that matches ^\d+$",
        ),
        (
            "'s3cret' is not valid duration: must start with P",
            "this is not valid",
            "a string of the format duration",
        ),
        ("maximum: got 11, want 10", "this is out of bounds", "at most 10"),
        ("minItems: got 0, want 1", "this is out of bounds", "at least 1 items"),
        (
            "'oneOf' failed, subschemas 0, 1 matched",
            "this fits several forms of which only one is allowed",
            "",
        ),
        ("false schema", "this is not allowed here", ""),
        ("items at 0 and 1 are equal", "items at 0 and 1 are equal", ""),
    ],
)
def test_wording_of_values(text, problem, expected):
    assert list(complaints(Cause(("spec",), text))) == [Complaint(("spec",), problem, expected)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (r"additional properties 'a', 'it\'s' not allowed", "unknown key"),
        (r"missing properties 'a', 'it\'s'", "this required key is missing"),
    ],
)
def test_each_key_has_its_own_complaint(text, problem):
    found = list(complaints(Cause(("spec",), text)))
    assert found == [Complaint(("spec", name), problem) for name in ("a", "it's")]


def test_wording_of_forms():
    forms = tuple(Cause(("spec",), f"missing property '{name}'") for name in "ab")
    (complaint,) = complaints(Cause(("spec",), "'anyOf' failed", forms))
    assert complaint.problem == "this fits none of the allowed forms"
    assert complaint.expected == (
        "each has a fault: a: this required key is missing; or b: this required key is missing"
    )
