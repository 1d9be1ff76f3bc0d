"""Files that Kustomizations need and that Flux leaves out of the artifacts that they come from."""

from collections.abc import Iterator, Sequence
from posixpath import commonpath

from msgspec import Struct

from kure_hooks.engines.artifacts import Artifact, Ignored
from kure_hooks.engines.source_ignore import Pattern
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


def files_are_in_artifacts(
    plan: Plan, directories: Sequence[Directory], tree: Tree
) -> Iterator[Finding]:
    """Yield a finding for what Flux would not find although it lies in the repository.

    All that one pattern leaves out is one finding, but for files that the stack names itself.
    """
    # What is left out changes no generated file, so that these are no inputs of one.
    ignored = Ignored(unrecorded(tree))
    left_out: dict[tuple[Artifact, Pattern, Place | None], list[_File]] = {}
    for artifact, needed in _needed(plan, directories, tree):
        for file in needed:
            if pattern := ignored.excluding(artifact, file.path):
                left_out.setdefault((artifact, pattern, file.named), []).append(file)
    for (artifact, pattern, named), files in left_out.items():
        yield _finding(artifact, pattern, named, files)


def _needed(
    plan: Plan, directories: Sequence[Directory], tree: Tree
) -> Iterator[tuple[Artifact, Iterator[_File]]]:
    """Yield the files that each source has to have."""
    units = {path: unit for unit in plan.units for path in unit.directories}
    whole = _artifact((), plan.cluster.source)
    for directory in directories:
        ends = range(len(directory.path), len(plan.directory), -1)
        unit = next((units[key] for end in ends if (key := directory.path[:end]) in units), None)
        artifact = _artifact(unit.artifact, unit.source) if unit else whole
        yield artifact, _files(directory)
    for unit in plan.units:
        yield _artifact(unit.artifact, unit.source), _of_components(unit, tree)
        yield _artifact(unit.artifact, unit.source), _of_payload(plan, unit)


def _artifact(root: Segments, source: SourceRef) -> Artifact:
    return Artifact(root, source.kind, source.ignore or "")


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
    artifact: Artifact, pattern: Pattern, named: Place | None, files: Sequence[_File]
) -> Finding:
    first = files[0]
    path = "/".join(first.path)
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    problem = f"Flux leaves {path}{more} out of its artifact because of {pattern.text}"
    noun = "name" if len(files) == 1 else "directory"
    expected = f"another {noun}, or {pattern.way_in(_shared(files), artifact.root)}"
    if named:
        return named.fault(problem, expected, rule="FX032")
    return Finding(pattern.at or first.at, "", problem, expected, rule="FX032")


def _shared(files: Sequence[_File]) -> str:
    """Return the path of the only file, or of the directory that all are in, with a slash."""
    if len(files) == 1:
        return "/".join(files[0].path)
    together = commonpath("/".join(file.path[:-1]) for file in files)
    return f"{together}/" if together else ""
