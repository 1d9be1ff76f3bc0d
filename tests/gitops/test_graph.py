"""Deadlocks are found: exactly where no order of the events exists, with a way round."""

from graphlib import CycleError, TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.gitops.graph import Moment, cycles, events
from tests.support.linting import fleet, kustomization, model

NAMES = "abcdef"


@st.composite
def repositories(draw):
    """Return Kustomizations of which some apply others, wait, and depend on each other."""
    texts = {}
    inner = {}
    for index, name in enumerate(NAMES):
        above = draw(st.sampled_from(["", *NAMES[:index]]))
        spec = {
            "dependsOn": [
                {"name": other} for other in draw(st.sets(st.sampled_from(NAMES), max_size=2))
            ]
        }
        if draw(st.booleans()):
            spec["wait"] = True
        text = kustomization(name, **spec)
        if above:
            inner[above] = "---\n".join(filter(None, [inner.get(above, ""), text]))
        else:
            texts[name] = text
    files = fleet(*texts.values(), **inner)
    for name in NAMES:
        files.setdefault(f"apps/{name}/manifests.yaml", "")
    return files


@given(repositories())
def test_a_cycle_is_found_exactly_where_no_order_exists(files):
    (cluster,) = model(files).clusters
    graph = events(cluster)
    told = list(cycles(graph))
    order = TopologicalSorter(
        {event: [cause.event for cause in causes] for event, causes in graph.items()}
    )
    try:
        order.prepare()
    except CycleError:
        assert told
    else:
        assert told == []


@given(repositories())
def test_each_step_of_a_cycle_is_a_cause(files):
    (cluster,) = model(files).clusters
    graph = events(cluster)
    for cycle in cycles(graph):
        before = cycle[-1].event
        for cause in cycle:
            assert cause in graph[before]
            before = cause.event


def test_the_events_of_one_that_waits():
    files = fleet(kustomization("outer", wait=True), outer=kustomization("inner"), inner="")
    (cluster,) = model(files).clusters
    said = {
        f"{event.owner.who.name} {event.moment.value}": [
            f"{cause.event.owner.who.name} {cause.event.moment.value}" for cause in causes
        ]
        for event, causes in events(cluster).items()
    }
    assert said == {
        "flux-system applied": [],
        "flux-system ready": ["flux-system applied"],
        "outer applied": ["flux-system applied"],
        "outer ready": ["outer applied", "inner ready"],
        "inner applied": ["outer applied"],
        "inner ready": ["inner applied"],
    }
    assert {event.moment for event in events(cluster)} == set(Moment)
