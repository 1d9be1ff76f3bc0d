"""The budget of a repository: work that is taken from it by the size of objects."""

import pytest

from kure_hooks.gitops.budget import Budget, count
from tests.support.linting import config_map, fleet, kustomization, model


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), ({}, 1), ({"a": [1, {"b": None}]}, 5), ([[], [[]]], 4), ("a" * 250, 3)],
)
def test_values_are_counted_at_all_depths(value, number):
    assert count(value) == number


def large(**spec):
    """Return a repository whose Kustomizations change one large object each."""
    files = fleet(*(kustomization(f"k{at}", "./big", **spec) for at in range(10)))
    keys = "".join(f"  k{at}: v\n" for at in range(3_000))
    files["big/a.yaml"] = config_map("c") + keys + "  z: ${a}\n"
    return files


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ({}, 100),
        ({"targetNamespace": "x"}, 800),
        ({"postBuild": {"substitute": {"a": "b"}}}, 8_000),
    ],
    ids=["plain", "changed", "substituted"],
)
def test_large_objects_that_are_made_anew_count_by_their_size(spec, most, monkeypatch):
    budgets = []
    spend = Budget.spend
    monkeypatch.setattr(
        Budget, "spend", lambda self, objects: budgets.append(self) or spend(self, objects)
    )
    (cluster,) = model(large(**spec)).clusters
    assert cluster.is_whole
    spent = Budget().left - budgets[0].left
    assert most // 8 < spent < most
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", spent // 2))
    assert {cluster.is_whole for cluster in model(large(**spec)).clusters} == {False}


def test_variables_are_taken_from_the_budget(monkeypatch):
    names = "".join(f"  k{at}: v\n" for at in range(2_000))
    source = {"substituteFrom": [{"kind": "ConfigMap", "name": "vars"} for _ in range(30)]}
    users = [kustomization(f"k{at}", "./apps", postBuild=dict(source)) for at in range(10)]
    files = fleet(*users)
    files["clusters/prod/vars.yaml"] = config_map("vars", "flux-system") + names
    files["apps/a.yaml"] = config_map("c").replace("key: value", "key: ${k1}")
    (cluster,) = model(files).clusters
    assert cluster.is_whole
    assert [str(item.manifest["data"]["key"]) for item in cluster.owners[-1].resources] == ["v"]
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", 2_000))
    (cluster,) = model(files).clusters
    assert not cluster.is_whole


@pytest.mark.parametrize(
    "text", ["${x}" * 10_000, "${x}" + "b" * 200_000], ids=["many variables", "long text"]
)
def test_long_texts_with_variables_are_taken_from_the_budget(text, monkeypatch):
    web = kustomization("web", postBuild={"substitute": {"x": "red"}})
    files = fleet(web) | {"apps/web/x.yaml": config_map("x").replace("value", text)}
    (cluster,) = model(files).clusters
    assert cluster.is_whole
    (owner,) = (owner for owner in cluster.owners if owner.who.name == "web")
    assert text.replace("${x}", "red") in [item.manifest["data"]["key"] for item in owner.resources]
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", 250))
    assert [cluster.is_whole for cluster in model(files).clusters] == [False]
    files["apps/web/x.yaml"] = config_map("x").replace("value", "${x}" + "b" * 40_000)
    assert [cluster.is_whole for cluster in model(files).clusters] == [True]
