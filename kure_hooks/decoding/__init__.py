"""Positioned documents to typed values, or to every fault they have.

The field types are the whole contract: msgspec decodes them fast, `faults` words what it refused.
"""

from typing import TypeVar

import msgspec

from kure_hooks.decoding.faults import faults
from kure_hooks.decoding.suggest import nearest
from kure_hooks.errors import InputError
from kure_hooks.yamlio import Document, Pointer

__all__ = ["decode", "nearest"]

T = TypeVar("T")


def decode(document: Document, wanted: type[T], pointer: Pointer = ()) -> T:
    """Return the value at `pointer` as the msgspec type `wanted`.

    Raises InputError with every fault of that value: missing and unknown keys, wrong types, values
    outside an enumeration, a pattern or a range. Each finding names the key path from the
    document's root.
    """
    value = document.value
    for step in pointer:
        value = value[step]
    try:
        return msgspec.convert(value, wanted, strict=True)
    except msgspec.ValidationError as error:
        raise InputError(faults(document, value, wanted, pointer)) from error
