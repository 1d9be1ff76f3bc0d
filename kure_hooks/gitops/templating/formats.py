"""The functions of templates that read and write JSON and YAML (sprig 3.3, Argo CD 3.5)."""

import json
from typing import Any

from kure_hooks.errors import InputError
from kure_hooks.gitops.templating.signatures import Entries
from kure_hooks.gitops.templating.values import (
    TemplateError,
    UnknownError,
    indented,
    intake,
    outlet,
    to_json,
)
from kure_hooks.yamlio import dump, read


def _from_json(value: str) -> Any:
    try:
        return intake(json.loads(value))
    except (ValueError, OverflowError, RecursionError):
        message = "reads JSON in its template that is none"
        raise UnknownError(message) from None


def from_yaml(value: str) -> Any:
    """Return the value of the first document of YAML, None where there is none."""
    try:
        documents = read(value.encode(), "the template")
    except InputError as error:
        message = f"makes YAML that can't be read: {error.findings[0].problem}"
        raise UnknownError(message) from None
    return intake(documents[0].value) if documents else None


def _from_yaml(kind: type, value: str) -> Any:
    decoded = from_yaml(value)
    if decoded is not None and not isinstance(decoded, kind):
        message = "reads YAML of another shape in its template"
        raise TemplateError(message)
    return kind() if decoded is None else decoded


def _to_yaml(value: Any) -> str:
    """Return YAML that reads as a value; Go may write other quotes and other breaks of lines."""
    indented(value)
    first, *rest = dump({"v": _ordered(outlet(value))}).rstrip("\n").split("\n")
    if first.startswith("v: ") and not rest:
        return first.removeprefix("v: ")
    if first != "v:":
        message = "makes YAML of a text with several lines in its template"
        raise UnknownError(message)
    return "\n".join(line.removeprefix("  ") for line in rest)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(item) for key, item in sorted(value.items())}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


FORMATS: Entries = {
    "toJson": ("w", to_json),
    "mustToJson": ("w", to_json),
    "toRawJson": ("w", lambda value: to_json(value, escaped=False)),
    "toPrettyJson": ("w", lambda value: to_json(value, indent=2)),
    "fromJson": ("y", _from_json),
    "mustFromJson": ("y", _from_json),
    "toYaml": ("w", _to_yaml),
    "fromYaml": ("y", lambda value: _from_yaml(dict, value)),
    "fromYamlArray": ("y", lambda value: _from_yaml(list, value)),
}
"""The functions with their signatures."""
