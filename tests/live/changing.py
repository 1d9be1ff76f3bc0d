"""What a change does to a running cluster, and what `kure-hooks diff` prints of it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from tests.live.fleet import Fleet
from tests.live.history import Write
from tests.live.judging import Thing
from tests.live.world import World

DELETED = "deleted"
RECREATED = "deleted and recreated"
_TOOLS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")
_LOSS = re.compile(
    r"(?:Flux|Argo CD) (?P<verb>may delete|deletes) (?:it|them)\b"
    r"(?: and the (?:object|(?P<number>\d+) objects) (?P<applied>that it applied))?"
)
_PRUNED = re.compile(r"(?:Flux|Argo CD) (?P<verb>may delete|deletes) (?P<names>[A-Z].*?), which ")
_AGAIN = ("creates it again", "created again")
_ELSEWHERE = "created again under another name or namespace"
_LEFT = re.compile(r"(?:Flux|Argo CD) leaves ")
_ALONE = re.compile(
    r"(?:Flux|Argo CD) (?P<verb>may delete|deletes) (?P<name>[A-Z]\S* \S+?)"
    r"(?: together with \S+ \S+| once .*)?\."
)
_ALONG = re.compile(r"(?P<verb>takes|may take) (?P<name>[A-Z]\S* \S+) along when ")
_KEPT = re.compile(r"(?P<name>[A-Z]\S* \S+) (?:stays )?on the cluster(?: when|, because) ")


class Owned(str):
    """The name of an object, which knows the `unit` that has applied it."""

    __slots__ = ("unit",)
    unit: str

    @classmethod
    def by(cls, unit: str, thing: Thing) -> "Owned":
        """Return the name of an object that a unit has applied."""
        owned = cls(thing)
        owned.unit = unit
        return owned


def payload(live: World, fleet: Fleet) -> dict[str, Owned]:
    """Return the objects that units have applied, without GitOps objects, by key."""
    verdict = live.verdict(fleet.head)
    return {
        verdict.key(thing): Owned.by(unit["metadata"]["name"], thing)
        for unit in live.cluster.api.objects(live.units.version, live.units.kind)
        for thing in live.units.things(unit)
        if not _is_tool(thing)
    }


def _is_tool(thing: Thing) -> bool:
    return thing.group.endswith(_TOOLS)


def observed(before: dict[str, Owned], writes: list[Write]) -> dict[Owned, str]:
    """Return what happened to those objects that were lost, if only for a while.

    An object that was made again has another UID: etcd has another revision of its creation.
    """
    lost: dict[Owned, str] = {}
    for write in writes:
        if write.key in before:
            if write.deletion:
                lost[before[write.key]] = DELETED
            elif write.created == write.revision:
                lost[before[write.key]] = RECREATED
    return lost


@dataclass(frozen=True)
class Loss:
    """A loss that is announced: of an object, or of as many objects of a unit."""

    fate: str
    certain: bool
    objects: int = 1


@dataclass
class Announcement:
    """The losses that a report tells: of objects by name, and with the units that applied them.

    `units` are Kustomizations and Applications, `sets` what makes such units and goes with them.
    `kept` are the objects of which it says that they stay although their files are gone; `left`
    tells that others stay, perhaps, because a project no longer permits them.
    """

    objects: dict[str, Loss] = field(default_factory=dict)
    units: dict[str, Loss] = field(default_factory=dict)
    sets: dict[str, Loss] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    left: bool = False

    @property
    def certain(self) -> dict[str, str]:
        """The objects that are lost without a doubt, and how."""
        return {name: loss.fate for name, loss in self.objects.items() if loss.certain}

    def about(self, is_expected: Callable[[str], bool]) -> "Announcement":
        """Return what is told of objects and units of these names."""
        units = {name: loss for name, loss in self.units.items() if is_expected(name)}
        objects = {name: loss for name, loss in self.objects.items() if is_expected(name)}
        return replace(self, objects=objects, units=units, kept=set(filter(is_expected, self.kept)))

    def contradicted(self, lost: dict[Owned, str]) -> list[str]:
        """Return where the cluster did something else."""
        return sorted([*self._surprises(lost), *self._missed(lost)])

    def _surprises(self, lost: dict[Owned, str]) -> Iterator[str]:
        for owned, fate in lost.items():
            told = self.objects.get(owned) or self.units.get(owned.unit)
            if told is None and _home(owned) in self.objects:
                continue  # the report tells that the namespace is lost with everything in it
            if owned in self.kept:
                yield f"{owned} {fate}, and the report tells that it stays"
            elif told is None or told.fate != fate:
                said = told.fate if told else "nothing"
                yield f"{owned} {fate}, and the report tells {said}"

    def _missed(self, lost: dict[Owned, str]) -> Iterator[str]:
        for name, loss in self.objects.items():
            if loss.certain and name not in lost and not self.left:
                yield f"{name} not {loss.fate}"
        for name, loss in self.sets.items():
            if loss.certain and not 0 < len(lost) <= loss.objects:
                yield f"{len(lost)} objects lost, and the report tells {loss.objects} of {name}"
        for unit, loss in self.units.items():
            count = sum(owned.unit == unit for owned in lost)
            if count > loss.objects or (loss.certain and count < loss.objects and not self.left):
                yield f"{count} objects of {unit} {loss.fate}, and the report tells {loss.objects}"


def announced(fleet: Fleet, base: str) -> Announcement:
    """Return what the command prints of the losses since the commit `base`."""
    report = json.loads(_printed(fleet, base, "json"))
    text = " ".join(_printed(fleet, base, "text").split())
    said = Announcement()
    moved = {_name(each) for drift in report["drift"] for each in _objects(drift.get("after"))}
    for drift in report["drift"]:
        for told in drift.get("objects", ()):
            if effect := told.get("effect"):
                assert " ".join(effect.split()) in text
                _add(said, told, effect, _former(drift))
        if drift["kind"] == "removed":
            told_of = said.objects.keys() | said.kept | moved
            untold = {_name(each) for each in _former(drift) if not _is_unit(each)} - told_of
            assert said.left or not untold, f"nothing is told of {untold}"
    return said


def _printed(fleet: Fleet, base: str, form: str) -> str:
    done = fleet.run("diff", base, "--format", form)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def _add(said: Announcement, told: dict[str, Any], effect: str, former: list[Any]) -> None:
    if _LEFT.search(effect) and "left-behind" in told.get("risks", ()):
        said.left = True
    elif kept := _KEPT.search(effect):
        said.kept.add(kept["name"])
    recreated = any(words in effect for words in _AGAIN) and _ELSEWHERE not in effect
    fate = RECREATED if recreated else DELETED
    if pruned := _PRUNED.search(effect):
        for name in re.split(r", | and ", pruned["names"]):
            said.objects[name] = Loss(fate, pruned["verb"] == "deletes")
    units = {_name(each) for each in former if _is_unit(each)}
    if (alone := _ALONE.fullmatch(effect)) and alone["name"] not in units:
        said.objects[alone["name"]] = Loss(fate, alone["verb"] == "deletes")
    if along := _ALONG.search(effect):
        said.objects[along["name"]] = Loss(fate, along["verb"] == "takes")
    loss = _LOSS.search(effect)
    if loss is None:
        return
    certain = loss["verb"] == "deletes"
    if loss["applied"]:
        # A unit that gets another name is deleted by the one it had.
        names = [each["metadata"]["name"] for each in former if _is_unit(each)]
        name = names[0] if names else told["name"].rpartition("/")[2]
        losses = said.sets if told["name"].startswith("ApplicationSet ") else said.units
        losses[name] = Loss(fate, certain, int(loss["number"] or 1))
    elif told["name"] not in units:
        said.objects[told["name"]] = Loss(fate, certain)


def _former(drift: dict[str, Any]) -> list[Any]:
    """Return the objects that a file had before."""
    return _objects(drift.get("before"))


def _objects(text: str | None) -> list[Any]:
    objects = yaml.safe_load_all(text or "")
    return [each for each in objects if isinstance(each, dict) and "metadata" in each]


def _is_unit(manifest: Any) -> bool:
    return str(manifest["apiVersion"]).partition("/")[0].endswith(_TOOLS)


def _name(manifest: Any) -> str:
    meta = manifest["metadata"]
    space = meta.get("namespace")
    return f"{manifest['kind']} {space}/{meta['name']}" if space else _short(manifest)


def _home(owned: Owned) -> str:
    """Return the Namespace that an object is in, as it is named in reports."""
    space, _, name = owned.partition(" ")[2].rpartition("/")
    return f"Namespace {space}" if space and name else ""


def _short(manifest: Any) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"
