"""The functions of templates for lists and mappings (Go 1.26, sprig 3.3)."""

from collections.abc import Sequence
from typing import Any

from kure_hooks.gitops.templating.signatures import Entries
from kure_hooks.gitops.templating.values import (
    MOST_ITEMS,
    MOST_TEXT,
    TemplateError,
    Texts,
    UnknownError,
    ascii_text,
    bounded,
    is_empty,
    size,
    text,
    too_long,
)


def _index(value: Any, *steps: Any) -> Any:
    for step in steps:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step, "" if isinstance(value, Texts) else None)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        elif isinstance(value, str):
            message = "takes a byte of a text in its template, which is not followed here"
            raise UnknownError(message)
        else:
            message = "has an index in its template at which there is nothing"
            raise TemplateError(message)
    return value


def _slice(value: Any, *ends: Any) -> Any:
    if not isinstance(value, str | list):
        message = "cuts a value that is no list and no text in its template"
        raise TemplateError(message)
    value = ascii_text(value) if isinstance(value, str) else value
    start = ends[0] if ends else 0
    end = ends[1] if ends[1:] else len(value)
    if ends[2:] or not all(isinstance(place, int) for place in (start, end)):
        message = "cuts a list in its template in a way that is not followed here"
        raise UnknownError(message)
    if not 0 <= start <= end <= len(value):
        message = "cuts a list or a text outside of it in its template"
        raise TemplateError(message)
    return value[start:end]


def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, dict | list):
        return len(value)
    message = "asks for the length of a value that has none in its template"
    raise TemplateError(message)


def _split(separator: str, value: str) -> list[str]:
    return value.split(separator) if separator else bounded(value)


def _numbered(parts: Sequence[str]) -> Texts:
    return Texts({f"_{index}": part for index, part in enumerate(parts)})


def _split_some(separator: str, count: int, value: str) -> Texts:
    if count <= 0 or not separator:
        message = "splits a text in its template in a way that is not followed here"
        raise UnknownError(message)
    return _numbered(value.split(separator, count - 1))


def _texts(value: Any) -> list[str]:
    """Return the texts of a list, without null; a single value is a list of one."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [text(item) for item in items if item is not None]


def _join(separator: str, value: Any) -> str:
    texts = _texts(value)
    if len(separator) * len(texts) > MOST_TEXT:
        raise too_long()
    return separator.join(texts)


def _dict(*pairs: Any) -> dict[str, Any]:
    size(*pairs[::2])
    values = [*pairs[1::2], ""] if len(pairs) % 2 else pairs[1::2]
    return {text(key): value for key, value in zip(pairs[::2], values, strict=True)}


def _pick(mapping: dict[str, Any], *keys: str) -> dict[str, Any]:
    names = set(keys)
    return {key: item for key, item in mapping.items() if key in names}


def _omit(mapping: dict[str, Any], *keys: str) -> dict[str, Any]:
    names = set(keys)
    return {key: item for key, item in mapping.items() if key not in names}


def _has(item: Any, items: Any) -> bool:
    if items is None:
        return False
    if not isinstance(items, list):
        message = "looks for an item in a value that is no list in its template"
        raise TemplateError(message)
    return any(type(other) is type(item) and other == item for other in items)


def _dig(*arguments: Any) -> Any:
    *keys, usual, value = arguments
    if not isinstance(value, dict) or isinstance(value, Texts):
        message = "digs in a value that is no mapping in its template"
        raise TemplateError(message)
    for key in keys:
        if not isinstance(value, dict) or isinstance(value, Texts):
            message = "digs in a value that is no mapping in its template"
            raise TemplateError(message)
        if key not in value:
            return usual
        value = value[key]
    return value


def _until(count: int) -> list[int]:
    if abs(count) > MOST_ITEMS:
        message = f"makes a list of more than {MOST_ITEMS:,} values in its template"
        raise UnknownError(message)
    return list(range(0, count, -1 if count < 0 else 1))


def _unique(items: list[Any]) -> list[Any]:
    unique: dict[tuple[type, Any], Any] = {}
    for item in items:
        unique.setdefault(_frozen(item), item)
    return [*unique.values()]


def _without(items: list[Any], *others: Any) -> list[Any]:
    frozen = set(map(_frozen, others))
    return [item for item in items if _frozen(item) not in frozen]


def _frozen(value: Any) -> tuple[type, Any]:
    """Return what is equal for the same values, and can be a key."""
    return type(value), _key(value)


def _key(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((name, _key(item)) for name, item in value.items())
    return (list, *map(_key, value)) if isinstance(value, list) else value


LISTS: Entries = {
    "index": ("aa*", _index),
    "slice": ("aa*", _slice),
    "len": ("a", _len),
    "split": ("ss", lambda separator, value: _numbered(_split(separator, value))),
    "splitn": ("sis", _split_some),
    "splitList": ("ss", _split),
    "join": ("sw", _join),
    "sortAlpha": ("w", lambda value: sorted(_texts(value), key=str.encode)),
    "list": ("a*", lambda *items: list(items)),
    "tuple": ("a*", lambda *items: list(items)),
    "dict": ("a*", _dict),
    "get": ("ms", lambda mapping, key: mapping.get(key, "")),
    "hasKey": ("ms", lambda mapping, key: key in mapping),
    "pick": ("ms*", _pick),
    "omit": ("ms*", _omit),
    "dig": ("aaa*", _dig),
    "first": ("l", lambda items: items[0] if items else None),
    "last": ("l", lambda items: items[-1] if items else None),
    "rest": ("l", lambda items: items[1:]),
    "initial": ("l", lambda items: items[:-1]),
    "has": ("ww", _has),
    "append": ("la", lambda items, item: [*items, item]),
    "prepend": ("la", lambda items, item: [item, *items]),
    "concat": ("l*", lambda *lists: [item for items in lists for item in items]),
    "compact": ("l", lambda items: [item for item in items if not is_empty(item)]),
    "reverse": ("l", lambda items: items[::-1]),
    "uniq": ("L", _unique),
    "without": ("Lw*", _without),
    "until": ("i", _until),
}
"""The functions with their signatures."""
