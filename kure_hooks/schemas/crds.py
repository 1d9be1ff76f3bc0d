"""CustomResourceDefinitions in the text of files.

A release's CRDs take long to parse and seldom change, so what they define is kept for the next run.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kure_hooks import __version__
from kure_hooks.files.cache import Cache
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.manifests import value_at
from kure_hooks.schemas.definitions import KIND, Definition, definitions
from kure_hooks.yamlio import read

DIRECTORY = "vendor/schemas"
"""The directory of the repository that holds the CRDs which `schemas add` recorded."""

_FIELDS = Definition.__struct_fields__
_MARK = KIND.encode()
_SEPARATOR = re.compile(rb"^---(?:[ \t].*)?\r?$", re.MULTILINE)
_FORM = f"kure-hooks {__version__} definitions 2\n".encode()

# In bytes. Shorter documents are parsed at once, and a file of thousands must not fill the cache.
_WORTH_KEEPING = 4_096

# What explains a schema to people and judges nothing: most of a CRD's text.
_WORDS = frozenset(("description", "example", "externalDocs", "title"))
_BY_NAME = frozenset(("definitions", "patternProperties", "properties"))
_ONE = frozenset(("additionalProperties", "items", "not"))
_SEVERAL = frozenset(("allOf", "anyOf", "oneOf"))


def has_crds(data: bytes) -> bool:
    """Tell whether a file may hold CRDs, without parsing it."""
    return _MARK in data


def parts(data: bytes, groups: Collection[str] = ()) -> Iterator[bytes]:
    """Yield the documents of a file that may hold CRDs; with `groups`, those that name one."""
    names = [group.encode() for group in groups]
    for part in _SEPARATOR.split(data):
        if _MARK in part and (not names or any(name in part for name in names)):
            yield part


def crds(part: bytes, path: str) -> Iterator[dict[str, Any]]:
    """Yield the CRDs of a document, those of lists as well; other objects are left out.

    Raises InputError for what can't be read.
    """
    waiting = [document.value for document in reversed(read(part, path, most=MAX_LARGE))]
    while waiting:
        value = waiting.pop()
        items = value_at(value, "items")
        if value_at(value, "kind") == KIND:
            yield value
        elif str(value_at(value, "kind")).endswith("List") and isinstance(items, list):
            waiting += reversed(items)


def defined(part: bytes, path: str, cache: Cache) -> list[Definition]:
    """Return what the CRDs of a document define, without words for people; raises as `crds` does.

    What the cache has of the same bytes is taken instead of parsing them.
    """
    if len(part) < _WORTH_KEEPING:
        return _made(part, path)
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and few CRDs are so large

    key = hashlib.sha256(_FORM + part).hexdigest()
    if (kept := cache.get(key)) is not None:
        try:
            return [Definition(**values) for values in json.loads(kept)]
        except (TypeError, ValueError, RecursionError):
            pass  # it is written anew
    made = _made(part, path)
    try:
        text = json.dumps([_values(definition) for definition in made], allow_nan=False)
    except (ValueError, RecursionError):
        return made
    cache.put(key, text.encode())
    return made


def without_words(schema: Any) -> Any:
    """Return a schema without what explains it to people, such as its description."""
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _BY_NAME and isinstance(value, dict):
            kept[key] = {name: without_words(part) for name, part in value.items()}
        elif key in _SEVERAL and isinstance(value, list):
            kept[key] = [without_words(part) for part in value]
        elif key in _ONE:
            kept[key] = without_words(value)
        elif key not in _WORDS:
            kept[key] = value
    return kept


def _made(part: bytes, path: str) -> list[Definition]:
    return [
        Definition(**{**_values(definition), "schema": without_words(definition.schema)})
        for crd in crds(part, path)
        for definition in definitions(crd)
    ]


def _values(definition: Definition) -> Mapping[str, Any]:
    return {name: getattr(definition, name) for name in _FIELDS}
