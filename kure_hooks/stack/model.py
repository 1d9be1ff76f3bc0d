"""The model that every later step reads: complete, frozen, with positions of its own."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from kure_hooks.config import ArgocdOptions, FluxOptions, LayoutSpec
from kure_hooks.findings import Location
from kure_hooks.stack.documents import Bootstrap, DependencyDoc, PackageRef
from kure_hooks.stack.reconcile import BundleOptions
from kure_hooks.stack.sources import SourceRef


class Application(Struct, frozen=True, kw_only=True):
    """One application document: its kind, its decoded `spec` and where it was written.

    `augments` says that it brings more than manifests, so that it has a directory of its own.
    """

    name: str
    namespace: str
    kind: str
    spec: Any
    labels: dict[str, str]
    annotations: dict[str, str]
    at: Location
    augments: bool = False


class Bundle(Struct, frozen=True, kw_only=True):
    """What one GitOps object reconciles; `children` make it an umbrella.

    `source` is resolved: the bundle's own, its umbrella parent's, the nearest ancestor's or the
    cluster's.
    """

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    options: BundleOptions
    source: SourceRef
    depends_on: tuple[DependencyDoc, ...]
    children: "tuple[Bundle, ...]"
    applications: tuple[Application, ...]
    at: Location

    def closure(self) -> "Iterator[Bundle]":
        """Yield this bundle and the umbrella children below it, parents first."""
        yield self
        for child in self.children:
            yield from child.closure()


class Node(Struct, frozen=True, kw_only=True):
    """A directory level of the cluster; only the root's name may be empty."""

    name: str
    bundle: Bundle | None
    children: "tuple[Node, ...]"
    package: PackageRef | None
    at: Location

    def closure(self) -> "Iterator[Node]":
        """Yield this node and the nodes below it, parents first."""
        yield self
        for child in self.children:
            yield from child.closure()


class Cluster(Struct, frozen=True, kw_only=True):
    """One cluster of a stack file, with its engine's name and all options resolved.

    `source` is what bootstrap creates; bundles without a source of their own refer to it.
    """

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    description: str
    engine: str
    bootstrap: Bootstrap
    flux: FluxOptions
    argocd: ArgocdOptions
    layout: LayoutSpec
    source: SourceRef
    root: Node
    at: Location

    def bundles(self) -> Iterator[Bundle]:
        """Yield every bundle, umbrella children included, in the order of the stack file."""
        for node in self.root.closure():
            if node.bundle:
                yield from node.bundle.closure()


class Stack(Struct, frozen=True, kw_only=True):
    """A stack file and its clusters."""

    path: str
    clusters: tuple[Cluster, ...]
