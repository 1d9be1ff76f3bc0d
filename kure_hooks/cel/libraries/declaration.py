"""The declaration of a function in Python."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

_MARK = "\x01"


class Function(Struct, frozen=True):
    """A function or a method with one list of parameters.

    `parameters` and `result` are names of types as cel-expr-python has them: STRING, INT. The
    implementation raises ValueError for an argument that it can't take.
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    call: Callable[..., Any]
    is_method: bool = False

    @property
    def identifier(self) -> str:
        """The name of the overload."""
        kind = "method" if self.is_method else "function"
        return "_".join((kind, self.name, *self.parameters)).lower()


def tagged(kind: str, text: str) -> str:
    """Return a value of a type of Kubernetes."""
    return f"{_MARK}{kind}{_MARK}{text}"


def untagged(kind: str, value: str) -> str:
    """Return the text in a value of a type; raise ValueError for a value of another."""
    start = f"{_MARK}{kind}{_MARK}"
    if not value.startswith(start):
        raise ValueError("no such overload")
    return value[len(start) :]


def text_of(value: str) -> str:
    """Return the text in a value of any type, and any other text as it is."""
    return value.rpartition(_MARK)[2] if value.startswith(_MARK) else value
