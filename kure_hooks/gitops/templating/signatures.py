"""The signatures of functions in templates: a call that Go refuses fails before it is made."""

from collections.abc import Callable, Mapping
from typing import Any

from kure_hooks.gitops.templating.values import MISSING, TemplateError, Texts

Function = Callable[..., Any]

Entries = Mapping[str, tuple[str, Function]]
"""Functions with their signatures.

A signature has a letter for each parameter: `s` is a text, `i` an int, `b` a bool, `m` a
`map[string]any`, `l` a list, `a` anything. A star at the end stands for any number of the last.
"""

_ACCEPTED: Mapping[str, Callable[[Any], bool]] = {
    "s": lambda value: isinstance(value, str),
    "i": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "b": lambda value: isinstance(value, bool),
    "m": lambda value: isinstance(value, dict) and not isinstance(value, Texts),
    "l": lambda value: isinstance(value, list),
    "a": lambda value: isinstance(value, object),  # anything is
}


def signed(name: str, signature: str, function: Function) -> Function:
    """Return a function that looks at its arguments first; TemplateError where Go refuses them."""
    letters = signature.removesuffix("*")
    least = len(letters) - (letters != signature)

    def call(*arguments: Any) -> Any:
        if len(arguments) < least or (letters == signature and len(arguments) > least):
            message = f"calls {name} with {len(arguments)} arguments in its template"
            raise TemplateError(message)
        values = [None if value is MISSING else value for value in arguments]
        for index, value in enumerate(values):
            if not _ACCEPTED[letters[min(index, len(letters) - 1)]](value):
                message = f"calls {name} with a value of another type in its template"
                raise TemplateError(message)
        return function(*values)

    return call
