"""The picture for people: a tree of lines."""

from collections.abc import Iterator, Sequence

from kure_hooks.graphs import Graph, wording
from kure_hooks.safe_text import inert, visible
from kure_hooks.stack.outline import Part


def render(graphs: Sequence[Graph]) -> str:
    """Return a tree for each cluster below the name of its directory."""
    trees = ("".join(f"{inert(visible(line))}\n" for line in _lines(graph)) for graph in graphs)
    return "\n".join(trees) or f"{wording.NOTHING}\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield graph.directory
    yield from _tree(graph.cluster)


def _tree(part: Part) -> Iterator[str]:
    yield "  ".join(wording.sentence(part))
    for number, each in enumerate(part.parts, start=1):
        connector, below = ("└── ", "    ") if number == len(part.parts) else ("├── ", "│   ")
        first, *more = _tree(each)
        yield f"{connector}{first}"
        yield from (f"{below}{line}" for line in more)
