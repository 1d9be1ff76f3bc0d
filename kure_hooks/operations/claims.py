"""Claims that several stacks, or stacks and their own output, lay to one place."""

from collections.abc import Container, Iterable, Iterator

from kure_hooks.config import Settings
from kure_hooks.drift.compare import owner
from kure_hooks.files.paths import collision_key, is_below, parent
from kure_hooks.findings import Finding, Location, of_rule
from kure_hooks.operations.compile import StackResult
from kure_hooks.yamlio.document import Pointer, key_path


@of_rule("OP002")
def mixed_with_inputs(
    results: Iterable[StackResult], owned: Container[str], settings: Settings
) -> Iterator[Finding]:
    """Yield a finding for each input among generated files, or in a directory around them.

    None where a stack names such a directory, which has a finding of its own there.
    """
    for result in results:
        if any(finding.rule == "EN014" for finding in result.findings):
            continue
        for path in result.inputs.files:
            around = is_below(settings.output, parent(path)) and parent(path) != ""
            if around or (is_below(path, settings.output) and owner(path, owned)):
                problem = f"{result.stack} reads this file, and {settings.output} is for output"
                expected = "Move one out of the other, or set another `output` in .kure-hooks.yaml."
                yield Finding(Location(path), "", problem, expected)


@of_rule("LY001")
def shared_directories(places: Iterable[tuple[str, Location, Pointer]]) -> Iterator[Finding]:
    """Yield a finding for each cluster whose directory is that of another one before it."""
    first: dict[str, Location] = {}
    for directory, at, pointer in places:
        name = collision_key(directory)
        if name in first:
            problem = f"{directory} is also written by the cluster at {first[name]}"
            yield Finding(at, key_path(pointer), problem, "Choose another cluster name.")
        first.setdefault(name, at)


def names(results: Iterable[StackResult]) -> Iterator[tuple[str, Location, Pointer]]:
    """Yield the directories of clusters with the places of their names."""
    for result in results:
        for directory, (at, pointer) in result.names.items():
            yield directory, at, pointer
