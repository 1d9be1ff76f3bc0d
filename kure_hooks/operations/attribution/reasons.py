"""The reason of a drifted file, and of each of its fields where there are several."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from msgspec import structs

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import Cause, FileChange, Reason
from kure_hooks.operations.attribution.edits import Verdict
from kure_hooks.operations.attribution.generations import Base
from kure_hooks.operations.attribution.residue import WHOLE, Field, fields, is_among, residue

_BY_PEOPLE = frozenset({Reason.EDITED, Reason.UNCLEAR})
_MOST_EARLIER = 3


@dataclass(frozen=True)
class Past:
    """A drifted file in its four states; None stands for no file.

    `here` is what is checked in, `committed` what the last commit has, `then` and `now` what is
    generated at its base and now. `verdict` says why the committed file is not what was generated,
    where it isn't. `inputs` are those that changed since, and `inputs_uncommitted` tells whether
    one of them is not committed.
    """

    change: FileChange
    base: Base
    here: bytes | None
    committed: bytes | None
    then: bytes | None
    now: bytes | None
    inputs: tuple[str, ...] = ()
    inputs_uncommitted: bool = False
    verdict: Verdict | None = None

    def explained(self) -> FileChange:
        """Return the change with its cause, and with a reason for each field where they differ."""
        reasons = {field: self._reasons(field) for field in fields(self.change)}
        shown = {part for several in reasons.values() for part in several} | self._reasons(WHOLE)
        parts = shown if reasons and shown else self._every
        differ = len(parts) > 1
        if Reason.EDITED in parts:  # a doubt about one field clears nobody
            parts -= {Reason.UNCLEAR}
        ordered = tuple(part for part in Reason if part in parts)
        if self.change.kind is Kind.UNEXPECTED and ordered == (Reason.UNCLEAR,):
            return self.change  # its kind says already all that is sure
        change = structs.replace(self.change, cause=self._cause(ordered))
        return _with_reasons(change, reasons) if differ else change

    def _cause(self, parts: tuple[Reason, ...]) -> Cause:
        judged = self.verdict.fields.values() if self.verdict else ()
        blamed = _BY_PEOPLE & set(parts)
        committed = bool(blamed) and not _BY_PEOPLE.isdisjoint(judged)
        if self.base.uncommitted and Reason.EDITED not in judged:
            committed = False
        several = len(parts) > 1
        edits = self.verdict.edits[1 : _MOST_EARLIER + 1] if self.verdict else ()
        return Cause(
            Reason.BOTH if several else parts[0],
            inputs=self.inputs if Reason.STALE in parts else (),
            commit=self.base.edit if committed else "",
            date=self.base.date if committed else "",
            parts=parts if several else (),
            earlier=edits if committed else (),
            uncommitted=committed and self.base.uncommitted,
        )

    @cached_property
    def _edited(self) -> Mapping[Field, Reason]:
        """The fields that are not what was generated at the base, each with its reason."""
        edited = dict(self.verdict.fields) if self.verdict else {}
        if self.base.uncommitted:
            own = residue(self.change.path, self.committed, self.here)
            edited |= dict.fromkeys(own, Reason.EDITED)
        return edited

    @cached_property
    def _stale(self) -> Collection[Field]:
        """The fields that are no longer generated as they were at the base."""
        return residue(self.change.path, self.then, self.now)

    @property
    def _every(self) -> set[Reason]:
        stale = {Reason.STALE} if self._stale else set()
        return {*self._edited.values(), *stale}

    def _reasons(self, field: Field) -> set[Reason]:
        """Return why a field differs; for the file as a whole, what no field shows."""
        edits = {reason for other, reason in self._edited.items() if is_among(field, (other,))}
        if not is_among(field, self._stale):
            return edits
        if Reason.EDITED in edits and self._may_be_between:
            # It may hold what an input said before it was changed once more.
            edits = edits - {Reason.EDITED} | {Reason.UNCLEAR}
        return {*edits, Reason.STALE}

    @property
    def _may_be_between(self) -> bool:
        if self.base.uncommitted:
            return self.inputs_uncommitted
        return self.verdict is not None and self.verdict.in_between


def _with_reasons(change: FileChange, reasons: Mapping[Field, set[Reason]]) -> FileChange:
    objects = []
    for each in change.objects:
        changes = tuple(
            structs.replace(field, reason=_one(reasons[each.name, field.path]))
            for field in each.fields
        )
        own = None if changes else _one(reasons[each.name, ""])
        objects.append(structs.replace(each, fields=changes, reason=own))
    return structs.replace(change, objects=tuple(objects))


def _one(reasons: Collection[Reason]) -> Reason | None:
    """Return one reason for a field: in doubt the one that is no accusation."""
    if set(reasons) == {Reason.EDITED, Reason.STALE}:
        return Reason.BOTH
    doubtful = (Reason.UNCLEAR, Reason.VERSION, *Reason)
    return next((reason for reason in doubtful if reason in reasons), None)
