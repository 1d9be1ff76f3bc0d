"""Where a value may be a secret: messages about it don't quote it there."""

import pytest

from kure_hooks.secrecy import discreet


def way(value, *steps):
    """Return the way to a place in an object."""
    found = []
    for step in steps:
        found.append((value, step))
        value = value[step]
    return found


MAP = {"kind": "ConfigMap", "data": {"SINCE": 1, "password": 1, "nested": {"a": 1}}}
SECRET = {"kind": "Secret", "metadata": {"labels": {"a": 1}}, "type": 1, "data": {"a": 1}}
EDITED = {"kind": "Sekret", "stringData": {"a": 1}, "more": 1}
OBJECT = {"apiVersion": "v1", "data": {"a": 1}}
VALUES = {"values": {"data": {"a": 1}, "object": OBJECT}}
ENV = {"env": [{"name": "DB_PASSWORD", "value": 1}, {"name": "SINCE", "value": 1}]}
ARGS = {"args": ["--password", 1, "--since", 1]}
PARENT = {"credentials": {"admin": [1], "secretName": 1, "deep": {"a": {"b": 1}}}}
JWK = {"keys": [{"kty": "RSA", "d": 1, "e": 1}]}


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        (MAP, ("data", "password")),
        (SECRET, ("data", "a")),
        ({"items": [SECRET]}, ("items", 0, "data", "a")),
        (EDITED, ("stringData", "a")),
        (EDITED, ("more",)),
        ({"type": "Opaque", "kind": "x", "data": {"a": 1}}, ("data", "a")),
        (OBJECT, ("data", "a")),
        ({"kind": "List", "items": [OBJECT]}, ("items", 0, "data", "a")),
        ({"kind": 1, "data": {"a": 1}}, ("data", "a")),
        (VALUES, ("values", "data", "a")),
        (VALUES | {"kind": "HelmRelease"}, ("values", "object", "data", "a")),
        (ENV, ("env", 0, "value")),
        (ARGS, ("args", 1)),
        (PARENT, ("credentials", "admin", 0)),
        (PARENT, ("credentials", "deep", "a", "b")),
        (JWK, ("keys", 0, "d")),
        ({"token": [1]}, ("token", 0)),
        ({"routing_key": "x7Kq9mPz2LwN4vR8tYb3x7Kq9mPz2LwN"}, ("routing_key",)),
    ],
)
def test_a_secret_is_not_quoted(value, steps):
    assert discreet('"x" is wrong', '"x"', way(value, *steps)) == "(hidden) is wrong"


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        (MAP, ("data", "SINCE")),
        ({"routing_key": "orders.created"}, ("routing_key",)),
        (MAP, ("data", "nested", "a")),
        (SECRET, ("metadata", "labels", "a")),
        (SECRET, ("type",)),
        (VALUES | {"kind": "HelmRelease"}, ("values", "data", "a")),
        (ENV, ("env", 1, "value")),
        (ARGS, ("args", 3)),
        (PARENT, ("credentials", "secretName")),
        (JWK, ("keys", 0, "e")),
        ([1], (0,)),
        ({"spec": {"replicas": [1]}}, ("spec", "replicas", 0)),
    ],
)
def test_other_values_are_quoted(value, steps):
    assert discreet('"x" is wrong', '"x"', way(value, *steps)) == '"x" is wrong'


def test_what_comes_later_may_make_it_a_secret():
    there = way({"kind": "HelmRelease", "values": {"data": {"a": 1}}}, "values", "data", "a")
    assert discreet("x", "x", there) == "x"
    assert discreet("x", "x", there, complete=False) == "(hidden)"
    assert discreet("x", "x", way(MAP, "data", "SINCE"), complete=False) == "x"
    assert discreet("x", "x", ()) == "x"
