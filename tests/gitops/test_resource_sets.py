"""ResourceSets of flux-operator as far as they hold all that they make."""

import pytest

from kure_hooks.gitops.budget import Budget
from tests.support.counting import calls
from tests.support.linting import document, fleet, kustomization, model

TEMPLATE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "team-<< inputs.name >>", "labels": {"tier": "<<- inputs.of.tier ->>"}},
}


def owner(**spec):
    text = document("fluxcd.controlplane.io/v1", "ResourceSet", "teams", "flux-system", spec=spec)
    (cluster,) = model(fleet(kustomization("sets"), sets=text)).clusters
    return next(item for item in cluster.owners if item.who.kind == "ResourceSet")


def test_resources_without_inputs_are_made_once():
    made = owner(resources=[{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}])
    assert made.is_certain
    assert [str(resource.who) for resource in made.resources] == ["Namespace a"]


def test_inputs_are_filled_in():
    inputs = [{"name": "a", "of": {"tier": "x"}}, {"name": "b", "of": {"tier": 1}}]
    made = owner(inputs=inputs, resources=[TEMPLATE])
    assert made.is_certain
    assert [resource.name for resource in made.resources] == ["team-a", "team-b"]
    labels = [resource.manifest["metadata"]["labels"]["tier"] for resource in made.resources]
    assert labels == ["x", "1"]


@pytest.mark.parametrize(
    "spec",
    [
        {"inputs": [{"name": "a"}], "resources": [TEMPLATE]},  # an input that is not there
        {"inputs": [{"name": "a", "of": {"tier": {}}}], "resources": [TEMPLATE]},
        {"inputsFrom": [{"name": "provider"}], "resources": [TEMPLATE]},
        {"resourcesTemplate": "<< range >>"},
        {"inputs": [{"name": f"n{at}"} for at in range(1_001)], "resources": [TEMPLATE]},
        {
            "inputs": [{"name": "a"}],
            "resources": [
                {"apiVersion": "v1", "kind": "A", "metadata": {"name": "<< inputs.name | upper >>"}}
            ],
        },
    ],
)
def test_what_is_not_followed_makes_it_uncertain(spec):
    made = owner(**spec)
    assert (made.is_certain, made.resources) == (False, ())


def config(number, **data):
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c{at}"}}
        | {"data": dict(data)}
        for at in range(number)
    ]


def test_a_resource_without_inputs_is_made_once_for_all_of_them():
    inputs = [{"name": f"n{at}"} for at in range(900)]

    def made(number):
        return calls(lambda: owner(inputs=inputs, resources=config(number)))

    few, more = made(20), made(80)
    assert more - few < 60 * 900


def test_what_is_made_for_each_input_is_taken_from_the_budget(monkeypatch):
    inputs = [{"name": f"n{at}"} for at in range(500)]
    resources = config(500, a="<< inputs.name >>", b="<< inputs.name >>")
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", 300))
    text = document(
        "fluxcd.controlplane.io/v1",
        "ResourceSet",
        "teams",
        "flux-system",
        spec={"inputs": inputs, "resources": resources},
    )
    (cluster,) = model(fleet(kustomization("sets"), sets=text)).clusters
    assert not cluster.is_whole
    (made,) = (item for item in cluster.owners if item.who.kind == "ResourceSet")
    assert made.elsewhere == ("has templates that take too long to follow",)
    assert 0 < len(made.resources) < 5_000


def test_a_long_input_that_is_named_often_is_given_up():
    inputs = [{"name": "x" * 200_000}]
    resources = config(9, key="<< inputs.name >>" * 5_000)
    made = owner(inputs=inputs, resources=resources)
    assert made.elsewhere == ("has templates that take too long to follow",)
    assert made.resources == ()
