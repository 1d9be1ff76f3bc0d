"""The picture in the language of Graphviz."""

from collections.abc import Iterator, Sequence

from kure_hooks.graphs import Graph, wording
from kure_hooks.graphs.rows import table
from kure_hooks.safe_text import visible

_DEFAULTS = """\
  rankdir=LR;
  graph [fontname="Helvetica", fontsize=12, color="gray"];
  node [fontname="Helvetica", fontsize=12, shape=box];
  edge [fontname="Helvetica", fontsize=10];
"""
_LOOKS = {
    "cluster": "style=bold",
    "node": "shape=folder",
    "bundle": "shape=component",
    "owner": "shape=component",
    "application": 'style="rounded"',
}
_DEPENDENCY = 'style=dashed, label="after", constraint=false'
_DRIFTED = 'color="#c2410c", fontcolor="#c2410c", penwidth=2'


def render(graphs: Sequence[Graph]) -> str:
    """Return a digraph with a subgraph for each cluster."""
    lines = (line for number, graph in enumerate(graphs) for line in _cluster(number, graph))
    clusters = "".join(f"  {line}\n" for line in lines)
    nothing = "" if graphs else f"  label={_quoted(wording.NOTHING)};\n"
    return f"digraph stacks {{\n{_DEFAULTS}{clusters}{nothing}}}\n"


def _cluster(number: int, graph: Graph) -> Iterator[str]:
    id_ = f"c{number}"
    found = table(graph.cluster)
    yield f"subgraph cluster_{number} {{"
    yield f"  label={_quoted(graph.directory)};"
    for each, row in enumerate(found.rows):
        word = wording.mark(row.part)
        label = _quoted(wording.title(row.part), word)
        look = f"{_LOOKS[row.part.kind]}, {_DRIFTED}" if word else _LOOKS[row.part.kind]
        yield f"  {id_}n{each} [label={label}, {look}];"
    for each, name in enumerate(found.external, start=len(found.rows)):
        yield f"  {id_}n{each} [label={_quoted(name, 'external')}, style=dashed];"
    for each, row in enumerate(found.rows):
        if row.above is not None:
            yield f"  {id_}n{row.above} -> {id_}n{each} [arrowhead=none, color=gray];"
    for each, needed in found.needs:
        yield f"  {id_}n{each} -> {id_}n{needed} [{_DEPENDENCY}];"
    yield "}"


def _quoted(*lines: str) -> str:
    """Return a label; Graphviz reads escapes and HTML entities in it."""
    escaped = (
        visible(line)
        .replace("\\", r"\\")
        .replace('"', r"\"")
        .replace("&", "&amp;")
        .replace("##", "#&#35;")
        for line in lines
        if line
    )
    return '"' + r"\n".join(escaped) + '"'
