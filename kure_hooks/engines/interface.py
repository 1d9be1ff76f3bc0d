"""The workflow architecture: a GitOps engine as its callers know it, and the values it works with.

The four protocols have the names of the reference, the Go library kure, in Python's spelling. What
they are made of, one GitOps tool after the other, is the matter of `workflow`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from kure_hooks.config.layout import LayoutSpec
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Segments, Unit
from kure_hooks.manifests import Manifest
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.model import Bundle, Cluster, Node

if TYPE_CHECKING:  # only drift and few payloads need them at run time
    from kure_hooks.engines.effects import Effects
    from kure_hooks.objects.holdings import Holdings

OUTPUT = "clusters"
"""The directory of all clusters, unless a caller names another."""

NO_FILES: Tree = MemoryTree({})
"""The tree of a repository without files, for clusters whose applications name none."""

NO_RULES = LayoutSpec()
"""Rules that leave everything to the cluster, and to the preset."""


class ResourceGenerator(Protocol):
    """Writes the objects that make the GitOps tool reconcile each unit.

    `tree` holds the files that applications refer to. All methods raise InputError with every fault
    of the cluster, and return objects in a fixed order.
    """

    def generate_from_cluster(
        self, cluster: Cluster, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """Return the GitOps objects of a cluster, without those of its bootstrap."""
        ...

    def generate_from_node(
        self, node: Node, within: Cluster | None = None, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """Return the GitOps objects of all bundles of a node and of the nodes below it.

        `within` is the cluster that holds the node: paths, inherited sources and dependencies are
        those of its tree. Without it the node is the root of a cluster of its own, and what lies
        outside of it counts as external. UsageError for a node that is not in that cluster.
        """
        ...

    def generate_from_bundle(
        self, bundle: Bundle, within: Cluster | None = None, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """Return the GitOps objects of a bundle, without those of its children.

        `within` is as in `generate_from_node`; without it the bundle is the only one of a cluster.
        """
        ...


class LayoutIntegrator(Protocol):
    """Makes the tree of a cluster: payloads, GitOps objects, bootstrap and kustomization files.

    `rules` are those of the repository, over which a cluster's own go; `tree` holds the files that
    applications refer to, `output` is the directory of all clusters. Both methods raise InputError
    with every fault of the cluster, and UsageError for rules that are none.
    """

    def create_layout_with_resources(
        self,
        cluster: Cluster,
        rules: LayoutSpec | LayoutRules = NO_RULES,
        *,
        tree: Tree = NO_FILES,
        output: str = OUTPUT,
    ) -> ManifestLayout:
        """Return the whole tree, with its invariants checked."""
        ...

    def integrate_with_layout(
        self,
        layout: ManifestLayout,
        cluster: Cluster,
        rules: LayoutSpec | LayoutRules = NO_RULES,
        *,
        tree: Tree = NO_FILES,
        output: str = OUTPUT,
    ) -> ManifestLayout:
        """Return a layout of payloads together with what the engine adds; see `create_layout`.

        Payload directories that the caller has changed stay as they are; UsageError for others.
        """
        ...


class BootstrapGenerator(Protocol):
    """Writes what starts the GitOps tool on a cluster."""

    def generate_bootstrap(
        self, config: Bootstrap, root: Node, *, tree: Tree = NO_FILES
    ) -> Sequence[Manifest]:
        """Return the objects in the order of applying; none where bootstrap is not enabled.

        `root` is the root node of the cluster, whose name is the cluster's; `tree` holds the
        release manifests that the configuration names. InputError for a configuration with faults.
        """
        ...

    def supported_bootstrap_modes(self) -> Sequence[str]:
        """Return the values of the key that chooses the way: `fluxMode` or `argoCDMode`."""
        ...


class WorkflowEngine(ResourceGenerator, LayoutIntegrator, BootstrapGenerator, Protocol):
    """One GitOps tool: the three parts together, under its name."""

    @property
    def name(self) -> str:
        """The name that a cluster's `gitops.type` resolves to."""
        ...

    @property
    def version(self) -> str:
        """The version of the tool that the objects are for."""
        ...

    def effects(self, manifest: Manifest) -> "Effects | None":
        """Return what the tool does because an object is on a cluster; None if it ignores it."""
        ...


class Start(Struct, frozen=True):
    """Objects that a cluster needs before its GitOps tool takes over.

    `files` are objects by their path below the plan's start directory, in the order of applying;
    `remotes` are URLs that kustomize fetches into the build of that directory, `extras` files of it
    that are no objects. `syncs` are the directories that objects of the start sync, by the names of
    these; what the entry point includes is not among them. `advice` is for whoever starts the
    cluster, and of no use to anybody else.
    """

    files: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    remotes: Sequence[str] = ()
    extras: Mapping[str, bytes] = field(default_factory=dict)
    syncs: Mapping[str, Segments] = field(default_factory=dict)
    advice: Sequence[Finding] = ()


class Assembly(Struct, frozen=True):
    """The pieces of a tree before they are placed: GitOps objects, start and payloads."""

    objects: Sequence[Item]
    start: Start
    payloads: Sequence[Directory]


class Preparation(Protocol):
    """A change of contents before payloads and GitOps objects are made of them."""

    def __call__(self, plan: Plan, contents: Contents) -> Contents:
        """Return the contents of every bundle, each with all its applications."""
        ...


class Adaptation(Protocol):
    """A change of GitOps objects before they are placed."""

    def __call__(self, plan: Plan, assembly: Assembly) -> Assembly:
        """Return the pieces with changed objects; InputError for those that can't be changed."""
        ...


class Check(Protocol):
    """A rule of a tool."""

    def __call__(self, plan: Plan) -> Iterator[Finding]:
        """Yield the findings where a plan breaks it."""
        ...


class Reader(Protocol):
    """A GitOps tool as it reads a directory that exists.

    Where it is `restricted`, kustomize reads files in or below each directory alone.
    """

    @property
    def restricted(self) -> bool:
        """True where kustomize refuses files outside of the directory that names them."""
        ...

    def problem(self, plan: Plan, unit: Unit, tree: Tree) -> str:
        """Return why the tool can't build the payload of a unit, empty where it can.

        The payload is a directory of `tree`. The answer completes the sentence `<path> ...`.
        """
        ...

    def holdings(self, unit: Unit, tree: Tree) -> "Holdings | None":
        """Return what the payload of a unit holds, None where that can't be told."""
        ...


class Review(Protocol):
    """A rule of a tool about the objects of bundles."""

    def __call__(self, plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
        """Yield the findings about contents, which are all there."""
        ...


class Inspection(Protocol):
    """A rule of a tool about the tree that is about to be written."""

    def __call__(
        self, plan: Plan, directories: Sequence[Directory], tree: Tree
    ) -> Iterator[Finding]:
        """Yield the findings about all directories of a cluster."""
        ...
