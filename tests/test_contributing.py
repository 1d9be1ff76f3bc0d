"""CONTRIBUTING.md names packages, files and tests that are there."""

import re
from pathlib import Path

import pytest

from tests.test_architecture import PACKAGE, RANK, ROWS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PATHS = re.findall(r"`((?:kure_hooks|tests|docs|examples|benchmarks)/[\w./-]+)`", TEXT)


def test_the_rows_of_imports_are_those_that_are_held():
    lines, _, _ = TEXT.partition("## Typical changes")
    rows = re.findall(r"^\d+\. (.*)$", lines, re.MULTILINE)
    names = [" ".join(re.findall(r"`(\w+)`", row)) for row in rows]
    assert names == list(ROWS), "write the rows of tests/test_architecture.py to CONTRIBUTING.md"


def test_every_package_is_on_the_map():
    lines, _, _ = TEXT.partition("Imports point one way")
    packages = {name for name in RANK if (PACKAGE / name).is_dir()}
    missing = {name for name in packages if not re.search(rf"`{name}\b", lines)}
    assert missing - {"files", "process"} == set(), "say in CONTRIBUTING.md what each is for"


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_every_file_that_is_named_is_there(path):
    assert (ROOT / path).exists(), f"CONTRIBUTING.md names {path}. Name the file it is now."


def test_each_typical_change_names_its_files_and_a_test():
    section = TEXT.split("## Typical changes")[1].split("\n## ")[0]
    changes = re.findall(r"^\*\*(.*?)\*\*(.*?)(?=^\*\*|\Z)", section, re.MULTILINE | re.DOTALL)
    assert len(changes) == 18
    for name, recipe in changes:
        assert "`kure_hooks/" in recipe, name
        assert "Test:" in recipe, name
        assert "`tests/" in recipe.split("Test:")[1], name


def test_every_test_that_is_named_is_there():
    for name, path in re.findall(r"`(test_\w+)` in `(tests/[\w/.]+)`", TEXT):
        assert f"def {name}(" in (ROOT / path).read_text()
