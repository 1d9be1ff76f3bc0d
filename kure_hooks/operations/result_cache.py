"""Results of stacks, kept so that the next run generates and compares only what has changed.

An entry holds what a stack generates, but for the bytes of its files: those are in the repository,
and a digest tells whether they still are. Its evidence tells whether the stack would generate the
same again.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from msgspec import DecodeError, Struct, msgpack
from msgspec.structs import replace

from kure_hooks.errors import KureHooksError, ReadError
from kure_hooks.files.cache import Cache, user_directory
from kure_hooks.files.paths import ancestors, is_below, tops
from kure_hooks.operations.compile import StackResult
from kure_hooks.operations.sight import AT_ROOT, Sight, sight_of
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin
from kure_hooks.repository import evidence
from kure_hooks.repository.attributes import FILE_NAME
from kure_hooks.repository.evidence import Evidence, Version, Witness
from kure_hooks.stamps import own_directory
from kure_hooks.stamps.identity import installation
from kure_hooks.stamps.place import Basis
from kure_hooks.stamps.state import UnknownStateError, listed

# As many as the stacks of a large fleet, on several branches and in several clones.
_MOST, _MANY = 256 << 20, 20_000

_GOES_WRONG = (KureHooksError, OSError, UnknownStateError, ValueError)


class Kept(Struct, frozen=True, array_like=True):
    """A result without the bytes of its files, and what has to be so that it still holds.

    `directories` maps the directories that the stack owns to digests of all files in them, and
    `files` their paths to the numbers of their `origins`, of which many files have the same.
    """

    evidence: Evidence
    directories: Mapping[str, str]
    files: Mapping[str, int]
    origins: tuple[Origin, ...]
    result: StackResult

    @property
    def whole(self) -> StackResult:
        """The result, its files unmade."""
        origins = {path: self.origins[number] for path, number in self.files.items()}
        return replace(self.result, origins=origins, unmade=tuple(self.files))

    def holds(self, versions: Sequence[Version]) -> bool:
        """Tell whether it holds in the first version, and its files are in all of them."""
        return versions[0].confirms(self.evidence) and all(
            version.holds(directory, digest)
            for version in versions
            for directory, digest in self.directories.items()
        )


class ResultCache:
    """The results that earlier runs have kept for a workspace, of stacks that are no sets.

    With `writing` a run writes the work tree, whatever its source is: both have to be in sync then.
    `made` are the results of this run that are new. Whatever goes wrong is as if there were no
    cache.
    """

    def __init__(self, workspace: Workspace, sight: Sight, *, writing: bool) -> None:
        self.workspace = workspace
        self.writing = writing
        self.entries: set[str] = set()
        self.made: Sequence[StackResult] = ()
        self._sight = sight
        self._cache = Cache(user_directory("results"), most=_MOST, many=_MANY)

    def get(self, stacks: Iterable[str]) -> dict[str, StackResult]:
        """Return the results of those stacks that would be the same again and are in sync.

        Where there are any, `entries` are the paths of all that is in the directory of the output.
        """
        kept = {stack: entry for stack in stacks if (entry := self._kept(stack))}
        with suppress(*_GOES_WRONG):
            versions = self._versions(kept.values()) if kept else ()
            output = self.workspace.settings.output
            self.entries = {
                f"{output}/{name}" for version in versions for name in version.entries(output)
            }
            return {
                stack: entry.whole
                for stack, entry in kept.items()
                if versions and entry.holds(versions)
            }
        return {}

    def keep(self) -> None:
        """Keep what was `made` in this run, if the next one can know whether it still holds."""
        for result in self.made:
            with suppress(*_GOES_WRONG):
                if entry := self._entry(result):
                    self._cache.put(self._key(result.stack), msgpack.encode(entry))

    def _key(self, stack: str) -> str:
        """Return all that decides what a stack generates, but for the files of the repository."""
        root = os.fsencode(self.workspace.root)
        parts = (installation().encode(), self._sight.conversions.encode(), root, stack.encode())
        return sha256(b"\0".join(parts) + msgpack.encode(self.workspace.settings)).hexdigest()

    def _kept(self, stack: str) -> Kept | None:
        with suppress(DecodeError, ValueError):
            if data := self._cache.get(self._key(stack)):
                return msgpack.decode(data, type=Kept)
        return None

    def _versions(self, entries: Iterable[Kept]) -> Sequence[Version]:
        """Return the version that is judged, and the work tree where that is written as well.

        There is none where git could not tell.
        """
        root, of_index = self.workspace.root, self.workspace.source == "index"
        source = "index" if of_index and not self.writing else "worktree"
        paths = {self.workspace.settings.output, *AT_ROOT}
        for entry in entries:
            paths |= tops((*entry.evidence.files, *entry.evidence.listed))
        program, names = self._sight.program, tuple(sorted(paths))
        listing = listed(Basis(program, str(root), source, exact=False, paths=names, files=()))
        if evidence.has_unseen(listing):
            return ()
        records = listing.split(b"\0")
        index = evidence.index_of(records)
        versions = [Version(evidence.doubtful(index))] if of_index else []
        if source == "worktree":
            directories = evidence.directories_of(str(root), index)
            if any(os.path.lexists(f"{directory}/.git") for directory in directories):
                return ()
            files = evidence.present(index, records)
            versions.append(Version(files, root, exact=self._converts_ends(files)))
        return versions

    def _converts_ends(self, files: Iterable[bytes]) -> bool:
        """Tell whether git may convert the ends of lines in a work tree with these files."""
        names = (os.fsdecode(path) for path in files if path.endswith(FILE_NAME.encode()))
        return self._sight.converts_ends([self.workspace.present.read(name) for name in names])

    def _entry(self, result: StackResult) -> Kept | None:
        """Return the entry of a result; None for faults, secrets and what no file tells."""
        if result.findings or result.beyond or result.evidence is None or _has_secrets(result):
            return None
        if not all(result.files.values()):  # git knows an empty file like one to be added
            return None
        attributes = _attributes(self.workspace, (*result.inputs.files, *result.files))
        if attributes is None:
            return None
        owned = {
            directory: {p: data for p, data in result.files.items() if is_below(p, directory)}
            for directory in result.clusters
        }
        numbers = {origin: n for n, origin in enumerate(dict.fromkeys(result.origins.values()))}
        return Kept(
            Evidence({**result.evidence.files, **attributes.files}, result.evidence.listed),
            {directory: evidence.digest_of(files) for directory, files in owned.items()},
            {path: numbers[result.origins[path]] for path in result.files},
            tuple(numbers),
            replace(result, files={}, origins={}, evidence=None),
        )


def of_workspace(workspace: Workspace, *, writing: bool) -> ResultCache | None:
    """Return the cache of a workspace, None where results can't be kept; see `ResultCache`."""
    if not workspace.git or workspace.source not in ("worktree", "index"):
        return None
    if workspace.shard:  # it takes a part of the stacks
        return None
    if not isinstance(workspace.jobs, int):  # what made a result there can't be told
        return None
    if user_directory("results") is None or not hasattr(os, "posix_spawn"):
        return None
    with suppress(*_GOES_WRONG):
        sight = sight_of(workspace)
        if sight and own_directory(str(Path.cwd()), str(workspace.root)):
            return ResultCache(workspace, sight, writing=writing)
    return None


def _attributes(workspace: Workspace, paths: Iterable[str]) -> Evidence | None:
    """Return the evidence of all that may give attributes to files, None where it is unknown."""
    witness = Witness(workspace.tree)
    for directory in sorted({above for path in paths for above in ("", *ancestors(path))}):
        with suppress(ReadError):
            witness.read(f"{directory}/{FILE_NAME}" if directory else FILE_NAME)
    return witness.evidence


def _has_secrets(result: StackResult) -> bool:
    """Tell whether a message of a result may quote a secret."""
    advice = (finding for start in result.starts.values() for finding in start.advice)
    told = [*map(str, (*result.warnings, *advice)), *map(repr, result.skipped)]
    if not told:
        return False
    from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - most stacks have no warning

    return any(scrub(text) != text for text in told)
