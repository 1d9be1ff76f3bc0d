"""Repositories as newcomers have them: without a trace of kure-hooks."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.support.linting import SYNC

TREES = Path(__file__).parents[3] / "shared/data/trees"

_SOURCE = SYNC.replace("https://git.example.com/", "https://github.com/")
_KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: NAME
  namespace: flux-system
spec:
  interval: 1h
  path: ./apps/NAME
  prune: true
  wait: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: NAME
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://github.com/acme/fleet.git
    path: apps/NAME
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: NAME
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    retry: {limit: 5}
"""
_OBJECTS = """\
apiVersion: v1
kind: Namespace
metadata:
  name: NAME
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: NAME
data:
  color: green
"""


@dataclass(frozen=True)
class Fleet:
    """A repository: its files or the tree that has them, and what its owner does.

    `entry` is where the cluster starts. `application` is a file of a payload, with words in it and
    others in their place, `option` are such words in the stack. `change` is how the change of the
    `generated` file reads.
    """

    tool: str
    entry: str
    application: tuple[str, str, str]
    option: tuple[str, str]
    change: tuple[str, str, str]
    generated: str
    files: dict[str, str] = field(default_factory=dict)
    tree: str = ""


def _named(template: str, directory: str) -> dict[str, str]:
    return {f"{directory}/{name}.yaml": template.replace("NAME", name) for name in ("shop", "web")}


_PAYLOADS = {
    f"apps/{name}/objects.yaml": _OBJECTS.replace("NAME", name) for name in ("shop", "web")
}
_COLOR = ("apps/web/objects.yaml", "color: green", "color: blue")

FLUX = Fleet(
    tool="flux",
    entry="clusters/prod",
    application=_COLOR,
    option=("path: apps/web\n", "path: apps/web\n        interval: 30m\n"),
    change=("spec.interval", "1h0m0s", "30m0s"),
    generated="flux-system/flux-system-kustomization-web.yaml",
    files={
        "README.md": "# Our fleet\n",
        "clusters/prod/flux-system/gotk-sync.yaml": _SOURCE,
        **_named(_KUSTOMIZATION, "clusters/prod"),
        **_PAYLOADS,
    },
)
ARGOCD = Fleet(
    tool="argocd",
    entry="bootstrap",
    application=_COLOR,
    option=("limit: 5", "limit: 3"),
    change=("spec.syncPolicy.retry.limit", "5", "3"),
    generated="argocd/argocd-application-shop.yaml",
    files={
        "README.md": "# Our fleet\n",
        **_named(_APPLICATION, "bootstrap"),
        **_PAYLOADS,
    },
)
STRANGERS = Fleet(
    tool="flux",
    entry="clusters/production",
    application=("apps/production/podinfo-values.yaml", ">=1.0.0", ">=1.1.0"),
    option=("timeout: 5m", "timeout: 4m"),
    change=("spec.timeout", "5m0s", "4m0s"),
    generated="flux-system/flux-system-kustomization-apps.yaml",
    tree="flux2-kustomize-helm-example",
)
