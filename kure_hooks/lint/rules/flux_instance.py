"""FX019: a FluxInstance that flux-operator refuses or can't sync."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import instances
from kure_hooks.manifests import text_at, value_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.yamlio.place import Problem

RULE = Rule(
    "FluxInstance that can't be used",
    ERROR,
    "A cluster has one FluxInstance, which is called flux. Its distribution needs a version and a "
    "registry, and a registry of one's own needs a variant. Its sync needs kind, url, ref and "
    "path, and the ref of a Git repository begins with refs/.",
    "Write the field as the finding says.",
    "Flux Operator 0.59",
    wrong="""\
kind: FluxInstance
metadata: {name: flux-system}
spec:
  sync: {kind: GitRepository, url: https://git.example.com/fleet.git, ref: main, path: clusters/a}
""",
    right="""\
kind: FluxInstance
metadata: {name: flux}
spec:
  distribution: {version: 2.x, registry: ghcr.io/fluxcd}
  sync:
    kind: GitRepository
    url: https://git.example.com/fleet.git
    ref: refs/heads/main
    path: clusters/a
""",
    incidents=(
        "https://github.com/flux-iac/tofu-controller/issues/1730",
        "https://github.com/controlplaneio-fluxcd/flux-operator/issues/284",
    ),
)

_NAME = "flux"
_REGISTRIES = ("ghcr.io/fluxcd", "docker.io/fluxcd", "ghcr.io/controlplaneio-fluxcd")
_SYNC = ("kind", "url", "ref", "path")


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the fields of FluxInstances that are missing or wrong."""
    for owner in instances(cluster):
        for pointer, problem, expected in _problems(owner.resource.manifest):
            yield owner.resource.finding(pointer, problem, expected, "FX019")


def _problems(manifest: dict[str, Any]) -> Iterator[Problem]:
    name = text_at(manifest, "metadata", "name")
    if name != _NAME:
        yield ("metadata", "name"), f"a FluxInstance is called flux, not {name}", "Write flux."
    distribution = value_at(manifest, "spec", "distribution")
    for key in ("version", "registry"):
        if not text_at(distribution, key):
            problem = f"the distribution has no {key}"
            yield ("spec", "distribution", key), problem, "Add it."
    registry = text_at(distribution, "registry")
    known = any(registry.startswith(start) for start in _REGISTRIES) or OPEN in registry
    if registry and not known and not text_at(distribution, "variant"):
        pointer = ("spec", "distribution", "registry")
        problem = f"of the registry {registry} nobody knows which images it has"
        yield pointer, problem, "Add variant: upstream-alpine, or the one that it mirrors."
    yield from _sync_problems(value_at(manifest, "spec", "sync"))


def _sync_problems(sync: Any) -> Iterator[Problem]:
    if not isinstance(sync, dict):
        return
    for key in _SYNC:
        if not text_at(sync, key):
            yield ("spec", "sync", key), f"the sync has no {key}", "Add it."
    ref = text_at(sync, "ref")
    is_git = text_at(sync, "kind") == "GitRepository"
    if is_git and ref and not ref.startswith("refs/") and OPEN not in ref:
        problem = f"the ref {ref} is no full name of a reference of git"
        yield ("spec", "sync", "ref"), problem, f"Write refs/heads/{ref}."
