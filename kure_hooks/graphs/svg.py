"""The picture as an image that needs no other program.

Marks, texts and lines are each in the place that the sheet gives them.
"""

from collections.abc import Sequence
from itertools import accumulate
from xml.etree.ElementTree import Element, SubElement, tostring

from kure_hooks.graphs import Graph, wording
from kure_hooks.graphs.rows import Row, Table, table
from kure_hooks.graphs.sheet import CHAR, MARGIN, ROW, Sheet, sheet, wide
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

FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

# All colours have a contrast of at least 3:1 with white and with a dark page; text has none.
_ACCENT = "#d1570f"
_PALETTE = ("#4078c0", "#3f8f5f", "#8e63ce", "#a3781c", "#2a8c8c", "#c0567b")
_MARKS = {
    "cluster": "M-5-5h10v10h-10z",
    "node": "M-5-4h4l1.5 1.5h4.5v6.5h-10z",
    "bundle": "M0-5.5l4.8 2.75v5.5l-4.8 2.75l-4.8-2.75v-5.5z",
    "owner": "M0-5.5l4.8 2.75v5.5l-4.8 2.75l-4.8-2.75v-5.5z",
    "application": "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
}
_TO_MARK = 12
_SPACE = 6
_BEND = 4
# Lines leave a row below its middle and arrive above it.
_ASIDE = 4
_BASELINE = 4


def render(graphs: Sequence[Graph]) -> str:
    """Return a document with the clusters below each other, each below the name of its directory.

    It follows the reader's choice of a light or a dark scheme.
    """
    headings = [visible(graph.directory) for graph in graphs] or [wording.NOTHING]
    images = [element(graph.cluster) for graph in graphs]
    widths = [2 * MARGIN + wide(heading) for heading in headings]
    widths += [int(image.attrib["width"]) for image in images]
    heights = [ROW + int(image.attrib["height"]) for image in images] or [2 * ROW]
    document = _image(max(widths), sum(heights))
    _title(document, ", ".join(headings))
    SubElement(document, "style").text = _STYLE
    SubElement(document, "rect", _PAPER)
    tops = list(accumulate(heights, initial=0))
    for top, heading in zip(tops, headings, strict=False):
        _write(document, heading, MARGIN, top + ROW - MARGIN // 2, **{"font-weight": "bold"})
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
    root = _image(layout.width, layout.height)
    _title(root, wording.title(cluster))
    _branches(root, found, layout)
    for number, row in enumerate(found.rows):
        _part(root, layout, number, row)
    for number, name in enumerate(found.external, start=len(found.rows)):
        _external(root, layout, number, name)
    for waiting, needed in found.needs:
        _dependency(root, found, layout, waiting, needed)
    return root


def _image(width: int, height: int) -> Element:
    """Return an empty image; it takes the colour of the text around it."""
    return Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "kure-graph",
            "role": "img",
            "width": str(width),
            "height": str(height),
            "viewBox": f"0 0 {width} {height}",
            "font-family": FONT,
            "font-size": "13",
            "fill": "currentColor",
        },
    )


def _write(parent: Element, text: str, x: int, y: int, **more: str) -> None:
    """Add a text of which the middle line is at y."""
    SubElement(parent, "text", {"x": str(x), "y": str(y + _BASELINE), **more}).text = text


def _title(parent: Element, text: str) -> None:
    """Add a title, which a browser shows when the pointer rests on its parent."""
    SubElement(parent, "title").text = visible(text)


def _branches(parent: Element, table: Table, sheet: Sheet) -> None:
    """Add the lines of the tree."""
    drawn = [
        f"M{sheet.names[row.above] - _TO_MARK} {sheet.rows[row.above] + _SPACE}"
        f"V{sheet.rows[number]}H{sheet.names[number] - _TO_MARK - _SPACE}"
        for number, row in enumerate(table.rows)
        if row.above is not None
    ]
    look = {"fill": "none", "stroke": "currentColor", "stroke-opacity": "0.35"}
    look["shape-rendering"] = "crispEdges"
    SubElement(parent, "path", {"class": "kure-branches", "d": "".join(drawn), **look})


def _part(parent: Element, sheet: Sheet, number: int, row: Row) -> None:
    """Add a row of the tree."""
    texts = sheet.texts[number]
    classes = f"kure-part kure-{row.part.kind}{' kure-drifted' if texts.mark else ''}"
    group = SubElement(parent, "g", {"class": classes})
    _title(group, ", ".join(wording.sentence(row.part, texts.mark)))
    x, y = sheet.names[number], sheet.rows[number]
    if texts.mark:
        _band(group, y, sheet.ends[number])
    color = _ACCENT if texts.mark else "currentColor"
    SubElement(
        group,
        "path",
        {
            "d": _MARKS[row.part.kind],
            "transform": f"translate({x - _TO_MARK} {y})",
            "fill": color if texts.mark or row.above is None else "none",
            "stroke": color,
        },
    )
    _texts(group, sheet, number)


def _external(parent: Element, sheet: Sheet, number: int, name: str) -> None:
    """Add a row for a dependency that is elsewhere."""
    group = SubElement(parent, "g", {"class": "kure-external"})
    _title(group, f"{name} (external)")
    place = {
        "x": str(sheet.names[number] - CHAR),
        "y": str(sheet.rows[number] - 9),
        "width": str(wide(sheet.texts[number].name) + 2 * CHAR),
        "height": "18",
        "rx": "4",
    }
    look = {"fill": "none", "stroke": "currentColor", "stroke-opacity": "0.6"}
    SubElement(group, "rect", {**place, **look, "stroke-dasharray": "3 3"})
    _texts(group, sheet, number)


def _dependency(parent: Element, table: Table, sheet: Sheet, row: int, needed: int) -> None:
    """Add a line with an arrow from a row to the one that it waits for."""
    group = SubElement(parent, "g", {"class": "kure-dependency"})
    _title(group, f"{table.names[row]} after {table.names[needed]}")
    lane = sheet.lane(needed)
    start, leave = sheet.ends[row] + _SPACE, sheet.rows[row] + _ASIDE
    arrow, arrive = sheet.ends[needed] + _SPACE, sheet.rows[needed] - _ASIDE
    bend = _BEND if arrive > leave else -_BEND
    line = (
        f"M{start} {leave}H{lane - _BEND}Q{lane} {leave} {lane} {leave + bend}"
        f"V{arrive - bend}Q{lane} {arrive} {lane - _BEND} {arrive}H{arrow + _SPACE}"
    )
    color = _PALETTE[sheet.lanes[needed] % len(_PALETTE)]
    SubElement(group, "path", {"d": line, "fill": "none", "stroke": color, "stroke-width": "2"})
    SubElement(group, "path", {"d": f"M{arrow} {arrive}l7-3.5v7z", "fill": color})


def _band(parent: Element, y: int, end: int) -> None:
    place = {"x": str(MARGIN // 2), "y": str(y - ROW // 2 + 1), "height": str(ROW - 2), "rx": "4"}
    look = {"fill": _ACCENT, "fill-opacity": "0.13"}
    SubElement(parent, "rect", {**place, "width": str(end - MARGIN // 2 + 4), **look})


def _texts(parent: Element, sheet: Sheet, number: int) -> None:
    texts, y = sheet.texts[number], sheet.rows[number]
    _write(parent, texts.name, sheet.names[number], y)
    _write(parent, texts.kind, sheet.kinds, y, **{"font-size": "12", "fill-opacity": "0.7"})
    if texts.mark:
        _write(parent, texts.mark, sheet.marks, y, **{"font-size": "12", "font-weight": "bold"})
