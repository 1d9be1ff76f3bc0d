"""What is held of every good roll-out."""

import time
from collections.abc import Mapping

from tests.live.fleet import Fleet
from tests.live.flux import Flux
from tests.live.judging import spec_of
from tests.live.reporting import Table
from tests.live.world import World
from tests.support import git

_TOOLS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")


def judged(live: World, fleet: Fleet, table: Table, case: str, seconds: float) -> None:
    """Hold what is true of every good roll-out, and that a second sync changes nothing."""
    verdict = live.verdict(fleet.head)
    flux, bundles = isinstance(live.tool, Flux), fleet.bundles()
    # Argo CD's resource waves make one unit of an umbrella and all in it.
    units = set(verdict.names())
    within = {child for children in bundles.values() for child in children}
    assert bundles.keys() - (set() if flux else within) - units == set()
    edges = {edge for edge in fleet.edges() if units.issuperset(edge)}
    assert verdict.out_of_order(edges) == []
    # An Application of an umbrella has nothing of its own, so that it is ready at once.
    assert verdict.ready_before_children(bundles if flux else {}) == []
    assert verdict.owned_twice() == []
    assert verdict.failures() == {}
    written = settled(live, fleet)
    table.add(
        case,
        "flux" if flux else "argocd",
        seconds=f"{seconds:.1f}",
        order=f"{len(edges)} edges held",
        objects=len(verdict.things()),
        second_sync="changes nothing",
    )
    assert written == []


def updated(live: World, fleet: Fleet, files: Mapping[str, str]) -> None:
    """Change what every unit applies, and hold that it goes on in the order of the first time."""
    git.write(fleet.directory, dict(files))
    fleet.generate()
    live.change(fleet)
    verdict = live.verdict(fleet.head)
    applied = {name for name in verdict.names() if verdict.first_written(name)[0]}
    edges = {edge for edge in fleet.edges() if applied.issuperset(edge)}
    assert edges
    assert verdict.updated_out_of_order(edges) == []
    assert verdict.failures() == {}


def settled(live: World, fleet: Fleet, seconds: float = 6) -> list[str]:
    """Sync again and return the applied objects that were written.

    GitOps objects are written by their own controllers: of them only what is asked for counts.
    """
    verdict = live.verdict(fleet.head)
    keys = {verdict.key(each) for each in verdict.things()}
    asked = {each.key: spec_of(each) for each in verdict.writes}
    # The last roll-outs get their status first: nothing waits for them.
    time.sleep(2 * live.cluster.rollouts.seconds)
    since = live.cluster.history.now()
    live.tool.sync()
    time.sleep(seconds)
    live.settle(fleet.head)
    found = set()
    for write in live.cluster.history.since(since):
        tools = write.key.split("/")[0].endswith(_TOOLS)
        if write.key in keys and not (tools and spec_of(write) == asked[write.key]):
            found.add(write.key)
    return sorted(found)
