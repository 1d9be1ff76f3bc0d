"""Objects that Argo CD applies, but never finds in sync."""

import pytest
import yaml

from tests.support.generate import REPOSITORY, generated

CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
SPEC = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def stateful(*claims, api="apps/v1"):
    spec = {"volumeClaimTemplates": [*claims]}
    return {"apiVersion": api, "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec}


def warnings(manifest, *, engine="argocd", in_file=True, **argocd):
    """Return the warnings about an object, in a file or written in place."""
    given = {"files": ["../db.yaml"]} if in_file else {"objects": [manifest]}
    bundle = {"name": "db", "applications": [{"name": "db", "kind": "Manifests", "spec": given}]}
    node = {"name": "db", "bundle": bundle}
    options = {"repoURL": REPOSITORY, **argocd} if engine == "argocd" else {}
    stack = {"name": "prod", "gitops": {"type": engine, "argocd": options}, "node": node}
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), "db.yaml": yaml.safe_dump(manifest)}
    return [str(each) for each in generated(texts).warnings]


UNTYPED = {"metadata": {"name": "data"}, "spec": SPEC}


@pytest.mark.parametrize(
    ("given", "lacking", "expected"),
    [
        ({}, "apiVersion and kind", "apiVersion: v1 and kind: PersistentVolumeClaim"),
        ({"apiVersion": "v1"}, "kind", "kind: PersistentVolumeClaim"),
        ({"kind": "PersistentVolumeClaim", "apiVersion": None}, "apiVersion", "apiVersion: v1"),
    ],
)
def test_a_claim_template_without_its_type_is_told_at_its_object(given, lacking, expected):
    """AC004: server-side apply, Argo CD 3.5."""
    (warning,) = warnings(stateful(CLAIM | UNTYPED, given | UNTYPED))
    assert warning == (
        "db.yaml:1:1: AC004: StatefulSet db is never in sync, because "
        f"spec.volumeClaimTemplates[1] lacks {lacking}. Write {expected}."
    )
    (in_place,) = warnings(stateful(given | UNTYPED), in_file=False)
    assert in_place.startswith("stacks/prod.yaml:")


@pytest.mark.parametrize(
    "manifest",
    [
        stateful(CLAIM | UNTYPED),
        stateful(),
        stateful(UNTYPED, api="example.com/v1"),
        stateful("no claim"),
        {**stateful(), "spec": {"volumeClaimTemplates": {"not": "a list"}}},
        {**stateful(), "spec": None},
    ],
)
def test_other_objects_are_well(manifest):
    assert warnings(manifest) == []


def test_only_argo_cd_with_server_side_apply_takes_it_for_a_difference():
    assert warnings(stateful(UNTYPED), engine="flux") == []
    client_side = {"syncOptions": ["ServerSideApply=false"]}
    assert warnings(stateful(UNTYPED), syncPolicy=client_side) == []
