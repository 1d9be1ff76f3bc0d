"""The conversion of a payload into applications, from the finest kinds to the plainest."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from posixpath import relpath
from typing import Any

from kure_hooks.files.globs import is_glob
from kure_hooks.files.paths import base_name, parent
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Payload, Resource
from kure_hooks.importing.charts import RELEASE, Taken, chart, source_of
from kure_hooks.importing.contents import Contents, UnfitError, contents, is_configured
from kure_hooks.importing.workloads import CONTROLLERS, stays_as_it_is, workload
from kure_hooks.manifests import Identity, Manifest, kind_of, same

_LONGEST = 63


class Fineness(IntEnum):
    """The kinds that a conversion uses; each next one has fewer that can fail."""

    TYPED = 0
    """Workloads and releases in kinds of their own."""
    PLAIN = 1
    """Objects as they are, and overlays."""
    WHOLE = 2
    """The directory as a whole, as one overlay."""


@dataclass(frozen=True)
class Conversion:
    """The applications of a payload.

    `absorbed` are the files all of whose objects the applications say themselves, so that nothing
    reads them any longer, and `commented` those of them and of other files read no longer whose
    comments no application has.
    """

    applications: Sequence[dict[str, Any]]
    absorbed: Sequence[str] = ()
    commented: Sequence[str] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)


def coarser(fineness: Fineness, payload: Payload, files: Files) -> Fineness | None:
    """Return the next plainer conversion of a payload, None after the last."""
    if fineness is Fineness.TYPED:
        return Fineness.PLAIN
    if fineness is Fineness.PLAIN and is_configured(payload, files):
        return Fineness.WHOLE
    return None


@dataclass(frozen=True)
class Home:
    """The bundle that gets applications: its name, the file that has it and its tools.

    Only where Flux is the one of its `engines` HelmReleases become applications of their own.
    """

    name: str
    path: str
    engines: Collection[str]


def convert(payload: Payload, files: Files, home: Home, fineness: Fineness) -> Conversion:
    """Return the applications of a payload; raises UnfitError."""
    converter = _Converter(files, home)
    if fineness is Fineness.WHOLE:
        return converter.converted(Contents(overlays=[payload.directory]), (), typed=False)
    typed = fineness is Fineness.TYPED
    return converter.converted(contents(payload, files), payload.resources, typed=typed)


class _Converter:
    """The conversion of one payload."""

    def __init__(self, files: Files, home: Home) -> None:
        self._files = files
        self._name = home.name
        self._base = parent(home.path) or "."
        self._engines = home.engines
        self._names: set[str] = set()

    def converted(
        self, inside: Contents, resources: Iterable[Resource], *, typed: bool
    ) -> Conversion:
        """Return the applications of some contents."""
        paths = [path for path in dict.fromkeys(inside.files) if self._files.objects(path)]
        loose = [item for item in resources if _path(item) in paths and _is_as_written(item)]
        whole = {
            path
            for path in paths
            if len(self._files.objects(path)) == sum(_path(item) == path for item in loose)
        }
        typable = [item for item in loose if _path(item) in whole]
        taken = self._taken(paths, typable) if typed else []
        claimed = {id(resource) for item in taken for resource in item.resources}
        rest = {
            path: [item for item in loose if _path(item) == path and id(item) not in claimed]
            for path in paths
        }
        touched = {_path(item) for item in loose if id(item) in claimed}
        listed = [path for path in paths if path not in touched]
        remaining = [item.manifest for path in paths if path in touched for item in rest[path]]
        applications = [self._renamed(item.application) for item in taken]
        applications += [self._overlay(path) for path in inside.overlays]
        applications += self._plain(listed, remaining)
        if not applications:
            raise UnfitError("applies nothing, so that there is nothing to adopt")
        return Conversion(
            applications,
            absorbed=sorted(touched),
            commented=sorted(path for path in touched if _has_comments(self._files, path)),
            kinds=Counter(item["kind"] for item in applications),
        )

    def _taken(self, paths: Sequence[str], loose: Sequence[Resource]) -> list[Taken]:
        """Return the charts and workloads, each in files without secrets that others leave."""
        candidates = [*self._releases(loose), *_workloads(loose, self._engines)]
        while True:
            claimed = {id(resource) for item in candidates for resource in item.resources}
            kept = {
                path
                for path in paths
                for item in loose
                if _path(item) == path and id(item) not in claimed and _is_secret(item.manifest)
            }
            sound = [item for item in candidates if kept.isdisjoint(map(_path, item.resources))]
            if len(sound) == len(candidates):
                return sound
            candidates = sound

    def _releases(self, loose: Sequence[Resource]) -> Iterator[Taken]:
        if set(self._engines) != {"flux"}:
            return
        users = Counter(filter(None, map(source_of, loose)))
        known: dict[Identity, Resource] = {
            item.who: item for item in loose if item.who and users[item.who] == 1
        }
        for item in loose:
            if kind_of(item.manifest) == RELEASE and (taken := chart(item, known)):
                yield taken

    def _plain(
        self, paths: Sequence[str], remaining: Sequence[Manifest]
    ) -> Iterator[dict[str, Any]]:
        """Yield the application that has objects as they are."""
        named = [path for path in paths if not is_glob(path)]
        objects: list[Manifest] = []
        for path in filter(is_glob, paths):
            inside = [item.manifest for item in self._files.objects(path)]
            if any(map(_is_secret, inside)):
                problem = f"has a Secret in {path}, whose name a stack would read as a pattern"
                raise UnfitError(f"{problem}. Rename the file.")
            objects += inside
        spec: dict[str, Any] = {}
        if named:
            spec["files"] = [relpath(path, self._base) for path in named]
        if remaining or objects:
            spec["objects"] = [*remaining, *objects]
        if spec:
            yield {"name": self._free(self._name, "objects"), "kind": "Manifests", "spec": spec}

    def _overlay(self, path: str) -> dict[str, Any]:
        name = self._free(_dns(base_name(path)) or self._name, "overlay")
        return {
            "name": name,
            "kind": "Kustomize",
            "spec": {"path": relpath(path or ".", self._base)},
        }

    def _renamed(self, application: dict[str, Any]) -> dict[str, Any]:
        """Return an application whose name is taken now; it is that of its object, so it stays."""
        self._names.add(application["name"])
        return application

    def _free(self, name: str, role: str) -> str:
        """Return a name that no other application of the bundle has."""
        names = [name, f"{name[: _LONGEST - len(role) - 1]}-{role}"]
        names += [f"{name[: _LONGEST - 4]}-{number}" for number in range(2, 1000)]
        free = next(item for item in names if item not in self._names)
        self._names.add(free)
        return free


def _workloads(loose: Sequence[Resource], engines: Collection[str]) -> Iterator[Taken]:
    claimed: set[int] = set()
    loose = [item for item in loose if stays_as_it_is(item.manifest, engines)]
    for item in loose:
        if kind_of(item.manifest) in CONTROLLERS:
            others = [other for other in loose if other is not item and id(other) not in claimed]
            if taken := workload(item, others):
                claimed |= set(map(id, taken.resources))
                yield taken


def _path(resource: Resource) -> str:
    return resource.source.document.path if resource.source else ""


def _is_as_written(resource: Resource) -> bool:
    return resource.source is not None and same(resource.source.manifest, resource.manifest)


def _is_secret(manifest: Manifest) -> bool:
    return kind_of(manifest) == ("", "Secret") or "sops" in manifest


def _has_comments(files: Files, path: str) -> bool:
    lines = (line.strip() for line in files.text(path).splitlines())
    return any(
        (line.startswith("#") and "yaml-language-server" not in line) or " #" in line
        for line in lines
    )


def _dns(name: str) -> str:
    text = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower())
    return text.strip("-")[:_LONGEST].rstrip("-")
