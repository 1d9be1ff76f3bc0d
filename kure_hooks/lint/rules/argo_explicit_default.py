"""AR015: a default that is written out, and that Argo CD removes again."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import GROUP
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import (
    ARGOCD,
    Version,
    applications,
    argocd_version,
    is_application,
    is_made,
)
from kure_hooks.manifests import mappings_at, text_at, value_at
from kure_hooks.rules.rule import WARNING, Rule
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Default that Argo CD removes again",
    WARNING,
    "Argo CD writes Applications back, with each sync for example, and leaves out fields that have "
    "their zero value. The parent finds a field in the repository that is not on the cluster: it "
    "is out of sync for ever, and one that heals itself syncs again and again.",
    "Remove the field: it says what holds without it.",
    ARGOCD,
    wrong="""\
kind: Application
spec:
  source:
    directory: {recurse: false}
""",
    right="""\
kind: Application
spec:
  source: {path: apps/shop}
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/4501",
        "https://github.com/argoproj/argo-cd/issues/13183",
        "https://github.com/argoproj/argo-cd/issues/3815",
        "https://github.com/argoproj/argo-cd/issues/8326",
    ),
)

_OF_SOURCES = (
    ("directory", "recurse"),
    ("directory", "include"),
    ("directory", "exclude"),
    ("helm", "ignoreMissingValueFiles"),
    ("helm", "passCredentials"),
    ("helm", "releaseName"),
    ("helm", "skipCrds"),
    ("helm", "skipSchemaValidation"),
    ("helm", "skipTests"),
    ("helm", "valueFiles"),
    ("helm", "values"),
    ("helm", "parameters"),
    ("kustomize", "commonAnnotationsEnvsubst"),
    ("kustomize", "forceCommonAnnotations"),
    ("kustomize", "forceCommonLabels"),
    ("kustomize", "ignoreMissingComponents"),
    ("kustomize", "labelIncludeTemplates"),
    ("kustomize", "labelWithoutSelector"),
    ("kustomize", "namePrefix"),
    ("kustomize", "nameSuffix"),
    ("kustomize", "namespace"),
    ("path",),
    ("targetRevision",),
    ("chart",),
)
_OF_POLICY = (("retry", "limit"), ("retry", "refresh"), ("syncOptions",))
_OF_SPEC = (("destination", "namespace"), ("ignoreDifferences",), ("info",))
_KEPT_SINCE: Mapping[tuple[str, ...], Version] = {
    ("automated", "prune"): (3, 4),
    ("automated", "selfHeal"): (3, 4),
    ("automated", "allowEmpty"): (3, 4),
}
"""Switches of the sync policy, with the first version that tells false from nothing (types.go)."""


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the zero values of Applications that a parent compares with the cluster."""
    version = argocd_version(cluster)
    for owner in applications(cluster):
        if is_made(owner) and owner.parent is None:
            continue
        for child in owner.resources:
            if is_application(child) and not _is_ignored(owner, child):
                for pointer, severity in _zeros(child.manifest, version):
                    name = ".".join(str(step) for step in pointer)
                    problem = (
                        f"Argo CD removes {name} on the cluster, because it has its zero value, "
                        f"and {owner.who.name} is out of sync from then on"
                    )
                    expected = "Remove the field."
                    yield child.finding(pointer, problem, expected, "AR015", severity)


def _is_ignored(owner: Owner, child: Resource) -> bool:
    """Tell whether a parent ignores differences of an Application's fields."""
    for ignored in mappings_at(owner.spec, "ignoreDifferences"):
        is_kind = text_at(ignored, "group") in (GROUP, "*")
        is_kind = is_kind and text_at(ignored, "kind") in ("Application", "*")
        if is_kind and text_at(ignored, "name") in ("", child.name):
            return True
    return False


def _zeros(manifest: Any, version: Version | None) -> Iterator[tuple[Pointer, Severity]]:
    """Yield the zero values; one that newer versions keep is an info if the version is unknown."""
    pointers: list[Pointer] = [
        *((*source, *field) for source in _sources(manifest) for field in _OF_SOURCES),
        *(("spec", "syncPolicy", *field) for field in _OF_POLICY),
        *(("spec", *field) for field in _OF_SPEC),
    ]
    for pointer in pointers:
        if _is_zero(manifest, pointer):
            yield pointer, Severity.WARNING
    for switch, since in _KEPT_SINCE.items():
        is_kept = version is not None and version >= since
        if not is_kept and _is_zero(manifest, ("spec", "syncPolicy", *switch)):
            yield ("spec", "syncPolicy", *switch), Severity.WARNING if version else Severity.INFO


def _sources(manifest: Any) -> Iterator[Pointer]:
    yield ("spec", "source")
    several = value_at(manifest, "spec", "sources")
    for index in range(len(several) if isinstance(several, list) else 0):
        yield ("spec", "sources", index)


def _is_zero(manifest: Any, pointer: Pointer) -> bool:
    """Tell whether a field is there with nothing in it; null is no difference for anybody."""
    value = value_at(manifest, *pointer)
    return value is not None and not value
