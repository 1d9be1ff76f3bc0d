"""Small repositories of Flux and Argo CD, and what one rule of lint says about them."""

from importlib import import_module

import yaml

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.rules import MODULES

SYNC = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  url: https://git.example.com/acme/fleet.git
  ref:
    branch: main
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m
  path: ./clusters/prod
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
"""
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: {namespace}
data:
  key: value
"""


def config_map(name, namespace="default"):
    return CONFIG_MAP.format(name=name, namespace=namespace)


def kustomization(name, path=None, namespace="flux-system", **spec):
    """Return a Kustomization of Flux; None removes a field."""
    fields = {
        "interval": "10m",
        "path": path or f"./apps/{name}",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        **spec,
    }
    return document(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        name,
        namespace,
        spec={key: value for key, value in fields.items() if value is not None},
    )


def release(name, namespace="default", **spec):
    fields = {
        "interval": "10m",
        "chart": {
            "spec": {
                "chart": name,
                "version": "1.0.0",
                "sourceRef": {"kind": "HelmRepository", "name": "charts"},
            }
        },
        **spec,
    }
    spec = {key: value for key, value in fields.items() if value is not None}
    return document("helm.toolkit.fluxcd.io/v2", "HelmRelease", name, namespace, spec=spec)


def document(api_version, kind, name, namespace=None, **fields):
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}
    return yaml.safe_dump(manifest, sort_keys=False)


def fleet(*kustomizations, **directories):
    """Return a repository whose cluster clusters/prod starts with its own bootstrap.

    Each Kustomization stands in a file of clusters/prod. `directories` are the contents of
    apps/NAME/manifests.yaml; a Kustomization without one gets a ConfigMap.
    """
    files = {"clusters/prod/flux-system/gotk-sync.yaml": SYNC}
    for text in kustomizations:
        name = yaml.safe_load(text)["metadata"]["name"]
        files[f"clusters/prod/{name}.yaml"] = text
        path = yaml.safe_load(text)["spec"].get("path", "")
        if path == f"./apps/{name}":
            files[f"apps/{name}/manifests.yaml"] = config_map(name)
    for name, text in directories.items():
        files[f"apps/{name.replace('_', '-')}/manifests.yaml"] = text
    return files


def model(files, **options):
    """Return the repository that files make, given as strings by path."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return read_repository(tree, **options)


def lint(files, rule, **options):
    """Return what one rule says about files."""
    repository = model(files, **options)
    module = import_module(f"kure_hooks.lint.rules.{MODULES[rule]}")
    findings = list(getattr(module, "check_repository", lambda _: ())(repository))
    if hasattr(module, "check"):
        findings += [item for cluster in repository.clusters for item in module.check(cluster)]
    assert {finding.rule for finding in findings} <= {"", rule}
    return sorted(findings)


def told(files, rule, **options):
    """Return the places and words of what one rule says about files."""
    return [
        f"{finding.severity}: {finding.at}: {finding.message}"
        for finding in lint(files, rule, **options)
    ]


def lint_change(before, after, rule):
    """Return what one rule says about the change from files to others."""
    module = import_module(f"kure_hooks.lint.rules.{MODULES[rule]}")
    return sorted(module.check_change(model(before), model(after)))
