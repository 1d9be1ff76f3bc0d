"""Places in objects at which a secret is to be expected."""

from collections.abc import Mapping
from typing import Any

from kure_hooks.secrecy import Way
from kure_hooks.secrecy.assignments import NAMES, VALUES
from kure_hooks.secrecy.secret_names import SECRET_DATA, is_secret, names_secret, secret_children
from kure_hooks.secrecy.shapes import PRIVATE_PARTS, is_secret_at

OPEN = frozenset(("apiVersion", "kind", "metadata", "type", "immutable", "status"))
"""The keys of a Secret whose values are shown."""

# Who has one of these and no kind is an object of an unknown kind.
_OF_OBJECTS = ("apiVersion", "metadata")


def may_be_secret(way: Way, *, complete: bool) -> bool:
    """Tell whether a value must not be shown because of where it is.

    It is part of a Secret, or of the `data` of what has no kind, or a key that leads to it names a
    secret, or what is beside it does: the name of a variable, the option before an argument.
    """
    parent = ""
    for at, (container, step) in enumerate(way):
        if not isinstance(container, dict):
            if _is_argument(container, step):
                return True
            continue
        if is_secret(container) and step not in OPEN:
            return True
        if step in SECRET_DATA and _is_of_unknown_kind(way[: at + 1], complete=complete):
            return True
        if isinstance(step, str):
            parent = _secret_name(container, step, parent)
    return bool(parent)


def _secret_name(container: Mapping[str, Any], step: str, parent: str) -> str:
    """Return the secret name that the value at a key belongs to; empty without one."""
    announced = step.lower() in VALUES and any(
        isinstance(name, str) and names_secret(name)
        for name in (container.get(key) for key in NAMES)
    )
    value = container.get(step)
    by_value = isinstance(value, str) and is_secret_at(step, value)
    of_a_jwk = "kty" in container and step in PRIVATE_PARTS
    if names_secret(step) or announced or by_value or of_a_jwk:
        return step
    return parent if parent and step in secret_children(parent, {*container, step}) else ""


def _is_argument(container: Any, step: Any) -> bool:
    if not (isinstance(container, list) and isinstance(step, int) and step > 0):
        return False
    option = container[step - 1]
    return isinstance(option, str) and option.startswith("-") and names_secret(option.lstrip("-"))


def _is_of_unknown_kind(way: Way, *, complete: bool) -> bool:
    """Tell whether nothing tells the kind of the object that has `data`: the last of the way.

    What is no object itself belongs to the nearest one around it.
    """
    for container, _ in reversed(way):
        if isinstance(container, dict):
            if isinstance(container.get("kind"), str):
                return False
            if not complete or any(key in container for key in _OF_OBJECTS):
                return True
    return True
