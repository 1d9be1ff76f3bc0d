"""The path table: which directory holds what, computed once for every later step.

Directories are tuples of segments below the repository's root and are compared as such.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.stack.documents import PackageRef
from kure_hooks.stack.model import Bundle, Cluster, Node
from kure_hooks.stack.reconcile import SourceRef

Segments = tuple[str, ...]

_PACKAGES = {"OCIRepository": "oci", "GitRepository": "git", "Bucket": "bucket"}


@dataclass(frozen=True)
class Unit:
    """What one GitOps object reconciles: a bundle or an umbrella's child."""

    bundle: Bundle
    node: str
    payload: Segments
    artifact: Segments
    source: SourceRef

    @property
    def name(self) -> str:
        """The name of the bundle and of its GitOps object."""
        return self.bundle.name

    @property
    def path(self) -> str:
        """The payload directory relative to the artifact root, `.` for the root itself."""
        return "/".join(self.payload[len(self.artifact) :]) or "."


@dataclass(frozen=True)
class Plan:
    """Every directory of one cluster's tree."""

    cluster: Cluster
    rules: LayoutRules
    directory: Segments
    control: Segments
    units: tuple[Unit, ...]

    @cached_property
    def by_name(self) -> dict[str, Unit]:
        """The units by name."""
        return {unit.name: unit for unit in self.units}


def plan(cluster: Cluster, rules: LayoutRules, output: str, control: str) -> Plan:
    """Return the paths of a cluster below `output`; `control` is the engine's directory.

    Raises InputError when two parts of the cluster want the same directory, or two packages the
    same name.
    """
    directory = (*output.split("/"), cluster.name)
    start = cluster.root.name not in {"", cluster.name}
    top = (*directory, cluster.root.name) if start else directory
    wanted = list(_node(cluster.root, "", top, _Home(rules, directory, (), None)))
    shared = Counter(unit.payload for unit in wanted)
    units = tuple(
        each
        for unit in wanted
        for each in _with_children(_apart(unit, directory, shared[unit.payload]))
    )
    faults = [*_clashes(units, rules), *_packages_that_differ(units)]
    if faults:
        raise InputError(faults)
    return Plan(cluster, rules, directory, _control(directory, control, cluster, units), units)


@dataclass(frozen=True)
class _Home:
    """What a node inherits: the rules, the cluster's directory and the package it is in."""

    rules: LayoutRules
    directory: Segments
    artifact: Segments
    package: PackageRef | None


def _node(node: Node, above: str, here: Segments, home: _Home) -> Iterator[Unit]:
    path = f"{above}/{node.name}" if above else node.name
    if node.package is not None and node.package != home.package:
        name = _package_name(node.package, node.name or home.directory[-1])
        artifact = (*home.directory, "packages", name)
        home = replace(home, artifact=artifact, package=node.package)
        here = (*artifact, node.name) if node.name else artifact
    if node.bundle:
        flat = home.rules.bundle_grouping == "flat"
        payload = here if flat else (*here, node.bundle.name)
        source = _package_source(node.bundle, home)
        yield Unit(node.bundle, path, payload, home.artifact, source)
    for child in node.children:
        flat = home.rules.node_grouping == "flat"
        yield from _node(child, path, here if flat else (*here, child.name), home)


def _apart(unit: Unit, directory: Segments, claims: int) -> Unit:
    """Give a unit a directory of its own where the rules put several into one.

    The cluster's own directory is the entry point and never a payload.
    """
    if claims == 1 and unit.payload != directory:
        return unit
    return replace(unit, payload=(*unit.payload, unit.name))


def _with_children(unit: Unit) -> Iterator[Unit]:
    yield unit
    for child in unit.bundle.children:
        payload = (*unit.payload, child.name)
        yield from _with_children(replace(unit, bundle=child, payload=payload, source=child.source))


def _package_name(package: PackageRef, node: str) -> str:
    return f"{_PACKAGES[package.kind]}-{package.name or node}"


def _package_source(bundle: Bundle, home: _Home) -> SourceRef:
    package = home.package
    if package is None:
        return bundle.source
    name = package.name or home.artifact[-1].partition("-")[2]
    return SourceRef(kind=package.kind, name=name, namespace=package.namespace, url=package.url)


def _control(directory: Segments, name: str, cluster: Cluster, units: tuple[Unit, ...]) -> Segments:
    """Return the control directory, which steps aside for a node or bundle of its name."""
    depth = len(directory)
    taken = {unit.payload[depth] for unit in units}
    taken |= {node.name for node in (cluster.root, *cluster.root.children)}
    while name in taken:
        name = f"{name}-control"
    return (*directory, name)


def _clashes(units: tuple[Unit, ...], rules: LayoutRules) -> Iterator[Finding]:
    """Yield a finding for each directory that two parts of the cluster want."""
    first: dict[Segments, str] = {}
    for unit in units:
        wanted = [(unit.payload, f"bundle {unit.name}", unit.bundle.at)]
        if rules.application_grouping == "name" and rules.application_file_mode == "resource":
            wanted += [
                ((*unit.payload, each.name), f"application {each.name}", each.at)
                for each in unit.bundle.applications
            ]
        for directory, what, at in wanted:
            if directory in first:
                problem = f"{what} and {first[directory]} both want {'/'.join(directory)}"
                yield Finding(at, "name", problem, "another name")
            first.setdefault(directory, f"{what} at {at}")


def _packages_that_differ(units: tuple[Unit, ...]) -> Iterator[Finding]:
    """Yield a finding for each package that is defined in two ways."""
    first: dict[Segments, Unit] = {}
    for unit in units:
        other = first.setdefault(unit.artifact, unit)
        if unit.artifact and unit.source != other.source:
            problem = f"package {unit.artifact[-1]} is defined otherwise for {other.name}"
            expected = "the same packageRef, or another name in it"
            yield Finding(unit.bundle.at, "packageRef", problem, expected)
