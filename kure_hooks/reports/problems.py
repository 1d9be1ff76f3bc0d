"""Findings and drift as a list of problems, each with a rule, a place and a message."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kure_hooks.drift.hunks import first_difference
from kure_hooks.drift.result import Displaced, FileChange
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import remedies, wording
from kure_hooks.safe_text import visible

LONGEST = 4_000
# GitHub refuses a run with more results, and nobody reads on.
MOST = 25_000

# So many fields of each object are told.
_FIELDS = 5


@dataclass(frozen=True)
class Problem:
    """Something to report; its texts are visible already.

    `rule` is `failure`, `input`, `left-out`, `drift/` and a kind or `in-the-way`, `displaced/` and
    what was done to the file, or `cluster/` with a state. `at` has a line, and a column of 0 where
    there is none; the path of a failure is empty. `output` is the drifted file when `at` is another
    one. The `identity` is that of no other problem, and has neither lines nor values in it.
    """

    rule: str
    severity: Severity
    at: Location
    summary: str
    identity: tuple[str, ...]
    details: tuple[str, ...] = ()
    output: str = ""
    change: FileChange | None = None

    @property
    def message(self) -> str:
        """The summary and the details in lines of their own, at most LONGEST characters."""
        return shortened("\n".join((self.summary, *self.details)), LONGEST)

    @property
    def fingerprint(self) -> str:
        """A hexadecimal digest of the identity."""
        return hashlib.sha256(json.dumps(self.identity).encode()).hexdigest()


def problems(outcome: Outcome) -> list[Problem]:
    """Return what is wrong, errors first and the most serious drift first.

    Drift that changes nothing in a cluster, formatting and foreign files, is a warning.
    """
    found = [
        *_failure(outcome),
        *map(_finding, outcome.findings),
        *(_drift(change, outcome) for change in wording.by_seriousness(outcome)),
        *(_displaced(displaced, outcome) for displaced in outcome.displaced),
        *map(_cluster, wording.whole(outcome)),
    ]
    found.sort(key=lambda each: each.severity is not Severity.ERROR)
    return list(_distinct(found))


def listed(outcome: Outcome) -> list[Problem]:
    """Return the MOST most serious problems; one more tells how many are left out."""
    found = problems(outcome)
    if len(found) <= MOST:
        return found
    more = left_out(len(found) - MOST)
    return [*found[:MOST], Problem("left-out", Severity.WARNING, Location("", 1), more, (more,))]


def left_out(more: int) -> str:
    """Return the sentence about so many problems that a report does not show."""
    return f"{wording.count(more, 'less serious problem')} left out. Mend those told and run again."


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters; one that was cut ends in dots."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _failure(outcome: Outcome) -> Iterator[Problem]:
    """Yield why the run failed, unless the findings tell."""
    if outcome.failure and not outcome.findings:
        message = visible(outcome.failure.message)
        yield Problem("failure", Severity.ERROR, Location("", 1), message, ("failure",))


def _finding(finding: Finding) -> Problem:
    return Problem(
        rule="input",
        severity=finding.severity,
        at=_with_line(finding.at),
        summary=visible(wording.complaint(finding)),
        identity=("input", finding.at.path, finding.key),
    )


def _drift(change: FileChange, outcome: Outcome) -> Problem:
    rule, at = change.rule, _place(change)
    details = [*wording.details(change, outcome, _FIELDS)]
    if remedy := remedies.remedy(outcome):
        details.append(f"{remedy}: {outcome.fix}")
    return Problem(
        rule=rule,
        severity=Severity.WARNING if change.harmless else Severity.ERROR,
        at=at,
        summary=visible(wording.headline(change)),
        identity=(rule, change.path, *sorted(_differing(change))),
        details=tuple(map(visible, details)),
        output="" if at.path == change.path else change.path,
        change=change,
    )


def _displaced(displaced: Displaced, outcome: Outcome) -> Problem:
    change = displaced.change
    rule = f"displaced/{'adopted' if displaced.adopted else 'uncommitted'}"
    details = [
        *wording.details(change, outcome, _FIELDS),
        remedies.instead(displaced),
        remedies.getting_back(displaced),
    ]
    return Problem(
        rule=rule,
        severity=Severity.WARNING,
        at=_with_line(Location(change.path)),
        summary=visible(f"{change.path}: {remedies.displacement(displaced)}"),
        identity=(rule, change.path, *sorted(_differing(change))),
        details=tuple(visible(line) for line in details if line),
    )


def _cluster(view: ClusterView) -> Problem:
    rule = "cluster/removed" if view.state == "removed" else "cluster/added"
    return Problem(
        rule=rule,
        severity=Severity.ERROR,
        at=_with_line(Location(view.stack or view.directory)),
        summary=visible(wording.whole_cluster(view)),
        identity=(rule, view.directory),
    )


def _place(change: FileChange) -> Location:
    path = change.old_path
    if not change.kind.facts.checked_in or not path:
        asked = change.origin.at if change.origin else Location(change.stack or change.path)
        return _with_line(asked)
    return Location(path, _first_difference(change))


def _first_difference(change: FileChange) -> int:
    """Return the line of the checked-in file; masked texts have lines of their own."""
    if change.before is None or change.masked or change.link:
        return 1
    return max(first_difference(change.before, change.after), 1)


def _with_line(at: Location) -> Location:
    return at if at.line > 0 else Location(at.path, 1)


def _differing(change: FileChange) -> Iterator[str]:
    for each in change.objects:
        yield each.name
        yield from (f"{each.name}: {field.path}" for field in each.fields)


def _distinct(found: Iterable[Problem]) -> Iterator[Problem]:
    """Number the problems that are alike."""
    seen: Counter[tuple[str, ...]] = Counter()
    for each in found:
        seen[each.identity] += 1
        yield replace(each, identity=(*each.identity, str(seen[each.identity])))
