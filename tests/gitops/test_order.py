import random

import pytest

from kure_hooks.gitops.graph import Event, Moment, Order, events
from tests.support.linting import fleet, kustomization, model


def cluster(edges, count, **spec):
    units = [
        kustomization(
            f"u{number}",
            "./apps",
            dependsOn=[{"name": f"u{other}"} for one, other in edges if one == number],
            **spec,
        )
        for number in range(count)
    ]
    (only,) = model(fleet(*units)).clusters
    return only


def reached(graph, event):
    found, waiting = set(), [event]
    while waiting:
        for cause in graph[waiting.pop()]:
            if cause.event not in found:
                found.add(cause.event)
                waiting.append(cause.event)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_an_event_waits_for_all_that_its_causes_lead_to(seed):
    choice = random.Random(seed)  # noqa: S311 - edges of a test
    edges = {(choice.randrange(9), choice.randrange(9)) for _ in range(choice.randrange(20))}
    only = cluster(edges, 9, wait=bool(seed % 2))
    graph, order = events(only), Order(only)
    for event in graph:
        before = reached(graph, event)
        assert {other for other in graph if order.waits(event, other)} == before


def test_owners_that_wait_for_each_other():
    only = cluster({(0, 1), (1, 0)}, 2)
    (one,), (other,) = (
        owners for who, owners in only.by_identity.items() if who.name in ("u0", "u1")
    )
    order = Order(only)
    assert order.applied_waits_for(one, other)
    assert order.applied_waits_for(other, one)
    assert order.waits(Event(one, Moment.READY), Event(one, Moment.APPLIED))
