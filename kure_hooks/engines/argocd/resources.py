"""One Application for each unit, in waves by the dependency graph, and their project."""

from collections.abc import Sequence

from kure_hooks.engines.argocd.applications import (
    WAVE,
    application,
    automated,
    project,
    retry_every,
)
from kure_hooks.engines.objects import annotations_of, labels_of, without_empty
from kure_hooks.layout.payloads import Contents, origin
from kure_hooks.layout.plan import Plan, Unit
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest, written
from kure_hooks.origin import Origin
from kure_hooks.stack.graph import levels
from kure_hooks.stack.reconcile import BundleOptions, Image
from kure_hooks.stack.sources import SourceRef

REVISIONS = ("commit", "digest", "semver", "tag", "ref", "branch")
"""The fields that say which revision of a source is meant, the most exact one first."""


def resources(plan: Plan, contents: Contents) -> Sequence[Item]:
    """Return the Applications, and the cluster's project unless the stack names one of its own."""
    del contents  # an Application names a directory; what is in it is Argo CD's to find out
    wave = levels(plan.cluster)
    items = [
        Item(_application(plan, unit, wave[unit.name]), origin(plan, unit)) for unit in plan.units
    ]
    return items if plan.cluster.argocd.project else [*items, _project(plan)]


def project_of(plan: Plan) -> str:
    """Return the project of the cluster's Applications: the one it names, or its own."""
    return plan.cluster.argocd.project or plan.cluster.name


def repository(plan: Plan, source: SourceRef) -> tuple[str, str]:
    """Return URL and revision: the source's own, or the cluster's repository."""
    options = plan.cluster.argocd
    if not source.url:
        return options.repo_url, options.target_revision
    given = (getattr(source, name) for name in REVISIONS)
    return source.url, next((each for each in given if each), "HEAD")


def _project(plan: Plan) -> Item:
    urls = [repository(plan, unit.source)[0] for unit in plan.units]
    description = f"The bundles of cluster {plan.cluster.name}"
    manifest = project(project_of(plan), plan.cluster.argocd, urls, description)
    return Item(manifest, Origin(plan.cluster.at, plan.cluster.name))


def _application(plan: Plan, unit: Unit, wave: int) -> Manifest:
    options = unit.bundle.options
    return application(
        name=unit.name,
        options=plan.cluster.argocd,
        project=project_of(plan),
        source=_source(plan, unit),
        sync_policy=automated(
            prune=options.prune,
            suspended=bool(options.suspend),
            retry=retry_every(options.retry_interval),
        ),
        namespace=options.target_namespace,
        cascade=_cascades(options),
        labels=labels_of(plan, unit),
        annotations=annotations_of(plan, unit) | {WAVE: str(wave)},
    )


def _source(plan: Plan, unit: Unit) -> Manifest:
    url, revision = repository(plan, unit.source)
    return without_empty(
        {
            "repoURL": url,
            "path": unit.path,
            "targetRevision": revision,
            "kustomize": _kustomize(unit.bundle.options),
        }
    )


def _kustomize(options: BundleOptions) -> Manifest:
    return without_empty(
        {
            "namespace": options.target_namespace,
            "namePrefix": options.name_prefix,
            "nameSuffix": options.name_suffix,
            "images": [_image(each) for each in options.images],
            "patches": written(options.patches),
            "components": list(options.components),
            "ignoreMissingComponents": options.ignore_missing_components,
        }
    )


def _image(image: Image) -> str:
    """Return an image override as Argo CD writes it: `old=new:tag@digest`."""
    renamed = f"{image.name}={image.new_name}" if image.new_name else image.name
    tag = f":{image.new_tag}" if image.new_tag else ""
    return f"{renamed}{tag}" + (f"@{image.digest}" if image.digest else "")


def _cascades(options: BundleOptions) -> bool:
    """Whether what was applied goes when the Application goes (Flux: deletionPolicy and prune)."""
    if options.deletion_policy in ("Delete", "WaitForTermination"):
        return True
    return options.deletion_policy != "Orphan" and options.prune
