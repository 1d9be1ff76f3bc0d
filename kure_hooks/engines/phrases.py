"""Phrases about objects of a cluster, in sentences of what controllers do with them."""

from collections.abc import Sequence

from kure_hooks.engines.applied import Applied
from kure_hooks.engines.effects import DATA
from kure_hooks.manifests import kind_of

# So many objects are named before the rest is counted.
_NAMED = 3


def data(item: Applied) -> str:
    """Return what is lost for good with an object, empty for most."""
    return DATA.get(kind_of(item.manifest), "")


def names(items: Sequence[Applied]) -> str:
    """Return the first objects by name, and the number of the rest."""
    told = [str(each.key) for each in items[:_NAMED]]
    if rest := len(items) - len(told):
        told.append(f"{rest} more")
    return ", ".join(told[:-1]) + " and " + told[-1] if len(told) > 1 else told[0]


def with_names(taken: Sequence[Applied]) -> str:
    """Return the number of objects that go along, with the names of those that hold data."""
    if not taken:
        return ""
    holders = [each for each in taken if data(each)]
    among = f" ({names(holders)} among them)" if holders else ""
    return f"the {counted(len(taken))} that it applied{among}"


def counted(number: int) -> str:
    """Return a number of objects; one is just the object."""
    return "object" if number == 1 else f"{number} objects"
