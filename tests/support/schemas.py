"""Validates objects of Flux and Argo CD: the real kubeconform, strict, on the CRDs' own schemas."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.tools import tool

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

_SCHEMAS = SHARED / "crds" / "schemas"
_FILE = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"


def assert_valid(files: Iterable[Path]) -> None:
    """Fail for the first invalid object; skip where the schemas or kubeconform are absent."""
    if not _SCHEMAS.is_dir():
        pytest.skip(f"the schemas of Flux and Argo CD are not at {_SCHEMAS}")
    names = [str(file) for file in files]
    assert names, "there is nothing to validate"
    done = subprocess.run(
        [tool("kubeconform"), "-strict", "-schema-location", f"{_SCHEMAS}/{_FILE}", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
