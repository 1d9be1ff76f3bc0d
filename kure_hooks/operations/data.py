"""Which files kustomize reads as data, so that they hold no objects."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.errors import InputError
from kure_hooks.files.paths import base_name, join_relative, parent
from kure_hooks.yamlio import read

KUSTOMIZE = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
"""The names that kustomize 5.8 looks for."""

_GENERATORS = ("configMapGenerator", "secretGenerator")


def data(files: Mapping[str, bytes]) -> set[str]:
    """Return the paths that the kustomization files among `files` name as data.

    These are the sources of generated ConfigMaps and Secrets, and transformer configurations. A
    kustomization file that can't be read names none.
    """
    return {
        path
        for name in files
        if base_name(name) in KUSTOMIZE
        for reference in _references(name, files[name])
        if (path := join_relative(parent(name), reference))
    }


def _references(name: str, content: bytes) -> Iterator[str]:
    try:
        documents = [each.value for each in read(content, name)]
    except InputError:
        return
    for config in documents:
        yield from _texts(config, "configurations")
        for generator in (each for key in _GENERATORS for each in _list(config, key)):
            yield from _texts(generator, "envs")
            yield from (each.rpartition("=")[2] for each in _texts(generator, "files"))


def _texts(value: Any, key: str) -> list[str]:
    return [each for each in _list(value, key) if isinstance(each, str)]


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
