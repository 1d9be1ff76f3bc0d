"""Files that kustomize reads as data, so that they hold no objects.

Their bytes are read as they are, so that generated ones can't bear a header. Whether such a file is
generated is told by those with a header that name it, in the tree that holds it. Any other file
without a header is somebody's.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from kure_hooks.errors import InputError
from kure_hooks.files.mark import marked_content
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.kustomize import is_kustomization
from kure_hooks.yamlio import read

_GENERATORS = ("configMapGenerator", "secretGenerator")


def data(files: Mapping[str, bytes]) -> set[str]:
    """Return the paths that the kustomization files among `files` name as data.

    These are the sources of generated ConfigMaps and Secrets, patches, replacements, and the
    configurations of transformers. A kustomization file that can't be read names none.
    """
    configs = list(_configs(files))
    if not configs:
        return set()
    from kure_hooks.kustomize.directories import file_names  # noqa: PLC0415 - few have any

    return {
        path
        for name, config in configs
        for reference in file_names(config)
        if (path := join_relative(parent(name), reference))
    }


def sources(files: Mapping[str, bytes]) -> set[str]:
    """Return the paths whose bytes become ConfigMaps and Secrets, as `data` finds them."""
    return {
        path
        for name, config in _configs(files)
        for key in _GENERATORS
        for generator in _list(config, key)
        for reference in (
            *_texts(generator, "envs"),
            *(text.rpartition("=")[2] for text in _texts(generator, "files")),
        )
        if (path := join_relative(parent(name), reference))
    }


def _configs(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    for name in files:
        if is_kustomization(name):
            with suppress(InputError):
                documents = read(files[name], name)
                yield from [
                    (name, document.value)
                    for document in documents
                    if isinstance(document.value, dict)
                ]


def _texts(value: Any, key: str) -> list[str]:
    return [text for text in _list(value, key) if isinstance(text, str)]


def _list(value: Any, key: str) -> list[Any]:
    items = value.get(key) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def belongings(tree: Tree, paths: Collection[str], directories: Collection[str]) -> set[str]:
    """Return which of these paths without a header hold generated files all the same.

    These are the content of ConfigMaps, which the kustomization.yaml of their directory names, and
    files of the engines' own. `directories` are those of the clusters.
    """
    from kure_hooks.engines import headerless  # noqa: PLC0415 - who reads data needs no engine

    known = {path for place in set(map(parent, paths)) for path in _listed(tree, place)}
    known &= set(paths)
    return known.union(*(headerless(tree, directory, paths) for directory in directories))


def _listed(tree: Tree, directory: str) -> set[str]:
    from kure_hooks.layout.file_names import KUSTOMIZATION  # noqa: PLC0415 - as before

    file = f"{directory}/{KUSTOMIZATION}"
    named = sources({file: marked_content(tree, file)})
    return {path for path in named if parent(path) == directory}
