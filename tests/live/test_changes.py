"""Changes of a running cluster: what is lost is what kure-hooks announces, and nothing else."""

import time

import pytest

from tests.live.changing import announced, observed, payload
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, FLUX, missing
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
from tests.live.world import world
from tests.support.git import write

BEGIN = (
    bundle("base", namespaces("web", "data")),
    bundle("app", settings("one"), settings("two"), workload("front"), needs=["base"]),
    umbrella(
        "shop",
        bundle("inner", settings("inner", "data")),
        bundle("other", settings("other", "data")),
        needs=["base"],
    ),
)
APP = BEGIN[1]
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

CHANGES = {
    "edit": [(BEGIN[0], EDITED, BEGIN[2])],
    "remove an object": [(BEGIN[0], REMOVED, BEGIN[2])],
    "remove a bundle": [(BEGIN[0], BEGIN[2])],
    "rename a bundle": [(BEGIN[0], RENAMED, BEGIN[2])],
    "move an object": [(BEGIN[0], REMOVED, ELSEWHERE)],
    "stop pruning, then remove the bundle": [(BEGIN[0], KEPT, BEGIN[2]), (BEGIN[0], BEGIN[2])],
}
PLACEMENTS = {
    "separate to integrated": ({}, {"fluxPlacement": "integrated"}),
    "integrated to separate": ({"fluxPlacement": "integrated"}, {}),
}


@pytest.fixture(params=["flux", "argocd"])
def live(request, place):
    needed = FLUX if request.param == "flux" else ARGOCD
    if absent := missing(*needed, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", request.param, hosts=HOSTS, settings=OURS) as running:
        yield running


def lost(live, fleet, files, seconds=4):
    """Change the stack of a running cluster; return what was lost, and what was announced."""
    base, before = fleet.head, payload(live, fleet)
    write(fleet.directory, files)
    fleet.generate()
    live.change(fleet)
    time.sleep(seconds)
    live.settle(fleet.head)
    writes = live.cluster.history.since(live.begun)
    return observed(before, writes), announced(fleet, base)


def begun(live, directory, files):
    fleet = Fleet.of(directory, files, STACK)
    fleet.generate()
    live.roll_out(fleet)
    return fleet


def engine(live):
    return "flux" if live.units.prefix.startswith("kustomize") else "argocd"


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_lost_is_what_is_announced(change, live, tmp_path, table):
    fleet = begun(live, tmp_path / "fleet", stack(engine(live), *BEGIN))
    for step in CHANGES[change]:
        seen, said = lost(live, fleet, stack(engine(live), *step))
        assert said.contradicted(seen) == []
    table.add(change, engine(live), prune=f"{len(seen)} lost, as announced")


@pytest.mark.parametrize("live", ["flux"], indirect=True)
@pytest.mark.parametrize("change", PLACEMENTS)
def test_what_another_placement_loses_is_announced(change, live, tmp_path, table):
    before, after = PLACEMENTS[change]
    fleet = begun(live, tmp_path / "fleet", stack("flux", *BEGIN, layout=before))
    seen, said = lost(live, fleet, stack("flux", *BEGIN, layout=after))
    assert said.contradicted(seen) == []
    table.add(change, "flux", prune=f"{len(seen)} lost, as announced")
