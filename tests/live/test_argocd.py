"""Trees rolled out by Argo CD's own controllers."""

import time
from pathlib import Path

import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from tests.live.argocd import NAMESPACE, UNIT
from tests.live.fleet import Fleet
from tests.live.judging import ArgocdUnits
from tests.live.programs import ARGOCD, missing
from tests.live.rolling import judged, updated
from tests.live.shapes import HOSTS, STACK, nested, stack
from tests.live.world import world

FLEET = Path(__file__).parents[2] / "examples" / "fleet"
THEIRS = """\
hs = {status = "Progressing", message = ""}
if obj.status ~= nil and obj.status.health ~= nil then
  local operation = obj.status.operationState
  if operation == nil or operation.phase ~= "Running" then
    hs.status = obj.status.health.status
  end
end
return hs
"""
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
    if ordering == "progressive":
        gitops = {"argocd": {"ordering": ordering}}
        updated(argocd, fleet, stack("argocd", *nested("argocd", "2.0"), gitops=gitops))
    goes_alone(argocd, "live-root")


def goes_alone(live, *names):
    """Delete Applications that only start others; hold that these and their objects stay."""
    api = live.cluster.api
    others = {each["metadata"]["name"] for each in api.objects(*UNIT)} - {*names}
    since = live.cluster.history.now()
    for name in names:
        api.delete(api.get(*UNIT, NAMESPACE, name))
    time.sleep(5)
    left = [each for each in api.objects(*UNIT) if "deletionTimestamp" not in each["metadata"]]
    assert {each["metadata"]["name"] for each in left} == others
    keys = {f"{ArgocdUnits.prefix}{NAMESPACE}/{name}" for name in names}
    writes = live.cluster.history.since(since)
    gone = {each.key for each in writes if each.deletion and not each.key.startswith("events/")}
    assert {key for key in gone if "leases/" not in key} == keys


def test_a_root_does_not_wait_for_itself_whatever_the_health_of_what_is_under_way(
    place, tmp_path, table
):
    """A health check of their own may call an Application Progressing while it is synced."""
    if absent := missing(*ARGOCD):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "argocd", hosts=HOSTS, settings={CM_KEY: THEIRS}) as live:
        gitops = {"argocd": {"healthConfigured": True}}
        fleet = Fleet.of(
            tmp_path / "fleet", stack("argocd", *nested("argocd"), gitops=gitops), STACK
        )
        fleet.generate()
        seconds = live.roll_out(fleet)
        table.add("waves, a health check of their own", "argocd", seconds=f"{seconds:.1f}")
