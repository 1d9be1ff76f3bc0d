"""Every problem of an AppWorkload, word for word; faults of types are in tests/decoding."""

from pathlib import Path

import msgspec
import pytest

from kure_hooks.apps.workload import Spec, problems
from kure_hooks.yamlio import read, strict
from kure_hooks.yamlio.document import key_path

GOLDEN = Path(__file__).parent / "golden" / "problems.yaml"
CASES = [document.value for document in read(GOLDEN.read_bytes(), GOLDEN.name, strict)]
PORTS = [{"name": "http", "containerPort": 80}]
MINIMAL = {
    "workload": "Deployment",
    "containers": [{"name": "main", "image": "nginx:1", "ports": PORTS}],
}


def found(changes):
    spec = msgspec.convert(MINIMAL | changes, Spec, strict=True)
    return [
        f"{key_path(pointer)}: {problem}; {expected}"
        for pointer, problem, expected in problems(spec)
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["finding"].split(": ")[0] for case in CASES])
def test_each_problem_is_reported_once_and_alone(case):
    assert found(case["spec"]) == [case["finding"]]


def test_all_problems_are_reported_together():
    several = {"workload": "DaemonSet", "replicas": 1, "volumes": [{"name": "v"}]}
    assert [each.split(":")[0] for each in found(several)] == ["replicas", "volumes[0]"]


def test_a_service_with_its_own_selector_may_lead_to_ports_of_other_pods():
    service = {"name": "db", "port": 80, "targetPort": "psql", "selector": {"app": "db"}}
    assert found({"services": [service]}) == []


def test_a_headless_service_needs_no_port():
    assert found({"services": [{"name": "web", "headless": True}]}) == []


def test_external_addresses_allow_an_external_traffic_policy():
    external = {"externalIPs": ["192.0.2.1"], "externalTrafficPolicy": "Local"}
    assert found({"services": [{"name": "web", "port": 80, **external}]}) == []


def test_an_ingress_may_lead_to_a_service_of_another_application():
    assert found({"ingress": {"serviceName": "other", "servicePort": 1}}) == []


def test_containers_may_repeat_what_the_pod_says():
    container = MINIMAL["containers"][0] | {"securityContext": {"fsGroup": 1}}
    assert found({"containers": [container], "securityContext": {"fsGroup": 1}}) == []


def test_a_service_may_lead_to_a_sidecar():
    sidecar = {"name": "proxy", "image": "envoy:1", "restartPolicy": "Always"}
    ports = {"ports": [{"name": "admin", "containerPort": 9901}]}
    service = {"name": "admin", "port": 80, "targetPort": "admin"}
    assert found({"initContainers": [sidecar | ports], "services": [service]}) == []
