"""Workloads and what belongs to them as applications of kind AppWorkload."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from msgspec.structs import fields as fields_of

from kure_hooks.apps.workload.config import rename, written_name
from kure_hooks.apps.workload.inputs.controllers import JOBS
from kure_hooks.apps.workload.inputs.jobs import JobFields
from kure_hooks.apps.workload.objects import NAME_LABEL
from kure_hooks.engines.annotations import KUSTOMIZE, SYNC_OPTIONS
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

CONTROLLERS = (
    *(("apps", kind) for kind in ("Deployment", "StatefulSet", "DaemonSet")),
    *(("batch", kind) for kind in JOBS),
)

# How pods start again is a field of theirs.
_NOT_OWN = ("workload", "restartPolicy")
_OWN = [field.encode_name for field in fields_of(JobFields) if field.encode_name not in _NOT_OWN]
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


def stays_as_it_is(manifest: Manifest, engines: Collection[str]) -> bool:
    """Tell whether tools write an object of an application as the application generates it.

    A Job gets annotations by which a changed one is deleted and created again, and under Argo CD a
    ConfigMap whose name changes with its content one by which the old one goes last. What has them
    already stays as it is.
    """
    if kind_of(manifest) == ("batch", "Job"):
        forced, options = True, {"Force", "Replace"}
    elif kind_of(manifest) == ("", "ConfigMap") and not _is_stable(manifest):
        forced, options = False, {"PruneLast"}
    else:
        return True
    annotations = mapping_at(manifest, "metadata", "annotations")
    own = str(annotations.get(SYNC_OPTIONS, "")).split(",")
    is_tidy = own == [option.strip() for option in own if option.strip()]
    said = {
        "flux": not forced or annotations.get(f"{KUSTOMIZE}/force") == "enabled",
        "argocd": is_tidy and {option.partition("=")[0] for option in own} >= options,
    }
    return all(said.get(engine, False) for engine in engines)


def _is_stable(config_map: Manifest) -> bool:
    name = text_at(config_map, "metadata", "labels", NAME_LABEL)
    return text_at(config_map, "metadata", "name") == written_name(name)


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
    spec = value_at(controller, "spec")
    job = value_at(spec, "jobTemplate", "spec") if controller["kind"] == "CronJob" else spec
    template = value_at(job, "template")
    pod = value_at(template, "spec")
    head: Manifest = controller["metadata"]
    labels = value_at(head, "labels") or {}
    of_pods = value_at(template, "metadata", "labels") or {}
    if not (isinstance(labels, dict) and isinstance(of_pods, dict) and isinstance(pod, dict)):
        return None
    # Jobs have no selector: the API server makes one.
    selector = {NAME_LABEL: labels.get(NAME_LABEL)}
    if controller["kind"] not in JOBS:
        selector = value_at(spec, "selector", "matchLabels")
    if selector != {NAME_LABEL: name}:
        return None
    fields: Manifest = {"workload": controller["kind"]}
    fields |= {key: part[key] for part in (job, spec) for key in _OWN if key in part}
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
