"""Charts of this repository on Flux 2.9: releases of them, and the stages of rendered ones.

A HelmRelease takes a chart from the source of its bundle. A rendered chart with hooks is one
Kustomization for each stage: what goes before an application goes before its bundle, which depends
on it, and what goes after it depends on the bundle. All that depends on the bundle waits for the
latter too. Flux waits for each stage, until Jobs are complete, and makes changed Jobs anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.apps import is_release, renders
from kure_hooks.apps.metadata import with_annotations
from kure_hooks.engines.objects import namespace_of
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, kind_of, text_at, without_empty
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.interface import MAIN, Product
from kure_hooks.stack.model import Application, Bundle, Cluster, Dependency, Node

_RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")
_POLICY = ("metadata", "annotations", "helm.sh/resource-policy")
_PRUNE = "kustomize.toolkit.fluxcd.io/prune"
_KINDS = ("GitRepository", "Bucket")
_RUN = frozenset({("batch", "Job"), ("", "Pod")})


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


class _Split(Struct, frozen=True):
    """The bundles that are made of one: the stages before it, what is left of it, those after it.

    `contents` are those of all of them, `last` are the names of what is ready last.
    """

    before: Sequence[Bundle]
    bundle: Bundle
    after: Sequence[Bundle]
    contents: Contents
    last: Sequence[str]


def staged(cluster: Cluster, contents: Contents) -> tuple[Cluster, Contents]:
    """Return a cluster in which each stage of an application is a bundle, with all contents.

    Raises InputError for bundles that can't be split.
    """
    if not any(product.stages for products in contents.values() for _, product in products):
        return cluster, contents
    splits = {
        bundle.name: _split(bundle, contents[bundle.name])
        for bundle in cluster.bundles()
        if any(product.stages for _, product in contents[bundle.name])
    }
    if faults := [fault for split in splits.values() for fault in _kept_whole(split.bundle)]:
        raise InputError(faults)
    own = {name: part for split in splits.values() for name, part in split.contents.items()}
    return replace(cluster, root=_node(cluster.root, splits)), {**contents, **own}


@of_rule("FX128")
def _kept_whole(bundle: Bundle) -> Iterator[Finding]:
    """Yield why a bundle can't be split: its components would be built for each stage."""
    if bundle.options.components:
        problem = f"bundle {bundle.name} has components and a rendered chart with hooks"
        expected = "Move the chart to a bundle without components."
        yield bundle.key("components").fault(problem, expected)


def _node(node: Node, splits: Mapping[str, _Split]) -> Node:
    """Return a node with the stages of its bundle as nodes below it."""
    children = tuple(_node(child, splits) for child in node.children)
    if node.bundle is None:
        return replace(node, children=children)
    before, bundle, after = _parts(node.bundle, splits)
    stages = tuple(
        Node(name=stage.name, bundle=stage, children=(), package=None, place=node.place)
        for stage in (*before, *after)
    )
    return replace(node, bundle=bundle, children=(*children, *stages))


def _parts(
    bundle: Bundle, splits: Mapping[str, _Split]
) -> tuple[Sequence[Bundle], Bundle, Sequence[Bundle]]:
    """Return a bundle between its stages; those of its children are children as well."""
    split = splits.get(bundle.name)
    children = tuple(
        part
        for child in bundle.children
        for before, whole, after in [_parts(child, splits)]
        for part in (*before, whole, *after)
    )
    before, after = (split.before, split.after) if split else ((), ())
    whole = replace(split.bundle if split else bundle, children=children)
    return (
        [_waiting(stage, splits) for stage in before],
        _waiting(whole, splits),
        [_waiting(stage, splits) for stage in after],
    )


def _waiting(bundle: Bundle, splits: Mapping[str, _Split]) -> Bundle:
    """Return a bundle that waits for the last stages of what it depends on."""
    more = [
        replace(dependency, name=name)
        for dependency in bundle.depends_on
        if not dependency.external and not dependency.ready_expr
        for name in (splits[dependency.name].last if dependency.name in splits else ())
        if name != bundle.name
    ]
    return replace(bundle, depends_on=(*bundle.depends_on, *more)) if more else bundle


def _split(bundle: Bundle, products: Sequence[tuple[Application, Product]]) -> _Split:
    after_bundle = _on(bundle, [bundle.name])
    early = [_chain(bundle, *each, bundle.depends_on, is_early=True) for each in products]
    late = [_chain(bundle, *each, after_bundle, is_early=False) for each in products]
    parts = [part for chain in (*early, *late) for part in chain]
    options = bundle.options
    if any(late) and not bundle.children and not options.health_checks:
        options = replace(options, wait=True)
    return _Split(
        before=[part.bundle for chain in early for part in chain],
        bundle=replace(
            bundle,
            depends_on=(*bundle.depends_on, *_on(bundle, _ends(early))),
            options=options,
            split_from=bundle.name,
        ),
        after=[part.bundle for chain in late for part in chain],
        contents={
            bundle.name: [(application, one.of_stage(MAIN)) for application, one in products],
            **{part.bundle.name: [(part.bundle.applications[0], part.product)] for part in parts},
        },
        last=_ends(late),
    )


class _Part(NamedTuple):
    bundle: Bundle
    product: Product


def _chain(
    bundle: Bundle,
    application: Application,
    product: Product,
    waits: tuple[Dependency, ...],
    *,
    is_early: bool,
) -> list[_Part]:
    """Return the stages of an application before or after its bundle, each after the one before."""
    parts: list[_Part] = []
    for stage in sorted(set(product.stages) - {MAIN}):
        if (stage < MAIN) == is_early:
            part = product.of_stage(stage)
            parts.append(_Part(_stage(bundle, application, stage.name, part, waits), part))
            waits = _on(bundle, [parts[-1].bundle.name])
    return parts


def _ends(chains: Iterable[Sequence[_Part]]) -> list[str]:
    return [chain[-1].bundle.name for chain in chains if chain]


def _on(bundle: Bundle, names: Iterable[str]) -> tuple[Dependency, ...]:
    return tuple(Dependency(name=name, place=bundle.place) for name in names)


def _stage(
    bundle: Bundle,
    application: Application,
    name: str,
    product: Product,
    waits: tuple[Dependency, ...],
) -> Bundle:
    suffix = f"-{application.name}-{name}"
    return replace(
        bundle,
        name=f"{bundle.name}{suffix}",
        depends_on=waits,
        children=(),
        applications=(application,),
        options=_options(bundle.options, suffix, product),
        split_from=bundle.name,
    )


def _options(options: BundleOptions, suffix: str, product: Product) -> BundleOptions:
    """Return the options of a stage: it is waited for, and what runs to its end is made anew."""
    runs = any(kind_of(manifest) in _RUN for manifest in product.manifests)
    own = options.flux.name
    return replace(
        options,
        wait=True,
        health_checks=(),
        force=True if runs else options.force,
        flux=replace(options.flux, name=own and f"{own}{suffix}"),
    )
