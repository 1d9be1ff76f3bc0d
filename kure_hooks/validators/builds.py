"""Objects to validate that kustomize builds: what comes to a cluster instead of single files."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from kure_hooks import process, stages
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Skipped
from kure_hooks.kustomize.build import PROGRAM, Build, build
from kure_hooks.kustomize.intake import Intake, Intakes
from kure_hooks.objects.built import SourceFiles
from kure_hooks.objects.written import Source, address_faults
from kure_hooks.validators import Built

_ONE_BY_ONE = "so its files were validated one by one, without patches"
_ABSENT = (
    "{}, so the files of {} were validated one by one, without the patches of kustomizations."
    " Put kustomize on PATH to have them built"
)


def built(
    tree: Tree, directories: Sequence[str], checkouts: tuple[Path, ...], *, plain: bool = True
) -> Built:
    """Build the outermost of some directories that have a file of kustomize's.

    Those that only list resources are the same built or not; without `plain` they are left out.
    Where kustomize is not installed, or would need a network, nothing is built and that is said.
    Raises ToolError when kustomize does not end.
    """
    if not directories:
        return Built()
    intakes = Intakes(tree)
    wholes = {path: intakes.whole(path) for path in intakes.outermost(directories)}
    wholes = {path: whole for path, whole in wholes.items() if plain or not whole.plain}
    findings = [fault for whole in wholes.values() for fault in whole.faults]
    skipped = [
        Skipped(intakes.file(path), f"{whole.obstacles[0]}, {_ONE_BY_ONE}")
        for path, whole in wholes.items()
        if whole.obstacles
    ]
    ready = {
        path: whole for path, whole in wholes.items() if not whole.faults and not whole.obstacles
    }
    program = process.find(PROGRAM, checkouts)
    if program is None:
        skipped += _absent(ready)
        return Built(findings=tuple(findings), skipped=tuple(skipped))
    stages.enter("building the kustomizations")
    builds = build(tree, program, ready, checkouts)
    return _judged(intakes, ready, builds, Built(findings=tuple(findings), skipped=tuple(skipped)))


def _judged(
    intakes: Intakes, ready: Mapping[str, Intake], builds: Mapping[str, Build], so_far: Built
) -> Built:
    files = SourceFiles(intakes.tree)
    findings, sources = [*so_far.findings], []
    taken: set[str] = set()
    for path, made in builds.items():
        place = intakes.place(path)
        if made.failure:
            problem = f"kustomize can't build this: {made.failure}"
            findings.append(Finding(place, "", problem, rule="VA021"))
        else:
            objects = files.built(made.parts, place)
            faults = {id(item): list(address_faults(item)) for item in objects}
            judged = tuple(item for item in objects if not faults[id(item)])
            sources.append(Source(place.path, judged))
            findings += chain.from_iterable(faults.values())
            taken |= ready[path].resources | ready[path].others
    return Built(
        tuple(sources),
        frozenset(taken),
        findings=tuple(findings),
        skipped=so_far.skipped,
    )


def _absent(ready: Mapping[str, Intake]) -> Iterable[Skipped]:
    count = sum(not whole.plain for whole in ready.values())
    if count:
        files = f"{count} directories" if count > 1 else "1 directory"
        yield Skipped(PROGRAM, _ABSENT.format(process.absence(PROGRAM), files))
