"""The workflow architecture: an engine is three parts and the rules of its tool."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.schemes import Scheme
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Segments
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.release import Release


@dataclass(frozen=True)
class Start:
    """What has to be on a cluster before its GitOps tool takes over.

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


class ResourceGenerator(Protocol):
    """Writes the objects that make the GitOps tool reconcile each unit."""

    def __call__(self, plan: Plan, contents: Contents) -> Sequence[Item]:
        """Return the GitOps objects of all units; paths come from the plan."""
        ...


class BootstrapGenerator(Protocol):
    """Writes the objects that make the GitOps tool sync the cluster's directory at all."""

    def __call__(self, plan: Plan, release: Release | None) -> Start:
        """Return the start, empty when the stack asks for no bootstrap; `release` as it names one.

        Raises InputError for a release that doesn't hold what the stack asks for.
        """
        ...


class LayoutIntegrator(Protocol):
    """Places GitOps objects in the tree."""

    def __call__(
        self,
        plan: Plan,
        objects: Sequence[Item],
        start: Start,
        payloads: Sequence[Directory],
    ) -> Sequence[Directory]:
        """Return all directories: the payloads, and what GitOps objects and start add to them."""
        ...


class WorkflowEngine(Protocol):
    """One GitOps tool."""

    @property
    def name(self) -> str:
        """The name that a cluster's `gitops.type` resolves to."""
        ...

    @property
    def version(self) -> str:
        """The version of the tool that the objects are for."""
        ...

    @property
    def resources(self) -> ResourceGenerator:
        """The part that writes GitOps objects."""
        ...

    @property
    def layout(self) -> LayoutIntegrator:
        """The part that places them."""
        ...

    @property
    def bootstrap(self) -> BootstrapGenerator:
        """The part that writes what makes the tool sync."""
        ...

    @property
    def placements(self) -> Collection[str]:
        """The values of the rule `fluxPlacement` that mean something to the tool."""
        ...

    def scheme(self, cluster: Cluster) -> Scheme:
        """Return the tool's directories in that of a cluster."""
        ...

    def adopt(self, cluster: Cluster) -> Cluster:
        """Return the cluster with the engine's own options where it leaves them unset."""
        ...

    def check(self, plan: Plan) -> Iterator[Finding]:
        """Yield what the tool can't do with this cluster."""
        ...

    def review(self, plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
        """Yield what is wrong with objects, and what they say that the tool doesn't hear.

        `tree` has the files of the repository that bundles name.
        """
        ...

    def prepare(self, plan: Plan, contents: Contents) -> Contents:
        """Return the contents of the payloads as the tool needs them."""
        ...

    def inspect(
        self, plan: Plan, directories: Sequence[Directory], tree: Tree
    ) -> Iterator[Finding]:
        """Yield what is wrong with all directories together; `tree` is that of `review`."""
        ...

    def directories(
        self, plan: Plan, contents: Contents, start: Start, payloads: Sequence[Directory]
    ) -> Sequence[Directory]:
        """Return all directories: the payloads, the entry point and those of GitOps objects."""
        ...


class Preparation(Protocol):
    """A change of contents before payloads and GitOps objects are made of them."""

    def __call__(self, plan: Plan, contents: Contents) -> Contents:
        """Return the contents of every bundle, each with all its applications."""
        ...


class Check(Protocol):
    """A rule of a tool."""

    def __call__(self, plan: Plan) -> Iterator[Finding]:
        """Yield the findings where a plan breaks it."""
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


@dataclass(frozen=True)
class ComposedEngine:
    """A WorkflowEngine made of parts."""

    name: str
    version: str
    scheme: Callable[[Cluster], Scheme]
    rules: Sequence[Check]
    resources: ResourceGenerator
    layout: LayoutIntegrator
    bootstrap: BootstrapGenerator
    placements: Collection[str] = ("separate",)
    defaults: Callable[[Cluster], Cluster] | None = None
    preparations: Sequence[Preparation] = ()
    reviews: Sequence[Review] = ()
    inspections: Sequence[Inspection] = ()

    def adopt(self, cluster: Cluster) -> Cluster:
        """See WorkflowEngine."""
        return self.defaults(cluster) if self.defaults else cluster

    def check(self, plan: Plan) -> Iterator[Finding]:
        """See WorkflowEngine."""
        for rule in self.rules:
            yield from rule(plan)

    def review(self, plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
        """See WorkflowEngine."""
        for rule in self.reviews:
            yield from rule(plan, contents, tree)

    def prepare(self, plan: Plan, contents: Contents) -> Contents:
        """See WorkflowEngine."""
        for step in self.preparations:
            contents = step(plan, contents)
        return contents

    def inspect(
        self, plan: Plan, directories: Sequence[Directory], tree: Tree
    ) -> Iterator[Finding]:
        """See WorkflowEngine."""
        for rule in self.inspections:
            yield from rule(plan, directories, tree)

    def directories(
        self, plan: Plan, contents: Contents, start: Start, payloads: Sequence[Directory]
    ) -> Sequence[Directory]:
        """See WorkflowEngine."""
        return self.layout(plan, self.resources(plan, contents), start, payloads)
