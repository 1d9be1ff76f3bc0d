import json
import os
from pathlib import Path

import pytest

from kure_hooks.validators import Job, validator
from tests.support.tools import tool

WIDGET = {
    "type": "object",
    "required": ["spec"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "required": ["size"],
            "additionalProperties": False,
            "properties": {
                "size": {"type": "integer", "maximum": 10},
                "port": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                "token": {"type": "string", "pattern": "^[a-z]+$"},
                "parts": {"type": "array", "items": {"type": "string"}},
            },
        },
    },
}


@pytest.fixture
def schemas(tmp_path):
    file = tmp_path / "schemas" / "example.com" / "widget_v1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(WIDGET))
    return tmp_path / "schemas"


@pytest.fixture
def kubeconform(monkeypatch):
    program = tool("kubeconform")
    monkeypatch.setenv("PATH", str(Path(program).parent), prepend=os.pathsep)
    return program


@pytest.fixture
def validate(schemas):
    """Validate texts by the names of their files."""

    def run(files, *, kubernetes="1.34", schemas=(schemas,)):
        data = {name: text.encode() for name, text in files.items()}
        return validator("kubeconform").validate(Job(data, kubernetes, tuple(schemas)))

    return run
