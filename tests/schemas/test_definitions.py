import pytest

from kure_hooks.schemas.definitions import definitions


def crd(**spec):
    usual = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget"},
        "versions": [
            {"name": "v1", "served": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    }
    manifest = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**manifest, "spec": {**usual, **spec}}


def test_each_version_is_a_definition():
    schema = {"openAPIV3Schema": {"type": "object"}}
    versions = [
        {"name": "v1", "served": True, "schema": schema},
        {"name": "v1beta1", "served": False, "schema": schema, "deprecated": True},
        {"name": "v1alpha1", "schema": schema, "deprecated": True, "deprecationWarning": "move on"},
    ]
    found = list(definitions(crd(versions=versions, scope="Cluster")))
    assert [(each.api_version, each.served, each.warning) for each in found] == [
        ("example.com/v1", True, ""),
        ("example.com/v1beta1", False, "example.com/v1beta1 Widget is deprecated"),
        ("example.com/v1alpha1", True, "move on"),
    ]
    assert {each.kind for each in found} == {"Widget"}
    assert not any(each.namespaced for each in found)


@pytest.mark.parametrize(
    "manifest",
    [
        None,
        [],
        {"kind": "CustomResourceDefinition"},
        {**crd(), "apiVersion": "apiextensions.k8s.io/v1beta1"},
        crd(group=1),
        crd(names=None),
        crd(names={"kind": ["Widget"]}),
        crd(versions=None),
        crd(versions=[1, {"name": "v1"}, {"name": 1, "schema": {"openAPIV3Schema": {}}}]),
    ],
)
def test_what_is_no_crd_defines_nothing(manifest):
    assert list(definitions(manifest)) == []
