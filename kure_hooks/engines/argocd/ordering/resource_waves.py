"""The strategy `resource-waves`: an Application for each node, whose objects are in waves.

Argo CD waits for the objects of a wave to be healthy in every sync, so it orders updates as well,
among the bundles of one node: an umbrella and what it contains. Between nodes it is as good as the
strategy `waves`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import structs
from msgspec.structs import replace

from kure_hooks.apps.metadata import with_annotations
from kure_hooks.engines.argocd.applications import WAVE
from kure_hooks.engines.argocd.ordering.interface import Deployment
from kure_hooks.engines.argocd.ordering.waves import health_is_told, in_wave
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest
from kure_hooks.stack.graph import before, cycle, levels, longest
from kure_hooks.stack.model import Cluster

OF_A_BUNDLE = frozenset(
    {
        *("description", "interval", "timeout", "wait", "health_checks", "health_check_exprs"),
        *("name_prefix", "name_suffix", "components", "ignore_missing_components"),
        *("images", "patches", "common_metadata", "build_metadata", "post_build", "flux"),
        "gitops",
    }
)
"""Options that bundles of one Application may have each for itself: those of a source, those that
are written into manifests and those that Argo CD has for all Applications at once. Patches of
GitOps objects say themselves what they are for."""


def applications(plan: Plan, deployments: Sequence[Deployment]) -> Sequence[Item]:
    """See Strategy: the Application of each node's own bundle, with the sources of all of them."""
    home = _homes(plan.cluster)
    level = longest(_between(plan.cluster, home))
    nodes = groupby(deployments, lambda each: home[each.unit.bundle.name])
    return [in_wave(_together([*inside]), level[name]) for name, inside in nodes]


def objects(plan: Plan, applications: Sequence[Item]) -> Sequence[Item]:
    """See Strategy: the Applications themselves."""
    del plan
    return applications


def payloads(plan: Plan, directories: Sequence[Directory]) -> Sequence[Directory]:
    """See Strategy: every object is in the wave of its bundle's level unless it says another."""
    level = levels(plan.cluster)
    return [_stamped(each, level[each.origin.bundle]) for each in directories]


def problems(plan: Plan) -> Iterator[Finding]:
    """See Strategy: bundles of a node share an Application, and those of others are elsewhere."""
    home = _homes(plan.cluster)
    yield from _nodes_in_a_cycle(plan, home)
    if any(_between(plan.cluster, home).values()):
        yield from health_is_told(plan)
    for unit in plan.units:
        yield from _options_that_differ(unit, plan.by_name[home[unit.name]])
        yield from _dependencies_outside(unit, home)


@of_rule("AO006")
def _nodes_in_a_cycle(plan: Plan, home: Mapping[str, str]) -> Iterator[Finding]:
    needs = _between(plan.cluster, home)
    if names := cycle({f"sync {k}": [f"sync {each}" for each in v] for k, v in needs.items()}):
        problem = f"the nodes of these bundles wait for each other: {' -> '.join(names)}"
        expected = "Put bundles that wait for each other's children into one umbrella."
        yield plan.cluster.key("gitops", "argocd", "ordering").fault(problem, expected)


@of_rule("AO007")
def _dependencies_outside(unit: Unit, home: Mapping[str, str]) -> Iterator[Finding]:
    for dependency in unit.bundle.depends_on:
        name = dependency.name
        if dependency.external or home[name] == home[unit.name]:
            continue
        problem = (
            f"bundle {unit.name} waits for {name} of another node, "
            "which resource waves order at the first roll-out only"
        )
        expected = "Put both into one umbrella, or write ordering: progressive."
        yield dependency.key("name").fault(problem, expected, Severity.WARNING)


def _homes(cluster: Cluster) -> Mapping[str, str]:
    """Return for each bundle the node's own bundle: itself, or the umbrella that it is in."""
    return {
        each.name: node.bundle.name
        for node in cluster.root.closure()
        if node.bundle
        for each in node.bundle.closure()
    }


def _between(cluster: Cluster, home: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each node's own bundle those of the nodes that have to come before it."""
    found: dict[str, set[str]] = {}
    for name, earlier in before(cluster).items():
        found.setdefault(home[name], set()).update(home[each] for each in earlier)
    return {name: earlier - {name} for name, earlier in found.items()}


def _together(deployments: Sequence[Deployment]) -> Item:
    own = deployments[0].application
    if len(deployments) == 1:
        return own
    specs = [each.application.manifest["spec"] for each in deployments]
    # Bundles of a node agree in their namespace, but not all may need one for their objects.
    places = (each["destination"] for each in specs)
    together = {
        "sources": [source for each in specs for source in _sources(each)],
        "destination": max(places, key=lambda each: "namespace" in each),
    }
    alone = {key: each for key, each in specs[0].items() if key not in ("source", *together)}
    return replace(own, manifest=own.manifest | {"spec": alone | together})


def _sources(spec: Manifest) -> Sequence[Manifest]:
    return spec.get("sources") or [spec["source"]]


def _stamped(directory: Directory, level: int) -> Directory:
    """Return a directory with the wave on each object, and on the ConfigMaps kustomize makes."""
    step = with_annotations({WAVE: str(level)})
    return replace(
        directory,
        files=[
            replace(
                file,
                items=tuple(replace(item, manifest=step(item.manifest)) for item in file.items),
            )
            for file in directory.files
        ],
        generators=[
            replace(each, annotations={WAVE: str(level), **each.annotations})
            for each in directory.generators
        ],
        overlay=directory.overlay
        and replace(
            directory.overlay, annotations={WAVE: str(level), **directory.overlay.annotations}
        ),
    )


@of_rule("AO005")
def _options_that_differ(unit: Unit, own: Unit) -> Iterator[Finding]:
    """Yield a finding for each option of an Application that a bundle wants for itself."""
    options = unit.bundle.options
    for field in structs.fields(options):
        value, shared = (getattr(each, field.name) for each in (options, own.bundle.options))
        if field.name not in OF_A_BUNDLE and value != shared:
            key = field.encode_name
            problem = (
                f"bundle {unit.name} and its umbrella {own.name} differ in {key}, "
                "but share an Application"
            )
            yield unit.bundle.key(key).fault(
                problem, "Write the same in both, or set ordering: waves."
            )
