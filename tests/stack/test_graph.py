import pytest

from kure_hooks.stack.graph import event_cycles, levels
from tests.stack.test_load import cluster


def bundles(*lines):
    children = "".join(f"  - {{name: n{at}, bundle: {line}}}\n" for at, line in enumerate(lines))
    return f"name: demo\nnode:\n  children:\n{children}"


def test_levels_grow_along_every_dependency():
    """E17.9: children inherit their umbrella's dependencies; depending on it is on all of it."""
    found = cluster(
        bundles(
            "{name: a}",
            "{name: u, dependsOn: [a], children: [{name: c}, {name: d, dependsOn: [c]}]}",
            "{name: z, dependsOn: [u]}",
            "{name: free, dependsOn: [{name: elsewhere, external: true}]}",
        )
    )
    assert levels(found) == {"a": 0, "u": 1, "c": 1, "d": 2, "z": 3, "free": 0}


@pytest.mark.parametrize(
    ("lines", "cycle"),
    [
        (["{name: a, dependsOn: [b]}", "{name: b, dependsOn: [a]}"], {"a", "b"}),
        (
            ["{name: p, children: [{name: c, dependsOn: [x]}]}", "{name: x, dependsOn: [p]}"],
            {"p", "c", "x"},
        ),
        (
            ["{name: p, dependsOn: [x], children: [{name: c}]}", "{name: x, dependsOn: [c]}"],
            {"p", "c", "x"},
        ),
    ],
)
def test_deadlocks_are_found_through_umbrellas_too(lines, cycle):
    """E5.11, and F37 of the reference's mistakes."""
    with pytest.raises(Exception, match="wait for each other") as caught:
        cluster(bundles(*lines))
    named = str(caught.value).split("each other: ")[1].split(".")[0].split(" -> ")
    assert set(named) == cycle


def test_cycles_that_share_no_bundle_are_all_found():
    waits = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"], "e": ["a"], "f": []}
    found = list(event_cycles(waits, {}))
    assert sorted(sorted(set(each)) for each in found) == [["a", "b"], ["c", "d"]]
    assert all(each[0] == each[-1] for each in found)
    assert list(event_cycles({"a": [], "b": ["a"]}, {"a": ["c"]})) == []
