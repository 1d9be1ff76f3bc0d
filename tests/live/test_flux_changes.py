"""Changes of what a stack says about Flux, one after the other on one cluster.

Each is the safe kind, or loses what `kure-hooks diff` announces and nothing else.
"""

import pytest

from tests.live.fleet import Fleet
from tests.live.programs import FLUX, missing
from tests.live.shapes import HOSTS, STACK, bundle, namespaces, settings, stack, workload
from tests.live.test_changes import lost
from tests.live.world import world

BASE = bundle("base", namespaces("web", "data", "shop"))


def app(*applications, **fields):
    return bundle(
        "app", settings("one"), *applications, workload("front"), needs=["base"], **fields
    )


def other(*applications):
    return bundle("other", settings("three"), *applications, needs=["base"])


TWO = settings("two")
EXTRA = bundle("extra", settings("four", "data"), needs=["app"])
FRESH = bundle("fresh", settings("five", "fresh"))
FLAT = {"bundleGrouping": "flat", "applicationFileMode": "single", "fileNaming": "kind-name"}
FLUX_OPTIONS = {
    "interval": "30m",
    "retryInterval": "1m",
    "kustomizationMode": "recursive",
    "labels": {"example.com/by": "flux"},
}
CREATING = {"flux": FLUX_OPTIONS, "createNamespaces": True}

# Bundles, `gitops` and `layout` of each step.
STEPS = {
    "begin": ([BASE, app(TWO), other()], {}, {}),
    "a bundle more, other intervals, mode, labels, waiting and force": (
        [BASE, app(TWO, wait=True, timeout="1m", force=True), other(), EXTRA],
        {"flux": FLUX_OPTIONS},
        {},
    ),
    "namespaces that are made, other files and directories, no pruning": (
        [BASE, app(TWO, prune=False), other(), EXTRA, FRESH],
        CREATING,
        FLAT,
    ),
    "an application moves and is not pruned": (
        [BASE, app(prune=False), other(TWO), EXTRA, FRESH],
        CREATING,
        FLAT,
    ),
    "pruning again, another namespace": (
        [BASE, app(), other(TWO), {**EXTRA, "targetNamespace": "shop"}, FRESH],
        CREATING,
        FLAT,
    ),
    "an application moves, a bundle goes with its namespace": (
        [BASE, app(TWO), other(), {**EXTRA, "targetNamespace": "shop"}],
        CREATING,
        FLAT,
    ),
}
LOST = {
    "pruning again, another namespace": {"ConfigMap data/four"},
    "an application moves, a bundle goes with its namespace": {"ConfigMap fresh/five"},
}
RACING = {"an application moves, a bundle goes with its namespace": {"ConfigMap web/two"}}
"""What moves between bundles that prune is lost or not: the controllers decide."""


@pytest.fixture
def live(place):
    if absent := missing(*FLUX, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "flux", hosts=HOSTS) as running:
        yield running


def test_what_a_stack_says_about_flux_changes_as_announced(live, tmp_path, table):
    files = {
        name: stack("flux", *bundles, gitops=gitops, layout=layout)
        for name, (bundles, gitops, layout) in STEPS.items()
    }
    fleet = Fleet.of(tmp_path / "fleet", files.pop("begin"), STACK)
    fleet.generate()
    seconds = live.roll_out(fleet)
    for name, texts in files.items():
        seen, said = lost(live, fleet, texts, seconds=2)
        assert (name, said.contradicted(seen)) == (name, [])
        assert (name, set(seen) - RACING.get(name, set())) == (name, LOST.get(name, set()))
    assert live.cluster.api.get("v1", "Namespace", "", "fresh")
    table.add(
        f"{len(files)} changes of what Flux is told",
        "flux",
        seconds=f"{seconds:.1f}",
        prune="as announced",
    )
