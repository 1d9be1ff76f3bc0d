"""Rules across the parts of a cluster; each yields a finding for every place that breaks it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from kure_hooks.decoding import nearest
from kure_hooks.files.paths import segment_problem
from kure_hooks.findings import Finding, of_rule
from kure_hooks.stack.expressions import expression_problems
from kure_hooks.stack.graph import event_cycles
from kure_hooks.stack.health import health_problems
from kure_hooks.stack.model import Bundle, Cluster, Dependency
from kure_hooks.yamlio.place import Place

Rule = Callable[[Cluster], Iterator[Finding]]


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    def key(self, *steps: str | int) -> Place: ...


def check(cluster: Cluster, *, whole: bool = True) -> list[Finding]:
    """Return everything that is wrong across the parts of a cluster.

    In one that is not `whole`, because a part of it can't be used, dependencies may lead there.
    """
    rules = (*RULES, dependencies_are_known) if whole else RULES
    return [finding for rule in rules for finding in rule(cluster)]


def clusters_differ(clusters: Iterable[Cluster]) -> Iterator[Finding]:
    """Two clusters of one file may not share a name: it is their directory."""
    yield from _twice("cluster", clusters)


@of_rule("ST020")
def names_are_file_names(cluster: Cluster) -> Iterator[Finding]:
    """Names become directories and files, on every platform."""
    nodes = [node for node in cluster.root.closure() if node.name]
    applications = [each for bundle in cluster.bundles() for each in bundle.applications]
    named: list[_Named] = [cluster, *nodes, *cluster.bundles(), *applications]
    for part in named:
        if problem := segment_problem(part.name):
            yield part.key("name").fault(f"{part.name} {problem}", "Choose another name.")


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


@of_rule("ST028")
def payloads_are_whole(cluster: Cluster) -> Iterator[Finding]:
    """A bundle has applications, or a payload to which nothing is added."""
    for bundle in cluster.bundles():
        if bundle.payload is not None and bundle.applications:
            problem = f"bundle {bundle.name} has both a payload and applications"
            expected = "Remove one. An application of kind Kustomize takes in a directory."
            yield bundle.key("payload").fault(problem, expected)


@of_rule("ST022")
def dependencies_differ(cluster: Cluster) -> Iterator[Finding]:
    """A bundle depends on others, and on each of them once."""
    for bundle in cluster.bundles():
        first: dict[str, Dependency] = {}
        for dependency in bundle.depends_on:
            name = _target(dependency)
            if first.setdefault(name, dependency) is not dependency:
                problem = f"bundle {bundle.name} depends on {name} twice"
                yield dependency.key("name").fault(problem, "List each dependency once.")
            elif name == bundle.name:
                problem = f"bundle {bundle.name} depends on itself"
                yield dependency.key("name").fault(problem, "Name other bundles.")


@of_rule("FX003")
def dependencies_are_known(cluster: Cluster) -> Iterator[Finding]:
    """A dependency is a bundle of the same cluster, unless it is declared external."""
    known = {bundle.name for bundle in cluster.bundles()}
    for bundle in cluster.bundles():
        for dependency in bundle.depends_on:
            name = dependency.name
            if name not in known and not dependency.external:
                problem = f"bundle {bundle.name} depends on {name}, which is not in this cluster"
                choices = nearest(name, known - {bundle.name})
                external = f"{{name: {name}, external: true}} if it is elsewhere."
                hint = f"{choices} Or write {external}" if choices else f"Write {external}"
                yield dependency.key("name").fault(problem, hint)


@of_rule("ST025")
def expressions_are_cel(cluster: Cluster) -> Iterator[Finding]:
    """Refuse conditions of readiness that are no CEL."""
    for bundle in cluster.bundles():
        for dependency in bundle.depends_on:
            text = dependency.ready_expr
            for _, problem, expected in expression_problems([((), text)]):
                yield dependency.key("readyExpr").fault(problem, expected)
        for pointer, problem, expected in health_problems(bundle.options.health_check_exprs):
            yield bundle.key("healthCheckExprs", *pointer).fault(problem, expected)


def umbrellas_wait_for_their_own(cluster: Cluster) -> Iterator[Finding]:
    """An umbrella waits for its children, and no child waits for its umbrella."""
    for bundle in cluster.bundles():
        if bundle.children and bundle.options.wait is False:
            problem = (
                "wait must not be false on a bundle with children: it becomes ready when they are"
            )
            expected = "Remove wait."
            yield bundle.key("wait").fault(problem, expected, rule="FX010")
        children = {child.name for child in bundle.children}
        for dependency in bundle.depends_on:
            if dependency.name in children:
                problem = f"{dependency.name} is a child of {bundle.name} and in its dependsOn"
                yield dependency.key("name").fault(problem, "Keep one of the two.", rule="ST026")
        for child in bundle.children:
            for dependency in child.depends_on:
                if dependency.name == bundle.name:
                    problem = f"{child.name} depends on its own umbrella {bundle.name}"
                    yield dependency.key("name").fault(
                        problem, "Delete this dependency.", rule="ST026"
                    )


@of_rule("ST027")
def umbrellas_have_no_packages(cluster: Cluster) -> Iterator[Finding]:
    """Umbrella bundles and package references can't be combined."""
    package = next((node for node in cluster.root.closure() if node.package), None)
    umbrella = next((bundle for bundle in cluster.bundles() if bundle.children), None)
    if umbrella and package:
        at = package.package_key
        problem = f"umbrella bundle {umbrella.name} in a cluster with a package reference at {at}"
        yield umbrella.key("children").fault(problem, "Keep one of the two.")


@of_rule("FX004")
def nobody_waits_for_ever(cluster: Cluster) -> Iterator[Finding]:
    """Dependencies and umbrellas together have no cycle.

    Dependencies that other rules refuse by themselves have no part in one: those on the bundle
    itself, on its umbrella or its child, and on a name that several bundles have.
    """
    bundles = list(cluster.bundles())
    counted = Counter(bundle.name for bundle in bundles)
    children = {
        bundle.name: [child.name for child in bundle.children if counted[child.name] == 1]
        for bundle in bundles
        if counted[bundle.name] == 1
    }

    def counts(bundle: Bundle, dependency: Dependency) -> bool:
        one, other = bundle.name, dependency.name
        related = other in children.get(one, ()) or one in children.get(other, ())
        unclear = counted[one] > 1 or counted[other] > 1
        return not (one == other or dependency.external or related or unclear)

    waits = {
        bundle.name: {each.name: each for each in bundle.depends_on if counts(bundle, each)}
        for bundle in bundles
    }
    for names in event_cycles(waits, children):
        pairs = pairwise(names)
        first = next(waits[one][other] for one, other in pairs if other in waits[one])
        problem = f"bundles wait for each other: {' -> '.join(names)}"
        yield first.key("name").fault(problem, "Remove one of these dependencies.")


RULES: Sequence[Rule] = (
    names_are_file_names,
    sibling_nodes_differ,
    bundle_names_differ,
    application_names_differ,
    payloads_are_whole,
    dependencies_differ,
    umbrellas_wait_for_their_own,
    umbrellas_have_no_packages,
    nobody_waits_for_ever,
    expressions_are_cel,
)


def _target(dependency: Dependency) -> str:
    if dependency.external and dependency.namespace:
        return f"{dependency.namespace}/{dependency.name}"
    return dependency.name


@of_rule("ST021")
def _twice(noun: str, named: Iterable[_Named]) -> Iterator[Finding]:
    first: dict[str, _Named] = {}
    for part in named:
        other = first.setdefault(part.name, part)
        if other is not part:
            problem = f"{noun} {part.name} is already defined at {other.key('name')}"
            yield part.key("name").fault(problem, "Choose another name.")
