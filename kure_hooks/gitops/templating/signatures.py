"""The signatures of functions in templates: a call that Go refuses fails before it is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kure_hooks.gitops.templating.values import (
    MISSING,
    MOST_ITEMS,
    MOST_TEXT,
    Budget,
    TemplateError,
    Texts,
    UnknownError,
    too_long,
)

Function = Callable[..., Any]

Entries = Mapping[str, tuple[str, Function]]
"""Functions with their signatures.

A signature has a letter for each parameter: `s` is a text, `i` an int, `b` a bool, `m` a
`map[string]any`, `l` a list, `a` anything. `y` is a text that is read as YAML or JSON, `w`
anything and `L` a list that the function looks at as a whole, as those do that write it. A star at
the end stands for any number of the last.
"""

_MADE = "made"
READING = 4
"""Reading a character of YAML takes so much longer than copying one."""

_ACCEPTED: Mapping[str, Callable[[Any], bool]] = {
    "s": lambda value: isinstance(value, str),
    "i": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "b": lambda value: isinstance(value, bool),
    "m": lambda value: isinstance(value, dict) and not isinstance(value, Texts),
    "l": lambda value: isinstance(value, list),
    "a": lambda value: isinstance(value, object),  # anything is
    "w": lambda value: isinstance(value, object),
    "L": lambda value: isinstance(value, list),
    "y": lambda value: isinstance(value, str),
}


def signed(name: str, signature: str, function: Function) -> Function:
    """Return a function that looks at its arguments first; TemplateError where Go refuses them.

    Its own first argument is the Budget from which it takes what its arguments and its result
    amount to. UnknownError where that is more than a template may have at once.
    """
    letters = signature.removesuffix("*")
    least = len(letters) - (letters != signature)

    def call(budget: Budget, *arguments: Any) -> Any:
        if len(arguments) < least or (letters == signature and len(arguments) > least):
            message = f"calls {name} with {len(arguments)} arguments in its template"
            raise TemplateError(message)
        values = [None if value is MISSING else value for value in arguments]
        named = [letters[min(index, len(letters) - 1)] for index in range(len(values))]
        for letter, value in zip(named, values, strict=True):
            if not _ACCEPTED[letter](value):
                message = f"calls {name} with a value of another type in its template"
                raise TemplateError(message)
        _count(budget, named, values)
        made = function(*values)
        _count(budget, (_MADE,), (made,))
        return made

    return call


def _count(budget: Budget, letters: Sequence[str], values: Sequence[Any]) -> None:
    """Take values from the budget; UnknownError where they are too many, or too long."""
    characters, items, whole = 0, 0, []
    for letter, value in zip(letters, values, strict=True):
        if letter in "wL":
            whole.append(value)
        elif isinstance(value, str):
            characters += len(value) * (READING if letter == "y" else 1)
            if len(value) > MOST_TEXT:
                raise too_long()
        elif isinstance(value, dict | list) and letter != "a":  # an `a` is only handed on
            items += len(value)
    budget.spend(characters, values=items)
    budget.weigh(*whole)
    if items > MOST_ITEMS:
        message = f"makes a list of more than {MOST_ITEMS:,} values in its template"
        raise UnknownError(message)
