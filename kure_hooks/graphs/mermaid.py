"""The picture as a Mermaid flowchart, which GitHub and GitLab draw inside Markdown."""

import re
from collections.abc import Iterator, Sequence

from kure_hooks.graphs import Graph, wording
from kure_hooks.graphs.rows import table
from kure_hooks.safe_text import visible

# Anything else could be syntax, Markdown, HTML or the start of an entity code.
_SPECIAL = re.compile(r"[^A-Za-z0-9 ./()-]")
_CLASSES = """\
  classDef drifted stroke:#c2410c,stroke-width:3px
  classDef external stroke-dasharray:4
"""
_SHAPES = {
    "cluster": "[[{}]]",
    "node": "[{}]",
    "bundle": "({})",
    "owner": "({})",
    "application": "([{}])",
}


def render(graphs: Sequence[Graph]) -> str:
    """Return a flowchart with a subgraph for each cluster, in the syntax of Mermaid 11.

    Mermaid by itself refuses more than 500 edges or 50,000 characters, and so do GitHub and GitLab.
    """
    lines = (line for number, graph in enumerate(graphs) for line in _cluster(number, graph))
    clusters = "".join(f"  {line}\n" for line in lines)
    nothing = "" if graphs else f"  nothing[{_quoted(wording.NOTHING)}]\n"
    return f"flowchart LR\n{clusters}{nothing}{_CLASSES}"


def _cluster(number: int, graph: Graph) -> Iterator[str]:
    id_ = f"c{number}"
    found = table(graph.cluster)
    yield f"subgraph {id_}[{_quoted(graph.directory)}]"
    yield "  direction LR"
    for each, row in enumerate(found.rows):
        word = wording.mark(row.part)
        shape = _SHAPES[row.part.kind].format(_quoted(wording.title(row.part), word))
        yield f"  {id_}n{each}{shape}{':::drifted' if word else ''}"
    for each, name in enumerate(found.external, start=len(found.rows)):
        yield f"  {id_}n{each}[{_quoted(name, 'external')}]:::external"
    for each, row in enumerate(found.rows):
        if row.above is not None:
            yield f"  {id_}n{row.above} --- {id_}n{each}"
    for each, needed in found.needs:
        yield f"  {id_}n{each} -. after .-> {id_}n{needed}"
    yield "end"


def _quoted(*lines: str) -> str:
    escaped = (_SPECIAL.sub(_entity, visible(line)) for line in lines if line)
    return f'"{"<br/>".join(escaped)}"'


def _entity(match: re.Match[str]) -> str:
    """Return an entity code; Mermaid knows the quotation mark's best by its name."""
    return "#quot;" if match[0] == '"' else f"#{ord(match[0])};"
