"""Stages of rendered charts: a Kustomization for each, in the order of Helm's hooks (Flux 2.9).

What goes before an application goes before its bundle, which depends on it; what goes after it
depends on the bundle. All that depends on the bundle waits for the latter too. Flux waits for each
stage, until Jobs are complete, and makes Jobs anew whose template has changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, structs

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.manifests import kind_of
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.interface import MAIN, Product
from kure_hooks.stack.model import Application, Bundle, Cluster, Dependency, Node

_RUN = frozenset({("batch", "Job"), ("", "Pod")})


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
    splits = {
        bundle.name: _split(bundle, contents[bundle.name])
        for bundle in cluster.bundles()
        if any(product.stages for _, product in contents[bundle.name])
    }
    if faults := [fault for split in splits.values() for fault in _kept_whole(split.bundle)]:
        raise InputError(faults)
    own = {name: part for split in splits.values() for name, part in split.contents.items()}
    return structs.replace(cluster, root=_node(cluster.root, splits)), {**contents, **own}


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
        return structs.replace(node, children=children)
    before, bundle, after = _parts(node.bundle, splits)
    stages = tuple(
        Node(name=stage.name, bundle=stage, children=(), package=None, place=node.place)
        for stage in (*before, *after)
    )
    return structs.replace(node, bundle=bundle, children=(*children, *stages))


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
    whole = structs.replace(split.bundle if split else bundle, children=children)
    return (
        [_waiting(stage, splits) for stage in before],
        _waiting(whole, splits),
        [_waiting(stage, splits) for stage in after],
    )


def _waiting(bundle: Bundle, splits: Mapping[str, _Split]) -> Bundle:
    """Return a bundle that waits for the last stages of what it depends on."""
    more = [
        structs.replace(dependency, name=name)
        for dependency in bundle.depends_on
        if not dependency.external and not dependency.ready_expr
        for name in (splits[dependency.name].last if dependency.name in splits else ())
        if name != bundle.name
    ]
    return structs.replace(bundle, depends_on=(*bundle.depends_on, *more)) if more else bundle


def _split(bundle: Bundle, products: Sequence[tuple[Application, Product]]) -> _Split:
    after_bundle = _on(bundle, [bundle.name])
    early = [_chain(bundle, *each, bundle.depends_on, is_early=True) for each in products]
    late = [_chain(bundle, *each, after_bundle, is_early=False) for each in products]
    parts = [part for chain in (*early, *late) for part in chain]
    options = bundle.options
    if any(late) and not bundle.children and not options.health_checks:
        options = structs.replace(options, wait=True)
    return _Split(
        before=[part.bundle for chain in early for part in chain],
        bundle=structs.replace(
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
    return structs.replace(
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
    return structs.replace(
        options,
        wait=True,
        health_checks=(),
        force=True if runs else options.force,
        flux=structs.replace(options.flux, name=own and f"{own}{suffix}"),
    )
