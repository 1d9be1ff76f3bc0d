"""The model of every report: the problems of an outcome, and the groups that people read them in.

A format takes all of it from here. Lists have `Problems.listed`; other formats arrange the groups.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.drift.result import Displaced, FileChange
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.outcome import ClusterView, Failure, Outcome
from kure_hooks.reports import folds, remedies, wording
from kure_hooks.reports.folds import Group
from kure_hooks.reports.problems import (
    Fault,
    FileProblem,
    Problem,
    WholeCluster,
    limited,
)
from kure_hooks.reports.rollup import FEW, Entry, Rollup, rollup
from kure_hooks.reports.rules import title_of
from kure_hooks.safe_text import visible

# Of a finding of an installed package; what GitHub takes (SARIF, 2025).
_LONGEST_RULE = 255


class RuleGroup(Struct, frozen=True):
    """The findings of one rule, the most serious first: with its identifier, and what it is about.

    `title` is empty for a rule of a package or a policy.
    """

    rule: str
    title: str
    faults: Sequence[Fault]

    @property
    def heading(self) -> str:
        """The identifier with the title."""
        return f"{self.rule}: {self.title}" if self.title else self.rule

    @property
    def owners(self) -> Mapping[str, Sequence[Fault]]:
        """The findings by what applies their objects; an empty text for those without."""
        owners: defaultdict[str, list[Fault]] = defaultdict(list)
        for fault in self.faults:
            owners[fault.finding.owner].append(fault)
        return owners


class Problems:
    """The problems of an outcome, and what can be done about all of them."""

    def __init__(self, outcome: Outcome, whole: Outcome | None = None) -> None:
        """Take an outcome, and the same one with all texts where it is without some."""
        self.outcome = outcome
        self._whole = whole or outcome

    @cached_property
    def failures(self) -> Sequence[Problem]:
        """The end of a run that failed, unless the findings tell why it did."""
        failure = self.outcome.failure
        return [_failure(failure)] if failure and not self.outcome.findings else []

    @cached_property
    def findings(self) -> Sequence[Fault]:
        """The problems of the input, in the order of the outcome."""
        return [_fault(finding) for finding in self.outcome.findings]

    @property
    def has_groups(self) -> bool:
        """True where people read the findings by rule: those of lint, unless it could not run."""
        return self.outcome.command == "lint" and not self.outcome.failure

    @cached_property
    def by_rule(self) -> Sequence[RuleGroup]:
        """The problems of the input by their rules, the rule with the most serious first."""
        faults: defaultdict[str, list[Fault]] = defaultdict(list)
        for fault in sorted(self.findings, key=lambda fault: fault.severity.rank):
            faults[fault.rule].append(fault)
        groups = [RuleGroup(rule, title_of(rule), group) for rule, group in faults.items()]
        return sorted(groups, key=lambda group: (group.faults[0].severity.rank, group.rule))

    @cached_property
    def drift(self) -> Sequence[FileProblem]:
        """The files that differ, most serious first, each for itself."""
        like = {
            change.path: entry.change.path
            for entry in self.entries
            if not entry.is_several
            for change in entry.equals
        }
        return [
            replace(problem, like=like[problem.change.path])
            if problem.change.path in like
            else problem
            for problem in self._files
        ]

    @cached_property
    def _files(self) -> Sequence[FileProblem]:
        advice = (f"{self.remedy}: {self.outcome.fix}",) if self.remedy else ()
        changes = sorted(self.outcome.drift, key=attrgetter("serious"))
        return [_drift(change, self.outcome, advice) for change in changes]

    @cached_property
    def groups(self) -> Sequence[Group]:
        """The files that differ by their clusters, of which those that are alike are a group."""
        return folds.groups(self._files, self._whole.drift, self.outcome.clusters)

    @cached_property
    def entries(self) -> Sequence[FileProblem]:
        """The files that differ, most serious first, with one that stands for all like it."""
        entries = (problem for group in self.groups for problem in group.drift)
        return sorted(entries, key=lambda problem: problem.change.serious)

    @cached_property
    def rollup(self) -> Rollup:
        """The facts of all files that matter first."""
        return rollup(self.groups)

    @cached_property
    def chapters(self) -> Sequence[tuple[str, Sequence[Entry]]]:
        """The roll-up by titles, for those who read it before the files; none of few files.

        Nor where a sentence tells of what was regenerated: it has the same values.
        """
        is_told = self.outcome.refused or self.outcome.regenerated
        if is_told or len(self.outcome.drift) <= FEW:
            return []
        return [*self.rollup.chapters(self.outcome)]

    @cached_property
    def displaced(self) -> Sequence[FileProblem]:
        """The files whose content was not committed."""
        return [_displaced(displaced, self.outcome) for displaced in self.outcome.displaced]

    @cached_property
    def drifted_paths(self) -> frozenset[str]:
        """The paths of the files that differ, on both sides."""
        changes = self.outcome.drift
        return frozenset(path for change in changes for path in (change.path, change.old_path))

    def telling(self, group: Group) -> Sequence[FileProblem]:
        """Return the files of a group that the summary or what was displaced does not tell of."""
        displaced = {problem.path for problem in self.displaced}
        is_told = self.outcome.regenerated
        return [
            problem
            for problem in group.drift
            if problem.change.path not in displaced and not (is_told and problem.change.is_routine)
        ]

    @cached_property
    def clusters(self) -> Sequence[WholeCluster]:
        """The clusters that only one of two revisions has."""
        stacks = {view.stack for view in self.outcome.clusters if view.state != "removed"}
        return [_whole(view, stacks) for view in wording.whole(self.outcome)]

    @cached_property
    def every(self) -> Sequence[Problem]:
        """All problems, errors first, and the most serious drift first; equal drift is one."""
        return self._sorted(self.entries)

    def _sorted(self, drift: Sequence[FileProblem]) -> Sequence[Problem]:
        problems = [*self.failures, *self.findings, *drift, *self.displaced, *self.clusters]
        problems.sort(key=lambda problem: problem.severity.rank)
        return list(_numbered(problems))

    @cached_property
    def listed(self) -> Sequence[Problem]:
        """The problems that a list has room for; the last tells how many more there are."""
        return limited(self.every)

    @cached_property
    def listed_by_file(self) -> Sequence[Problem]:
        """The same with a problem for each file, for those who look at one file at a time."""
        return limited(self._sorted(self.drift))

    @cached_property
    def remedy(self) -> str:
        """The purpose of the outcome's commands, such as `To fix`; empty without any."""
        return remedies.remedy(self.outcome)

    @cached_property
    def advice(self) -> str:
        """The other ways out of files in the way, in a sentence; empty without any."""
        return remedies.advice(self.outcome)


def _failure(failure: Failure) -> Problem:
    return Problem(
        rule="failure",
        severity=Severity.ERROR,
        place=Location("", 1),
        sentence=failure.message,
    )


def _fault(finding: Finding) -> Fault:
    return Fault(
        rule=visible(finding.rule)[:_LONGEST_RULE] or "input",
        severity=finding.severity,
        place=_with_line(finding.at),
        sentence=wording.complaint(finding),
        names=(finding.at.path, finding.key),
        finding=finding,
    )


def _drift(change: FileChange, outcome: Outcome, advice: tuple[str, ...]) -> FileProblem:
    return FileProblem(
        rule=change.rule,
        severity=_weight(change, outcome),
        place=_with_line(_source(change, outcome)),
        sentence=wording.headline(change.kind, change.path, wording.note(change)),
        names=(change.path,),
        advice=advice,
        outcome=outcome,
        change=change,
    )


def _weight(change: FileChange, outcome: Outcome) -> Severity:
    if outcome.intended or change.known:
        return Severity.INFO
    return Severity.WARNING if change.harmless else Severity.ERROR


def _source(change: FileChange, outcome: Outcome) -> Location:
    """Return the place that asks for a file; what asked for one that is gone may be gone, too."""
    if change.origin and not (outcome.intended and not change.generated):
        return change.origin.at
    return Location(change.stack or change.path)


def _displaced(displaced: Displaced, outcome: Outcome) -> FileProblem:
    path = displaced.change.path
    return FileProblem(
        rule=f"displaced/{'adopted' if displaced.adopted else 'uncommitted'}",
        severity=Severity.WARNING,
        place=_with_line(Location(path)),
        sentence=f"{path}: {remedies.displacement(displaced)}",
        names=(path,),
        advice=(remedies.getting_back(displaced),),
        outcome=outcome,
        change=displaced.change,
        displaced=displaced,
    )


def _whole(view: ClusterView, stacks: Collection[str]) -> WholeCluster:
    """Return a cluster of one revision, at its stack file where the second one has that."""
    return WholeCluster(
        rule="cluster/removed" if view.state == "removed" else "cluster/added",
        severity=Severity.INFO,
        place=_with_line(Location(view.stack if view.stack in stacks else "")),
        sentence=wording.whole_cluster(view),
        names=(view.directory,),
        view=view,
    )


def _numbered(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Number the problems that are alike."""
    seen: Counter[tuple[str, ...]] = Counter()
    for problem in problems:
        seen[problem.identity] += 1
        number = seen[problem.identity]
        yield problem if number == 1 else replace(problem, number=number)


def _with_line(at: Location) -> Location:
    """Return the same place, with the first line where it has none."""
    return at if at.line > 0 else Location(at.path, 1)
