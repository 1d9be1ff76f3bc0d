"""Generated files without a header in a cluster of Argo CD, and what names them.

They are the values of a chart, which an Application of the same cluster names, and the parameters
of argocd-autopilot, beside the directory that they stand for.
"""

from collections.abc import Collection, Iterator
from typing import Any

from kure_hooks.apps.helm.values import PREFIX
from kure_hooks.engines.argocd.bootstrap.autopilot import PARAMETERS
from kure_hooks.engines.argocd.helm_applications import REF
from kure_hooks.errors import InputError
from kure_hooks.files.mark import marked_content
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.layout.file_names import KUSTOMIZATION
from kure_hooks.yamlio import read


def headerless(tree: Tree, directory: str, paths: Collection[str]) -> set[str]:
    """Return which of these paths are generated files of a cluster, whose directory is given."""
    below = {path for path in paths if path.startswith(f"{directory}/")}
    return _parameters(tree, directory, below) | _values(tree, directory, below)


def _parameters(tree: Tree, directory: str, paths: Collection[str]) -> set[str]:
    path = f"{directory}/{PARAMETERS}"
    beside = f"{path.removesuffix('.json')}/{KUSTOMIZATION}"
    return {path} if path in paths and marked_content(tree, beside) else set()


def _values(tree: Tree, directory: str, paths: Collection[str]) -> set[str]:
    """Return the values files; an Application names them as seen from its source."""
    candidates = {path for path in paths if base_name(path).startswith(PREFIX)}
    if not candidates:
        return candidates
    names = tuple(f"/{name}" for name in _named_values(tree, directory))
    return {path for path in candidates if f"/{path}".endswith(names)}


def _named_values(tree: Tree, directory: str) -> Iterator[str]:
    for file in tree.paths(directory):
        content = marked_content(tree, file) if file.endswith(".yaml") else b""
        try:
            # Nearly all files say nothing of values, and reading YAML is slow.
            documents = read(content, file, most=MAX_LARGE) if b"valueFiles:" in content else []
        except InputError:
            continue
        for document in documents:
            yield from _names(document.value)


def _names(value: Any) -> Iterator[str]:
    """Yield the values files that Applications inside of an object read from `REF`.

    Each is a path below the root of the source, which is a directory of the cluster where the
    bundle is a package.
    """
    if isinstance(value, dict):
        files = value.get("valueFiles")
        for file in files if isinstance(files, list) else ():
            if isinstance(file, str) and file.startswith(f"${REF}/"):
                yield file.removeprefix(f"${REF}/")
    inner = value.values() if isinstance(value, dict) else value
    for part in inner if isinstance(value, dict | list) else ():
        yield from _names(part)
