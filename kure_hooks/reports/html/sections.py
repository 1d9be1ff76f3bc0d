"""The section of a cluster: its stack as a graph and the files that drifted."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from kure_hooks.graphs import svg
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import wording
from kure_hooks.reports.html.clusters import Shown
from kure_hooks.reports.html.differences import FILES
from kure_hooks.reports.html.elements import element, left_out, scrolling
from kure_hooks.reports.html.files import file
from kure_hooks.reports.model import Problems

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
