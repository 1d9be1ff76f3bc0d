"""Tell who made a file other than its inputs: a person, or another version of kure-hooks."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from kure_hooks.drift.result import Reason
from kure_hooks.errors import KureHooksError
from kure_hooks.operations.attribution.past_commit import content
from kure_hooks.operations.attribution.residue import WHOLE, Field, Residue, is_among, residue
from kure_hooks.operations.attribution.versions import Systems, pins
from kure_hooks.repository import RevisionTree, blob_id
from kure_hooks.repository.history import Touch, changed_by


@dataclass(frozen=True)
class Deviation:
    """A committed file that is not what the inputs of its last commit generate.

    `committed` is its content, `then` and `now` what is generated, None for no file. `touches` are
    the commits behind it, latest first; `inputs` the files that it is made of. `before` is what was
    generated before the last of the commits, where that is known.
    """

    path: str
    committed: bytes | None
    then: bytes | None
    now: bytes | None
    touches: Sequence[Touch]
    inputs: frozenset[str]
    known: Residue = field(default_factory=dict)
    before: bytes | None = None

    @cached_property
    def residue(self) -> Residue:
        """The fields that the inputs don't explain, which may be known already."""
        return self.known or residue(self.path, self.committed, self.then)

    @cached_property
    def since_right(self) -> tuple[Sequence[Touch], bool]:
        """The commits since the file was as generated, and whether it ever was."""
        for number, touch in enumerate(self.touches, start=1):
            right = (self.then, self.now, *((self.before,) if number == 1 else ()))
            if any(_is(blob, data) for blob in touch.before for data in right):
                return self.touches[:number], True
        return self.touches[:1], False


@dataclass(frozen=True)
class Verdict:
    """The reason of each field of a deviation.

    `edits` are the commits behind it, abbreviated, latest first. `in_between` says that the last
    one changed the file's inputs as well: the file may hold what they said in between.
    """

    fields: Mapping[Field, Reason]
    edits: tuple[str, ...]
    in_between: bool

    @property
    def is_doubtful(self) -> bool:
        """Tell whether the commit that changed the inputs as well may have brought an edit."""
        return self.in_between and Reason.UNCLEAR in self.fields.values()


@dataclass(frozen=True)
class Judge:
    """Tells edits from the work of another version of kure-hooks.

    `tip` is the commit that holds the files, `systems` are the differences that files share.
    """

    tip: RevisionTree
    systems: Systems

    def verdict(self, deviation: Deviation) -> Verdict:
        """Return who is behind a deviation.

        The surest sign of an edit is that the file was right before a commit. Where it never was,
        a difference is nobody's edit if many files have it, if it outlived a regeneration, or if
        the repository names another version of kure-hooks since.
        """
        edits, was_right = deviation.since_right
        if not edits:
            return Verdict(dict.fromkeys(deviation.residue, Reason.UNCLEAR), (), in_between=False)
        last = edits[0].commit.id
        with_inputs = not deviation.inputs.isdisjoint(_changed_by(self.tip.root, last))
        judged = self._once_right if was_right else self._never_right
        return Verdict(
            judged(deviation, edits[0], with_inputs=with_inputs),
            tuple(touch.commit.abbreviated for touch in edits),
            with_inputs,
        )

    def _once_right(
        self, deviation: Deviation, last: Touch, *, with_inputs: bool
    ) -> Mapping[Field, Reason]:
        reason = Reason.EDITED
        if _repinned_by(self.tip.root, last.commit.id):
            reason = Reason.VERSION
        elif not with_inputs and self.systems.are_many(deviation.path):
            reason = Reason.UNCLEAR
        fields = dict.fromkeys(deviation.residue, reason)
        if with_inputs and reason is Reason.EDITED:
            # Where the inputs had an effect, the file may hold what they said before in between.
            effect = residue(deviation.path, self._before(deviation), deviation.then)
            fields |= {part: Reason.UNCLEAR for part in fields if is_among(part, effect)}
        return fields

    def _never_right(
        self, deviation: Deviation, last: Touch, *, with_inputs: bool
    ) -> Mapping[Field, Reason]:
        added = "" in last.before
        repinned_by = _repinned_by(self.tip.root, last.commit.id)
        repinned_since = _pins(self.tip.root, last.commit.id) != _pins(
            self.tip.root, self.tip.commit
        )
        by_itself = not added and not with_inputs and not repinned_by

        in_doubt = not all(map(self.systems.has, deviation.residue))
        changed = self._changed(deviation) if in_doubt and not added else {}

        def reason(part: Field) -> Reason:
            if self.systems.has(part):
                return Reason.VERSION
            survived = not added and part != WHOLE and not is_among(part, changed)
            if repinned_since and (survived or not by_itself):
                return Reason.VERSION
            if by_itself:
                return Reason.UNCLEAR if survived else Reason.EDITED
            return Reason.VERSION if survived else Reason.UNCLEAR

        return {part: reason(part) for part in deviation.residue}

    def _changed(self, deviation: Deviation) -> Residue:
        """Return what the last commit changed in the file."""
        before = self._before(deviation)
        return residue(deviation.path, before, deviation.committed)

    def _before(self, deviation: Deviation) -> bytes | None:
        """Return the file as it was before the last commit."""
        parent = _parent(self.tip.root, deviation.touches[0].commit.id)
        return content(parent, deviation.path)


def _is(blob: str, data: bytes | None) -> bool:
    return bool(blob) and data is not None and blob == blob_id(data, blob)


# What a commit is never changes, and many files have the same last one.
@lru_cache(maxsize=64)
def _parent(root: Path, commit: str) -> RevisionTree:
    return RevisionTree(root, f"{commit}^")


@lru_cache(maxsize=64)
def _pins(root: Path, commit: str) -> frozenset[bytes]:
    return pins(RevisionTree(root, commit))


@lru_cache(maxsize=64)
def _repinned_by(root: Path, commit: str) -> bool:
    """Tell whether a commit names another version of kure-hooks than its parent."""
    with suppress(KureHooksError):  # the first commit has no parent
        return _pins(root, commit) != pins(_parent(root, commit))
    return False


@lru_cache(maxsize=64)
def _changed_by(root: Path, commit: str) -> frozenset[str]:
    return changed_by(root, commit)
