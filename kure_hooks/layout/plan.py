"""The path table: which directory holds what, computed once for every later step."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from msgspec.structs import replace as replace_fields

from kure_hooks.errors import InputError
from kure_hooks.layout import containers, plan_rules
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.layout.units import Scheme, Segments, Unit, as_app
from kure_hooks.stack.documents import PackageRef
from kure_hooks.stack.model import Application, Bundle, Cluster, Node
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio.place import Place

if TYPE_CHECKING:  # few stacks have payloads that exist
    from kure_hooks.objects.holdings import Holdings

_PACKAGES = {"OCIRepository": "oci", "GitRepository": "git", "Bucket": "bucket"}


class Plan(Struct, frozen=True, dict=True):
    """Every directory of one cluster's tree.

    `directory` is the entry point, `start` holds what brings up the GitOps tool and `control` its
    other objects; the latter two are one directory unless the tool's scheme has two. `sources` are
    the directories of the sources that are defined, by kind and name. `existing` has the holdings
    of each payload that exists, by the name of its unit: None for one that is elsewhere, and
    nothing before the files of the repository have been looked at. `payloads_here` are the paths of
    those that are in this repository, sorted.
    """

    cluster: Cluster
    rules: LayoutRules
    directory: Segments
    start: Segments
    control: Segments
    units: tuple[Unit, ...]
    sources: Mapping[containers.Source, Segments]
    existing: "Mapping[str, Holdings | None]" = {}
    payloads_here: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Unit]:
        """The units by name."""
        return {unit.name: unit for unit in self.units}

    def directory_of(self, unit: Unit, application: Application) -> Segments:
        """Return the directory of an application: the unit's payload, or one of its own inside.

        A part of a bundle has the application's directory as its payload.
        """
        return _directory_of(unit, application, self.rules)

    @cached_property
    def parts(self) -> dict[str, list[Unit]]:
        """The bundles that are split off, by name."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            if unit.part:
                found.setdefault(unit.bundle.name, []).append(unit)
        return found


def plan(
    cluster: Cluster,
    rules: LayoutRules,
    output: str,
    scheme: Scheme,
) -> Plan:
    """Return the paths of a cluster below `output`; `scheme` is the engine's.

    Raises InputError when two parts of the cluster want the same directory or name, or two packages
    the same name.
    """
    directory = (*output.split("/"), cluster.name)
    bundles = tuple(_bundles(cluster, rules, directory, scheme))
    taken = _taken(directory, bundles, cluster, scheme)
    start, control = ((*directory, _free(each, taken)) for each in (scheme.start, scheme.control))
    unplaced = tuple(_with_parts(bundles, rules))
    faults = [
        *plan_rules.directories_differ(unplaced, partial(_directory_of, rules=rules)),
        *plan_rules.names_differ(unplaced),
        *plan_rules.packages_differ(unplaced),
    ]
    if faults:
        raise InputError(faults)
    units = tuple(_placed(unplaced, rules, directory, control))
    sources = _sources(units, rules, directory, control)
    return Plan(cluster, rules, directory, start, control, units, sources)


def _bundles(
    cluster: Cluster, rules: LayoutRules, directory: Segments, scheme: Scheme
) -> Iterator[Unit]:
    """Yield the unit of each bundle with its payload."""
    own_level = cluster.root.name not in {"", cluster.name}
    top = (*directory, cluster.root.name) if own_level else directory
    wanted = list(_node(cluster.root, "", top, _Home(rules, directory, (), None, "")))
    shared = Counter(unit.payload for unit in wanted if not unit.exists)
    for unit in wanted:
        for child in _with_children(_own(unit, directory, shared[unit.payload])):
            yield as_app(child, directory, scheme.overlay) if scheme.overlay else child


class _Home(Struct, frozen=True):
    """The inheritance of a node: the rules, the cluster's directory, its package and container.

    The container is the nearest bundle above that is in the default package: GitOps objects are
    never delivered by another one.
    """

    rules: LayoutRules
    directory: Segments
    artifact: Segments
    package: PackageRef | None
    container: str
    package_place: Place | None = None


def _node(node: Node, above: str, here: Segments, home: _Home) -> Iterator[Unit]:
    path = f"{above}/{node.name}" if above else node.name
    if node.package is not None and node.package != home.package:
        name = _package_name(node.package, node.name or home.directory[-1])
        artifact = (*home.directory, "packages", name)
        place = node.package_key
        home = replace(home, artifact=artifact, package=node.package, package_place=place)
        here = (*artifact, node.name) if node.name else artifact
    if node.bundle:
        flat = home.rules.bundle_grouping == "flat"
        payload = here if flat else (*here, node.bundle.name)
        source = _package_source(node.bundle, home)
        place = home.package_place or node.bundle.source_place
        yield Unit(node.bundle, path, payload, home.artifact, source, place, home.container)
        if not home.artifact and node.bundle.payload is None:
            home = replace(home, container=node.bundle.name)
    merges = home.rules.node_grouping == "flat" or (not above and _absorbs(node, home))
    for child in node.children:
        yield from _node(child, path, here if merges else (*here, child.name), home)


def _absorbs(node: Node, home: _Home) -> bool:
    """Tell whether a node takes its only child's place: a level with nothing else says nothing.

    The directories of a package are those of its nodes, since others may read it as well.
    """
    collapses = home.rules.flatten_single_tier and not home.artifact
    if not collapses or node.bundle or len(node.children) != 1:
        return False
    (child,) = node.children
    return not child.children and not (child.bundle and child.bundle.children)


def _own(unit: Unit, directory: Segments, claims: int) -> Unit:
    """Give a unit a directory of its own where the rules put several into one.

    The cluster's own directory is the entry point and never a payload.
    """
    if claims <= 1 and unit.payload != directory:
        return unit
    return replace(unit, payload=(*unit.payload, unit.name))


def _with_children(unit: Unit) -> Iterator[Unit]:
    yield unit
    for child in unit.bundle.children:
        payload = (*unit.payload, child.name)
        inner = replace(
            unit,
            bundle=child,
            payload=payload,
            source=child.source,
            source_place=child.source_place,
            container=unit.container if unit.exists else unit.name,
        )
        yield from _with_children(inner)


def _with_parts(units: Iterable[Unit], rules: LayoutRules) -> Iterator[Unit]:
    """Yield the units, each followed by those of the applications that are split off from it."""
    for unit in units:
        yield unit
        if rules.flux_placement == "integrated":
            container = unit.container if unit.artifact else unit.name
            for each in filter(attrgetter("augments"), unit.bundle.applications):
                payload = _directory_of(unit, each, rules)
                yield replace(unit, payload=payload, container=container, part=each.name)


def _directory_of(unit: Unit, application: Application, rules: LayoutRules) -> Segments:
    by_name = rules.application_grouping == "name" and rules.application_file_mode == "resource"
    own = not unit.part and (application.augments or by_name)
    return (*unit.payload, application.name) if own else unit.payload


def _placed(
    units: Iterable[Unit], rules: LayoutRules, directory: Segments, control: Segments
) -> Iterator[Unit]:
    """Yield the units with the directory of their GitOps objects."""
    if rules.flux_placement == "separate":
        yield from (replace(unit, container="", control=control) for unit in units)
        return
    placed = containers.placed(list(units))
    payloads = {unit.name: unit.payload for unit in placed}
    for unit in placed:
        yield replace(unit, control=payloads.get(unit.container, directory))


def _sources(
    units: Sequence[Unit], rules: LayoutRules, directory: Segments, control: Segments
) -> Mapping[containers.Source, Segments]:
    """Return the directory of each source that is defined."""
    top = control if rules.flux_placement == "separate" else directory
    payloads = {unit.name: unit.payload for unit in units}
    return {
        source: payloads.get(container, top)
        for source, container in containers.of_sources(units).items()
    }


def _package_name(package: PackageRef, node: str) -> str:
    return f"{_PACKAGES[package.kind]}-{package.name or node}"


def _package_source(bundle: Bundle, home: _Home) -> SourceRef:
    """Return the source of a bundle; in a package it is the package's, of which it may say more."""
    package = home.package
    if package is None:
        return bundle.source
    name = package.name or home.artifact[-1].partition("-")[2]
    source = bundle.source
    same = (source.kind, source.name) == (package.kind, name)
    if same and source.is_defined and package.url in (None, source.url):
        return replace_fields(source, namespace=package.namespace or source.namespace)
    return SourceRef(kind=package.kind, name=name, namespace=package.namespace, url=package.url)


def _taken(
    directory: Segments, units: Iterable[Unit], cluster: Cluster, scheme: Scheme
) -> set[str]:
    """Return the names in the cluster's directory that bundles have, and nodes if they are seen."""
    depth = len(directory)
    nodes = () if scheme.overlay else (cluster.root, *cluster.root.children)
    written = {path[depth] for unit in units for path in unit.directories}
    return written | {node.name for node in nodes}


def _free(name: str, taken: Collection[str]) -> str:
    """Return the name of a tool's directory, which steps aside for a node or bundle of it."""
    while name in taken:
        name = f"{name}-control"
    return name
