"""The files that reports are written to: other reports are replaced, nothing that people wrote."""

import re
from pathlib import Path

from kure_hooks.errors import KureHooksError, UsageError
from kure_hooks.files.mark import is_marked
from kure_hooks.files.paths import is_git_directory
from kure_hooks.repository import find_root, tracked

_YAML = (".yaml", ".yml")

# How the reports begin that say whose they are; the others are replaced when git doesn't know them.
_REPORT = re.compile(
    rb"\A(?:"
    rb'\{\s*"schemaVersion": 1,'
    rb"|### kure-hooks: "
    rb"|<!DOCTYPE html>\s*<html[^>]*>.{0,2000}?<title>kure-hooks: "
    rb'|<\?xml version="1.0" encoding="UTF-8"\?>\s*<testsuites name="kure-hooks"'
    rb'|\{\s*"source": \{\s*"name": "kure-hooks"'
    rb'|\{\s*"\$schema": "[^"]*sarif[^"]*",\s*"version": "2.1.0",\s*"runs": \[\s*'
    rb'\{\s*"tool": \{\s*"driver": \{\s*"name": "kure-hooks"'
    rb")",
    re.DOTALL,
)
_BEGINNING = 1 << 14


def check_output(path: Path) -> None:
    """Raise UsageError where a report would replace a file that is none.

    YAML, which no report is, and generated files are never replaced, and what git tracks only if it
    begins like a report. A new file is written anywhere but into git's own directory.
    """
    real = path.resolve()
    if any(map(is_git_directory, real.parts)):
        raise UsageError(f"--output {path} is part of git's own data. Choose another file.")
    if not real.is_file():
        return
    with real.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if real.suffix in _YAML or is_marked(beginning):
        raise UsageError(f"--output {path} names a file that is no report. Choose another file.")
    if not _REPORT.match(beginning) and _is_tracked(real):
        raise UsageError(
            f"--output {path} names a file that git tracks and that is no report. "
            "Choose another file."
        )


def _is_tracked(path: Path) -> bool:
    root = find_root(path.parent)
    if root is None:
        return False
    name = path.relative_to(root).as_posix()
    try:
        return name in tracked(root, name)
    except KureHooksError:  # then nothing else can be found out about the repository either
        return False
