"""What must never be shown: decided by where a value stands and what it looks like."""

import re
from collections.abc import Sequence
from typing import Any

HIDDEN = "(hidden)"

_SENSITIVE_KEY = re.compile(r"passw|token|secret|private|credential|api_?key", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:name|ref|names|refs|key|keyref|secretname)\]?$", re.IGNORECASE)
_SENSITIVE_TEXT = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|ENC\[|://[^/\s:@]+:[^/\s@]+@")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_hidden(kind: str, path: Sequence[str], value: Any) -> bool:
    """Whether a value at a path of an object of this kind may be a secret.

    Hidden are the data of every Secret, SOPS documents, what stands under a key that names a
    password, token, secret or private key (names of and references to objects excepted), private
    keys and URLs with a password.
    """
    if kind == "Secret" and path[:1] and path[0] in ("data", "stringData"):
        return True
    if path[:1] == ("sops",) or _LAST_APPLIED in path:
        return True
    if path and _SENSITIVE_KEY.search(path[-1]) and not _REFERENCE.search(path[-1]):
        return True
    if path[-1:] == ("value",) and any(_SENSITIVE_KEY.search(part) for part in path[:-1]):
        return True
    return _holds_secret(value)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_SENSITIVE_KEY.search, value)) or any(map(_holds_secret, value.values()))
    if isinstance(value, list):
        return any(map(_holds_secret, value))
    return isinstance(value, str) and _SENSITIVE_TEXT.search(value) is not None
