"""The parameters of a set: their declarations, and whether values keep to them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from msgspec import Struct

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, of_rule
from kure_hooks.stack.sets.documents import SetParameter, Value
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import ScalarError, shown, strict

Problem = tuple[str, str]
"""What is wrong with a value, and what is expected."""

LONGEST = 1_024
"""Characters of a value at most."""

_NAMES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_HARMLESS = re.compile(r"[-.\w/:@+]*", re.ASCII)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# In a longer text, which may be YAML, a script or a path, a value is no more than a word.
_WORD = re.compile(r"[-.\w/:@+]+")


class Parameter(Struct, frozen=True, dict=True):
    """A parameter, and where it is declared."""

    doc: SetParameter
    place: Place

    @property
    def default(self) -> Value | None:
        """The value of rows that give none; None where each has to give one."""
        if self.doc.required:
            return None
        is_optional = self.doc.required is False and self.doc.type == "string"
        return "" if self.doc.default is None and is_optional else self.doc.default

    def read(self, text: str) -> Value:
        """Return what the text of a CSV file means; itself where it is of another type."""
        if self.doc.type == "string":
            return text
        try:
            value = strict(text)
        except ScalarError:
            return text
        return text if value is None else value

    def problem(self, value: Any) -> Problem | None:
        """Return why a value is none of the parameter."""
        return (
            self._type_problem(value)
            or (text_problem(value) if isinstance(value, str) else None)
            or self._choice_problem(value)
            or self._pattern_problem(value)
        )

    def _type_problem(self, value: Any) -> Problem | None:
        fits = isinstance(value, _TYPES[self.doc.type])
        if fits and isinstance(value, bool) is (self.doc.type == "boolean"):
            return None
        quotes = " in quotes" if self.doc.type == "string" else ""
        expected = f"{_NAMES[self.doc.type]}{quotes}"
        return f"this is {_shape(value)}", expected

    def _choice_problem(self, value: Value) -> Problem | None:
        if not self.doc.enum or any(value == choice for choice in self.doc.enum):
            return None
        choices = [as_text(choice) for choice in self.doc.enum]
        problem = f'"{shown(as_text(value))}" is not valid'
        return problem, nearest(as_text(value), choices) or "one of the values of its enum"

    def _pattern_problem(self, value: Value) -> Problem | None:
        if self.doc.pattern is None or self.matcher is None or self.matcher.is_valid(value):
            return None
        problem = f'"{shown(as_text(value))}" is not valid'
        return problem, f"a string that matches {shown(self.doc.pattern, 100)}"

    @cached_property
    def matcher(self) -> Any:
        """The judge of the pattern, None for one that is no regular expression.

        Its engine is linear in the length of a text, so that no pattern can hang.
        """
        library = import_module("jsonschema_rs")
        pattern = self.doc.pattern
        schema = {"allOf": [{"pattern": pattern}, {"pattern": f"^(?:{pattern})$"}]}
        try:
            options = library.RegexOptions()
            return library.Draft202012Validator(schema, pattern_options=options, offline=True)
        except library.ValidationError:
            return None


def declared(
    place: Place, docs: tuple[SetParameter | None, ...]
) -> tuple[dict[str, Parameter], list[Finding]]:
    """Return the parameters of a set by name, and what is wrong with them."""
    parameters: dict[str, Parameter] = {}
    faults: list[Finding] = []
    for index, doc in enumerate(docs):
        if doc is None:  # it could not be decoded
            continue
        parameter = Parameter(doc, place.below(index))
        if other := parameters.get(doc.name):
            problem = f"the parameter {doc.name} is already declared at {other.place.at}"
            faults.append(
                parameter.place.below("name").fault(problem, "Choose another name.", rule="ST041")
            )
            continue
        parameters[doc.name] = parameter
        faults += _problems(parameter)
    return parameters, faults


@of_rule("ST041")
def _problems(parameter: Parameter) -> Iterator[Finding]:
    doc, place = parameter.doc, parameter.place
    if doc.pattern is not None and doc.type != "string":
        problem = f"{doc.name} is no string, so it has no pattern"
        yield place.below("pattern").fault(problem, "Delete pattern.")
        return
    if doc.pattern is not None and parameter.matcher is None:
        problem = f"{shown(doc.pattern)} is no regular expression that can be used"
        expected = "an expression without look-around and back references"
        yield place.below("pattern").fault(problem, expected)
        return
    for index, choice in enumerate(doc.enum):
        if refusal := parameter.problem(choice):
            yield place.below("enum", index).fault(*refusal)
    if doc.default is not None and doc.required:
        problem = f"each row has to give {doc.name}, so its default is never used"
        yield place.below("default").fault(problem, "Delete default or required.")
    elif doc.default is not None and (refusal := parameter.problem(doc.default)):
        yield place.below("default").fault(*refusal)
    elif doc.required is False and (parameter.default is None or parameter.problem("")):
        problem = f"{doc.name} is not required, and rows without it would have no value"
        yield place.below("required").fault(problem, "Write a default.")


def text_problem(text: str) -> Problem | None:
    """Return why a text can't be the value of any parameter."""
    if len(text) > LONGEST:
        return f"this value has {len(text):,} characters", f"at most {LONGEST:,} characters"
    if _HARMLESS.fullmatch(text):
        return None
    if hidden := next((char for char in text if unicodedata.category(char) in _UNSEEN), ""):
        name = {"\n": "a line break", "\t": "a tab"}.get(hidden, f"U+{ord(hidden):04X}")
        return f"this value holds {name}", "a value in one line without hidden characters"
    if text != text.strip():
        return "this value begins or ends with a space", "Delete the space."
    if "${" in text:
        return "this value holds ${, and a value is not replaced again", "a value without ${"
    return None


def is_word(text: str) -> bool:
    """Tell whether a value may be a part of a longer text."""
    if not text:
        return True
    named = any(character == "_" or character.isalnum() for character in text)
    return bool(named and _WORD.fullmatch(text) and ".." not in text and not text.endswith(":"))


def as_text(value: Value) -> str:
    """Return a value as a part of a text has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shape(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a string" if isinstance(value, str) else "a number"
