"""Releases of charts: Applications of their own beside that of their bundle.

Where Flux writes a HelmRelease, Argo CD 3.5 renders the chart itself and applies what comes out.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from posixpath import normpath

from msgspec import structs

from kure_hooks.apps import is_release
from kure_hooks.apps.helm.release import name_of
from kure_hooks.apps.helm.source import ChartRevision, path_of, tagged_version, url
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.config.argocd import Automated
from kure_hooks.decoding.types import layered
from kure_hooks.engines.argocd.applications import application, repository
from kure_hooks.engines.argocd.bundle_applications import destination_of, heads, project_of
from kure_hooks.engines.argocd.ordering.interface import Deployment
from kure_hooks.engines.argocd.sync_policy import ignored, policies, sync_options, sync_policy
from kure_hooks.engines.objects import annotations_of, labels_of
from kure_hooks.layout.payloads import Contents, origin
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application

ANY: Sequence[tuple[str, str]] = (("*", "*"),)
"""The kinds outside namespaces that a release may have, unknown before its chart is rendered."""

REF = "values"
"""The name by which an Application calls the repository with the values file."""

_REGISTRY = "oci://"

# What Flux 2.9 takes where a HelmRelease or GitRepository doesn't say.
_ANY_VERSION = "*"

_BRANCH = "master"


def charts(plan: Plan) -> Iterator[tuple[Unit, Application]]:
    """Yield every release of a chart with the unit that it belongs to."""
    for unit in plan.units:
        for release in unit.applications:
            if is_release(release):
                yield unit, release


def without_charts(plan: Plan, contents: Contents) -> Contents:
    """Return the contents of payloads: of a release nothing but its values files."""
    del plan  # the kind of an application says it all
    return {
        name: [
            (release, Product(files=product.files) if is_release(release) else product)
            for release, product in products
        ]
        for name, products in contents.items()
    }


def deployments(plan: Plan, contents: Contents) -> list[Deployment]:
    """Return the Application of each release; its turn is that of its bundle."""
    files = {
        (name, release.name): tuple(product.files)
        for name, products in contents.items()
        for release, product in products
    }
    return [
        Deployment(
            unit,
            Item(
                _application(plan, unit, release, files[unit.bundle.name, release.name]),
                origin(plan, unit, release),
            ),
        )
        for unit, release in charts(plan)
    ]


def application_name(unit: Unit, release: Application) -> str:
    """Return the name of a release's Application; that of the release alone may be its bundle's."""
    return f"{unit.name}-{release.name}"


def _application(plan: Plan, unit: Unit, release: Application, files: Collection[str]) -> Manifest:
    namespace = _namespace(plan, unit, release)
    destination = structs.replace(destination_of(plan, unit), namespace=namespace)
    project = project_of(plan, unit)
    made = application(
        name=application_name(unit, release),
        options=structs.replace(plan.cluster.argocd, destination=destination),
        project=project,
        source={},
        sync_policy=_sync_policy(plan, unit, release.spec),
        labels=labels_of(plan, unit, *heads(plan, unit)) | release.labels,
        annotations=annotations_of(plan, unit, *heads(plan, unit)) | release.annotations,
    )
    own = {key: made["spec"][key] for key in ("destination", "syncPolicy")}
    more = without_empty({"ignoreDifferences": ignored(plan, unit.bundle)})
    spec = {"project": project, **_sources(plan, unit, release, files), **own, **more}
    return made | {"spec": spec}


def _namespace(plan: Plan, unit: Unit, release: Application) -> str:
    """Return the namespace that a release goes to; kustomize's goes before the release's own."""
    spec: Spec = release.spec
    return (
        spec.release.target_namespace
        or unit.bundle.options.target_namespace
        or release.namespace
        or destination_of(plan, unit).namespace
        or "default"
    )


def _sources(plan: Plan, unit: Unit, release: Application, files: Collection[str]) -> Manifest:
    """Return the chart, and beside it the repository that its values files are in."""
    spec: Spec = release.spec
    url, revision = repository(plan, unit.source)
    own = {
        "repoURL": url,
        "targetRevision": unit.bundle.options.argocd.target_revision or revision,
    }
    named = own | {"path": path_of(release)} if spec.is_local else chart_source(spec)
    chart = {**named, "helm": _helm(plan, unit, release, files)}
    if not files:
        return {"source": chart}
    return {"sources": [chart, own | {"ref": REF}]}


def _helm(plan: Plan, unit: Unit, release: Application, files: Iterable[str]) -> Manifest:
    spec: Spec = release.spec
    directory = unit.inside(plan.directory_of(unit, release))
    changes = (spec.install, spec.upgrade)
    return without_empty(
        {
            "releaseName": name_of(release),
            "passCredentials": spec.source.pass_credentials,
            "skipCrds": (spec.install.crds or spec.release.crds) == "Skip" or None,
            "skipSchemaValidation": any(change.disable_schema_validation for change in changes)
            or None,
            "valueFiles": [f"${REF}/{directory}/{name}" for name in files],
            "valuesObject": spec.values,
        }
    )


def _sync_policy(plan: Plan, unit: Unit, spec: Spec) -> Manifest:
    """Return how a release is synced: as its bundle, but for what the release itself says.

    Flux prunes releases always, corrects their drift when asked to, and goes on with them when the
    bundle is suspended.
    """
    own, usual = (policy.automated for policy in policies(plan, unit.bundle))
    corrects = spec.drift_detection and spec.drift_detection.mode == "enabled"
    like_flux = Automated(
        enabled=False if spec.suspend else None, prune=True, self_heal=bool(corrects)
    )
    return sync_policy(plan, unit.bundle) | {
        "automated": written(layered(Automated, own, like_flux, usual)),
        "syncOptions": _sync_options(plan, unit, spec),
    }


def _sync_options(plan: Plan, unit: Unit, spec: Spec) -> list[str]:
    """Return the bundle's sync options; on the namespace they go before the release."""
    options = sync_options(plan, unit.bundle)
    creates = spec.install.create_namespace
    if creates is None:
        creates = spec.release.create_namespace
    if creates is None:
        creates = plan.cluster.create_namespaces
    if not creates or any(option.startswith("CreateNamespace=") for option in options):
        return options
    return sorted([*options, "CreateNamespace=true"])


def chart_source(spec: Spec) -> Manifest:
    """Return repoURL, chart or path, and targetRevision of a release whose source has a URL."""
    address = url(spec.source)
    if spec.source.type == "GitRepository":
        path = normpath((spec.chart.name or "").lstrip("/"))
        return {"repoURL": address, "path": path, "targetRevision": _in_git(spec.source.ref)}
    if digest := spec.source.ref.digest:  # it is an artifact for Argo CD, which is a chart
        return {"repoURL": address.rstrip("/"), "path": ".", "targetRevision": digest}
    if spec.source.type == "OCIRepository":
        registry, _, chart = address.removeprefix(_REGISTRY).rstrip("/").rpartition("/")
        return {"repoURL": registry, "chart": chart, "targetRevision": _in_registry(spec)}
    repository = address.removeprefix(_REGISTRY)
    if repository != address:
        repository = repository.rstrip("/")
    version = spec.chart.version or _ANY_VERSION
    return {"repoURL": repository, "chart": spec.chart.name, "targetRevision": version}


def _in_git(ref: ChartRevision) -> str:
    return ref.commit or ref.name or ref.semver or ref.tag or ref.branch or _BRANCH


def _in_registry(spec: Spec) -> str:
    """Return the version of a chart in a registry, for a tag the one that it stands for."""
    ref = spec.source.ref
    return ref.semver or tagged_version(ref.tag or "") or spec.chart.version or _ANY_VERSION
