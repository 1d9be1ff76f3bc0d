"""The checked-in JSON Schemas, to which the first lines of files that `init` writes lead."""

import json
from pathlib import Path

import pytest

from kure_hooks.operations.schema import SCHEMAS
from kure_hooks.setup import starters

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["stack", "settings"])
def test_a_copy_is_what_the_command_prints(name, update_golden):
    """To mend: pytest tests/test_schemas_of_editors.py --update-golden."""
    path = ROOT / "schemas" / f"{name}.schema.json"
    text = f"{json.dumps(SCHEMAS[name](), indent=2)}\n"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (starters.stack("dev", "flux"), "stack"),
        (starters.settings("flux", ""), "settings"),
    ],
)
def test_first_lines_lead_to_a_copy(text, name):
    modeline = text.splitlines()[0]
    assert modeline == f"# yaml-language-server: $schema={starters.SCHEMAS}/{name}.schema.json"
    assert (ROOT / "schemas" / f"{name}.schema.json").is_file()
