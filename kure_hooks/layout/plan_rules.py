"""Clashes of two units of a cluster over a directory, a name or a package."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.units import Segments, Unit
from kure_hooks.stack.model import Application

# The controller puts the name into a label (Flux 2.9).
_LONGEST_NAME = 63


@of_rule("LY001")
def directories_differ(
    units: Sequence[Unit], directory_of: Callable[[Unit, Application], Segments]
) -> Iterator[Finding]:
    """Yield a finding for each directory that two parts of the cluster want.

    `directory_of` tells the directory of an application, as a Plan does.
    """
    parts = {(unit.bundle.name, unit.part) for unit in units if unit.part}
    first: dict[Segments, str] = {}
    for unit in units:
        what = f"application {unit.part}" if unit.part else f"bundle {unit.name}"
        part = unit.applications[0] if unit.part else unit.bundle
        wanted = [(path, what, part.key("name")) for path in unit.directories[:1]]
        wanted += [
            (directory, f"application {application.name}", application.key("name"))
            for application in unit.applications
            if (directory := directory_of(unit, application)) != unit.payload
            and (unit.name, application.name) not in parts
        ]
        for directory, what, name in wanted:
            if directory in first:
                problem = f"{what} and {first[directory]} both want {'/'.join(directory)}"
                yield name.fault(problem, "Choose another name.")
            first.setdefault(directory, f"{what} at {name}")


def names_differ(units: Sequence[Unit]) -> Iterator[Finding]:
    """Yield a finding for each part whose name another unit has, or that is too long for Flux."""
    taken = Counter(unit.name for unit in units)
    for unit in units:
        if not unit.part and unit.bundle.split_from in ("", unit.name):
            continue
        if taken[unit.name] > 1:
            problem = f"the name {unit.name} of its own Kustomization is taken"
            yield (
                unit.applications[0]
                .key("name")
                .fault(problem, "Choose another name.", rule="LY002")
            )
        if len(unit.name) > _LONGEST_NAME:
            problem = f"the name {unit.name} of its own Kustomization is too long"
            expected = f"at most {_LONGEST_NAME} characters together with its bundle's name"
            yield unit.applications[0].key("name").fault(problem, expected, rule="FX015")


@of_rule("LY003")
def packages_differ(units: Sequence[Unit]) -> Iterator[Finding]:
    """Yield a finding for each package that is defined in two ways."""
    first: dict[Segments, Unit] = {}
    for unit in units:
        other = first.setdefault(unit.artifact, unit)
        if unit.artifact and unit.source != other.source:
            problem = f"package {unit.artifact[-1]} is defined otherwise for {other.name}"
            expected = "the same packageRef, or another name in it"
            yield unit.source_key().fault(problem, expected)
