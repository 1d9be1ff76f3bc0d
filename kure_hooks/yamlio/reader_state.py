"""The reader's notes on values that are not complete yet, and on anchors."""

from typing import Any, NamedTuple

# Stand-ins for keys whose value goes nowhere, or into the mapping itself.
DROPPED = object()
MERGE = object()


class Anchored(NamedTuple):
    """A complete value with an anchor, and what an alias of it adds to the limits."""

    value: Any
    nodes: int
    height: int


class Frame:
    """A container that is being filled; `step` is its key or index in the container around it."""

    __slots__ = (
        "anchor",
        "height",
        "key",
        "key_mark",
        "marks",
        "merge",
        "nodes_before",
        "step",
        "value",
    )

    def __init__(self, value: Any, anchor: str | None, step: Any, nodes_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.step = step
        self.nodes_before = nodes_before
        self.height = 1
        self.marks: dict[str | int, tuple[int, int, int, int]] = {}
        self.key: Any = None
        self.key_mark: Any = None
        self.merge: tuple[Any, Any] | None = None

    @property
    def wants_key(self) -> bool:
        """Tell whether the next node is a key."""
        return self.key is None and type(self.value) is dict

    @property
    def next_step(self) -> Any:
        """The key or index of the value that comes next, as far as it is known."""
        return len(self.value) if type(self.value) is list else self.key
