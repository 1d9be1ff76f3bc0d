"""A small fleet in a git repository, and the reasons that reports give for its drift."""

import shutil
from pathlib import Path
from typing import Any

from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.reports import Style, render
from kure_hooks.reports.wording import note
from tests.support.git import commit_all, git, make_repository, write

WEB, API, SHARED = "apps/web.yaml", "apps/api.yaml", "apps/shared.yaml"
PROD, DEV, SETTINGS = "stacks/prod.yaml", "stacks/dev.yaml", ".kure-hooks.yaml"
DEPLOYMENT = "clusters/prod/shop/shop-deployment-{}.yaml"
SHOP = "clusters/prod/shop/kustomization.yaml"
FLUX = "clusters/prod/flux-system/flux-system-kustomization-{}.yaml"

_STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata:
  name: {name}
spec:
  node:
    name: {name}
    children:
    - name: base
      bundle:
        name: base
        applications:
        - name: maps
          kind: Manifests
          spec: {{files: [../manifests/]}}
        - name: conf
          kind: Manifests
          spec: {{configMaps: [{{name: conf, files: [../conf/app.ini]}}]}}
    - name: shop
      bundle:
        name: shop
        interval: 10m
        labels: {{team: one}}
        applications:
{applications}
"""
_APPLICATION = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata:
  name: {name}
  namespace: shop
spec:
  workload: Deployment
  replicas: 3
  containers:
  - name: main
    image: nginx:1
"""


def stack(name: str, *applications: str) -> str:
    """Return a stack file with applications by path."""
    entries = "\n".join(f"        - path: ../{each}" for each in applications)
    return _STACK.format(name=name, applications=entries)


def application(name: str) -> str:
    """Return an application document."""
    return _APPLICATION.format(name=name)


def config_map(name: str, value: str = "1") -> str:
    """Return a ConfigMap."""
    metadata = f"metadata: {{name: {name}, namespace: shop}}"
    return f"apiVersion: v1\nkind: ConfigMap\n{metadata}\ndata: {{a: '{value}'}}\n"


FILES: dict[str, str | bytes] = {
    PROD: stack("prod", WEB, API, SHARED),
    DEV: stack("dev", SHARED),
    WEB: application("web"),
    API: application("api"),
    SHARED: application("shared"),
    "manifests/a.yaml": config_map("a"),
    "manifests/b.yaml": config_map("b"),
    "conf/app.ini": "a = 1\n",
}


def make_fleet(top: Path) -> Path:
    """Make a repository with the fleet, generated and committed."""
    make_repository(top)
    write(top, FILES)
    regenerate(top)
    commit_all(top, "first")
    return top


def copy_fleet(fleet: Path, top: Path) -> Path:
    """Copy a repository, which costs less than making it."""
    shutil.copytree(fleet, top, symlinks=True)
    git(top, "status", "--short")  # the copies have other times than the index knows
    return top


def regenerate(top: Path) -> None:
    """Write what the stacks generate."""
    generate(open_workspace(top), allow_prune=True)


def edit(top: Path, path: str, before: str, after: str) -> None:
    """Replace the first occurrence of a text."""
    content = (top / path).read_bytes().decode()
    assert before in content
    (top / path).write_bytes(content.replace(before, after, 1).encode())


def report(top: Path, **options: Any) -> str:
    """Return the text report of a check, wide enough to have each file in one line."""
    return render("text", check(open_workspace(top, **options)), Style(width=1000))


def reasons(top: Path, **options: Any) -> dict[str, str]:
    """Return what reports say of each file that drifted, by its path, before any are folded."""
    drift = check(open_workspace(top, **options)).drift
    return {change.path: note(change, change.directory) for change in drift}


def last(top: Path, revision: str = "HEAD") -> str:
    """Return how a report names a commit."""
    return f"{git(top, 'rev-parse', revision)[:7]} on 2026-01-01"
