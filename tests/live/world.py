"""A cluster with its GitOps tool and the hosts that it reads from."""

import contextlib
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.api import Object
from tests.live.argocd import Argocd
from tests.live.buckets import ObjectStore
from tests.live.charts import publish_charts
from tests.live.cluster import Cluster
from tests.live.fleet import Fleet
from tests.live.flux import Flux
from tests.live.hosts import Hosts
from tests.live.judging import ArgocdUnits, FluxUnits, Units, Verdict
from tests.live.programs import program
from tests.live.registry import Registry
from tests.live.services import Services, ended_by_signals

_PAUSE = 0.5


class NotSettledError(AssertionError):
    """A roll-out that didn't end in time; the message has the state of each unit."""


@dataclass
class World:
    """A running cluster; `tool` is Flux or Argo CD."""

    cluster: Cluster
    hosts: Hosts
    registry: Registry | None
    tool: Flux | Argocd
    units: Units
    begun: int = 0
    started: float = field(default_factory=time.monotonic)

    def roll_out(
        self,
        fleet: Fleet,
        *,
        expected: set[str] | None = None,
        besides: Collection[str] = (),
        seconds: float = 90,
    ) -> float:
        """Commit, publish and bootstrap; return the seconds until every unit is ready.

        Units in `besides` are not waited for.
        """
        bootstrap = fleet.bootstrap()
        self.publish(fleet, bootstrap)
        self.begun = self.cluster.history.now()
        started = time.monotonic()
        self.tool.bootstrap(bootstrap)
        self.settle(fleet.head, expected, besides, seconds)
        return time.monotonic() - started

    def publish(self, fleet: Fleet, bootstrap: list[Object]) -> None:
        """Commit all and push it to wherever it is read from."""
        fleet.commit()
        fleet.publish(self.hosts, self.registry, bootstrap)
        publish_charts(self.hosts, self.registry, fleet.objects())

    def change(
        self,
        fleet: Fleet,
        *,
        expected: set[str] | None = None,
        besides: Collection[str] = (),
        seconds: float = 90,
    ) -> float:
        """Publish what has changed and return the seconds until every unit is ready with it."""
        self.begun = self.cluster.history.now()
        started = time.monotonic()
        self.publish(fleet, fleet.bootstrap())
        self.tool.sync()
        self.settle(fleet.head, expected, besides, seconds)
        return time.monotonic() - started

    def settle(
        self,
        head: str,
        expected: set[str] | None = None,
        besides: Collection[str] = (),
        seconds: float = 90,
    ) -> None:
        """Wait until every unit but those `besides` is ready; `expected` are the names of all."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            units = [each for each in self._units() if each["metadata"]["name"] not in besides]
            names = {each["metadata"]["name"] for each in units}
            complete = bool(units) if expected is None else names == expected
            if complete and all(self.units.ready(each, head) for each in units):
                return
            time.sleep(_PAUSE)
        raise NotSettledError(self.state(head))

    def _units(self) -> list[Object]:
        return self.cluster.api.objects(self.units.version, self.units.kind)

    def state(self, head: str) -> str:
        """Return a line about each unit."""
        return "\n".join(
            f"{'ready    ' if self.units.ready(each, head) else 'NOT READY'} "
            f"{each['metadata']['name']}: {self.units.state(each)}"
            for each in self._units()
        )

    def verdict(self, head: str) -> Verdict:
        """Return what happened since the roll-out or the change began."""
        writes = self.cluster.history.since(self.begun)
        return Verdict(self.units, self.cluster.api, writes, head)


@contextlib.contextmanager
def world(
    directory: Path,
    engine: str,
    *,
    hosts: tuple[str, ...] = (),
    settings: dict[str, str] | None = None,
) -> Iterator[World]:
    """Run a cluster with Flux or Argo CD; `hosts` are the names that the tree reads from.

    `settings` is the data of argocd-cm.
    """
    with ended_by_signals(), Services(directory / "logs") as services:
        cluster = Cluster(directory, services, hosts)
        registry = Registry(cluster) if program("docker-registry") else None
        port = registry.port if registry else 0
        store = ObjectStore(services) if engine == "flux" and program("gofakes3") else None
        files, pair = directory / "hosts", cluster.certificates
        for name in hosts:
            (files / name).mkdir(parents=True)
        shown = (pair.certificate, pair.key)
        with Hosts(files, shown, port, store) as answering, cluster.rollouts:
            if engine == "flux":
                flux = Flux(cluster, answering)
                flux.start()
                yield World(cluster, answering, registry, flux, FluxUnits)
            else:
                argocd = Argocd(cluster, answering)
                argocd.start(settings or {})
                yield World(cluster, answering, registry, argocd, ArgocdUnits)
