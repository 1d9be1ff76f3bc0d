"""Says in plain words what jsonschema, the library inside kubeconform, complains about.

Values of the manifest are left out of every sentence: they may be secrets.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kure_hooks.validators.causes import MISMATCH, Cause, unquoted

_QUOTED = r"(?<!\\)'(?:[^'\\]|\\.)*+'"
_NAMES = re.compile(_QUOTED)
_TYPES = {
    "array": "a list",
    "bool": "true or false",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}
_LIMITS = {
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


@dataclass(frozen=True, slots=True)
class Complaint:
    """A problem at the end of a path of keys and indexes, and the value expected there."""

    steps: tuple[str, ...]
    problem: str
    expected: str = ""


def complaints(cause: Cause) -> Iterator[Complaint]:
    """Yield what a cause means: one complaint for each key that is unknown or missing."""
    if cause.forms:
        yield Complaint(cause.steps, "this fits none of the allowed forms", _forms(cause))
        return
    for pattern, problem in _ABOUT_KEYS:
        if match := pattern.fullmatch(cause.text):
            for name in _NAMES.findall(match[1]):
                yield Complaint((*cause.steps, unquoted(name[1:-1])), problem)
            return
    yield Complaint(cause.steps, *_about_value(cause.text))


def _forms(cause: Cause) -> str:
    """Say what keeps each form from fitting, with paths below the cause."""
    each = (complaint for form in cause.forms for complaint in complaints(form))
    below = len(cause.steps)
    texts = {": ".join(filter(None, (".".join(one.steps[below:]), one.problem))) for one in each}
    return f"each has a fault: {'; or '.join(sorted(texts))}"


def _about_value(text: str) -> tuple[str, str]:
    for pattern, words in _ABOUT_VALUES:
        if match := pattern.fullmatch(text):
            return words(match)
    return text, ""


def _wrong_type(match: re.Match[str]) -> tuple[str, str]:
    wanted = " or ".join(_TYPES.get(each, each) for each in match[2].split(" or "))
    return f"this is {_TYPES.get(match[1], match[1])}", f"expected {wanted}"


def _out_of_bounds(match: re.Match[str]) -> tuple[str, str]:
    return "this is out of bounds", f"expected {_LIMITS[match[1]].format(match[2])}"


_ABOUT_KEYS = (
    (re.compile(r"\Aadditional properties (.+) not allowed"), "unknown key"),
    (re.compile(r"missing propert(?:y|ies) (.+)"), "this required key is missing"),
)
_ABOUT_VALUES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str]]], ...] = (
    (MISMATCH, _wrong_type),
    (re.compile(rf"\A({'|'.join(_LIMITS)}): got .+, want (.+)"), _out_of_bounds),
    (
        re.compile(r"value must be (.+)"),
        lambda match: ("this is not an allowed value", f"expected {unquoted(match[1])}"),
    ),
    (
        re.compile(rf"\A{_QUOTED} does not match pattern '(.+)'"),
        lambda match: ("this does not match the pattern", f"expected {unquoted(match[1])}"),
    ),
    (
        re.compile(rf"\A(?:{_QUOTED}|\S+) is not valid ([\w-]+): .*"),
        lambda match: ("this is not valid", f"expected the format {match[1]}"),
    ),
    (
        re.compile(r"'oneOf' failed, subschemas .+"),
        lambda _: ("this fits several forms of which only one is allowed", ""),
    ),
    (re.compile(r"'not' failed|false schema"), lambda _: ("this is not allowed here", "")),
)
