"""The usable parts of a value that was refused, so that checks across parts still see them."""

from typing import Any

from msgspec import Struct, inspect

from kure_hooks.decoding.faults import accepts, alternatives, unwrapped, within

LOST: Any = object()
"""The answer for a value of which nothing can be used."""


def salvage(value: Any, wanted: type[Struct]) -> tuple[Any, bool]:
    """Return what `value` says of the msgspec type `wanted`, and whether all of it was usable.

    Unknown keys and refused values are left out: a field has its default then, an item of a list is
    None. LOST where a required field has no usable value.
    """
    lost: list[Any] = []
    found = _any(value, inspect.type_info(wanted), lost)
    return found, not lost


def _any(value: Any, info: Any, lost: list[Any]) -> Any:
    info, _ = unwrapped(info)
    accepting = [each for each in alternatives(info) if accepts(unwrapped(each)[0], value)]
    found = LOST if not accepting else _shaped(value, unwrapped(accepting[0])[0], lost)
    if found is LOST:
        lost.append(value)
    return found


def _shaped(value: Any, info: Any, lost: list[Any]) -> Any:
    """Return a value of the right shape without its unusable parts."""
    match info:
        case inspect.StructType():
            return _struct(value, info, lost)
        case inspect.DictType():
            items = ((key, _any(item, info.value_type, lost)) for key, item in value.items())
            keys = unwrapped(info.key_type)[0]
            return {key: item for key, item in items if item is not LOST and within(key, keys)}
        case inspect.ListType() | inspect.VarTupleType():
            parts = (_any(item, info.item_type, lost) for item in value)
            return tuple(None if part is LOST else part for part in parts)
    return value if within(value, info) else LOST


def _struct(value: dict[str, Any], info: inspect.StructType, lost: list[Any]) -> Any:
    fields: dict[str, Any] = {}
    for field in info.fields:
        if field.encode_name in value:
            found = _any(value[field.encode_name], field.type, lost)
            if found is not LOST:
                fields[field.name] = found
        if field.required and field.name not in fields:
            return LOST
    return info.cls(**fields)
