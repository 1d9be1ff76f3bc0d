"""Validates objects of Flux and Argo CD: the real kubeconform, strict, on the CRDs' own schemas.

What a bootstrap has of other projects is held against the CRDs that .ci/crds fetches.
"""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.support.tools import tool

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

_SCHEMAS = SHARED / "crds" / "schemas"
_FETCHED = Path(__file__).parents[2] / ".tools" / "crds"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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


def conforming(exported: Path, files: Iterable[Path]) -> list[dict[str, Any]]:
    """Return what kubeconform, strict, says of each object by what `schemas export` wrote."""
    done = subprocess.run(
        [
            *(tool("kubeconform"), "-strict", "-verbose", "-output", "json"),
            *("-kubernetes-version", "1.34.0", "-schema-location", str(exported)),
            *("-schema-location", f"{exported}/{_FILE}", *map(str, files)),
        ],
        capture_output=True,
        check=False,
    )
    verdicts: list[dict[str, Any]] = json.loads(done.stdout)["resources"]
    return verdicts


def fetched(name: str) -> Path:
    """Return the path of a file that .ci/crds fetches, or skip the test."""
    path = _FETCHED / name
    if not path.is_file():
        pytest.skip(f"{name} is not there; run .ci/crds (needs Go)")
    return path


def problems(manifest: dict[str, Any], crd: str) -> list[str]:
    """Return what a fetched CRD, strictly read, says against an object; skip where it is absent."""
    (definition,) = yaml.load_all(fetched(crd).read_text(), _LOADER)
    spec = definition["spec"]
    group, _, version = manifest["apiVersion"].rpartition("/")
    assert (group, manifest["kind"]) == (spec["group"], spec["names"]["kind"])
    (schema,) = (each["schema"] for each in spec["versions"] if each["name"] == version)
    validator = Draft202012Validator(_strict(schema["openAPIV3Schema"]))
    return [each.message for each in validator.iter_errors(manifest)]


def _strict(schema: Any) -> Any:
    """Return a CRD's schema that allows no field it doesn't have, as the API server prunes it."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(each) for key, each in schema.items()}
    open_ = {"additionalProperties", "x-kubernetes-preserve-unknown-fields"} & set(schema)
    return made | {"additionalProperties": False} if "properties" in schema and not open_ else made
