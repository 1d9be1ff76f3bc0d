"""Options of an engine for clusters that leave them unset."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct, ValidationError, convert, structs, to_builtins

from kure_hooks.errors import UsageError
from kure_hooks.stack.model import Cluster

Options = TypeVar("Options", bound=Struct)

Defaults = Callable[[Cluster], Cluster]
"""A step that fills in options of a cluster."""


def checked(tool: str, wanted: type[Options], options: Options) -> Options:
    """Return options that a stack file could have as well; UsageError for others."""
    if not isinstance(options, wanted):
        found = type(options).__name__
        raise UsageError(f"The options of {tool} are a {found}. Give a {wanted.__name__}.")
    try:
        return convert(to_builtins(options), wanted)
    except ValidationError as error:
        raise UsageError(f"The options of {tool} are wrong: {error}") from error


def filled_in(cluster: Cluster, field: str, usual: Struct, options: Struct) -> Cluster:
    """Return a cluster with options in the place of those that it has at the tool's default.

    `field` is that of the cluster, `usual` the tool's own options.
    """
    before = getattr(cluster, field)
    chosen = {
        name: value
        for name in usual.__struct_fields__
        if (value := getattr(options, name)) is not None
        and getattr(before, name) == getattr(usual, name)
    }
    return structs.replace(cluster, **{field: structs.replace(before, **chosen)})
