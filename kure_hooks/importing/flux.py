"""Kustomizations of Flux (2.9) as bundles of a stack."""

from collections.abc import Sequence
from posixpath import normpath
from typing import Any

from kure_hooks.engines.durations import shorter
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.sources import reference
from kure_hooks.importing.candidates import OPEN, Candidate, most_common
from kure_hooks.importing.shapes import Kustomization, misshapen
from kure_hooks.manifests import mappings_at, text_at

KIND = ("kustomize.toolkit.fluxcd.io", "Kustomization")

_HOME = "flux-system"
_APART = frozenset({"path", "sourceRef", "dependsOn", "interval", "prune"})
_HEAD = frozenset({"name", "namespace", "labels", "annotations"})


def options(owners: Sequence[Owner]) -> dict[str, Any]:
    """Return the options of the cluster: what most of its Kustomizations have in common.

    Where one says nothing of its retries, those of the cluster are as long as the longest interval:
    it is tried again after its own interval then, as Flux does.
    """
    sources = [reference(owner.resource.manifest) for owner in owners]
    home = most_common((item.namespace for item in sources if item.name == _HOME), "")
    home = home or most_common((owner.who.namespace for owner in owners), _HOME)
    intervals = [text_at(owner.spec, "interval") for owner in owners]
    usual = most_common(intervals, "1h")
    longest = usual
    for interval in filter(_is_duration, intervals):
        longest = interval if shorter(longest, interval) == longest else longest
    return {"namespace": home, "interval": usual, "retryInterval": longest}


def candidate(owner: Owner, cluster: dict[str, Any]) -> Candidate:
    """Return the bundle of a Kustomization; `cluster` are the options of its cluster."""
    made = Candidate(owner, {"name": owner.who.name}, reasons=misshapen(owner, Kustomization))
    if made.reasons:
        return made
    spec = owner.spec
    made.take({"name": owner.who.name})
    _take_head(made, cluster["namespace"])
    _take_source(made, cluster["namespace"])
    _take_path(made)
    if not spec.get("interval"):
        made.reasons.append("has no interval, which Flux requires")
    elif spec["interval"] != cluster["interval"]:
        made.take({"interval": spec["interval"]})
    if spec.get("prune") is None:
        made.reasons.append("has no prune, which Flux requires")
    elif spec["prune"] is not True:
        made.take({"prune": spec["prune"]})
    said = {key: value for key, value in spec.items() if value is not None}
    made.take({key: value for key, value in said.items() if key not in _APART})
    _leave_unheard(made)
    home = owner.who.namespace
    for item in mappings_at(owner.resource.manifest, "spec", "dependsOn"):
        made.needs.append({**item, "namespace": text_at(item, "namespace") or home})
    return made


def _take_head(made: Candidate, home: str) -> None:
    metadata = made.owner.resource.manifest["metadata"]
    for key in metadata.keys() - _HEAD:
        made.reasons.append(f"has metadata.{key}, which a stack can't say")
    if made.owner.who.namespace != home:
        made.take({"namespace": made.owner.who.namespace}, "flux")
    for key in ("labels", "annotations"):
        if metadata.get(key):
            made.take({key: metadata[key]}, "flux")


def _take_source(made: Candidate, home: str) -> None:
    source = reference(made.owner.resource.manifest)
    if OPEN in str(source):
        made.reasons.append("has a source with a variable in its name")
        return
    if (source.kind, source.namespace, source.name) == ("GitRepository", home, _HOME):
        return
    named = {"kind": source.kind, "name": source.name}
    if missing := [f"sourceRef.{key}" for key, value in named.items() if not value]:
        made.reasons.append(f"has no {' and no '.join(missing)}, which Flux requires")
        return
    made.take({"sourceRef": named | ({} if source.namespace == home else _at(source.namespace))})


def _at(namespace: str) -> dict[str, str]:
    return {"namespace": namespace}


def _take_path(made: Candidate) -> None:
    path = text_at(made.owner.spec, "path") or "./"
    if OPEN in path:
        made.reasons.append("has a path with a variable")
        return
    made.take({"path": normpath(f"/{path}").lstrip("/") or "."}, "payload")


def _leave_unheard(made: Candidate) -> None:
    """Leave out what Flux does not listen to: checks beside `wait`, expressions without either."""
    bundle = made.bundle
    if bundle.get("wait") is True and bundle.pop("healthChecks", None):
        made.notes.append("has healthChecks, which Flux ignores beside wait: true")
    is_checked = bundle.get("wait") is True or bundle.get("healthChecks")
    if not is_checked and bundle.pop("healthCheckExprs", None):
        made.notes.append("has healthCheckExprs, which Flux ignores without wait or healthChecks")


def _is_duration(text: str) -> bool:
    return bool(text) and OPEN not in text
