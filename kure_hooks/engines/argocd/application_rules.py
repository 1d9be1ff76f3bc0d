"""What the application controller of Argo CD 3.5 refuses, or silently ignores."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from kure_hooks.engines.argocd.policies import policies, sync_options
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding, Location
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.argocd import Source
from kure_hooks.stack.model import Bundle
from kure_hooks.syncing import IgnoreDifference, SyncPolicy


def destinations_are_one(plan: Plan) -> Iterator[Finding]:
    """A bundle's destination is a server or a name."""
    for bundle in plan.cluster.bundles():
        destination = bundle.options.argocd.destination
        if destination and destination.server and destination.name:
            problem = f"the destination of bundle {bundle.name} has both server and name"
            yield Finding(bundle.at, "argocd.destination", problem, "one of the two")


def namespaces_are_created(plan: Plan) -> Iterator[Finding]:
    """Metadata for a namespace needs the option that makes Argo CD create it."""
    for bundle in plan.cluster.bundles():
        own, usual = policies(plan, bundle)
        managed = own.managed_namespace_metadata or usual.managed_namespace_metadata
        if managed and "CreateNamespace=true" not in sync_options(plan, bundle):
            problem = f"bundle {bundle.name} has managedNamespaceMetadata, which has no effect"
            key = "argocd.syncPolicy.managedNamespaceMetadata"
            yield Finding(bundle.at, key, problem, "CreateNamespace=true among the syncOptions")


def options_are_given_once(plan: Plan) -> Iterator[Finding]:
    """A list has each sync option once, and each difference says what it is about."""
    options = plan.cluster.argocd
    yield from _once(options.sync_policy, plan.cluster.at, "gitops.argocd")
    yield from _fields(options.ignore_differences, plan.cluster.at, "gitops.argocd")
    for bundle in plan.cluster.bundles():
        own = bundle.options.argocd
        yield from _once(own.sync_policy, bundle.at, "argocd")
        yield from _fields(own.ignore_differences or (), bundle.at, "argocd")


def sources_are_whole(plan: Plan) -> Iterator[Finding]:
    """A source says what is taken from its repository, and is built in one way."""
    for bundle in plan.cluster.bundles():
        sources = bundle.options.argocd.sources
        for index, source in enumerate(sources):
            for problem, expected in _faults(source):
                key = f"argocd.sources[{index}]"
                yield Finding(
                    bundle.at, key, f"a source of bundle {bundle.name} {problem}", expected
                )
        yield from _names(bundle, "ref", (each.ref for each in sources))
        yield from _names(bundle, "name", (each.name for each in sources))


RULES: Sequence[Check] = (
    destinations_are_one,
    namespaces_are_created,
    options_are_given_once,
    sources_are_whole,
)


def _once(policy: SyncPolicy | None, at: Location, place: str) -> Iterator[Finding]:
    options = policy.sync_options if policy else ()
    counted = Counter(each.partition("=")[0] for each in options)
    for name in sorted(each for each, times in counted.items() if times > 1):
        key = f"{place}.syncPolicy.syncOptions"
        yield Finding(at, key, f"the sync option {name} is there twice", "each option once")


def _fields(differences: Iterable[IgnoreDifference], at: Location, place: str) -> Iterator[Finding]:
    for each in differences:
        if not (each.json_pointers or each.jq_path_expressions or each.managed_fields_managers):
            problem = f"the difference of {each.kind} has no fields"
            expected = "jsonPointers, jqPathExpressions or managedFieldsManagers"
            yield Finding(at, f"{place}.ignoreDifferences", problem, expected)


def _faults(source: Source) -> Iterator[tuple[str, str]]:
    if not (source.path or source.chart or source.ref):
        yield "takes nothing from its repository", "path, chart or ref"
    if source.path and source.chart:
        yield "has both path and chart", "one of the two"
    if source.chart and not source.target_revision:
        yield "has a chart without a version", "targetRevision"
    if source.chart and (source.kustomize or source.directory):
        yield "has a chart that is not built by Helm", "helm, or none of the tools"
    tools = [source.helm, source.kustomize, source.directory]
    if len(tools) - tools.count(None) > 1:
        yield "is built by several tools", "one of helm, kustomize and directory"


def _names(bundle: Bundle, key: str, names: Iterable[str | None]) -> Iterator[Finding]:
    counted = Counter(filter(None, names))
    for name in sorted(each for each, times in counted.items() if times > 1):
        problem = f"bundle {bundle.name} has two sources with the {key} {name}"
        yield Finding(bundle.at, "argocd.sources", problem, f"another {key}")
