#!/usr/bin/env python3
"""Runs kure-hooks for a workflow: annotations and report in the log, summary, outputs of the step.

It always ends well, so that the outputs are there; the action's last step passes on the exit code.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from kure_hooks.cli.console import guarded
from kure_hooks.safe_text import inert

COMMANDS = ("check", "generate", "validate", "lint")
VERDICTS = ("nothing to report", "drift, findings or changes", "wrong usage or input", "failure")
USAGE, FAILURE = 2, 3

REPORTS = {
    "text": "report.txt",
    "markdown": "summary.md",
    "json": "report.json",
    "sarif": "report.sarif",
}

# The runner drops a whole step summary of more than 1 MiB.
MAX_SUMMARY = 1_000_000
# All outputs of a job together may take 1 MB, in two bytes a character.
MAX_PATHS = 400_000


@dataclass(frozen=True)
class Result:
    """How kure-hooks ended: its exit code, workflow commands, and what it says to people.

    `reports` are the files that were written, by format. `changed` are the files that drifted or
    were changed; None when they are not known.
    """

    code: int
    annotations: str
    report: str
    reports: Mapping[str, Path] = field(default_factory=dict)
    changed: Sequence[str] | None = None


def main() -> None:
    """Do what the environment asks for and tell the runner about it."""
    command, root = os.environ["KURE_COMMAND"], os.environ["KURE_ROOT"]
    if command in COMMANDS:
        result = run(command, root, os.environ["KURE_STACKS"].split())
    else:
        problem = f"error: the input command is {command!r}; expected {', '.join(COMMANDS)}\n"
        result = Result(USAGE, "", problem)
    report = guarded(inert(result.report)) if result.report else ""
    sys.stdout.write(result.annotations + report)
    append("GITHUB_STEP_SUMMARY", summary(result))
    append("GITHUB_OUTPUT", outputs(result))


def run(command: str, root: str, paths: Iterable[str]) -> Result:
    """Run a command of kure-hooks; its reports stay for later steps, until the job ends."""
    directory = tempfile.mkdtemp(prefix="kure-hooks-report-", dir=os.environ["RUNNER_TEMP"])
    wanted = {format_: Path(directory, name) for format_, name in REPORTS.items()}
    done = subprocess.run(  # noqa: S603 - the arguments are fixed options and what follows --
        [
            *(sys.executable, "-I", "-m", "kure_hooks", command, f"--root={root}"),
            *("--format=github", f"--markdown-size={MAX_SUMMARY}"),
            f"--timeout={os.environ['KURE_TIMEOUT']}",
            *(f"--output={format_}={path}" for format_, path in wanted.items()),
            *("--", *paths),
        ],
        capture_output=True,
        check=False,
    )
    reports = {format_: path for format_, path in wanted.items() if path.exists()}
    text = reports["text"].read_bytes() if "text" in reports else b""
    # A code of its own, such as that of a signal, would mean nothing to a workflow.
    code = done.returncode if done.returncode in range(FAILURE) else FAILURE
    changed = changes(command, reports["json"]) if code < USAGE else None
    # The report of a run that failed repeats what the run said.
    said = done.stderr if text in done.stderr else text + done.stderr
    return Result(code, readable(done.stdout), readable(said), reports, changed)


def changes(command: str, report: Path) -> Sequence[str] | None:
    """Return the files that a JSON report says differ or were changed; others can't tell."""
    outcome = json.loads(report.read_bytes())
    if command in ("validate", "lint"):
        return None
    if command == "check":
        return [change["path"] for change in outcome["drift"]]
    return sorted([*outcome["written"], *outcome["removed"]])


def summary(result: Result) -> str:
    """Return the Markdown report; without one, what was said, in a fence that it can't close."""
    if "markdown" in result.reports:
        return result.reports["markdown"].read_text(encoding="utf-8")
    report = result.report.encode()[:MAX_SUMMARY].decode(errors="ignore")
    fence = "`" * (max([2, *map(len, re.findall("`+", report))]) + 1)
    return f"### kure-hooks: {VERDICTS[result.code]}\n\n{fence}text\n{report}\n{fence}\n"


def outputs(result: Result) -> str:
    """Return the step's outputs, each between delimiters that no value can hold."""
    changed = result.changed
    paths = json.dumps(changed)
    values = {
        "drift": "" if changed is None else str(bool(changed)).lower(),
        "changed-count": "" if changed is None else str(len(changed)),
        "changed-files": "" if changed is None or len(paths) > MAX_PATHS else paths,
        "report-path": str(result.reports.get("json", "")),
        "sarif-path": str(result.reports.get("sarif", "")),
        "exit-code": str(result.code),
    }
    delimiter = f"ghadelimiter_{uuid4()}"
    return "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in values.items())


def append(variable: str, text: str) -> None:
    """Add to the file that the runner names by a variable."""
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


def readable(output: bytes) -> str:
    """Return what a program wrote, whatever its bytes, as whole lines."""
    text = output.decode(errors="backslashreplace")
    return text if not text or text.endswith("\n") else f"{text}\n"


if __name__ == "__main__":
    main()
