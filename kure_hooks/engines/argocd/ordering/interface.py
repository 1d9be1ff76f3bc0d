"""The interface of ordering strategies."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Unit


class Deployment(Struct, frozen=True):
    """A unit and an Application of it, which doesn't say yet when its turn is."""

    unit: Unit
    application: Item


class Strategy(Protocol):
    """Makes Argo CD roll out what a bundle depends on before the bundle."""

    def applications(self, plan: Plan, deployments: Sequence[Deployment]) -> Sequence[Item]:
        """Return the Applications for the deployments, those of units in the plan's order."""
        ...

    def objects(self, plan: Plan, applications: Sequence[Item]) -> Sequence[Item]:
        """Return the GitOps objects that make these Applications: they themselves, or a set."""
        ...

    def payloads(self, plan: Plan, directories: Sequence[Directory]) -> Sequence[Directory]:
        """Return the payload directories with what the strategy writes into manifests."""
        ...

    def problems(self, plan: Plan) -> Iterator[Finding]:
        """Yield what the strategy can't honour; each problem begins with the id of its rule."""
        ...
