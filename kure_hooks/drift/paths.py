"""The paths of fields in objects, and how they are written: `spec.containers[web].image`.

In a report a path is text. Only this module knows how it is read again.
"""

import re

from msgspec import Struct

# Also a quoted key is in brackets: such a path is compared by what is outside of all of them.
_BRACKETS = re.compile(r"\[[^]]*+\]?+")
_STEP = re.compile(r'\["([^"]*+)"?+\]?+|\[[^]]*+\]?+|[^].[]++')


class ListKey(Struct, frozen=True):
    """The place of an item in a list: the value of its merge key, the item of a set, or a number.

    It prints itself, such as `[web]`. No key of a mapping is equal to it.
    """

    name: str

    def __str__(self) -> str:
        return f"[{self.name}]"


Step = str | ListKey
FieldPath = tuple[Step, ...]


def path_text(path: FieldPath) -> str:
    """Return a path as people write it; keys that could be read as something else are quoted."""
    text = ""
    for step in path:
        if isinstance(step, ListKey):
            text += str(step)
        elif "." in step or (step.startswith("[") and step.endswith("]")):
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def steps(text: str) -> tuple[str, ...]:
    """Return the steps of a path's text; those of lists keep their brackets: `[web]`."""
    return tuple(match[1] or match[0] for match in _STEP.finditer(text))


def tail(text: str) -> str:
    """Return the end of a path that says enough in a sentence, such as `containers[web].image`."""
    parts = steps(text)
    start = len(parts) - 1
    while start > 0 and (parts[start].startswith("[") or parts[start - 1].startswith("[")):
        start -= 1
    texts = (part if part.startswith("[") else f".{part}" for part in parts[start:])
    return "".join(texts).removeprefix(".")


def without_keys(text: str) -> str:
    """Return the text of a path without the keys of lists: `spec.containers[].image`."""
    return _BRACKETS.sub("[]", text)


def is_within(text: str, whole: str) -> bool:
    """Tell whether a field is another one or below it; an empty path is the whole object."""
    return not whole or text == whole or text.startswith((f"{whole}.", f"{whole}["))
