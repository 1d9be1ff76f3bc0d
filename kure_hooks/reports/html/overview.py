"""The start of the page: the result in a sentence, what to do, and the clusters as a table."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from xml.etree.ElementTree import Element

from msgspec import structs

from kure_hooks.drift.kinds import Kind
from kure_hooks.findings import Skipped
from kure_hooks.reports import wording
from kure_hooks.reports.html.clusters import Shown
from kure_hooks.reports.html.elements import element, left_out, scrolling
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import Fault
from kure_hooks.reports.rollup import Entry

# So many findings, and so many lines of each list, are on the page.
_MOST = 5_000

Item = TypeVar("Item")


def verdict(problems: Problems) -> str:
    """Return the result in a sentence."""
    outcome = problems.outcome
    clusters = wording.count(len(outcome.clusters), "cluster")
    files = wording.count(outcome.files, "file")
    if problems.drift or problems.clusters:
        return wording.totals(outcome)
    if outcome.written or outcome.removed:
        done = f"{len(outcome.written)} written, {len(outcome.removed)} removed"
        return f"{done}; {files} of {clusters} are now in sync."
    if outcome.failure:
        return f"The run failed: {outcome.failure.message.removesuffix('.')}."
    looked_at = f"{files} of {clusters}"
    if outcome.command in ("validate", "lint"):
        looked_at = wording.count(outcome.checked, "object")
    if outcome.errors:
        return f"{', '.join(wording.complaints(outcome))} in {looked_at}."
    return f"{', '.join([f'{looked_at}: {wording.clean(outcome)}', *wording.complaints(outcome)])}."


def header(problems: Problems) -> Element:
    """Return the title, and the command that fixes the drift."""
    outcome = problems.outcome
    content = [
        element("p", f"kure-hooks {outcome.command}", class_="command"),
        element("h1", verdict(problems)),
    ]
    if problems.drift:
        before, after = outcome.sides
        content.append(
            element("p", _sign("-"), f" {before}, ", _sign("+"), f" {after}", class_="sides")
        )
    if problems.advice:
        content.append(element("p", problems.advice))
    if problems.remedy:
        content.append(_fix(problems.remedy, outcome.fix))
    return element("header", *content)


def rollup(problems: Problems) -> Iterator[Element]:
    """Yield what matters of many files, a list for each chapter."""
    for title, entries in problems.chapters:
        yield from _list(title, entries, _fact)


def _fact(entry: Entry) -> Element:
    return element(
        "li", element("code", entry.words), " ", element("span", entry.where, class_="note")
    )


def table(clusters: Sequence[Shown], left_out: int) -> Iterator[Element]:
    """Yield the clusters with their counts, and a sentence about those left out."""
    if not clusters and not left_out:
        return
    found = {problem.change.kind for cluster in clusters for problem in cluster.drift}
    kinds = [kind for kind in Kind if kind in found]
    heading = ("cluster", "stack", "files", *kinds)
    content = [
        element("caption", "Clusters", class_="hidden-visually"),
        element("thead", element("tr", *(element("th", each, scope="col") for each in heading))),
        element("tbody", *(_row(each, kinds) for each in clusters)),
    ]
    yield element("h2", "Clusters")
    if clusters:
        yield scrolling("Clusters", element("table", *content, class_="clusters"))
    if left_out:
        yield element("p", f"{wording.count(left_out, 'cluster')} in sync, not shown.")


def findings(problems: Problems) -> Iterator[Element]:
    """Yield the findings, errors first."""
    if problems.has_groups:
        yield from _by_rule(problems)
        return
    worst_first = sorted(problems.findings, key=lambda each: each.severity.rank)
    title = "Findings" if problems.outcome.errors else "Warnings"
    yield from _list(title, worst_first, _finding)


def _by_rule(problems: Problems) -> Iterator[Element]:
    """Yield the findings of each rule, by what applies their objects."""
    room = _MOST
    for group in problems.by_rule:
        shown = group.faults[:room]
        room -= len(shown)
        if not shown:
            break
        yield element("h2", f"{group.heading} ({len(group.faults)})")
        for owner, faults in structs.replace(group, faults=shown).owners.items():
            if owner:
                yield element("h3", element("code", owner))
            yield element("ul", *map(_finding, faults), class_="list")
    if len(problems.findings) > _MOST:
        yield left_out(len(problems.findings) - _MOST, "line")


def lists(problems: Problems) -> Iterator[Element]:
    """Yield what was skipped, written and removed."""
    outcome = problems.outcome
    yield from _list("Skipped", outcome.skipped, _skipped)
    yield from _list("Schemas", [*wording.judges(outcome)], lambda line: element("li", line))
    for title, paths in (("Written", outcome.written), ("Removed", outcome.removed)):
        yield from _list(title, paths, lambda path: element("li", element("code", path)))


def controls(problems: Problems) -> Iterator[Element]:
    """Yield what filters the files; only the script of the page brings it to light."""
    if not problems.drift:
        return
    counts = Counter(problem.change.kind for problem in problems.drift)
    boxes = [_box(kind, f"{kind} {counts[kind]}") for kind in Kind if kind in counts]
    if risky := problems.outcome.risky:
        boxes.append(_box("", f"only with risks {risky}"))
    text = element("input", id="filter", type="search", autocomplete="off", spellcheck="false")
    yield element(
        "div",
        element("label", "Filter by path, object or field ", text, class_="text"),
        element("fieldset", element("legend", "Kinds", class_="hidden-visually"), *boxes),
        element(
            "div",
            element("output", id="count", aria_live="polite"),
            element("button", "Open all", type="button", id="open"),
            element("button", "Close all", type="button", id="close"),
        ),
        id="controls",
        role="search",
        hidden="",
    )


def _box(kind: str, label: str) -> Element:
    """Return a checkbox of a kind, or with none the one of the risks."""
    chosen = {"checked": "", "value": kind} if kind else {"id": "risky"}
    box = element("input", type="checkbox", **chosen)
    return element("label", box, f" {label}")


def _row(cluster: Shown, kinds: Sequence[Kind]) -> Element:
    counts = Counter(change.kind for problem in cluster.drift for change in problem.changes)
    name: list[str | Element] = [element("a", cluster.title, href=f"#{cluster.anchor}")]
    if cluster.state:
        name.append(f" {cluster.state}")
    numbers = (cluster.generated, *(counts[kind] for kind in kinds))
    return element(
        "tr",
        element("th", *name, scope="row"),
        element("td", cluster.stacks),
        *(element("td", str(each), class_="some" if each else "none") for each in numbers),
    )


def _sign(sign: str) -> Element:
    return element("span", sign, class_="minus" if sign == "-" else "plus")


def _fix(title: str, command: str) -> Element:
    button = element("button", "Copy", type="button", id="copy", hidden="")
    return element(
        "section",
        element("h2", title, id="fix-title"),
        element("pre", element("code", command, id="fix")),
        button,
        element("output", id="copied", aria_live="polite"),
        class_="fix",
        aria_labelledby="fix-title",
    )


def _list(title: str, items: Sequence[Item], shown: Callable[[Item], Element]) -> Iterator[Element]:
    """Yield a list of so many items as a page can bear, and how many there are."""
    if items:
        yield element("h2", f"{title} ({len(items)})")
        yield element("ul", *map(shown, items[:_MOST]), class_="list")
        if len(items) > _MOST:
            yield left_out(len(items) - _MOST, "line")


def _skipped(skipped: Skipped) -> Element:
    return element("li", element("code", skipped.subject), f": {skipped.reason}")


def _finding(problem: Fault) -> Element:
    finding = problem.finding
    content: list[str | Element] = [
        element("span", finding.severity, class_=f"kind {finding.severity}"),
        " ",
        element("code", str(finding.at)),
        f" {finding.key}: " if finding.key else " ",
        f"{finding.cited}: " if finding.cited else "",
        finding.message,
        wording.shared(finding),
    ]
    if finding.subject:
        content += [" ", element("code", finding.subject)]
    return element("li", *content)
