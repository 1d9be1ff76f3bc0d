"""Kubernetes objects as plain mappings, their identity and their order of keys."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, json, structs

Manifest = dict[str, Any]

Kind = tuple[str, str]
"""Group and kind; the core group is empty."""

CLAIM: Mapping[str, str] = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
"""The keys that the API server adds to each claim template of a StatefulSet that lacks them."""


class Identity(Struct, frozen=True, order=True):
    """The identity of an object for Flux and Argo CD; the version is no part of it."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {name}"


def identity(manifest: Mapping[str, Any]) -> Identity:
    """Return the identity of an object that has apiVersion, kind and metadata.name."""
    group, slash, _ = manifest["apiVersion"].partition("/")
    metadata = manifest["metadata"]
    return Identity(
        group if slash else "", manifest["kind"], metadata.get("namespace") or "", metadata["name"]
    )


def kind_of(manifest: Mapping[str, Any]) -> Kind:
    """Return group and kind of an object; empty texts where it has none."""
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    group, slash, _ = version.partition("/") if isinstance(version, str) else ("", "", "")
    return group if slash else "", kind if isinstance(kind, str) else ""


# Our digits, and those of kustomize 5.8, which spell no word.
_CONTENT_HASH = re.compile(r"-(?:[0-9a-f]{10}|[2456789bcdfghkmt]{10})\Z")
_HASHED = frozenset({("", "ConfigMap"), ("", "Secret")})


def content_hashed(name: str, content: Mapping[str, Any]) -> str:
    """Return a name with ten digits behind it that are others for other content."""
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and most objects have a plain name

    return f"{name}-{hashlib.sha256(canonical(content).encode()).hexdigest()[:10]}"


def lasting(who: Identity) -> Identity:
    """Return an identity without the hash of its content, which our and kustomize's names have."""
    if (who.group, who.kind) not in _HASHED:
        return who
    return structs.replace(who, name=_CONTENT_HASH.sub("", who.name))


def named(manifest: Manifest) -> Identity | None:
    """Return the identity of an object, None for one that has no kind or no name."""
    try:
        who = identity(manifest)
    except (AttributeError, KeyError, TypeError):
        return None
    texts = (who.group, who.kind, who.namespace, who.name)
    return who if all(isinstance(text, str) for text in texts) else None


def objects_of(
    value: Any, pointer: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the objects of a document, each with the pointer to it: itself, or the items of a list.

    A list is what kustomize 5.8 takes for one: its kind ends in List, and it has a list of items,
    which may be lists again. The items of a SecretList need not say that they are Secrets.
    """
    kind, items = text_at(value, "kind"), value_at(value, "items")
    if not kind.endswith("List") or not isinstance(items, list):
        yield pointer, value
        return
    for index, item in enumerate(items):
        is_bare = kind == "SecretList" and isinstance(item, dict) and "kind" not in item
        whole = {"kind": "Secret"} | item if is_bare else item
        yield from objects_of(whole, (*pointer, "items", index))


def value_at(value: Any, *steps: str | int) -> Any:
    """Return what lies below the keys and indices; None where there is nothing, or no way to it."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def depth(value: Any, steps: Sequence[str | int]) -> int:
    """Return the number of steps that lead to something below a value."""
    for count, step in enumerate(steps):
        known: Any = value if isinstance(value, dict | list) else ()
        try:
            value = known[step]
        except (LookupError, TypeError):
            return count
    return len(steps)


def text_at(value: Any, *keys: str) -> str:
    """Return the text below the keys, empty where there is none."""
    found = value_at(value, *keys)
    return found if isinstance(found, str) else ""


def mappings_at(value: Any, *keys: str) -> Iterator[dict[str, Any]]:
    """Yield the mappings of the list below the keys."""
    return (item for item in list_at(value, *keys) if isinstance(item, dict))


def mapping_at(value: Any, *keys: str) -> dict[str, Any]:
    """Return the mapping below the keys, empty where there is none."""
    inner = value_at(value, *keys)
    return inner if isinstance(inner, dict) else {}


def list_at(value: Any, *keys: str) -> list[Any]:
    """Return the list below the keys, empty where there is none."""
    inner = value_at(value, *keys)
    return inner if isinstance(inner, list) else []


def canonical(value: Any) -> str:
    """Return JSON that is equal for equal values only: 1, 1.0, true and "1" are four values.

    The order of keys in a mapping means nothing.
    """
    return json.encode(value, order="deterministic").decode()


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON; for Python 1 equals both 1.0 and True."""
    return bool(one == other) and canonical(one) == canonical(other)


def plain(value: Any) -> Any:
    """Return typed input as fresh dicts, lists and scalars: fields in their order, maps sorted."""
    return json.decode(json.encode(value, order="deterministic"))


def written(value: Any) -> Any:
    """Return what an author wrote as plain data, maps sorted, without fields that are not set.

    What is inside of a free mapping, such as the values of a chart, stays as it is: null removes a
    value there, and an empty list empties one.
    """
    return _set_parts(plain(value), value)


def _set_parts(value: Any, source: Any) -> Any:
    if isinstance(source, Struct):
        names = dict(zip(source.__struct_encode_fields__, source.__struct_fields__, strict=True))
        parts = {key: _set_parts(each, getattr(source, names[key])) for key, each in value.items()}
        return {key: each for key, each in parts.items() if each not in (None, {}, [])}
    if isinstance(source, dict):
        return {key: _set_parts(each, source[key]) for key, each in value.items()}
    if isinstance(source, list | tuple):
        return [_set_parts(*pair) for pair in zip(value, source, strict=True)]
    return value


def without_empty(value: Mapping[str, Any]) -> Manifest:
    """Return the mapping without keys whose value is None or an empty collection or text."""
    return {key: each for key, each in value.items() if each not in (None, "", {}, [], ())}
