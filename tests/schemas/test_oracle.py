"""Packed schemas beside schemas of the same projects that others made of other releases."""

import json
from pathlib import Path

import pytest

from kure_hooks.schemas.packed import KEEPS_STATUS, REPLICAS, Catalogue

ORACLE = Path(__file__).parents[3] / "shared/data/crds/schemas"
CATALOGUE = Catalogue()

# What the releases that are packed have and those of the oracle (Flux 2.9.3, flux-operator 0.58.1,
# Argo CD 3.5.1) do not have yet.
NEWER = {
    # flux-operator 0.59.0 refuses readyExpr without ready.
    "ResourceSet": {(".spec.dependsOn[]", "x-kubernetes-validations")},
    # image-automation-controller of Flux 2.9.5 refuses a refspec that pushes by force.
    "ImageUpdateAutomation": {(".spec.git.push.refspec", "pattern")},
}
# The kinds of flux-operator, which it adds when it installs Flux.
WIDER = {
    "Alert": (".spec.eventSources[].kind", "enum"),
    "Receiver": (".spec.resources[].kind", "enum"),
}


def facts(schema, root, path=""):
    """Yield (path, key, value) of all that a schema says, `properties` and the like followed."""
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    for key, value in schema.items():
        if key == "properties":
            for name, part in value.items():
                yield f"{path}.{name}", "field", ""
                yield from facts(part, root, f"{path}.{name}")
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            yield from facts(value, root, path + {"items": "[]"}.get(key, "{}"))
        elif key not in ("description", "definitions", KEEPS_STATUS, REPLICAS):
            yield path, key, json.dumps(value, sort_keys=True)


def as_published(schema):
    """Undo what the oracle's maker does: close objects, spell integers or strings as `oneOf`."""
    if isinstance(schema, list):
        return [as_published(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: as_published(value)
        for key, value in schema.items()
        if (key, value) != ("additionalProperties", False)
    }


def oracle():
    return sorted(ORACLE.rglob("*.json")) if ORACLE.is_dir() else []


@pytest.mark.skipif(not ORACLE.is_dir(), reason=f"there are no other schemas at {ORACLE}")
def test_every_project_is_compared():
    groups = {file.parent.name for file in oracle()}
    assert {"argoproj.io", "fluxcd.controlplane.io", "helm.toolkit.fluxcd.io"} < groups
    assert len(oracle()) == 22


@pytest.mark.parametrize("file", oracle(), ids=lambda file: file.stem)
def test_every_path_says_the_same(file):
    kind, _, version = file.stem.rpartition("_")
    api_version = f"{file.parent.name}/{version}"
    (name,) = (
        name
        for group, name in CATALOGUE.kinds("1.37")
        if (group, name.lower()) == (api_version, kind)
    )
    ours = CATALOGUE.structural(api_version, name, "1.37")
    theirs = as_published(json.loads(file.read_text()))
    said, published = set(facts(ours, ours)), set(facts(theirs, theirs))
    wider = {WIDER[name]} if name in WIDER else set()
    assert {fact[:2] for fact in published - said} == wider
    assert {fact[:2] for fact in said - published} == wider | NEWER.get(name, set())
    for path, key in wider:
        (ours,) = (json.loads(fact[2]) for fact in said if fact[:2] == (path, key))
        (theirs,) = (json.loads(fact[2]) for fact in published if fact[:2] == (path, key))
        assert ours == [*theirs, "FluxInstance", "ResourceSet", "ResourceSetInputProvider"]
