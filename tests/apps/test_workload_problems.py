"""Every problem of an AppWorkload, word for word; faults of types are in tests/decoding."""

from pathlib import Path

import msgspec
import pytest

from kure_hooks.apps.workload import Spec, checks, problems
from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.network import Service
from kure_hooks.findings import Finding, Location
from kure_hooks.manifests import value_at
from kure_hooks.yamlio import read, strict
from kure_hooks.yamlio.document import key_path

GOLDEN = Path(__file__).parent / "golden" / "problems.yaml"
REFUSED = GOLDEN.with_name("refused.yaml")
ACCEPTED = GOLDEN.with_name("accepted.yaml")


def cases(path):
    return [document.value for document in read(path.read_bytes(), path.name, strict)]


CASES = [*cases(GOLDEN), *cases(REFUSED)]
PORTS = [{"name": "http", "containerPort": 80}]
MINIMAL = {
    "workload": "Deployment",
    "containers": [{"name": "main", "image": "nginx:1", "ports": PORTS}],
}


def found(changes):
    return told(MINIMAL | changes)


def told(fields):
    spec = msgspec.convert(fields, Spec, strict=True)
    return [
        f"{key_path(pointer)}: {Finding(Location(''), '', problem, expected).message}"
        for pointer, problem, expected in problems(spec)
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["finding"].split(": ")[0] for case in CASES])
def test_each_problem_is_reported_once_and_alone(case):
    assert found(case["spec"]) == [case["finding"]]


@pytest.mark.parametrize("case", cases(GOLDEN.with_name("forms.yaml")))
def test_problems_are_told_at_the_keys_that_are_written(case):
    assert sorted(told(case["spec"])) == sorted(case["findings"])
    spec = msgspec.convert(case["spec"], Spec, strict=True)
    for pointer, _, _ in problems(spec):
        parts = (value_at(case["spec"], *pointer[:depth]) for depth in range(len(pointer)))
        assert None not in parts, pointer


def test_there_is_no_problem_with_what_the_api_server_takes():
    wrong = [(case["spec"], found(case["spec"])) for case in cases(ACCEPTED)]
    assert [each for each in wrong if each[1]] == []


@pytest.mark.parametrize("name", ["a.*.b", "a..b", "a-.b", "*", "::1"])
def test_the_host_of_an_ingress_is_a_name(name):
    with pytest.raises(msgspec.ValidationError, match=r"ingress\.host"):
        found({"ingress": {"serviceName": "web", "servicePort": 80, "host": name}})


@pytest.mark.parametrize("name", ["a--b", "a" * 20, "80"])
def test_a_port_of_a_backend_has_the_name_of_a_port(name):
    with pytest.raises(msgspec.ValidationError, match="servicePortName"):
        found({"ingress": {"serviceName": "web", "servicePortName": name}})


def test_a_header_has_a_name():
    probe = {"httpGet": {"port": 80, "httpHeaders": [{"name": "a b", "value": "c"}]}}
    with pytest.raises(msgspec.ValidationError, match="httpHeaders"):
        found({"containers": [MINIMAL["containers"][0] | {"readinessProbe": probe}]})


def test_a_client_stays_for_a_day_at_most():
    affinity = {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}}}
    with pytest.raises(msgspec.ValidationError, match="timeoutSeconds"):
        found({"services": [{"name": "web", "port": 80, **affinity}]})


@pytest.mark.parametrize(
    "change",
    [
        {"dnsConfig": {"searches": ["a" * 60 + f".n{at}.example.com" for at in range(32)]}},
        {"dnsConfig": {"searches": [f"n{at}.example.com" for at in range(33)]}},
        {"securityContext": {"sysctls": [{"name": "a" * 254, "value": "1"}]}},
        {
            "securityContext": {
                "appArmorProfile": {"type": "Localhost", "localhostProfile": "a" * 4096}
            }
        },
    ],
    ids=["searches", "domains", "sysctl", "profile"],
)
def test_what_is_too_long_is_refused(change):
    assert len(found(change)) == 1


def test_what_has_variables_is_not_judged():
    port = MINIMAL["containers"][0]
    container = port | {
        "envFrom": [{"prefix": "${P}=", "configMapRef": {"name": "x"}}],
        "volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "/${SUB}"}],
    }
    volume = {"name": "v", "hostPath": {"path": "/${A}/../b"}}
    pods = {"hostAliases": [{"ip": "${IP}", "hostnames": ["${HOST}"]}], "volumes": [volume]}
    dns = {"nameservers": ["${DNS}"], "searches": ["${Z}"]}
    rule = {"from": [{"ipBlock": {"cidr": "${NET}", "except": ["${HOLE}"]}}]}
    spec = {**pods, "dnsConfig": dns, "networkPolicy": {"ingress": [rule]}}
    assert found({"containers": [container], **spec}) == []


def test_containers_on_the_network_of_the_machine_have_ports_of_their_own():
    """The API server takes such a Deployment, and then refuses each of its pods."""
    containers = [
        {"name": name, "image": "nginx:1", "ports": [{"containerPort": 80}]} for name in "ab"
    ]
    (problem,) = found({"containers": containers, "hostNetwork": True})
    assert problem.startswith("containers[1].ports[0].containerPort: port 80/TCP of the machine")


def test_parts_of_odd_shapes_are_left_to_the_schema():
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": "x"}}
    volume = {"name": "v", "configMap": {"name": "a", "items": "x"}}
    spec = {"affinity": affinity, "volumes": [volume]}
    spec["autoscaling"] = {"maxReplicas": 2, "behavior": {"scaleUp": "x"}}
    assert found(spec) == []


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


def test_checks_need_fields_that_there_are():
    parts = {"": Spec, "containers.": Container, "services.": Service}
    names = {
        f"{prefix}{field.encode_name}"
        for prefix, part in parts.items()
        for field in msgspec.structs.fields(part)
    }
    needed = {
        name for module in checks.MODULES for fields in module.CHECKS.values() for name in fields
    }
    assert sorted(needed - names) == []


@pytest.mark.parametrize("case", CASES, ids=[case["finding"].split(": ")[0] for case in CASES])
def test_a_check_without_its_fields_finds_nothing(case):
    spec = msgspec.convert(MINIMAL | case["spec"], Spec, strict=True)
    every = [
        problem for module in checks.MODULES for check in module.CHECKS for problem in check(spec)
    ]
    assert list(problems(spec)) == every
