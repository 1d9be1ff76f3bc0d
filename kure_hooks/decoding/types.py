"""Field types that several documents share, with the words that describe them in messages.

Each description completes the sentence `expected ...`.
"""

from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, structs

from kure_hooks.files.globs import LONGEST


def whole(pattern: str) -> str:
    r"""Return the pattern of a whole string, the same to Python and to the ECMA-262 of editors.

    `$` alone lets Python's strings end with a line break, and ECMA-262 reads `\Z` as a letter. For
    the same reason a pattern has `[^\n]` in the place of a dot, and no `\w`, `\d` or `\s`.
    """
    return rf"^(?:{pattern})$(?!\n)"


_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
# Neither white space nor control characters, whichever of them a language counts among `\s`.
_VISIBLE = r"[^\s\x00-\x1f\x7f-\x9f\ufeff]"

Name = Annotated[
    str,
    Meta(
        pattern=whole(_LABEL),
        max_length=63,
        description="a name of lower-case letters, digits and dashes (at most 63), such as web-1",
        examples=["web-1"],
    ),
]
"""A DNS-1123 label: Kubernetes namespaces and names that become labels are no longer than that."""

ObjectName = Annotated[
    str,
    Meta(
        pattern=whole(rf"{_LABEL}(\.{_LABEL})*"),
        max_length=253,
        description="a name of lower-case letters, digits, dashes and dots (at most 253)",
        examples=["web.example"],
    ),
]
"""A DNS-1123 subdomain, which most Kubernetes objects take as name."""

# At most four numbers of so many digits, hours among them once, are below the 2^63 nanoseconds that
# Go counts to, and none of so many decimals is rounded to nothing.
_MINUTES = r"[0-9]{1,7}(\.[0-9]{1,9})?m|[0-9]{1,9}(\.[0-9]{1,9})?s|[0-9]{1,12}(\.[0-9]{1,6})?ms"
_HOURS = rf"(?![^h]*h[^h]*h)([0-9]{{1,6}}(\.[0-9]{{1,9}})?h|{_MINUTES}){{1,4}}"
_NOT_ZERO = r"(?=[^1-9]*[1-9])"

ServiceName = Annotated[
    str,
    Meta(
        pattern=whole(r"[a-z]([-a-z0-9]*[a-z0-9])?"),
        max_length=63,
        description="a name of at most 63 lower case letters, digits and inner '-' that begins "
        "with a letter",
        examples=["web"],
    ),
]
"""A DNS-1035 label, which the name of a Service is."""

_LABEL_TEXT = (
    "a string of at most 63 letters, digits and inner '-', '_' or '.' (put numbers in quotes)"
)
LabelKey = Annotated[
    str,
    Meta(
        pattern=whole(rf"({_LABEL}(\.{_LABEL})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"),
        max_length=317,
        description="a key such as app or example.com/team",
        examples=["example.com/team"],
    ),
]
LabelValue = Annotated[
    str,
    Meta(
        pattern=whole("([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"),
        max_length=63,
        description=_LABEL_TEXT,
        examples=["shop"],
    ),
]
Labels = dict[LabelKey, LabelValue]
Annotations = dict[LabelKey, str]

_VARIABLE_VALUE = r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?|(?=[^\n]*\$\{)[^\n]*"
ObjectLabels = dict[
    LabelKey,
    Annotated[
        str,
        Meta(pattern=whole(_VARIABLE_VALUE), description=_LABEL_TEXT),
    ],
]
"""Labels whose values may have variables, because objects get them before these are replaced."""

Duration = Annotated[
    str,
    Meta(
        pattern=whole(_NOT_ZERO + _HOURS),
        description="a duration above zero such as 10m, 90s or 1h30m",
        examples=["10m", "1h30m"],
    ),
]
"""What both Go and the Flux CRDs (v2.9) take for a duration, and controllers for one to wait.

An interval of zero never comes again, and a timeout of zero is over at once (Flux 2.9).
"""

SourceTimeout = Annotated[
    str,
    Meta(
        pattern=whole(rf"{_NOT_ZERO}({_MINUTES}){{1,4}}"),
        description="a duration above zero without hours, such as 90s or 2m",
        examples=["90s"],
    ),
]

# A host as Go reads it, or a variable that is replaced before; a port is one of 16 bits.
_HOST = r"([^\s/?#@:\[\]<>{}|\\^`\x22]|\$\{[^\s{}/?#@\[\]]*\})+|\[[0-9A-Fa-f:.]+\]"
_PORT = r"[1-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_AUTHORITY = rf"([^\s/?#@\[\]]*@)?({_HOST})(:({_PORT}))?"

Url = Annotated[
    str,
    Meta(
        pattern=whole(
            rf"(?!ssh:)[a-z][a-z0-9+.-]*://{_AUTHORITY}([/?#]{_VISIBLE}*)?|file:///{_VISIBLE}*"
            # The path of scp behind a host is no port, and is what people mean: see `address`.
            rf"|ssh://([^\s/?#@\[\]]*@)?({_HOST})(:[^\s/?#@\[\]]*)?([/?#]{_VISIBLE}*)?"
            rf"|[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:{_VISIBLE}+"
        ),
        description="a URL such as https://github.com/acme/fleet.git",
        examples=["https://github.com/acme/fleet.git"],
    ),
]

Text = Annotated[str, Meta(min_length=1, description="a string")]
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


def key_of(wanted: type[Struct], field: str) -> str:
    """Return the key in a file that a field of a type is written as."""
    (key,) = (each.encode_name for each in structs.fields(wanted) if each.name == field)
    return key


def layered(wanted: type[Options], *layers: Struct) -> Options:
    """Return `wanted` with each field from the first layer that sets it, else its default.

    The layers are Input structs with the same field names, where None means not set.
    """
    chosen: dict[str, Any] = {}
    for name in wanted.__struct_fields__:
        values = (getattr(layer, name) for layer in layers)
        value = next((each for each in values if each is not None), None)
        if value is not None:
            chosen[name] = value
    return wanted(**chosen)
