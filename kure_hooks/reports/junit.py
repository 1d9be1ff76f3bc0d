"""JUnit XML, as the Jenkins xunit plugin defines it: a test case for each generated file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kure_hooks.drift.result import Displaced, FileChange
from kure_hooks.findings import Finding, Severity, Skipped
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import remedies, wording
from kure_hooks.reports.interface import Style
from kure_hooks.safe_text import inert_markup, visible

# So many fields of each object are told.
_FIELDS = 20


class Case(NamedTuple):
    """A test case; one without a verdict passed.

    The verdict is an element's name: `failure`, `error` or `skipped`.
    """

    name: str
    group: str
    verdict: str = ""
    kind: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


Suite = tuple[str, Sequence[Case]]


def render(outcome: Outcome, style: Style) -> str:
    """Return a test suite for each cluster, and one for findings and what was skipped.

    A test case is one file of a cluster, with its stack as the class. Warnings pass.
    """
    del style  # XML has no width
    suites = [*_general(outcome), *_clusters(outcome)]
    every = [case for _, cases in suites for case in cases]
    root = Element("testsuites", {"name": "kure-hooks"} | _counts(every))
    root.extend(_suite(name, cases) for name, cases in suites)
    indent(root)
    text = inert_markup(tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _general(outcome: Outcome) -> Iterator[Suite]:
    cases = [
        *map(_finding, outcome.findings),
        *map(_skipped, outcome.skipped),
        *map(_displaced, outcome.displaced),
    ]
    if outcome.failure and not cases:
        message = outcome.failure.message
        cases.append(Case("run", outcome.command, "error", "failure", message))
    if cases:
        yield outcome.command, cases


def _finding(finding: Finding) -> Case:
    name = f"{finding.at}: {finding.key}" if finding.key else str(finding.at)
    if finding.severity is Severity.WARNING:
        return Case(name, finding.at.path, lines=(f"warning: {wording.complaint(finding)}",))
    return Case(name, finding.at.path, "error", "input", wording.complaint(finding))


def _skipped(skipped: Skipped) -> Case:
    return Case(skipped.subject, "skipped", "skipped", "skipped", skipped.reason)


def _displaced(displaced: Displaced) -> Case:
    path = displaced.change.path
    words = (remedies.displacement(displaced), remedies.instead(displaced))
    lines = filter(None, (*words, remedies.getting_back(displaced)))
    return Case(
        path, displaced.change.directory, lines=tuple(f"displaced: {line}" for line in lines)
    )


def _clusters(outcome: Outcome) -> Iterator[Suite]:
    drifted = {directory: changes for directory, _, changes in wording.by_cluster(outcome)}
    known = {view.directory: view for view in outcome.clusters}
    for directory in sorted(known.keys() | drifted.keys()):
        view = known.get(directory, ClusterView(directory, ""))
        if view.state:
            yield directory, [_whole(view)]
            continue
        failed = [_drift(change, outcome) for change in drifted.get(directory, ())]
        others = set(view.files) - {case.name for case in failed}
        yield directory, sorted([*failed, *(Case(path, view.stack) for path in others)])


def _whole(view: ClusterView) -> Case:
    return Case(view.directory, view.stack, "failure", view.state, wording.whole_cluster(view))


def _drift(change: FileChange, outcome: Outcome) -> Case:
    return Case(
        change.path,
        change.stack or change.directory,
        "failure",
        change.kind,
        wording.headline(change),
        tuple(wording.details(change, outcome, _FIELDS)),
    )


def _suite(name: str, cases: Sequence[Case]) -> Element:
    skipped = str(sum(case.verdict == "skipped" for case in cases))
    suite = Element("testsuite", {"name": visible(name)} | _counts(cases) | {"skipped": skipped})
    suite.extend(map(_case, cases))
    return suite


def _case(case: Case) -> Element:
    names = {"classname": visible(case.group), "name": visible(case.name)}
    element = Element("testcase", names)
    text = "\n".join(map(visible, case.lines))
    if case.verdict:
        words = {"type": visible(case.kind), "message": visible(case.message)}
        SubElement(element, case.verdict, words).text = text
    elif text:
        SubElement(element, "system-out").text = text
    return element


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    verdicts = Counter(case.verdict for case in cases)
    return {
        "tests": str(len(cases)),
        "failures": str(verdicts["failure"]),
        "errors": str(verdicts["error"]),
    }
