"""Pictures of clusters: each format is a module with one function from graphs to text."""

import importlib
from collections.abc import Sequence

from kure_hooks.graphs.interface import Graph, Picture

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
