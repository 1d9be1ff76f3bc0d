"""Complaints about values of an object, and the words for them.

Values of the manifest are left out of every sentence: they may be secrets.
"""

from collections.abc import Mapping

from msgspec import Struct

from kure_hooks.findings import Severity
from kure_hooks.yamlio import Pointer

TYPES: Mapping[str, str] = {
    "array": "a list",
    "bool": "true or false",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}
"""The types of JSON Schema, and those of Go, as people call them."""

LIMITS: Mapping[str, str] = {
    "exclusiveMaximum": "a number below {}",
    "exclusiveMinimum": "a number above {}",
    "maxItems": "at most {} items",
    "maxLength": "at most {} characters",
    "maxProperties": "at most {} keys",
    "maximum": "at most {}",
    "minItems": "at least {} items",
    "minLength": "at least {} characters",
    "minProperties": "at least {} keys",
    "minimum": "at least {}",
    "multipleOf": "a multiple of {}",
}
"""What a keyword of JSON Schema expects of a value."""

UNKNOWN_KEY = "unknown key"
MISSING_KEY = "this required key is missing"
WRONG_VALUE = "this is not an allowed value"
WRONG_PATTERN = "this does not match the pattern"
OUT_OF_BOUNDS = "this is out of bounds"
NO_FORM = "this fits none of the allowed forms"
SEVERAL_FORMS = "this fits several forms of which only one is allowed"
NOT_HERE = "this is not allowed here"


class Complaint(Struct, frozen=True):
    """A problem at the end of a path of keys and indexes, and the value expected there.

    `rule` is the identifier of the rule that the value breaks. The API server looks at the rules of
    a CRD only where no complaint `blocks` that.
    """

    steps: Pointer
    problem: str
    expected: str = ""
    rule: str = "VA002"
    severity: Severity = Severity.ERROR
    blocks: bool = False


def forms(problems: set[str]) -> str:
    """Say what keeps each of several forms from fitting."""
    return f"each has a fault: {'; or '.join(sorted(problems))}"
