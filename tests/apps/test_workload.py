from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kure_hooks.apps import workload
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document, dump, read, strict
from kure_hooks.yamlio.place import Place
from tests.support.memory import MemoryTree

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = sorted(
    path.name.removesuffix(".expected.yaml") for path in GOLDEN.glob("*.expected.yaml")
)
FILES = MemoryTree(
    {
        "apps/settings/limits.json": '{"requests": 100}\n',
        "apps/images/logo.png": b"\x89PNG\r\n\x1a\n",
    }
)
MINIMAL = {"workload": "Deployment", "containers": [{"name": "main", "image": "nginx:1"}]}


def application(spec, name="shop", **more):
    return Application(
        name=name,
        namespace=more.get("namespace", "web"),
        kind="AppWorkload",
        spec=msgspec.convert(spec, workload.Spec, strict=True),
        labels=more.get("labels", {}),
        annotations=more.get("annotations", {}),
        place=Place(Document("apps/shop.yaml", {}, 0, 0, {})),
    )


def generate(spec, **more):
    return workload.generate(application(spec, **more), FILES).manifests


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_golden_applications_give_the_golden_objects(name, update_golden):
    (document,) = read((GOLDEN / f"{name}.yaml").read_bytes(), name, strict)
    metadata = document.value["metadata"]
    spec = document.value["spec"]
    parts = {key: metadata.get(key, {}) for key in ("labels", "annotations")}
    parts |= {key: metadata[key] for key in ("name", "namespace")}
    assert list(workload.problems(msgspec.convert(spec, workload.Spec, strict=True))) == [] or (
        name == "everything"  # whose fields need not fit together
    )
    text = "---\n".join(map(dump, generate(spec, **parts)))
    expected = GOLDEN / f"{name}.expected.yaml"
    if update_golden:
        expected.write_text(text)
    assert text == expected.read_text()


def test_everything_is_in_the_golden_applications():
    known = {each.encode_name for each in msgspec.structs.fields(workload.Usual)}
    used = set()
    for name in DOCUMENTS:
        (document,) = read((GOLDEN / f"{name}.yaml").read_bytes(), name, strict)
        used |= set(document.value["spec"])
    assert known - used == set()


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
    typed = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    assert stateful["spec"]["volumeClaimTemplates"] == [typed | claim]
    (again, *_) = generate(spec | {"volumeClaimTemplates": [typed | claim]})
    assert again == stateful
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
    first, second = (workload.generate(one, MemoryTree()).manifests for _ in range(2))
    assert first == second
    seen = {id(each) for manifest in first for each in containers(manifest)}
    assert len(seen) == sum(1 for manifest in first for _ in containers(manifest))


def containers(value):
    if isinstance(value, (dict, list)):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from containers(each)


def test_the_number_of_replicas_is_the_autoscalers():
    scaling = {"autoscaling": {"maxReplicas": 5}}
    deployment, autoscaler = generate(MINIMAL | {"replicas": 2} | scaling)
    assert "replicas" not in deployment["spec"]
    assert "metrics" not in autoscaler["spec"]


def test_the_authors_labels_win_but_for_the_selector():
    labels = {"app.kubernetes.io/managed-by": "us", "app.kubernetes.io/name": "x", "a": "1"}
    spec = MINIMAL | {"labels": {"a": "2"}, "podLabels": {"a": "3"}}
    (deployment,) = generate(spec, labels=labels)
    ours = {"app.kubernetes.io/managed-by": "us", "app.kubernetes.io/name": "shop"}
    assert deployment["metadata"]["labels"] == {"a": "2"} | ours
    assert deployment["spec"]["template"]["metadata"]["labels"] == {"a": "3"} | ours


def test_without_a_namespace_there_is_none():
    (deployment,) = generate(MINIMAL, namespace="")
    assert list(deployment["metadata"]) == ["name", "labels"]


@pytest.mark.parametrize(
    ("rules", "types"),
    [({}, ["Ingress"]), ({"egress": []}, ["Ingress", "Egress"])],
)
def test_an_empty_egress_still_governs_egress(rules, types):
    _, policy = generate(MINIMAL | {"networkPolicy": rules})
    assert policy["spec"]["policyTypes"] == types


def test_a_service_port_is_named_after_the_container_port_of_the_same_protocol():
    ports = [
        {"name": "dns", "containerPort": 53, "protocol": "UDP"},
        {"name": "dns-tcp", "containerPort": 53},
    ]
    container = MINIMAL["containers"][0] | {"ports": ports}
    service = {"name": "dns", "ports": [{"port": 53}, {"port": 53, "protocol": "UDP"}]}
    _, written = generate(MINIMAL | {"containers": [container], "services": [service]})
    assert [each["name"] for each in written["spec"]["ports"]] == ["dns-tcp", "dns"]


def test_the_types_give_a_json_schema_that_takes_the_golden_applications():
    schema = msgspec.json.schema(workload.Spec)
    for name in DOCUMENTS:
        (document,) = read((GOLDEN / f"{name}.yaml").read_bytes(), name, strict)
        assert list(Draft202012Validator(schema).iter_errors(document.value["spec"])) == []
