"""Names of properties as expressions write them (k8s.io/apiserver 0.36, pkg/cel/escaping.go)."""

import re
from functools import lru_cache

RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_IDENTIFIER = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*+", re.ASCII)
_SPECIAL = re.compile(r"__|[-./]")
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}


@lru_cache(maxsize=4096)
def escaped(name: str) -> str | None:
    """Return a property's name as an identifier, None for one that expressions can't reach."""
    if name in RESERVED:
        return f"__{name}__"
    if not _IDENTIFIER.fullmatch(name):
        return None
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], name)
