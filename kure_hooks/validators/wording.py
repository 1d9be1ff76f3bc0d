"""Says in plain words what jsonschema, the library inside kubeconform, complains about."""

import re
from collections.abc import Callable, Iterator

from kure_hooks.validators.causes import MISMATCH, Cause, unquoted
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
from kure_hooks.yamlio.document import key_path

_QUOTED = r"(?<!\\)'(?:[^'\\]|\\.)*+'"
_NAMES = re.compile(_QUOTED)


def complaints(cause: Cause) -> Iterator[Complaint]:
    """Yield what a cause means: one complaint for each key that is unknown or missing."""
    if cause.forms:
        yield Complaint(cause.steps, NO_FORM, _forms(cause))
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
    return forms(
        {": ".join(filter(None, (key_path(one.steps[below:]), one.problem))) for one in each}
    )


def _about_value(text: str) -> tuple[str, str]:
    for pattern, words in _ABOUT_VALUES:
        if match := pattern.fullmatch(text):
            return words(match)
    return text, ""


def _wrong_type(match: re.Match[str]) -> tuple[str, str]:
    wanted = " or ".join(TYPES.get(each, each) for each in match[2].split(" or "))
    return f"this is {TYPES.get(match[1], match[1])}", wanted


def _out_of_bounds(match: re.Match[str]) -> tuple[str, str]:
    return OUT_OF_BOUNDS, LIMITS[match[1]].format(match[2])


_ABOUT_KEYS = (
    (re.compile(r"\Aadditional properties (.+) not allowed"), UNKNOWN_KEY),
    (re.compile(r"missing propert(?:y|ies) (.+)"), MISSING_KEY),
)
_ABOUT_VALUES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str]]], ...] = (
    (MISMATCH, _wrong_type),
    (re.compile(rf"\A({'|'.join(LIMITS)}): got .+, want (.+)"), _out_of_bounds),
    (
        re.compile(r"value must be (.+)"),
        lambda match: (WRONG_VALUE, unquoted(match[1])),
    ),
    (
        re.compile(rf"\A{_QUOTED} does not match pattern '(.+)'"),
        lambda match: (WRONG_PATTERN, f"a string that matches {unquoted(match[1])}"),
    ),
    (
        re.compile(rf"\A(?:{_QUOTED}|\S+) is not valid ([\w-]+): .*"),
        lambda match: ("this is not valid", f"a string of the format {match[1]}"),
    ),
    (
        re.compile(r"'oneOf' failed, subschemas .+"),
        lambda _: (SEVERAL_FORMS, ""),
    ),
    (re.compile(r"'not' failed|false schema"), lambda _: (NOT_HERE, "")),
)
