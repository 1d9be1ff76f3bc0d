"""Runs the real kustomize."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from kure_hooks.yamlio import kustomize, read
from tests.support.tools import tool


def build(directory: Path, text: str | bytes, **config: Any) -> list[Any] | str:
    """Return the objects that kustomize builds of one file, or what it complains about.

    `config` goes into the kustomization.yaml.
    """
    (directory / "manifest.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    resources = {"resources": ["manifest.yaml"]} | config
    (directory / "kustomization.yaml").write_text(yaml.safe_dump(resources))
    done = subprocess.run([tool("kustomize"), "build", directory], capture_output=True, check=False)
    if done.returncode:
        return done.stderr.decode()
    return [each.value for each in read(done.stdout, "built.yaml", kustomize, most=64 << 20)]
