"""Every way in which a value misses its type, worded for the person who wrote it.

msgspec stops at the first fault and knows no positions, so a value that it refused is walked once
more along the same types. A value that it accepts never gets here.
`salvage` returns what can be used of a refused one, so that checks across parts still see it.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import Struct, inspect

from kure_hooks.decoding.suggest import nearest
from kure_hooks.findings import Finding, of_rule
from kure_hooks.secrecy import discreet
from kure_hooks.yamlio import Document, Pointer, limits
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

_NAMES: dict[Any, str] = {
    inspect.StrType: "a string",
    inspect.IntType: "an integer",
    inspect.FloatType: "a number",
    inspect.BoolType: "true or false",
    inspect.NoneType: "null",
    inspect.DictType: "a mapping",
    inspect.StructType: "a mapping",
    inspect.ListType: "a list",
    inspect.VarTupleType: "a list",
}
_SHAPES = {
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    dict: "a mapping",
    list: "a list",
    type(None): "null",
}
_ACCEPTED: dict[Any, tuple[type, ...]] = {
    inspect.StrType: (str,),
    inspect.IntType: (int,),
    inspect.FloatType: (int, float),
    inspect.BoolType: (bool,),
    inspect.NoneType: (type(None),),
    inspect.DictType: (dict,),
    inspect.StructType: (dict,),
    inspect.ListType: (list,),
    inspect.VarTupleType: (list,),
    inspect.AnyType: (object,),
}

LOST: Any = object()
"""The answer for a value of which nothing can be used."""


def faults(document: Document, value: Any, wanted: Any, pointer: Pointer) -> list[Finding]:
    """Return what makes `value`, which stands at `pointer`, no value of the type `wanted`.

    These are the first `limits.FINDINGS` faults: nobody reads more before fixing some.
    """
    place = Place(document, pointer)
    found = list(islice(_walk(place, value, inspect.type_info(wanted)), limits.FINDINGS))
    return found or [place.fault("this value is not valid", rule="TY002")]


@of_rule("TY001")
def _walk(place: Place, value: Any, info: Any) -> Iterator[Finding]:
    info, described = unwrapped(info)
    accepting = [each for each in alternatives(info) if accepts(unwrapped(each)[0], value)]
    if not accepting:
        yield place.fault(f"this is {_SHAPES[type(value)]}", _expected(info, described))
        return
    inner, inner_description = unwrapped(accepting[0])
    yield from _inside(place, value, inner, inner_description or described)


@of_rule("TY002")
def _inside(place: Place, value: Any, info: Any, described: str) -> Iterator[Finding]:
    """Yield what is wrong with a value whose shape is right."""
    match info:
        case inspect.StructType():
            yield from _struct(place, value, info)
        case inspect.DictType():
            for key, item in value.items():
                yield from _dict_key(place.below(key), key, info.key_type)
                yield from _walk(place.below(key), item, info.value_type)
        case inspect.ListType() | inspect.VarTupleType():
            for index, item in enumerate(value):
                yield from _walk(place.below(index), item, info.item_type)
    if not within(value, info):
        subject = f'"{shown(value)}"' if isinstance(value, str) else _measure(value)
        problem = discreet(f"{subject} is not valid", subject, place.way)
        yield place.fault(problem, _expected(info, described))


def _struct(place: Place, value: dict[str, Any], info: inspect.StructType) -> Iterator[Finding]:
    fields = {field.encode_name: field for field in info.fields}
    for key, item in value.items():
        if key in fields:
            yield from _walk(place.below(key), item, fields[key].type)
        elif info.forbid_unknown_fields:
            expected = nearest(key, fields) or "Correct the key, or delete it."
            yield place.below(key).key_fault("unknown key", expected, rule="TY003")
    for key, field in fields.items():
        if field.required and key not in value:
            expected = _expected(*unwrapped(field.type))
            yield place.below(key).fault("this required key is missing", expected, rule="TY004")


@of_rule("TY002")
def _dict_key(place: Place, key: str, info: Any) -> Iterator[Finding]:
    info, described = unwrapped(info)
    if not within(key, info):
        expected = _expected(info, described)
        yield place.key_fault(f'the key "{shown(key)}" is not valid', expected)


def unwrapped(info: Any) -> tuple[Any, str]:
    """Return a type without its constraints, and the words that describe it."""
    if not isinstance(info, inspect.Metadata):
        return info, ""
    return info.type, (info.extra_json_schema or {}).get("description", "")


def alternatives(info: Any) -> tuple[Any, ...]:
    """Return the types of a union, and of the named unions among them."""
    inner, _ = unwrapped(info)
    if not isinstance(inner, inspect.UnionType):
        return (info,)
    return tuple(each for one in inner.types for each in alternatives(one))


def accepts(info: Any, value: Any) -> bool:
    """Tell whether a value has the shape of a type that is no union."""
    if isinstance(info, inspect.LiteralType):
        return isinstance(value, str)
    if isinstance(value, bool) and not isinstance(info, inspect.AnyType):
        return isinstance(info, inspect.BoolType)
    return isinstance(value, _ACCEPTED[type(info)])


def within(value: Any, info: Any) -> bool:
    """Tell whether a value of the right shape keeps to the constraints of its type."""
    if isinstance(info, inspect.LiteralType):
        return value in info.values
    size = value if isinstance(info, (inspect.IntType, inspect.FloatType)) else None
    length = len(value) if hasattr(value, "__len__") else None
    pattern = getattr(info, "pattern", None)
    return (
        _at_least(size, getattr(info, "ge", None))
        and _at_least(getattr(info, "le", None), size)
        and _at_least(length, getattr(info, "min_length", None))
        and _at_least(getattr(info, "max_length", None), length)
        and (pattern is None or re.search(pattern, value) is not None)
    )


def _at_least(size: Any, least: Any) -> bool:
    return size is None or least is None or size >= least


def _measure(value: Any) -> str:
    return f"{len(value)} entries" if isinstance(value, (dict, list)) else str(value)


def _expected(info: Any, described: str) -> str:
    if described:
        return described
    if isinstance(info, inspect.LiteralType):
        return f"one of {', '.join(map(str, info.values))}"
    if isinstance(info, inspect.UnionType):
        kinds = [each for each in info.types if not isinstance(each, inspect.NoneType)]
        return " or ".join(_expected(*unwrapped(each)) for each in kinds)
    return _NAMES.get(type(info), "a value")


def salvage(value: Any, wanted: type[Struct]) -> tuple[Any, bool]:
    """Return what `value` says of the msgspec type `wanted`, and whether all of it was usable.

    Unknown keys and refused values are left out: a field has its default then, an item of a list is
    None. LOST where a required field has no usable value.
    """
    lost: list[Any] = []
    found = _salvaged(value, inspect.type_info(wanted), lost)
    return found, not lost


def _salvaged(value: Any, info: Any, lost: list[Any]) -> Any:
    info, _ = unwrapped(info)
    accepting = [each for each in alternatives(info) if accepts(unwrapped(each)[0], value)]
    found = LOST if not accepting else _usable(value, unwrapped(accepting[0])[0], lost)
    if found is LOST:
        lost.append(value)
    return found


def _usable(value: Any, info: Any, lost: list[Any]) -> Any:
    """Return a value of the right shape without its unusable parts."""
    match info:
        case inspect.StructType():
            return _usable_fields(value, info, lost)
        case inspect.DictType():
            items = ((key, _salvaged(item, info.value_type, lost)) for key, item in value.items())
            keys = unwrapped(info.key_type)[0]
            return {key: item for key, item in items if item is not LOST and within(key, keys)}
        case inspect.ListType() | inspect.VarTupleType():
            parts = (_salvaged(item, info.item_type, lost) for item in value)
            return tuple(None if part is LOST else part for part in parts)
    return value if within(value, info) else LOST


def _usable_fields(value: dict[str, Any], info: inspect.StructType, lost: list[Any]) -> Any:
    fields: dict[str, Any] = {}
    for field in info.fields:
        if field.encode_name in value:
            found = _salvaged(value[field.encode_name], field.type, lost)
            if found is not LOST:
                fields[field.name] = found
        if field.required and field.name not in fields:
            return LOST
    return info.cls(**fields)
