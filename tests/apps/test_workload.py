from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.apps import workload
from kure_hooks.findings import Location
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import dump, read, strict
from tests.support.memory import MemoryTree

GOLDEN = Path(__file__).parent / "golden"
MINIMAL = {"workload": "Deployment", "containers": [{"name": "main", "image": "nginx:1"}]}


def application(spec, name="shop", **more):
    return Application(
        name=name,
        namespace=more.get("namespace", "web"),
        kind="AppWorkload",
        spec=msgspec.convert(spec, workload.Spec, strict=True),
        labels=more.get("labels", {}),
        annotations=more.get("annotations", {}),
        at=Location("apps/shop.yaml", 1, 1),
    )


def generate(spec, **more):
    return workload.generate(application(spec, **more), MemoryTree())


def problems(**changes):
    spec = msgspec.convert(MINIMAL | changes, workload.Spec, strict=True)
    return [(".".join(map(str, at)), problem) for at, problem, _ in workload.problems(spec)]


def test_the_golden_application_gives_the_golden_objects():
    (document,) = read((GOLDEN / "shop.yaml").read_bytes(), "shop.yaml", strict)
    metadata = document.value["metadata"]
    manifests = generate(document.value["spec"], annotations=metadata["annotations"])
    assert "---\n".join(map(dump, manifests)) == (GOLDEN / "shop.expected.yaml").read_text()


def test_a_stateful_set_has_claims_and_a_service_name():
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    spec = MINIMAL | {
        "workload": "StatefulSet",
        "volumeClaimTemplates": [claim],
        "services": [
            {"name": "db", "port": 5432},
            {"name": "db-pods", "port": 5432, "headless": True},
        ],
    }
    stateful, _, headless = generate(spec)
    assert stateful["spec"]["volumeClaimTemplates"] == [claim]
    assert stateful["spec"]["serviceName"] == "db-pods"
    assert headless["spec"]["clusterIP"] == "None"


def test_without_services_the_service_name_is_the_applications():
    (stateful,) = generate(MINIMAL | {"workload": "StatefulSet"})
    assert stateful["spec"]["serviceName"] == "shop"


def test_a_service_keeps_its_own_selector():
    service = {"name": "s", "port": 80, "selector": {"app": "web"}}
    _, written = generate(MINIMAL | {"services": [service]})
    assert written["spec"]["selector"] == {"app": "web"}


def test_what_only_a_pod_may_have_moves_to_the_pod():
    container = MINIMAL["containers"][0] | {"securityContext": {"fsGroup": 7}}
    (deployment,) = generate(MINIMAL | {"containers": [container]})
    pod = deployment["spec"]["template"]["spec"]
    assert pod["securityContext"] == {"fsGroup": 7}
    assert "securityContext" not in pod["containers"][0]


def test_an_empty_volume_source_stays():
    (deployment,) = generate(MINIMAL | {"volumes": [{"name": "tmp", "emptyDir": {}}]})
    assert deployment["spec"]["template"]["spec"]["volumes"] == [{"name": "tmp", "emptyDir": {}}]


LABELS = st.dictionaries(st.sampled_from(["app", "tier", "example.com/x"]), st.just("v"))


@given(labels=LABELS, pod=LABELS, replicas=st.integers(0, 9), image=st.sampled_from(["a:1", "b:2"]))
def test_selectors_never_change_and_always_match(labels, pod, replicas, image):
    spec = MINIMAL | {
        "labels": labels,
        "podLabels": pod,
        "replicas": replicas,
        "containers": [{"name": "main", "image": image}],
        "services": [{"name": "s", "port": 80}],
    }
    deployment, service = generate(spec)
    selector = {"app.kubernetes.io/name": "shop"}
    assert deployment["spec"]["selector"]["matchLabels"] == selector
    assert service["spec"]["selector"] == selector
    assert selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


def test_two_calls_are_equal_and_share_nothing():
    (document,) = read((GOLDEN / "shop.yaml").read_bytes(), "shop.yaml", strict)
    one = application(document.value["spec"])
    first, second = (workload.generate(one, MemoryTree()) for _ in range(2))
    assert first == second
    seen = {id(each) for manifest in first for each in containers(manifest)}
    assert len(seen) == sum(1 for manifest in first for _ in containers(manifest))


def containers(value):
    if isinstance(value, (dict, list)):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from containers(each)


CLAIM = {
    "metadata": {"name": "d"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
MAIN = {"name": "main", "image": "nginx:1"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"workload": "DaemonSet", "replicas": 1}, ("replicas", "a DaemonSet has no replicas")),
        (
            {"volumeClaimTemplates": [CLAIM]},
            ("volumeClaimTemplates", "a Deployment has no volumeClaimTemplates"),
        ),
        (
            {"workload": "DaemonSet", "autoscaling": {"maxReplicas": 2}},
            ("autoscaling", "a DaemonSet has no autoscaling"),
        ),
        (
            {"labels": {"app.kubernetes.io/name": "x"}},
            (
                "labels.app.kubernetes.io/name",
                "app.kubernetes.io/name is the selector and always the application's name",
            ),
        ),
        ({"containers": [MAIN, MAIN]}, ("containers.1.name", "main is already in the list")),
        (
            {"volumes": [{"name": "v"}]},
            ("volumes.0", "volume v needs exactly one source and has none"),
        ),
        (
            {"containers": [MAIN | {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}]},
            ("containers.0.volumeMounts.0.name", "there is no volume v"),
        ),
        (
            {"containers": [MAIN | {"env": [{"name": "A", "value": "1", "valueFrom": {}}]}]},
            ("containers.0.env.0", "A has value and valueFrom"),
        ),
        ({"services": [{"name": "s"}]}, ("services.0", "service s has no port")),
        (
            {"ingress": {"serviceName": "s"}},
            ("ingress", "the port of the service is missing or given twice"),
        ),
        (
            {"ingress": {"servicePort": 80}},
            ("ingress.serviceName", "this required key is missing"),
        ),
        (
            {"podDisruptionBudget": {}},
            ("podDisruptionBudget", "the budget needs exactly one limit"),
        ),
    ],
)
def test_fields_that_do_not_go_together_are_refused(changes, expected):
    assert problems(**changes) == [expected]
