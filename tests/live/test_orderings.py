"""Other orderings on a running Argo CD, and bundles that go and come back.

What is deleted, made again or left is what `kure-hooks diff` announces.
"""

import pytest

from tests.live.argocd import operations_ended
from tests.live.changing import DELETED
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, missing
from tests.live.shapes import HOSTS, STACK, bundle, settings, stack
from tests.live.test_argocd import OURS
from tests.live.test_changes import ALL, APP, BASE, SHOP, lost
from tests.live.world import world

ORPHAN = bundle("orphan", settings("orphaned"), needs=["base"], deletionPolicy="Orphan")
WHOLE, WITHOUT = (BASE, APP, ORPHAN, SHOP), (BASE, SHOP)

# What each walk begins with, and the steps from there: their names, orderings and bundles.
WALKS = {
    "progressive": (
        ("bundles go", "progressive", WITHOUT),
        ("they come back", "progressive", WHOLE),
        ("to resource-waves", "resource-waves", WHOLE),
        ("and back to progressive", "progressive", WHOLE),
    ),
    "resource-waves": (
        ("bundles go", "resource-waves", WITHOUT),
        ("they come back", "resource-waves", WHOLE),
        ("to waves", "waves", WHOLE),
        ("and back to resource-waves", "resource-waves", WHOLE),
    ),
}
LOST = {"bundles go": dict.fromkeys(ALL, DELETED), "they come back": {}}


@pytest.fixture
def live(place):
    if absent := missing(*ARGOCD, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "argocd", hosts=HOSTS, settings=OURS) as running:
        yield running


def files(ordering, bundles):
    return stack("argocd", *bundles, gitops={"argocd": {"ordering": ordering}})


@pytest.mark.parametrize("begun", WALKS)
def test_what_another_ordering_loses_is_announced(begun, live, tmp_path, table):
    fleet = Fleet.of(tmp_path / "fleet", files(begun, WHOLE), STACK)
    fleet.generate()
    live.roll_out(fleet)
    for name, ordering, bundles in WALKS[begun]:
        with operations_ended(live.cluster.api):
            seen, said = lost(live, fleet, files(ordering, bundles), patience=240)
        assert (name, said.contradicted(seen)) == (name, [])
        assert (name, seen) == (name, LOST.get(name, seen))
        assert said.kept == ({"ConfigMap web/orphaned"} if name == "bundles go" else set())
        table.add(f"{begun}: {name}", "argocd", prune=f"{len(seen)} lost, as printed")
