"""All rules of the CRDs at hand compile."""

from pathlib import Path

import pytest
import yaml

from kure_hooks.cel.rules import Rules
from tests.support.crds import nodes

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / ".tools/crds", ROOT.parent / "shared/data/crds/yaml")
FEWEST = 70
"""The rules of the CRDs of Flux and flux-operator in the data beside the project."""


def definitions():
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.yaml")):
            text = path.read_text()
            if "x-kubernetes-validations" in text:
                for document in yaml.load_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                    if document and document["kind"] == "CustomResourceDefinition":
                        yield path, document


def test_all_rules_compile():
    if not FOLDERS[1].is_dir():
        pytest.skip("the data beside the project is not there")
    count, problems = 0, []
    for path, document in definitions():
        for version in document["spec"]["versions"]:
            for schema, root in nodes(version["schema"]["openAPIV3Schema"], root=True):
                made = Rules(schema, {}, root=root)
                count += len(made)
                problems += [(path.name, problem) for problem in made.problems]
    assert problems == []
    assert count >= FEWEST
