"""What a cluster looked like at some moments, kept for tests that look at one roll-out together."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.live import argocd
from tests.live.api import Object
from tests.live.flux import NAMESPACE, UNIT
from tests.live.judging import FluxUnits
from tests.live.world import World

_KINDS = (
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Namespace"),
    ("apps/v1", "Deployment"),
    UNIT,
    argocd.UNIT,
)
_PAUSE = 0.5


@dataclass(frozen=True)
class Moment:
    """The objects of a cluster at a moment, and how units have failed since the last change."""

    objects: dict[tuple[str, str, str], Object]
    failures: dict[str, list[str]]

    def get(self, name: str, kind: str = "ConfigMap", namespace: str = "web") -> Object | None:
        """Return an object, or None."""
        return self.objects.get((kind, namespace, name))

    def data(self, name: str) -> dict[str, str] | None:
        """Return the data of a ConfigMap, or None where there is none."""
        found = self.get(name)
        return None if found is None else found.get("data", {})

    def uid(self, name: str) -> str:
        """Return the UID of a ConfigMap."""
        found = self.get(name)
        return found["metadata"]["uid"] if found else ""

    def unit(self, name: str) -> Object:
        """Return a Kustomization."""
        return self.objects["Kustomization", NAMESPACE, name]

    def application(self, name: str) -> Object | None:
        """Return an Application, or None."""
        return self.objects.get(("Application", argocd.NAMESPACE, name))

    def has_unit(self, name: str) -> bool:
        """Tell whether there is a Kustomization of this name."""
        return ("Kustomization", NAMESPACE, name) in self.objects

    def failure(self, name: str) -> str:
        """Return how a unit first failed since the last change, or nothing."""
        return self.failures.get(name, [""])[0]

    def ready(self, name: str) -> bool:
        """Tell whether a unit is ready."""
        return FluxUnits.state(self.unit(name)).startswith("True")


@dataclass
class Story:
    """The moments of a cluster by name."""

    live: World
    moments: dict[str, Moment] = field(default_factory=dict)

    def look(self) -> Moment:
        """Return the cluster as it is now."""
        found = {
            (kind, each["metadata"].get("namespace", ""), each["metadata"]["name"]): each
            for version, kind in _KINDS
            for each in self.live.cluster.api.objects(version, kind)
        }
        return Moment(found, self.live.verdict("").failures())

    def keep(self, name: str, until: Callable[[Moment], bool], seconds: float = 30) -> Moment:
        """Keep the first moment of which this is true, or the last one in time."""
        end = time.monotonic() + seconds
        moment = self.look()
        while not until(moment) and time.monotonic() < end:
            time.sleep(_PAUSE)
            moment = self.look()
        self.moments[name] = moment
        return moment
