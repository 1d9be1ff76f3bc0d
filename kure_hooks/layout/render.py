"""The tree as text: the one place that turns directories into bytes."""

from collections.abc import Iterable
from dataclasses import dataclass

from kure_hooks.files.ownership import mark
from kure_hooks.layout.naming import KUSTOMIZATION
from kure_hooks.layout.tree import Directory
from kure_hooks.origin import Origin
from kure_hooks.yamlio import dump


@dataclass(frozen=True)
class Generated:
    """A tree: the bytes of every file, and what each file comes from."""

    files: dict[str, bytes]
    origins: dict[str, Origin]


def render(directories: Iterable[Directory], stack: str) -> Generated:
    """Return the files of the directories, each with the mark of ownership as its first line."""
    files: dict[str, bytes] = {}
    origins: dict[str, Origin] = {}
    head = mark(stack)
    for directory in directories:
        base = "/".join(directory.path)
        for file in directory.files:
            path = f"{base}/{file.name}"
            documents = "---\n".join(dump(item.manifest) for item in file.items)
            files[path] = (head + documents).encode()
            origins[path] = file.items[0].origin
        path = f"{base}/{KUSTOMIZATION}"
        files[path] = (head + _kustomization(directory)).encode()
        origins[path] = directory.origin
    return Generated(files, origins)


def _kustomization(directory: Directory) -> str:
    names = [*(file.name for file in directory.files), *directory.includes]
    return dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": sorted(names),
        }
    )
