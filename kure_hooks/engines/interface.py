"""The workflow architecture: an engine is three parts and the rules of its tool."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item


class ResourceGenerator(Protocol):
    """Writes the objects that make the GitOps tool reconcile each unit."""

    def __call__(self, plan: Plan, contents: Contents) -> Sequence[Item]:
        """Return the GitOps objects of all units; paths come from the plan."""
        ...


class BootstrapGenerator(Protocol):
    """Writes the objects that make the GitOps tool sync the cluster's directory at all."""

    def __call__(self, plan: Plan) -> Mapping[str, Sequence[Item]]:
        """Return objects by file name; empty when the stack asks for no bootstrap."""
        ...


class LayoutIntegrator(Protocol):
    """Places GitOps objects in the tree."""

    def __call__(
        self, plan: Plan, objects: Sequence[Item], bootstrap: Mapping[str, Sequence[Item]]
    ) -> Sequence[Directory]:
        """Return the directories that the GitOps objects add to the payloads."""
        ...


class WorkflowEngine(Protocol):
    """One GitOps tool."""

    @property
    def name(self) -> str:
        """The name that a cluster's `gitops.type` resolves to."""
        ...

    @property
    def control(self) -> str:
        """The name of the directory that holds the GitOps objects."""
        ...

    def check(self, plan: Plan) -> Iterator[Finding]:
        """Yield what the tool can't do with this cluster."""
        ...

    def directories(self, plan: Plan, contents: Contents) -> Sequence[Directory]:
        """Return all directories but the payloads: the entry point and the GitOps objects."""
        ...


class Check(Protocol):
    """A rule of a tool."""

    def __call__(self, plan: Plan) -> Iterator[Finding]:
        """Yield the findings where a plan breaks it."""
        ...


@dataclass(frozen=True)
class ComposedEngine:
    """A WorkflowEngine made of parts."""

    name: str
    control: str
    rules: Sequence[Check]
    resources: ResourceGenerator
    layout: LayoutIntegrator
    bootstrap: BootstrapGenerator

    def check(self, plan: Plan) -> Iterator[Finding]:
        """See WorkflowEngine."""
        for rule in self.rules:
            yield from rule(plan)

    def directories(self, plan: Plan, contents: Contents) -> Sequence[Directory]:
        """See WorkflowEngine."""
        return self.layout(plan, self.resources(plan, contents), self.bootstrap(plan))
