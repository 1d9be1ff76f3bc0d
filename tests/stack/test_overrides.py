"""Overrides and profiles of a stack: which one wins, and where all of them may stand."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.errors import InputError
from kure_hooks.stack.load import StackError, load
from tests.support.memory import MemoryTree

WEB = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata: {name: web, namespace: shop}
spec:
  workload: Deployment
  containers: [{name: web, image: web:1}]
"""
PROFILE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterProfile
metadata: {name: eu}
spec: {defaults: {replicas: 1}, nodeSelector: {zone: eu}}
"""


def cluster(node, **fields):
    gitops = {"type": "argocd", "argocd": {"repoURL": "https://github.com/acme/fleet.git"}}
    return {
        "apiVersion": "stack.gokure.dev/v1alpha1",
        "kind": "Cluster",
        "metadata": {"name": "eu"},
        "spec": {"gitops": gitops, "node": node, **fields},
    }


def loaded(*documents, **texts):
    files = {"stacks/eu.yaml": "\n---\n".join(map(json.dumps, documents)), "apps/web.yaml": WEB}
    files |= {f"{name}.yaml": text for name, text in texts.items()}
    return load(MemoryTree(files), "stacks/eu.yaml", Settings(), GENERATORS)


def applications(stack):
    return [
        application
        for each in stack.clusters
        for bundle in each.bundles()
        for application in bundle.applications
    ]


def replicas(*documents, **texts):
    return [item.spec.replicas for item in applications(loaded(*documents, **texts))]


def bundle(**fields):
    return {"name": "web", "applications": [{"path": "../apps/web.yaml"}], **fields}


def over(number):
    return {"overrides": {"web": {"replicas": number}}}


def test_the_nearest_override_wins():
    reference = {"path": "../apps/web.yaml", "overrides": {"replicas": 6}}
    child = bundle(**over(5), applications=[reference])
    layers = [
        ({"profile": "../profiles/eu.yaml"}, {}, {}, {}, 1),
        (over(3), {}, {}, {}, 3),
        (over(3), over(4), {}, {}, 4),
        (over(3), over(4), over(5), {}, 5),
        (over(3), over(4), over(5), {"applications": [reference]}, 6),
    ]
    for of_cluster, of_node, of_bundle, more, expected in layers:
        node = {"name": "apps", "bundle": bundle(**of_bundle, **more), **of_node}
        document = cluster({"name": "eu", "children": [node]}, **of_cluster)
        assert replicas(document, **{"profiles/eu": PROFILE}) == [expected]
    umbrella = {"name": "all", "children": [child], **over(2)}
    assert replicas(cluster({"name": "eu", "bundle": umbrella})) == [6]


def test_overrides_of_an_umbrella_are_for_its_children():
    umbrella = {"name": "all", "children": [bundle()], **over(2)}
    assert replicas(cluster({"name": "eu", "bundle": umbrella})) == [2]


def test_applications_in_a_directory_beside_the_stack_have_them_too():
    node = {"name": "eu", "children": [{"name": "apps", **over(7)}]}
    stack = loaded(cluster(node), **{"stacks/apps/web": WEB})
    assert [item.spec.replicas for item in applications(stack)] == [7]
    umbrella = {"name": "all", "children": [{"name": "apps", **over(8)}]}
    stack = loaded(cluster({"name": "eu", "bundle": umbrella}), **{"stacks/apps/web": WEB})
    assert [item.spec.replicas for item in applications(stack)] == [8]


def test_what_is_written_in_place_is_overridden_by_its_name():
    spec = {"workload": "Deployment", "containers": [{"name": "web", "image": "web:1"}]}
    entry = {"name": "web", "namespace": "shop", "kind": "AppWorkload", "spec": spec}
    node = {"name": "eu", "bundle": bundle(applications=[entry])}
    (web,) = applications(loaded(cluster(node, **over(4))))
    assert web.spec.replicas == 4
    assert web.spec.containers[0].image == "web:1"


def test_every_kind_can_be_overridden():
    entry = {
        "name": "plain",
        "kind": "Manifests",
        "spec": {"objects": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}]},
    }
    other = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b"}}
    node = {"name": "eu", "bundle": bundle(applications=[entry])}
    document = cluster(node, overrides={"plain": {"objects": [other]}})
    (plain,) = applications(loaded(document))
    assert [item["metadata"]["name"] for item in plain.spec.objects] == ["b"]


IN_PLACE = {"defaults": {"replicas": 1}, "nodeSelector": {"zone": "eu"}}


@pytest.mark.parametrize(
    ("reference", "more"),
    [
        ("../profiles/eu.yaml", []),
        ("eu", [{**json.loads(json.dumps({"apiVersion": "stack.gokure.dev/v1alpha1"})),
                 "kind": "ClusterProfile", "metadata": {"name": "eu"}, "spec": IN_PLACE}]),
        (IN_PLACE, []),
    ],
)  # fmt: skip
def test_a_profile_is_a_file_a_document_or_written_in_place(reference, more):
    document = cluster({"name": "eu", "bundle": bundle()}, profile=reference)
    stack = loaded(document, *more, **{"profiles/eu": PROFILE})
    (web,) = applications(stack)
    assert (web.spec.replicas, web.spec.node_selector) == (1, {"zone": "eu"})
    assert stack.clusters[0].profile.name == "eu"
    assert web.profile is stack.clusters[0].profile.profile


def test_clusters_of_one_file_share_a_document_and_not_its_overrides():
    one = cluster({"name": "eu", "bundle": bundle()}, **over(3))
    two = cluster({"name": "us", "bundle": bundle()}, **over(4))
    two["metadata"]["name"] = "us"
    assert replicas(one, two) == [3, 4]


def test_what_overrides_complete_is_no_fault_of_a_document_beside_a_faulty_cluster():
    incomplete = WEB.replace(", image: web:1", "")
    image = {"web": {"containers": [{"name": "web", "image": "web:2"}]}}
    node = {"name": "eu", "bundle": bundle(interval="soon")}
    with pytest.raises(StackError) as error:
        loaded(cluster(node, overrides=image), **{"apps/web": incomplete})
    assert [finding.key for finding in error.value.findings] == ["spec.node.bundle.interval"]


def test_only_faults_of_the_profile_name_the_application_that_they_are_in():
    container = {"name": "web", "image": "web:1"}
    spec = {"workload": "Deployment", "replicas": "two", "containers": [container]}
    entry = {"name": "web", "namespace": "shop", "kind": "AppWorkload", "spec": spec}
    node = {"name": "eu", "bundle": bundle(applications=[entry])}
    with pytest.raises(StackError) as error:
        loaded(cluster(node, profile={"nodeSelector": {"zone": "eu"}}))
    (finding,) = error.value.findings
    assert finding.problem == "this is a string"
    del spec["replicas"]
    resources = {"requests": {"cpu": 2}, "limits": {"cpu": 1}}
    with pytest.raises(StackError) as error:
        loaded(cluster(node, profile={"defaults": {"resources": resources}}))
    (finding,) = error.value.findings
    assert finding.key == "spec.profile.defaults.resources.requests.cpu"
    assert ", in the application at stacks/eu.yaml:1:" in finding.problem


KEYS = ["web", "containers", "replicas", "name", "image", "env", "$patch", "limits", "defaults"]
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["web", "delete"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_whatever_is_written_there_is_a_stack_or_there_are_findings(one, two, three, profile):
    reference = {"path": "../apps/web.yaml", "overrides": one}
    node = {"name": "eu", "bundle": bundle(applications=[reference], overrides={"web": two})}
    findings = ()
    try:
        loaded(cluster(node, overrides=three, profile=profile))
    except InputError as error:
        findings = error.findings
    assert all(finding.at.line for finding in findings)
