"""AR006: a sync wave that is no number."""

import re
from collections.abc import Iterator
from typing import Any

from kure_hooks.findings import Finding
from kure_hooks.gitops.argocd import TOOL, WAVE
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource, Way
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ANNOTATIONS, annotation, application_sets, is_open
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Sync wave that is no number",
    ERROR,
    "A wave is a whole number written as a string. Argo CD takes anything else for wave 0 without "
    "a word, so that the object comes too early or too late. A number without quotes is no "
    "annotation at all: Argo CD and the API server refuse the object.",
    'Write a whole number in quotes, such as "-1" or "10".',
    "Argo CD 3.5 (gitops-engine)",
    wrong="""\
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: first
""",
    right="""\
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: "-1"
""",
    incidents=(
        "https://github.com/silogen/cluster-forge/issues/80",
        "https://github.com/argoproj/argo-helm/issues/1379",
    ),
)

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_TEMPLATE = ("spec", "template")
_WAVE = (*ANNOTATIONS, WAVE)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the waves that Argo CD can't read, of objects and of templates of Applications."""
    for owner, resource in cluster.resources():
        if owner is not None and owner.who.kind == "ApplicationSet":
            wave = annotation(resource.manifest, WAVE)
            yield from _of(owner.resource, (*_TEMPLATE, *_WAVE), wave)
        elif owner is None or owner.tool == TOOL:
            wave = annotation(resource.manifest, WAVE)
            if not (isinstance(wave, int) and owner is not None and _builds(owner)):
                yield from _of(resource, _WAVE, wave)
    for owner in application_sets(cluster):
        pointer = (*_TEMPLATE, *_WAVE)
        yield from _of(owner.resource, pointer, value_at(owner.resource.manifest, *pointer))


def _of(resource: Resource, pointer: Pointer, wave: Any) -> Iterator[Finding]:
    if wave is not None and (fault := _fault(wave)):
        yield resource.finding(pointer, fault, _advice(wave), "AR006")


def _builds(owner: Owner) -> bool:
    """Tell whether kustomize makes the objects: it writes numbers as strings itself."""
    return any(payload.way in (Way.KUSTOMIZE, Way.FLUX) for payload in owner.payloads)


def _fault(wave: Any) -> str | None:
    if isinstance(wave, str):
        if _NUMBER.fullmatch(wave) or is_open(wave):
            return None
        return f'the wave "{wave}" is no whole number, and Argo CD takes it for 0'
    return f"the wave {str(wave).lower()} is no string, so the object is refused"


def _advice(wave: Any) -> str:
    is_number = isinstance(wave, int) and not isinstance(wave, bool)
    return f'Write "{wave}".' if is_number else "Write a whole number in quotes."
