"""Strategic merge patches: the real kustomize 5.8 is asked about every case."""

import json
import subprocess
from copy import deepcopy
from random import Random

import pytest
import yaml

from kure_hooks.kustomize.merging import merged
from kure_hooks.kustomize.patches import PatchError
from tests.support.tools import tool

CUSTOM = ("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
DEPLOYMENT = ("apps/v1", "Deployment")


def one(kind, name="one", **fields):
    api, kind = kind
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, **fields}


def built(directory, pairs):
    """Return what kustomize makes of each object with its patch, or what it complains about."""
    objects, patches = [], []
    for index, (manifest, patch) in enumerate(pairs):
        name = f"case-{index}"
        objects.append(manifest | {"metadata": manifest["metadata"] | {"name": name}})
        patches.append({"patch": json.dumps(patch), "target": {"name": name}})
    (directory / "all.yaml").write_text(yaml.safe_dump_all(objects))
    config = {"resources": ["all.yaml"], "patches": patches}
    (directory / "kustomization.yaml").write_text(json.dumps(config))
    command = [tool("kustomize"), "build", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr
    found = {each["metadata"]["name"]: each for each in yaml.safe_load_all(done.stdout)}
    return [found.get(f"case-{index}") for index in range(len(pairs))]


def own(manifest, patch, index):
    result = deepcopy(merged(manifest, patch))
    result["metadata"]["name"] = f"case-{index}"
    return result


def custom(old, new):
    return one(CUSTOM, spec=old), one(CUSTOM, "any", spec=new)


def pod(old, new, kind=DEPLOYMENT):
    def around(spec):
        return {"spec": {"template": {"spec": spec}}}

    return one(kind, **around(old)), one(kind, "any", **around(new))


def container(old, new):
    head = {"name": "web"}
    return pod(
        {"containers": [{**head, "image": "i", **old}, {"name": "other"}]},
        {"containers": [{**head, **new}]},
    )


ENV = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}

CASES = {
    "a new field": custom({"a": 1}, {"b": 1}),
    "null removes": custom({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}),
    "null removes the last": custom({"a": {"b": 1}}, {"a": {"b": None}}),
    "null removes a mapping": custom({"a": {"b": 1}, "c": 1}, {"a": None}),
    "null for nothing": custom({"a": 1}, {"b": None}),
    "null in a new mapping": custom({"a": 1}, {"b": {"c": None, "d": {"e": None}}}),
    "an empty mapping": custom({"a": {"b": 1}}, {"a": {}}),
    "a new empty mapping": custom({"a": 1}, {"b": {}}),
    "an empty list": custom({"a": [1]}, {"a": []}),
    "a list": custom({"a": [{"name": "x", "v": 1}, {"name": "y"}]}, {"a": [{"name": "x"}]}),
    "a string for a number": custom({"a": 1}, {"a": "1"}),
    "a number for true": custom({"a": True}, {"a": 1}),
    "replace": custom({"a": {"b": 1}}, {"a": {"$patch": "replace", "c": 1}}),
    "replace by nothing": custom({"a": {"b": 1}}, {"a": {"$patch": "replace"}}),
    "delete": custom({"a": {"b": 1}, "c": 1}, {"a": {"$patch": "delete"}}),
    "merge": custom({"a": {"b": 1}}, {"a": {"$patch": "merge", "c": 1}}),
    "replace nothing": custom({"a": 1}, {"b": {"$patch": "replace", "c": 1}}),
    "delete nothing": custom({"a": 1}, {"b": {"$patch": "delete", "c": 1}}),
    "delete in what is new": custom({"a": 1}, {"b": {"c": {"$patch": "delete"}, "d": 1}}),
    "replace the spec": custom({"a": 1}, {"$patch": "replace", "b": 1}),
    "another identity": (one(CUSTOM, spec={"a": 1}), one(("v9", "Other"), spec={"b": 1})),
    "labels": (
        one(CUSTOM, spec={"a": 1}),
        one(CUSTOM)
        | {"metadata": {"name": "x", "labels": {"a": "b"}, "namespace": "y", "finalizers": ["x"]}},
    ),
    "environment": container(ENV, {"env": [{"name": "C", "value": "3"}, {"name": "B", "x": "y"}]}),
    "environment, in their order": container(
        ENV, {"env": [{"name": "B", "x": "y"}, {"name": "Z"}, {"name": "A", "x": "y"}]}
    ),
    "a variable less": container(ENV, {"env": [{"name": "A", "$patch": "delete"}]}),
    "another environment": container(ENV, {"env": [{"$patch": "replace"}, {"name": "Z"}]}),
    "no environment": container(ENV, {"env": [{"$patch": "delete"}]}),
    "environment null": container(ENV, {"env": None}),
    "environment empty": container(ENV, {"env": []}),
    "a new environment": container({}, {"env": [{"name": "A", "value": None}]}),
    "a value from elsewhere": container(
        ENV, {"env": [{"name": "A", "value": None, "valueFrom": {"x": {"key": "k"}}}]}
    ),
    "arguments": container({"args": ["a", "b"]}, {"args": ["c"]}),
    "mounts": container(
        {"volumeMounts": [{"mountPath": "/a", "name": "x"}]},
        {"volumeMounts": [{"mountPath": "/b", "name": "x"}, {"mountPath": "/a", "readOnly": True}]},
    ),
    "a container more": pod({"containers": [{"name": "a"}]}, {"containers": [{"name": "b"}]}),
    "init containers": pod(
        {"initContainers": [{"name": "a", **ENV}]}, {"initContainers": [{"name": "a", "env": []}]}
    ),
    "pull secrets": pod(
        {"imagePullSecrets": [{"name": "a"}]}, {"imagePullSecrets": [{"name": "b"}]}
    ),
    "tolerations": pod({"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}),
    "volumes": pod(
        {"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "emptyDir": {}}]},
        {"volumes": [{"name": "a", "configMap": {"name": "x"}}, {"name": "c"}]},
    ),
    "projected": pod(
        {"volumes": [{"name": "a", "projected": {"sources": [{"x": 1}]}}]},
        {"volumes": [{"name": "a", "projected": {"sources": [{"y": 1}]}}]},
    ),
    "host aliases": pod(
        {"hostAliases": [{"ip": "1", "hostnames": ["a"]}]},
        {"hostAliases": [{"ip": "1", "hostnames": ["b"]}, {"ip": "2"}]},
    ),
    "a StatefulSet": pod(
        {"containers": [{"name": "a"}]}, {"containers": [{"name": "b"}]}, ("apps/v1", "StatefulSet")
    ),
    "data": (
        one(("v1", "ConfigMap"), data={"a": "1", "b": "2"}),
        one(("v1", "ConfigMap"), data={"a": None, "c": "3"}),
    ),
    "secrets of an account": (
        one(("v1", "ServiceAccount"), secrets=[{"name": "x"}], imagePullSecrets=[{"name": "x"}]),
        one(("v1", "ServiceAccount"), secrets=[{"name": "y"}], imagePullSecrets=[{"name": "y"}]),
    ),
    "network policy": (
        one(("networking.k8s.io/v1", "NetworkPolicy"), spec={"ingress": [{"ports": [1]}]}),
        one(("networking.k8s.io/v1", "NetworkPolicy"), spec={"ingress": [{"from": []}]}),
    ),
    "rules": (
        one(("rbac.authorization.k8s.io/v1", "ClusterRole"), rules=[{"verbs": ["a"]}]),
        one(("rbac.authorization.k8s.io/v1", "ClusterRole"), rules=[{"verbs": ["b"]}]),
    ),
}


def test_a_merge_is_that_of_kustomize(tmp_path):
    found = built(tmp_path, CASES.values())
    assert not isinstance(found, str), found
    made = [own(*pair, index) for index, pair in enumerate(CASES.values())]
    assert dict(zip(CASES, made, strict=True)) == dict(zip(CASES, found, strict=True))


REFUSED = {
    "a mapping for a list": custom({"a": [1]}, {"a": {"b": 1}}),
    "a list for a mapping": custom({"a": {"b": 1}}, {"a": [1]}),
    "a number for a mapping": custom({"a": {"b": 1}}, {"a": 1}),
    "a mapping for a number": custom({"a": 1}, {"a": {"b": 1}}),
    "an unknown directive": custom({"a": {"b": 1}}, {"a": {"$patch": "other"}}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_kustomize_refuses_is_refused(case, tmp_path):
    assert isinstance(built(tmp_path, [REFUSED[case]]), str)
    with pytest.raises(PatchError):
        merged(*REFUSED[case])


UNCLEAR = {
    "a number for a string": custom({"a": "1"}, {"a": 1}),
    "true for a string": custom({"a": "x"}, {"a": True}),
    "ports": container({"ports": [{"containerPort": 1}]}, {"ports": [{"containerPort": 1}]}),
    "ports of a Service": (
        one(("v1", "Service"), spec={"ports": []}),
        one(("v1", "Service"), spec={"ports": [{"port": 1}]}),
    ),
    "an item without its key": container(ENV, {"env": [{"value": "1"}]}),
    "an item twice": container(ENV, {"env": [{"name": "C"}, {"name": "C", "value": "1"}]}),
    "finalizers": (
        one(("v1", "ConfigMap")),
        {"metadata": {"name": "one", "finalizers": ["x"]}},
    ),
    "a directive in a list": custom({"a": [1]}, {"a": [{"$patch": "replace"}, 2]}),
    "a directive that is none": custom({"a": ["x"]}, {"$deleteFromPrimitiveList/a": ["x"]}),
    "all of it": (one(CUSTOM, spec={"a": 1}), one(CUSTOM) | {"$patch": "delete"}),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_what_would_surprise_is_refused(case):
    with pytest.raises(PatchError) as caught:
        merged(*UNCLEAR[case])
    assert caught.value.expected


def test_the_object_stays_as_it_was():
    for manifest, patch in CASES.values():
        before = deepcopy((manifest, patch))
        merged(manifest, patch)
        assert (manifest, patch) == before


def drawn(random, leaves, *, patch, depth=3):
    """Return a random value; one of a patch may hold null and directives."""
    if not depth or random.random() < 0.3:
        return random.choice(leaves)
    if not patch and random.random() < 0.2:
        return [drawn(random, leaves, patch=patch, depth=depth - 1) for _ in range(2)]
    inside = {
        key: drawn(random, leaves, patch=patch, depth=depth - 1)
        for key in random.sample("abc", random.randint(0, 3))
    }
    if patch and random.random() < 0.2:
        inside["$patch"] = random.choice(["merge", "replace", "delete"])
    return inside


def has_null(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(has_null, inside))


def can_be_merged(pair):
    try:
        return not has_null(merged(*pair))
    except PatchError:
        return False


@pytest.mark.parametrize("seed", range(2))
def test_random_merges_are_those_of_kustomize(seed, tmp_path):
    random = Random(seed)  # noqa: S311 - cases
    leaves = [1, "x", True, "1"]
    pairs = [
        custom(
            {"m": drawn(random, leaves, patch=False)},
            {"m": drawn(random, [*leaves, None], patch=True)},
        )
        for _ in range(300)
    ]
    possible = [pair for pair in pairs if can_be_merged(pair)]
    assert len(possible) > 60
    found = built(tmp_path, possible)
    assert [own(*pair, index) for index, pair in enumerate(possible)] == found
