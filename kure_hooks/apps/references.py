"""Files of the repository that an application document names."""

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.conflict import conflict


def content(application: Application, key: str, reference: str, tree: Tree) -> tuple[str, bytes]:
    """Return path and bytes of the file that `reference`, below `spec.<key>`, names.

    It is relative to the application's document. Raises InputError for what can't be read, and for
    a file with conflict markers.
    """
    path = join_relative(parent(application.at.path), reference)
    if path is None:
        problem = f"{reference} leaves the repository"
        raise InputError([Finding(application.at, f"spec.{key}", problem)])
    try:
        data = tree.read(path)
    except ReadError as error:
        raise InputError([Finding(application.at, f"spec.{key}", str(error))]) from error
    if unfinished := conflict(data, path):
        raise InputError([unfinished])
    return path, data
