from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.findings import Severity
from tests.support.generate import REPOSITORY, leaf, node, objects, tree
from tests.support.git import write
from tests.support.kustomize import build
from tests.support.releases import (
    GOTK,
    OPERATOR,
    SIX,
    archive,
    documents,
    fleet,
    kustomized,
    release,
    start,
    unbuilt,
)
from tests.support.schemas import assert_valid

BOOTSTRAP = {"enabled": True, "sourceURL": REPOSITORY, "sourceRef": "main"}
FLUX = "vendor/flux.yaml"
ALL = {"fluxMode": "gotk", "manifests": FLUX, "componentsExtra": SIX}


def names(manifests):
    return [f"{each['kind']}/{each['metadata']['name']}" for each in manifests]


def components(**bootstrap):
    """Return what the real components become, by kind and name."""
    given = {"fluxMode": "gotk", "manifests": FLUX, **bootstrap}
    namespace = given.pop("namespace", "flux-system")
    files = start(given, {FLUX: release(GOTK)}, flux={"namespace": namespace})
    found = documents(files["gotk-components.yaml"])
    return dict(zip(names(found), found, strict=True))


def deployments(**bootstrap):
    found = components(**bootstrap)
    return {
        name.partition("/")[2]: each
        for name, each in found.items()
        if name.startswith("Deployment/")
    }


def arguments(deployment):
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return container["args"]


def pods(**bootstrap):
    return [each["spec"]["template"]["spec"] for each in deployments(**bootstrap).values()]


def instance(**bootstrap):
    return documents(start(bootstrap)["flux-instance.yaml"])[0]


def refused(bootstrap, files=None, **gitops):
    with pytest.raises(InputError) as caught:
        start(bootstrap, files, **gitops)
    return [str(each) for each in caught.value.findings]


@pytest.mark.parametrize("bootstrap", [{}, {"enabled": False, "fluxMode": "gotk"}])
def test_without_a_bootstrap_there_are_only_the_objects_of_bundles(bootstrap):
    """E16.1, E16.13."""
    found = objects(node("prod", leaf("web")), gitops={"bootstrap": bootstrap})
    assert list(found) == ["Kustomization/web"]


def test_the_mode_is_the_operator_unless_another_is_named():
    """E16.2, E16.13: without install manifests it is the FluxInstance alone."""
    assert start({}) == start({"fluxMode": "flux-operator"})
    assert set(start({})) >= {"flux-instance.yaml", "kustomization.yaml"}
    assert "flux-operator.yaml" not in start({})


def test_an_unknown_mode_is_refused_with_those_that_are_known():
    """E16.3, E16.4."""
    (fault,) = refused({"fluxMode": "helm"})
    assert '"helm" is not valid' in fault
    assert all(mode in fault for mode in ("flux-operator", "gotk", "gitops-toolkit"))


def test_gitops_toolkit_is_another_name_of_gotk():
    """E16.4."""
    assert start({"fluxMode": "gitops-toolkit"}) == start({"fluxMode": "gotk"})


def test_the_operator_comes_first_and_its_instance_last():
    """E16.5, E16.6, E16.19."""
    text = release(OPERATOR)
    files = {"vendor/operator.yaml": text}
    found = start({"manifests": "vendor/operator.yaml"}, files)
    assert Counter(names(documents(found["flux-operator.yaml"]))) == Counter(names(documents(text)))
    assert Counter(each["kind"] for each in documents(found["flux-operator.yaml"])) == {
        "Namespace": 1,
        "CustomResourceDefinition": 4,
        "ServiceAccount": 1,
        "ClusterRole": 4,
        "ClusterRoleBinding": 1,
        "Service": 1,
        "Deployment": 1,
    }
    control = "clusters/prod/flux-system"
    (started,) = fleet({"manifests": "vendor/operator.yaml"}, files).starts.values()
    assert started.paths == (f"{control}/flux-operator.yaml", f"{control}/flux-instance.yaml")


def test_the_operator_s_manifests_are_taken_as_they_are():
    """E16.5: those of the release are for the default namespace already."""
    text = release(OPERATOR)
    found = start({"manifests": "vendor/operator.yaml"}, {"vendor/operator.yaml": text})
    assert documents(found["flux-operator.yaml"]) == documents(text)


def test_the_operator_goes_into_the_namespace_of_flux_and_tolerates_its_taints():
    given = {"manifests": "o.yaml", "tolerations": [{"key": "infra"}]}
    found = start(given, {"o.yaml": release(OPERATOR)}, flux={"namespace": "gitops"})
    manifests = documents(found["flux-operator.yaml"])
    assert manifests[0]["metadata"]["name"] == "gitops"
    assert {each["metadata"].get("namespace", "gitops") for each in manifests} == {"gitops"}
    (binding,) = (each for each in manifests if each["kind"] == "ClusterRoleBinding")
    assert binding["subjects"][0]["namespace"] == "gitops"
    (deployment,) = (each for each in manifests if each["kind"] == "Deployment")
    tolerations = [{"key": "infra", "operator": "Exists"}]
    assert deployment["spec"]["template"]["spec"]["tolerations"] == tolerations


def test_version_registry_components_and_secret_reach_the_instance():
    """E16.7, E16.16."""
    found = instance(
        fluxVersion="v2.9.3",
        registry="registry.example.com/fluxcd",
        imagePullSecret="pull",
        components=["source-controller", "kustomize-controller"],
        componentsExtra=["source-watcher"],
    )
    assert found["metadata"] == {"name": "flux", "namespace": "flux-system"}
    assert found["spec"]["distribution"] == {
        "version": "2.9.3",
        "registry": "registry.example.com/fluxcd",
        "variant": "upstream-alpine",
        "imagePullSecret": "pull",
    }
    assert found["spec"]["components"] == [
        "source-controller",
        "kustomize-controller",
        "source-watcher",
    ]


def test_what_nobody_chose_has_the_defaults_of_the_operator():
    """E16.16."""
    found = instance()["spec"]
    assert found["distribution"] == {"version": "2.x", "registry": "ghcr.io/fluxcd"}
    assert set(found) == {"distribution", "components", "sync"}


def test_an_instance_has_what_only_it_has():
    own = {
        "cluster": {"type": "openshift", "size": "large", "multitenant": True},
        "storage": {"class": "fast", "size": "10Gi"},
        "sharding": {"shards": ["a", "b"]},
        "variant": "enterprise-alpine",
    }
    found = instance(instance=own, clusterDomain="corp.example", networkPolicy=False)["spec"]
    domain = {"domain": "corp.example", "networkPolicy": False}
    assert found["cluster"] == own["cluster"] | domain
    assert (found["storage"], found["sharding"]) == (own["storage"], own["sharding"])
    assert found["distribution"]["variant"] == "enterprise-alpine"


def test_what_an_instance_has_no_field_for_is_a_patch_of_all_controllers():
    tolerations = [{"key": "infra", "operator": "Exists"}]
    found = instance(logLevel="debug", watchAllNamespaces=False, tolerations=tolerations)
    (patch,) = found["spec"]["kustomize"]["patches"]
    assert patch["target"] == {"kind": "Deployment"}
    (operations,) = documents(patch["patch"])
    assert [each["value"] for each in operations] == [
        "--watch-all-namespaces=false",
        "--log-level=debug",
        tolerations,
    ]


@pytest.mark.parametrize(
    ("source", "sync"),
    [
        pytest.param(
            {"sourceURL": "https://example.com/fleet.git", "sourceRef": "main"},
            ("GitRepository", "https://example.com/fleet.git", "refs/heads/main"),
            id="E16.8-E16.16",
        ),
        pytest.param(
            {"sourceURL": "https://example.com/fleet.git", "sourceRef": "refs/tags/v1"},
            ("GitRepository", "https://example.com/fleet.git", "refs/tags/v1"),
            id="E16.16-full-reference",
        ),
        pytest.param(
            {"sourceKind": "GitRepository", "sourceURL": "ssh://git@h/f", "sourceRef": "x"},
            ("GitRepository", "ssh://git@h/f", "refs/heads/x"),
            id="E16.10",
        ),
        pytest.param(
            {"sourceURL": "oci://r.example.com/fleet", "sourceRef": "latest"},
            ("OCIRepository", "oci://r.example.com/fleet", "latest"),
            id="E16.11",
        ),
        pytest.param(
            {
                "sourceKind": "OCIRepository",
                "sourceURL": "oci://r.example.com/fleet",
                "sourceRef": "v1",
            },
            ("OCIRepository", "oci://r.example.com/fleet", "v1"),
            id="E16.12",
        ),
        pytest.param(
            {"sourceKind": "Bucket", "sourceURL": "https://s3.example.com", "sourceRef": "fleet"},
            ("Bucket", "s3.example.com", "fleet"),
            id="bucket",
        ),
    ],
)
def test_both_modes_sync_from_the_source_of_the_stack(source, sync, tmp_path):
    """E16.8, E16.15, E16.17."""
    kind, url, ref = sync
    found = instance(**source, sourceSecret="access")["spec"]["sync"]
    assert found == {
        "kind": kind,
        "url": url,
        "ref": ref,
        "path": "./clusters/prod",
        "pullSecret": "access",
    }
    files = start({"fluxMode": "gotk", "sourceSecret": "access", **source})
    own, kustomization = documents(files["gotk-sync.yaml"])
    assert own["kind"] == kustomization["spec"]["sourceRef"]["kind"] == kind
    assert own["metadata"]["name"] == kustomization["spec"]["sourceRef"]["name"]
    assert own["spec"]["secretRef"] == {"name": "access"}
    write(tmp_path, {**files, "instance.yaml": start(source)["flux-instance.yaml"]})
    assert_valid([tmp_path / "gotk-sync.yaml", tmp_path / "instance.yaml"])


def test_gotk_writes_what_flux_bootstrap_writes():
    """E16.15, E16.18; 30-flux B8: and when to try again what failed."""
    source, kustomization = documents(start({"fluxMode": "gotk"})["gotk-sync.yaml"])
    head = {"name": "flux-system", "namespace": "flux-system"}
    assert source["metadata"] == kustomization["metadata"] == head
    assert source["spec"] == {"interval": "1m0s", "url": REPOSITORY, "ref": {"branch": "main"}}
    assert kustomization["spec"] == {
        "interval": "10m0s",
        "retryInterval": "2m0s",
        "path": "./clusters/prod",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
    }


def test_an_instance_without_a_url_syncs_nothing():
    """E16.9."""
    found = objects(node("prod", leaf("web")), gitops={"bootstrap": {"enabled": True}})
    assert "sync" not in found["FluxInstance/flux"]["spec"]


@pytest.mark.parametrize("mode", ["flux-operator", "gotk"])
@pytest.mark.parametrize("namespace", ["flux-system", "gitops"])
def test_the_source_of_the_bootstrap_is_the_one_that_bundles_refer_to(mode, namespace):
    """E16.17, E16.18."""
    gitops = {"bootstrap": BOOTSTRAP | {"fluxMode": mode}, "flux": {"namespace": namespace}}
    found = objects(node("prod", leaf("web")), gitops=gitops)
    referred = found["Kustomization/web"]["spec"]["sourceRef"]
    if mode == "gotk":
        assert f"{referred['kind']}/{referred['name']}" in found
        assert found["Kustomization/flux-system"]["spec"]["path"] == "./clusters/prod"
    else:
        sync = found["FluxInstance/flux"]["spec"]["sync"]
        assert (sync["kind"], sync.get("name", namespace)) == (referred["kind"], referred["name"])
        assert sync["path"] == "./clusters/prod"


@pytest.mark.parametrize("mode", ["flux-operator", "gotk"])
def test_the_names_of_the_bootstrap_are_taken(mode):
    gitops = {"bootstrap": BOOTSTRAP | {"fluxMode": mode}}
    source = {"kind": "GitRepository", "name": "flux-system", "url": REPOSITORY}
    with pytest.raises(InputError) as refused:
        tree(node("prod", leaf("flux-system", sourceRef=source)), gitops=gitops)
    assert [
        f"{each.key}: {each.problem}".removeprefix("node.children[0].bundle.")
        for each in refused.value.findings
    ] == [
        "name: the bundle name flux-system is taken by the Kustomization of the bootstrap",
        "sourceRef.name: the name flux-system is taken by the source of the bootstrap",
    ]


def test_components_with_the_defaults_are_what_flux_install_exports():
    """E16.14, E16.19: object by object, every value of every field."""
    found = components(componentsExtra=SIX)
    assert list(found.values()) == documents(release(GOTK))


@pytest.mark.parametrize("namespace", ["flux-system", "gitops"])
def test_the_files_of_a_release_become_what_flux_install_exports(namespace):
    """E16.14, E16.19: `manifests.tar.gz` has neither namespace nor registry, labels or suffixes."""
    given = {**ALL, "manifests": "vendor/manifests.tar.gz", "fluxVersion": "2.9.3"}
    packed = {"vendor/manifests.tar.gz": archive(unbuilt(release(GOTK)))}
    found = documents(start(given, packed, flux={"namespace": namespace})["gotk-components.yaml"])
    expected = components(componentsExtra=SIX, namespace=namespace)
    assert dict(zip(names(found), found, strict=True)) == expected
    assert names(found)[0] == f"Namespace/{namespace}"


def test_customising_twice_changes_nothing_more():
    given = {**ALL, "registry": "r.example.com", "logLevel": "error", "tolerations": [{"key": "a"}]}
    once = start(given, {FLUX: release(GOTK)})["gotk-components.yaml"]
    assert start(given, {FLUX: once})["gotk-components.yaml"] == once


def test_only_the_chosen_components_and_their_definitions_are_there():
    """E16.14."""
    found = components(components=["source-controller", "kustomize-controller"])
    assert {name for name in found if name.startswith("Deployment")} == {
        "Deployment/source-controller",
        "Deployment/kustomize-controller",
    }
    assert "CustomResourceDefinition/kustomizations.kustomize.toolkit.fluxcd.io" in found
    assert not [name for name in found if "helm.toolkit" in name or "notification" in name]
    assert "ClusterRoleBinding/crd-controller-flux-system" in found


def test_events_go_nowhere_without_the_notification_controller():
    for each in deployments(components=["source-controller", "kustomize-controller"]).values():
        assert arguments(each)[0] == "--events-addr="


def test_images_come_from_the_registry_with_their_tags():
    """E16.14."""
    found = pods(registry="r.example.com:5000/mirror/")
    images = [each["containers"][0]["image"] for each in found]
    assert "r.example.com:5000/mirror/source-controller:v1.9.3" in images
    assert {each.rpartition("/")[0] for each in images} == {"r.example.com:5000/mirror"}


def test_a_digest_of_an_image_stays():
    text = release(GOTK).replace("source-controller:v1.9.3", f"source-controller@sha256:{'0' * 64}")
    given = {"fluxMode": "gotk", "manifests": FLUX, "registry": "r.example.com"}
    found = start(given, {FLUX: text})["gotk-components.yaml"].decode()
    assert f"image: r.example.com/source-controller@sha256:{'0' * 64}\n" in found


def test_every_pod_has_the_secret_the_tolerations_and_a_linux_node():
    """E16.14."""
    tolerations = [{"key": "a"}, {"key": "b", "operator": "Equal", "value": "c"}]
    found = pods(imagePullSecret="pull", tolerations=tolerations)
    assert len(found) == 4
    for each in found:
        assert each["imagePullSecrets"] == [{"name": "pull"}]
        assert each["tolerations"] == [{"key": "a", "operator": "Exists"}, tolerations[1]]
        assert each["nodeSelector"] == {"kubernetes.io/os": "linux"}


def test_another_namespace_reaches_objects_subjects_and_the_names_of_roles():
    found = components(namespace="gitops")
    assert "flux-system" not in str(found)
    assert {"Namespace/gitops", "ClusterRole/crd-controller-gitops"} < set(found)
    assert {"ResourceQuota/critical-pods-gitops", "ClusterRole/flux-edit-gitops"} < set(found)
    binding = found["ClusterRoleBinding/crd-controller-gitops"]
    assert binding["roleRef"]["name"] == "crd-controller-gitops"
    assert {each["namespace"] for each in binding["subjects"]} == {"gitops"}
    admin = found["ClusterRoleBinding/cluster-reconciler-gitops"]
    assert admin["roleRef"]["name"] == "cluster-admin"
    template = found["Deployment/source-controller"]["spec"]["template"]
    assert template["metadata"]["labels"]["app.kubernetes.io/instance"] == "gitops"


def test_network_policies_are_left_out_on_request():
    assert [name for name in components() if name.startswith("NetworkPolicy")]
    assert not [name for name in components(networkPolicy=False) if "NetworkPolicy" in name]


def test_arguments_are_found_by_their_names():
    found = deployments(logLevel="debug", watchAllNamespaces=False, clusterDomain="corp.example")
    service = "$(RUNTIME_NAMESPACE).svc.corp.example."
    assert arguments(found["source-controller"]) == [
        f"--events-addr=http://notification-controller.{service}/",
        "--watch-all-namespaces=false",
        "--log-level=debug",
        "--log-encoding=json",
        "--enable-leader-election",
        "--storage-path=/data",
        f"--storage-adv-addr=source-controller.{service}",
    ]
    assert arguments(found["notification-controller"])[:2] == [
        "--watch-all-namespaces=false",
        "--log-level=debug",
    ]


def test_older_manifests_with_other_arguments_work_as_well():
    """E16.14: in Flux 2.2 the address of events names the namespace."""
    text = release("flux/gotk-components-v2.2.3.yaml")
    given = {"fluxMode": "gotk", "manifests": FLUX}
    found = start(given, {FLUX: text}, flux={"namespace": "gitops"})["gotk-components.yaml"]
    assert b"flux-system" not in found
    assert b"notification-controller.$(RUNTIME_NAMESPACE).svc.cluster.local./" in found


WATCHER = """\
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: source-watcher
  namespace: flux-system
  labels: {app.kubernetes.io/component: source-watcher}
spec:
  template:
    spec:
      containers:
      - name: manager
        image: ghcr.io/fluxcd/source-watcher:v2.1.0
        args: [--events-addr=, --watch-all-namespaces=true, --storage-adv-addr=x]
"""


def test_with_the_source_watcher_artifacts_may_come_from_it():
    """E16.14: kustomize- and helm-controller read ExternalArtifact only behind a gate."""
    gates = "        - --enable-leader-election\n        - --feature-gates=A=true\n"
    text = release(GOTK).replace("        - --enable-leader-election\n", gates) + WATCHER
    given = {"fluxMode": "gotk", "manifests": FLUX, "componentsExtra": ["source-watcher"]}
    found = documents(start(given, {FLUX: text})["gotk-components.yaml"])
    by_name = {each["metadata"]["name"]: each for each in found if each["kind"] == "Deployment"}
    for name in ("kustomize-controller", "helm-controller"):
        assert arguments(by_name[name])[-1] == "--feature-gates=A=true,ExternalArtifact=true"
    assert "--feature-gates=A=true" in arguments(by_name["source-controller"])
    address = "--storage-adv-addr=source-watcher.$(RUNTIME_NAMESPACE).svc.cluster.local."
    assert arguments(by_name["source-watcher"])[-1] == address


@pytest.mark.parametrize(
    ("bootstrap", "text"),
    [
        pytest.param(ALL | {"fluxVersion": "2.9.3"}, GOTK, id="gotk"),
        pytest.param({"manifests": FLUX, "tolerations": [{"key": "a"}]}, OPERATOR, id="operator"),
        pytest.param({"logLevel": "debug", "registry": "r.example.com"}, None, id="instance"),
    ],
)
def test_the_control_directory_builds_and_is_valid(bootstrap, text, tmp_path):
    """E16.6, E16.14, E16.19: by the real kustomize, and strict on the CRDs' own schemas."""
    files = start(bootstrap, {FLUX: release(text)} if text else {}, flux={"namespace": "gitops"})
    write(tmp_path, files)
    built = documents(kustomized(tmp_path))
    own = [
        each
        for name, data in files.items()
        if name != "kustomization.yaml"
        for each in documents(data)
    ]
    assert Counter(names(built)) == Counter(names(own))
    synced = [name for name in ("gotk-sync.yaml", "flux-instance.yaml") if name in files]
    assert_valid(tmp_path / name for name in synced)


@pytest.mark.parametrize(
    ("bootstrap", "problem"),
    [
        (
            {"fluxMode": "gotk", "sourceURL": None},
            (
                "sourceURL: this required key is missing. Write the URL that Flux syncs this "
                "repository from."
            ),
        ),
        (
            {"sourceRef": None},
            (
                "sourceRef: this required key is missing. "
                "Write a branch, the tag of an OCI artifact or the name of a bucket."
            ),
        ),
        (
            {"components": ["source-controller"]},
            (
                "components: kustomize-controller is not among the components, "
                "so nothing would be synced. Set kustomize-controller as well."
            ),
        ),
        (
            {"fluxMode": "gotk", "instance": {"cluster": {"size": "small"}}},
            "instance: there is no FluxInstance with fluxMode gotk. Write fluxMode flux-operator.",
        ),
        (
            {"sha256": "0" * 64},
            (
                "sha256: there are no manifests that this could be the checksum of. Set "
                "manifests as well."
            ),
        ),
        (
            {"remote": True},
            (
                "remote: only the manifests of Flux can be fetched, not those of its operator. "
                "Write fluxMode gotk, or give the manifests of the operator."
            ),
        ),
        (
            {"remote": True, "fluxMode": "gotk", "fluxVersion": "2.9.x"},
            "fluxVersion: a remote release needs an exact version. Write a version such as 2.9.3.",
        ),
        (
            {"remote": True, "fluxMode": "gotk", "fluxVersion": "2.9.3", "logLevel": "debug"},
            (
                "remote: a remote release can't be customised. "
                "Name the release as manifests, or delete the customisation."
            ),
        ),
    ],
)
def test_what_a_bootstrap_can_t_be(bootstrap, problem):
    given = {**BOOTSTRAP, **bootstrap}
    given = {key: each for key, each in given.items() if each is not None}
    with pytest.raises(InputError) as caught:
        objects(node("prod", leaf("web")), gitops={"bootstrap": given})
    assert [str(each).partition("gitops.bootstrap.")[2] for each in caught.value.findings] == [
        problem
    ]


@pytest.mark.parametrize(
    ("bootstrap", "text", "problem"),
    [
        (
            ALL | {"componentsExtra": ["source-watcher"]},
            GOTK,
            f"{FLUX} has no Deployment source-watcher",
        ),
        ({"fluxMode": "gotk", "manifests": FLUX}, OPERATOR, "has no Deployment source-controller"),
        ({"manifests": FLUX}, GOTK, f"{FLUX} has no Deployment flux-operator"),
        (ALL | {"fluxVersion": "v2.9.4"}, GOTK, f"{FLUX} is Flux v2.9.3, not 2.9.4"),
    ],
)
def test_a_release_that_is_another_is_refused(bootstrap, text, problem):
    assert problem in "\n".join(refused(bootstrap, {FLUX: release(text)}))


def test_an_odd_object_of_a_release_is_no_crash():
    text = release(GOTK).replace("      containers:\n", "      containers: 7\n      x:\n", 1)
    (fault,) = refused(ALL, {FLUX: text})
    assert "Deployment flux-system/source-controller is not as Kubernetes has it" in fault


def test_a_remote_release_is_a_pinned_url():
    given = {"remote": True, "fluxMode": "gotk", "fluxVersion": "v2.9.3"}
    (config,) = documents(start(given)["kustomization.yaml"])
    url = "https://github.com/fluxcd/flux2/releases/download/v2.9.3/install.yaml"
    assert config["resources"][0] == url
    assert "http" not in start({"fluxMode": "gotk"})["kustomization.yaml"].decode()


@pytest.mark.parametrize("mode", ["flux-operator", "gotk"])
def test_without_a_release_whoever_starts_the_cluster_is_told_the_command(mode):
    """E16.19."""
    found = fleet({"fluxMode": mode})
    assert found.warnings == ()
    (warning,) = found.advice
    assert warning.severity is Severity.WARNING
    assert "kure-hooks vendor" in warning.expected


@pytest.mark.parametrize("mode", ["flux-operator", "gotk"])
def test_that_somebody_else_installs_the_release_can_be_said(mode):
    settled, silent = (fleet({"fluxMode": mode, **given}) for given in ({"manifests": "none"}, {}))
    assert settled.advice == ()
    assert settled.files == silent.files


DETAILS = {
    "name": "fleet",
    "interval": "5m",
    "timeout": "90s",
    "semver": ">=1.0.0",
    "provider": "azure",
    "ignore": "/*\n!/clusters\n",
    "sparseCheckout": ["clusters"],
    "recurseSubmodules": True,
    "proxySecretRef": "proxy",
    "verify": {"mode": "HEAD", "secretRef": "keys"},
}
SPEC = {
    "interval": "5m0s",
    "timeout": "1m30s",
    "ref": {"branch": "main", "semver": ">=1.0.0"},
    "proxySecretRef": {"name": "proxy"},
    "provider": "azure",
    "ignore": "/*\n!/clusters\n",
    "recurseSubmodules": True,
    "sparseCheckout": ["clusters"],
    "verify": {"mode": "HEAD", "secretRef": {"name": "keys"}},
}


def test_the_details_of_the_source_reach_the_sync_of_gotk():
    found = documents(start({"fluxMode": "gotk", "source": DETAILS})["gotk-sync.yaml"])
    source, kustomization = found
    assert source["metadata"]["name"] == kustomization["metadata"]["name"] == "fleet"
    assert kustomization["spec"]["sourceRef"] == {"kind": "GitRepository", "name": "fleet"}
    assert source["spec"] == {"url": REPOSITORY, **SPEC}


def test_bundles_come_from_the_source_of_that_name():
    gitops = {"bootstrap": BOOTSTRAP | {"fluxMode": "gotk", "source": {"name": "fleet"}}}
    found = objects(node("prod", leaf("web")), gitops=gitops)
    assert found["Kustomization/web"]["spec"]["sourceRef"]["name"] == "fleet"


def test_an_instance_patches_into_its_source_what_its_sync_can_not_say():
    """The patch is put onto a source as the operator makes it, by the real kustomize."""
    spec = instance(source=DETAILS)["spec"]
    said = {key: spec["sync"][key] for key in ("name", "interval", "provider", "ref")}
    assert said == {
        "name": "fleet",
        "interval": "5m0s",
        "provider": "azure",
        "ref": "refs/heads/main",
    }
    (patch,) = spec["kustomize"]["patches"]
    made = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "fleet"},
        "spec": {"interval": "5m0s", "ref": {"name": "refs/heads/main"}, "provider": "azure"},
    }
    with TemporaryDirectory() as directory:
        (found,) = build(Path(directory), yaml.safe_dump(made), patches=[patch])
    assert found["spec"] == SPEC


def test_an_instance_without_details_has_no_patch():
    assert "kustomize" not in instance()["spec"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("semver", "1.x"), ("commit", "0" * 40), ("digest", f"sha256:{'0' * 64}")],
)
def test_a_state_of_the_source_needs_no_other_reference(key, value):
    digest = {"sourceURL": "oci://ghcr.io/acme/fleet"} if key == "digest" else {}
    given = {"fluxMode": "gotk", "sourceRef": None, "source": {key: value}, **digest}
    assert documents(start(given)["gotk-sync.yaml"])[0]["spec"]["ref"] == {key: value}
    (said,) = refused(given | {"fluxMode": "flux-operator"})
    assert "gitops.bootstrap.sourceRef: this required key is missing" in said


@pytest.mark.parametrize(
    ("details", "key"),
    [
        ({"insecure": True}, "insecure"),
        ({"provider": "gcp"}, "provider"),
        ({"verify": {"provider": "cosign"}}, "verify.provider"),
        ({"semverFilter": "x"}, "semverFilter"),
        ({"region": "eu"}, "region"),
    ],
)
def test_details_are_those_of_the_kind_of_the_source(details, key):
    said = refused({"source": details})
    assert any(f": gitops.bootstrap.source.{key}: " in each for each in said)


def test_an_instance_has_every_field_of_its_kind(tmp_path):
    own = {
        "artifact": "oci://ghcr.io/acme/flux-manifests:latest",
        "artifactPullSecret": "registry",
        "commonMetadata": {"labels": {"team": "platform"}},
        "wait": False,
        "migrateResources": False,
        "patches": [{"target": {"kind": "Deployment"}, "patch": "- {op: remove, path: /spec/x}"}],
        "cluster": {
            "multitenant": True,
            "tenantDefaultServiceAccount": "flux",
            "tenantDefaultDecryptionServiceAccount": "flux",
            "tenantDefaultKubeConfigServiceAccount": "flux",
            "multitenantWorkloadIdentity": True,
            "objectLevelWorkloadIdentity": True,
        },
    }
    found = instance(instance=own, source={"interval": "5m"})
    spec = found["spec"]
    assert spec["distribution"]["artifact"] == own["artifact"]
    assert spec["distribution"]["artifactPullSecret"] == "registry"
    assert (spec["wait"], spec["migrateResources"]) == (False, False)
    assert spec["commonMetadata"] == own["commonMetadata"]
    assert spec["kustomize"]["patches"] == own["patches"]
    assert own["cluster"].items() <= spec["cluster"].items()
    write(tmp_path, {"instance.yaml": yaml.safe_dump(found)})
    assert_valid([tmp_path / "instance.yaml"])


def test_patches_of_an_instance_can_be_read():
    own = {"patches": [{"target": {"kind": "(a"}, "patch": "- {op: no}"}]}
    said = refused({"instance": own})
    assert [each.split(": ")[1] for each in said] == [
        "gitops.bootstrap.instance.patches[0].patch",
        "gitops.bootstrap.instance.patches[0].target.kind",
    ]


def test_argo_cd_knows_no_details_of_a_source():
    gitops = {"bootstrap": {"source": {"ignore": "x"}}}
    with pytest.raises(InputError) as caught:
        objects(node("prod", leaf("web")), engine="argocd", gitops=gitops)
    (finding,) = caught.value.findings
    assert finding.key == "gitops.bootstrap.source.ignore"
