"""Pictures of clusters: each format is a module with one function from graphs to text."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kure_hooks.stack.outline import Part


@dataclass(frozen=True)
class Graph:
    """A cluster with its directory."""

    directory: str
    cluster: Part


class Picture(Protocol):
    """A format."""

    def __call__(self, graphs: Sequence[Graph]) -> str:
        """Return one picture of all clusters, ending with a newline."""
        ...


GRAPHS = {
    "dot": "for Graphviz",
    "mermaid": "for Markdown on GitHub and GitLab",
    "svg": "an image for the browser",
    "text": "for people",
}


def render(name: str, graphs: Sequence[Graph]) -> str:
    """Return the picture in one of the formats of GRAPHS; only its module is loaded."""
    picture: Picture = importlib.import_module(f"kure_hooks.graphs.{name}").render
    return picture(graphs)
