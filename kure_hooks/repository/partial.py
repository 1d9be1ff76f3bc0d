"""Contents that a partial clone doesn't have yet (git clone --filter=blob:none)."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import ToolError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.paths import base_name, parent
from kure_hooks.process import ProgramError
from kure_hooks.repository.git import git
from kure_hooks.repository.root import common_directory, find_root, git_directory

INDEX = "--indexed-objects"

_ATTRIBUTES = ".gitattributes"
_MANIFESTS = (".yaml", ".yml", _ATTRIBUTES)

# Git fetches missing objects like this, but each by itself (promisor-remote.c of git 2.39).
_FETCH = (
    *("-c", "fetch.negotiationAlgorithm=noop", "-c", "fetch.writeCommitGraph=false"),
    *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"),
    *("--recurse-submodules=no", "--filter=blob:none", "--stdin"),
)
_FETCH_SECONDS = 300


class Promised(Struct, frozen=True, dict=True):
    """Objects of one version that the remote has promised, and this clone has not fetched.

    `version` is a commit or INDEX. With `fetches` it is fetched when it is asked for.
    """

    root: Path
    version: str
    fetches: bool

    @cached_property
    def _missing(self) -> set[str]:
        """The ids of the blobs that are not here; looking for them fetches nothing."""
        flags = ("--objects", "--no-object-names", "--no-walk", "--missing=print")
        lines = git(self.root, "rev-list", *flags, self.version).out.decode().splitlines()
        return {line[1:] for line in lines if line.startswith("?")}

    def obtain(self, path: str, entries: Mapping[str, tuple[str, str]]) -> None:
        """Make sure that the content of a path is here; `entries` are mode and blob by path.

        One request fetches all that is likely to be read as well: the manifests of the version, and
        what is beside another kind of file. Other processes wait for it. Raises ToolError.
        """
        if entries[path][1] not in self._missing:
            return
        if not self.fetches:
            raise ToolError(
                f"git has not fetched the content of {path}, since this is a partial clone. "
                "Fetch it, or make a full clone."
            )
        with exclusive(_git_directory(self.root) / "kure-hooks-fetch.lock", wait=_FETCH_SECONDS):
            del self.__dict__["_missing"]
            if entries[path][1] in self._missing:
                likely = _attributes if self._is_only_consulted(path) else _likely
                self._fetch(path, {entries[each][1] for each in likely(path, entries)})

    def _is_only_consulted(self, path: str) -> bool:
        """Tell whether more of the version is unlikely to be read: most of the index is on disk."""
        return self.version == INDEX and base_name(path) == _ATTRIBUTES

    def _fetch(self, path: str, blobs: set[str]) -> None:
        wanted = sorted(blobs & self._missing)
        stdin = "".join(f"{blob}\n" for blob in wanted).encode()
        flags = (*_FETCH, _remote(self.root))
        try:
            git(self.root, *flags, stdin=stdin, network=True, timeout=_FETCH_SECONDS)
        except ProgramError as error:
            raise ToolError(
                f"this is a partial clone, and git can't fetch {path} of {self.version}: {error}"
            ) from error
        self._missing.difference_update(wanted)


def promised(root: Path, version: str, *, fetches: bool) -> Promised | None:
    """Return what is missing of a version, None in a clone that is complete; git isn't asked."""
    try:
        settings = (_git_directory(root) / "config").read_bytes().lower()
    except OSError:
        return None
    partial = b"promisor" in settings or b"partialclone" in settings
    return Promised(root, version, fetches) if partial else None


def _attributes(path: str, entries: Iterable[str]) -> Iterator[str]:
    """Yield the path of a .gitattributes and all others."""
    yield path
    yield from (entry for entry in entries if base_name(entry) == _ATTRIBUTES)


def _likely(path: str, entries: Iterable[str]) -> Iterator[str]:
    """Yield the path and what is likely to be read after it: all manifests, or its neighbours."""
    yield path
    yield from (entry for entry in entries if entry.endswith(_MANIFESTS))
    if not path.endswith(_MANIFESTS):
        yield from (entry for entry in entries if parent(entry) == parent(path))


def _remote(root: Path) -> str:
    """Return the name of the remote that has promised the contents."""
    asked = ("config", "-z", "--get-regexp", r"^remote\..*\.promisor$")
    for record in os.fsdecode(git(root, *asked, ok=(0, 1)).out).split("\0"):
        name, _, value = record.partition("\n")
        if name and value.lower() not in {"false", "no", "off", "0"}:
            return name.removeprefix("remote.").removesuffix(".promisor")
    return "origin"


def _git_directory(root: Path) -> Path:
    top = find_root(root) or root
    return common_directory(git_directory(top) or top / ".git")
