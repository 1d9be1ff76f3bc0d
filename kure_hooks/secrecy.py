"""Which names announce a secret."""

import re
from collections.abc import Sequence

HIDDEN = "(hidden)"

WORDS = (
    "passw|passphrase|token|secret|private|credential|bearer"
    "|(?:api|access|signing|account)[._-]?key"
)
_SECRET = re.compile(rf"{WORDS}|[._-]key$", re.IGNORECASE)
# What ends like this names something, or says how it is handled: `secretName`, `tokenPath`.
_HARMLESS = re.compile(
    r"(?:name|names|ref|refs|keyref|path|paths|file|url|uri|type|class|policy|mode|format|issuer"
    r"|namespace|seconds|period|interval|ttl|enabled|selector|size|count|limit|algorithm)$",
    re.IGNORECASE,
)
# A key may be as long as a file; a name is not.
_LONGEST = 320

# Of a Secret, whose kind may come behind them.
_DATA = ("data", "stringData")


def names_secret(name: str) -> bool:
    """Whether a key, or the name of a variable, is one whose value must not be shown."""
    return _SECRET.search(name) is not None and _HARMLESS.search(name) is None


def discreet(text: str, value: str, place: Sequence[str | int]) -> str:
    """Return a message without the value that it quotes, if that may be a secret.

    `place` is the path of keys to the value.
    """
    keys = [step for step in place if isinstance(step, str)]
    if any(key in _DATA for key in keys) or (keys and names_secret(keys[-1][-_LONGEST:])):
        return text.replace(value, HIDDEN)
    return text
