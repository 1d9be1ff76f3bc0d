"""Labels and annotations of GitOps objects alone, under both engines."""

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, generated, leaf, node, objects

KINDS = {"flux": "Kustomization", "argocd": "Application"}
WAVE = "argocd.argoproj.io/sync-wave"
CHART = {
    "name": "chart",
    "kind": "HelmChart",
    "spec": {
        "source": {"type": "HelmRepository", "url": "https://example.com/charts"},
        "chart": {"name": "web", "version": "1.0.0"},
    },
}


def made(engine, *, cluster=None, bundle=None, ordering="waves", **more):
    """Return what is made of a bundle `web` where a cluster and the bundle have own metadata."""
    options = {"repoURL": REPOSITORY, "ordering": ordering} if engine == "argocd" else {}
    gitops = {engine: {**options, **(cluster or {})}}
    root = node("prod", leaf("web", application("web"), **{engine: bundle or {}}, **more))
    return objects(root, engine=engine, gitops=gitops, labels={"of": "all", "who": "cluster"})


@pytest.mark.parametrize("engine", KINDS)
@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_they_are_on_the_gitops_object_alone(engine, field):
    given = {"cluster": {field: {"x": "1", "z": "1"}}, "bundle": {field: {"z": "2"}}}
    found = made(engine, **given)
    head = found[f"{KINDS[engine]}/web"]["metadata"][field]
    assert {"x": "1", "z": "2"}.items() <= head.items()
    for name, manifest in found.items():
        if name != f"{KINDS[engine]}/web":
            assert not {"x", "z"} & set(manifest["metadata"].get(field, {})), name


@pytest.mark.parametrize("engine", KINDS)
def test_they_go_before_what_is_for_all_objects(engine):
    found = made(engine, cluster={"labels": {"who": "tool"}}, labels={"team": "bundle", "of": "b"})
    head = found[f"{KINDS[engine]}/web"]["metadata"]["labels"]
    assert head == {"of": "b", "team": "bundle", "who": "tool"}
    assert found["ConfigMap/web"]["metadata"]["labels"]["who"] == "cluster"


@pytest.mark.parametrize("engine", KINDS)
def test_those_of_the_other_tool_mean_nothing(engine):
    (other,) = KINDS.keys() - {engine}
    plain = made(engine)
    assert made(engine, **{other: {"labels": {"x": "1"}}}) == plain


def test_an_application_set_has_them_in_its_elements():
    found = made("argocd", cluster={"annotations": {"x": "1"}}, ordering="progressive")
    (element,) = found["ApplicationSet/prod"]["spec"]["generators"][0]["list"]["elements"]
    assert element["patch"]["metadata"]["annotations"] == {"x": "1"}


def test_the_application_of_a_chart_has_those_of_its_bundle():
    root = node("prod", leaf("web", CHART, argocd={"annotations": {"x": "1"}}))
    found = objects(root, engine="argocd")
    assert found["Application/web-chart"]["metadata"]["annotations"]["x"] == "1"


@pytest.mark.parametrize(
    ("cluster", "bundle", "key"),
    [
        ({"annotations": {WAVE: "5"}}, {}, "spec.gitops.argocd"),
        ({}, {"annotations": {WAVE: "5"}}, "argocd.annotations"),
    ],
)
def test_waves_follow_from_the_order_of_bundles(cluster, bundle, key):
    with pytest.raises(InputError) as caught:
        made("argocd", cluster=cluster, bundle=bundle)
    (fault,) = caught.value.findings
    assert "the wave of an Application follows from dependsOn" in str(fault)
    assert key.removeprefix("spec.") in fault.key


@pytest.mark.parametrize("level", ["cluster", "bundle"])
def test_the_label_of_the_step_is_told_where_it_is_written(level):
    """AO004."""
    own = {"labels": {"level": "x"}}
    argocd = {"repoURL": REPOSITORY, "ordering": "progressive"}
    argocd |= own if level == "cluster" else {}
    bundle = {"argocd": own} if level == "bundle" else {}
    stack = {"name": "prod", "gitops": {"type": "argocd", "argocd": argocd}}
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack | {"node": node("p", leaf("w", **bundle))})}
    with pytest.raises(InputError) as caught:
        generated(texts)
    (fault,) = caught.value.findings
    assert fault.key.endswith("argocd.labels.level")
    assert fault.rule == "AO004"
