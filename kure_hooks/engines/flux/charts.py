"""Charts of this repository: a HelmRelease takes one from the source of its bundle (Flux 2.9)."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.apps import is_release, renders
from kure_hooks.apps.metadata import with_annotations
from kure_hooks.engines.objects import namespace_of
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, kind_of, text_at, without_empty
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application

_RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")
_POLICY = ("metadata", "annotations", "helm.sh/resource-policy")
_PRUNE = "kustomize.toolkit.fluxcd.io/prune"
_KINDS = ("GitRepository", "Bucket")


def local_charts(plan: Plan) -> Iterator[tuple[Unit, Application]]:
    """Yield the releases of charts that lie in this repository, each with its unit."""
    for unit in plan.units:
        for release in unit.applications:
            if is_release(release) and release.spec and release.spec.is_local:
                yield unit, release


def with_sources(plan: Plan, contents: Contents) -> Contents:
    """Return contents in which the release of each such chart names the source of its bundle."""
    sources = {
        (unit.bundle.name, release.name): _reference(plan, unit)
        for unit, release in local_charts(plan)
    }
    if not sources:
        return contents
    return {
        name: [
            (application, _named(product, sources.get((name, application.name))))
            for application, product in products
        ]
        for name, products in contents.items()
    }


def with_kept(plan: Plan, contents: Contents) -> Contents:
    """Return contents in which Flux keeps what Helm would keep of a rendered chart.

    Argo CD 3.5 reads Helm's annotation itself.
    """
    bundles = plan.cluster.bundles()
    if not any(renders(each) for bundle in bundles for each in bundle.applications):
        return contents
    return {
        name: [
            (application, _kept(product) if renders(application) else product)
            for application, product in products
        ]
        for name, products in contents.items()
    }


def _kept(product: Product) -> Product:
    step = with_annotations({_PRUNE: "disabled"})
    manifests = [
        step(manifest) if text_at(manifest, *_POLICY) == "keep" else manifest
        for manifest in product.manifests
    ]
    return replace(product, manifests=manifests)


@of_rule("FX129")
def local_charts_are_delivered(plan: Plan) -> Iterator[Finding]:
    """Flux takes a chart by its path from a GitRepository or a Bucket that holds it."""
    for unit, release in local_charts(plan):
        place = release.key("spec", "chart", "path")
        expected = "Set render: true, or name a source that has the chart."
        if unit.source.kind not in _KINDS:
            problem = f"Flux takes no chart from a path in the {unit.source.kind} of {unit.name}"
            yield place.fault(problem, expected)
        elif unit.artifact:
            problem = f"the package of {unit.name} does not hold the chart"
            yield place.fault(problem, expected)


def _reference(plan: Plan, unit: Unit) -> Manifest:
    source = unit.source
    namespace = source.namespace or namespace_of(plan, unit.bundle)
    return {"kind": source.kind, "name": source.name, "namespace": namespace}


def _named(product: Product, reference: Manifest | None) -> Product:
    if reference is None:
        return product
    manifests = [
        _with_source(manifest, reference) if kind_of(manifest) == _RELEASE else manifest
        for manifest in product.manifests
    ]
    return replace(product, manifests=manifests)


def _with_source(release: Manifest, reference: Manifest) -> Manifest:
    spec = release["spec"]
    own = spec["chart"]["spec"]
    chart = {"chart": own["chart"], "sourceRef": reference, **own}
    return release | {"spec": spec | {"chart": {"spec": without_empty(chart)}}}
