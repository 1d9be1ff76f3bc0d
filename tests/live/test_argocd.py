"""Trees rolled out by Argo CD's own controllers."""

from pathlib import Path

import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, missing
from tests.live.rolling import judged
from tests.live.shapes import HOSTS, STACK, nested, stack
from tests.live.world import world

FLEET = Path(__file__).parents[2] / "examples" / "fleet"
OURS = {CM_KEY: health_lua(ArgocdOptions())}


@pytest.fixture
def argocd(place):
    """A cluster with Argo CD that knows our health of Applications."""
    if absent := missing(*ARGOCD):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    hosts = (*HOSTS, "charts.jetstack.io")
    with world(place / "world", "argocd", hosts=hosts, settings=OURS) as live:
        yield live


def test_the_example_is_in_sync_in_order_and_stays_so(argocd, tmp_path, table):
    fleet = Fleet.copied(tmp_path / "fleet", FLEET, "stacks/edge.yaml")
    seconds = argocd.roll_out(fleet)
    judged(argocd, fleet, table, "examples/fleet edge, waves", seconds)


@pytest.mark.parametrize("ordering", ["waves", "progressive", "resource-waves"])
def test_nested_umbrellas_wait_and_are_waited_for(ordering, argocd, tmp_path, table):
    files = stack("argocd", *nested("argocd"), gitops={"argocd": {"ordering": ordering}})
    fleet = Fleet.of(tmp_path / "fleet", files, STACK)
    fleet.generate()
    seconds = argocd.roll_out(fleet)
    verdict = argocd.verdict(fleet.head)
    made = {each.key: each.created for each in verdict.writes if each.created == each.revision}
    order = ["deployments/web/gate", "statefulsets/data/db"]
    order += [f"deployments/web/{name}" for name in ("front", "back", "top")]
    assert sorted(order, key=made.__getitem__) == order
    judged(argocd, fleet, table, f"nested umbrellas, {ordering}", seconds)
