"""One controller of Flux: its labels, its pod, its image and its arguments."""

from collections.abc import Iterable, Mapping
from typing import Any

from kure_hooks.engines.flux.bootstrap.install_manifests import with_pod
from kure_hooks.engines.flux.bootstrap.rules import DEFAULT_REGISTRY, chosen
from kure_hooks.manifests import Manifest, written
from kure_hooks.stack.documents import Bootstrap

_SERVICE = ".$(RUNTIME_NAMESPACE).svc."
_GATES = "--feature-gates"
_READ_ARTIFACTS = frozenset({"kustomize-controller", "helm-controller"})

# What images are called in release manifests before `flux install` gives them a registry.
_NO_REGISTRY = "fluxcd/"


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
