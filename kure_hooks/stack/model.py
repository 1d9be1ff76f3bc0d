"""The model that every later step reads: complete, frozen, with the places of its keys."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kure_hooks import registry
from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.config.flux import FluxOptions
from kure_hooks.config.helm import Capabilities
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.findings import Location
from kure_hooks.stack.bundle_options import BundleOptions, Patch
from kure_hooks.stack.documents import PackageRef
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.overrides import Layer
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio.place import Place

if TYPE_CHECKING:  # few clusters have one
    from kure_hooks.config.profile import Profile
    from kure_hooks.stack.profiles import PlacedProfile

# The keys that an envelope has in `metadata`.
_IN_METADATA = frozenset({"name", "namespace", "labels", "annotations"})


class Written(Struct, frozen=True, kw_only=True):
    """A part of a stack and the place of its keys.

    `head` is the place of its name and labels where they are not beside its other keys.
    """

    place: Place
    head: Place | None = None

    @property
    def at(self) -> Location:
        """The position of the part."""
        return self.place.at

    def key(self, *steps: str | int) -> Place:
        """Return the place of a key, or of the nearest one above it that is written."""
        in_head = self.head is not None and steps[0] in _IN_METADATA
        return (self.head if in_head and self.head else self.place).below(*steps)


class Application(Written, frozen=True, kw_only=True):
    """One application document: its kind, its decoded `spec` and where it was written.

    `profile` is that of the cluster, None where it names none. `layers` are all that gives values
    to the `spec` beside the document: overrides, the strongest last, and then the profile, which is
    weaker than the document. `augments` says that it brings more than manifests, so that it has a
    directory of its own. `capabilities` are what the settings tell of the cluster. Only in a stack
    with faults can the `spec` be None.
    """

    name: str
    namespace: str
    kind: str
    spec: Any
    labels: dict[str, str]
    annotations: dict[str, str]
    augments: bool = False
    profile: "Profile | None" = None
    layers: tuple[Layer, ...] = ()
    capabilities: Capabilities = Capabilities()

    @property
    def body(self) -> Place:
        """The place of the `spec`, which is the whole of a document in a format of its own."""
        entry = registry.kind(self.kind)
        is_own = entry and entry.api and self.place.value.get("apiVersion") == entry.api
        return self.place if is_own else self.place.below("spec")

    @property
    def path(self) -> str:
        """The path of the document, which the files that it names are relative to."""
        return self.place.document.path


class Dependency(Written, frozen=True, kw_only=True):
    """A bundle that has to be ready first, of this cluster unless it is external."""

    name: str
    namespace: str | None = None
    ready_expr: str | None = None
    external: bool = False

    def key(self, *steps: str | int) -> Place:
        """Return the place of a key; a dependency may be its name alone."""
        return self.place.below(*steps) if isinstance(self.place.value, dict) else self.place


class Bundle(Written, frozen=True, kw_only=True):
    """The content of one GitOps object; `children` make it an umbrella.

    A `payload` is a directory of the source that exists, which the bundle applies as it is: its
    path below the root, empty for the root itself. Without one the files of the bundle are
    generated. `source` is resolved: the bundle's own, its umbrella parent's, the nearest ancestor's
    or the cluster's. `source_place` is where it is written: for the cluster's, in its bootstrap
    section. Where a bundle is rolled out in stages, each of them is `split_from` it.
    """

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    options: BundleOptions
    source: SourceRef
    source_place: Place
    depends_on: tuple[Dependency, ...]
    children: "tuple[Bundle, ...]"
    applications: tuple[Application, ...]
    payload: str | None = None
    split_from: str = ""

    @property
    def is_elsewhere(self) -> bool:
        """True where its Application has no directory: for a chart, or files for other sources."""
        source = self.options.argocd.source
        return self.payload is None and bool(source and (source.chart or source.ref))

    def closure(self) -> "Iterator[Bundle]":
        """Yield this bundle and the umbrella children below it, parents first."""
        yield self
        for child in self.children:
            yield from child.closure()


class Node(Written, frozen=True, kw_only=True):
    """A directory level of the cluster; only the root's name may be empty."""

    name: str
    bundle: Bundle | None
    children: "tuple[Node, ...]"
    package: PackageRef | None

    @property
    def package_key(self) -> Place:
        """The place of the package reference, in the spelling that is written."""
        return self.key("packageref" if "packageref" in self.place.value else "packageRef")

    def closure(self) -> "Iterator[Node]":
        """Yield this node and the nodes below it, parents first."""
        yield self
        for child in self.children:
            yield from child.closure()


class Cluster(Written, frozen=True, kw_only=True):
    """One cluster of a stack file, with its engine's name and all options resolved.

    `source` is what bootstrap creates; bundles without a source of their own refer to it. `profile`
    says how things are done there, None where the cluster names none. `patches` are those of GitOps
    objects, `options` those of an engine of an installed package.
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
    create_namespaces: bool = False
    external_namespaces: tuple[str, ...] = ()
    patches: tuple[Patch, ...] = ()
    options: Any = None
    profile: "PlacedProfile | None" = None

    @property
    def at(self) -> Location:
        """The position of the document."""
        return self.place.document.at()

    def bundles(self) -> Iterator[Bundle]:
        """Yield every bundle, umbrella children included, in the order of the stack file."""
        for node in self.root.closure():
            if node.bundle:
                yield from node.bundle.closure()


class Stack(Struct, frozen=True, kw_only=True):
    """A stack file and its clusters."""

    path: str
    clusters: tuple[Cluster, ...]
