"""Changes of built-in objects, held against the verdicts of the API server that are on record."""

import pytest

from kure_hooks.objects.immutable import IMMUTABLE
from kure_hooks.objects.written import Object
from kure_hooks.rules import RULES
from kure_hooks.validators.changes import faults_of_change
from kure_hooks.yamlio import Document
from tests.support.change_cases import MISSED, REFUSED, cases

CASES = {name: case for name, *case in cases()}


def judged(before, after):
    old, new = (
        Object(Document("x.yaml", version, 0, 0, {}), (), version) for version in (before, after)
    )
    return list(faults_of_change(old, new))


def is_refused_here(before, after, *_):
    return bool(judged(before, after))


def test_the_verdicts_are_those_of_the_api_server():
    refused = set(REFUSED.read_text().splitlines())
    here = {name for name, case in CASES.items() if is_refused_here(*case)}
    assert sorted(here - refused) == []
    assert refused - here == MISSED.keys()


@pytest.mark.parametrize("name", CASES)
def test_no_object_differs_from_itself(name):
    before, after, _ = CASES[name]
    assert judged(before, before) == []
    assert judged(after, after) == []


def test_every_finding_has_a_rule_and_says_what_to_do():
    for before, after, _ in CASES.values():
        for finding in judged(before, after):
            assert RULES[finding.rule].severity is finding.severity
            assert finding.problem
            assert finding.expected


SHAPES = (None, "", "x", 0, -1, 2.5, True, [], {}, ["x"], [None], {"a": "b"}, [{}])


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_any_shape_is_judged(shape):
    for group, kind in IMMUTABLE:
        base = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind}
        for key in ("metadata", "spec", "data", "stringData", "roleRef", "immutable"):
            judged(base | {key: shape}, base)
            judged(base, base | {key: shape})
            judged(base | {"spec": {"template": {"spec": shape}}}, base | {key: shape})


def test_a_value_that_is_not_there_yet_is_not_judged():
    """Flux and SOPS put another one into its place."""
    base = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "immutable": True}
    assert judged(base | {"stringData": {"a": "ENC[a]"}}, base | {"stringData": {"a": "b"}}) == []
    assert judged(base | {"type": "${kind}"}, base | {"type": "b"}) == []


def test_the_place_is_the_one_key_that_differs():
    before, after, _ = CASES["stateful-set-claim-size"]
    (finding,) = judged(before, after)
    assert finding.pointer == "/spec/volumeClaimTemplates/0/spec/resources/requests/storage"
