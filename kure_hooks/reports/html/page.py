"""The document around the sections, with its style, its script and what it forbids itself."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from importlib import resources
from xml.etree.ElementTree import Element, tostring

from kure_hooks.drift.kinds import Color, Kind
from kure_hooks.findings import Severity
from kure_hooks.graphs import svg
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, wording
from kure_hooks.reports.html import clusters, overview
from kure_hooks.reports.html.clusters import Shown
from kure_hooks.reports.html.differences import FILES
from kure_hooks.reports.html.elements import element, left_out, scrolling
from kure_hooks.reports.html.files import file
from kure_hooks.reports.model import Problems
from kure_hooks.safe_text import inert_markup

# A graph of more parts is no help to anybody, and slows the page down.
_PARTS = 2_000


def section(cluster: Shown, outcome: Outcome, entries: int) -> Element:
    """Return clusters with their files of `entries` on the page, or in a line that none differ."""
    title = f"{cluster.anchor}-title"
    return element(
        "section",
        element("h2", cluster.title, id=title),
        element("p", *_about(cluster, outcome), class_="about"),
        *(graph for view in cluster.graphs for graph in _graph(view, outcome)),
        *(file(problem, entries) for problem in cluster.drift[: cluster.files]),
        *([left_out(cluster.left_out, "file")] if cluster.left_out else []),
        id=cluster.anchor,
        class_="cluster",
        data_clusters="\n".join(view.directory for view in cluster.views),
        aria_labelledby=title,
    )


def displaced(problems: Problems) -> Iterator[Element]:
    """Yield a section of the files whose content was not committed, each with the way back."""
    shown, more = problems.displaced[:FILES], len(problems.displaced) - FILES
    if shown:
        title = f"Displaced ({len(problems.displaced)})"
        yield element(
            "section",
            element("h2", title, id="displaced"),
            *(file(problem, len(shown)) for problem in shown),
            *([left_out(more, "file")] if more > 0 else []),
            class_="cluster",
            aria_labelledby="displaced",
        )


def _about(cluster: Shown, outcome: Outcome) -> Iterator[str | Element]:
    files = wording.count(cluster.generated, "file")
    if cluster.stacks:
        yield element("code", cluster.stacks)
        yield ": "
    if cluster.state:
        yield f"the whole cluster is {cluster.state}, {files}"
    elif cluster.drift:
        yield f"{cluster.drifted} {wording.differing(outcome)}, {files} generated"
    else:
        yield f"{files}, in sync"


def _graph(view: ClusterView, outcome: Outcome) -> Iterator[Element]:
    outline = outcome.marked(view)
    if outline is None:
        return
    if len(outline) > _PARTS:
        text = f"The graph of {len(outline):,} parts is left out; kure-hooks graph draws it."
        yield element("p", text, class_="left-out")
        return
    name = f"Graph of {view.directory}"
    image = scrolling(name, svg.element(outline, wording.differing(outcome)))
    yield element("details", element("summary", name), image, class_="graph")


# The colours by the names that they have in the style.
_VARIABLES = {
    Color.RED: "minus-text",
    Color.AMBER: "amber",
    Color.GREEN: "plus-text",
    Color.VIOLET: "violet",
}
_SEVERITIES = {Severity.ERROR: Color.RED, Severity.WARNING: Color.AMBER}
_PLACE = "/* .kind: the colours of page.py */"


def render(problems: Problems, style: Style) -> str:
    """Return one page that loads nothing; its policy forbids it, and all but its own script."""
    del style  # the browser knows its width and colours
    page = element(
        "html",
        element("head", *_head(overview.verdict(problems))),
        element(
            "body",
            element("a", "Skip to the clusters", href="#main", class_="skip"),
            overview.header(problems),
            element("main", *_main(problems), id="main", tabindex="-1"),
        ),
        lang="en",
    )
    text = inert_markup(tostring(page, encoding="unicode", method="html"))
    return f"<!DOCTYPE html>\n{text}"


def _head(title: str) -> Iterator[Element]:
    style, script = _raw("style", "page.css"), _raw("script", "page.js")
    style.text = (style.text or "").replace(_PLACE, "\n".join(_colors()))
    policy = (
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    yield element("meta", charset="utf-8")
    yield element("meta", http_equiv="Content-Security-Policy", content="; ".join(policy))
    yield element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield element("meta", name="color-scheme", content="light dark")
    yield element("title", f"kure-hooks: {title}")
    yield style
    script.set("type", "module")  # so that it waits for the page
    yield script


def _main(problems: Problems) -> Iterator[Element]:
    shown = clusters.shown(problems)
    yield from overview.findings(problems)
    yield from overview.rollup(problems)
    yield from overview.table(shown, clusters.left_out(problems, shown))
    yield from overview.controls(problems)
    for cluster in shown:
        if cluster.files or not cluster.drift:
            yield section(cluster, problems.outcome, len(problems.entries))
    if more := sum(cluster.left_out for cluster in shown if not cluster.files):
        yield element("p", left_out(more, "file"))
    yield from displaced(problems)
    yield from overview.lists(problems)


def _colors() -> Iterator[str]:
    """Yield a line for each colour that the names of kinds and severities have; others are gray."""
    for color, variable in _VARIABLES.items():
        names = [str(kind) for kind in Kind if kind.facts.color is color]
        names += [str(severity) for severity in Severity if _SEVERITIES.get(severity) is color]
        classes = [f".{name}" for name in names]
        chosen = classes[0] if len(classes) == 1 else f":is({', '.join(classes)})"
        yield f".kind{chosen} {{ color: var(--{variable}); }}"


def _raw(tag: str, name: str) -> Element:
    """Return a file of this package as an element whose content is not escaped."""
    made = element(tag)
    made.text = resources.files("kure_hooks.reports.html").joinpath(name).read_text("utf-8")
    return made


def _digest(made: Element) -> str:
    digest = hashlib.sha256((made.text or "").encode()).digest()
    return f"sha256-{b64encode(digest).decode()}"
