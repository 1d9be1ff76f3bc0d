"""Options that the application controller of Argo CD 3.5 refuses, or silently ignores."""

from collections.abc import Iterable, Iterator, Sequence

from kure_hooks.config.argocd import problems
from kure_hooks.engines.argocd.sync_policy import policies, sync_options
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.argocd import Source
from kure_hooks.stack.model import Bundle


@of_rule("AR003")
def destinations_are_one(plan: Plan) -> Iterator[Finding]:
    """A bundle's destination is a server or a name."""
    for bundle in plan.cluster.bundles():
        destination = bundle.options.argocd.destination
        if destination and destination.server and destination.name:
            problem = f"the destination of bundle {bundle.name} has both server and name"
            yield bundle.key("argocd", "destination").fault(problem, "Keep one of the two.")


@of_rule("AC015")
def namespaces_are_created(plan: Plan) -> Iterator[Finding]:
    """Metadata for a namespace needs the option that makes Argo CD create it."""
    for bundle in plan.cluster.bundles():
        own, usual = policies(plan, bundle)
        managed = own.managed_namespace_metadata or usual.managed_namespace_metadata
        creates = "CreateNamespace=true" in sync_options(plan, bundle)
        if managed and not creates and not plan.cluster.create_namespaces:
            problem = f"bundle {bundle.name} has managedNamespaceMetadata, which has no effect"
            steps = ("argocd", "syncPolicy", "managedNamespaceMetadata")
            of_bundle = bundle.key(*steps)
            place = (
                of_bundle if own.managed_namespace_metadata else plan.cluster.key("gitops", *steps)
            )
            yield place.fault(problem, "Add CreateNamespace=true to the syncOptions.")


@of_rule("AC016")
def options_are_given_once(plan: Plan) -> Iterator[Finding]:
    """A list has each sync option once, and each difference says what it is about.

    Options of the cluster that the settings give are looked at where these are read.
    """
    cluster = plan.cluster.key("gitops", "argocd")
    for pointer, problem, expected in problems(plan.cluster.argocd):
        if cluster.below(pointer[0]).exists:
            yield cluster.below(*pointer).fault(problem, expected)
    for bundle in plan.cluster.bundles():
        for pointer, problem, expected in problems(bundle.options.argocd):
            yield bundle.key("argocd", *pointer).fault(problem, expected)


@of_rule("AC017")
def sources_are_whole(plan: Plan) -> Iterator[Finding]:
    """A source says what is taken from its repository, and is built in one way."""
    for bundle in plan.cluster.bundles():
        sources = bundle.options.argocd.sources
        for index, source in enumerate(sources):
            for problem, expected in _faults(source):
                place = bundle.key("argocd", "sources", index)
                yield place.fault(f"a source of bundle {bundle.name} {problem}", expected)
        yield from _names(bundle, "ref", (each.ref for each in sources))
        yield from _names(bundle, "name", (each.name for each in sources))


RULES: Sequence[Check] = (
    destinations_are_one,
    namespaces_are_created,
    options_are_given_once,
    sources_are_whole,
)


def _faults(source: Source) -> Iterator[tuple[str, str]]:
    if not (source.path or source.chart or source.ref):
        yield "takes nothing from its repository", "path, chart or ref"
    if source.path and source.chart:
        yield "has both path and chart", "Keep one of the two."
    if source.chart and not source.target_revision:
        yield "has a chart without a version", "targetRevision"
    if source.chart and (source.kustomize or source.directory):
        yield "has a chart that is not built by Helm", "Keep helm, or none of the tools."
    tools = [source.helm, source.kustomize, source.directory]
    if len(tools) - tools.count(None) > 1:
        yield "is built by several tools", "one of helm, kustomize and directory"


@of_rule("AC017")
def _names(bundle: Bundle, key: str, names: Iterable[str | None]) -> Iterator[Finding]:
    known: set[str] = set()
    for index, name in enumerate(names):
        if name in known:
            problem = f"bundle {bundle.name} has two sources with the {key} {name}"
            yield bundle.key("argocd", "sources", index, key).fault(
                problem, f"Choose another {key}."
            )
        known |= {name} if name else set()
