"""Clusters around a node or a bundle that is looked at by itself."""

from msgspec import structs

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.config.flux import FluxOptions
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.decoding.types import layered
from kure_hooks.stack.gitops import Bootstrap, implied_options, implied_source
from kure_hooks.stack.model import Bundle, Cluster, Dependency, Node

_NAME = "cluster"
_NO_BOOTSTRAP = Bootstrap()


def cluster_of(
    root: Node, engine: str, name: str = "", bootstrap: Bootstrap = _NO_BOOTSTRAP
) -> Cluster:
    """Return a cluster with this root node, and with an engine's usual options.

    It is named as the node is unless it gets another name. Dependencies that lead out of it are
    external.
    """
    inside = {bundle.name for node in root.closure() for bundle in _bundles(node)}
    return Cluster(
        name=name or root.name or _NAME,
        labels={},
        annotations={},
        description="",
        engine=engine,
        bootstrap=bootstrap,
        flux=FluxOptions(),
        argocd=layered(ArgocdOptions, implied_options(bootstrap)),
        layout=LayoutSpec(),
        source=implied_source(bootstrap),
        root=_node(root, inside),
        place=root.place,
    )


def only(bundle: Bundle) -> Node:
    """Return a root node that holds nothing but a bundle."""
    return Node(name="", bundle=bundle, children=(), package=None, place=bundle.place)


def _bundles(node: Node) -> tuple[Bundle, ...]:
    return tuple(node.bundle.closure()) if node.bundle else ()


def _node(node: Node, inside: set[str]) -> Node:
    return structs.replace(
        node,
        bundle=node.bundle and _bundle(node.bundle, inside),
        children=tuple(_node(child, inside) for child in node.children),
    )


def _bundle(bundle: Bundle, inside: set[str]) -> Bundle:
    return structs.replace(
        bundle,
        depends_on=tuple(_dependency(dependency, inside) for dependency in bundle.depends_on),
        children=tuple(_bundle(child, inside) for child in bundle.children),
    )


def _dependency(dependency: Dependency, inside: set[str]) -> Dependency:
    if dependency.name in inside:
        return dependency
    return structs.replace(dependency, external=True)
