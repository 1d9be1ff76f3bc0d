"""Argo CD brought up by what kure-hooks prints, and an Argo CD that knows no Applications' health.

Its controllers run here already, with a plain argocd-cm; what is printed is applied over it.
"""

import re
import time
from pathlib import Path

import pytest
import yaml

from kure_hooks.engines.argocd.health import CM_KEY
from tests.live.argocd import NAMESPACE, UNIT, operations_ended
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, missing
from tests.live.rolling import judged
from tests.live.shapes import HOSTS, STACK, URL, bundle, namespaces, settings, stack, workload
from tests.live.test_argocd import goes_alone
from tests.live.world import world
from tests.support.git import write

RELEASES = Path(__file__).parents[3] / "shared" / "data" / "install" / "argocd"
VENDORED = "vendor/argocd.yaml"


@pytest.fixture
def plain(place):
    """A cluster with Argo CD that has a plain argocd-cm."""
    if absent := missing(*ARGOCD):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "argocd", hosts=HOSTS) as live:
        yield live


def chart(name, url, namespace="web"):
    kind = "OCIRepository" if url.startswith("oci://") else "HelmRepository"
    spec = {
        "chart": {"name": name, "version": "1.2.3"},
        "source": {"type": kind, "url": url},
        "values": {"level": "high", "nothing": None, "empty": []},
        "release": {"targetNamespace": namespace},
        "driftDetection": {"mode": "enabled"},
    }
    return {"name": name, "namespace": namespace, "kind": "HelmChart", "spec": spec}


LOCAL = {
    "name": "local",
    "namespace": "web",
    "kind": "HelmChart",
    "spec": {
        "chart": {"name": "./charts/local"},
        "source": {"type": "GitRepository", "url": URL, "ref": {"branch": "main"}},
        "release": {"targetNamespace": "web"},
    },
}
TEMPLATE = "{apiVersion: v1, kind: ConfigMap, metadata: {name: local}}\n"
CHARTS = {
    "charts/local/Chart.yaml": "{apiVersion: v2, name: local, version: 1.0.0}\n",
    "charts/local/templates/local.yaml": TEMPLATE,
}
BUNDLES = (
    bundle("base", namespaces("web", "data"), workload("gate")),
    bundle(
        "middle",
        chart("classic", "https://charts.example.com/stable"),
        chart("modern", "oci://registry.example.com/charts/modern"),
        LOCAL,
        workload("db", "data", "StatefulSet"),
        needs=["base"],
    ),
    bundle("top", workload("top"), settings("topmost"), needs=["middle"]),
)
BARE = bundle("middle", workload("db", "data", "StatefulSet"), needs=["base"])
LAYOUT = {"manifests": {"live-root"}}
LAYOUT["autopilot"] = {
    *("autopilot-bootstrap", "argo-cd", "root", "cluster-resources-in-cluster"),
}


# An ApplicationSet of the layout makes it, and makes it again as soon as it is deleted.
MADE_AGAIN = {"cluster-resources-in-cluster"}


@pytest.mark.parametrize(
    ("mode", "ordering"), [("manifests", "waves"), ("autopilot", "progressive")]
)
def test_a_bootstrap_brings_up_argo_cd_charts_and_all_in_order(
    mode, ordering, plain, tmp_path, table
):
    release = RELEASES / "install-v3.5.1.yaml"
    if not release.is_file():
        pytest.skip(f"{release} is not there")

    def files(*bundles):
        return stack(
            "argocd",
            *bundles,
            gitops={"argocd": {"ordering": ordering}},
            bootstrap={"argoCDMode": mode, "manifests": VENDORED},
            files={VENDORED: release.read_text(), **CHARTS},
        )

    fleet = Fleet.of(tmp_path / "fleet", files(*BUNDLES), STACK)
    fleet.generate()
    charts = {"middle-classic", "middle-modern", "middle-local"}
    bundles = {"base", "middle", "top", *charts}
    seconds = plain.roll_out(fleet, expected=bundles | LAYOUT[mode], seconds=300)
    configured = plain.cluster.api.get("v1", "ConfigMap", NAMESPACE, "argocd-cm")
    assert CM_KEY in configured["data"]
    for name in ("local", "web-classic-values", "web-modern-values"):
        assert config(plain, name)
    assert "level: high" in config(plain, "web-classic-values")["data"]["values.yaml"]
    judged(plain, fleet, table, f"bootstrap {mode}, {ordering}, charts", seconds)
    drifted = config(plain, "web-classic-values")
    plain.cluster.api.merge(drifted, {"data": {"values.yaml": "theirs"}})
    # RollingSync has switched automated sync off, and with it the correction of drift.
    heals = ordering != "progressive"
    seconds = 60 if heals else 6
    assert until(lambda: _data(plain) == drifted["data"], seconds) == heals
    charts_go_with_what_they_installed(plain, fleet, files(BUNDLES[0], BARE, BUNDLES[2]))
    goes_alone(plain, *LAYOUT[mode] - MADE_AGAIN)


def charts_go_with_what_they_installed(live, fleet, files):
    """Take all charts out of their bundle, which stays."""
    base = fleet.head
    write(fleet.directory, files)
    fleet.generate()
    with operations_ended(live.cluster.api):
        live.publish(fleet, fleet.bootstrap())
        live.tool.sync()
        gone = [f"web-{name}-values" for name in ("classic", "modern")] + ["local"]
        assert until(lambda: not any(config(live, name) for name in gone), 240)
        live.settle(fleet.head, seconds=120)
    assert live.cluster.api.get("apps/v1", "StatefulSet", "data", "db")
    report = " ".join(fleet.run("diff", base).stdout.split())
    # `waves` tell it at each Application, `progressive` at the set that makes them.
    deleted = r"Argo CD deletes (it and what it installed|Application argocd/middle-classic)"
    assert re.search(deleted, report), report


def _data(live):
    return config(live, "web-classic-values")["data"]


def config(live, name):
    found = live.cluster.api.get("v1", "ConfigMap", "web", name)
    return found and {"apiVersion": "v1", "kind": "ConfigMap", **found}


def applications(live):
    return {each["metadata"]["name"] for each in live.cluster.api.objects(*UNIT)}


def until(condition, seconds=60):
    """Wait for a condition; return whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.5)
    return condition()


def test_waves_wait_once_argo_cd_has_the_patch_that_is_printed(plain, tmp_path, table):
    """AO009: without it Argo CD goes on to the next wave while the one before is not healthy."""

    def files(*names):
        pairs = [
            each
            for name in names
            for each in (
                bundle(name, workload(f"of-{name}"), needs=["base"]),
                bundle(f"{name}-after", settings(name), needs=[name]),
            )
        ]
        return stack("argocd", bundle("base", namespaces("web")), *pairs)

    fleet = Fleet.of(tmp_path / "fleet", files("early"), STACK)
    fleet.generate()
    told = fleet.run("check", "--verbose")
    assert "AO009" in told.stdout + told.stderr
    plain.cluster.rollouts.held |= {"of-early", "of-late"}
    plain.begun = plain.cluster.history.now()
    plain.publish(fleet, fleet.bootstrap())
    plain.tool.bootstrap(fleet.bootstrap())
    # It is there although what it waits for never becomes healthy.
    assert until(lambda: config(plain, "early"))
    out_of_order = plain.verdict(fleet.head).out_of_order({("early-after", "early")})
    assert "early was never ready" in out_of_order[0]

    patch = yaml.safe_load(fleet.kure_hooks("bootstrap", "--argocd-health", STACK))
    plain.cluster.api.apply(patch, manager="kure-hooks")
    plain.cluster.rollouts.held.remove("of-early")
    write(fleet.directory, files("early", "late"))
    fleet.generate()
    plain.publish(fleet, fleet.bootstrap())
    plain.begun = plain.cluster.history.now()
    plain.tool.sync()
    assert until(lambda: "late" in applications(plain))
    time.sleep(8)
    assert "late-after" not in applications(plain)
    plain.cluster.rollouts.held.clear()
    pairs = {"early", "early-after", "late", "late-after"}
    plain.settle(fleet.head, {"live-root", "base", *pairs})
    assert plain.verdict(fleet.head).out_of_order({("late-after", "late")}) == []
    table.add("waves, plain argocd-cm; then our health", "argocd", order="not held; held")
