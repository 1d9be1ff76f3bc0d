"""What the loader needs to know of an application kind."""

from collections.abc import Iterator
from typing import Any, Protocol

from msgspec import Struct

from kure_hooks.yamlio import Pointer


class Kind(Protocol):
    """A kind of application document."""

    @property
    def Spec(self) -> type[Struct]:  # noqa: N802 - a module's class, seen through the protocol
        """The type that the document's `spec` decodes to."""
        ...

    def problems(self, spec: Any) -> Iterator[tuple[Pointer, str, str]]:
        """Yield what types can't tell: pointer inside `spec`, what is wrong, what is expected."""
        ...
