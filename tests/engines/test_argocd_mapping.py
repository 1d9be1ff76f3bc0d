"""The bundle fields of Flux under Argo CD: each is mapped, rendered, warned about or refused."""

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.findings import Severity
from tests.support.generate import REPOSITORY, application, generated, leaf, node, tree

OPTIONS = "argocd.argoproj.io/sync-options"
DELETE = "resources-finalizer.argocd.argoproj.io"
RETRY = {"limit": -1, "backoff": {"duration": "2m", "factor": 1, "maxDuration": "2m"}}
KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
POINTERS = ["/spec/replicas"]


def files(fields):
    found = tree(node("prod", leaf("web", application("web"), **fields)), engine="argocd")
    (web,) = (text for path, text in found.items() if path.endswith("application-web.yaml"))
    (payload,) = (text for path, text in found.items() if "configmap" in path)
    return yaml.safe_load(web), yaml.safe_load(payload)


def at(value, path):
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize(
    ("fields", "path", "expected"),
    [
        pytest.param({"retryInterval": "2m"}, "spec.syncPolicy.retry", RETRY, id="retryInterval"),
        pytest.param({}, "spec.syncPolicy.automated.prune", True, id="prune"),
        pytest.param({"prune": False}, "spec.syncPolicy.automated.prune", False, id="no prune"),
        pytest.param({"deletionPolicy": "Delete"}, "metadata.finalizers", [DELETE], id="Delete"),
        pytest.param(
            {"deletionPolicy": "MirrorPrune"}, "metadata.finalizers", [DELETE], id="Mirror"
        ),
        pytest.param(
            {"deletionPolicy": "WaitForTermination"}, "metadata.finalizers", [DELETE], id="Wait"
        ),
        pytest.param({"deletionPolicy": "Orphan"}, "metadata.finalizers", None, id="Orphan"),
        pytest.param({"prune": False}, "metadata.finalizers", None, id="MirrorPrune without prune"),
        pytest.param({"suspend": True}, "spec.syncPolicy.automated.enabled", False, id="suspend"),
        pytest.param({}, "spec.syncPolicy.syncOptions", ["ServerSideApply=true"], id="apply"),
        pytest.param({}, "spec.syncPolicy.automated.selfHeal", True, id="drift"),
        pytest.param({"wait": True}, "spec.source.kustomize", None, id="wait is always on"),
        pytest.param({"targetNamespace": "a"}, "spec.source.kustomize.namespace", "a", id="target"),
        pytest.param({"targetNamespace": "a"}, "spec.destination.namespace", "a", id="destination"),
        pytest.param({"namePrefix": "a-"}, "spec.source.kustomize.namePrefix", "a-", id="prefix"),
        pytest.param({"nameSuffix": "-a"}, "spec.source.kustomize.nameSuffix", "-a", id="suffix"),
        pytest.param(
            {"images": [{"name": "a", "newName": "b", "newTag": "1", "digest": "sha256:0"}]},
            "spec.source.kustomize.images",
            ["a=b:1@sha256:0"],
            id="images",
        ),
        pytest.param(
            {"components": ["../c"]}, "spec.source.kustomize.components", ["../c"], id="components"
        ),
        pytest.param(
            {"ignoreMissingComponents": True},
            "spec.source.kustomize.ignoreMissingComponents",
            True,
            id="ignoreMissingComponents",
        ),
        pytest.param(
            {"patches": [{"patch": "a: 1", "target": {"labelSelector": "a=b"}}]},
            "spec.source.kustomize.patches",
            [{"patch": "a: 1", "target": {"labelSelector": "a=b"}}],
            id="patches",
        ),
        pytest.param(
            {
                "ignore": [
                    {
                        "paths": POINTERS,
                        "target": {"group": "apps", "kind": "Deployment", "name": "a"},
                    }
                ]
            },
            "spec.ignoreDifferences",
            [{"group": "apps", "kind": "Deployment", "name": "a", "jsonPointers": POINTERS}],
            id="ignore",
        ),
        pytest.param(
            {"ignore": [{"paths": POINTERS}]},
            "spec.ignoreDifferences",
            [{"group": "*", "kind": "*", "jsonPointers": POINTERS}],
            id="ignore of all objects",
        ),
        pytest.param(
            {"ignore": [{"paths": POINTERS}]},
            "spec.syncPolicy.syncOptions",
            ["RespectIgnoreDifferences=true", "ServerSideApply=true"],
            id="ignored when applying",
        ),
        pytest.param(
            {"kubeConfig": {"secretRef": {"name": "a"}}, "argocd": {"destination": {"name": "b"}}},
            "spec.destination",
            {"name": "b"},
            id="kubeConfig with a destination",
        ),
    ],
)
def test_the_application_says_the_same(fields, path, expected):
    assert at(files(fields)[0], path) == expected


@pytest.mark.parametrize(
    ("fields", "path", "expected"),
    [
        pytest.param(
            {"annotations": KEPT},
            "annotations",
            {**KEPT, OPTIONS: "Delete=false,Prune=false"},
            id="prune: disabled",
        ),
        pytest.param(
            {"force": True, "argocd": {"force": True}},
            "annotations",
            {OPTIONS: "Force=true,Replace=true"},
            id="force, opted in",
        ),
        pytest.param(
            {"labels": {"a": "1"}, "commonMetadata": {"labels": {"a": "2", "b": "${c}"}}},
            "labels",
            {"a": "2", "b": "${c}"},
            id="commonMetadata",
        ),
        pytest.param(
            {"annotations": {"a": "${b}"}, "postBuild": {"substitute": {"b": "c"}}},
            "annotations",
            {"a": "c"},
            id="postBuild.substitute",
        ),
    ],
)
def test_the_objects_are_as_flux_would_apply_them(fields, path, expected):
    assert files(fields)[1]["metadata"][path] == expected


def told(fields):
    """Return the warnings about a bundle with these fields."""
    stack = {
        "name": "prod",
        "gitops": {"type": "argocd", "argocd": {"repoURL": REPOSITORY}},
        "node": node("prod", leaf("web", **fields)),
    }
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).warnings


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"interval": "5m"}, "interval"),
        ({"timeout": "5m"}, "timeout"),
        ({"force": True}, "force"),
        ({"serviceAccountName": "deployer"}, "serviceAccountName"),
        ({"buildMetadata": ["originAnnotations"]}, "buildMetadata"),
        ({"healthChecks": [{"kind": "Deployment", "name": "a"}]}, "healthChecks"),
    ],
)
def test_a_wish_that_is_not_met_is_told(fields, key):
    (warning,) = told(fields)
    assert (warning.key, warning.severity) == (key, Severity.WARNING)
    assert warning.problem.startswith("AC003: ")
    assert warning.expected


def test_a_bundle_without_wishes_has_no_warnings():
    assert not told({})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"decryption": {"provider": "sops"}}, "has decryption"),
        ({"kubeConfig": {"secretRef": {"name": "a"}}}, "has kubeConfig"),
        (
            {"healthCheckExprs": [{"apiVersion": "v1", "kind": "Pod", "current": "true"}]},
            "has healthCheckExprs",
        ),
        (
            {"dependsOn": [{"name": "x", "external": True, "readyExpr": "true"}]},
            "has a readyExpr",
        ),
        (
            {"postBuild": {"substituteFrom": [{"kind": "Secret", "name": "a"}]}},
            "the Secret a into the repository",
        ),
        (
            {"postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "a"}]}},
            "variables from ConfigMap",
        ),
        ({"ignore": [{"paths": ["/a"], "target": {"name": "web-.*"}}]}, "has ignore.target.name"),
        (
            {"ignore": [{"paths": ["/a"], "target": {"labelSelector": "a=b"}}]},
            "has ignore.target.labelSelector",
        ),
    ],
)
def test_what_would_change_the_cluster_is_refused(fields, problem):
    with pytest.raises(InputError, match=problem):
        told(fields)
