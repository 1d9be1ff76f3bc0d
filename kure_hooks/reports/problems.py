"""A problem of an outcome, with a rule, a place and words; see `model` for all of them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct, structs

from kure_hooks.drift.result import Displaced, FileChange, ObjectChange
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import remedies, spread, wording
from kure_hooks.safe_text import visible

LONGEST = 4_000
# GitHub refuses a run with more results, and nobody reads on.
MOST = 25_000

# So many fields of each object are told.
_FIELDS = 5


class Problem(Struct, frozen=True, eq=False, kw_only=True, dict=True):
    """Something to report.

    `rule` is an identifier that `rules.rule_of` explains, or one of an installed package. `place`
    is what it comes from, with a line, and a column of 0 where there is none; that of a failure has
    no path, nor has that of a cluster whose stack file is gone. `sentence` says what is wrong and
    `advice` what can be done, as they are. The `names` tell it from others of its rule, without
    lines and values; `number` counts those that are the same nevertheless.
    """

    rule: str
    severity: Severity
    place: Location
    sentence: str
    names: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    number: int = 1

    @property
    def at(self) -> Location:
        """The place to point at."""
        return self.place

    @property
    def output(self) -> str:
        """The path of the file that drifted when `at` is in another one, else empty."""
        return ""

    @property
    def drift(self) -> FileChange | None:
        """The file that differs between the two sides; None for any other problem."""
        return None

    def objects(self, fields: int) -> Iterable[str]:
        """Return lines about the objects that differ and so many fields of each, as they are."""
        del fields
        return ()

    @property
    def summary(self) -> str:
        """The sentence, made visible."""
        return visible(self.sentence)

    @cached_property
    def details(self) -> Sequence[str]:
        """The lines that follow the summary, made visible."""
        return [visible(line) for line in (*self.objects(_FIELDS), *self.advice)]

    @property
    def message(self) -> str:
        """The summary and the details in lines of their own, at most LONGEST characters."""
        return shortened("\n".join((self.summary, *self.details)), LONGEST)

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """The rule and all names; only problems with different numbers share one."""
        return (self.rule, *self.names)

    @property
    def fingerprint(self) -> str:
        """A hexadecimal digest of the identity and the number."""
        return _digest(*self.identity, str(self.number))


class Fault(Problem, frozen=True, eq=False, kw_only=True):
    """A problem of the input."""

    finding: Finding

    def objects(self, fields: int) -> Iterable[str]:
        """See Problem; a finding is about one object at most."""
        del fields
        return filter(None, (self.finding.subject,))


class WholeCluster(Problem, frozen=True, eq=False, kw_only=True):
    """A cluster that only one of two revisions has."""

    view: ClusterView


class LeftOut(Problem, frozen=True, eq=False, kw_only=True):
    """The end of a list that is too long, with the number of problems that it does not have."""

    @property
    def fingerprint(self) -> str:
        """A hexadecimal digest of the sentence; with another number it is another problem."""
        return _digest(self.sentence)


class FileProblem(Problem, frozen=True, eq=False, kw_only=True, dict=True):
    """A generated file that differs between the sides of an outcome, or that was displaced.

    It may stand for `equals`: files of other clusters that change in the same way, or files of the
    same ones of which the names say all. `differ` are the clusters where the file changes
    otherwise, `unchanged` those where it doesn't. A file that another one stands for has that one's
    path in `like`.
    """

    outcome: Outcome
    change: FileChange
    displaced: Displaced | None = None
    equals: Sequence[FileChange] = ()
    differ: Sequence[str] = ()
    unchanged: Sequence[str] = ()
    like: str = ""

    def standing_for(self, change: FileChange, equals: Sequence[FileChange]) -> "FileProblem":
        """Return the problem of a change that stands for others."""
        joined = structs.replace(self, change=change, equals=equals)
        where = spread.inside(joined.directories, always=joined.is_several)
        path = joined.path if where else change.path
        sentence = wording.headline(change.kind, f"{path}{where}", joined.note(change.directory))
        # How many files there are tells a problem from others less than the first one does.
        name = change.path if joined.is_several else path
        return structs.replace(joined, sentence=sentence, names=(name,))

    @property
    def changes(self) -> Sequence[FileChange]:
        """The changes of all files, the one that stands for the others first."""
        return (self.change, *self.equals)

    @cached_property
    def directories(self) -> tuple[str, ...]:
        """The directories of the clusters that have the change."""
        return tuple(sorted({change.directory for change in self.changes}))

    @cached_property
    def paths(self) -> Sequence[str]:
        """The paths of the files below their clusters."""
        return sorted({_below(change) for change in self.changes})

    @property
    def is_several(self) -> bool:
        """True for several files of which the names say all: they only moved, or are not in git."""
        return len(self.paths) > 1

    @cached_property
    def exceptions(self) -> str:
        """The clusters that have another change of the file or none; empty where all are alike."""
        return "; ".join(spread.exceptions(self.differ, self.unchanged, self.outcome))

    @cached_property
    def at(self) -> Location:
        """The first line that differs, or the place for a file that may not be checked in."""
        change = self.change
        checked_in = change.kind.facts.checked_in and not self.outcome.intended
        if self.displaced or not checked_in or not change.old_path:
            return self.place
        return Location(change.old_path, _first_difference(change))

    @property
    def output(self) -> str:
        """See Problem."""
        return "" if self.at.path == self.change.path else self.change.path

    @property
    def drift(self) -> FileChange | None:
        """See Problem."""
        return None if self.displaced else self.change

    def objects(self, fields: int) -> Iterable[str]:
        """See Problem; each object is followed by where it comes from."""
        if self.like:
            yield f"the same as in {self.like}"
            return
        yield from filter(None, (self.spread,))
        for item in self.change.objects:
            yield from wording.details(item, self.outcome, fields)
            if source := self.source(item):
                yield f"  {source}"
        yield from filter(None, (self.source(),))

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """See Problem; the names of objects and fields are among those of a file."""
        return (self.rule, *self.names, *sorted(_differing(self.change)))

    @property
    def adopted(self) -> bool:
        """True for a file that somebody wrote without kure-hooks, and that was taken over."""
        return self.displaced is not None and self.displaced.adopted

    @property
    def word(self) -> str:
        """The kind of the file in a word."""
        return "adopted" if self.adopted else self.change.kind

    @property
    def path(self) -> str:
        """The path as a list has it: below the cluster for a file that drifted."""
        if self.is_several:
            return wording.count(len(self.paths), "file")
        return self.change.path if self.displaced else _below(self.change)

    @property
    def spread(self) -> str:
        """The clusters that have the same change, and the others; empty for a single cluster."""
        if len(self.directories) == 1:
            return ""
        return spread.alike(self.change, self.directories, self.exceptions)

    def note(self, base: str = "") -> str:
        """Return what there is to say beside the word, with paths as seen from a directory."""
        if self.displaced:
            return remedies.displacement(self.displaced)
        said = wording.note(self.change, base)
        alike = "without change" if self.change.compared else said
        return f"{alike}, such as {spread.move(self.change)}" if self.is_several else said

    def source(self, item: ObjectChange | None = None) -> str:
        """Return where an object, or the file, comes from; of several sources that of the first.

        Nothing of revisions that are compared, and of a file that somebody wrote.
        """
        if self.outcome.command == "diff" or self.adopted or self.is_several:
            return ""
        text = remedies.source(self.change, item, by_hand=self.displaced is not None)
        several = len({change.origin and change.origin.at for change in self.changes}) > 1
        return f"in {self.change.directory} {text}" if several and text else text

    @property
    def sides(self) -> tuple[str, str]:
        """The names of the two sides of the outcome."""
        return self.outcome.sides

    def happened(self, change: ObjectChange, base: str = "") -> str:
        """Return what happened to an object of the file, with paths as seen from a directory."""
        return wording.happened(change, self.outcome, base)


def limited(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Return the first MOST problems; one more tells how many are left out."""
    more = len(problems) - MOST
    return [*problems[:MOST], _left_out(more)] if more > 0 else problems


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters; one that was cut ends in dots."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _left_out(more: int) -> LeftOut:
    problems = wording.count(more, "less serious problem")
    return LeftOut(
        rule="left-out",
        severity=Severity.WARNING,
        place=Location("", 1),
        sentence=f"{problems} left out. Fix those shown and run again.",
    )


def _below(change: FileChange) -> str:
    return change.path.removeprefix(f"{change.directory}/")


def _digest(*texts: str) -> str:
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and few reports have fingerprints

    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _first_difference(change: FileChange) -> int:
    """Return the line of the checked-in file; masked texts have lines of their own."""
    if change.before is None or change.masked or change.link:
        return 1
    from kure_hooks.drift.hunks import first_difference  # noqa: PLC0415 - a tree in sync has none

    return max(first_difference(change.before, change.after), 1)


def _differing(change: FileChange) -> Iterator[str]:
    for each in change.objects:
        yield each.name
        yield from (f"{each.name}: {field.path}" for field in each.fields)
