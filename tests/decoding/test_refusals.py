"""What the API server refuses of an object, by the rules of apimachinery (Kubernetes 1.34)."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.decoding.objects import faults
from kure_hooks.decoding.refusals import (
    MOST_ANNOTATIONS,
    MOST_DATA,
    generated_name_problem,
    name_problem,
    name_problems,
    refusals,
)
from kure_hooks.decoding.strings import parts_of
from kure_hooks.errors import InputError
from tests.support.generate import application, generated, leaf, node, tree

RBAC = "rbac.authorization.k8s.io"


def config_map(**fields):
    metadata = {"name": "web"} | fields.pop("metadata", {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata} | fields


def problems(manifest):
    return list(refusals(manifest, parts_of(manifest)))


def refused(manifest):
    return [pointer for pointer, _, _ in problems(manifest)]


@pytest.mark.parametrize(
    ("group", "kind", "name"),
    [
        ("", "ConfigMap", "a.b-c.0"),
        ("", "ConfigMap", "a" * 253),
        ("", "ConfigMap", "${prefix}_Web"),
        ("", "Namespace", "0-web"),
        ("", "Service", "w" * 63),
        ("batch", "CronJob", "c" * 52),
        ("batch", "Job", "j" * 63),
        ("apps", "Deployment", "d" * 253),
        (RBAC, "ClusterRole", "system:Web"),
        ("user.openshift.io", "Identity", "ldap:Me"),
        ("networking.k8s.io", "IPAddress", "2001:db8::1"),
        ("policy", "PodDisruptionBudget", "Web_1:a"),
        ("certificates.k8s.io", "CertificateSigningRequest", "user:Me"),
        ("", "Event", "web.17A"),
        ("authorization.k8s.io", "SubjectAccessReview", "a/B"),
    ],
)
def test_names_that_are_taken(group, kind, name):
    assert name_problem(group, kind, name) is None


@pytest.mark.parametrize(
    ("group", "kind", "name", "near"),
    [
        ("", "ConfigMap", "Web_App", "web-app"),
        ("", "ConfigMap", "a..b", "a.b"),
        ("", "ConfigMap", "web-", "web"),
        ("", "Namespace", "a.b", "a-b"),
        ("", "Service", "1-web", "web"),
        ("", "Service", "a.b", "a-b"),
        ("example.com", "Thing", "A", "a"),
    ],
)
def test_a_name_that_is_refused_has_a_nearest_one(group, kind, name, near):
    problem, expected = name_problem(group, kind, name)
    assert f'the name "{name}" of a {kind}' in problem
    assert expected.endswith(f", such as {near}")
    assert name_problem(group, kind, near) is None


@pytest.mark.parametrize(
    ("group", "kind", "name"),
    [
        ("", "ConfigMap", "a" * 254),
        ("", "Service", "a" * 64),
        ("batch", "CronJob", "a" * 53),
        ("batch", "Job", "a" * 64),
        (RBAC, "Role", "a/b"),
        (RBAC, "Role", "50%"),
        (RBAC, "Role", ".."),
        ("", "Pod", "-"),
        ("", "Pod", "é"),
        ("", "Pod", "web\n"),
    ],
)
def test_names_that_are_refused(group, kind, name):
    assert name_problem(group, kind, name)


def test_a_generated_name_has_room_for_its_suffix():
    assert generated_name_problem("a" * 242) is None
    assert generated_name_problem("a" * 243)


@given(st.text(alphabet=string.ascii_letters + string.digits + "-_.", min_size=1, max_size=70))
def test_a_label_is_taken_as_apimachinery_takes_it(text):
    fits = len(text) <= 63 and text[0] not in "-_." and text[-1] not in "-_."
    assert refused(config_map(metadata={"labels": {"a": text}})) == (
        [] if fits else [("metadata", "labels", "a")]
    )
    for key in (text, f"example.com/{text}"):
        pointers = refused(config_map(metadata={"labels": {key: ""}, "annotations": {key: " "}}))
        assert bool(pointers) is not fits


def test_values_with_variables_are_left_to_the_cluster():
    labels = {"a": "${b} c", "${key}": "d"}
    manifest = config_map(metadata={"labels": labels, "namespace": "${NAMESPACE}"})
    assert refused(manifest) == []


def test_a_prefix_of_an_annotation_may_have_upper_case():
    metadata = {"annotations": {"Example.COM/a": ""}, "labels": {"Example.COM/a": ""}}
    assert refused(config_map(metadata=metadata)) == [("metadata", "labels", "Example.COM/a")]


def test_annotations_are_measured_together_and_told_at_the_longest():
    annotations = {"a": "x" * 10, "b": "é" * (MOST_ANNOTATIONS // 2 - 7), "c": ""}
    assert refused(config_map(metadata={"annotations": annotations})) == []
    annotations["c"] = "xx"
    assert refused(config_map(metadata={"annotations": annotations})) == [
        ("metadata", "annotations", "b")
    ]


def test_data_are_measured_decoded():
    half = b"\x00" * (MOST_DATA // 2)
    manifest = config_map(
        data={"a": "x" * (MOST_DATA // 2)}, binaryData={"b": base64.b64encode(half).decode()}
    )
    assert refused(manifest) == []
    manifest["data"]["c"] = "x"
    ((pointer, problem, _),) = problems(manifest)
    assert pointer == ("data", "a")
    assert problem == "the values have 1,048,577 bytes together, and Kubernetes takes 1,048,576"


def test_data_of_a_secret_are_base64_unless_they_are_encrypted_or_replaced():
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}
    data = {"a": "YQ==", "b": "YQ", "c": "ENC[AES256_GCM,data:x]", "d": "${D}", "e": "Y\nQ=\n="}
    manifest = secret | {"data": data, "stringData": {"a": "over", "b": "b"}}
    ((pointer, problem, expected),) = problems(manifest)
    assert (pointer, problem) == (("data", "b"), "this is no Base64")
    assert expected == "the value in Base64, or the string in stringData"


@pytest.mark.parametrize("odd", [None, 1, "text", [1], {"a": [1]}, {"a": None}])
@pytest.mark.parametrize("field", ["data", "binaryData", "spec", "labels", "annotations"])
def test_no_shape_makes_the_rules_fail(field, odd):
    for kind in ("ConfigMap", "Secret"):
        problems(config_map(**{field: odd}, metadata={field: odd}) | {"kind": kind})
    pod = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "a"}, "spec": odd}
    list(faults(pod))


def keys(*applications, **options):
    with pytest.raises(InputError) as caught:
        tree(node("prod", leaf("web", *applications, **options.pop("bundle", {}))), **options)
    return [f"{each.key}: {each.problem}" for each in caught.value.findings]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_annotations_of_all_levels_are_measured_on_the_object(engine):
    half = {"a": "x" * (MOST_ANNOTATIONS // 2)}, {"b": "y" * (MOST_ANNOTATIONS // 2)}
    (said, *_) = keys(
        application("web"), bundle={"annotations": half[0]}, annotations=half[1], engine=engine
    )
    assert said == (
        "node.children[0].bundle.annotations.a: "
        "these annotations have 262,146 bytes, and Kubernetes takes 262,144"
    )


STACK = """\
name: prod
node:
  name: prod
  bundle:
    name: web
    applications:
    - name: web
      kind: AppWorkload
      spec:
        workload: Deployment
        containers: [{name: web, image: web}]
        config:
          big.txt: &text "%s"
          more: *text
"""


def test_the_config_of_a_workload_is_measured_where_it_is_written():
    with pytest.raises(InputError) as caught:
        generated({"stacks/prod.yaml": STACK % ("x" * 600_000)})
    (finding,) = caught.value.findings
    assert str(finding.at) == "stacks/prod.yaml:13:20"
    assert finding.key == 'node.bundle.applications[0].spec.config["big.txt"]'
    assert finding.problem.startswith("the values have 1,200,000 bytes together")


def test_a_config_map_of_files_is_measured_at_its_largest_file():
    files = {"a.txt": "x" * 600_000, "b.txt": "x" * 500_000}
    spec = {"configMaps": [{"name": "web", "files": ["../a.txt", "../b.txt"]}]}
    (said,) = keys({"name": "web", "kind": "Manifests", "spec": spec}, files=files)
    assert said == (
        "node.children[0].bundle.applications[0].spec.configMaps[0].files[0]: "
        "the values have 1,100,000 bytes together, and Kubernetes takes 1,048,576"
    )


def test_the_name_of_a_service_may_begin_with_a_digit_in_new_releases():
    assert name_problem("", "Service", "1a")
    assert name_problem("", "Service", "1a", relaxed=True) is None
    assert name_problem("", "Service", "a.b", relaxed=True)


@pytest.mark.parametrize(
    ("kind", "prefix", "fits"),
    [
        (("", "ConfigMap"), "web-", True),
        (("", "ConfigMap"), "w" * 253, True),
        (("", "ConfigMap"), "Web-", False),
        (("", "ConfigMap"), "web.", False),
        (("", "ConfigMap"), "${name}", True),
        (("batch", "CronJob"), "c" * 47, True),
        (("batch", "CronJob"), "c" * 48, False),
    ],
)
def test_five_characters_follow_a_generated_name(kind, prefix, fits):
    found = [*name_problems({"metadata": {"generateName": prefix}}, kind)]
    assert [pointer for pointer, _, _ in found] == [("metadata", "generateName")] * (not fits)
    assert "xxxxx" not in str(found)


def test_a_name_makes_its_beginning_meaningless():
    assert [*name_problems({"metadata": {"name": "a", "generateName": "A-"}}, ("", "Pod"))] == []
