"""API versions that a release deprecates or no longer serves, and settings that are gone."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from kure_hooks.findings import Severity
from kure_hooks.manifests import Kind, kind_of, text_at
from kure_hooks.validators.admission.check import Version
from kure_hooks.validators.admission.rules.lifecycles import Life, life_of
from kure_hooks.yamlio.place import Problem

_POLICIES = "PodSecurityPolicy"
# So many kinds are remembered.
_KINDS = 1 << 10


class Versions(Struct, frozen=True):
    """The releases that the objects are for, as major and minor."""

    kubernetes: Version = (1, 37)
    flux: Version = (2, 9)
    argocd: Version = (3, 5)

    def of(self, tool: str) -> Version:
        """Return the release of the tool that serves a kind."""
        return self.kubernetes if tool == "Kubernetes" else self.flux


class Ending(Struct, frozen=True):
    """An API version that is gone (error) or that ends (warning)."""

    severity: Severity
    problem: str
    expected: str


@lru_cache(maxsize=_KINDS)
def ending(api_version: str, kind: str, versions: Versions) -> Ending | None:
    """Return what becomes of an API version of a kind at these releases, None for nothing."""
    life = life_of(api_version, kind)
    if life is None:
        return None
    release = versions.of(life.tool)
    if life.removed and life.removed <= release:
        problem = f"{api_version} {kind} is not served since {life.tool} {_text(life.removed)}"
        return Ending(Severity.ERROR, problem, _expected(kind, life, versions))
    if life.deprecated and life.deprecated <= release:
        problem = f"{api_version} {kind} is deprecated since {life.tool} {_text(life.deprecated)}"
        if life.removed:
            problem += f" and goes in {_text(life.removed)}"
        return Ending(Severity.WARNING, problem, _expected(kind, life, versions))
    return None


def _expected(kind: str, life: Life, versions: Versions) -> str:
    """Return what to write, following API versions that are gone themselves."""
    successor = life.successor
    while successor:
        api_version, _, other = successor.partition(" ")
        following = life_of(api_version, other or kind)
        gone = following and following.removed and following.removed <= versions.of(following.tool)
        if not (following and gone):
            kind = f" and kind: {other}" if other else ""
            return f"Write apiVersion: {api_version}{kind}."
        successor = following.successor
    if kind == _POLICIES:
        return "Put a label such as pod-security.kubernetes.io/enforce on the namespaces."
    return "Remove the object."


def _text(version: Version) -> str:
    return ".".join(map(str, version))


# Settings of Argo CD in its ConfigMap argocd-cm, with the release that reads them no longer.
_SETTINGS: Mapping[str, tuple[Version, str]] = {
    "configManagementPlugins": ((2, 8), "a plugin as a sidecar of the repo server"),
    "repositories": ((3, 0), "a Secret with the label argocd.argoproj.io/secret-type: repository"),
    "repository.credentials": (
        (3, 0),
        "a Secret with the label argocd.argoproj.io/secret-type: repo-creds",
    ),
    "helm.repositories": (
        (3, 0),
        "a Secret with the label argocd.argoproj.io/secret-type: repository",
    ),
}
_SETTINGS_MAP = "argocd-cm"


def settings_gone(manifest: Mapping[str, Any], versions: Versions) -> Iterator[Problem]:
    """Yield the settings in a ConfigMap argocd-cm that Argo CD does not read any longer."""
    data = manifest.get("data")
    if text_at(manifest, "metadata", "name") != _SETTINGS_MAP or not isinstance(data, dict):
        return
    for key, (removed, instead) in _SETTINGS.items():
        if key in data and removed <= versions.argocd:
            yield ("data", key), f"Argo CD does not read {key} since {_text(removed)}", instead


# Fields of Argo CD's kinds that people write, with the release that deprecates them (the comments
# of pkg/apis/application/v1alpha1 in Argo CD 3.5).
_FIELDS: Mapping[Kind, Mapping[str, tuple[Version, str]]] = {
    ("argoproj.io", "AppProject"): {"signatureKeys": ((3, 5), "spec.sourceIntegrity")},
    ("argoproj.io", "ApplicationSet"): {
        "applyNestedSelectors": ((3, 0), "Delete it: selectors inside of generators always apply.")
    },
}


def fields_ending(manifest: Mapping[str, Any], versions: Versions) -> Iterator[Problem]:
    """Yield the fields in the spec of an object that a release deprecates."""
    spec = manifest.get("spec")
    for key, (deprecated, instead) in _FIELDS.get(kind_of(manifest), {}).items():
        if isinstance(spec, dict) and key in spec and deprecated <= versions.argocd:
            problem = f"Argo CD deprecates {key} since {_text(deprecated)}"
            yield ("spec", key), problem, instead
