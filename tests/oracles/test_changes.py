"""Rules about changes, held against the API server's own code."""

import re
from random import Random

import pytest

from kure_hooks.cel import available
from kure_hooks.objects.written import Object
from kure_hooks.validators import Job
from kure_hooks.validators.changes import Change, refused
from kure_hooks.yamlio import Document, dump
from tests.support import api_server

RULE = "x-kubernetes-validations"
SAME = [{"rule": "self == oldSelf", "message": "stays"}]
GROWS = [{"rule": "self >= oldSelf", "message": "shrinks"}]
ONCE = [
    {"rule": "!oldSelf.hasValue() || oldSelf.value() == self", "optionalOldSelf": True},
]
LESS = {"rule": "!has(oldSelf.b) || has(self.b) && self.b <= oldSelf.b", "fieldPath": ".b"}


def number(*rules, **more):
    return {"type": "integer", **({RULE: list(rules)} if rules else {}), **more}


def mapping(**properties):
    return {"type": "object", "properties": properties}


PARTS = {
    "fixed": number(*SAME),
    "growing": number(*GROWS, default=3),
    "once": number(*ONCE),
    "values": {"type": "object", "additionalProperties": number(*GROWS), "maxProperties": 9},
    "inner": {**mapping(a=number(*SAME), b=number()), RULE: [LESS]},
    "items": {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "maxItems": 5,
        "items": {
            **mapping(name={"type": "string", "maxLength": 5}, n=number(*GROWS), f=number(*SAME)),
            "required": ["name"],
        },
    },
    "status": mapping(n=number(*SAME)),
}
CRD = api_server.definition(
    mapping(
        spec=mapping(**{key: part for key, part in PARTS.items() if key != "status"}),
        status=PARTS["status"],
    ),
    subresources={"status": {}},
)


def drawn(chance):
    spec = {}
    for key in ("fixed", "growing", "once"):
        if chance.random() < 0.7:
            spec[key] = chance.randrange(3)
    if chance.random() < 0.7:
        spec["values"] = {key: chance.randrange(3) for key in chance.sample("abc", 2)}
    if chance.random() < 0.7:
        spec["inner"] = {key: chance.randrange(2) for key in "ab" if chance.random() < 0.8}
    if chance.random() < 0.7:
        names = chance.sample(["x", "y", "z"], 2)
        spec["items"] = [{"name": name, "n": chance.randrange(2), "f": 1} for name in names]
    return {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "a", "namespace": "default"},
        "spec": spec,
        "status": {"n": chance.randrange(3)},
    }


def judged(old, new, path):
    before, after = (
        Object(Document("x.yaml", version, 0, 0, {}), (), version) for version in (old, new)
    )
    return refused([Change(before, after)], Job({}, "1.34", schemas=(path,)))


def steps(path):
    return [step for step in re.split(r"[][./]", path) if step]


@pytest.mark.skipif(not available(), reason="cel-expr-python is not installed")
def test_the_verdicts_on_changes_are_those_of_the_api_server(tmp_path):
    chance = Random(7)  # noqa: S311 - repeatable on purpose
    path = tmp_path / "crd.yaml"
    path.write_text(dump(CRD))
    pairs = [api_server.Change(drawn(chance), drawn(chance)) for _ in range(400)]
    said, answers = api_server.judge(CRD, pairs, version="v1", check=True)
    assert said.errors == ()
    count = 0
    for pair, answer in zip(pairs, answers, strict=True):
        findings = judged(*pair, path).findings
        ours = sorted((steps(found.pointer), found.problem.split(": ")[-1]) for found in findings)
        theirs = sorted((steps(one.field), one.detail.split(": ")[-1]) for one in answer.errors)
        assert ours == theirs, pair
        count += bool(theirs)
    assert 100 < count < 400


@pytest.mark.skipif(not available(), reason="cel-expr-python is not installed")
def test_a_new_version_that_is_wrong_in_itself_is_left_to_validating(tmp_path):
    path = tmp_path / "crd.yaml"
    path.write_text(dump(CRD))
    old = drawn(Random(1)) | {"spec": {"fixed": 1}}  # noqa: S311 - repeatable on purpose
    assert judged(old, old | {"spec": {"fixed": 2}}, path).findings
    assert judged(old, old | {"spec": {"fixed": "2"}}, path).findings == ()
    assert judged(old, old, path).findings == ()


@pytest.mark.skipif(not available(), reason="cel-expr-python is not installed")
def test_what_sops_keeps_beside_an_object_is_no_part_of_it(tmp_path):
    path = tmp_path / "crd.yaml"
    path.write_text(dump(CRD))
    old = drawn(Random(1)) | {"spec": {"fixed": 1}, "sops": {"mac": "x"}}  # noqa: S311 - repeatable on purpose
    assert judged(old, old | {"spec": {"fixed": 2}}, path).findings
