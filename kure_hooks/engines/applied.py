"""The objects of one tree of manifests, each with the GitOps object that applies it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import dirname, join, normpath

from kure_hooks.engines.effects import Directory, Effects, effects
from kure_hooks.engines.identities import Renaming, renamed
from kure_hooks.errors import InputError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.kustomize import BUILD_FILES, is_kustomization
from kure_hooks.manifests import Identity, Manifest, named, objects_of, value_at
from kure_hooks.yamlio import read

"""The files that kustomize reads as instructions, and never as objects."""

# The names of directories with packages begin with the kind of their source.
_PACKAGES = {"OCIRepository": "oci", "GitRepository": "git", "Bucket": "bucket"}

# An ApplicationSet makes Applications, and those make nothing; more levels than two are no tree.
_MOST_LEVELS = 4


@dataclass(frozen=True, eq=False)
class Applied:
    """An object of a tree, on the cluster.

    `key` is its identity there, after the build has renamed it. `owner` is the GitOps object that
    applies it, None for whatever syncs the tree from outside. `path` is its file, or the file of
    the object that makes it.
    """

    path: str
    key: Identity
    manifest: Manifest
    owner: Identity | None
    is_made: bool = False


@dataclass(frozen=True)
class Tree:
    """The files of a directory `root` that GitOps tools sync, by path: manifests and builds.

    Trees that share files may share `parsed`, which is filled with the objects of each text.
    """

    root: str
    files: Mapping[str, bytes] = field(repr=False)
    parsed: dict[bytes, list[Manifest]] = field(default_factory=dict, repr=False)
    _contents: dict[tuple[str, bool], set[Identity | None]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def documents(self) -> Mapping[str, list[Manifest]]:
        """The objects of each file; none of a file that can't be read."""
        found = {}
        for path, data in self.files.items():
            if _is_yaml(path):
                if data not in self.parsed:
                    self.parsed[data] = _objects(path, data)
                found[path] = self.parsed[data]
        return found

    @cached_property
    def directories(self) -> set[str]:
        """Every directory that holds a file, at any depth."""
        found = {"."}
        for path in self.files:
            directory = dirname(path)
            while directory and directory not in found:
                found.add(directory)
                directory = dirname(directory)
        return found

    @cached_property
    def controllers(self) -> Mapping[Identity, Effects]:
        """The effects of each GitOps object, those that others make included."""
        return {who: own for who, own, _, _ in self._sources}

    @cached_property
    def applied(self) -> Mapping[Identity, Applied]:
        """Every object that something applies, by its identity on the cluster.

        GitOps objects that nothing in the tree applies are here as well: somebody applied them.
        """
        found: dict[Identity, Applied] = {}
        for path, manifest in self._manifests():
            owner = self._owners.get(path)
            who = named(manifest)
            if who is None or (owner is None and who not in self.controllers):
                continue
            key = renamed(who, manifest, owner[1] if owner else Renaming())
            found.setdefault(key, Applied(path, key, manifest, owner[0] if owner else None))
        for who, _, manifest, maker in self._sources:
            if maker and maker in found:
                path = found[maker].path
                found.setdefault(who, Applied(path, who, manifest, maker, is_made=True))
        return found

    @cached_property
    def by_place(self) -> Mapping[tuple[str, Identity], Applied]:
        """The same objects by their file and the identity that is written there."""
        return {
            (each.path, who): each
            for each in self.applied.values()
            if not each.is_made and (who := named(each.manifest))
        }

    @cached_property
    def by_owner(self) -> Mapping[Identity | None, list[Applied]]:
        """The objects that each GitOps object applies."""
        found: dict[Identity | None, list[Applied]] = {}
        for each in self.applied.values():
            found.setdefault(each.owner, []).append(each)
        return found

    def asks_for(self, own: Effects, manifest: Manifest) -> bool:
        """Return whether the directories of a GitOps object, which may be gone, hold an object."""
        who = named(manifest)
        return any(who in self._held(each, own) for each in own.directories)

    @cached_property
    def _sources(self) -> list[tuple[Identity, Effects, Manifest, Identity | None]]:
        """GitOps objects with their effects, and what makes them where that is an object."""
        found: list[tuple[Identity, Effects, Manifest, Identity | None]] = []
        level: list[tuple[Manifest, Identity | None]]
        level = [(manifest, None) for _, manifest in self._manifests()]
        for _ in range(_MOST_LEVELS):
            below: list[tuple[Manifest, Identity | None]] = []
            for manifest, maker in level:
                who, own = named(manifest), effects(manifest)
                if who and own:
                    found.append((who, own, manifest, maker))
                    below += ((each, who) for each in own.makes)
            level = below
        return found

    @cached_property
    def _owners(self) -> Mapping[str, tuple[Identity | None, Renaming]]:
        """Return the unit that applies each file; of several, the one with the longest path."""
        found: dict[str, tuple[Identity | None, Renaming]] = {}
        pairs = [
            (self.place(directory), who, own, directory)
            for who, own, _, _ in self._sources
            for directory in own.directories
        ]
        # What one owner has gone through, no other one needs to.
        seen: set[str] = set()
        for place, who, own, directory in sorted(pairs, key=lambda each: (-len(each[0]), each[1])):
            for path in self._built(place, seen, recurses=own.recurses):
                found.setdefault(path, (who, directory.renaming))
        for path in self._built(self.root, seen, recurses=True):
            found.setdefault(path, (None, Renaming()))
        return found

    def _manifests(self) -> Iterator[tuple[str, Manifest]]:
        for path, manifests in sorted(self.documents.items()):
            if not is_kustomization(path):
                yield from ((path, manifest) for manifest in manifests)

    def place(self, directory: Directory) -> str:
        """Return a directory in the tree; that of a package is below the package's own root."""
        kind, name = directory.source
        packages = f"{self.root}/packages"
        own = f"{packages}/{_PACKAGES.get(kind, '')}-{name}"
        if own in self.directories:
            return normpath(join(own, directory.path))
        if directory.path in self.directories or kind:
            return directory.path
        inside = (
            place
            for root in self._inside.get(packages, ())
            if (place := normpath(join(root, directory.path))) in self.directories
        )
        return next(inside, directory.path)

    def _held(self, directory: Directory, own: Effects) -> set[Identity | None]:
        key = self.place(directory), own.recurses
        if key not in self._contents:
            files = self._built(key[0], set(), recurses=own.recurses)
            self._contents[key] = {
                named(each) for path in files for each in self.documents.get(path, ())
            }
        return self._contents[key]

    def _built(self, directory: str, seen: set[str], *, recurses: bool) -> set[str]:
        """Return the files whose objects a build of a directory holds.

        It doesn't go into directories that were `seen`, and adds those that it goes through.
        """
        files: set[str] = set()
        waiting = [directory]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            for path in self._resources(here, recurses=recurses):
                if path in self.files:
                    files.add(path)
                elif path in self.directories:
                    waiting.append(path)
        return files

    def _resources(self, directory: str, *, recurses: bool) -> list[str]:
        """Return what a directory lists, or holds where it has no list that can be read."""
        for name in BUILD_FILES:
            if build := self.documents.get(f"{directory}/{name}"):
                listed = value_at(build[0], "resources")
                names = [each for each in listed if isinstance(each, str)] if listed else []
                return [normpath(join(directory, each)) for each in names]
        inside = [*self._inside.get(directory, ())]
        return inside if recurses else [path for path in inside if path in self.files]

    @cached_property
    def _inside(self) -> Mapping[str, list[str]]:
        """The files and directories right inside of each directory."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.files.keys() | self.directories - {"."}):
            found.setdefault(dirname(path) or ".", []).append(path)
        return found


def _is_yaml(path: str) -> bool:
    return path.endswith((".yaml", ".yml", ".json", "/Kustomization"))


def _objects(path: str, data: bytes) -> list[Manifest]:
    try:
        documents = read(data, path, most=MAX_LARGE)
    except InputError:
        return []
    values = (value for document in documents for _, value in objects_of(document.value))
    return [value for value in values if isinstance(value, dict)]
