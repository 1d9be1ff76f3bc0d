"""ResourceSets of flux-operator as far as they hold all that they make."""

import pytest

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
