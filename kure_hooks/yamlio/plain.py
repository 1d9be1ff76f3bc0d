"""Faults of files that hold no objects: values, settings, data of generators, templates."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Severity
from kure_hooks.yamlio.conflict import refuse_conflict
from kure_hooks.yamlio.skimming import skim

# A file that Helm, Jinja or envsubst has still to fill in is no YAML before.
_TEMPLATE = re.compile(rb"\{\{|\{%")
# Braces without quotes are no YAML, or a mapping as a key.
_OF_BRACES = ("YA002", "YA009")
_FILL_IN = "Pipe in what is made of it: kure-hooks validate - < FILE."
_YAML = (".yaml", ".yml")
# What every reader of YAML stumbles over, whatever it reads the file for. Tags, keys that are no
# texts and words that readers disagree about are the business of its own reader.
_OF_ALL = {
    "YA001": Severity.ERROR,
    "YA002": Severity.WARNING,
    "YA004": Severity.WARNING,
    "YA005": Severity.WARNING,
}


def unfilled(data: bytes, path: str, *, most: int) -> Finding | None:
    """Return the warning about a template that something has still to fill in, None for others.

    That is a file which can't be read because of what is in braces. Most objects with braces in
    their texts can be. `most` is the limit of bytes as for `read`.
    """
    if not _TEMPLATE.search(data):
        return None
    try:
        skim(data, path, most=most)
    except InputError as error:
        lines = data.splitlines()
        for finding in error.findings:
            line = lines[finding.at.line - 1] if 0 < finding.at.line <= len(lines) else b""
            if finding.rule in _OF_BRACES and _TEMPLATE.search(line):
                problem = "this line is of a template, so the file was not validated"
                return Finding(
                    finding.at, "", problem, _FILL_IN, Severity.WARNING, rule=finding.rule
                )
    return None


def plain_faults(data: bytes, path: str, *, most: int) -> Iterator[Finding]:
    """Yield the faults of a file that need no knowledge of what it is for.

    A merge that is not finished is an error. What can't be read, and keys that are there twice, are
    warnings: nobody knows here who reads the file, and whether it is there to be wrong. Of
    templates, and of what is no YAML by its name, merges alone are told. `most` is the limit of
    bytes as for `read`.
    """
    try:
        if path.lower().endswith(_YAML) and not _TEMPLATE.search(data):
            skim(data, path, most=most)
        else:
            refuse_conflict(data, path)
    except InputError as error:
        for finding in error.findings:
            if finding.rule in _OF_ALL:
                yield replace(finding, severity=_OF_ALL[finding.rule])
