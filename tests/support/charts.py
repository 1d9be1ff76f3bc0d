"""Small charts, and applications that render them by the real helm."""

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import yaml

from kure_hooks.files.paths import base_name
from tests.support.generate import generated
from tests.support.tools import tool

_NO_OBJECTS = ("kustomization.yaml", "kustomizeconfig.yaml")
STACK = {
    "name": "prod",
    "gitops": {
        "argocd": {"repoURL": "https://github.com/acme/fleet.git"},
        "createNamespaces": True,
    },
}
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ .Release.Name }}%s"
data: {%s}
"""
HOOK = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: %s
  annotations:
    helm.sh/hook: "%s"
    helm.sh/hook-weight: "%s"
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: job, image: "ghcr.io/acme/job:1.0.0"}]}
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.acme.dev}
spec:
  group: acme.dev
  scope: %s
  names: {kind: Shop, plural: shops, singular: shop, listKind: ShopList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""


def with_helm(monkeypatch) -> None:
    """Put the real helm on PATH, or skip the test; kept renders are those of the test alone."""
    directory = str(Path(tool("helm")).parent)
    monkeypatch.setenv("PATH", directory + os.pathsep + os.environ["PATH"])


def chart(
    *templates: str, name: str = "shop", version: str = "1.2.3", **files: str
) -> dict[str, str]:
    """Return the files of a chart below charts/<name>; `files` are by their paths in it."""
    top = f"charts/{name}"
    numbered = {f"{top}/templates/t{number}.yaml": text for number, text in enumerate(templates)}
    metadata = yaml.safe_dump({"apiVersion": "v2", "name": name, "version": version})
    return {
        f"{top}/Chart.yaml": metadata,
        **numbered,
        **{f"{top}/{path}": text for path, text in files.items()},
    }


def archive(files: dict[str, str]) -> bytes:
    """Return a chart as `helm package` does: in one directory of its name."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        for path, text in files.items():
            member = tarfile.TarInfo(path.removeprefix("charts/"))
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


def release(**spec: Any) -> dict[str, Any]:
    """Return an application of a rendered chart."""
    spec = {"chart": {"path": "../charts/shop"}, "render": True} | spec
    return {"name": "shop", "namespace": "web", "kind": "HelmChart", "spec": spec}


def files_of(
    files: dict[str, Any], *applications: dict[str, Any], engine: str = "flux", **stack: Any
) -> Any:
    """Return what is generated of a bundle `web` with applications; `stack` goes over STACK."""
    gitops = STACK["gitops"] | {"type": engine} | stack.pop("gitops", {})
    node = {
        "name": "apps",
        "bundle": {"name": "web", "applications": list(applications)} | stack.pop("bundle", {}),
    }
    document = STACK | {"gitops": gitops, "node": {"name": "all", "children": [node]}} | stack
    return generated({"stacks/prod.yaml": yaml.safe_dump(document), **files})


def documents(result: Any) -> dict[str, Any]:
    """Return the objects of a result by path, without kustomization files."""
    return {
        path.removeprefix("clusters/prod/"): yaml.load(data, yaml.CSafeLoader)
        for path, data in sorted(result.files.items())
        if path.endswith(".yaml") and base_name(path) not in _NO_OBJECTS
    }
