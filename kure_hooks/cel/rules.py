"""The rules at a node of a schema (`x-kubernetes-validations`), judged as the API server does.

The source is k8s.io/apiextensions-apiserver 0.36, pkg/apiserver/schema/cel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from kure_hooks.cel import syntax
from kure_hooks.cel.cost import Cost
from kure_hooks.cel.environment import (
    TOO_EXPENSIVE,
    ExpressionError,
    UnjudgedError,
    evaluated,
    loaded,
    parsed,
)
from kure_hooks.cel.inference import kind_of
from kure_hooks.cel.resolution import OLD, ORDERED, SELF, Resolution
from kure_hooks.cel.schemas import mapping, resolved, sequence
from kure_hooks.cel.serialization import encode
from kure_hooks.cel.shapes import Shape, Sizes, UnfitError

Path = tuple[str, ...]


class Absent:
    """The type of ABSENT."""


ABSENT = Absent()
"""The old value of what was not there, or of what is new."""

_INVALID = "FieldValueInvalid"
# Of an integer or a text (either), Go knows no more than that it may be anything.
_RESULTS = {"BOOL": ("boolean", None), "STRING": ("text", None)}
_LONGEST_MESSAGE = 5 * 1024
_STEP = re.compile(r"\.(?P<name>[^.\[\]']+)|\['(?P<key>(?:\\.|[^'\\])*)'\]")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Problem(Struct, frozen=True):
    """A rule that can't be judged, and the reason."""

    rule: str
    reason: str


class Violation(Struct, frozen=True):
    """A rule that a value does not keep.

    `message` is what the API server says. `path` leads from the node to the field at fault. With
    `is_judged` false nothing is known of the value: the rule was too expensive, or needs something
    that is not there, and the message says so.
    """

    rule: str
    message: str
    path: Path = ()
    reason: str = _INVALID
    is_judged: bool = True


class Expression:
    """A rule's expression, compiled for a node."""

    def __init__(self, text: str, result: str, shape: Shape, *, old_is_optional: bool) -> None:
        """Compile an expression whose value is BOOL or STRING, or raise ExpressionError."""
        tree = parsed(text, result)
        try:
            resolution = Resolution(tree, shape, old_is_optional=old_is_optional)
            kind = kind_of(resolution.type)
            if kind not in _RESULTS[result]:
                raise ExpressionError(f"the expression is no {result.lower()} but of type {kind}")
            self._program = loaded(encode(resolution.tree))
        except (RecursionError, RuntimeError) as error:
            raise ExpressionError(f"the expression is too deep: {error}") from None
        self.uses_old = resolution.uses_old
        self.needs_order = any(
            isinstance(expr, syntax.Ident) and expr.name in (ORDERED + SELF, ORDERED + OLD)
            for expr in syntax.everything(resolution.tree)
        )
        self._cost = Cost(resolution.tree)
        self._grows = self._cost.grows

    def value(self, values: Values) -> Any:
        """Evaluate, or raise ExpressionError."""
        variables = values.variables(ordered=self.needs_order)
        if self._cost.is_too_much(values.sizes, grows=self._grows):
            raise UnjudgedError(TOO_EXPENSIVE)
        return evaluated(self._program, variables)


class Values:
    """The variables of the rules at a node, made when a rule asks for them."""

    def __init__(self, shape: Shape, value: Any, old: Any) -> None:
        self._shape = shape
        self._value = value
        self._old = old
        self.sizes = Sizes()

    @property
    def has_old(self) -> bool:
        """True where there is an old value."""
        return self._old is not ABSENT and self._old is not None

    def optional(self) -> Values:
        """Return the variables of a rule for which the old value is optional."""
        return _OptionalValues(self._shape, self._value, self._old)

    @cached_property
    def _plain(self) -> dict[str, Any]:
        return self._made(ordered=False)

    @cached_property
    def _with_order(self) -> dict[str, Any]:
        twins = self._made(ordered=True)
        return self._plain | {ORDERED + name: value for name, value in twins.items()}

    def _made(self, *, ordered: bool) -> dict[str, Any]:
        variables = {SELF: self._shape.value(self._value, self.sizes, ordered=ordered)}
        if self.has_old:
            variables[OLD] = self._shape.value(self._old, self.sizes, ordered=ordered)
        return variables

    def variables(self, *, ordered: bool) -> dict[str, Any]:
        """Return the variables by name; with `ordered` their twins too."""
        return self._with_order if ordered else self._plain


class _OptionalValues(Values):
    def _made(self, *, ordered: bool) -> dict[str, Any]:
        variables = super()._made(ordered=ordered)
        return {**variables, OLD: [variables[OLD]] if OLD in variables else []}


class _Rule(Struct, frozen=True):
    """A rule that compiles."""

    text: str
    expression: Expression
    message: str
    message_expression: Expression | None
    path: Path
    reason: str
    old_is_optional: bool

    def violation(self, values: Values) -> Violation | None:
        """Return what a value has against it."""
        if self.expression.uses_old and not values.has_old and not self.old_is_optional:
            return None
        if self.old_is_optional:
            values = values.optional()
        try:
            if self.expression.value(values) is True:
                return None
        except UnjudgedError as error:
            return Violation(self.text, str(error), is_judged=False)
        except (ExpressionError, UnfitError) as error:
            words = self.message or self.text.strip()
            return Violation(self.text, f"{error} evaluating rule: {words}")
        return Violation(self.text, self._words(values), self.path, self.reason)

    def _words(self, values: Values) -> str:
        if self.message_expression is not None:
            try:
                words = str(self.message_expression.value(values)).strip()
            except ExpressionError:
                words = ""
            is_short = len(words.encode(errors="replace")) <= _LONGEST_MESSAGE
            if words and "\n" not in words and is_short:
                return words
        return self.message or f"failed rule: {self.text.strip()}"


class Rules:
    """The rules at one node of a structural schema.

    The schema is OpenAPI v3 as in a CRD, in which shared parts may be references to `definitions`.
    `root` says that the node is that of a whole resource. Rules are compiled on the first use.
    """

    def __init__(
        self, schema: Mapping[str, Any], definitions: Mapping[str, Any], *, root: bool = False
    ) -> None:
        self._shape = Shape(schema, definitions, root=root)
        self._rules = list(_declared(resolved(schema, definitions), definitions))

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def problems(self) -> Sequence[Problem]:
        """The rules, and expressions of messages, that do not compile here; they are not judged."""
        return self._compiled[1]

    @cached_property
    def _compiled(self) -> tuple[list[_Rule], list[Problem]]:
        rules: list[_Rule] = []
        problems: list[Problem] = []
        for declared in self._rules:
            if text := str(declared.get("rule") or "").strip():
                try:
                    rule, faults = self._rule(text, declared)
                except ExpressionError as error:
                    problems.append(Problem(text, str(error)))
                else:
                    rules.append(rule)
                    problems += faults
        return rules, problems

    def _rule(self, text: str, declared: Mapping[str, Any]) -> tuple[_Rule, list[Problem]]:
        """Return a rule, and what is wrong with the expression of its message."""
        is_optional = declared.get("optionalOldSelf") is True
        expression = Expression(text, "BOOL", self._shape, old_is_optional=is_optional)
        words, faults = None, []
        if wording := str(declared.get("messageExpression") or ""):
            try:
                words = Expression(wording, "STRING", self._shape, old_is_optional=is_optional)
            except ExpressionError as error:
                faults.append(Problem(wording, str(error)))
        rule = _Rule(
            text=text,
            expression=expression,
            message=str(declared.get("message") or "").strip(),
            message_expression=words,
            path=self._path(str(declared.get("fieldPath") or "")),
            reason=str(declared.get("reason") or _INVALID),
            old_is_optional=is_optional,
        )
        return rule, faults

    def _path(self, text: str) -> Path:
        """Return the steps of a field's path, none for one that leads nowhere in the schema."""
        steps: list[str] = []
        shape, place = self._shape, 0
        while place < len(text):
            match = _STEP.match(text, place)
            if match is None:
                return ()
            key = match["name"] or _ESCAPE.sub(_unescaped, match["key"] or "")
            inner = shape.declared(key)
            if inner is None:
                return ()
            steps.append(key)
            shape, place = inner, match.end()
        return tuple(steps)

    def violations(self, value: Any, old: Any = ABSENT) -> Iterator[Violation]:
        """Yield what a value has against it, after defaults were set; null has nothing.

        Rules about changes are judged where there is an old value.
        """
        return self._violations(self._compiled[0], value, old)

    def refusals(self, value: Any, old: Any) -> Iterator[Violation]:
        """Yield what the rules about changes have against one value in the place of an old one."""
        rules = (rule for rule in self._compiled[0] if rule.expression.uses_old)
        return self._violations(rules, value, old)

    def _violations(self, rules: Iterable[_Rule], value: Any, old: Any) -> Iterator[Violation]:
        if value is None:
            return
        values = Values(self._shape, value, old)
        for rule in rules:
            if (violation := rule.violation(values)) is not None:
                yield violation


def _declared(
    schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    yield from map(mapping, sequence(schema.get("x-kubernetes-validations")))
    for part in sequence(schema.get("allOf")):
        yield from _declared(resolved(part, definitions), definitions)


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[1])
