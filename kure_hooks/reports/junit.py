"""JUnit XML, as the Jenkins xunit plugin defines it: a test case for each generated file."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kure_hooks.findings import Severity, Skipped
from kure_hooks.outcome import ClusterView
from kure_hooks.reports import Style
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import Fault, FileProblem, Problem, WholeCluster
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


def render(problems: Problems, style: Style) -> str:
    """Return a test suite for each cluster, and one for findings and what was skipped.

    A test case is one file of a cluster, with its stack as the class. Warnings and infos pass.
    """
    del style  # XML has no width
    suites = [*_general(problems), *_clusters(problems)]
    every = [case for _, cases in suites for case in cases]
    root = Element("testsuites", {"name": "kure-hooks"} | _counts(every))
    root.extend(_suite(name, cases) for name, cases in suites)
    indent(root)
    text = inert_markup(tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _general(problems: Problems) -> Iterator[Suite]:
    command = problems.outcome.command
    cases = [
        *map(_finding, problems.findings),
        *map(_skipped, problems.outcome.skipped),
        *map(_displaced, problems.displaced),
    ] or [
        Case("run", command, "error", problem.rule, problem.sentence)
        for problem in problems.failures
    ]
    if cases:
        yield command, cases


def _finding(problem: Fault) -> Case:
    finding = problem.finding
    name = f"{finding.at}: {finding.key}" if finding.key else str(finding.at)
    lines = tuple(problem.objects(_FIELDS))
    if problem.severity is not Severity.ERROR:
        return Case(
            name, finding.at.path, lines=(f"{problem.severity}: {problem.sentence}", *lines)
        )
    return Case(name, finding.at.path, "error", problem.rule, problem.sentence, lines)


def _skipped(skipped: Skipped) -> Case:
    return Case(skipped.subject, "skipped", "skipped", "skipped", skipped.reason)


def _displaced(problem: FileProblem) -> Case:
    told = (problem.note(), *problem.objects(_FIELDS), *problem.advice)
    lines = tuple(f"displaced: {line}" for line in told)
    return Case(problem.path, problem.change.directory, lines=lines)


def _clusters(problems: Problems) -> Iterator[Suite]:
    drifted: defaultdict[str, list[FileProblem]] = defaultdict(list)
    for problem in problems.drift:
        drifted[problem.change.directory].append(problem)
    known = {view.directory: view for view in problems.outcome.clusters}
    whole = {cluster.view.directory: cluster for cluster in problems.clusters}
    for directory in sorted(known.keys() | drifted.keys()):
        if directory in whole:
            yield directory, [_whole(whole[directory])]
            continue
        view = known.get(directory, ClusterView(directory, ""))
        failed = [_drift(problem) for problem in drifted.get(directory, ())]
        others = set(view.files) - {case.name for case in failed}
        yield directory, sorted([*failed, *(Case(path, view.stack) for path in others)])


def _whole(problem: WholeCluster) -> Case:
    view = problem.view
    return _case_of(problem, view.directory, view.stack, view.state)


def _drift(problem: FileProblem) -> Case:
    change = problem.change
    return _case_of(problem, change.path, change.stack or change.directory, problem.word)


def _case_of(problem: Problem, name: str, group: str, kind: str) -> Case:
    """Return a case that fails, or passes where the change is meant so."""
    lines = tuple(problem.objects(_FIELDS))
    if problem.severity is Severity.INFO:
        return Case(name, group, lines=(problem.sentence, *lines))
    return Case(name, group, "failure", kind, problem.sentence, lines)


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
