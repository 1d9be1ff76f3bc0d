"""Entries of a file of kustomize's: the files and directories that they name."""

from collections.abc import Iterable

from kure_hooks.decoding import nearest
from kure_hooks.errors import ReadError
from kure_hooks.files.paths import ancestors, is_below, join_relative
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.reading import names_in
from kure_hooks.gitops.kustomizations.refusals import RefusedError, UnfollowedError
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.kustomize.plugins import NEEDS_NETWORK, REMOTE

_OTHER = "Name a directory beside this one."


class Entries:
    """The files and directories that a directory's file of kustomize's may name.

    `restricted` ones are files in or below the directory alone, and directories anywhere. Methods
    raise RefusedError for what kustomize refuses, and UnfollowedError.
    """

    def __init__(self, files: Files, directory: str, *, restricted: bool) -> None:
        self.files = files
        self.directory = directory
        self.restricted = restricted

    def path(self, entry: str) -> str | None:
        """Return the path that an entry means, None for one outside of the repository."""
        return join_relative(self.directory, entry)

    def is_file(self, path: str | None) -> bool:
        """Tell whether there is a file, or a link, at a path."""
        return path is not None and path in self.files.paths

    def file(self, entry: str) -> str:
        """Return the path of a file that an entry names."""
        if entry.startswith(("http://", "https://")):
            raise UnfollowedError(NEEDS_NETWORK.format(entry))
        path = self.path(entry)
        if path is None or path not in self.files.paths:
            raise self.missing(entry, path)
        if self.files.tree.link(path) is not None:
            raise UnfollowedError(f"takes in {path}, a symbolic link, which is not followed")
        if self.restricted and not is_below(path, self.directory):
            problem = f"{entry} is outside of its directory, and Argo CD reads no such file"
            raise RefusedError(problem, "Move it below the directory, or take in a directory.")
        return path

    def content(self, entry: str) -> bytes:
        """Return the content of a file that an entry names."""
        path = self.file(entry)
        try:
            return self.files.tree.read(path, MAX_LARGE)
        except ReadError as error:
            raise UnfollowedError(f"takes in {path}, which {error.reason}") from error

    def base(self, entry: str) -> str:
        """Return the path of a directory that an entry names, which has a file of kustomize's."""
        if REMOTE.match(entry):
            raise UnfollowedError(NEEDS_NETWORK.format(entry))
        path = self.path(entry)
        if path is None or path not in self.files.directories:
            raise self.missing(entry, path)
        if any(".." in step and step != ".." for step in entry.split("/")):
            raise RefusedError(f"{entry} has .. inside of a name", "Write each entry on its line.")
        if is_below(self.directory, path):
            raise RefusedError(f"{entry} holds the directory itself", _OTHER)
        if not names_in(self.files, path):
            expected = "Add one, or list its files."
            raise RefusedError(f"{entry} has no kustomization.yaml", expected)
        return path

    def refuse_circle(self, entry: str, directories: Iterable[str]) -> None:
        """Refuse a directory whose build takes in this one, or one above it."""
        if any(is_below(self.directory, directory) for directory in directories):
            raise RefusedError(f"{entry} takes this directory in again", _OTHER)

    def missing(self, entry: str, path: str | None) -> RefusedError | UnfollowedError:
        """Return why there is nothing that an entry names."""
        if path is None:
            return RefusedError(f"{entry} leaves the repository", "Name a path inside.")
        for above in (path, *ancestors(path)):
            if f"{above}/" in self.files.paths:
                return UnfollowedError(f"takes in {path}, which is in another repository")
        if path in self.files.paths:
            return RefusedError(f"{entry} is no directory", "Name a directory.")
        if path in self.files.directories:
            return RefusedError(f"{entry} is a directory", "Name a file.")
        left_out = self.files.left_out
        if first := left_out.first(path):
            pattern = left_out.patterns[first]
            problem = f"{entry} is not in the artifact of the source: {pattern.place} leaves it out"
            expected = f"Write {left_out.way_in(path)}, or take the entry out."
            return RefusedError(problem, expected)
        return RefusedError(f"{entry} does not exist", self._near(path))

    def _near(self, path: str) -> str:
        directory, _, name = path.rpartition("/")
        # The file of kustomize's and its directory would take in themselves.
        names = {
            other
            for other in self.files.names.get(directory, ())
            if other not in BUILD_FILES and f"{directory}/{other}".lstrip("/") != self.directory
        }
        near = nearest(name, names)
        return near or "Add the file, or take the entry out."
