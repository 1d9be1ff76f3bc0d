"""Ready-made policies: what they have against an object, and where in it."""

import pytest
from msgspec import convert

from kure_hooks.config.lint import Policy
from kure_hooks.lint import ready_policies

POD = ("spec", "template", "spec")
FIRST = (*POD, "containers", 0)


def problems(manifest, **fields):
    policy = convert({"id": "ACME001", **fields}, Policy)
    return list(ready_policies.problems(policy, manifest))


def deployment(*images, kind="Deployment", api="apps/v1", **more):
    containers = [{"name": f"c{index}", "image": image} for index, image in enumerate(images)]
    pod = {"template": {"spec": {"containers": containers}}}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "web"}, "spec": pod | more}


@pytest.mark.parametrize(
    ("image", "registry", "is_allowed"),
    [
        ("ghcr.io/acme/web:1", "ghcr.io/acme", True),
        ("ghcr.io/acme/web:1", "ghcr.io/acme/", True),
        ("ghcr.io/acme/web@sha256:1", "ghcr.io", True),
        ("ghcr.io/acme-evil/web:1", "ghcr.io/acme", False),
        ("ghcr.io.evil.example/acme/web", "ghcr.io", False),
        ("ghcr.io/acme/web:1", "ghcr.io/acme/web", True),
        ("nginx", "docker.io", True),
        ("nginx:1.29", "docker.io/library", True),
        ("docker.io/nginx:1.29", "docker.io/library", True),
        ("grafana/grafana", "docker.io/grafana", True),
        ("grafana/grafana", "docker.io/library", False),
        ("localhost:5000/web", "localhost:5000", True),
        ("localhost/web", "docker.io", False),
        ("registry:5000/web:1", "registry:5000", True),
        ("${REGISTRY}/web:1", "ghcr.io", True),
        ("", "ghcr.io", True),
    ],
)
def test_images_come_from_the_registries_that_are_allowed(image, registry, is_allowed):
    expected = [] if is_allowed else [(*FIRST, "image")]
    found = problems(deployment(image), registries=[registry])
    assert [pointer for pointer, _, _ in found] == expected


def test_every_image_of_a_pod_counts():
    manifest = deployment("ghcr.io/acme/web")
    pod = manifest["spec"]["template"]["spec"]
    pod["initContainers"] = [{"name": "init", "image": "evil/init"}]
    pod["volumes"] = [{"name": "v", "image": {"reference": "evil/data"}}, {"name": "w"}]
    assert problems(manifest, registries=["ghcr.io", "quay.io"]) == [
        (
            (*POD, "initContainers", 0, "image"),
            "the image evil/init is from no registry that is allowed",
            "Use an image of ghcr.io or quay.io.",
        ),
        (
            (*POD, "volumes", 0, "image", "reference"),
            "the image evil/data is from no registry that is allowed",
            "Use an image of ghcr.io or quay.io.",
        ),
    ]


@pytest.mark.parametrize(
    ("manifest", "pointer"),
    [
        (deployment(replicas=4), ("spec", "replicas")),
        (deployment(replicas=3), None),
        (deployment(replicas="4"), None),
        (deployment(replicas=True), None),
        (deployment(replicas=4, kind="StatefulSet"), ("spec", "replicas")),
        (deployment(replicas=4, api="acme.io/v1", kind="Database"), None),
        (
            deployment(maxReplicas=9, api="autoscaling/v2", kind="HorizontalPodAutoscaler"),
            ("spec", "maxReplicas"),
        ),
        (
            deployment(maxReplicaCount=9, api="keda.sh/v1alpha1", kind="ScaledObject"),
            ("spec", "maxReplicaCount"),
        ),
    ],
)
def test_workloads_and_autoscalers_have_a_greatest_number_of_pods(manifest, pointer):
    found = problems(manifest, maxReplicas=3)
    assert [item[0] for item in found] == ([pointer] if pointer else [])
    assert all(item[2] == "Write 3 or fewer." for item in found)


def test_zero_replicas_may_be_the_most():
    assert problems(deployment(replicas=1), maxReplicas=0) != []


def test_workloads_need_labels():
    manifest = deployment()
    manifest["metadata"]["labels"] = {"team": "shop", "cost": ""}
    assert problems(manifest, requiredLabels=["team", "cost"]) == [
        (("metadata", "labels", "cost"), "the label cost is missing", "Add it.")
    ]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    assert problems(service, requiredLabels=["team"]) == []
    assert len(problems(service, requiredLabels=["team"], match={"kinds": ["Service"]})) == 1


def test_containers_need_limits():
    manifest = deployment("a", "b")
    limited = {"limits": {"cpu": "1", "memory": "1Gi"}}
    manifest["spec"]["template"]["spec"]["containers"][1]["resources"] = limited
    assert problems(manifest, requiredLimits=["memory"]) == [
        (
            (*FIRST, "resources", "limits", "memory"),
            "the container c0 has no limit of memory",
            "Add resources.limits.memory.",
        )
    ]


@pytest.mark.parametrize("broken", [None, [], "x", {"containers": "x"}, {"containers": [1]}])
def test_objects_that_make_no_sense_are_anothers_to_refuse(broken):
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {"template": {"spec": broken}},
    }
    for fields in ({"registries": ["ghcr.io"]}, {"maxReplicas": 1}, {"requiredLimits": ["cpu"]}):
        assert problems(manifest, **fields) == []


def network_policy(**spec):
    head = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return {**head, "metadata": {"name": "deny", "namespace": "shop"}, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "denied"),
    [
        ({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, ["Egress", "Ingress"]),
        ({"podSelector": {}}, ["Ingress"]),
        ({"podSelector": {}, "policyTypes": ["Egress"], "egress": []}, ["Egress"]),
        ({"podSelector": {}, "ingress": [{}]}, []),
        ({"podSelector": {"matchLabels": {"app": "web"}}}, []),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}, []),
        ({"podSelector": {"matchLabels": {}, "matchExpressions": []}}, ["Ingress"]),
        ({"podSelector": {}, "policyTypes": True}, ["Ingress"]),
        ({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{}]}, []),
    ],
)
def test_a_network_policy_denies_what_it_does_not_permit_to_all_pods(spec, denied):
    found = ready_policies.denied_by([network_policy(**spec), deployment()])
    assert sorted(found) == [("shop", direction) for direction in denied]


def test_namespaces_with_pods_deny_by_default():
    policy = convert({"id": "ACME001", "defaultDeny": ["Ingress", "Egress"]}, Policy)
    manifest = deployment()
    manifest["metadata"]["namespace"] = "shop"

    def against(*others):
        return list(
            ready_policies.problems(policy, manifest, lambda: ready_policies.denied_by(others))
        )

    assert [problem for _, problem, _ in against()] == [
        "nothing denies Ingress by default in the namespace shop",
        "nothing denies Egress by default in the namespace shop",
    ]
    (egress,) = against(network_policy(podSelector={}))
    assert egress[2] == "Add a NetworkPolicy with an empty podSelector and policyTypes: [Egress]."
    assert against(network_policy(podSelector={}, policyTypes=["Ingress", "Egress"])) == []
    del manifest["metadata"]["namespace"]
    assert against() == []
