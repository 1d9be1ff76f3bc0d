"""Other repositories below the work tree: submodules and what only lies there."""

from collections.abc import Collection

from kure_hooks.errors import ReadError
from kure_hooks.files.paths import ancestors


class NestedError(ReadError):
    """A path belongs to another repository; `fact` completes the sentence `<path> ...`."""

    def __init__(self, path: str, fact: str) -> None:
        super().__init__(path, fact, "Copy it into this one.")

    def __reduce__(self) -> tuple[type["NestedError"], tuple[str, ...]]:
        return NestedError, (self.path, self.reason)


def refuse_submodule(path: str, submodules: Collection[str]) -> None:
    """Raise NestedError for a path that is a submodule or lies in one."""
    if not submodules:
        return
    asked = path.removesuffix("/")
    for directory in (*ancestors(asked), asked):
        if directory in submodules:
            raise NestedError(path, _fact(asked, directory, "submodule"))


def nested_repository(path: str, directory: str) -> NestedError:
    """Return the error for a path in a repository that git has not recorded."""
    return NestedError(path, _fact(path.removesuffix("/"), directory, "nested git repository"))


def _fact(path: str, directory: str, kind: str) -> str:
    if path == directory:
        return f"is a {kind}, so its files belong to another repository"
    return f"is inside the {kind} {directory}, so it belongs to another repository"
