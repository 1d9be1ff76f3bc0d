"""Field types that several documents share, with the words that describe them in messages.

Each description completes the sentence `expected ...`.
"""

from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, structs

from kure_hooks.files.globs import LONGEST

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"

Name = Annotated[
    str,
    Meta(
        pattern=rf"^{_LABEL}\Z",
        max_length=63,
        description="a name of lower-case letters, digits and dashes (at most 63), such as web-1",
    ),
]
"""A DNS-1123 label: Kubernetes namespaces and names that become labels are no longer than that."""

ObjectName = Annotated[
    str,
    Meta(
        pattern=rf"^{_LABEL}(\.{_LABEL})*\Z",
        max_length=253,
        description="a name of lower-case letters, digits, dashes and dots (at most 253)",
    ),
]
"""A DNS-1123 subdomain, which most Kubernetes objects take as name."""

Duration = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+\Z",
        description="a duration such as 10m, 90s or 1h30m",
    ),
]
"""What both Go and the Flux CRDs (v2.9) take for a duration."""

Url = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9+.-]*://[^\s\x00-\x1f]+\Z|^[\w.-]+@[\w.-]+:[^\s\x00-\x1f]+\Z",
        description="a URL such as https://github.com/acme/fleet.git",
    ),
]

Text = Annotated[str, Meta(min_length=1, description="a text")]
Pattern = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        description=f"a path or pattern of at most {LONGEST} characters",
    ),
]
Patterns = Annotated[
    tuple[Pattern, ...], Meta(max_length=200, description="a list of at most 200 patterns")
]
"""Globs: so few and short that matching the paths of any repository takes no time."""
TextMap = dict[str, str]


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The base of everything that a person writes: unknown keys are faults."""


Options = TypeVar("Options", bound=Struct)


def layered(wanted: type[Options], *layers: Struct) -> Options:
    """Return `wanted` with each field from the first layer that sets it, else its default.

    The layers are Input structs with the same field names, where None means not set.
    """
    chosen: dict[str, Any] = {}
    for field in structs.fields(wanted):
        values = (getattr(layer, field.name) for layer in layers)
        value = next((each for each in values if each is not None), None)
        if value is not None:
            chosen[field.name] = value
    return wanted(**chosen)
