"""What Kustomizations wait for: the dependencies of bundles, umbrellas and parts expanded."""

from graphlib import TopologicalSorter

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from tests.support.clusters import clusters
from tests.support.generate import bundle, generated, leaf, node

PLACEMENTS = ("separate", "integrated", "integrated-per-bundle")
placements = pytest.mark.parametrize("placement", PLACEMENTS)


def generate(root, placement="separate"):
    """Return the fleet of one cluster `prod`."""
    layout = {"fluxPlacement": placement}
    stack = {"name": "prod", "gitops": {"type": "flux"}, "layout": layout, "node": root}
    files = {"files/settings.ini": "a = 1\n"}
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack), **files})


def kustomizations(files):
    """Return the spec of each Kustomization by its name."""
    texts = [data for data in files.values() if b"kustomize.toolkit.fluxcd.io/v1\n" in data]
    found = (each for text in texts for each in yaml.safe_load_all(text))
    return {
        each["metadata"]["name"]: each["spec"] for each in found if each["kind"] == "Kustomization"
    }


def waits(root, placement="separate"):
    """Return the entries of `dependsOn` of each Kustomization: names, or mappings of more keys."""
    return {
        name: [each["name"] if len(each) == 1 else each for each in spec.get("dependsOn", ())]
        for name, spec in kustomizations(generate(root, placement).files).items()
    }


@placements
def test_children_wait_for_what_their_umbrella_waits_for(placement):
    inner = bundle("inner", children=[bundle("deep")])
    umbrella = bundle("data", dependsOn=["base"], children=[bundle("db"), inner])
    found = waits(node("prod", leaf("base"), node("data", bundle=umbrella)), placement)
    assert found == {name: ["base"] for name in ("data", "db", "inner", "deep")} | {"base": []}


@placements
def test_what_waits_for_an_umbrella_waits_for_all_that_it_contains(placement):
    """Its health checks don't see that a child has not applied a new revision yet."""
    inner = bundle("inner", children=[bundle("deep")])
    umbrella = node("data", bundle=bundle("data", children=[bundle("db"), inner]))
    found = waits(node("prod", umbrella, leaf("web", dependsOn=["data"])), placement)
    assert found["web"] == ["data", "db", "inner", "deep"]
    assert found["deep"] == found["data"] == []


@placements
def test_an_umbrella_that_waits_for_another_passes_it_on(placement):
    first = node("one", bundle=bundle("one", children=[bundle("a")]))
    second = bundle("two", dependsOn=["one"], children=[bundle("b", dependsOn=["c"]), bundle("c")])
    found = waits(node("prod", first, node("two", bundle=second)), placement)
    assert found["b"] == ["c", "one", "a"]
    assert found["two"] == found["c"] == ["one", "a"]


def test_parts_wait_as_their_bundle_does_and_are_waited_for():
    maps = {"configMaps": [{"name": "settings", "files": ["../files/settings.ini"]}]}
    settings_of_db = {"name": "settings", "namespace": "a", "kind": "Manifests", "spec": maps}
    root = node(
        "prod",
        leaf("base"),
        leaf("db", settings_of_db, dependsOn=["base"]),
        leaf("web", dependsOn=["db"]),
    )
    found = waits(root, "integrated")
    assert found["db-settings"] == ["base"]
    assert found["web"] == ["db", "db-settings"]
    assert waits(root)["web"] == ["db"]


def test_a_ready_expression_is_about_the_one_that_it_stands_at():
    """It says itself when an umbrella is ready; children of the one that waits have it as well."""
    expr = {"name": "data", "readyExpr": "dep.metadata.generation > 0"}
    umbrella = node("data", bundle=bundle("data", children=[bundle("db")]))
    late = bundle("late", dependsOn=[expr], children=[bundle("web")])
    found = waits(node("prod", umbrella, node("late", bundle=late)))
    assert found["late"] == found["web"] == [expr]


def test_external_dependencies_are_inherited_and_keep_their_namespace():
    far = {"name": "db", "namespace": "other", "external": True}
    umbrella = bundle("data", dependsOn=[far, "base"], children=[bundle("web", dependsOn=["db"])])
    root = node("prod", leaf("base"), leaf("db"), node("data", bundle=umbrella))
    assert waits(root)["web"] == ["db", {"name": "db", "namespace": "other"}, "base"]


def test_what_a_bundle_says_itself_goes_before_what_it_inherits():
    expr = {"name": "base", "readyExpr": "true"}
    umbrella = bundle("data", dependsOn=["base"], children=[bundle("db", dependsOn=[expr])])
    assert waits(node("prod", leaf("base"), node("data", bundle=umbrella)))["db"] == [expr]
    one = {"name": "db", "readyExpr": "true"}
    umbrella = node("data", bundle=bundle("data", children=[bundle("db")]))
    found = waits(node("prod", umbrella, leaf("web", dependsOn=["data", one])))
    assert found["web"] == ["data", one]


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ({"dependsOn": ["db"]}, True),
        ({"dependsOn": ["data"]}, True),
        ({"dependsOn": [{"name": "db", "readyExpr": "true"}]}, False),
        ({"dependsOn": ["db"], "suspend": True}, False),
        ({"dependsOn": ["db"], "sourceRef": {"kind": "GitRepository", "name": "other"}}, False),
        ({}, False),
    ],
)
def test_what_waits_for_a_suspended_bundle_is_told(fields, warned):
    """FX014."""
    data = node("data", bundle=bundle("data", children=[bundle("db", suspend=True)]))
    warnings = [str(each) for each in generate(node("prod", data, leaf("web", **fields))).warnings]
    text = (
        "FX014: web can't be applied while db is suspended. Name dependencies that are not "
        "suspended."
    )
    assert [text in each for each in warnings if "FX014" in each] == [True] * warned


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(clusters("flux"))
def test_all_that_has_to_be_ready_first_is_waited_for_and_nothing_in_a_circle(case):
    found = kustomizations(generated(case.texts()).files)
    names = {
        name: {each["name"] for each in spec.get("dependsOn", ()) if each["name"] in found}
        for name, spec in found.items()
    }
    assert all(names[name] >= before for name, before in case.before.items())
    TopologicalSorter(names).prepare()
