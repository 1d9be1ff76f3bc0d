"""Workloads and what belongs to them as applications of kind AppWorkload."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from kure_hooks.apps.workload.config import rename, written_name
from kure_hooks.apps.workload.objects import NAME_LABEL
from kure_hooks.gitops.payload import Resource
from kure_hooks.importing.charts import Taken
from kure_hooks.importing.products import labelled, makes
from kure_hooks.manifests import (
    CLAIM,
    Kind,
    Manifest,
    kind_of,
    mapping_at,
    mappings_at,
    text_at,
    value_at,
)

CONTROLLERS = (("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"))

_OWN = (
    *("replicas", "strategy", "updateStrategy", "podManagementPolicy", "minReadySeconds"),
    *("revisionHistoryLimit", "progressDeadlineSeconds", "persistentVolumeClaimRetentionPolicy"),
    "volumeClaimTemplates",
)
_HEAD = ("serviceAccountName",)


def workload(controller: Resource, others: Iterable[Resource]) -> Taken | None:
    """Return the application that generates a controller and those of the others that belong to it.

    None where no application generates the controller as it is: its name has to be the label by
    which it selects its pods, and all objects have its labels.
    """
    application = _application(controller.manifest)
    if application is None:
        return None
    taken = [controller]
    is_whole = makes(application, taken)
    waiting = list(_parts(controller.manifest, others))
    # Some parts change the controller itself: a headless Service is the one that it names.
    while waiting:
        for part, resource in waiting:
            spec = part(application["spec"], resource.manifest, application)
            wider = {**application, "spec": spec}
            if makes(wider, [*taken, resource]):
                break
        else:
            break
        application, is_whole = wider, True
        taken.append(resource)
        waiting = [item for item in waiting if item[1] is not resource]
    return Taken(application, taken) if is_whole else None


_Part = Callable[[Manifest, Manifest, Mapping[str, Any]], Manifest]


def _parts(controller: Manifest, others: Iterable[Resource]) -> Iterator[tuple[_Part, Resource]]:
    """Yield the objects that may belong to a controller, and how the spec says each."""
    name = text_at(controller, "metadata", "name")
    home = text_at(controller, "metadata", "namespace")
    by_kind: dict[Kind, list[Resource]] = {}
    for resource in others:
        if text_at(resource.manifest, "metadata", "namespace") == home:
            by_kind.setdefault(kind_of(resource.manifest), []).append(resource)
    for kind, part in _PARTS.items():
        for resource in by_kind.get(kind, ()):
            if text_at(resource.manifest, "metadata", "labels", NAME_LABEL) == name:
                yield part, resource


def _application(controller: Manifest) -> dict[str, Any] | None:
    name = text_at(controller, "metadata", "name")
    spec, template = value_at(controller, "spec"), value_at(controller, "spec", "template")
    pod = value_at(template, "spec")
    chosen = value_at(spec, "selector", "matchLabels")
    if chosen != {NAME_LABEL: name} or not isinstance(pod, dict):
        return None
    head: Manifest = controller["metadata"]
    labels = value_at(head, "labels") or {}
    of_pods = value_at(template, "metadata", "labels") or {}
    if not (isinstance(labels, dict) and isinstance(of_pods, dict)):
        return None
    fields: Manifest = {"workload": controller["kind"]}
    fields |= {key: spec[key] for key in _OWN if key in spec}
    if claims := list(mappings_at(spec, "volumeClaimTemplates")):
        fields["volumeClaimTemplates"] = [_bare(claim) for claim in claims]
    more = {key: item for key, item in of_pods.items() if labels.get(key) != item}
    annotations = value_at(template, "metadata", "annotations")
    account = {"serviceAccount": pod["serviceAccountName"]} if _HEAD[0] in pod else {}
    fields |= {"podLabels": more} if more else {}
    fields |= {"podAnnotations": annotations} if annotations else {}
    fields |= {key: item for key, item in pod.items() if key not in _HEAD} | account
    said = {key: item for key, item in labels.items() if key != NAME_LABEL}
    said = {key: item for key, item in said.items() if (key, item) != _MANAGED}
    namespace = text_at(head, "namespace")
    return labelled(name, namespace, "AppWorkload", {**head, "labels": said}, fields)


_MANAGED = ("app.kubernetes.io/managed-by", "kure-hooks")


def _bare(claim: Manifest) -> Manifest:
    """Return a claim template without the keys that each gets."""
    return {key: item for key, item in claim.items() if CLAIM.get(key) != item}


def _own_annotations(manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
    usual = mapping_at(application, "annotations")
    written = mapping_at(manifest, "metadata", "annotations")
    own = {key: item for key, item in written.items() if usual.get(key) != item}
    return {"annotations": own} if own else {}


def _account(spec: Manifest, manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
    account: Manifest = {"create": True, **_own_annotations(manifest, application)}
    name = text_at(manifest, "metadata", "name")
    if name != application["name"]:
        account["name"] = name
    if "automountServiceAccountToken" in manifest:
        account["automountToken"] = manifest["automountServiceAccountToken"]
    return {**spec, "serviceAccount": account}


def _config(spec: Manifest, manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
    written, name = written_name(application["name"]), text_at(manifest, "metadata", "name")
    spec = {**spec, "config": manifest.get("data") or {}}
    if name == written:
        return {**spec, "configName": "stable"}
    spec = deepcopy(spec)
    rename(spec, name, written)
    return spec


def _service(spec: Manifest, manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
    fields = dict(mapping_at(manifest, "spec"))
    if fields.get("selector") == {NAME_LABEL: application["name"]}:
        del fields["selector"]
    name = {"name": text_at(manifest, "metadata", "name")}
    service = {**name, **_own_annotations(manifest, application), **fields}
    return {**spec, "services": [*_services(spec), service]}


def _services(spec: Manifest) -> Sequence[Manifest]:
    services: Sequence[Manifest] = spec.get("services", ())
    return services


def _ingress(spec: Manifest, manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
    fields = dict(mapping_at(manifest, "spec"))
    ingress: Manifest = dict(_own_annotations(manifest, application))
    name = text_at(manifest, "metadata", "name")
    ingress |= {"name": name} if name != application["name"] else {}
    if "ingressClassName" in fields:
        ingress["className"] = fields.pop("ingressClassName")
    return {**spec, "ingress": ingress | fields}


def _autoscaler(spec: Manifest, manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
    del application
    fields = mapping_at(manifest, "spec")
    kept = {key: item for key, item in fields.items() if key != "scaleTargetRef"}
    return {**spec, "autoscaling": kept}


def _of_pods(section: str, selector: str) -> _Part:
    """Return how a spec says an object that selects the pods and is named after them."""

    def part(spec: Manifest, manifest: Manifest, application: Mapping[str, Any]) -> Manifest:
        del application
        fields = mapping_at(manifest, "spec")
        return {**spec, section: {key: item for key, item in fields.items() if key != selector}}

    return part


_PARTS: Mapping[Kind, _Part] = {
    ("", "ServiceAccount"): _account,
    ("", "ConfigMap"): _config,
    ("", "Service"): _service,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("policy", "PodDisruptionBudget"): _of_pods("podDisruptionBudget", "selector"),
    ("networking.k8s.io", "NetworkPolicy"): _of_pods("networkPolicy", "podSelector"),
}
