"""The two values of a field, written so that a person sees what differs."""

import json
from typing import Any

from kure_hooks.yamlio.scalars import is_plain_text

# A JSON null, since None stands for a side without the field.
NULL = object()

_LONGEST = 80


def side_by_side(old: Any, new: Any) -> tuple[str | None, str | None]:
    """Return both values as one line; None stands for a side that has none.

    What is long is cut to what is around the first difference. A text is quoted where it could be
    taken for a value of another type by some reader, unless the other side is a text as well, and
    where only blanks or line breaks differ.
    """
    before, after = _text(old, new), _text(new, old)
    if before and after and before.strip() == after.strip():
        before, after = _quoted(old), _quoted(new)
    start = _start(before or "", after or "")
    return before and _excerpt(before, start), after and _excerpt(after, start)


def _text(value: Any, other: Any) -> str | None:
    if value is None:
        return None
    if value is NULL:
        return "null"
    if not isinstance(value, str) or (not isinstance(other, str) and _is_mistakable(value)):
        return _quoted(value)
    return value.replace("\n", " ")


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_mistakable(text: str) -> bool:
    """Tell whether some reader of YAML could take a text, which is not empty, for another type."""
    return text[:1] in ("[", "{") or (text != "" and not is_plain_text(text))


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
