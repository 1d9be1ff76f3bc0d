"""The complaints in the one-line message that kubeconform gives for an object, in plain words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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

# Written by santhosh-tekuri/jsonschema v6 as an indented list; kubeconform v0.8.0 turns each line
# break into a space, so the spaces before a dash still tell the depth: 1, 3, 5 and so on.
_CAUSE = re.compile(r"(?<! )( +)- at '((?:[^'\\]|\\.)*+)': ")
_CHOICES = ("'oneOf' failed, none matched", "'anyOf' failed")
_QUOTING = re.compile(r"\\(['\\])")
MISMATCH = re.compile(r"got (\w+), want (.+)")

# Go's own words for a field of metadata that has another type.
_WRONG_FIELD = re.compile(r"unmarshal (\w+) into Go struct field \.([\w.]+) of type (\w+)")

_QUOTED = r"(?<!\\)'(?:[^'\\]|\\.)*+'"
_NAMES = re.compile(_QUOTED)


@dataclass(frozen=True, order=True, slots=True)
class Cause:
    """One complaint: JSON Pointer split into its steps, and the text as the program worded it.

    `forms` holds, where none of several allowed forms fits, what is wrong with each of them.
    """

    steps: tuple[str, ...]
    text: str
    forms: tuple["Cause", ...] = ()


_Node = tuple[int, Cause]


def causes(message: str) -> tuple[Cause, ...]:
    """Return the sorted complaints of a message, each only once; none if it has no list.

    Groups are left out in favour of what they hold. The program's own order is random.
    """
    return tuple(sorted(set(_leaves(_nodes(message)))))


def causes_of_error(message: str) -> tuple[Cause, ...]:
    """Return the complaint of a document that could not even be compared with a schema."""
    if match := _WRONG_FIELD.search(message):
        steps = tuple(step[:1].lower() + step[1:] for step in match[2].split("."))
        wanted = "object" if match[3] == "struct" else match[3]
        return (Cause(steps, f"got {match[1]}, want {wanted}"),)
    _, _, reason = " ".join(message.split()).partition(": ")
    return (Cause((), f"kubeconform can't read this: {reason}"),)


def unquoted(text: str) -> str:
    """Return a text without the backslashes that jsonschema puts before quotes and backslashes."""
    return _QUOTING.sub(r"\1", text)


def _nodes(message: str) -> list[_Node]:
    matches = list(_CAUSE.finditer(message))
    ends = [match.start() for match in matches[1:]] + [len(message)]
    return [
        (len(match[1]), Cause(_steps(unquoted(match[2])), message[match.end() : end]))
        for match, end in zip(matches, ends, strict=False)
    ]


def _leaves(nodes: list[_Node]) -> Iterator[Cause]:
    while nodes:
        (depth, cause), *rest = nodes
        end = next((index for index, (other, _) in enumerate(rest) if other <= depth), len(rest))
        below, nodes = rest[:end], rest[end:]
        if cause.text in _CHOICES:
            yield _choice(cause, tuple(sorted(set(_leaves(below)))))
        elif below:
            yield from _leaves(below)
        else:
            yield cause


def _choice(cause: Cause, forms: tuple[Cause, ...]) -> Cause:
    """Return one complaint for forms that only differ in the type wanted, else all of them."""
    mismatches = [MISMATCH.fullmatch(form.text) for form in forms if form.steps == cause.steps]
    wanted = [match for match in mismatches if match]
    if not wanted or len(wanted) < len(forms):
        return replace(cause, forms=forms)
    types = sorted({each for match in wanted for each in match[2].split(" or ")})
    return Cause(cause.steps, f"got {wanted[0][1]}, want {' or '.join(types)}")


def _steps(pointer: str) -> tuple[str, ...]:
    """Split a JSON Pointer (RFC 6901)."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


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
