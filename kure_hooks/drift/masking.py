"""Hide secrets in both sides of a comparison before anything reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kure_hooks.drift.paths import merge_key
from kure_hooks.files.globs import matches_segment
from kure_hooks.manifests import same
from kure_hooks.secrecy import HIDDEN, HIDDEN_CHANGE
from kure_hooks.secrecy.assignments import KEPT, NAMES, VALUES
from kure_hooks.secrecy.places import OPEN
from kure_hooks.secrecy.secret_names import LONGEST, is_secret, names_secret, secret_children
from kure_hooks.secrecy.shapes import PRIVATE_PARTS, is_secret_at
from kure_hooks.secrecy.texts import holds_secret, scrub, scrub_lines

# What tools remember of an object: all of it, as text.
_REMEMBERED = frozenset(
    (
        "kubectl.kubernetes.io/last-applied-configuration",
        "kapp.k14s.io/original",
        "objectset.rio.cattle.io/applied",
    )
)
# Of a schema, what could be a value of the property that it describes.
_EXAMPLES = frozenset(("default", "example", "examples", "const", "enum"))
# A text without any of these is looked at more closely; escapes could spell such a word.
_SIGNS = ("pass", "token", "secret", "private", "credential", "key", "sops", "last-applied", "\\")


def is_suspicious(text: str) -> bool:
    """Tell whether the text of a file could hold anything that has to be hidden; cautious."""
    lower = text.lower()
    return any(sign in lower for sign in _SIGNS) or holds_secret(text)


@dataclass(frozen=True)
class Mask:
    """Hides secrets; `reveal` are patterns for keys that look secret and are not.

    Hidden are the data of every Secret, also of one inside of another object or text, SOPS metadata
    and what SOPS encrypted, what kubectl applied last, the values of keys that name a password,
    token, secret or private key (also of environment variables and options, and inside longer
    texts), private keys, certificates, logins and tokens that are known by their shape. Names of
    and references to objects are shown, and so are the data of a SealedSecret.
    """

    reveal: tuple[str, ...] = ()

    def __call__(self, name: str) -> bool:
        """Tell whether the value of a key is shown although its name is that of a secret."""
        return len(name) <= LONGEST and any(
            matches_segment(pattern, name) for pattern in self.reveal
        )

    def hide(self, manifest: Any, other: Any, *, second: bool, secret: bool = False) -> Any:
        """Return an object with everything secret hidden; `other` is its counterpart or None.

        In the second of two sides a value that is not that of the first is hidden as changed:
        that it changed is shown, but neither its length nor a hash. With `secret` it is treated as
        a Secret whatever its kind.
        """
        if not isinstance(manifest, dict):
            return _Place(self, second=second, secret=secret).hide(manifest, other)
        secret = secret or is_secret(manifest) or is_secret(other)
        place = _Place(self, second=second, root=True, kind=str(manifest.get("kind")))
        return place.mapping(manifest, other, secret=secret)


class _Absent:
    """The counterpart of what only one side has."""


_ABSENT = _Absent()


@dataclass(frozen=True)
class _Place:
    """A place in an object and what is above it; only that of the whole object is the `root`.

    `parent` is the nearest secret name above, `secret` says that everything here is one. In a
    `schema` keys are names of properties, and `key` is that of this place. What is `sealed` only
    its cluster can read. `kind` is that of the whole object.
    """

    reveals: Mask
    second: bool
    root: bool = False
    key: str = ""
    parent: str = ""
    secret: bool = False
    schema: bool = False
    sealed: bool = False
    kind: str = ""

    def hide(self, value: Any, other: Any) -> Any:
        """Return a value with its secrets hidden."""
        if isinstance(value, dict):
            return self.mapping(value, other, secret=is_secret(value) or is_secret(other))
        if isinstance(value, list):
            return self._list(value, other)
        if self.secret or (self.parent and self._could_be_secret(value)):
            return self._hidden(value, other)
        if isinstance(value, str) and not self.sealed:
            return scrub(value, self._counterpart(other, value), self.reveals)
        return value

    def mapping(self, value: Mapping[str, Any], other: Any, *, secret: bool) -> dict[str, Any]:
        """Return a mapping with its secrets hidden; `secret` for one that is a Secret."""
        counter = other if isinstance(other, dict) else {}
        announced = any(self._announces(value.get(name)) for name in value if name in NAMES)
        below = secret_children(self.parent, value) if self.parent else frozenset()
        shown: dict[str, Any] = {}
        for key, item in value.items():
            place = replace(self, root=False, key=key)
            if (secret and key not in OPEN) or key in _REMEMBERED or (self.root and key == "sops"):
                place = replace(place, secret=True)
            elif self.sealed or (self.kind == "SealedSecret" and key == "encryptedData"):
                place = replace(place, sealed=True)
            elif self.schema or key == "openAPIV3Schema":
                example = key in _EXAMPLES and names_secret(self.key)
                place = replace(place, schema=True, parent=self.key if example else "")
            elif self._is_secret(key, value) or (announced and key in VALUES):
                place = replace(place, parent=key)
            elif self.parent and key not in below and not isinstance(item, (dict, list)):
                place = replace(place, parent="")
            shown[self._key(key, shown)] = place.hide(item, counter.get(key, _ABSENT))
        return shown

    def _is_secret(self, key: str, siblings: Mapping[str, Any]) -> bool:
        # An ExternalSecret says at which key of the Secret it puts what it refers to.
        names_key = key == "secretKey" and "remoteRef" in siblings
        item = siblings[key]
        by_value = isinstance(item, str) and is_secret_at(key, item)
        of_a_jwk = key in PRIVATE_PARTS and "kty" in siblings
        return (
            (by_value or of_a_jwk or names_secret(key)) and not names_key and not self.reveals(key)
        )

    def _announces(self, name: Any) -> bool:
        return isinstance(name, str) and names_secret(name) and not self.reveals(name)

    def _list(self, value: list[Any], other: Any) -> list[Any]:
        scrubbed = not (self.secret or self.parent or self.sealed)
        if scrubbed and value and _are_texts(value):
            others = other if isinstance(other, list) and _are_texts(other) else value
            return scrub_lines(value, others if self.second else None, self.reveals)
        return [self.hide(item, counterpart) for item, counterpart in _items(value, other)]

    def _could_be_secret(self, value: Any) -> bool:
        if value is None or isinstance(value, bool):
            return False
        return not (isinstance(value, str) and KEPT.fullmatch(value))

    def _hidden(self, value: Any, other: Any) -> str:
        known = other is not _ABSENT and other is not None
        differs = not same(value, other)
        return HIDDEN_CHANGE if self.second and known and differs else HIDDEN

    def _counterpart(self, other: Any, value: str) -> str | None:
        if not self.second:
            return None
        return other if isinstance(other, str) else value

    def _key(self, key: str, taken: Mapping[str, Any]) -> str:
        """Return a key without secrets, told apart from others that hide the same way."""
        shown = scrub(key, None, self.reveals) if len(key) > len(HIDDEN) else key
        number = 1
        while shown != key and shown in taken:
            number += 1
            shown = f"{HIDDEN} {number}"
        return shown


def _are_texts(items: list[Any]) -> bool:
    return all(isinstance(item, str) for item in items)


def _items(value: list[Any], other: Any) -> Iterator[tuple[Any, Any]]:
    """Yield items and their counterparts; items of lists that merge by a key pair by that key."""
    counter = other if isinstance(other, list) else []
    key = merge_key(value)
    if key is None or merge_key(counter) != key:
        for index, item in enumerate(value):
            yield item, counter[index] if index < len(counter) else _ABSENT
        return
    known = {str(item[key]): item for item in counter}
    for item in value:
        yield item, known.get(str(item[key]), _ABSENT)
