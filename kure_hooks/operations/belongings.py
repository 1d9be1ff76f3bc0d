"""Generated files without a header: their bytes are read as they are, so that they can't bear one.

Whether such a file is generated is told by those with a header that name it, in the tree that holds
it. Any other file without a header is somebody's.
"""

from collections.abc import Collection

from kure_hooks.engines import headerless
from kure_hooks.files.mark import marked_content
from kure_hooks.files.paths import parent
from kure_hooks.files.tree import Tree
from kure_hooks.layout.file_names import KUSTOMIZATION
from kure_hooks.operations.data import sources


def belongings(tree: Tree, paths: Collection[str], directories: Collection[str]) -> set[str]:
    """Return which of these paths without a header hold generated files all the same.

    These are the content of ConfigMaps, which the kustomization.yaml of their directory names, and
    files of the engines' own. `directories` are those of the clusters.
    """
    known = {path for place in set(map(parent, paths)) for path in _listed(tree, place)}
    known &= set(paths)
    return known.union(*(headerless(tree, directory, paths) for directory in directories))


def _listed(tree: Tree, directory: str) -> set[str]:
    file = f"{directory}/{KUSTOMIZATION}"
    named = sources({file: marked_content(tree, file)})
    return {path for path in named if parent(path) == directory}
