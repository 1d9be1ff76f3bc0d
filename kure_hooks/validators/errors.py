"""Says in plain words what jsonschema-rs complains about (written for 0.61)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kure_hooks.decoding.suggest import nearest
from kure_hooks.schemas.conversion import DECODED_TIME, FORMAT
from kure_hooks.validators.complaints import (
    LIMITS,
    MISSING_KEY,
    NO_FORM,
    NOT_HERE,
    OUT_OF_BOUNDS,
    SEVERAL_FORMS,
    TYPES,
    UNKNOWN_KEY,
    WRONG_PATTERN,
    WRONG_VALUE,
    Complaint,
    forms,
)
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.document import key_path

UNKNOWN, MISSING, TYPE, VALUE = "VA010", "VA011", "VA012", "VA013"
"""The rules of unknown keys, missing keys, values of another type and values not allowed."""

_MANY = 8
_BLOCKING = ("enum", "format", "maxItems", "maxLength", "maxProperties")
_NAMES = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}


def complaints(errors: Iterable[Any], schema: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield what errors mean: one complaint for each key that is unknown or missing.

    `schema` is the JSON Schema that the errors come from.
    """
    for error in errors:
        if not _is_substituted(error.instance):
            yield from _complaints(error, schema)


def _is_substituted(value: Any) -> bool:
    """Tell whether Flux or SOPS puts another value in the place of this one."""
    return isinstance(value, str) and ("${" in value or value.startswith("ENC["))


def _complaints(error: Any, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    steps, kind = tuple(error.instance_path), error.kind
    match kind.name:
        case "additionalProperties":
            known = _at(schema, error.schema_path[:-1]).get("properties", ())
            for name in kind.unexpected:
                yield Complaint((*steps, name), UNKNOWN_KEY, nearest(name, known), UNKNOWN)
        case "required":
            yield Complaint((*steps, kind.property), MISSING_KEY, rule=MISSING, blocks=True)
        case "type":
            yield _mismatch(steps, error.instance, kind.types)
        case "anyOf" | "oneOf" if hasattr(kind, "context"):
            yield from _choice(error, schema)
        case _:
            words = _about_value(kind)
            yield Complaint(steps, *words, rule=VALUE, blocks=kind.name in _BLOCKING)


def _mismatch(steps: Pointer, value: Any, types: Iterable[str]) -> Complaint:
    wanted = [TYPES[name] for name in types if name != "null"]
    problem = f"this is {_name(value)}"
    expected = " or ".join(wanted) or "null"
    if wanted == [TYPES["string"]] and isinstance(value, (bool, int, float)):
        # Such as a version, a port or the y of an image, which a reader of YAML takes for another.
        expected += ", so put the value in quotes"
    return Complaint(steps, problem, expected, TYPE, blocks=True)


def _name(value: Any) -> str:
    return TYPES[_NAMES.get(type(value), "null")]


def _choice(error: Any, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the complaints of the one form that could be meant, else one about all forms."""
    steps = tuple(error.instance_path)
    if type(error.kind).__name__.endswith("MultipleValid"):
        yield Complaint(steps, SEVERAL_FORMS, rule=VALUE)
        return
    branches = [list(complaints(branch, schema)) for branch in error.kind.context]
    fitting = [branch for branch in branches if not _is_other_type(branch, steps)]
    if len(fitting) == 1:
        yield from fitting[0]
    elif not fitting:
        types = [name for branch in error.kind.context for name in branch[0].kind.types]
        yield _mismatch(steps, error.instance, dict.fromkeys(types))
    else:
        below = len(steps)
        texts = {
            ": ".join(filter(None, (key_path(complaint.steps[below:]), complaint.problem)))
            for branch in fitting
            for complaint in branch
        }
        yield Complaint(steps, NO_FORM, forms(texts), VALUE)


def _is_other_type(branch: list[Complaint], steps: Pointer) -> bool:
    return len(branch) == 1 and branch[0].rule == TYPE and branch[0].steps == steps


def _about_value(kind: Any) -> tuple[str, str]:
    if kind.name in LIMITS:
        limit = kind.multiple_of if kind.name == "multipleOf" else kind.limit
        return OUT_OF_BOUNDS, LIMITS[kind.name].format(limit)
    if kind.name in ("uniqueItems", "not", "falseSchema", "contains"):
        return NOT_HERE, ""
    return _unfit(kind)


def _unfit(kind: Any) -> tuple[str, str]:
    match kind.name:
        case "enum":
            options = [str(option) or '""' for option in kind.options if option is not None]
            shown = ", ".join(options[:_MANY])
            more = f" or {len(options) - _MANY} more" if len(options) > _MANY else ""
            return WRONG_VALUE, f"one of {shown}{more}"
        case "const":
            return WRONG_VALUE, kind.expected_value
        case "pattern":
            return WRONG_PATTERN, f"a string that matches {kind.pattern}"
        case "format" if kind.format == DECODED_TIME:
            return "this is no time", "a time such as 2026-01-31T12:00:00Z"
        case "format":
            return "this is not valid", f"a string of the format {kind.format.removeprefix(FORMAT)}"
        case _:
            return NOT_HERE, ""


def _at(schema: Any, path: Iterable[str | int]) -> Mapping[str, Any]:
    """Return the part of a schema at a path, empty where there is none."""
    for step in path:
        if isinstance(schema, Mapping):
            schema = schema.get(str(step))
        elif isinstance(schema, list) and isinstance(step, int) and step < len(schema):
            schema = schema[step]
        else:
            return {}
    return schema if isinstance(schema, Mapping) else {}
