"""What the packed schemas say of built-in kinds, tried on the API server of Kubernetes 1.36."""

import copy
import http.client
import json
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from kure_hooks.findings import Severity
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.validators import Job, validator
from tests.live.api import RefusedError
from tests.live.cluster import Cluster
from tests.live.programs import SERVER, missing
from tests.live.services import Services

VERSION = "1.36"
OBJECTS = Path(__file__).with_name("built_in.yaml")
DECODING = ("cannot unmarshal", "unable to decode", "strict decoding")
IDENTITY = {("apiVersion",), ("kind",), ("metadata",), ("metadata", "name")}
TIMES = 2
"""How often a field of one type is tried, in different objects."""

# The API server drops fields of features that are off, and looks no further.
OFF = {
    ("clusterTrustBundle", "path"),
    ("lifecycle", "stopSignal"),
    # Zero seconds are taken since 1.33; before, the field is required.
    ("sleep", "seconds"),
}
# An empty string is the default there, which goes with no other field of these objects.
ANOTHER_FAULT = (
    "may only be set for externally-accessible services",
    "must be 'NoExecute' when `tolerationSeconds` is set",
    "operator must be Exists when `key` is empty",
    'valid values: "OnFailure", "Never"',
)


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    if absent := missing(*SERVER):
        pytest.skip(f"the live cluster lacks {', '.join(absent)}: run .ci/live --build")
    place = tmp_path_factory.mktemp("built-in")
    with Services(place / "logs") as services:
        yield Cluster(place, services).api


def refusal(api, manifest):
    """Return why the API server refuses an object, an empty string where it takes it."""
    query = urlencode({"dryRun": "All", "fieldValidation": "Strict"})
    path = api.path(manifest["apiVersion"], manifest["kind"], "default")
    try:
        api.request("POST", f"{path}?{query}", manifest)
    except RefusedError as refused:
        return str(refused)
    except http.client.HTTPException:  # it gave up on this request
        return "no answer"
    return ""


class Walk:
    """All places of an object with their schemas, no type more often than `TIMES`."""

    def __init__(self):
        self.catalogue = Catalogue()
        self.tried = Counter()

    def places(self, manifest):
        self.root = self.catalogue.structural(manifest["apiVersion"], manifest["kind"], VERSION)
        yield from self._inner(manifest, self.root, (), manifest["kind"])

    def _inner(self, value, schema, path, owner):
        if "$ref" in schema:
            owner = schema["$ref"]
            schema = self.root["definitions"][owner.removeprefix("#/definitions/")]
        if path not in IDENTITY:
            yield path, value, schema, (owner, path[-1:] if isinstance(value, str) else ())
        for key, inner in value.items() if isinstance(value, dict) else ():
            part = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
            if isinstance(part, dict):
                yield from self._inner(inner, part, (*path, key), owner)
        for index, inner in enumerate(value) if isinstance(value, list) else ():
            yield from self._inner(inner, schema["items"], (*path, index), owner)

    def first(self, *what):
        """Tell whether something is still to be tried, and count it."""
        self.tried[what] += 1
        return self.tried[what] <= TIMES


def changed(manifest, path, *value):
    """Return an object with another value at a path, or without the field that is there."""
    manifest = copy.deepcopy(manifest)
    place = manifest
    for step in path[:-1]:
        place = place[step]
    if value:
        place[path[-1]] = value[0]
    else:
        del place[path[-1]]
    return manifest


@pytest.fixture(scope="module")
def manifests(api):
    documents = list(yaml.safe_load_all(OBJECTS.read_text()))
    assert {doc["kind"]: refusal(api, doc) for doc in documents if refusal(api, doc)} == {}
    return documents


def test_nothing_goes_without_what_is_required(api, manifests):
    walk, wrong = Walk(), []
    for manifest in manifests:
        for path, value, schema, (owner, _) in walk.places(manifest):
            for key in schema.get("required", ()):
                if key not in value or (*path[-1:], key) in OFF or not walk.first(owner, key):
                    continue
                if not refusal(api, changed(manifest, (*path, key))):
                    wrong.append((manifest["kind"], *path, key))
    assert wrong == []
    assert len(walk.tried) > 230


def test_null_is_decoded_where_it_may_be(api, manifests):
    walk, wrong = Walk(), []
    for manifest in manifests:
        for path, _, schema, (owner, _) in walk.places(manifest):
            if not path or not walk.first(owner, path[-1]):
                continue
            reason = refusal(api, changed(manifest, path, None))
            if schema.get("nullable"):
                if decoding(reason):
                    wrong.append((manifest["kind"], *path, reason))
            elif not reason and path[-2:] not in OFF:
                wrong.append((manifest["kind"], *path, "may be null"))
    assert wrong == []
    assert len(walk.tried) > 600


@pytest.mark.parametrize("value", ["", "another"])
def test_enumerations_have_their_values(api, manifests, value):
    walk, wrong = Walk(), []
    for manifest in manifests:
        for path, _, schema, (owner, _) in walk.places(manifest):
            if "enum" not in schema or path[-2:] in OFF or not walk.first(owner, path[-1]):
                continue
            reason = refusal(api, changed(manifest, path, value))
            if bool(reason) == (value in schema["enum"]) and not any(
                fault in reason for fault in ANOTHER_FAULT
            ):
                wrong.append((manifest["kind"], *path, reason))
    assert wrong == []
    assert len(walk.tried) > 55


VALUES = {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}


def types(schema):
    """Return the types of JSON that a schema allows."""
    if schema.get("x-kubernetes-int-or-string"):
        return {"integer", "string"}
    if "anyOf" in schema:
        return set().union(*map(types, schema["anyOf"]))
    if "type" not in schema:
        return set(VALUES)
    if schema.get("format") == "byte":  # Go reads a list of numbers as bytes; no one writes that
        return {"array", "string"}
    return {"number", "integer"} if schema["type"] == "number" else {schema["type"]}


@pytest.mark.parametrize("kind", VALUES)
def test_values_of_another_type_are_refused(api, manifests, kind):
    walk, wrong = Walk(), []
    for manifest in manifests:
        for path, _, schema, (owner, _) in walk.places(manifest):
            if not path or not walk.first(owner, path[-1]) or walk.tried[owner, path[-1]] > 1:
                continue
            reason = refusal(api, changed(manifest, path, VALUES[kind]))
            if decoding(reason) if kind in types(schema) else not reason:
                wrong.append((manifest["kind"], *path, reason))
    assert wrong == []


def decoding(reason):
    return any(word in reason for word in DECODING)


# Go reads a list of numbers as bytes; the others are fields of features that are off.
UNLIKE = (
    ": binaryData.b: this is a list",
    ": data.a: this is a list",
    ".clusterTrustBundle.path: ",
    ".lifecycle.stopSignal: ",
)


def mutations(manifests):
    """Yield objects with one field gone, `null`, empty, or of another type."""
    walk = Walk()
    for manifest in manifests:
        for path, value, _, (owner, _) in walk.places(manifest):
            if not path or not walk.first(owner, path[-1]) or walk.tried[owner, path[-1]] > 1:
                continue
            yield changed(manifest, path)
            for other in (None, "", *VALUES.values()):
                yield changed(manifest, path, other)
            if isinstance(value, dict):
                yield changed(manifest, (*path, "unknownField"), "x")
            if isinstance(value, list):
                yield changed(manifest, path, [*value, None])


def test_the_validator_takes_what_the_server_takes(api, manifests):
    objects = list(mutations(manifests))
    files = {f"{number}.yaml": json.dumps(manifest) for number, manifest in enumerate(objects)}
    job = Job({name: text.encode() for name, text in files.items()}, VERSION)
    refused = {}
    for finding in validator("embedded").validate(job).findings:
        if finding.severity is Severity.ERROR:
            refused.setdefault(finding.at.path, str(finding))
    wrong = []
    for name, manifest in zip(files, objects, strict=True):
        reason = refusal(api, manifest)
        if bool(reason) != (name in refused) and (name in refused or decoding(reason)):
            wrong.append(refused.get(name, reason))
    assert [fault for fault in wrong if not any(word in fault for word in UNLIKE)] == []
    assert len(objects) > 9000
    assert len(refused) > 6000
