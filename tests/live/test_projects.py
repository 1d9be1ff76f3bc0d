"""The projects of a running Argo CD: what they keep from deletion is what kure-hooks announces."""

import time

import pytest

from tests.live.changing import announced, observed, payload
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, missing
from tests.live.shapes import HOSTS, STACK, bundle, manifests, namespaces, settings, stack
from tests.live.test_argocd import OURS
from tests.live.world import world
from tests.support.git import write

ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "lone"},
    "rules": [],
}
BASE = bundle("base", namespaces("web", "lone", "spare"))
WEB = bundle("web", settings("web"), needs=["base"])
LONE = bundle("lone", settings("lone", "lone"), manifests("role", ROLE), needs=["base"])
SPARE = bundle("spare", settings("spare", "spare"), needs=["base"])
SERVER = "https://kubernetes.default.svc"
KEEPING = {"projectSpec": {"destinations": [{"server": SERVER, "namespace": "spare"}]}}


@pytest.fixture
def live(place):
    if absent := missing(*ARGOCD, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "argocd", hosts=HOSTS, settings=OURS) as running:
        yield running


def files(ordering, *bundles):
    return stack("argocd", *bundles, gitops={"argocd": {"ordering": ordering, **KEEPING}})


def test_what_a_project_no_longer_permits_is_left_and_what_it_permits_is_deleted(
    live, tmp_path, table
):
    """The last bundle in a namespace, then another ordering, on the same cluster."""
    fleet = Fleet.of(tmp_path / "fleet", files("waves", BASE, WEB, LONE, SPARE), STACK)
    fleet.generate()
    live.roll_out(fleet)
    applied = payload(live, fleet)
    base = fleet.head
    write(fleet.directory, files("waves", BASE, WEB))
    fleet.generate()
    live.change(fleet, expected={"live-root", "base", "web"})
    seen = observed(applied, live.cluster.history.since(live.begun))
    assert seen == {"ConfigMap spare/spare": "deleted"}
    assert announced(fleet, base).certain == seen
    report = " ".join(fleet.run("diff", base).stdout.split())
    assert "leaves ClusterRole lone and ConfigMap lone/lone on the cluster" in report

    base = fleet.head
    write(fleet.directory, files("progressive", BASE, WEB))
    fleet.generate()
    live.change(fleet, expected={"live-root", "base", "web"})
    time.sleep(4)
    live.settle(fleet.head)
    writes = live.cluster.history.since(live.begun)
    left = {key: each for key, each in applied.items() if str(each) != "ConfigMap spare/spare"}
    assert announced(fleet, base).contradicted(observed(left, writes)) == []
    assert live.verdict(fleet.head).failures() == {}
    table.add("a namespace's last bundle; waves to progressive", "argocd", prune="as announced")
