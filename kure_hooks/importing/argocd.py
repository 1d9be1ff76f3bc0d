"""Applications of Argo CD (3.5) as bundles of a stack."""

import re
from collections.abc import Mapping, Sequence
from posixpath import normpath
from typing import Any

from kure_hooks.gitops.argocd import FINALIZERS, WAVE
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.urls import same_repository
from kure_hooks.importing.candidates import Candidate, most_common, refusal
from kure_hooks.importing.shapes import Application, misshapen
from kure_hooks.manifests import Manifest, mappings_at, text_at, value_at, without_empty

KIND = ("argoproj.io", "Application")

_IN_CLUSTER = {"server": "https://kubernetes.default.svc"}
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_NO_NAME = re.compile(r"[^a-z0-9]+")
_HEAD = frozenset({"name", "namespace", "labels", "annotations", "finalizers"})
# Both mean the same to Argo CD; without finalizers of its own a bundle has the second.
_CASCADES = FINALIZERS[:2]
_APART = frozenset(
    {"project", "source", "sources", "destination", "syncPolicy", "ignoreDifferences"}
)
_OF_SOURCE = frozenset({"repoURL", "path", "targetRevision"})
_OF_DIRECTORY = ("directory", "helm")
_SERVER_SIDE = "ServerSideApply="


def options(owners: Sequence[Owner], origin: str) -> dict[str, Any]:
    """Return the options of the cluster: what most of its Applications have in common.

    `origin` is the URL of the repository, for a cluster none of whose Applications names one.
    """
    named = [
        item
        for owner in owners
        for item in _sources(owner.resource.manifest)[:1]
        if not item.get("chart")
    ]
    url = _home(owners, named, origin)
    revisions = [
        text_at(item, "targetRevision") or "HEAD" for item in named if item.get("repoURL") == url
    ]
    common = {
        "namespace": most_common((owner.who.namespace for owner in owners), "argocd"),
        "repoURL": url,
        "targetRevision": most_common(revisions, "HEAD"),
        "project": most_common((text_at(owner.spec, "project") for owner in owners), "default"),
    }
    return {key: value for key, value in common.items() if value}


def _home(owners: Sequence[Owner], named: Sequence[Manifest], origin: str) -> str:
    """Return the URL by which most Applications name this repository."""
    urls = [text_at(item, "repoURL") for item in named]
    if origin:
        return most_common((url for url in urls if same_repository(url, origin)), origin)
    here = [
        text_at(_sources(owner.resource.manifest)[0], "repoURL")
        for owner in owners
        if any(target.exists for target in owner.targets)
    ]
    return most_common(here, most_common(urls, ""))


def candidate(owner: Owner, cluster: Mapping[str, Any]) -> Candidate:
    """Return the bundle of an Application; `cluster` are the options of its cluster."""
    made = Candidate(owner, {"name": owner.who.name}, reasons=misshapen(owner, Application))
    if made.reasons:
        return made
    manifest, spec = owner.resource.manifest, owner.spec
    made.take({"name": owner.who.name})
    for key in manifest.keys() - {"apiVersion", "kind", "metadata", "spec", "status"}:
        made.reasons.append(f"has {key}, which a stack can't say")
    _take_head(made, cluster["namespace"])
    if (project := text_at(spec, "project") or "default") != cluster["project"]:
        made.take({"project": project}, "argocd")
    _take_sources(made, cluster)
    destination = value_at(spec, "destination") or {}
    if destination != _IN_CLUSTER:
        made.take({"destination": _destination(destination)}, "argocd")
    _take_sync_policy(made, value_at(spec, "syncPolicy") or {})
    said = {key: value for key, value in spec.items() if value is not None}
    made.take({key: value for key, value in said.items() if key not in _APART}, "argocd")
    ignored = [without_empty(item) for item in spec.get("ignoreDifferences") or ()]
    made.take({"ignoreDifferences": ignored} if ignored else {}, "argocd")
    return made


def _sources(manifest: Manifest) -> list[Manifest]:
    """Return the sources as the controller takes them: `sources` before `source`."""
    spec = value_at(manifest, "spec")
    several = list(mappings_at(spec, "sources"))
    single = value_at(spec, "source")
    return several or ([single] if isinstance(single, dict) else [])


def _take_head(made: Candidate, home: str) -> None:
    metadata = made.owner.resource.manifest["metadata"]
    for key in metadata.keys() - _HEAD:
        made.reasons.append(f"has metadata.{key}, which a stack can't say")
    if (metadata.get("namespace") or home) != home:
        namespace = metadata["namespace"]
        made.reasons.append(f"is in the namespace {namespace}, not in {home} as the others are")
    annotations = dict(metadata.get("annotations") or {})
    wave = str(annotations.pop(WAVE, "0"))
    if not _NUMBER.fullmatch(wave):
        made.reasons.append(f"has the sync wave {wave}, which is no number")
    elif int(wave):
        made.take({"wave": int(wave)}, "argocd")
    for key, value in (("labels", metadata.get("labels")), ("annotations", annotations)):
        if value:
            made.take({key: value}, "argocd")
    finalizers = metadata.get("finalizers") or []
    if not (len(finalizers) == 1 and finalizers[0] in _CASCADES):
        made.take({"finalizers": finalizers}, "argocd")


def _take_sources(made: Candidate, cluster: Mapping[str, Any]) -> None:
    sources = _sources(made.owner.resource.manifest)
    if not sources:
        made.reasons.append("has no source")
        return
    first, *others = sources
    url, revision = text_at(first, "repoURL"), text_at(first, "targetRevision") or "HEAD"
    own = {key: value for key, value in first.items() if key not in _OF_SOURCE and value}
    if first.get("chart") or not first.get("path"):
        own["repoURL"] = url
    else:
        made.take({"path": normpath(f"/{first['path']}").lstrip("/") or "."}, "payload")
        if url != cluster.get("repoURL"):
            kind = "OCIRepository" if url.startswith("oci://") else "GitRepository"
            made.take({"sourceRef": {"kind": kind, "name": _name_of(url), "url": url}})
        made.take({key: own.pop(key) for key in _OF_DIRECTORY if key in own}, "argocd")
    if revision != cluster["targetRevision"] or "sourceRef" in made.bundle:
        made.take({"targetRevision": revision}, "argocd")
    if own:
        made.take(own, "argocd", "source")
    if others:
        made.take({"sources": others}, "argocd")


def _name_of(url: str) -> str:
    """Return a name for the repository at a URL, made of its last part."""
    last = url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git").lower()
    return _NO_NAME.sub("-", last).strip("-")[:63] or "repository"


def _destination(destination: Mapping[str, Any]) -> dict[str, Any]:
    is_here = destination.get("server") == _IN_CLUSTER["server"]
    return {key: value for key, value in destination.items() if not (is_here and key == "server")}


def _take_sync_policy(made: Candidate, policy: Mapping[str, Any]) -> None:
    """Take in a sync policy; what the stack does by default and it does not is turned off."""
    automated = policy.get("automated")
    if not isinstance(automated, dict):
        chosen: dict[str, Any] = {"enabled": False, "prune": False, "selfHeal": False}
    else:
        usual = {"prune": False, "selfHeal": False}
        chosen = {
            key: value
            for key, value in (usual | automated).items()
            if not (key in usual and value is True)
        }
    written = []
    for item in policy.get("syncOptions") or ():
        if refusal(("argocd", "syncPolicy", "syncOptions"), [item]):
            made.notes.append(f"has the sync option {item}, which Argo CD does not know")
        else:
            written.append(item)
    server_side = any(str(item).startswith(_SERVER_SIDE) for item in written)
    asked = [item for item in written if item != f"{_SERVER_SIDE}true"]
    if not server_side:
        asked = [*asked, f"{_SERVER_SIDE}false"]
    rest = {key: value for key, value in policy.items() if key not in ("automated", "syncOptions")}
    parts = {"automated": chosen, "syncOptions": asked, **rest}
    made.take({key: value for key, value in parts.items() if value}, "argocd", "syncPolicy")
