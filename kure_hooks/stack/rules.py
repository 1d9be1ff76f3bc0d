"""What must hold across a cluster's parts; each rule yields the findings where it doesn't."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from kure_hooks.decoding import nearest
from kure_hooks.files.paths import segment_problem
from kure_hooks.findings import Finding, Location
from kure_hooks.stack.documents import DependencyDoc
from kure_hooks.stack.graph import event_cycle
from kure_hooks.stack.model import Cluster

Rule = Callable[[Cluster], Iterator[Finding]]


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def at(self) -> Location: ...


def check(cluster: Cluster, *, whole: bool = True) -> list[Finding]:
    """Return everything that is wrong across the parts of a cluster.

    In one that is not `whole`, because a part of it can't be used, dependencies may lead there.
    """
    rules = (*RULES, dependencies_are_known) if whole else RULES
    found = [finding for rule in rules for finding in rule(cluster)]
    # Where names or dependencies are wrong, a cycle would say the same again.
    if any(finding.key in {"name", "dependsOn"} for finding in found):
        return found
    return [*found, *nobody_waits_for_ever(cluster)]


def clusters_differ(clusters: Iterable[Cluster]) -> Iterator[Finding]:
    """Two clusters of one file may not share a name: it is their directory."""
    yield from _twice("cluster", clusters)


def names_are_file_names(cluster: Cluster) -> Iterator[Finding]:
    """Names become directories and files, on every platform."""
    nodes = [node for node in cluster.root.closure() if node.name]
    applications = [each for bundle in cluster.bundles() for each in bundle.applications]
    named: list[_Named] = [cluster, *nodes, *cluster.bundles(), *applications]
    for each in named:
        if problem := segment_problem(each.name):
            yield Finding(each.at, "name", f"{each.name} {problem}", "another name")


def sibling_nodes_differ(cluster: Cluster) -> Iterator[Finding]:
    """Two children of one node may not share a name."""
    for node in cluster.root.closure():
        yield from _twice("node", node.children)


def bundle_names_differ(cluster: Cluster) -> Iterator[Finding]:
    """Bundles become objects of one namespace, so their names differ across the cluster."""
    yield from _twice("bundle", cluster.bundles())


def application_names_differ(cluster: Cluster) -> Iterator[Finding]:
    """Two applications of one bundle may not share a name."""
    for bundle in cluster.bundles():
        yield from _twice("application", bundle.applications)


def dependencies_differ(cluster: Cluster) -> Iterator[Finding]:
    """A bundle depends on others, and on each of them once."""
    for bundle in cluster.bundles():
        names = Counter(map(_target, bundle.depends_on))
        for name in sorted(name for name, times in names.items() if times > 1):
            problem = f"bundle {bundle.name} depends on {name} twice"
            yield Finding(bundle.at, "dependsOn", problem, "each dependency once")
        if bundle.name in names:
            problem = f"bundle {bundle.name} depends on itself"
            yield Finding(bundle.at, "dependsOn", problem, "other bundles")


def dependencies_are_known(cluster: Cluster) -> Iterator[Finding]:
    """A dependency is a bundle of the same cluster, unless it is declared external."""
    known = {bundle.name for bundle in cluster.bundles()}
    for bundle in cluster.bundles():
        for each in bundle.depends_on:
            if each.name not in known and not each.external:
                problem = (
                    f"bundle {bundle.name} depends on {each.name}, which is not in this cluster"
                )
                choices = nearest(each.name, known - {bundle.name})
                external = f"{{name: {each.name}, external: true}} if it is elsewhere"
                hint = f"{choices} or {external}" if choices else external
                yield Finding(bundle.at, "dependsOn", problem, hint)


def umbrellas_wait_for_their_own(cluster: Cluster) -> Iterator[Finding]:
    """An umbrella waits for its children, and no child waits for its umbrella."""
    for bundle in cluster.bundles():
        if bundle.children and bundle.options.wait is False:
            problem = f"umbrella {bundle.name} has wait: false"
            yield Finding(bundle.at, "wait", problem, "no wait, or true: it waits for its children")
        children = {child.name for child in bundle.children}
        for name in sorted(children & {each.name for each in bundle.depends_on}):
            problem = f"{name} is a child of {bundle.name} and in its dependsOn"
            yield Finding(bundle.at, "dependsOn", problem, "one of the two")
        for child in bundle.children:
            if bundle.name in {each.name for each in child.depends_on}:
                problem = f"{child.name} depends on its own umbrella {bundle.name}"
                yield Finding(child.at, "dependsOn", problem, "no such dependency")


def umbrellas_have_no_packages(cluster: Cluster) -> Iterator[Finding]:
    """Umbrella bundles and package references can't be combined."""
    umbrella = next((each for each in cluster.bundles() if each.children), None)
    package = next((node for node in cluster.root.closure() if node.package), None)
    if umbrella and package:
        problem = f"umbrella bundle {umbrella.name} in a cluster with package references"
        yield Finding(umbrella.at, "children", problem, "one of the two")


def nobody_waits_for_ever(cluster: Cluster) -> Iterator[Finding]:
    """Dependencies and umbrellas together have no cycle."""
    bundles = list(cluster.bundles())
    cycle = event_cycle(bundles)
    if cycle:
        first = next((each for each in bundles if each.name == cycle[0]), None)
        problem = f"bundles wait for each other: {' -> '.join(cycle)}"
        at = first.at if first else cluster.at
        yield Finding(at, "dependsOn", problem, "dependencies without a cycle")


RULES: Sequence[Rule] = (
    names_are_file_names,
    sibling_nodes_differ,
    bundle_names_differ,
    application_names_differ,
    dependencies_differ,
    umbrellas_wait_for_their_own,
    umbrellas_have_no_packages,
)


def _target(dependency: DependencyDoc) -> str:
    if dependency.external and dependency.namespace:
        return f"{dependency.namespace}/{dependency.name}"
    return dependency.name


def _twice(what: str, named: Iterable[_Named]) -> Iterator[Finding]:
    first: dict[str, _Named] = {}
    for each in named:
        other = first.setdefault(each.name, each)
        if other is not each:
            problem = f"{what} {each.name} is already defined at {other.at}"
            yield Finding(each.at, "name", problem, "another name")
