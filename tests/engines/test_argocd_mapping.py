"""The bundle fields of Flux under Argo CD: each is mapped, rendered, warned about or refused."""

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.findings import Severity
from tests.support.generate import REPOSITORY, application, generated, leaf, node, tree

OPTIONS = "argocd.argoproj.io/sync-options"
DELETE = "resources-finalizer.argocd.argoproj.io/foreground"
RETRY = {
    "limit": -1,
    "backoff": {"duration": "2m", "factor": 1, "maxDuration": "2m"},
    "refresh": True,
}
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
            {"components": ["../c"], "ignoreMissingComponents": True},
            "spec.source.kustomize.components",
            ["../c"],
            id="components",
        ),
        pytest.param(
            {"ignoreMissingComponents": True},
            "spec.source.kustomize.ignoreMissingComponents",
            True,
            id="ignoreMissingComponents",
        ),
        pytest.param(
            {"patches": [{"patch": "{}", "target": {"labelSelector": "a=b"}}]},
            "spec.source.kustomize.patches",
            [{"patch": "{}", "target": {"labelSelector": "a=b"}}],
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
            {"labels": {"a": "1"}, "commonMetadata": {"labels": {"a": "2", "b": "c"}}},
            "labels",
            {"a": "2", "b": "c"},
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


def told(fields, *applications):
    """Return the warnings about a bundle with these fields."""
    stack = {
        "name": "prod",
        "gitops": {
            "type": "argocd",
            "argocd": {"repoURL": REPOSITORY},
            "externalNamespaces": ["apps"],
        },
        "node": node("prod", leaf("web", *applications, **fields)),
    }
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack), "stacks/a.txt": "a"}).warnings


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
    assert (warning.key, warning.severity) == (
        f"node.children[0].bundle.{key}",
        Severity.WARNING,
    )
    assert warning.rule == "AC003"
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


FLUX = "kustomize.toolkit.fluxcd.io"
SKIP = "argocd.argoproj.io/hook"


def written(kind="v1 ConfigMap", metadata=None, **fields):
    """Return the metadata of an object of a bundle, as it is written."""
    made = application("web", kind)
    made["spec"]["objects"][0]["metadata"] |= metadata or {}
    found = tree(node("prod", leaf("web", made, **fields)), engine="argocd")
    names = ("web/apps-", "web/cluster-")
    (text,) = (text for path, text in found.items() if path.startswith(names))
    return yaml.safe_load(text)["metadata"]


FORCED = {"force": True, "argocd": {"force": True}}
REPLACED = "Force=true,Replace=true"


@pytest.mark.parametrize(
    "kind",
    [
        "v1 Namespace",
        "v1 PersistentVolume",
        "v1 PersistentVolumeClaim",
        "apiextensions.k8s.io/v1 CustomResourceDefinition",
        "helm.toolkit.fluxcd.io/v2 HelmRelease",
    ],
)
def test_what_takes_others_along_is_never_replaced(kind):
    assert OPTIONS not in written(kind, **FORCED).get("annotations", {})
    own = {"annotations": {OPTIONS: "Replace=true"}}
    assert written(kind, own, **FORCED)["annotations"] == own["annotations"]


@pytest.mark.parametrize("kind", ["v1 ConfigMap", "batch/v1 Job", "example.com/v1 Namespace"])
def test_other_objects_of_a_forced_bundle_are_replaced(kind):
    assert written(kind, **FORCED)["annotations"] == {OPTIONS: REPLACED}


@pytest.mark.parametrize("part", ["labels", "annotations"])
@pytest.mark.parametrize(
    ("key", "value", "fields", "annotations"),
    [
        ("prune", "disabled", {}, {OPTIONS: "Delete=false,Prune=false"}),
        ("prune", "Disabled", {}, {OPTIONS: "Delete=false,Prune=false"}),
        ("prune", "enabled", {}, {}),
        ("reconcile", "disabled", {}, {SKIP: "Skip", OPTIONS: "Delete=false,Prune=false"}),
        ("reconcile", "enabled", {}, {}),
        ("ssa", "Ignore", {}, {SKIP: "Skip", OPTIONS: "Delete=false,Prune=false"}),
        ("ssa", "Merge", {}, {}),
        ("ssa", "IfNotPresent", {}, {}),
        ("force", "enabled", {}, {}),
        ("force", "enabled", {"argocd": {"force": True}}, {OPTIONS: REPLACED}),
        ("force", "disabled", {"argocd": {"force": True}}, {}),
    ],
)
def test_marks_of_flux_have_their_effect(part, key, value, fields, annotations):
    metadata = written(metadata={part: {f"{FLUX}/{key}": value}}, **fields)
    own = {f"{FLUX}/{key}": value} if part == "annotations" else {}
    assert metadata.get("annotations", {}) == annotations | own


def test_a_hook_of_ones_own_stays():
    marks = {f"{FLUX}/reconcile": "disabled", SKIP: "PreSync"}
    assert written(metadata={"annotations": marks})["annotations"][SKIP] == "PreSync"


def told_of(metadata, **fields):
    made = application("web")
    made["spec"]["objects"][0]["metadata"] |= metadata
    return told(fields, made)


@pytest.mark.parametrize("part", ["labels", "annotations"])
@pytest.mark.parametrize(("key", "value"), [("ssa", "IfNotPresent"), ("force", "enabled")])
def test_a_mark_of_flux_without_effect_is_told(part, key, value):
    (warning,) = told_of({part: {f"{FLUX}/{key}": value}})
    assert warning.problem == (f"Argo CD ignores {FLUX}/{key}: {value} of ConfigMap apps/web")
    assert (warning.severity, bool(warning.expected)) == (Severity.WARNING, True)


@pytest.mark.parametrize(
    ("marks", "fields"),
    [
        ({}, {}),
        ({f"{FLUX}/ssa": "Merge"}, {}),
        ({f"{FLUX}/prune": "disabled", f"{FLUX}/reconcile": "disabled"}, {}),
        ({f"{FLUX}/force": "disabled"}, {}),
        ({f"{FLUX}/force": "enabled"}, {"argocd": {"force": True}}),
    ],
)
def test_nothing_is_told_of_marks_that_are_heard(marks, fields):
    assert not told_of({"annotations": marks}, **fields)


def test_generated_config_maps_are_looked_at_too():
    maps = [{"name": "web", "files": ["a.txt"]}]
    made = {"name": "web", "kind": "Manifests", "spec": {"configMaps": maps}}
    (warning,) = told({"annotations": {f"{FLUX}/ssa": "IfNotPresent"}}, made)
    assert warning.problem.endswith("of ConfigMap web")


CHARTS = ["HelmChart", "FluxHelm"]


def chart(kind, value):
    source = {"type": "HelmRepository", "url": "https://charts.example.com"}
    spec = {"chart": {"name": "a", "version": "1.0.0"}, "source": source, "values": {"a": value}}
    return {"name": "db", "namespace": "apps", "kind": kind, "spec": spec}


@pytest.mark.parametrize("kind", CHARTS)
@pytest.mark.parametrize("value", ["${name}", ["x", {"z": "a ${name:=b} c"}], "$${name}"])
def test_variables_in_a_chart_are_refused(kind, value):
    """Flux would replace them in the HelmRelease; Argo CD renders the chart itself."""
    fields = {"postBuild": {"substitute": {"name": "a"}}}
    with pytest.raises(InputError, match=f"variables in {kind} db are not replaced"):
        told(fields, chart(kind, value))


@pytest.mark.parametrize("kind", CHARTS)
def test_charts_without_variables_or_substitution_are_fine(kind):
    argocd = {"project": "shared"}  # not confined to a namespace by a project of ours
    fields = {"postBuild": {"substitute": {"name": "a"}}, "argocd": argocd}
    assert not told(fields, chart(kind, "$name {name}"))
    assert not told({"argocd": argocd}, chart(kind, "${name}"))


def test_variables_in_other_kinds_are_replaced():
    fields = {"postBuild": {"substitute": {"name": "a"}}, "annotations": {"x": "${name}"}}
    assert not told(fields, application("web"))
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}
    spec = {"objects": [config | {"data": {"x": "${name}"}}]}
    assert not told(fields, application("web") | {"spec": spec})


FLUX_LAYER = "application/vnd.cncf.flux.content.v1.tar+gzip"
LAYERS = "reposerver.oci.layer.media.types"


def from_oci(selector=None):
    source = {"kind": "OCIRepository", "name": "shop", "url": "oci://ghcr.io/acme/shop", "tag": "1"}
    return {"sourceRef": source | ({"layerSelector": selector} if selector else {})}


@pytest.mark.parametrize(
    ("selector", "media_type"),
    [
        (None, FLUX_LAYER),
        ({"operation": "extract"}, FLUX_LAYER),
        ({"mediaType": "application/vnd.acme.tar+gzip"}, "application/vnd.acme.tar+gzip"),
        ({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"}, None),
        ({"mediaType": "application/vnd.oci.image.layer.v1.tar"}, None),
        ({"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip"}, None),
    ],
    ids=str,
)
def test_a_layer_that_argo_cd_refuses_is_told_once(selector, media_type):
    root = node("prod", leaf("a", **from_oci(selector)), leaf("b", **from_oci(selector)))
    found = oci_warnings(root)
    assert [each.problem for each in found] == (
        [f"Argo CD refuses layers of media type {media_type}"] if media_type else []
    )
    assert all(LAYERS in each.expected for each in found)


def oci_warnings(root, **bootstrap):
    argocd = {"repoURL": REPOSITORY}
    gitops = {"type": "argocd", "argocd": argocd} | ({"bootstrap": bootstrap} if bootstrap else {})
    stack = {"name": "prod", "gitops": gitops, "node": root}
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).warnings


def test_a_layer_that_is_not_to_be_unpacked_is_refused():
    with pytest.raises(InputError, match="can't read the layer of bundle a without unpacking it"):
        oci_warnings(node("prod", leaf("a", **from_oci({"operation": "copy"}))))


@pytest.mark.parametrize(
    "mode", [{"argoCDMode": "operator"}, {"argoCDMode": "helm", "chartVersion": "10.1.0"}]
)
def test_an_argo_cd_of_our_own_is_told_of_the_layers(mode):
    root = node("prod", leaf("a", **from_oci()))
    bootstrap = {"enabled": True} | mode
    assert not oci_warnings(root, **bootstrap)
    texts = tree(root, engine="argocd", gitops={"bootstrap": bootstrap})
    (line,) = (
        line.strip()
        for text in texts.values()
        for line in text.splitlines()
        if line.strip().startswith(LAYERS)
    )
    assert line.endswith(f"application/vnd.cncf.helm.chart.content.v1.tar+gzip,{FLUX_LAYER}")
    plain = tree(node("prod", leaf("a")), engine="argocd", gitops={"bootstrap": bootstrap})
    assert LAYERS not in "".join(plain.values())


@pytest.mark.parametrize(
    ("own", "together"),
    [
        ("Validate=false", "Validate=false,Delete=false,Prune=false"),
        ("Prune=true", "Prune=true,Delete=false"),
        (" Prune=confirm , Delete=confirm,", "Prune=confirm,Delete=confirm"),
    ],
)
def test_sync_options_of_ones_own_win(own, together):
    metadata = {"annotations": {OPTIONS: own, f"{FLUX}/prune": "disabled"}}
    assert written(metadata=metadata)["annotations"][OPTIONS] == together


def test_a_difference_is_ignored_in_one_namespace():
    ignore = {"paths": ["/a"], "target": {"kind": "Job", "namespace": "shop"}}
    (found,) = at(files({"ignore": [ignore]})[0], "spec.ignoreDifferences")
    assert found == {"group": "*", "kind": "Job", "namespace": "shop", "jsonPointers": ["/a"]}


@pytest.mark.parametrize(
    ("own", "usual", "labels"),
    [
        ({"a": "1"}, {"a": "2"}, {"a": "1"}),
        (None, {"a": "2"}, {"a": "2"}),
        ({"a": "1"}, None, {"a": "1"}),
    ],
)
def test_the_namespace_of_a_bundle_has_its_own_metadata(own, usual, labels):
    def policy(labels):
        managed = {"managedNamespaceMetadata": {"labels": labels}} if labels else {}
        return {"syncPolicy": {"syncOptions": ["CreateNamespace=true"], **managed}}

    argocd = {"argocd": {"repoURL": REPOSITORY, **policy(usual)}}
    root = node("prod", leaf("web", argocd=policy(own)))
    found = tree(root, engine="argocd", gitops=argocd)["argocd/argocd-application-web.yaml"]
    managed = at(yaml.safe_load(found), "spec.syncPolicy.managedNamespaceMetadata")
    assert managed == {"labels": labels}
