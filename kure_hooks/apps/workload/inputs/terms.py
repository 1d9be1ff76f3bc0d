"""Words shared by all inputs: names, ports, quantities, and the base of every struct.

A description completes the sentence "expected ...".
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kure_hooks.decoding.types import LabelKey, Labels, LabelValue, ServiceName, whole

__all__ = ["LabelKey", "LabelValue", "Labels", "ServiceName"]


class Fields(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename="camel",
):
    """An object of the input: camelCase keys, unknown ones refused, unwritten ones not written."""


def _text(pattern: str, description: str, max_length: int | None = None) -> Meta:
    """Return the rule that the whole text has this pattern."""
    return Meta(pattern=whole(pattern), max_length=max_length, description=description)


_WORD = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

Text = Annotated[str, Meta(description="a string (put numbers, true and false in quotes)")]
Name = Annotated[
    str,
    _text(_WORD, "a name of at most 63 lower case letters, digits and inner '-'", 63),
]
ObjectName = Annotated[
    str,
    _text(
        rf"{_WORD}(\.{_WORD})*",
        "a name of at most 253 lower case letters, digits and inner '-' or '.'",
        253,
    ),
]
PortNumber = Annotated[
    int, Meta(ge=1, le=65535, description="a port number from 1 to 65535", examples=[8080])
]
PortName = Annotated[
    str,
    _text(
        "(?=[^\\n]*[a-z])[a-z0-9]+(-[a-z0-9]+)*",
        "a port name of at most 15 lower case letters, digits and inner '-', with a letter in it",
        15,
    ),
]
Port = Annotated[
    PortNumber | PortName,
    Meta(description="a port number from 1 to 65535 or the name of a port"),
]
Protocol = Literal["TCP", "UDP", "SCTP"]
Scheme = Literal["HTTP", "HTTPS"]

_QUANTITY = (
    "a quantity such as 500m, 2 or 64Mi, zero or more (put a decimal fraction in quotes: '0.5')"
)
Quantity = Annotated[
    Annotated[int, Meta(ge=0, description=_QUANTITY)]
    | Annotated[
        str,
        _text(
            r"\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?", _QUANTITY
        ),
    ],
    Meta(description=_QUANTITY, examples=["500m", "64Mi"]),
]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1, description="a whole number, zero or more")]
Positive = Annotated[int, Meta(ge=1, le=2**31 - 1, description="a whole number, one or more")]
Seconds = Annotated[
    int, Meta(ge=0, le=2**31 - 1, description="a whole number of seconds, zero or more")
]
SomeSeconds = Annotated[
    int, Meta(ge=1, le=2**31 - 1, description="a whole number of seconds, one or more")
]
CountOrPercent = Annotated[
    Count | Annotated[str, _text("[0-9]+%", "a percentage such as 25%")],
    Meta(description="a whole number or a percentage such as 25%"),
]
Identifier = Annotated[
    int, Meta(ge=0, le=2**31 - 1, description="a numeric user or group id, zero or more")
]
Annotations = dict[LabelKey, Text]
