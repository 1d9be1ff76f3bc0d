"""The Application of a unit: what its bundle and its cluster say, in the words of Argo CD 3.5.

A bundle's `argocd` section goes before the fields that it shares with Flux, these go before the
cluster's options. The path comes from the plan.
"""

from msgspec import structs

from kure_hooks.config.argocd import Destination
from kure_hooks.engines.argocd.applications import CASCADE, application
from kure_hooks.engines.argocd.builds import kustomize
from kure_hooks.engines.argocd.repositories import repository
from kure_hooks.engines.argocd.sync_policy import ignored, sync_policy
from kure_hooks.engines.objects import Head, annotations_of, labels_of
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.model import Cluster


def project_of(plan: Plan, unit: Unit | None = None) -> str:
    """Return the project of a unit: the one it names, or the cluster's."""
    named = unit.bundle.options.argocd.project if unit else None
    return named or usual_project(plan.cluster)


def usual_project(cluster: Cluster) -> str:
    """Return the project of a cluster: the one that the stack names, or the cluster's own."""
    return cluster.argocd.project or cluster.name


def application_of(plan: Plan, unit: Unit, contents: Contents) -> Manifest:
    """Return the Application of a unit, without what orders it; InputError as from `kustomize`."""
    made = application(
        name=unit.name,
        options=structs.replace(plan.cluster.argocd, destination=destination_of(plan, unit)),
        project=project_of(plan, unit),
        source=_source(plan, unit, contents),
        sync_policy=sync_policy(plan, unit.bundle),
        labels=labels_of(plan, unit, *heads(plan, unit)),
        annotations=annotations_of(plan, unit, *heads(plan, unit)),
        cascade=False,
    )
    if finalizers := _finalizers(plan, unit.bundle.options):
        made["metadata"]["finalizers"] = list(finalizers)
    return {**made, "spec": _with_sources(made["spec"], unit) | _details(plan, unit)}


def heads(plan: Plan, unit: Unit) -> tuple[Head, Head]:
    """Return what says which labels and annotations are for Applications alone."""
    return plan.cluster.argocd, unit.bundle.options.argocd


def destination_of(plan: Plan, unit: Unit) -> Destination:
    """Return where a unit goes to; one that only names a namespace is on the cluster's server."""
    options = unit.bundle.options
    own = options.argocd.destination or Destination()
    usual = plan.cluster.argocd.destination
    namespace = own.namespace or options.target_namespace or usual.namespace
    elsewhere = own.server or own.name
    return structs.replace(own if elsewhere else usual, namespace=namespace)


def _source(plan: Plan, unit: Unit, contents: Contents) -> Manifest:
    url, revision = repository(plan, unit.source)
    return without_empty(
        {
            "repoURL": url,
            "path": unit.path,
            "targetRevision": unit.bundle.options.argocd.target_revision or revision,
            "kustomize": kustomize(plan, unit.bundle, contents),
        }
    )


def _with_sources(spec: Manifest, unit: Unit) -> Manifest:
    """Return a spec with the other sources of its bundle behind the bundle's own directory."""
    more = unit.bundle.options.argocd.sources
    if not more:
        return spec
    rest = {key: each for key, each in spec.items() if key not in ("project", "source")}
    sources = [spec["source"], *written(more)]
    return {"project": spec["project"], "sources": sources, **rest}


def _details(plan: Plan, unit: Unit) -> Manifest:
    own, usual = unit.bundle.options.argocd, plan.cluster.argocd
    limit = own.revision_history_limit
    return without_empty(
        {
            "ignoreDifferences": ignored(plan, unit.bundle),
            "info": written((*usual.info, *(own.info or ()))),
            "revisionHistoryLimit": usual.revision_history_limit if limit is None else limit,
        }
    )


def _finalizers(plan: Plan, options: BundleOptions) -> tuple[str, ...]:
    if options.argocd.finalizers is not None:
        return options.argocd.finalizers
    if not _cascades(options):
        return ()
    usual = plan.cluster.argocd.finalizers
    return (CASCADE,) if usual is None else usual


def _cascades(options: BundleOptions) -> bool:
    """Tell whether the objects go with the Application (Flux: deletionPolicy and prune)."""
    if options.deletion_policy in ("Delete", "WaitForTermination"):
        return True
    return options.deletion_policy != "Orphan" and options.prune
