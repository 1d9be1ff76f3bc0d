"""Names that announce a secret, and secrets inside texts: neither must ever be shown."""

from collections.abc import Sequence
from typing import Any

HIDDEN = "(hidden)"
HIDDEN_CHANGE = "(hidden, changed)"

Way = Sequence[tuple[Any, Any]]
"""The containers around a value from the outermost on, each with the key or index that leads on."""


def way_to(pointer: Sequence[str | int], value: Any) -> Way:
    """Return the containers around what is at a pointer of a value, each with the next step."""
    way = []
    for step in pointer:
        way.append((value, step))
        value = value[step] if len(way) < len(pointer) else None
    return tuple(way)


def discreet(text: str, value: str, way: Way, *, complete: bool = True) -> str:
    """Return a message without the value that it quotes, if that may be a secret.

    That follows from the object that the value is part of and from the keys that lead to it. An
    object that is not `complete` may be told a Secret by what comes later.
    """
    from kure_hooks.secrecy.places import may_be_secret  # noqa: PLC0415 - only for faults

    return text.replace(value, HIDDEN) if may_be_secret(way, complete=complete) else text
