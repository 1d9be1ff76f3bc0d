"""Files that may hold an owner that changes what it applies."""

import pytest

from kure_hooks.gitops.changing import may_change
from tests.support.linting import document


def owner(**spec):
    return document("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "a", spec=spec)


def instance(**spec):
    return document("fluxcd.controlplane.io/v1", "FluxInstance", "flux", spec=spec)


@pytest.mark.parametrize(
    "key", ["patches", "images", "postBuild", "commonMetadata", "components", "kustomize"]
)
def test_files_that_may_change_something_are_told_from_others(key):
    text = owner(**{key: {"a": 1}})
    assert may_change([b"", text.encode()])
    assert not may_change([text.replace(f"{key}:", "other:").encode()])


def test_the_components_of_an_instance_are_controllers_and_change_nothing():
    text = instance(components=["source-controller"])
    assert not may_change([text.encode()])
    assert may_change([text.replace("components:", "kustomize:").encode()])
    assert may_change([f"{text}---\n{owner(components=['a'])}".encode()])
