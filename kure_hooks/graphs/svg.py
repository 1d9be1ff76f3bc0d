"""The picture as an image that needs no other program."""

from collections.abc import Sequence
from itertools import accumulate
from xml.etree.ElementTree import Element, SubElement, tostring

from kure_hooks.graphs import drawing, wording
from kure_hooks.graphs.interface import Graph
from kure_hooks.graphs.rows import table
from kure_hooks.graphs.sheet import MARGIN, ROW, sheet, wide
from kure_hooks.safe_text import inert_markup, visible
from kure_hooks.stack.outline import Part

_STYLE = """
svg { color: #1f2328; }
.kure-paper { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg { color: #e6edf3; }
  .kure-paper { fill: #0d1117; }
}
"""
_PAPER = {"class": "kure-paper", "width": "100%", "height": "100%", "fill": "#ffffff"}


def render(graphs: Sequence[Graph]) -> str:
    """Return a document with the clusters below each other, each below the name of its directory.

    It follows the reader's choice of a light or a dark scheme.
    """
    headings = [visible(graph.directory) for graph in graphs] or [wording.NOTHING]
    images = [element(graph.cluster) for graph in graphs]
    widths = [2 * MARGIN + wide(heading) for heading in headings]
    widths += [int(image.attrib["width"]) for image in images]
    heights = [ROW + int(image.attrib["height"]) for image in images] or [2 * ROW]
    document = drawing.image(max(widths), sum(heights))
    drawing.title(document, ", ".join(headings))
    SubElement(document, "style").text = _STYLE
    SubElement(document, "rect", _PAPER)
    tops = list(accumulate(heights, initial=0))
    for top, heading in zip(tops, headings, strict=False):
        drawing.write(document, heading, MARGIN, top + ROW - MARGIN // 2, **{"font-weight": "bold"})
    for top, each in zip(tops, images, strict=False):
        each.set("y", str(top + ROW))
        document.append(each)
    return f"{inert_markup(tostring(document, encoding='unicode'))}\n"


def element(cluster: Part, drifted: str = wording.DRIFTED) -> Element:
    """Return an image of a cluster that can stand in a page, any number of times.

    `drifted` is the word for the parts that differ.

    It has no ids and no styles but presentation attributes, so that a page may forbid inline
    styles, and takes the colour of the text around it. For a page's own style there are the classes
    kure-graph, kure-part, kure-cluster, kure-node, kure-bundle, kure-application, kure-drifted,
    kure-external, kure-dependency and kure-branches.
    """
    found = table(cluster)
    layout = sheet(found, drifted)
    root = drawing.image(layout.width, layout.height)
    drawing.title(root, wording.title(cluster))
    drawing.branches(root, found, layout)
    for number, row in enumerate(found.rows):
        drawing.part(root, layout, number, row)
    for number, name in enumerate(found.external, start=len(found.rows)):
        drawing.external(root, layout, number, name)
    for waiting, needed in found.needs:
        drawing.dependency(root, found, layout, waiting, needed)
    return root
