"""Trees rolled out by Flux's own controllers."""

import time
from pathlib import Path

import pytest

from tests.live.fleet import Fleet
from tests.live.flux import RELEASE
from tests.live.programs import BUCKETS, FLUX, HELM, missing
from tests.live.rolling import judged, updated
from tests.live.shapes import HOSTS, STACK, bundle, namespaces, nested, settings, stack, workload
from tests.live.world import world

FLEET = Path(__file__).parents[2] / "examples" / "fleet"


@pytest.fixture
def flux(place):
    """A cluster with Flux that answers for the hosts of the fleets here."""
    if absent := missing(*FLUX, *HELM):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    hosts = (*HOSTS, "charts.jetstack.io")
    with world(place / "world", "flux", hosts=hosts) as live:
        yield live


@pytest.mark.parametrize("cluster", ["staging", "production-eu"])
def test_the_example_is_ready_in_order_and_stays_so(cluster, flux, tmp_path, table):
    fleet = Fleet.copied(tmp_path / "fleet", FLEET, f"stacks/{cluster}.yaml")
    seconds = flux.roll_out(fleet)
    judged(flux, fleet, table, f"examples/fleet {cluster}", seconds)
    # A HelmRelease is ready when helm-controller has installed the chart.
    releases = [each for each in fleet.objects() if each["kind"] == "HelmRelease"]
    assert bool(releases) == (cluster == "production-eu")
    for each in releases:
        assert await_release(flux, each)


def await_release(live, release, seconds=60):
    """Tell whether a release is ready in time and has made what the chart says."""
    meta, end = release["metadata"], time.monotonic() + seconds
    while time.monotonic() < end:
        found = live.cluster.api.get(*RELEASE, meta["namespace"], meta["name"])
        conditions = (found or {}).get("status", {}).get("conditions", ())
        if any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
            settings_of = f"{release['spec'].get('releaseName', meta['name'])}-values"
            return live.cluster.api.get("v1", "ConfigMap", meta["namespace"], settings_of)
        time.sleep(1)
    return None


PLACEMENTS = {
    "separate": {},
    "integrated": {"fluxPlacement": "integrated"},
    "ParentDeployedControl": {"preset": "ParentDeployedControl"},
}


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_nested_umbrellas_wait_and_are_waited_for(placement, flux, tmp_path, table):
    files = stack("flux", *nested(), layout=PLACEMENTS[placement])
    fleet = Fleet.of(tmp_path / "fleet", files, STACK)
    fleet.generate()
    seconds = flux.roll_out(fleet)
    judged(flux, fleet, table, f"nested umbrellas, {placement}", seconds)
    changed = stack("flux", *nested(tag="2.0"), layout=PLACEMENTS[placement])
    updated(flux, fleet, changed)


def test_a_bundle_waits_for_one_that_is_never_ready(flux, tmp_path):
    bundles = [
        bundle("base", namespaces("web"), workload("gate"), wait=True, timeout="3s"),
        bundle("late", settings("late"), needs=["base"]),
    ]
    fleet = Fleet.of(tmp_path / "fleet", stack("flux", *bundles), STACK)
    fleet.generate()
    flux.cluster.rollouts.held.add("gate")
    with pytest.raises(AssertionError, match="NOT READY late"):
        flux.roll_out(fleet, seconds=15)
    assert flux.cluster.api.get("v1", "ConfigMap", "web", "late") is None
    assert flux.cluster.api.get("v1", "Namespace", "", "web") is not None


@pytest.mark.parametrize("insecure", [True, False], ids=["http", "https"])
def test_a_package_is_delivered_by_a_bucket(insecure, flux, tmp_path, table):
    if absent := missing(*BUCKETS):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    source = {"kind": "Bucket", "name": "objects", "bucketName": "fleet", "interval": "1m"}
    source |= {"endpoint": "s3.example.com", "insecure": insecure, "provider": "generic"}
    stored = bundle("stored", settings("stored", level="one"), needs=["base"], sourceRef=source)
    package = {"group": "source.toolkit.fluxcd.io", "version": "v1", "kind": "Bucket"}
    packages = {"stored": package | {"name": "objects"}}
    files = stack("flux", bundle("base", namespaces("web")), stored, packages=packages)
    fleet = Fleet.of(tmp_path / "fleet", files, STACK)
    fleet.generate()
    seconds = flux.roll_out(fleet)
    case = f"package in a Bucket over {'http' if insecure else 'https'}"
    judged(flux, fleet, table, case, seconds)
    applied = flux.cluster.api.get("v1", "ConfigMap", "web", "stored")
    assert applied["data"] == {"level": "one"}
    assert any("s3.example.com" in each and "/fleet/" in each for each in flux.hosts.asked)
