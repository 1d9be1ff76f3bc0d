"""Directories without a file of kustomize's, as Flux and as Argo CD read them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import structs

from kure_hooks.files.paths import ancestors, parent
from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.budget import TOO_LONG
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.building import Builder
from kure_hooks.gitops.kustomizations.items import Build, Item, twice
from kure_hooks.gitops.kustomizations.reading import REFUSES, names_in
from kure_hooks.gitops.payload import Payload, Resource, Way
from kure_hooks.kustomize import is_kustomization
from kure_hooks.kustomize.targets import Id
from kure_hooks.manifests import value_at
from kure_hooks.objects.written import Object

_FLUX_ENDINGS = (".yaml", ".yml")
_JSONNET = ".jsonnet"
_ARGO_ENDINGS = (".yaml", ".yml", ".json")
_SKIPPED = b"+argocd:skip-file-rendering"
_MANIFEST = (b"apiVersion:", b"kind:", b"metadata:")


class Directories:
    """The directories of a tree that are read without a file of kustomize's."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def generated(self, directory: str, builder: Builder) -> Build:
        """Return the build of a directory by the file that Flux generates for it.

        It lists all YAML below the directory, and the directories that have a file of their own
        (kustomize-controller 1.9).
        """
        build = Build(directories={directory})
        known: dict[Id, Item] = {}
        for path, is_base in self._listed(directory):
            if builder.budget.is_spent:
                build.lose(TOO_LONG)
                break
            if is_base:
                base = builder.build(path)
                builder.budget.change(base.weight)
                build.take(base)
                _append(build, base.items, known)
            else:
                build.files.add(path)
                build.directories.add(parent(path))
                _append(build, self._items(build, builder, path), known)
        return build

    def _items(self, build: Build, builder: Builder, path: str) -> list[Item]:
        """Return the objects of a file, and tell the build what is wrong with it."""
        if self.files.tree.link(path) is not None:
            build.unknown.append(f"takes in {path}, a symbolic link, which is not followed")
            return []
        loaded = builder.loader.loaded(path)
        if loaded.problem:
            problem = f"{REFUSES}the file {loaded.problem}"
            expected = "Correct the file, or keep it out of the source."
            at = loaded.at or Location(path)
            build.faults.append(Finding(at, "", problem, expected, rule="KZ001"))
        if loaded.unknown:
            build.unknown.append(f"takes in {path}, which {loaded.unknown}")
        build.weight += loaded.weight
        builder.budget.change(loaded.weight)
        return [
            Item(written.manifest, written.document, written.pointer, written, written.at())
            for written in loaded.objects
        ]

    def _listed(self, directory: str) -> Iterator[tuple[str, bool]]:
        """Yield what the file of Flux lists: the path, and whether it is a directory."""
        bases: set[str] = set()
        for path in self._below(directory):
            inner = [
                above
                for above in ancestors(path)
                if len(above) > len(directory) and names_in(self.files, above)
            ]
            if inner:
                if inner[0] not in bases:
                    bases.add(inner[0])
                    yield inner[0], True
            elif path.endswith(_FLUX_ENDINGS):
                yield path, False

    def _below(self, directory: str) -> Iterator[str]:
        """Yield the paths below a directory that matter to Flux."""
        start = f"{directory}/" if directory else ""
        first = bisect_left(self._known, start)
        for index in range(first, len(self._known)):
            path = self._known[index]
            if not path.startswith(start):
                return
            yield path

    @cached_property
    def _known(self) -> tuple[str, ...]:
        """The sorted paths of manifests, of Jsonnet and of files of kustomize's."""
        return tuple(
            sorted(
                path
                for path in self.files.paths
                if path.endswith((*_ARGO_ENDINGS, _JSONNET)) or is_kustomization(path)
            )
        )

    def payload(self, directory: str, way: Way) -> Payload:
        """Return what Argo CD 3.5 makes of a directory of manifests.

        A file that has no object and does not look like having one is left out.
        """
        faults: list[Finding] = []
        unknown: list[str] = []
        objects: list[Object] = []
        inside = [
            path
            for path in self._below(directory)
            if way is Way.RECURSIVE or parent(path) == directory
        ]
        paths = [
            path for path in inside if path.endswith(_ARGO_ENDINGS) and not self._is_skipped(path)
        ]
        for path in paths:
            if self.files.tree.link(path) is not None:
                unknown.append(f"takes in {path}, a symbolic link, which is not followed")
                continue
            found, fault = self._read(path)
            objects += found
            faults += fault
        resources = [
            Resource(each.document, each.pointer, each.manifest, each.at(), each)
            for each in objects
        ]
        if any(path.endswith(_JSONNET) for path in inside):
            unknown.append("has Jsonnet, which is not followed")
        return Payload(
            directory,
            way,
            tuple(resources),
            frozenset(paths),
            frozenset({directory, *map(parent, paths)}),
            tuple(faults),
            tuple(unknown),
        )

    def _is_skipped(self, path: str) -> bool:
        return _SKIPPED in self.files.content(path)

    def _read(self, path: str) -> tuple[list[Object], list[Finding]]:
        """Return the objects of a file, and why Argo CD refuses it."""
        problem, at = "", Location(path)
        for fault in self.files.faults(path):
            problem, at = fault.problem, fault.at
            break
        objects = list(self.files.objects(path))
        for document in self.files.documents(path):
            value = document.value
            if value is not None and not value_at(value, "kind"):
                problem, at = "it has something that is no Kubernetes object", document.at()
                break
        if not problem:
            return objects, []
        content = self.files.content(path)
        if not objects and not all(mark in content for mark in _MANIFEST):
            return [], []
        finding = Finding(
            at, "", f"Argo CD can't read this: {problem}", "Correct the file.", rule="KZ001"
        )
        return objects, [finding]


def _append(build: Build, items: Iterable[Item], known: dict[Id, Item]) -> None:
    """Add objects to a build, of which `known` are there; one that is there twice is a fault."""
    for item in items:
        first = known.setdefault(item.id, item)
        if first is item:
            build.items.append(item)
            continue
        refusal = twice(first, item)
        problem = f"{REFUSES}{refusal.problem}"
        fault = Finding(item.place, "", problem, refusal.expected, rule=refusal.rule)
        build.faults.append(structs.replace(fault, object=refusal.label))
