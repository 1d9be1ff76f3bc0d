"""ScaledObjects of KEDA for each of several workloads, on both engines."""

import json

import msgspec
import pytest
import yaml

from kure_hooks.apps.workload import Spec, problems
from kure_hooks.yamlio.document import key_path
from tests.apps.test_beside import ENGINES, faults, generated, golden, of_kind

CONTAINERS = [{"name": "main", "image": "nginx:1"}]
CRON = {"type": "cron", "metadata": {"timezone": "UTC", "start": "0 6 * * *", "end": "0 20 * * *"}}
SCALING = {"triggers": [CRON]}


def workload(**fields):
    return {"workload": "Deployment", "containers": CONTAINERS, **fields}


def document(**workloads):
    """Return an application document in JSON, one key a line."""
    written = yaml.safe_load(golden("several"))
    return json.dumps(written | {"spec": {"workloads": workloads}}, indent=1)


def found(**spec):
    """Return the problems of a spec by the path of their key."""
    return {
        key_path(pointer): problem
        for pointer, problem, _ in problems(msgspec.convert(spec, Spec, strict=True))
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_each_scaled_workload_has_an_object_of_its_own(engine, tmp_path):
    text = document(
        web=workload(replicas=2, scaling={**SCALING, "minReplicas": 2}),
        queue=workload(workload="StatefulSet", scaling=SCALING),
        worker=workload(replicas=4),
        api=workload(autoscaling={"maxReplicas": 3}),
    )
    files = generated(tmp_path, text, engine).files
    scaled = of_kind(files, "ScaledObject")
    assert {name: each["spec"]["scaleTargetRef"] for name, each in scaled.items()} == {
        "shop-web": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop-web"},
        "shop-queue": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "shop-queue"},
    }
    assert scaled["shop-web"]["spec"]["minReplicaCount"] == 2
    assert scaled["shop-web"]["metadata"]["labels"]["app.kubernetes.io/component"] == "web"
    assert set(of_kind(files, "HorizontalPodAutoscaler")) == {"shop-api"}
    deployments = of_kind(files, "Deployment") | of_kind(files, "StatefulSet")
    replicas = {name: each["spec"].get("replicas") for name, each in deployments.items()}
    assert replicas == {"shop-web": None, "shop-queue": None, "shop-worker": 4, "shop-api": None}


def test_what_is_wrong_is_told_of_the_workload():
    assert found(
        workloads={
            "both": workload(autoscaling={"maxReplicas": 3}, scaling=SCALING),
            "agent": workload(workload="DaemonSet", scaling=SCALING),
            "none": workload(scaling={**SCALING, "minReplicas": 5, "maxReplicas": 3}),
        }
    ) == {
        "workloads.both.scaling": "KEDA and autoscaling would change the number of pods against "
        "each other",
        "workloads.agent.scaling": "a DaemonSet has no scaling",
        "workloads.none.scaling.minReplicas": "5 is more than maxReplicas",
    }


def test_scaling_of_one_workload_is_not_for_several():
    assert found(scaling=SCALING, workloads={"web": workload()}) == {
        "scaling": "scaling belongs to one workload, and this application has several"
    }


def test_a_rule_of_the_crd_is_told_at_the_line_of_the_workload(tmp_path):
    modes = {"scalingModifiers": {"metricType": "Most"}}
    text = document(web=workload(), worker=workload(scaling={**SCALING, "advanced": modes}))
    (finding,) = faults(tmp_path, text)
    (line,) = (at for at, line in enumerate(text.splitlines(), 1) if "Most" in line)
    assert (finding.at.path, finding.at.line) == ("apps/shop.yaml", line)
    assert finding.key == "ScaledObject shop-worker: spec.advanced.scalingModifiers.metricType"
    assert finding.message == "this is not an allowed value. Write one of AverageValue, Value."


def test_a_key_that_no_workload_has_is_told_with_what_is_meant(tmp_path):
    (finding,) = faults(tmp_path, document(web=workload(scalling=SCALING)))
    assert finding.key == "spec.workloads.web.scalling"
    assert '"scaling"' in finding.message
