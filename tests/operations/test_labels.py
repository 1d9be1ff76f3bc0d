"""Labels and annotations of bundles and clusters, as they are on disk."""

import pytest

from tests.support.generate import application, bundle, leaf, node, objects

OWN = application("own", "v1 ConfigMap", "v1 Service")
NAMES = ("ConfigMap/own", "Service/own")


def maps(kind, **options):
    """Return the map of this kind on each object of an application, `own` being its own."""
    own = OWN | {kind: {"team": "web"}}
    found = objects(node("prod", leaf("a", own, **options.pop("bundle", {}))), **options)
    return [found[name]["metadata"].get(kind) for name in NAMES]


KINDS = pytest.mark.parametrize("kind", ["labels", "annotations"])


@KINDS
def test_those_of_the_bundle_are_added_to_every_object_on_disk(kind):
    """E2.1, E2.4, E2.8."""
    assert maps(kind, bundle={kind: {"tier": "b"}}) == [{"team": "web", "tier": "b"}] * 2


@KINDS
def test_those_of_the_object_win(kind):
    """E2.2, E2.5."""
    assert maps(kind, bundle={kind: {"team": "x"}}) == [{"team": "web"}] * 2


@KINDS
def test_none_change_nothing(kind):
    """E2.3, E2.6."""
    assert maps(kind, bundle={kind: {}}) == [{"team": "web"}] * 2
    bare = objects(node("prod", leaf("a", OWN)))
    assert bare["ConfigMap/own"]["metadata"] == {"name": "own", "namespace": "apps"}


@KINDS
def test_the_bundle_s_win_over_the_cluster_s(kind):
    given = {kind: {"tier": "cluster", "region": "eu"}}
    expected = {"region": "eu", "team": "web", "tier": "b"}
    assert maps(kind, bundle={kind: {"tier": "b"}}, **given) == [expected] * 2


def test_an_umbrella_s_labels_stay_with_its_own_objects():
    children = [bundle("child", application("inner"))]
    umbrella = bundle("top", application("outer"), labels={"tier": "b"}, children=children)
    found = objects(node("prod", bundle=umbrella))
    assert found["ConfigMap/outer"]["metadata"]["labels"] == {"tier": "b"}
    assert "labels" not in found["ConfigMap/inner"]["metadata"]


@KINDS
@pytest.mark.parametrize(
    ("engine", "name"), [("flux", "Kustomization/a"), ("argocd", "Application/a")]
)
def test_the_object_that_applies_a_bundle_has_them_too(engine, name, kind):
    """E2.7."""
    given = {kind: {"tier": "b"}}
    found = objects(node("prod", leaf("a", OWN, **given)), engine=engine)
    assert found[name]["metadata"][kind].items() >= given[kind].items()
    assert found["ConfigMap/own"]["metadata"][kind] == given[kind]
