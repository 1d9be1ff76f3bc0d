"""Expressions of policies: compiled, evaluated within bounds, and worded where they fail."""

import re
from collections.abc import Iterator, Mapping, Sequence
from time import process_time
from typing import Any, NamedTuple

from kure_hooks.cel.cost import Cost
from kure_hooks.cel.environment import (
    TOO_EXPENSIVE,
    ExpressionError,
    compiled,
    evaluated,
    tree_of,
)
from kure_hooks.cel.shapes import Sizes
from kure_hooks.config.lint import Policy
from kure_hooks.decoding.suggest import closest
from kure_hooks.findings import Severity
from kure_hooks.yamlio import Pointer

SECONDS = 120.0
"""The time of the processor that all expressions of a run may take together.

A fleet of 60,000 objects takes about a second for each expression.
"""


class Complaint(NamedTuple):
    """A finding about an object without its place: what `finding` of an object is given."""

    pointer: Pointer
    problem: str
    expected: str
    rule: str
    severity: Severity = Severity.ERROR


class Allowance:
    """The time that all expressions of a run may take together."""

    def __init__(self) -> None:
        self.seconds = SECONDS
        self.is_told = False

    @property
    def is_spent(self) -> bool:
        """True where no further object is judged."""
        return self.seconds <= 0


class Condition:
    """The expression of a policy, compiled; raises ExpressionError for one that can't be."""

    def __init__(self, policy: Policy, variables: tuple[str, ...], allowance: Allowance) -> None:
        self.policy = policy
        self.allowance = allowance
        self._program = compiled(policy.expression, variables)
        self._cost = Cost(tree_of(policy.expression, variables))
        self._grows = self._cost.grows

    def complaints(self, variables: dict[str, Any]) -> Iterator[Complaint]:
        """Yield what the policy has against an object, or why it can't judge it."""
        policy = self.policy
        if self.allowance.is_spent:
            yield from self._spent()
            return
        started = process_time()
        try:
            is_right = self._value(variables)
        except (ExpressionError, TypeError, ValueError, OverflowError) as error:
            reason = _reason(str(error), policy.expression)
            yield self._unjudged(reason, _SHORTER if str(error) == TOO_EXPENSIVE else _GUARD)
            return
        finally:
            self.allowance.seconds -= process_time() - started
        if not isinstance(is_right, bool):
            yield self._unjudged("its value is a text", _CONDITION)
        elif not is_right:
            problem, expected = policy.message.rstrip("."), sentence(policy.expected)
            yield Complaint((), problem, expected, policy.id, Severity(policy.severity))

    def _value(self, variables: dict[str, Any]) -> Any:
        if self._cost.is_too_much(_sizes(variables), grows=self._grows):
            raise ExpressionError(TOO_EXPENSIVE)
        return evaluated(self._program, variables)

    def _unjudged(self, reason: str, expected: str) -> Complaint:
        problem = f"the policy {self.policy.id} can't judge this object: {reason}"
        return Complaint((), problem, expected, "LI004")

    def _spent(self) -> Iterator[Complaint]:
        """Tell once that nothing is judged any more."""
        if not self.allowance.is_told:
            self.allowance.is_told = True
            reason = f"all policies together have taken {SECONDS:.0f} seconds"
            yield self._unjudged(f"{reason}, so that no further object is judged", _SHORTER)


def _sizes(value: Any) -> Sizes:
    """Return the sizes of a value with all that is in it."""
    sizes, waiting = Sizes(), [value]
    while waiting:
        item = waiting.pop()
        sizes.add(item)
        if isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return sizes


_SHORTER = "Narrow the match of policies, or write expressions with fewer loops."
_GUARD = "Guard the expression, as with has(object.spec.replicas), or narrow its match."
_CONDITION = "Write an expression that is true or false."
_MISSING = re.compile(r"\Ano such key: (.*+)", re.DOTALL)
_WORD = re.compile(r"\w++")
_QUOTED = re.compile(r"'[^']*+'|\"[^\"]*+\"")
# Of functions and types alone: what a message quotes of values is never shown.
_MISFIT = re.compile(r"\ANo matching overloads found : ([^\s(]++)\(([\w., ]*+)\)")
_CONVERSION = re.compile(r"\Atype conversion error from '(\w++)' to '([\w.]++)'")
_OPERATORS = {
    **{f"_{sign}_": sign for sign in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")},
    "@in": "in",
    "_[_]": "[ ]",
}
_REASONS = (
    ("too expensive", "it takes too long for an object of this size"),
    ("neither true or false", "its value is neither true nor false"),
    ("out of bounds", "it asks a list for an item that the list has not"),
    ("overflow", "it reckons with numbers that are too large"),
    ("division by zero", "it divides by zero"),
    ("regular expression: ", "it has a text for a regular expression that is none"),
    ("none() dereference", "it takes the value of an optional that has none"),
    ("Applying SELECT", "it asks for a key of a value that is no mapping"),
    ("No matching overload", "it joins or compares values whose types do not fit"),
)


def sentence(text: str) -> str:
    """Return the advice of a policy as a sentence, whichever way a team wrote it."""
    sentence = f"{text[:1].upper()}{text[1:]}"
    return sentence if not text or text.endswith((".", "?")) else f"{sentence}."


def _reason(error: str, expression: str) -> str:
    """Return why an expression has no value for an object, in words without values of the object.

    The value of a Secret may be in any text that the evaluator quotes, whole or in parts: only a
    key that is written in the expression itself is named.
    """
    if missing := _MISSING.fullmatch(error):
        written = {*_WORD.findall(expression), *_QUOTED.findall(expression)}
        is_written = not written.isdisjoint((missing[1], f"'{missing[1]}'", f'"{missing[1]}"'))
        key = f'the key "{missing[1]}"' if is_written else "a key"
        return f"it asks for {key}, which is not there"
    if types := _CONVERSION.fullmatch(error):
        return f"it makes {_kind(types[2])} of a {types[1]} that is none"
    if misfit := _MISFIT.fullmatch(error):
        name = _OPERATORS.get(misfit[1], misfit[1])
        kinds = " and ".join(dict.fromkeys(map(_type, misfit[2].split(", "))))
        return f"{name} does not take {kinds}"
    words = (words for text, words in _REASONS if text in error)
    return next(words, "a function refuses a value of it")


_UNKNOWN = re.compile(r"\Aundeclared reference to '([^']*+)' \(in container ''\)")
_UNFIT = re.compile(r"\Afound no matching overload for '([^']*+)' applied to '\(([^')]*+)\)'")
_STRAY = re.compile(r"\ASyntax error: [^']*+'([^']*+)'")


def mistake(reason: str, variables: Sequence[str]) -> tuple[str, str]:
    """Return why an expression does not compile, and what is expected there."""
    condition = f"a condition on {', '.join(variables[:-1])} and {variables[-1]}"
    if unknown := _UNKNOWN.fullmatch(reason):
        name = unknown[1].partition(".")[0]
        near = closest(name, variables)
        expected = f'Did you mean "{near}"?' if near else condition
        return f'nothing here is called "{name}"', expected
    if unfit := _UNFIT.fullmatch(reason):
        name = _OPERATORS.get(unfit[1], unfit[1])
        kinds = " and ".join(dict.fromkeys(map(_type, unfit[2].split(", "))))
        return f"{name} does not take {kinds}", condition
    if stray := _STRAY.match(reason):
        text = stray[1].strip() or "'"
        where = "it ends too early" if text == "<EOF>" else f'"{text}" is not expected here'
        return where, "Write == to compare." if text == "=" else condition
    return reason, condition


def _type(name: str) -> str:
    return name.removesuffix("64").rpartition(".")[2].lower()


def _kind(name: str) -> str:
    kind = _type(name)
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
