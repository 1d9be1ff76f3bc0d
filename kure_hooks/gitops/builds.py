"""Builds of directories: the objects that a controller makes of one."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from posixpath import relpath
from typing import Any

import msgspec
from msgspec import structs

from kure_hooks.files.paths import join_relative
from kure_hooks.findings import Finding
from kure_hooks.gitops.budget import TOO_LONG, Budget
from kure_hooks.gitops.directories import Directories
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.building import Builder
from kure_hooks.gitops.kustomizations.generators import with_suffix_of_content
from kure_hooks.gitops.kustomizations.items import Build, Item, is_same
from kure_hooks.gitops.kustomizations.loading import Loader
from kure_hooks.gitops.kustomizations.reading import File, names_in
from kure_hooks.gitops.kustomizations.references import with_references
from kure_hooks.gitops.kustomizations.schema import Kustomization
from kure_hooks.gitops.left_out import LeftOut
from kure_hooks.gitops.payload import Payload, Resource, Way
from kure_hooks.gitops.program import Program, ProgramBuilds
from kure_hooks.kustomize.directories import file_names
from kure_hooks.yamlio import Pointer

_TAKING = ("resources", "bases", "components")
_CHART = ("holds a Helm chart",)
# So many paths are listed while one object is met.
_LISTED = 50

ORIGINS = "originAnnotations"
_KEY = "config.kubernetes.io/origin"
_GENERATORS = {"configMapGenerator": "ConfigMapGenerator", "secretGenerator": "SecretGenerator"}

# Paths that YAML has without quotes.
_PLAIN = re.compile(r"\A[A-Za-z_./][\w./-]*[A-Za-z_]")


class Builds:
    """The payloads of a tree's directories; each is built once for each way.

    With a `program`, that builds what is not followed here. All work is taken from the `budget`;
    nothing more is built once that is spent.
    """

    def __init__(
        self, files: Files, program: Program | None = None, budget: Budget | None = None
    ) -> None:
        self.files = files
        self.budget = budget or Budget()
        self._program = ProgramBuilds(files, program)
        self._partial: dict[LeftOut, PartialBuilds] = {}
        self._payloads: dict[tuple[str, Way], Payload] = {}
        self._followed: dict[tuple[str, Way], Payload] = {}
        self._directories = Directories(files)
        loader = Loader(files)
        self._builders = {
            way: Builder(files, loader, self.budget, restricted=way is Way.KUSTOMIZE)
            for way in (Way.FLUX, Way.KUSTOMIZE)
        }

    def without(self, left_out: LeftOut) -> "Builds | PartialBuilds":
        """Return the builds of a source whose artifact lacks some files."""
        if not left_out.patterns:
            return self
        if left_out not in self._partial:
            self._partial[left_out] = PartialBuilds(self, left_out)
        return self._partial[left_out]

    def exists(self, directory: str) -> bool:
        """Tell whether a directory has a file at any depth."""
        return directory in self.files.directories

    @property
    def unbuilt(self) -> Mapping[str, str]:
        """The directories that the program could have built and did not, each with the reason."""
        return self._program.unbuilt

    def payload(self, directory: str, way: Way) -> Payload:
        """Return the objects of a directory, whose path is `''` for the root of the tree.

        A directory that does not exist has none. The resources of one with faults are those that
        would be there without them.
        """
        key = directory, way
        if key not in self._payloads:
            self._payloads[key] = self._known(self.followed(directory, way))
        return self._payloads[key]

    def followed(self, directory: str, way: Way) -> Payload:
        """Return the payload of a directory as far as it is known without the program."""
        key = directory, way
        if key not in self._followed:
            self._followed[key] = self._payload(directory, way)
        return self._followed[key]

    def entries(self, directory: str) -> Iterator[str]:
        """Yield the paths that a directory's file of kustomize's names, whatever is there."""
        file = self._builders[Way.FLUX].file(directory)
        if file.fields is None or file.document is None:
            return
        fields = structs.asdict(file.fields)
        names = (name for key in _TAKING for name in fields[key] or ())
        for name in (*names, *file_names(file.document.value)):
            path = join_relative(directory, name)
            if path is not None:
                yield path

    def changed(
        self,
        directory: str,
        way: Way,
        fields: Mapping[str, Any],
        of: Resource,
        inside: Pointer = ("spec",),
    ) -> Payload:
        """Return the objects of a directory as fields of a kustomization file change them.

        The fields stand at `inside` in the object `of` of Flux or Argo CD, whose controller writes
        them into the file of the directory. Those that kustomize can't read are not followed.
        """
        if self.budget.is_spent:
            return Payload(directory, way, unknown=(TOO_LONG,))
        builder = self._builders[way]
        try:
            known = msgspec.convert(dict(fields), Kustomization, strict=True)
        except msgspec.ValidationError:
            _, faults = self._build(directory, way, builder)
            build = Build(unknown=[f"has fields in {of.label} that are not followed"])
            return self._known(self._finished(directory, way, build, faults), fields, of)
        document = of.source.document if of.source else of.document
        pointer = of.source.pointer if of.source else of.pointer
        file = File(directory, document.path, document, known, inside=(*pointer, *inside))
        build, faults = self._build(directory, way, builder, file)
        if known.components and names_in(self.files, directory):
            file = structs.replace(file, fields=structs.replace(known, components=None))
        changed = builder.changed(build, file)
        added = changed.faults[len(build.faults) :]
        return self._known(self._finished(directory, way, changed, [*faults, *added]), fields, of)

    def _payload(self, directory: str, way: Way) -> Payload:
        if self.budget.is_spent:
            return Payload(directory, way, unknown=(TOO_LONG,))
        if way is Way.CHART:
            return Payload(directory, way, directories=frozenset({directory}), unknown=_CHART)
        if way in (Way.DIRECTORY, Way.RECURSIVE):
            payload = self._directories.payload(directory, way)
            self.budget.change(1 + len(payload.resources))
            return payload
        if way is Way.KUSTOMIZE and not names_in(self.files, directory):
            return Payload(directory, way, unknown=("has no kustomization.yaml",))
        return self._finished(directory, way, *self._build(directory, way, self._builders[way]))

    def _known(
        self, payload: Payload, changes: Mapping[str, Any] | None = None, of: Resource | None = None
    ) -> Payload:
        """Return a payload with what only the program knows, where there is one."""
        if not payload.unknown or payload.faults or self.budget.is_spent:
            return payload
        return self._program.known(payload, changes or {}, of)

    def _build(
        self, directory: str, way: Way, builder: Builder, more: File | None = None
    ) -> tuple[Build, Sequence[Finding]]:
        """Return the build of a directory, and those of its faults that count.

        `more` is a file whose components are added to the directory's own file.
        """
        if not names_in(self.files, directory):
            build = self._directories.generated(directory, builder)
            return build, build.faults
        has_more = more is not None and more.fields is not None and more.fields.components
        build = builder.build(directory, more if has_more else None)
        if way is not Way.FLUX:
            return build, build.faults
        # Flux reads the file by its own means, and writes it anew before it builds it.
        minded = set(builder.file(directory).lenient)
        return build, [fault for fault in build.faults if fault not in minded]

    def _finished(
        self, directory: str, way: Way, build: Build, faults: Iterable[Finding]
    ) -> Payload:
        """Return the payload of a build: names with their suffixes, and references to them."""
        self.budget.change(1 + build.weight)
        unknown = list(build.unknown)
        options = _options(self._builders[way].file(directory), way)
        items = [with_suffix_of_content(item) if item.hashed else item for item in build.items]
        named = with_references(items, unknown.append, self.budget)
        present = (item for item in named if not item.is_local)
        annotated = with_metadata(present, directory, options, unknown.append)
        return Payload(
            directory,
            way,
            tuple(item.resource() for item in annotated),
            frozenset(build.files),
            frozenset(build.directories),
            tuple(dict.fromkeys(faults)),
            tuple(dict.fromkeys(unknown)),
        )


class PartialBuilds:
    """The builds of a source whose artifact lacks some files of the tree.

    A build that reads none of them is that of the whole tree. The program builds none of the
    others.
    """

    def __init__(self, whole: Builds, left_out: LeftOut) -> None:
        self.whole = whole
        self.left_out = left_out

    def exists(self, directory: str) -> bool:
        """See Builds."""
        if not self.whole.exists(directory):
            return False
        return not self.left_out.first(directory) or self._others.exists(directory)

    def payload(self, directory: str, way: Way) -> Payload:
        """See Builds."""
        payload = self.whole.payload(directory, way)
        return payload if self._is_whole(payload) else self._others.payload(directory, way)

    def changed(self, directory: str, way: Way, fields: Mapping[str, Any], of: Resource) -> Payload:
        """See Builds."""
        payload = self.whole.changed(directory, way, fields, of)
        return (
            payload if self._is_whole(payload) else self._others.changed(directory, way, fields, of)
        )

    def _is_whole(self, payload: Payload) -> bool:
        return payload.files.isdisjoint(self.left_out.patterns)

    @cached_property
    def _others(self) -> Builds:
        files = self.whole.files.without(self.left_out)
        self.whole.budget.spend(len(files.paths) // _LISTED)
        return Builds(files, budget=self.whole.budget)


def _options(file: File, way: Way) -> Sequence[str]:
    """Return the metadata that a build adds; Flux asks for some where nothing is taken in."""
    if file.fields is None:
        return ()
    if way is Way.FLUX and not file.fields.resources:
        return (ORIGINS,)
    return file.fields.build_metadata or ()


def with_metadata(
    items: Iterable[Item], directory: str, options: Sequence[str], lose: Callable[[str], None]
) -> Iterator[Item]:
    """Yield the items of a directory's build with the annotations of its `buildMetadata`.

    They tell where kustomize 5.8 has an object from.
    """
    if set(options) - {ORIGINS}:
        lose("has buildMetadata, which tells the version of kustomize or what it changes")
    for item in items:
        if ORIGINS not in options:
            yield item
        elif text := _origin(item, directory):
            yield _annotated(item, text)
        else:
            lose(f"has {item.kind} {item.name}, whose path needs quotes in an annotation")


def _annotated(item: Item, text: str) -> Item:
    metadata = item.manifest["metadata"]
    annotations = {**(metadata.get("annotations") or {}), _KEY: text}
    return is_same(item, {**item.manifest, "metadata": {**metadata, "annotations": annotations}})


def _origin(item: Item, directory: str) -> str:
    """Return what the annotation says; empty where that is not followed."""
    path = relpath(f"/{item.document.path}", f"/{directory}")
    if not _PLAIN.fullmatch(path):
        return ""
    if item.source:
        return f"path: {path}\n"
    kind = _GENERATORS[str(item.pointer[0])]
    return f"configuredIn: {path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}\n"
