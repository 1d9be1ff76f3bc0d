"""Everything that kustomizations of a tree take in, found without building them (kustomize 5.8)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import ancestors, is_below, join_relative
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.kustomize.directories import file_names
from kure_hooks.kustomize.files import PLAIN, configuration
from kure_hooks.kustomize.plugins import NEEDS_HELM, NEEDS_NETWORK, PLUGINS, REMOTE, Plugins
from kure_hooks.yamlio import Document, Pointer
from kure_hooks.yamlio.document import key_path

_COMPONENT = "Component"
_OBJECTS = ("resources", "bases", "components")
# The fields that change objects, of which the first that is there stands for a build.
_CHANGES = (
    *("patches", "patchesStrategicMerge", "patchesJson6902", "transformers", "replacements"),
    *("components", "configMapGenerator", "secretGenerator", "generators", "resources"),
)
_CHARTS = ("helmCharts", "helmChartInflationGenerator")
MAX_BUILDS = 5_000
"""The most directories that one build may build, each counted for every way that leads to it."""

_TOO_WIDE = f"builds more than {MAX_BUILDS} directories"


@dataclass(frozen=True, slots=True)
class Intake:
    """The parts of a build.

    `kustomizations` are the files of kustomize's, `resources` the files of objects, `others` those
    that are read as patches, settings or data. `directories` are those that are built on the way.
    `obstacles` say why the build is not for us, as the end of the sentence `<path> ...`; `faults`
    why there is none. A `plain` one only lists resources; a `plugged` one has configurations that
    may name more files. One that `leaves` its directories reads files beside them.
    """

    kustomizations: AbstractSet[str] = frozenset()
    resources: AbstractSet[str] = frozenset()
    others: AbstractSet[str] = frozenset()
    directories: AbstractSet[str] = frozenset()
    obstacles: tuple[str, ...] = ()
    faults: tuple[Finding, ...] = ()
    plain: bool = True
    plugged: bool = False
    leaves: bool = False

    @property
    def files(self) -> AbstractSet[str]:
        """All files that the build reads."""
        return self.kustomizations | self.resources | self.others

    @classmethod
    def joined(cls, intakes: Sequence["Intake"]) -> "Intake":
        """Return what several take in together."""
        return cls(
            frozenset().union(*(intake.kustomizations for intake in intakes)),
            frozenset().union(*(intake.resources for intake in intakes)),
            frozenset().union(*(intake.others for intake in intakes)),
            frozenset().union(*(intake.directories for intake in intakes)),
            tuple(obstacle for intake in intakes for obstacle in intake.obstacles),
            tuple(fault for intake in intakes for fault in intake.faults),
            plain=all(intake.plain for intake in intakes),
            plugged=any(intake.plugged for intake in intakes),
            leaves=any(intake.leaves for intake in intakes),
        )


class Intakes:
    """The kustomizations of a tree; each file is read once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._known: dict[str, _Reading] = {}

    def outermost(self, directories: Iterable[str]) -> list[str]:
        """Return those of some directories that no other of them takes in, sorted.

        Components are left out: who includes them builds them. Of directories that take each other
        in, the first stands for all.
        """
        candidates = [path for path in sorted(directories) if not self._at(path).is_component]
        inner = {path for directory in directories for path in self._at(directory).directories}
        roots = [path for path in candidates if path not in inner]
        built = {path for root in roots for path in self.whole(root).directories}
        for path in candidates:
            if path not in built:
                roots.append(path)
                built |= self.whole(path).directories
        return sorted(roots)

    def whole(self, directory: str) -> Intake:
        """Return all that the build of a directory takes in."""
        readings: list[_Reading] = []
        waiting, seen = [directory], {directory}
        while waiting:
            reading = self._at(waiting.pop())
            readings.append(reading)
            new = sorted(reading.directories - seen)
            seen.update(new)
            waiting += reversed(new)
        intake = Intake.joined([reading.intake for reading in readings])
        if _is_too_wide(readings):
            intake = replace(intake, obstacles=(_TOO_WIDE, *intake.obstacles))
        return intake

    def file(self, directory: str) -> str:
        """Return the path of a directory's file of kustomize's."""
        return self._at(directory).path

    def fields(self, directory: str) -> Document | None:
        """Return a directory's file of kustomize's, None for one that can't be read."""
        return self._at(directory).document

    def place(self, directory: str) -> Location:
        """Return the place of a directory's file that stands for its whole build."""
        document = self.fields(directory)
        if document is None:
            return Location(self.file(directory))
        key = next((key for key in _CHANGES if document.value.get(key)), "")
        return document.key_at(key)

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self.tree.paths())

    @cached_property
    def _directories(self) -> frozenset[str]:
        return frozenset(above for path in self._files for above in ("", *ancestors(path)))

    def _at(self, directory: str) -> "_Reading":
        if directory not in self._known:
            start = f"{directory}/" if directory else ""
            names = [start + name for name in BUILD_FILES if start + name in self._files]
            reading = _Reading(self.tree, self._files, self._directories, directory, names)
            reading.read()
            self._known[directory] = reading
        return self._known[directory]


def _is_too_wide(readings: Sequence["_Reading"]) -> bool:
    """Tell whether directories that take each other in by many ways make too much of little.

    `readings` begin with the outermost directory. One that takes itself in never ends; kustomize
    finds that out.
    """
    inner = {reading.directory: reading.directories for reading in readings}
    try:
        order = list(TopologicalSorter(inner).static_order())
    except CycleError:
        return False
    counts: dict[str, int] = {}
    for directory in order:
        counts[directory] = 1 + sum(counts[path] for path in inner.get(directory, ()))
    return counts[readings[0].directory] > MAX_BUILDS


@dataclass
class _Reading:
    """One file of kustomize's, with what it names sorted by its meaning."""

    tree: Tree
    present: AbstractSet[str]
    places: AbstractSet[str]
    directory: str
    names: list[str]
    document: Document | None = None
    directories: set[str] = field(default_factory=set)
    intake: Intake = field(default_factory=Intake)

    @property
    def path(self) -> str:
        return self.names[0] if self.names else self.directory

    @property
    def is_component(self) -> bool:
        return self.document is not None and self.document.value.get("kind") == _COMPONENT

    def read(self) -> None:
        try:
            self.document = configuration(self.tree, self.directory)
        except (InputError, ReadError) as error:
            at = Location(self.path)
            if isinstance(error, InputError):
                at, problem = error.findings[0].at, error.findings[0].problem
            else:
                problem = f"it {error.reason}"
            self.intake = self._intake((_fault(at, "", problem),))
            return
        if self.document is not None:
            self.intake = self._sorted(self.document)

    def _intake(self, faults: tuple[Finding, ...]) -> Intake:
        return Intake(frozenset(self.names), directories={self.directory}, faults=faults)

    def _sorted(self, document: Document) -> Intake:
        fields = document.value
        files: dict[bool, set[str]] = {False: set(), True: set()}
        faults: list[Finding] = []
        obstacles: list[str] = []
        for pointer, entry, is_object in self._entries(fields):
            path = join_relative(self.directory, entry)
            if path is not None and path in self.present:
                files[is_object].add(path)
                if self.tree.link(path) is not None:
                    obstacles.append(f"takes in {path}, a symbolic link, which is not followed")
            elif path is not None and self._is_elsewhere(path):
                obstacles.append(f"takes in {path}, which is in another repository")
            elif path in self.places and (is_object or pointer[0] in PLUGINS):
                faults += self._directory(document, pointer, entry, path or "")
            elif REMOTE.match(entry):
                obstacles.append(NEEDS_NETWORK.format(entry))
            else:
                why = "leaves the repository" if path is None else "does not exist"
                faults += [_fault(document.at(*pointer), key_path(pointer), f"{entry} {why}")]
        plugins = Plugins(self.tree, self.directory, self.present, fields)
        obstacles += plugins.obstacles
        obstacles += [NEEDS_HELM for key in _CHARTS if fields.get(key)]
        return Intake(
            kustomizations=frozenset(self.names),
            resources=files[True],
            others=files[False] | plugins.files,
            directories={self.directory},
            obstacles=tuple(obstacles),
            faults=tuple(faults),
            plain=not any(fields[key] for key in fields.keys() - PLAIN),
            plugged=any(fields.get(key) for key in PLUGINS),
            leaves=not all(is_below(path, self.directory) for path in files[True] | files[False]),
        )

    def _is_elsewhere(self, path: str) -> bool:
        """Tell whether a path is in a submodule, which trees list with a slash at the end."""
        return any(f"{above}/" in self.present for above in (path, *ancestors(path)))

    def _directory(
        self, document: Document, pointer: Pointer, entry: str, path: str
    ) -> Iterator[Finding]:
        inside = f"{path}/" if path else ""
        at = document.at(*pointer)
        if is_below(self.directory, path):
            yield _fault(at, key_path(pointer), f"{entry} holds the directory itself")
        elif not any(inside + name in self.present for name in BUILD_FILES):
            yield _fault(at, key_path(pointer), f"{entry} has no kustomization.yaml")
        else:
            self.directories.add(path)

    def _entries(self, fields: Mapping[str, Any]) -> Iterator[tuple[Pointer, str, bool]]:
        """Yield each file or directory that is named: where, and whether it has objects."""
        for key in (*_OBJECTS, *PLUGINS):
            entries = fields.get(key)
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, str) and "\n" not in entry:
                    yield (key, index), entry, key in _OBJECTS
        for name in file_names(fields):
            yield _pointer(fields, name), name, False


def _pointer(fields: Mapping[str, Any], name: str) -> Pointer:
    """Return where a file is named."""
    waiting: list[tuple[Pointer, Any]] = [((), fields)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*pointer, key), part) for key, part in value.items()]
        elif isinstance(value, list):
            waiting += [((*pointer, index), part) for index, part in enumerate(value)]
        elif isinstance(value, str) and (value == name or value.endswith(f"={name}")):
            return pointer
    return ()


def _fault(at: Location, key: str, problem: str) -> Finding:
    return Finding(at, key, f"kustomize can't build this: {problem}", rule="VA021")
