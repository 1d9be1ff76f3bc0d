"""Builds of directories that have a file of kustomize's."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import structs

from kure_hooks.gitops.budget import TOO_LONG, Budget, weight
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.changes import Changes
from kure_hooks.gitops.kustomizations.entries import Entries
from kure_hooks.gitops.kustomizations.generators import combined, generated, is_hashed
from kure_hooks.gitops.kustomizations.items import (
    MAX_ITEMS,
    SCANNED,
    Build,
    Index,
    Item,
    refuse_doubles,
    twice,
)
from kure_hooks.gitops.kustomizations.loading import BYTES, Loader
from kure_hooks.gitops.kustomizations.patching import Patching
from kure_hooks.gitops.kustomizations.reading import File, names_in, read_file
from kure_hooks.gitops.kustomizations.refusals import RefusedError, UnfollowedError
from kure_hooks.gitops.kustomizations.schema import Generator, Kustomization
from kure_hooks.kustomize.directories import MAX_DEPTH
from kure_hooks.kustomize.intake import MAX_BUILDS
from kure_hooks.kustomize.targets import Id
from kure_hooks.manifests import mapping_at
from kure_hooks.yamlio import Pointer


class Builder:
    """The builds of a tree; each directory is built once.

    `restricted` builds read files in or below each directory alone.
    """

    def __init__(self, files: Files, loader: Loader, budget: Budget, *, restricted: bool) -> None:
        self.files = files
        self.loader = loader
        self.budget = budget
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
        self.budget.change(base.weight)
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
        for reason, changes_any in fields.unfollowed():
            self._lose(reason)
            if changes_any:
                build.items.clear()
        complete = not build.unknown and not build.faults
        patching = Patching(complete=complete, lose=self._lose, spend=self._spend)
        read = build.files.add
        Changes(build.items, self.entries, self._guard, read, patching).make(fields, self.file)

    def _spend(self, work: float = 1) -> bool:
        """Take the work on all objects, so much for each; without any left they are lost."""
        budget = self.builder.budget
        budget.change(1 + int(self.result.weight * work))
        if budget.is_spent:
            self._lose(TOO_LONG)
            self.result.items.clear()
        return not budget.is_spent

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
        self.result.lose(reason)

    def _resource(self, pointer: Pointer, entry: str) -> None:
        path = self.entries.path(entry)
        if self.entries.is_file(path) or entry.startswith(("http://", "https://")):
            self._take_file(pointer, entry)
            return
        path = self.entries.base(entry)
        base = self._built(entry, path)
        if self.builder.file(path).is_component:
            raise RefusedError(f"{entry} is a Component", "List it under components.")
        faults = len(base.faults) + len(self.result.faults) // 10
        self.builder.budget.change(1 + base.weight + faults)
        self.result.take(base)
        self._append(base.items, pointer)

    def _built(self, entry: str, path: str) -> "Build":
        if self.builder.is_open(path):
            self.entries.refuse_circle(entry, (self.file.directory,))
        if self.builder.depth > MAX_DEPTH:
            raise UnfollowedError(f"is behind more than {MAX_DEPTH} directories")
        if self.builder.budget.is_spent:
            raise UnfollowedError(TOO_LONG)
        base = self.builder.build(path)
        self.entries.refuse_circle(entry, base.directories)
        if self.result.count + base.count > MAX_BUILDS:
            raise UnfollowedError(f"builds more than {MAX_BUILDS} directories")
        return base

    def _take_file(self, pointer: Pointer, entry: str) -> None:
        path = self.entries.file(entry)
        self.result.files.add(path)
        loaded = self.builder.loader.loaded(path)
        self._weigh(loaded.weight)
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
            elif doubled is None:
                doubled = twice(first, item)
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
            raise RefusedError(f"{entry} is no Component", _NO_COMPONENT)
        self.result.count += 1
        if self.result.count > MAX_BUILDS or self.builder.depth > MAX_DEPTH:
            raise UnfollowedError(f"builds more than {MAX_BUILDS} directories")
        if not self._spend():
            return
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
        generators = list(fields.generators_in())
        known = Index(self.result.items if generators else ())
        for pointer, generator in generators:
            if not self._spend(1 / SCANNED):
                return
            self._guard(pointer, self._generator, pointer, generator, fields, known)

    def _generator(
        self, pointer: Pointer, generator: Generator, fields: Kustomization, known: Index
    ) -> None:
        assert self.file.document is not None  # noqa: S101 - a field stands in it
        options, place = fields.generator_options, self.file.at(*pointer)
        manifest = generated(generator, options, self._load, pointer)
        hashed = is_hashed(generator, options)
        new = Item(manifest, self.file.document, pointer, None, place, hashed=hashed)
        self._ids = None
        self._weigh(weight(manifest))
        old = known.named(new.id)
        if len(old) > 1:
            raise UnfollowedError(f"generates {new.kind} {new.name}, which several objects are")
        if old:
            self.builder.budget.change(len(mapping_at(old[0].manifest, "data")) // SCANNED)
            made = combined(old[0], new, generator.behavior)
            known.put(self.result.items, old[0], [made])
        elif generator.behavior not in ("merge", "replace"):
            self.result.items.append(new)
            known.add(new)
        elif self.result.unknown or self.result.faults:
            raise UnfollowedError(f"changes {new.kind} {new.name}, which is not known here")
        else:
            problem = f"there is no {new.kind} {new.name} to {generator.behavior}"
            raise RefusedError(problem, _UNMET)

    def _load(self, entry: str, pointer: Pointer) -> bytes:
        try:
            content = self.entries.content(entry)
        except RefusedError as error:
            error.pointer = pointer
            raise
        self.result.files.add(self.entries.file(entry))
        self.builder.budget.change(len(content) // BYTES)
        return content

    def _weigh(self, objects: int) -> None:
        self.result.weight += objects
        self.builder.budget.change(objects)


_NO_COMPONENT = "List it under resources, or write kind: Component."
_UNMET = "Name a generator of a base, or take the behavior out."
_MEND = "Correct the file, or take the entry out."
