"""The two values of a field, written so that a person sees what differs."""

import json
import re
from typing import Any

# A JSON null, since None stands for a side without the field.
NULL = object()

_LONGEST = 80

# Texts that would look like a number, a boolean, a null or a collection.
_MISTAKABLE = re.compile(r"[-+.0-9eE]+|true|false|null|[\[{].*", re.DOTALL)


def side_by_side(old: Any, new: Any) -> tuple[str | None, str | None]:
    """Return both values as one line; None stands for a side that has none.

    What is long is cut to what is around the first difference. A text is quoted where it could be
    taken for a value of another type, and the other side is one.
    """
    before, after = _text(old, new), _text(new, old)
    start = _start(before or "", after or "")
    return before and _excerpt(before, start), after and _excerpt(after, start)


def _text(value: Any, other: Any) -> str | None:
    if value is None:
        return None
    if value is NULL:
        return "null"
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    differ = other is not None and not isinstance(other, str)
    if differ and _MISTAKABLE.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return value.replace("\n", " ")


def _start(before: str, after: str) -> int:
    """Return where to begin so that the first difference is seen, with what is before it."""
    pairs = enumerate(zip(before, after, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    most = max(len(before), len(after)) - _LONGEST
    return max(min(first - _LONGEST // 2, most), 0)


def _excerpt(text: str, start: int) -> str:
    head = "..." if start else ""
    tail = "..." if len(text) > start + _LONGEST else ""
    return f"{head}{text[start + len(head) : start + _LONGEST - len(tail)]}{tail}"
