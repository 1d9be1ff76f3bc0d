"""Values of a profile for a workload: which ones, and where they go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert, to_builtins

from kure_hooks.apps.workload.gaps import gaps
from kure_hooks.config.profile import Profile, problems
from kure_hooks.manifests import value_at

PROFILE = {
    "certificate": {"issuer": {"name": "letsencrypt"}},
    "externalSecret": {"store": {"name": "vault"}, "refreshInterval": "1h"},
    "storageClass": "fast",
    "nodeSelector": {"pool": "general"},
    "tolerations": [{"key": "spot"}],
    "defaults": {
        "replicas": 2,
        "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}},
    },
}


def filled(spec, profile=PROFILE):
    """Return the pointers of a spec that may be filled, without those for all workloads."""
    found = list(gaps(spec, convert(profile, Profile)))
    written = to_builtins(convert(profile, Profile), str_keys=True)
    assert all(value_at(written, *source) is not None for _, source in found)
    usual = {("nodeSelector",), ("tolerations",)}
    return [".".join(map(str, pointer)) for pointer, _ in found if pointer not in usual]


@pytest.mark.parametrize(
    ("spec", "pointers"),
    [
        ({"workload": "Deployment"}, ["replicas"]),
        ({"workload": "StatefulSet"}, ["replicas"]),
        ({"workload": "DaemonSet"}, []),
        ({"workload": "Deployment", "autoscaling": {"maxReplicas": 3}}, []),
        ({"workload": "Deployment", "scaling": {"max": 3}}, []),
        (
            {"containers": [{}]},
            ["containers.0.resources.requests.cpu", "containers.0.resources.limits.memory"],
        ),
        (
            {"initContainers": [{"resources": {"cpu": "1"}}]},
            ["initContainers.0.resources.limits.memory"],
        ),
        (
            {"volumeClaimTemplates": [{}, {}]},
            [f"volumeClaimTemplates.{index}.spec.storageClassName" for index in (0, 1)],
        ),
        ({"certificates": [{}]}, ["certificates.0.issuer"]),
        (
            {"externalSecrets": {"db": {}}},
            ["externalSecrets.db.store", "externalSecrets.db.refreshInterval"],
        ),
        (
            {"persistence": {"data": {"size": "1Gi"}, "old": {"existingClaim": "old"}}},
            ["persistence.data.storageClass"],
        ),
        (
            {
                "workloads": {
                    "web": {"workload": "Deployment"},
                    "agent": {"workload": "DaemonSet"},
                    "worker": {"workload": "Deployment", "scaling": {"max": 3}},
                }
            },
            [
                *("workloads.web.nodeSelector", "workloads.web.tolerations"),
                *("workloads.web.replicas", "workloads.agent.nodeSelector"),
                *("workloads.agent.tolerations", "workloads.worker.nodeSelector"),
                "workloads.worker.tolerations",
            ],
        ),
    ],
)
def test_a_workload_gets_what_it_may_lack(spec, pointers):
    assert filled(spec) == pointers


def test_an_empty_profile_gives_nothing():
    spec = {"workload": "Deployment", "containers": [{}], "persistence": {"data": {}}}
    assert list(gaps(spec, Profile())) == []


def test_ways_in_are_those_of_the_profile():
    inner = {"controller": "gateway", "gateway": {"name": "inner"}}
    profile = convert(PROFILE | {"expose": {"ingressClass": "nginx", "internal": inner}}, Profile)
    assert list(problems(profile)) == []
    assert profile.exposure().ingress_class == "nginx"
    assert profile.exposure(internal=True).gateway.name == "inner"
    assert profile.issuer(profile.exposure()).name == "letsencrypt"
    own = convert({"expose": {"issuer": {"name": "own"}}} | PROFILE, Profile)
    assert own.issuer(own.exposure()).name == "own"
    assert own.exposure(internal=True) is own.expose
    assert Profile().exposure() is None
    assert Profile().issuer() is None


KEYS = ["workload", "workloads", "containers", "resources", "persistence", "externalSecrets"]
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*KEYS, "volumeClaimTemplates", "certificates"]), ANYTHING))
def test_whatever_a_document_says_there_are_pointers(spec):
    assert all(isinstance(pointer, tuple) for pointer, _ in gaps(spec, convert(PROFILE, Profile)))
