"""The real release manifests, and the shapes in which people may have them."""

import gzip
import io
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kure_hooks.operations.fleet import Fleet
from tests.support.generate import REPOSITORY, generated
from tests.support.schemas import SHARED
from tests.support.tools import tool

GOTK = "flux/gotk-components-v2.9.3.yaml"
OPERATOR = "flux-operator/install-v0.53.0.yaml"
SIX = ["image-reflector-controller", "image-automation-controller"]

_INSTALL = SHARED / "install"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIXED = ("ClusterRole", "ClusterRoleBinding", "ResourceQuota")
_ROOT = {"name": "prod", "children": [{"name": "web", "bundle": {"name": "web"}}]}
_WRITTEN = ("instance", "part-of", "version")

Object = dict[str, Any]


def release(name: str) -> str:
    """Return the text of real release manifests; skip where they are absent."""
    path = _INSTALL / name
    if not path.is_file():
        pytest.skip(f"the release manifests are not at {path}")
    return path.read_text()


def documents(text: str | bytes) -> list[Object]:
    """Return the objects of a text."""
    return [each for each in yaml.load_all(text, _LOADER) if each]


def fleet(
    bootstrap: Mapping[str, Any],
    files: Mapping[str, Any] | None = None,
    root: Mapping[str, Any] = _ROOT,
    **gitops: Any,
) -> Fleet:
    """Return what a stack with this bootstrap generates.

    `files` are more files of the repository, `root` is the root node, `gitops` more of the stack's
    section.
    """
    given = {"enabled": True, "sourceURL": REPOSITORY, "sourceRef": "main", **bootstrap}
    stack = {"name": "prod", "gitops": {"type": "flux", "bootstrap": given, **gitops}}
    stack["node"] = root
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack), **(files or {})})


def start(
    bootstrap: Mapping[str, Any], files: Mapping[str, Any] | None = None, **gitops: Any
) -> dict[str, bytes]:
    """Return the files of the control directory of that fleet, by name."""
    control = "clusters/prod/flux-system/"
    found = fleet(bootstrap, files, **gitops).files
    return {path.removeprefix(control): data for path, data in found.items() if control in path}


def kustomized(directory: Path) -> str:
    """Return what the real kustomize builds of a directory."""
    command = [tool("kustomize"), "build", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def archive(files: Mapping[str, bytes], *members: tarfile.TarInfo) -> bytes:
    """Return a .tar.gz of files, and of members without content."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        for member in members:
            tar.addfile(member)
    return gzip.compress(target.getvalue(), mtime=0)


def unbuilt(text: str) -> dict[str, bytes]:
    """Return components as a Flux release has them: by file, before `flux install` builds them.

    They have no namespace, no registry, no suffixes, no labels but their component, no node
    selector, and there is no Namespace among them.
    """
    files: dict[str, list[Object]] = {}
    for each in documents(text):
        if each["kind"] == "Namespace":
            continue
        _strip(each)
        component = each["metadata"].get("labels", {}).get("app.kubernetes.io/component")
        home = "policies" if each["kind"] == "NetworkPolicy" else "rbac"
        files.setdefault(component or home, []).append(each)
    return {
        f"./{name}.yaml": yaml.safe_dump_all(found).encode()
        for name, found in sorted(files.items())
    }


def _strip(manifest: Object) -> None:
    metadata = manifest["metadata"]
    metadata.pop("namespace", None)
    _unlabel(metadata)
    if manifest["kind"] in _SUFFIXED:
        metadata["name"] = metadata["name"].removesuffix("-flux-system")
        if "roleRef" in manifest:
            role = manifest["roleRef"]
            role["name"] = role["name"].removesuffix("-flux-system")
    if manifest["kind"] == "Deployment":
        template = manifest["spec"]["template"]
        _unlabel(template["metadata"])
        del template["spec"]["nodeSelector"]
        for each in template["spec"]["containers"]:
            each["image"] = each["image"].removeprefix("ghcr.io/")


def _unlabel(metadata: Object) -> None:
    for name in _WRITTEN:
        metadata.get("labels", {}).pop(f"app.kubernetes.io/{name}", None)
