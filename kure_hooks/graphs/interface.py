"""The interface of pictures, and the things that they show."""

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
