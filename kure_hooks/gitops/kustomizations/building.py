"""Builds of directories that have a file of kustomize's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from kure_hooks.findings import Finding
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.changes import Changes
from kure_hooks.gitops.kustomizations.entries import Entries
from kure_hooks.gitops.kustomizations.generators import combined, generated, is_hashed
from kure_hooks.gitops.kustomizations.items import Item, refuse_doubles, twice
from kure_hooks.gitops.kustomizations.loading import Loader
from kure_hooks.gitops.kustomizations.patching import Patching
from kure_hooks.gitops.kustomizations.reading import File, names_in, read_file
from kure_hooks.gitops.kustomizations.refusals import RefusedError, UnfollowedError
from kure_hooks.gitops.kustomizations.schema import Generator, Kustomization
from kure_hooks.kustomize.directories import MAX_DEPTH
from kure_hooks.kustomize.intake import MAX_BUILDS
from kure_hooks.kustomize.plugins import NEEDS_HELM
from kure_hooks.kustomize.targets import Id
from kure_hooks.yamlio import Pointer

MAX_ITEMS = 100_000
"""The most objects that a build may have on its way."""


@dataclass
class Build:
    """A directory on its way, before names get their suffixes and references are put right.

    `count` is the number of directories that were built for it, each for every way that leads
    to it.
    """

    items: list[Item] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    count: int = 1

    def take(self, other: "Build") -> None:
        """Take in what is known about another build, but for its objects."""
        self.faults += [fault for fault in other.faults if fault not in self.faults]
        self.unknown += [reason for reason in other.unknown if reason not in self.unknown]
        self.files |= other.files
        self.directories |= other.directories
        self.count += other.count


class Builder:
    """The builds of a tree; each directory is built once.

    `restricted` builds read files in or below each directory alone.
    """

    def __init__(self, files: Files, loader: Loader, *, restricted: bool) -> None:
        self.files = files
        self.loader = loader
        self.restricted = restricted
        self._files: dict[str, File] = {}
        self._builds: dict[str, Build] = {}
        self._open: list[str] = []

    def file(self, directory: str) -> File:
        """Return a directory's file of kustomize's."""
        if directory not in self._files:
            self._files[directory] = read_file(self.files, directory)
        return self._files[directory]

    def build(self, directory: str, more: File | None = None) -> Build:
        """Return the build of a directory, which has a file of kustomize's.

        The components of `more` come behind those of that file, and before its patches.
        """
        if more is None and directory in self._builds:
            return self._builds[directory]
        build = Build()
        self._open.append(directory)
        _Target(self, self.file(directory), build, more).run()
        self._open.pop()
        if more is None:
            self._builds[directory] = build
        return build

    def changed(self, base: Build, file: File) -> Build:
        """Return a build as one more file of kustomize's changes it."""
        build = Build(list(base.items), count=0)
        build.take(base)
        _Target(self, file, build).run()
        return build

    def is_open(self, directory: str) -> bool:
        """Tell whether a directory is being built."""
        return directory in self._open

    @property
    def depth(self) -> int:
        """The number of directories that are being built, one for the other."""
        return len(self._open)

    def component(self, directory: str, build: Build) -> None:
        """Let a component change a build."""
        self._open.append(directory)
        _Target(self, self.file(directory), build).run()
        self._open.pop()


class _Target:
    """One file of kustomize's, which adds to a build and changes it."""

    def __init__(
        self, builder: Builder, file: File, build: Build, more: File | None = None
    ) -> None:
        self.more = more
        self.builder = builder
        self.file = file
        self.result = build
        self.entries = Entries(builder.files, file.directory, restricted=builder.restricted)
        self._ids: dict[Id, Item] | None = None

    def run(self) -> None:
        """Do all that the file says."""
        build = self.result
        build.directories.add(self.file.directory)
        build.files.update(names_in(self.builder.files, self.file.directory))
        build.faults += self.file.faults
        fields = self.file.fields
        if fields is None:
            self._lose(f"has {self.file.path}, which can't be read")
            return
        for key, entries in (("resources", fields.resources), ("bases", fields.bases)):
            for index, entry in enumerate(entries or ()):
                self._guard((key, index), self._resource, (key, index), entry)
        self._generate(fields)
        self.add_components(fields)
        if self.more and self.more.fields:
            _Target(self.builder, self.more, build).add_components(self.more.fields)
        self._note_unfollowed(fields)
        complete = not build.unknown and not build.faults
        patching = Patching(complete=complete, lose=self._lose)
        read = build.files.add
        Changes(build.items, self.entries, self._guard, read, patching).make(fields, self.file)

    def add_components(self, fields: Kustomization) -> None:
        """Let the components of the file change the build."""
        for index, entry in enumerate(fields.components or ()):
            self._guard(("components", index), self._component, ("components", index), entry)

    def _guard(self, pointer: Pointer, step: Callable[..., Any], *arguments: Any) -> None:
        """Take a step, or say why it can't be taken."""
        try:
            step(*arguments)
        except RefusedError as error:
            at = error.pointer or pointer
            finding = self.file.refusal(at, error.problem, error.expected, error.rule)
            self.result.faults.append(structs.replace(finding, object=error.label))
        except UnfollowedError as error:
            self._lose(error.reason)

    def _lose(self, reason: str) -> None:
        if reason not in self.result.unknown:
            self.result.unknown.append(reason)

    def _resource(self, pointer: Pointer, entry: str) -> None:
        path = self.entries.path(entry)
        if self.entries.is_file(path) or entry.startswith(("http://", "https://")):
            self._take_file(pointer, entry)
            return
        path = self.entries.base(entry)
        base = self._built(entry, path)
        if self.builder.file(path).is_component:
            raise RefusedError(f"{entry} is a Component", "List it under components.")
        self.result.take(base)
        self._append(base.items, pointer)

    def _built(self, entry: str, path: str) -> "Build":
        if self.builder.is_open(path):
            self.entries.refuse_circle(entry, (self.file.directory,))
        if self.builder.depth > MAX_DEPTH:
            raise UnfollowedError(f"is behind more than {MAX_DEPTH} directories")
        base = self.builder.build(path)
        self.entries.refuse_circle(entry, base.directories)
        if self.result.count + base.count > MAX_BUILDS:
            raise UnfollowedError(f"builds more than {MAX_BUILDS} directories")
        return base

    def _take_file(self, pointer: Pointer, entry: str) -> None:
        path = self.entries.file(entry)
        self.result.files.add(path)
        loaded = self.builder.loader.loaded(path)
        if loaded.problem:
            line = f", in line {loaded.at.line}" if loaded.at and loaded.at.line else ""
            raise RefusedError(f"{entry} {loaded.problem}{line}", _MEND)
        if loaded.unknown:
            self._lose(f"takes in {path}, which {loaded.unknown}")
        self._append(loaded.items(self.file.at(*pointer)), pointer)

    def _append(self, items: Sequence[Item], pointer: Pointer) -> None:
        if len(self.result.items) + len(items) > MAX_ITEMS:
            raise UnfollowedError(f"has more than {MAX_ITEMS} objects")
        place = self.file.at(*pointer)
        known = self._known()
        doubled: RefusedError | None = None
        for item in items:
            new = structs.replace(item, place=place) if item.source else item
            first = known.setdefault(new.id, new)
            if first is new:
                self.result.items.append(new)
            else:
                doubled = doubled or twice(first, item)
        if doubled:
            raise doubled

    def _known(self) -> dict[Id, Item]:
        if self._ids is None:
            self._ids = {item.id: item for item in self.result.items}
        return self._ids

    def _component(self, pointer: Pointer, entry: str) -> None:
        try:
            path = self.entries.base(entry)
        except UnfollowedError:
            self.result.items.clear()  # it may change any object
            raise
        file = self.builder.file(path)
        if self.builder.is_open(path):
            self.entries.refuse_circle(entry, (self.file.directory,))
        if file.fields is not None and not file.is_component:
            expected = "List it under resources, or write kind: Component."
            raise RefusedError(f"{entry} is no Component", expected)
        self.result.count += 1
        if self.result.count > MAX_BUILDS or self.builder.depth > MAX_DEPTH:
            raise UnfollowedError(f"builds more than {MAX_BUILDS} directories")
        self.builder.component(path, self.result)
        self._ids = None
        place = self.file.at(*pointer)
        self.result.items[:] = [
            structs.replace(item, place=place)
            if item.source and item.place.path == file.path
            else item
            for item in self.result.items
        ]
        refuse_doubles(self.result.items)

    def _generate(self, fields: Kustomization) -> None:
        for key, generators in (
            ("configMapGenerator", fields.config_map_generator),
            ("secretGenerator", fields.secret_generator),
        ):
            for index, generator in enumerate(generators or ()):
                self._guard((key, index), self._generator, (key, index), generator, fields)

    def _generator(self, pointer: Pointer, generator: Generator, fields: Kustomization) -> None:
        assert self.file.document is not None  # noqa: S101 - a field stands in it
        manifest = generated(generator, fields.generator_options, self._load, pointer)
        hashed = is_hashed(generator, fields.generator_options)
        place = self.file.at(*pointer)
        new = Item(manifest, self.file.document, pointer, None, place, hashed=hashed)
        self._ids = None
        old = [item for item in self.result.items if new.id in item.ids()]
        if len(old) > 1:
            raise UnfollowedError(f"generates {new.kind} {new.name}, which several objects are")
        if old:
            made = combined(old[0], new, generator.behavior)
            self.result.items[:] = [made if item is old[0] else item for item in self.result.items]
        elif generator.behavior not in ("merge", "replace"):
            self.result.items.append(new)
        elif self.result.unknown or self.result.faults:
            raise UnfollowedError(f"changes {new.kind} {new.name}, which is not known here")
        else:
            problem = f"there is no {new.kind} {new.name} to {generator.behavior}"
            expected = "Name a generator of a base, or take the behavior out."
            raise RefusedError(problem, expected)

    def _load(self, entry: str, pointer: Pointer) -> bytes:
        try:
            content = self.entries.content(entry)
        except RefusedError as error:
            error.pointer = pointer
            raise
        self.result.files.add(self.entries.file(entry))
        return content

    def _note_unfollowed(self, fields: Kustomization) -> None:
        if fields.helm_charts or fields.helm_chart_inflation_generator:
            self._lose(NEEDS_HELM)
        for key in ("generators", "validators", "crds", "openapi"):
            if getattr(fields, key):
                self._lose(f"has {key}, which are not followed")
        for key in ("configurations", "replacements", "vars", "transformers"):
            if getattr(fields, key):
                self._lose(f"has {key}, which may change any object")
                self.result.items.clear()


_MEND = "Correct the file, or take the entry out."
