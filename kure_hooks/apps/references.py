"""Files of the repository that an application document names."""

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.yamlio.building import string_problem, unreadable_at
from kure_hooks.yamlio.conflict import conflict
from kure_hooks.yamlio.place import Place


def content(place: Place, reference: str, tree: Tree) -> tuple[str, bytes]:
    """Return path and bytes of the file that `reference`, which stands at `place`, names.

    It is relative to the document. Raises InputError for what can't be read, by us or by kustomize,
    which makes a ConfigMap of it, and for a file with conflict markers.
    """
    path = join_relative(parent(place.document.path), reference)
    if path is None:
        raise InputError([place.fault(f"{reference} leaves the repository", rule="AP002")])
    try:
        data = tree.read(path)
    except ReadError as error:
        raise InputError([place.fault(str(error), rule="AP002")]) from error
    if unfinished := conflict(data, path):
        raise InputError([unfinished])
    _refuse_unreadable(path, data)
    return path, data


def _refuse_unreadable(path: str, data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:  # what is no text becomes base64 (kustomize 5.8)
        return
    if problem := string_problem(text):
        before = text[: unreadable_at(text)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise InputError([Finding(Location(path, line, column), "", *problem, rule="YA008")])
