"""The effects of Argo CD objects (Argo CD 3.5).

An Application owns what bears its tracking id. In a wave, a sync prunes before it applies.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from kure_hooks.drift.paths import FieldPath, ListKey
from kure_hooks.drift.result import Risk
from kure_hooks.engines.annotations import SYNC_OPTIONS
from kure_hooks.engines.argocd.applications import wave_of
from kure_hooks.engines.effects import Deletion, Directory, Effects, normal
from kure_hooks.engines.identities import Renaming
from kure_hooks.engines.permissions import refuses_object
from kure_hooks.manifests import Identity, Manifest, kind_of, mappings_at, text_at, value_at

NAME = "Argo CD"

_GROUP = "argoproj.io"

_FINALIZER = "resources-finalizer.argocd.argoproj.io"
_FINALIZERS = (_FINALIZER, f"{_FINALIZER}/foreground", f"{_FINALIZER}/background")

_OPTIONS = {Deletion.PRUNE: "Prune", Deletion.CASCADE: "Delete"}
_CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")

_POLICY = ("spec", "syncPolicy")
_SWITCHES: Mapping[FieldPath, Risk] = {
    (*_POLICY, "automated", "prune"): Risk.PRUNE,
    (*_POLICY, "automated", "enabled"): Risk.SUSPEND,
    (*_POLICY, "automated"): Risk.SUSPEND,
    ("metadata", "finalizers"): Risk.CASCADE,
    **{("metadata", "finalizers", ListKey(name)): Risk.CASCADE for name in _FINALIZERS},
}
_SET_SWITCHES: Mapping[FieldPath, Risk] = {
    (*_POLICY, "applicationsSync"): Risk.CASCADE,
    (*_POLICY, "preserveResourcesOnDeletion"): Risk.CASCADE,
}

# Templates with more text than this, all elements together, were not written by people.
_MOST_TEXT = 8 << 20

# `{{ .name }}` of Go templates, `{{name}}` of those before them.
_VARIABLE = re.compile(r"\{\{-?\s*\.?([\w.]{1,100})\s*-?\}\}")
_PATCH = re.compile(r"\A\s*+\{\{\s*\.(\w{1,100})\s*\|\s*toJson\s*\}\}\s*")


def effects(manifest: Manifest) -> Effects | None:
    """See Tool."""
    match kind_of(manifest):
        case (group, "Application") if group == _GROUP:
            return _application(manifest)
        case (group, "ApplicationSet") if group == _GROUP:
            policy = text_at(manifest, "spec", "syncPolicy", "applicationsSync") or "sync"
            deletes = policy in ("sync", "create-delete")
            made = tuple(_applications(manifest))
            return Effects(NAME, prunes=deletes, cascades=deletes, makes=made)
    return None


def spares(manifest: Manifest, deletion: Deletion) -> bool:
    """See Tool; `confirm` waits for a person. A cascade never deletes CRDs."""
    written = text_at(manifest, "metadata", "annotations", SYNC_OPTIONS).split(",")
    if _forbids(written, deletion):
        return True
    if deletion is Deletion.PRUNE:
        return False
    policy = text_at(manifest, "metadata", "annotations", "helm.sh/resource-policy")
    return kind_of(manifest) == _CRD or policy == "keep"


def wave(manifest: Manifest) -> int:
    """See Tool; what is no number is in the wave 0."""
    return wave_of(manifest)


def refuses(project: Manifest, own: Effects, who: Identity) -> bool:
    """See Tool; what a project refuses at the time of a deletion stays on the cluster."""
    key = "server" if "://" in own.cluster else "name"
    return refuses_object(project, {key: own.cluster}, who)


def switches(manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
    """See Tool; in an ApplicationSet also for its template and for what an element patches.

    An element that comes or goes as a whole is an Application that does.
    """
    match kind_of(manifest):
        case (group, "Application") if group == _GROUP:
            return _SWITCHES.get(path)
        case (group, "ApplicationSet") if group == _GROUP:
            keys = enumerate(change)
            inner = next((at for at, key in keys if key in ("template", "patch")), None)
            return _SET_SWITCHES.get(path) if inner is None else _SWITCHES.get(path[inner + 1 :])
    return None


def _application(manifest: Manifest) -> Effects:
    spec = value_at(manifest, "spec")
    automated = value_at(spec, "syncPolicy", "automated")
    syncs = isinstance(automated, dict) and automated.get("enabled") is not False
    options = value_at(spec, "syncPolicy", "syncOptions")
    chosen = [str(each) for each in options] if isinstance(options, list) else []
    destination = value_at(spec, "destination")
    return Effects(
        NAME,
        tuple(_directories(spec, text_at(destination, "namespace"))),
        prunes=syncs
        and value_at(automated, "prune") is True
        and not _forbids(chosen, Deletion.PRUNE),
        cascades=_has_finalizer(manifest) and not _forbids(chosen, Deletion.CASCADE),
        refuses_empty=value_at(automated, "allowEmpty") is not True,
        recurses=False,
        cluster=text_at(destination, "server") or text_at(destination, "name"),
        release=_release(manifest),
        project=_project(manifest),
    )


def _project(manifest: Manifest) -> Identity:
    """Return the project of an Application; `default` is what Argo CD takes for none."""
    namespace = text_at(manifest, "metadata", "namespace")
    return Identity(
        _GROUP, "AppProject", namespace, text_at(manifest, "spec", "project") or "default"
    )


def _has_finalizer(manifest: Manifest) -> bool:
    finalizers = value_at(manifest, "metadata", "finalizers")
    written = finalizers if isinstance(finalizers, list) else []
    return not {str(each) for each in written}.isdisjoint(_FINALIZERS)


def _forbids(options: Sequence[str], deletion: Deletion) -> bool:
    key = _OPTIONS[deletion]
    return not {f"{key}=false", f"{key}=confirm"}.isdisjoint(each.strip() for each in options)


def _sources(spec: Any) -> list[dict[str, Any]]:
    """Return the sources; a single one doesn't count where there is a list."""
    several = list(mappings_at(spec, "sources"))
    single = value_at(spec, "source")
    return several or ([single] if isinstance(single, dict) else [])


def _directories(spec: Any, namespace: str) -> Iterator[Directory]:
    for source in _sources(spec):
        build = value_at(source, "kustomize")
        renaming = Renaming(
            text_at(build, "namespace"),
            text_at(build, "namePrefix"),
            text_at(build, "nameSuffix"),
            namespace,
        )
        if (path := text_at(source, "path")) and not source.get("chart"):
            yield Directory(normal(path), renaming=renaming)


def _release(manifest: Manifest) -> tuple[str, ...]:
    """Return release name and namespace of a chart, which are part of the names of its objects."""
    spec = value_at(manifest, "spec")
    charts = [each for each in _sources(spec) if each.get("chart")]
    if not charts:
        return ()
    own = text_at(manifest, "metadata", "name")
    names = [text_at(each, "helm", "releaseName") or own for each in charts]
    return (*names, text_at(spec, "destination", "namespace"))


def _applications(manifest: Manifest) -> Iterator[Manifest]:
    """Yield the Applications of the lists of an ApplicationSet; other generators ask a cluster."""
    spec = value_at(manifest, "spec")
    template = value_at(spec, "template")
    patch = _PATCH.fullmatch(text_at(spec, "templatePatch"))
    room = _MOST_TEXT // max(_size(template), 1)
    for generator in mappings_at(spec, "generators"):
        for element in islice(mappings_at(generator, "list", "elements"), room):
            made = _filled(template, element)
            if patch:
                made = _merged(made, element.get(patch[1]))
            if isinstance(made, dict):
                yield _finished(manifest, made)


def _finished(manifest: Manifest, made: Manifest) -> Manifest:
    """Return an Application with what the controller of ApplicationSets adds to it."""
    metadata = value_at(made, "metadata")
    head: Manifest = {"namespace": text_at(manifest, "metadata", "namespace")}
    head |= metadata if isinstance(metadata, dict) else {}
    preserves = value_at(manifest, "spec", "syncPolicy", "preserveResourcesOnDeletion") is True
    if not preserves and not head.get("finalizers"):
        head["finalizers"] = [_FINALIZER]
    own = {"apiVersion": f"{_GROUP}/v1alpha1", "kind": "Application", "metadata": head}
    return {**made, **own}


def _size(template: Any) -> int:
    """Return the number of characters that are written anew for each element."""
    if isinstance(template, dict):
        return sum(map(_size, template.values()))
    if isinstance(template, list):
        return sum(map(_size, template))
    return len(template) if isinstance(template, str) and "{{" in template else 0


def _filled(value: Any, element: Mapping[str, Any]) -> Any:
    """Return a template with the plain variables of an element in the place of their names."""
    if isinstance(value, dict):
        return {key: _filled(each, element) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, element) for each in value]
    if not isinstance(value, str) or "{{" not in value:
        return value
    return _VARIABLE.sub(lambda found: _parameter(element, found), value)


def _parameter(element: Mapping[str, Any], found: re.Match[str]) -> str:
    value = value_at(element, *found[1].split("."))
    return found[0] if value is None else str(value)


def _merged(value: Any, patch: Any) -> Any:
    """Return a value with a patch over it, as JSON merge patches (RFC 7386) go."""
    if not isinstance(value, dict) or not isinstance(patch, dict):
        return value if patch is None else patch
    return value | {key: _merged(value.get(key), each) for key, each in patch.items()}
