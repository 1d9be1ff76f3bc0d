"""Annotations that tell where kustomize 5.8 has an object from, for `buildMetadata`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import relpath

from kure_hooks.gitops.kustomizations.items import Item, is_same

ORIGINS = "originAnnotations"
_KEY = "config.kubernetes.io/origin"
_GENERATORS = {"configMapGenerator": "ConfigMapGenerator", "secretGenerator": "SecretGenerator"}

# Paths that YAML has without quotes.
_PLAIN = re.compile(r"\A[A-Za-z_./][\w./-]*[A-Za-z_]")


def with_metadata(
    items: Iterable[Item], directory: str, options: Sequence[str], lose: Callable[[str], None]
) -> Iterator[Item]:
    """Yield the items of a directory's build with the annotations that it asks for."""
    if set(options) - {ORIGINS}:
        lose("has buildMetadata, which tells the version of kustomize or what it changes")
    for item in items:
        if ORIGINS not in options:
            yield item
        elif text := _origin(item, directory):
            yield _annotated(item, text)
        else:
            lose(f"has {item.kind} {item.name}, whose path needs quotes in an annotation")


def _annotated(item: Item, text: str) -> Item:
    metadata = item.manifest["metadata"]
    annotations = {**(metadata.get("annotations") or {}), _KEY: text}
    return is_same(item, {**item.manifest, "metadata": {**metadata, "annotations": annotations}})


def _origin(item: Item, directory: str) -> str:
    """Return what the annotation says; empty where that is not followed."""
    path = relpath(f"/{item.document.path}", f"/{directory}")
    if not _PLAIN.fullmatch(path):
        return ""
    if item.source:
        return f"path: {path}\n"
    kind = _GENERATORS[str(item.pointer[0])]
    return f"configuredIn: {path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}\n"
