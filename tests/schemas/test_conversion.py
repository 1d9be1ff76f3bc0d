"""What JSON Schemas made of OpenAPI schemas take and refuse; the verdicts are the API server's."""

import jsonschema_rs
import pytest

from kure_hooks.schemas.conversion import Conversion


def valid(schema, value, **options):
    """Tell whether a value fits the schema of `spec`, in a custom resource by default."""
    head = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
    whole = {"type": "object", "properties": {**head, "spec": schema}}
    converted = Conversion(**options).document(whole)
    manifest = {"apiVersion": "example.com/v1", "kind": "Widget", "spec": value}
    patterns = jsonschema_rs.RegexOptions()
    validator = jsonschema_rs.Draft202012Validator(converted, pattern_options=patterns)
    return validator.is_valid(manifest)


STRING = {"type": "string"}
OBJECT = {"type": "object", "properties": {"a": STRING}}
QUANTITY = {"anyOf": [STRING, {"type": "number"}], "format": "quantity"}


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        (OBJECT, [{}, {"a": "x"}], [{"b": 1}, [], "x", None]),
        ({**OBJECT, "required": ["a"]}, [{"a": ""}], [{}]),
        ({"type": "object"}, [{}], [{"a": 1}]),
        ({"type": "object", "additionalProperties": STRING}, [{"x": ""}], [{"x": 1}]),
        (
            {"type": "object", "additionalProperties": True},
            [{"x": 1}, {"x": [1, {}]}],
            [{"x": {"y": 1}}, {"x": [{"y": 1}]}],
        ),
        (
            {**OBJECT, "x-kubernetes-preserve-unknown-fields": True},
            [{"b": {"c": 1}}, {"a": "x"}],
            [{"a": 1}],
        ),
        ({"type": "integer"}, [1, 1.0, -(2**63)], [1.5, "1", True, 2**63]),
        ({"type": "integer", "format": "int32"}, [2**31 - 1], [2**31]),
        ({"type": "integer", "format": "int64", "minimum": 3}, [3], [2]),
        ({"type": "number"}, [1, 1.5], ["1", True]),
        ({"type": "number", "format": "float"}, [3e38], [1e39]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"type": "integer", "maximum": 1, "exclusiveMaximum": False}, [1], [2]),
        ({"x-kubernetes-int-or-string": True}, [1, "1"], [1.5, [], True, 2**63]),
        (
            {
                "x-kubernetes-int-or-string": True,
                "anyOf": [{"type": "integer"}, STRING],
                "pattern": "^[0-9]+$",
            },
            [1, "1"],
            ["x"],
        ),
        ({**STRING, "nullable": True}, ["x", None], [1]),
        ({**STRING, "nullable": True, "enum": ["x", None]}, ["x", None], ["y"]),
        ({**STRING, "nullable": True, "enum": ["x"]}, ["x"], ["y", None]),
        ({**STRING, "pattern": r"^\d+$"}, ["1"], ["x", "1\n", "\u0661"]),
        ({**STRING, "maxLength": 2}, ["éé"], ["abc"]),
        (
            {**OBJECT, "oneOf": [{"required": ["a"]}, {"not": {"required": ["a"]}}]},
            [{}, {"a": "x"}],
            [{"a": 1}],
        ),
        (
            {**OBJECT, "anyOf": [{"properties": {"a": {"enum": ["x"]}}}]},
            [{"a": "x"}, {}],
            [{"a": "y"}, {"b": 1}],
        ),
        ({"type": "array", "items": OBJECT}, [[{"a": "x"}], []], [[{"b": 1}], [None], {}]),
        ({**OBJECT, "minProperties": 1}, [{"a": "x"}], [{}]),
    ],
)
def test_custom_resources(schema, right, wrong):
    assert [value for value in right if not valid(schema, value)] == []
    assert [value for value in wrong if valid(schema, value)] == []


def test_unknown_keys_may_be_taken():
    assert valid(OBJECT, {"b": 1}, strict=False)
    assert valid({"type": "object", "additionalProperties": True}, {"a": {"b": 1}}, strict=False)


def test_embedded_objects_have_an_address():
    schema = {
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "properties": {"spec": OBJECT},
    }
    metadata = {"type": "object", "properties": {"name": STRING}, "additionalProperties": False}
    right = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"a": "x"}}
    assert valid(schema, right, metadata=metadata)
    for wrong in (
        {"kind": "Pod"},
        {**right, "kind": ""},
        {**right, "metadata": {"nam": "x"}},
        {**right, "spec": {"b": "x"}},
        {**right, "other": 1},
    ):
        assert not valid(schema, wrong, metadata=metadata)


def test_the_metadata_of_a_crd_narrows_that_of_all_objects():
    whole = {
        "type": "object",
        "properties": {"metadata": {"type": "object", "properties": {"name": {"maxLength": 2}}}},
    }
    metadata = {"type": "object", "properties": {"name": STRING}, "additionalProperties": False}
    schema = Conversion(metadata=metadata).document(whole)
    validator = jsonschema_rs.Draft202012Validator(schema)
    head = {"apiVersion": "example.com/v1", "kind": "Widget"}
    assert validator.is_valid({**head, "metadata": {"name": "ab"}})
    assert not validator.is_valid({**head, "metadata": {"name": "abc"}})
    assert not validator.is_valid({**head, "metadata": {"other": "ab"}})


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ({"a": None}, True),
        ({"m": {"x": None}}, True),
        ({"l": [None]}, True),
        ({"open": {"any": {"thing": 1}}}, True),
        ({"empty": {}}, True),
        ({"empty": {"a": 1}}, False),
        ({"limits": {"cpu": 0.5, "memory": "1Gi", "disk": None}}, True),
        ({"limits": {"cpu": True}}, False),
        ({"need": None}, False),
        ({"unknown": 1}, False),
        ({"a": 1}, False),
    ],
)
def test_in_kinds_of_kubernetes_null_stands_for_an_absent_value(value, right):
    schema = {
        "type": "object",
        "required": ["need"],
        "properties": {
            "a": STRING,
            "need": STRING,
            "m": {"type": "object", "additionalProperties": STRING},
            "l": {"type": "array", "items": STRING},
            "open": {"type": "object"},
            "empty": {"type": "object", "properties": {}},
            "limits": {"type": "object", "additionalProperties": QUANTITY},
        },
    }
    assert valid(schema, {"need": "x", **value}, builtin=True) is right
