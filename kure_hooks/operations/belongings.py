"""Generated files without a header: their bytes are read as they are, so that they can't bear one.

Whether such a file is generated is told by those with a header that name it, in the tree that holds
it. Any other file without a header is somebody's.
"""

from collections.abc import Collection, Iterator

from kure_hooks.apps.helm.values import FILE as VALUES
from kure_hooks.engines.argocd.bootstrap.autopilot import PARAMETERS
from kure_hooks.engines.argocd.helm_applications import values_files
from kure_hooks.errors import InputError
from kure_hooks.files.mark import marked_content
from kure_hooks.files.paths import base_name, parent
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.layout.file_names import KUSTOMIZATION
from kure_hooks.operations.data import sources
from kure_hooks.yamlio import read


def belongings(tree: Tree, paths: Collection[str], directories: Collection[str]) -> set[str]:
    """Return which of these paths without a header hold generated files all the same.

    These are the content of ConfigMaps, which the kustomization.yaml of their directory names; the
    values of a chart, which an Application of the same cluster names; and the parameters of
    argocd-autopilot, beside the directory that they stand for. `directories` are those of the
    clusters.
    """
    known = {path for place in set(map(parent, paths)) for path in _listed(tree, place)}
    known &= set(paths)
    for directory in directories:
        known |= {path for path in paths if _are_parameters(tree, path, directory)}
        known |= _values(tree, directory, paths)
    return known


def _listed(tree: Tree, directory: str) -> set[str]:
    file = f"{directory}/{KUSTOMIZATION}"
    named = sources({file: marked_content(tree, file)})
    return {path for path in named if parent(path) == directory}


def _are_parameters(tree: Tree, path: str, directory: str) -> bool:
    beside = f"{path.removesuffix('.json')}/{KUSTOMIZATION}"
    return path == f"{directory}/{PARAMETERS}" and bool(marked_content(tree, beside))


def _values(tree: Tree, directory: str, paths: Collection[str]) -> set[str]:
    """Return the values files of a cluster; an Application names them as seen from its source."""
    candidates = {
        path for path in paths if base_name(path) == VALUES and path.startswith(f"{directory}/")
    }
    if not candidates:
        return candidates
    named = tuple(f"/{name}" for name in _named_values(tree, directory))
    return {path for path in candidates if f"/{path}".endswith(named)}


def _named_values(tree: Tree, directory: str) -> Iterator[str]:
    for file in tree.paths(directory):
        content = marked_content(tree, file) if file.endswith(".yaml") else b""
        try:
            # Nearly all files say nothing of values, and reading YAML is slow.
            documents = read(content, file, most=MAX_LARGE) if b"valueFiles:" in content else []
        except InputError:
            continue
        for document in documents:
            yield from values_files(document.value)
