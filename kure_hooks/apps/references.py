"""Files of the repository that an application document names."""

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.yamlio.conflict import conflict
from kure_hooks.yamlio.place import Place


def content(place: Place, reference: str, tree: Tree) -> tuple[str, bytes]:
    """Return path and bytes of the file that `reference`, which stands at `place`, names.

    It is relative to the document. Raises InputError for what can't be read, and for a file with
    conflict markers.
    """
    path = join_relative(parent(place.document.path), reference)
    if path is None:
        raise InputError([place.fault(f"{reference} leaves the repository")])
    try:
        data = tree.read(path)
    except ReadError as error:
        raise InputError([place.fault(str(error))]) from error
    if unfinished := conflict(data, path):
        raise InputError([unfinished])
    return path, data
