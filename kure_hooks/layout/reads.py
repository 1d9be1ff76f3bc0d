"""The files that each part of a stack is made of, beside the document that it is written in."""

from collections.abc import Iterable, Iterator, Mapping

from kure_hooks.findings import Location
from kure_hooks.stack.model import Bundle, Cluster, Node

Reads = dict[Location, tuple[str, ...]]
"""By the place of an application, a bundle or a cluster: paths, sorted."""


def joined(every: Iterable[Mapping[Location, tuple[str, ...]]]) -> Reads:
    """Return all reads together; places that read nothing are left out."""
    reads: Reads = {}
    for each in every:
        for at, paths in each.items():
            if not paths:
                continue
            known = reads.get(at, ())
            reads[at] = paths if known in ((), paths) else tuple(sorted({*known, *paths}))
    return reads


def layers(cluster: Cluster) -> Reads:
    """Return the files with overrides and the profile of each application, the stack left out.

    A profile may matter to every application, because it has limits for all of them.
    """
    applications = (item for bundle in cluster.bundles() for item in bundle.applications)
    return {
        application.at: tuple(
            sorted({layer.place.document.path for layer in application.layers} - {cluster.at.path})
        )
        for application in applications
        if application.layers
    }


def above(node: Node, stack: str, paths: frozenset[str] = frozenset()) -> Iterator[Reads]:
    """Yield the documents of nodes and bundles above each bundle, those of the stack left out."""
    paths |= {node.at.path} - {stack}
    if node.bundle:
        yield from _bundle(node.bundle, stack, paths)
    for child in node.children:
        yield from above(child, stack, paths)


def _bundle(bundle: Bundle, stack: str, paths: frozenset[str]) -> Iterator[Reads]:
    if paths:
        yield {bundle.at: tuple(sorted(paths))}
    for child in bundle.children:
        yield from _bundle(child, stack, paths | ({bundle.at.path} - {stack}))
