"""The rules in CEL that a CRD has for its objects, judged from the outside in."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kure_hooks.cel import available
from kure_hooks.findings import Severity
from kure_hooks.schemas.structure import RULES, Part, pairs
from kure_hooks.validators.complaints import Complaint
from kure_hooks.yamlio import Pointer

if TYPE_CHECKING:  # most kinds that have rules have them where few objects have anything
    from kure_hooks.cel.rules import Rules, Violation

_REFUSED = "the API server refuses this change: {}"
_KEEP = "Keep the old value, or delete the object on the cluster so that it is made again."


class Ruling:
    """Judges objects of one kind by the rules of its schema.

    Rules are compiled for the parts that objects have. One that can't be judged is told with the
    first object that it is for.
    """

    def __init__(self, schema: Mapping[str, Any], part: Part) -> None:
        self._definitions = schema.get("definitions") or {}
        self._whole = part
        self._rules: dict[int, Rules] = {}
        self.is_possible = available()
        """True where there is something that evaluates rules: the extra `cel`."""

    def complaints(self, value: Any) -> Iterator[Complaint]:
        """Yield the rules that an object breaks, after defaults were set."""
        return self._below(value, self._whole, ())

    def _below(self, value: Any, part: Part | None, pointer: Pointer) -> Iterator[Complaint]:
        if part is None or value is None or not part.is_ruled:
            return
        if RULES in part.schema:
            yield from self._here(value, part, pointer)
        if isinstance(value, dict):
            for key, inner in value.items():
                below = part.at(key)
                if below is not None and below.is_ruled:
                    yield from self._below(inner, below, (*pointer, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from self._below(inner, part.at(index), (*pointer, index))

    def _here(self, value: Any, part: Part, pointer: Pointer) -> Iterator[Complaint]:
        is_new = id(part) not in self._rules
        rules = self._of(part, pointer)
        for problem in rules.problems if is_new else ():
            words = f"this rule of the CRD can't be judged: {problem.reason}"
            yield Complaint(pointer, words, problem.rule, "VA018", Severity.WARNING)
        for violation in rules.violations(value):
            place = (*pointer, *violation.path)
            if violation.is_judged:
                yield Complaint(place, violation.message, rule="VA015")
            else:
                yield _unjudged(violation, place)

    def changes(self, old: Any, new: Any) -> Iterator[Complaint]:
        """Yield the rules about changes that a new version breaks, after defaults were set."""
        return self._between(old, new, self._whole, ())

    def _between(
        self, old: Any, new: Any, part: Part | None, pointer: Pointer
    ) -> Iterator[Complaint]:
        if part is None or old is None or new is None or not part.is_ruled:
            return
        if RULES in part.schema:
            for violation in self._of(part, pointer).refusals(new, old):
                place = (*pointer, *violation.path)
                if violation.is_judged:
                    yield Complaint(place, _REFUSED.format(violation.message), _KEEP, "VA195")
                else:
                    yield _unjudged(violation, place)
        for step, former, value in pairs(old, new, part):
            yield from self._between(former, value, part.at(step), (*pointer, step))

    def _of(self, part: Part, pointer: Pointer) -> "Rules":
        try:
            return self._rules[id(part)]
        except KeyError:
            from kure_hooks.cel.rules import Rules  # noqa: PLC0415 - as above

            rules = self._rules[id(part)] = Rules(part.schema, self._definitions, root=not pointer)
            return rules


def _unjudged(violation: "Violation", place: Pointer) -> Complaint:
    words = f"a rule of the CRD was not judged: {violation.message}"
    return Complaint(place, words, violation.rule, "VA018", Severity.WARNING)
