"""The findings about files that a document names and that can't be read."""

import shlex
from contextlib import suppress
from posixpath import relpath

from kure_hooks.decoding.suggest import closest
from kure_hooks.errors import MissingError, ReadError
from kure_hooks.files.globs import is_glob
from kure_hooks.files.paths import base_name, join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.yamlio.place import Place


def unreadable(error: ReadError, place: Place, reference: str, tree: Tree, *, rule: str) -> Finding:
    """Return the finding about the file that `reference`, which stands at `place`, names."""
    if not isinstance(error, MissingError):
        return place.fault(error.problem, error.expected, rule=rule)
    path = error.path
    if error.is_deleted:
        command = f"git restore --staged --worktree {shlex.quote(path)}"
        problem = f"{path} is used here, but you staged its deletion"
        return place.fault(
            f"{problem}. Remove this line, or restore the file: {command}", rule=rule
        )
    if error.is_loose:
        command = f"git add {shlex.quote(path)}"
        problem = f"{path} is used here, but it is not staged"
        return place.fault(f"{problem}. Stage it: {command}", rule=rule)
    where = f" in {error.version}" if error.version else ""
    problem = f"no file matches {path}{where} (paths start at the file that names them)"
    near = _near(place.document.path, reference, path, tree)
    return place.fault(problem, f"Did you mean {near}?" if near else "", rule=rule)


def _near(document: str, reference: str, path: str, tree: Tree) -> str:
    """Return the reference to a file that may be meant; empty where none looks like it."""
    target = ""
    with suppress(ReadError):
        from_root = join_relative("", reference)
        if from_root and tree.paths(from_root):
            target = from_root
        elif not is_glob(path):
            directory = parent(path)
            start = len(directory) + 1 if directory else 0
            others = (other for other in tree.paths(directory) if other != document)
            names = {other[start:].partition("/")[0] for other in others}
            name = closest(base_name(path), sorted(names))
            target = "/".join(filter(None, (directory, name))) if name else ""
    return relpath(target, parent(document) or ".") if target else ""
