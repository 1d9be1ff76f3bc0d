"""What must never be shown: hidden in both sides of a comparison before anything reads them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from kure_hooks.drift.keyed import merge_key
from kure_hooks.manifests import same
from kure_hooks.secrecy import HIDDEN, WORDS, names_secret

HIDDEN_CHANGE = "(hidden, changed)"

# `password: x`, `TOKEN=x`, `--client-secret=x` in a script, a configuration file or a comment.
_ASSIGNMENT = re.compile(
    rf"""(?P<name>[\w.-]*(?:{WORDS})[\w.-]*)(?P<sign>["']?\s*(?:[:=]\s*|\s(?=["']))["']?)"""
    r"(?P<value>[^\s\"'][^\n]*)",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_PEM = re.compile(
    r"-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)[A-Z ]*-----.*?(?:-----END [A-Z ]+-----|\Z)",
    re.DOTALL,
)
_ENCRYPTED = re.compile(r"ENC\[[^\]]*\]?")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# A text without any of these holds nothing that is hidden below; escapes could spell such a word.
_SIGNS = (
    *("passw", "passphrase", "token", "secret", "private", "credential", "bearer", "key"),
    *("@", "-----begin", "enc[", "sops", "last-applied", "\\"),
)


def is_suspicious(text: str) -> bool:
    """Whether the text of a file could hold anything that has to be hidden; quick, and cautious."""
    lower = text.lower()
    return any(sign in lower for sign in _SIGNS)


@dataclass(frozen=True)
class Mask:
    """Hides secrets; `reveal` are patterns for keys that look secret and are not.

    Hidden are the data of every Secret, SOPS metadata and what SOPS encrypted, what kubectl applied
    last, values of keys that name a password, token, secret or private key (also of environment
    variables, and inside longer texts), private keys, certificates and logins in URLs. Names of and
    references to objects are shown.
    """

    reveal: tuple[str, ...] = ()

    def hide(self, manifest: Any, other: Any, *, second: bool) -> Any:
        """Return an object with everything secret hidden; `other` is its counterpart or None.

        In the second of two sides a value that is not that of the first is hidden as changed:
        that it changed is shown, but neither its length nor a hash.
        """
        kind = manifest.get("kind") if isinstance(manifest, dict) else None
        return self._hide(manifest, other, (), _Side(kind == "Secret", second))

    def _hide(self, value: Any, other: Any, path: tuple[str, ...], side: "_Side") -> Any:
        if isinstance(value, dict):
            counter = other if isinstance(other, dict) else {}
            return {
                key: self._hide(each, counter.get(key, _ABSENT), (*path, key), side)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [
                self._hide(each, counterpart, (*path, step), side)
                for step, each, counterpart in _items(value, other)
            ]
        if self._is_secret(value, path, of_secret=side.of_secret):
            return side.hidden(value, other)
        if isinstance(value, str):
            return side.scrubbed(value, other if isinstance(other, str) else None)
        return value

    def _is_secret(self, value: Any, path: Sequence[str], *, of_secret: bool) -> bool:
        if of_secret and path[:1] and path[0] in ("data", "stringData"):
            return True
        if path[:1] == ("sops",) or _LAST_APPLIED in path:
            return True
        if value is None or isinstance(value, bool):
            return False
        named = [step for step in path if not step.startswith("[")]
        if not named:
            return False
        owner = path[-2][1:-1] if named[-1] == "value" and path[-2:-1] else named[-1]
        if any(fnmatchcase(owner, pattern) for pattern in self.reveal):
            return False
        return names_secret(owner)


_ABSENT = object()


@dataclass(frozen=True)
class _Side:
    """Where a value is: whether in a Secret, and on which of the two sides."""

    of_secret: bool
    second: bool

    def hidden(self, value: Any, other: Any) -> str:
        compared = self.second and other is not _ABSENT and other is not None
        return HIDDEN_CHANGE if compared and not same(value, other) else HIDDEN

    def scrubbed(self, text: str, other: str | None) -> str:
        if not is_suspicious(text):
            return text
        return scrub(text, other if other is not None and self.second else text)


def scrub(text: str, other: str) -> str:
    """Return a text in which whatever looks like a secret is hidden.

    Where `other` doesn't have the same line or key, it is hidden as changed.
    """
    text = _PEM.sub(lambda match: HIDDEN if match[0] in other else HIDDEN_CHANGE, text)
    known = set(other.split("\n"))
    lines = text.split("\n")
    return "\n".join(_scrub(line, HIDDEN if line in known else HIDDEN_CHANGE) for line in lines)


def _scrub(line: str, mark: str) -> str:
    line = _LOGIN.sub(mark, _ENCRYPTED.sub(mark, line))
    return _ASSIGNMENT.sub(lambda match: _unassigned(match, mark), line)


def _unassigned(match: re.Match[str], mark: str) -> str:
    if not names_secret(match["name"]):
        return match[0]
    return f"{match['name']}{match['sign']}{mark}"


def _items(value: list[Any], other: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield step, item and counterpart; items of lists that merge by a key pair by that key."""
    counter = other if isinstance(other, list) else []
    key = merge_key(value)
    if key is None or merge_key(counter) != key:
        for index, each in enumerate(value):
            step = f"[{each[key]}]" if key else f"[{index}]"
            yield step, each, counter[index] if index < len(counter) else _ABSENT
        return
    known = {str(each[key]): each for each in counter}
    for each in value:
        yield f"[{each[key]}]", each, known.get(str(each[key]), _ABSENT)
