"""The controllers of Flux, customised as `flux install --export` does (Flux 2.9).

The command patches arguments by their index; here objects and arguments are found by name, so that
manifests of other releases, and those that the command wrote before, can be given as well.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from kure_hooks.engines.flux.bootstrap import install_manifests
from kure_hooks.engines.flux.bootstrap.install_manifests import with_pod
from kure_hooks.engines.flux.bootstrap.rules import COMPONENTS, DEFAULT_REGISTRY, chosen, exact
from kure_hooks.engines.releases import with_metadata
from kure_hooks.errors import InputError
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, written
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.release import Release

_COMPONENT = "app.kubernetes.io/component"
_INSTANCE = "app.kubernetes.io/instance"
_VERSION = "app.kubernetes.io/version"
_PART_OF = "app.kubernetes.io/part-of"

# What bears the name of its namespace, so that several Flux can be on a cluster.
_SUFFIXED = frozenset({"ClusterRole", "ClusterRoleBinding", "ResourceQuota"})

_SERVICE = ".$(RUNTIME_NAMESPACE).svc."

_GATES = "--feature-gates"

_READ_ARTIFACTS = frozenset({"kustomize-controller", "helm-controller"})

# What images are called in release manifests before `flux install` gives them a registry.
_NO_REGISTRY = "fluxcd/"


def components(plan: Plan, release: Release) -> list[Manifest]:
    """Return namespace, policies, roles and the chosen controllers with their CRDs.

    Raises InputError where the release has not all of them, or is of another version.
    """
    wanted = chosen(plan.cluster.bootstrap)
    install_manifests.require(plan, release, wanted)
    version = _version(plan, release)
    moved = install_manifests.in_namespace(release, plan.cluster.flux.namespace)
    changes = _changes(plan, release, version)
    return [
        reduce(lambda manifest, change: change(manifest), changes, each)
        for each in moved
        if _is_wanted(plan, each)
    ]


def _is_wanted(plan: Plan, manifest: Manifest) -> bool:
    if manifest["kind"] == "NetworkPolicy":
        return plan.cluster.bootstrap.network_policy
    component = (manifest["metadata"].get("labels") or {}).get(_COMPONENT)
    return component not in COMPONENTS or component in chosen(plan.cluster.bootstrap)


def _changes(plan: Plan, release: Release, version: str) -> list[install_manifests.Change]:
    namespace = plan.cluster.flux.namespace
    old = install_manifests.own_namespace(release)
    roles = {each["metadata"]["name"] for each in release.manifests if each["kind"] in _SUFFIXED}
    labels = {_INSTANCE: namespace, _PART_OF: "flux"} | ({_VERSION: version} if version else {})

    def renamed(name: str) -> str:
        return f"{name.removesuffix(f'-{old}') if old else name}-{namespace}"

    def suffixed(manifest: Manifest) -> Manifest:
        if manifest["kind"] not in _SUFFIXED:
            return manifest
        name = renamed(manifest["metadata"]["name"])
        manifest = with_metadata(manifest, {"name": name})
        reference = manifest.get("roleRef", {})
        if reference.get("name") not in roles:
            return manifest
        return {**manifest, "roleRef": {**reference, "name": renamed(reference["name"])}}

    def labelled(manifest: Manifest) -> Manifest:
        own = manifest["metadata"].get("labels") or {}
        return with_metadata(manifest, {"labels": dict(sorted((own | labels).items()))})

    def configured(manifest: Manifest) -> Manifest:
        if manifest["kind"] != "Deployment":
            return manifest
        return customised(manifest, plan.cluster.bootstrap, labels)

    return [suffixed, labelled, configured]


def _version(plan: Plan, release: Release) -> str:
    """Return the version of the manifests: what they say, else the exact one of the stack."""
    labels = (each["metadata"].get("labels") or {} for each in release.manifests)
    found = next((str(each[_VERSION]) for each in labels if _VERSION in each), "")
    wanted = exact(plan.cluster.bootstrap)
    if found and wanted and found.removeprefix("v") != wanted:
        problem = f"{release.path} is Flux {found}, not {wanted}"
        place = plan.cluster.key("gitops", "bootstrap", "fluxVersion")
        raise InputError([place.fault(problem, "the version of the manifests", rule="FX127")])
    return found or (f"v{wanted}" if wanted else "")


def customised(deployment: Manifest, bootstrap: Bootstrap, labels: Mapping[str, str]) -> Manifest:
    """Return the Deployment of a controller as the stack wants it; labels are those of its pod."""
    name = deployment["metadata"]["name"]
    pod = deployment["spec"]["template"]["spec"]
    containers = [_container(each, name, bootstrap) for each in pod["containers"]]
    change: dict[str, Any] = {
        "containers": containers,
        "nodeSelector": {**(pod.get("nodeSelector") or {}), "kubernetes.io/os": "linux"},
    }
    if secret := bootstrap.image_pull_secret:
        others = [each for each in pod.get("imagePullSecrets") or () if each["name"] != secret]
        change["imagePullSecrets"] = [*others, {"name": secret}]
    if bootstrap.tolerations:
        change["tolerations"] = written(bootstrap.tolerations)
    return _labelled(with_pod(deployment, change), labels)


def _labelled(deployment: Manifest, labels: Mapping[str, str]) -> Manifest:
    spec = deployment["spec"]
    metadata = spec["template"].get("metadata") or {}
    own = {**(metadata.get("labels") or {}), **labels}
    metadata = {**metadata, "labels": dict(sorted(own.items()))}
    return {**deployment, "spec": {**spec, "template": {**spec["template"], "metadata": metadata}}}


def _container(container: Manifest, name: str, bootstrap: Bootstrap) -> Manifest:
    return {
        **container,
        "image": _image(container["image"], bootstrap.registry),
        "args": _arguments(container.get("args") or [], name, bootstrap),
    }


def _image(image: str, registry: str | None) -> str:
    """Return the image in the chosen registry; tag and digest stay, also with a registry's port."""
    if registry is None and not image.startswith(_NO_REGISTRY):
        return image
    return f"{(registry or DEFAULT_REGISTRY).rstrip('/')}/{image.rpartition('/')[2]}"


def _arguments(given: Iterable[str], name: str, bootstrap: Bootstrap) -> list[str]:
    """Return the arguments of a controller; only those that it has are replaced."""
    domain = bootstrap.cluster_domain
    events = f"http://notification-controller{_SERVICE}{domain}./"
    wanted = {
        "--events-addr": events if "notification-controller" in chosen(bootstrap) else "",
        "--watch-all-namespaces": str(bootstrap.watch_all_namespaces).lower(),
        "--log-level": bootstrap.log_level,
        "--storage-adv-addr": f"{name}{_SERVICE}{domain}.",
    }
    arguments = [_replaced(each, wanted) for each in given]
    if "source-watcher" in chosen(bootstrap) and name in _READ_ARTIFACTS:
        return _with_gate(arguments, "ExternalArtifact")
    return arguments


def _replaced(argument: str, wanted: Mapping[str, str]) -> str:
    name = argument.partition("=")[0]
    return f"{name}={wanted[name]}" if name in wanted else argument


def _with_gate(arguments: list[str], gate: str) -> list[str]:
    """Return the arguments with a feature gate switched on beside others."""
    gates = [each for each in arguments if each.partition("=")[0] == _GATES]
    set_before = [one for each in gates for one in each.partition("=")[2].split(",")]
    kept = [each for each in set_before if each and each.partition("=")[0] != gate]
    rest = [each for each in arguments if each not in gates]
    return [*rest, f"{_GATES}={','.join([*kept, f'{gate}=true'])}"]
