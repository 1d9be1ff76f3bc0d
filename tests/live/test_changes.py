"""Changes of a running cluster: what is lost is what `kure-hooks diff` prints, and nothing else."""

import time
from dataclasses import dataclass, field

import pytest

from kure_hooks.manifests import content_hashed
from tests.live.changing import (
    DELETED,
    RECREATED,
    Announcement,
    Owned,
    announced,
    observed,
    payload,
)
from tests.live.fleet import Fleet
from tests.live.judging import FluxUnits
from tests.live.programs import ARGOCD, FLUX, SERVER, missing
from tests.live.shapes import (
    HOSTS,
    STACK,
    bundle,
    namespaces,
    settings,
    stack,
    umbrella,
    workload,
)
from tests.live.test_argocd import OURS
from tests.live.world import World, world
from tests.support.git import write

# Something stays in each namespace, so that Argo CD's project permits both all the time:
# otherwise it may leave what it no longer permits.
BASE = bundle("base", namespaces("web", "data"), settings("stays"), settings("also", "data"))
BEGIN = (
    BASE,
    bundle("app", settings("one"), settings("two"), workload("front"), needs=["base"]),
    umbrella(
        "shop",
        bundle("inner", settings("inner", "data")),
        bundle("other", settings("other", "data")),
        needs=["base"],
    ),
)
APP, SHOP = BEGIN[1:]
EDITED = bundle(
    "app", settings("one", level="debug"), settings("two"), workload("front"), needs=["base"]
)
REMOVED = bundle("app", settings("one"), workload("front"), needs=["base"])
RENAMED = {**APP, "name": "application"}
ELSEWHERE = umbrella(
    "shop",
    bundle("inner", settings("inner", "data"), settings("two")),
    bundle("other", settings("other", "data")),
    needs=["base"],
)
KEPT = {**APP, "prune": False}


def configured(level):
    """Return the bundle with a workload that has its level from a ConfigMap."""
    front = workload("front", config={"LEVEL": level})
    containers = [{**each, "envFrom": [CONFIG]} for each in front["spec"]["containers"]]
    front = {**front, "spec": {**front["spec"], "containers": containers}}
    return bundle("app", settings("one"), settings("two"), front, needs=["base"])


CONFIG = {"configMapRef": {"name": "front-config"}}
OLD = f"ConfigMap web/{content_hashed('front-config', {'data': {'LEVEL': 'info'}})}"
ALL = {"ConfigMap web/one", "ConfigMap web/two", "Deployment web/front"}


@dataclass(frozen=True)
class Change:
    """Steps from the beginning, and what the last one does to objects whatever the tree says.

    `possible` may happen or not: two controllers race.
    """

    steps: tuple[tuple[dict, ...], ...]
    fate: str = ""
    lost: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)


CHANGES = {
    "edit": Change(((BASE, EDITED, SHOP),)),
    "remove an object": Change(((BASE, REMOVED, SHOP),), DELETED, {"ConfigMap web/two"}),
    "remove a bundle": Change(((BASE, SHOP),), DELETED, ALL),
    "rename a bundle": Change(((BASE, RENAMED, SHOP),), RECREATED, ALL),
    "move an object": Change(
        ((BASE, REMOVED, ELSEWHERE),), RECREATED, possible={"ConfigMap web/two"}
    ),
    "another configuration": Change(
        ((BASE, configured("info"), SHOP), (BASE, configured("debug"), SHOP)), DELETED, {OLD}
    ),
    "stop pruning, then remove the bundle": Change(((BASE, KEPT, SHOP), (BASE, SHOP))),
}
CHILDREN = {"ConfigMap data/inner", "ConfigMap data/other"}
PLACEMENTS = {
    "separate to integrated": ({}, {"fluxPlacement": "integrated"}),
    "integrated to separate": ({"fluxPlacement": "integrated"}, {}),
}


@dataclass
class Running:
    """A cluster that all changes of an engine are made on, and its fleet."""

    engine: str
    world: World
    fleet: Fleet

    def settle(self, *bundles: dict, layout: dict | None = None) -> None:
        """Bring the cluster to a state, whatever it was in."""
        lost(self.world, self.fleet, stack(self.engine, *bundles, layout=layout or {}))

    def change(self, *bundles: dict, layout: dict | None = None) -> tuple[dict, Announcement]:
        """Make a change; return the objects that are lost, and what is printed of it."""
        return lost(self.world, self.fleet, stack(self.engine, *bundles, layout=layout or {}))


def lost(live, fleet, files, seconds=4, patience=90):
    """Change the stack of a running cluster; return what was lost, and what is printed of it.

    It is over when nothing has been made or deleted for some `seconds`.
    """
    base, before = fleet.head, payload(live, fleet)
    write(fleet.directory, files)
    fleet.generate()
    live.change(fleet, expected=units_of(live, fleet), seconds=patience)
    quiet(live, seconds)
    live.settle(fleet.head)
    return observed(before, writes_of(live)), announced(fleet, base)


def units_of(live, fleet):
    """Return the names of all units that a fleet has on the cluster, the first one included."""
    objects = [*fleet.bootstrap(), *fleet.objects()]
    names = {each["metadata"]["name"] for each in objects if each["kind"] == live.units.kind}
    names |= {
        element["name"]
        for each in objects
        if each["kind"] == "ApplicationSet"
        for generator in each["spec"]["generators"]
        for element in generator["list"]["elements"]
    }
    return names | ({"flux-system"} if live.units is FluxUnits else set())


def writes_of(live):
    return live.cluster.history.since(live.begun)


def quiet(live, seconds, patience=40):
    """Wait until nothing has been made or deleted for some seconds."""
    end = time.monotonic() + patience
    since, last = time.monotonic(), -1
    while time.monotonic() < end and time.monotonic() - since < seconds:
        time.sleep(0.5)
        latest = max((each.revision for each in writes_of(live) if counts(each)), default=0)
        if latest != last:
            since, last = time.monotonic(), latest


def counts(each):
    """Tell whether a write made or deleted an object that is no event."""
    kept = each.key.startswith(("events/", "leases/", "masterleases/"))
    return not kept and (each.deletion or each.created == each.revision)


@pytest.fixture(scope="module", params=["flux", "argocd"])
def running(request, tmp_path_factory):
    """A cluster with the fleet on it that every change begins with."""
    needed = FLUX if request.param == "flux" else ARGOCD
    if absent := missing(*SERVER, *needed, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("changes")
    with world(directory / "world", request.param, hosts=HOSTS, settings=OURS) as live:
        fleet = Fleet.of(directory / "fleet", stack(request.param, *BEGIN), STACK)
        fleet.generate()
        live.roll_out(fleet)
        yield Running(request.param, live, fleet)


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_lost_is_what_is_announced(change, running, table):
    expected = CHANGES[change]
    running.settle(*BEGIN)
    for step in expected.steps:
        seen, said = running.change(*step)
        assert said.contradicted(seen) == []
    assert lost_beside(seen, expected.possible) == dict.fromkeys(expected.lost, expected.fate)
    assert {fate for fate in seen.values() if expected.fate} <= {expected.fate}
    table.add(change, running.engine, prune=f"{len(seen)} lost, as printed")


@pytest.mark.parametrize("running", ["flux"], indirect=True)
@pytest.mark.parametrize("change", PLACEMENTS)
def test_what_another_placement_loses_is_announced(change, running, table):
    before, after = PLACEMENTS[change]
    running.settle(*BEGIN, layout=before)
    seen, said = running.change(*BEGIN, layout=after)
    assert said.contradicted(seen) == []
    assert lost_beside(seen, CHILDREN) == {}
    table.add(change, "flux", prune=f"{len(seen)} lost, as printed")


def lost_beside(seen: dict[Owned, str], possible: set[str]) -> dict[str, str]:
    """Return what is lost but for what may be lost or not."""
    return {owned: fate for owned, fate in seen.items() if owned not in possible}
