"""Files that Kustomizations need and that Flux leaves out of the artifacts that they come from."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from posixpath import commonpath

from msgspec import Struct

from kure_hooks.engines.flux.source_ignore import (
    FILE,
    Pattern,
    Patterns,
    read_patterns,
    usual_patterns,
)
from kure_hooks.errors import ReadError
from kure_hooks.files.paths import join_relative
from kure_hooks.files.recorder import Recorder, unrecorded
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.layout.file_names import KUSTOMIZATION
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory
from kure_hooks.layout.units import Segments, Unit
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio.place import Place


class _File(Struct, frozen=True):
    """A file of the repository that a build reads, and what asks for it.

    `named` is the place of its name in the stack, if it is there.
    """

    path: Segments
    at: Location
    named: Place | None = None


class _Artifact(Struct, frozen=True, cache_hash=True):
    """The artifact that a source makes of the files below a directory."""

    root: Segments
    source: SourceRef


class _Ignored:
    """The patterns of artifacts, found out when they are asked for."""

    def __init__(self, tree: Tree) -> None:
        # What is left out changes no generated file, so that these are no inputs of one.
        self.tree = unrecorded(tree)
        self._in_file: dict[str, list[Pattern]] = {}
        self._known: dict[tuple[_Artifact, Segments], Patterns] = {}

    def excluding(self, artifact: _Artifact, path: Segments) -> Pattern | None:
        """Return the pattern that leaves a file of the repository out of an artifact."""
        key = (artifact, path[:-1])
        if key not in self._known:
            self._known[key] = _together(tuple(self._patterns(artifact, path[:-1])))
        pattern = self._known[key].excluding(path[len(artifact.root) :])
        if pattern and pattern.is_usual and self._are_elsewhere(artifact):
            return None
        return pattern

    def _patterns(self, artifact: _Artifact, directory: Segments) -> list[Pattern]:
        """Return the patterns that may match files of a directory, the strongest last.

        A Bucket has one file of patterns and none of Flux's own.
        """
        root = len(artifact.root)
        bucket = artifact.source.kind == "Bucket"
        ends = range(root, root + 1 if bucket else len(directory) + 1)
        written = [each for end in ends for each in self._of(directory[:end], artifact)]
        written += read_patterns(artifact.source.ignore or "")
        return written if bucket else [*usual_patterns(alone=not written), *written]

    def _are_elsewhere(self, artifact: _Artifact) -> bool:
        """Tell whether any directory has patterns, which is enough to take Flux's own away."""
        found = self.tree.paths("/".join(artifact.root))
        places = (path.rpartition("/") for path in found)
        return any(
            self._of(tuple(filter(None, directory.split("/"))), artifact)
            for directory, _, name in places
            if name == FILE
        )

    def _of(self, directory: Segments, artifact: _Artifact) -> list[Pattern]:
        path = "/".join((*directory, FILE))
        if path not in self._in_file:
            domain = directory[len(artifact.root) :]
            self._in_file[path] = read_patterns(self._text(path), domain, path)
        return self._in_file[path]

    def _text(self, path: str) -> str:
        try:
            found = self.tree.holds(path, b"") is not None
            return self.tree.read(path).decode(errors="replace") if found else ""
        except ReadError:
            return ""


@lru_cache(maxsize=1 << 6)
def _together(patterns: Sequence[Pattern]) -> Patterns:
    """Return the patterns, which are the same for most directories of all clusters."""
    return Patterns(patterns)


def files_are_in_artifacts(
    plan: Plan, directories: Sequence[Directory], tree: Tree
) -> Iterator[Finding]:
    """Yield a finding for what Flux would not find although it lies in the repository.

    All that one pattern leaves out is one finding, but for files that the stack names itself.
    """
    ignored = _Ignored(tree)
    left_out: dict[tuple[_Artifact, Pattern, Place | None], list[_File]] = {}
    for artifact, needed in _needed(plan, directories, tree):
        for file in needed:
            if pattern := ignored.excluding(artifact, file.path):
                left_out.setdefault((artifact, pattern, file.named), []).append(file)
    for (artifact, pattern, named), files in left_out.items():
        yield _finding(artifact, pattern, named, files)


def _needed(
    plan: Plan, directories: Sequence[Directory], tree: Tree
) -> Iterator[tuple[_Artifact, Iterator[_File]]]:
    """Yield the files that each source has to have."""
    units = {path: unit for unit in plan.units for path in unit.directories}
    whole = _Artifact((), plan.cluster.source)
    for directory in directories:
        ends = range(len(directory.path), len(plan.directory), -1)
        unit = next((units[key] for end in ends if (key := directory.path[:end]) in units), None)
        artifact = _Artifact(unit.artifact, unit.source) if unit else whole
        yield artifact, _files(directory)
    for unit in plan.units:
        yield _Artifact(unit.artifact, unit.source), _of_components(unit, tree)
        yield _Artifact(unit.artifact, unit.source), _of_payload(plan, unit)


def _files(directory: Directory) -> Iterator[_File]:
    """Yield the files of a generated directory."""
    named = {
        file: generator.places.get(key)
        for generator in directory.generators
        for key, file in generator.files.items()
    }
    for file in directory.files:
        yield _File((*directory.path, file.name), file.items[0].origin.at)
    for name in (KUSTOMIZATION, *directory.extras):
        yield _File((*directory.path, name), directory.origin.at, named.get(name))
    if overlay := directory.overlay:
        place = next(iter(overlay.places.values()))
        yield from (_File(_split(path), place.at, place) for path in sorted(overlay.holdings.files))


def _of_payload(plan: Plan, unit: Unit) -> Iterator[_File]:
    """Yield the files of a payload that exists in this repository."""
    held, place = plan.existing.get(unit.name), unit.bundle.key("payload", "path")
    for path in sorted(held.files) if held else ():
        yield _File(_split(path), place.at, place)


def _split(path: str) -> Segments:
    return tuple(path.split("/"))


def _of_components(unit: Unit, tree: Tree) -> Iterator[_File]:
    """Yield the files of the repository that the components of a unit are built of."""
    components = () if unit.part else unit.bundle.options.components
    if not components:
        return
    from kure_hooks.kustomize.directories import Builder  # noqa: PLC0415 - few have components

    for index, component in enumerate(components):
        recorder = Recorder(tree)
        path = join_relative("/".join(unit.synced), component)
        place = unit.bundle.key("components", index)
        if path is not None and not Builder(recorder, restricted=False).problem(path, "Component"):
            inputs = recorder.inputs
            for found in dict.fromkeys((*inputs.files, *inputs.listed)):
                if list(tree.paths(found)) == [found]:
                    yield _File(tuple(found.split("/")), place.at, place)


def _finding(
    artifact: _Artifact, pattern: Pattern, named: Place | None, files: Sequence[_File]
) -> Finding:
    first = files[0]
    path = "/".join(first.path)
    start = len(artifact.root) + (len(pattern.domain) if pattern.at else 0)
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    problem = f"Flux leaves {path}{more} out of its artifact because of {pattern.text}"
    where = f"at the end of {'/'.join((*artifact.root, FILE))}"
    if pattern.at:
        where = f"behind {pattern.at}"
    elif pattern.written:
        where = "at the end of `ignore` of the source"
    noun = "name" if len(files) == 1 else "directory"
    expected = f"another {noun}, or the line `!{_kept(pattern, files, start)}` {where}"
    if named:
        return named.fault(problem, expected, rule="FX032")
    return Finding(pattern.at or first.at, "", problem, expected, rule="FX032")


def _kept(pattern: Pattern, files: Sequence[_File], start: int) -> str:
    """Return the pattern that keeps all files: their own, or that of the directory they share.

    Paths in it begin behind as many directories as `start` says.
    """
    if len(files) == 1:
        return f"/{'/'.join(files[0].path[start:])}"
    together = commonpath("/".join(file.path[start:-1]) for file in files)
    return f"/{together}/" if together else pattern.text
