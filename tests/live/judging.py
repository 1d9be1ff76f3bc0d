"""The verdict on a roll-out: what is ready, in which order it came to be, what failed meanwhile."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.live import argocd, flux
from tests.live.api import Api, Object
from tests.live.history import Write, key

_WAITING = ("DependencyNotReady", "Progressing", "ProgressingWithRetry", "ArtifactFailed")


@dataclass(frozen=True)
class Thing:
    """An object of the cluster as an inventory names it."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return it the way that `kure-hooks diff` does."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else self.label

    @property
    def label(self) -> str:
        """The kind and the name."""
        return f"{self.kind} {self.name}"


class FluxUnits:
    """Flux's Kustomizations."""

    version, kind = flux.UNIT
    prefix = "kustomize.toolkit.fluxcd.io/kustomizations/"

    @staticmethod
    def ready(unit: Object, head: str) -> bool:
        """Tell whether a unit is ready with this commit, or with any for an artifact."""
        status = unit.get("status", {})
        revision = status.get("lastAppliedRevision", "")
        return (
            status.get("observedGeneration") == unit["metadata"]["generation"]
            and _ready(unit).get("status") == "True"
            and (head in revision or "@sha1:" not in revision)
        )

    @staticmethod
    def is_reported(unit: Object) -> bool:
        """Tell whether a write is the unit's own report, which leaves what is asked as it was."""
        return unit.get("status", {}).get("observedGeneration") == unit["metadata"]["generation"]

    @staticmethod
    def things(unit: Object) -> Iterator[Thing]:
        """Yield the objects that a unit has applied."""
        for entry in unit.get("status", {}).get("inventory", {}).get("entries", ()):
            namespace, name, group, kind = entry["id"].split("_")
            yield Thing(group, entry["v"], kind, namespace, name.replace("__", ":"))

    @staticmethod
    def failure(unit: Object) -> str:
        """Return why a unit failed, or nothing while it waits or is ready."""
        condition = _ready(unit)
        if condition.get("status") != "False" or condition["reason"] in _WAITING:
            return ""
        return f"{condition['reason']}: {condition['message']}"

    @staticmethod
    def state(unit: Object) -> str:
        """Return a line about a unit."""
        condition = _ready(unit)
        return f"{condition.get('status')} {condition.get('reason')}: {condition.get('message')}"


def _ready(unit: Object) -> dict[str, Any]:
    conditions = unit.get("status", {}).get("conditions", ())
    return next((each for each in conditions if each["type"] == "Ready"), {})


class ArgocdUnits:
    """Argo CD's Applications."""

    version, kind = argocd.UNIT
    prefix = "argoproj.io/applications/"

    @staticmethod
    def ready(unit: Object, head: str) -> bool:
        """Tell whether a unit is Synced and Healthy with this commit, or a chart with any.

        One whose objects are there already, as somebody left them, never has an operation.
        """
        status = unit.get("status", {})
        sync = status.get("sync", {})
        operation = status.get("operationState", {})
        revisions = [sync.get("revision", ""), *sync.get("revisions", ())]
        return (
            sync.get("status") == "Synced"
            and status.get("health", {}).get("status") == "Healthy"
            and operation.get("phase", "Succeeded") == "Succeeded"
            and (head in revisions or not any(len(each) == len(head) for each in revisions))
        )

    @staticmethod
    def is_reported(unit: Object) -> bool:
        """Tell nothing: a status of Argo CD does not say which generation it is of."""
        del unit
        return False

    @staticmethod
    def things(unit: Object) -> Iterator[Thing]:
        """Yield the objects that a unit has applied."""
        for each in unit.get("status", {}).get("resources", ()):
            yield Thing(
                *(each.get(part, "") for part in ("group", "version", "kind", "namespace", "name"))
            )

    @staticmethod
    def failure(unit: Object) -> str:
        """Return why an operation failed, or nothing."""
        operation = unit.get("status", {}).get("operationState", {})
        if operation.get("phase") in {"Failed", "Error"} or operation.get("retryCount"):
            return f"{operation['phase']}: {operation.get('message')}"
        return ""

    @staticmethod
    def state(unit: Object) -> str:
        """Return a line about a unit."""
        status = unit.get("status", {})
        sync, health = (status.get(part, {}).get("status") for part in ("sync", "health"))
        operation = status.get("operationState", {})
        odd = [
            f"{each['kind']}/{each['name']} {states}"
            for each in status.get("resources", ())
            if (states := _states(each)) != ("Synced", "Healthy")
        ]
        said = [
            operation.get("message"),
            *odd,
            *(it["message"] for it in status.get("conditions", ())),
        ]
        return f"{sync} {health} {operation.get('phase')}: {said}"


def _states(resource: dict[str, Any]) -> tuple[str, str]:
    return resource.get("status", ""), resource.get("health", {}).get("status", "Healthy")


Units = type[FluxUnits] | type[ArgocdUnits]


@dataclass
class Verdict:
    """What the history between two revisions says of the units at a commit."""

    units: Units
    api: Api
    writes: list[Write]
    head: str

    def _of(self, name: str) -> list[Write]:
        return [
            each
            for each in self.writes
            if each.key.startswith(self.units.prefix) and each.key.rpartition("/")[2] == name
        ]

    def names(self) -> list[str]:
        """Return the names of all units."""
        found = (each.key for each in self.writes if each.key.startswith(self.units.prefix))
        return sorted({each.rpartition("/")[2] for each in found})

    def first_ready(self, name: str) -> int:
        """Return the revision at which a unit was first ready, or 0."""
        for write in self._of(name):
            if write.value and self.units.ready(write.value, self.head):
                return write.revision
        return 0

    def first_made(self, name: str) -> tuple[int, str]:
        """Return the revision at which the first object of a unit was made, and the object."""
        unit = self.latest(name)
        made = {each.key: each.created for each in self.writes if each.revision == each.created}
        found = [
            (made[at], str(thing))
            for thing in (self.units.things(unit) if unit else ())
            if (at := self.key(thing)) in made
        ]
        return min(found, default=(0, ""))

    def first_written(self, name: str) -> tuple[int, str]:
        """Return the revision of the first write of an object of a unit, and the object.

        What an object that is a unit itself reports of its own state is no write of the one above.
        """
        unit = self.latest(name)
        written: dict[str, int] = {}
        for each in self.writes:
            is_unit = each.key.startswith(self.units.prefix)
            if not (is_unit and each.value and self.units.is_reported(each.value)):
                written.setdefault(each.key, each.revision)
        found = [
            (written[at], str(thing))
            for thing in (self.units.things(unit) if unit else ())
            if (at := self.key(thing)) in written
        ]
        return min(found, default=(0, ""))

    def latest(self, name: str) -> Object | None:
        """Return the last value of a unit, or None."""
        values = [each.value for each in self._of(name) if each.value]
        return values[-1] if values else None

    def things(self) -> set[Thing]:
        """Return the objects that units have applied."""
        units = [self.latest(name) for name in self.names()]
        return {each for unit in units if unit for each in self.units.things(unit)}

    def key(self, thing: Thing) -> str:
        """Return the key of an object in etcd."""
        version = f"{thing.group}/{thing.version}" if thing.group else thing.version
        path = self.api.path(version, thing.kind)
        return key(thing.group, path.rpartition("/")[2], thing.kind, thing.namespace, thing.name)

    def out_of_order(self, edges: set[tuple[str, str]]) -> list[str]:
        """Return the edges that didn't hold."""
        found = []
        for unit, needed in sorted(edges):
            ready, (made, thing) = self.first_ready(needed), self.first_made(unit)
            if made and (not ready or made < ready):
                when = f"was ready at {ready}" if ready else "was never ready"
                found.append(f"{unit} made {thing} at {made}, {needed} {when}")
        return found

    def updated_out_of_order(self, edges: set[tuple[str, str]]) -> list[str]:
        """Return the edges that didn't hold in a change of objects that were there before."""
        found = []
        for unit, needed in sorted(edges):
            ready, (written, thing) = self.first_ready(needed), self.first_written(unit)
            if not ready or written < ready:
                found.append(f"{unit} wrote {thing} at {written}, {needed} was ready at {ready}")
        return found

    def ready_before_children(self, bundles: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the bundles that were ready before one of their children was."""
        return [
            f"{name} was ready at {ready}, its child {child} at {self.first_ready(child)}"
            for name, children in sorted(bundles.items())
            for child in children
            if (ready := self.first_ready(name)) < self.first_ready(child)
        ]

    def failures(self) -> dict[str, list[str]]:
        """Return the distinct failures of each unit that failed at some time."""
        found: dict[str, dict[str, None]] = {}
        for name in self.names():
            for write in self._of(name):
                if write.value and (failure := self.units.failure(write.value)):
                    found.setdefault(name, {})[failure] = None
        return {name: list(each) for name, each in found.items()}

    def owned_twice(self) -> list[str]:
        """Return the objects that more than one unit has applied."""
        owners: dict[Thing, list[str]] = {}
        for name in self.names():
            unit = self.latest(name)
            for thing in set(self.units.things(unit)) if unit else ():
                owners.setdefault(thing, []).append(name)
        return [f"{thing}: {names}" for thing, names in owners.items() if len(names) > 1]


def spec_of(write: Write) -> str:
    """Return what people wrote of an object that etcd has as JSON: without status and managers."""
    value = write.value or {}
    kept = {name: each for name, each in value.items() if name not in {"status", "metadata"}}
    return json.dumps(kept, sort_keys=True)
