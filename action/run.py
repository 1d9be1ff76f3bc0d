#!/usr/bin/env python3
"""Runs kure-hooks for a workflow: annotations and report in the log, summary, outputs of the step.

It always ends well, so that the outputs are there; the action's last step passes on the exit code.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

COMMANDS = ("check", "generate", "validate")
VERDICTS = ("nothing to report", "drift, findings or changes", "wrong usage or input", "failure")
USAGE, FAILURE = 2, 3

# The runner drops a whole step summary of more than 1 MiB.
MAX_SUMMARY = 1_000_000


@dataclass(frozen=True)
class Result:
    """How kure-hooks ended: its exit code, workflow commands, and report for people.

    `changed` counts the files that drifted or were changed; None when that is not known.
    """

    code: int
    annotations: str
    report: str
    changed: int | None = None


def main() -> None:
    """Do what the environment asks for and tell the runner about it."""
    command, root = os.environ["KURE_COMMAND"], os.environ["KURE_ROOT"]
    if command in COMMANDS:
        result = run(command, root, os.environ["KURE_STACKS"].split())
    else:
        problem = f"error: the input command is {command!r}; expected {', '.join(COMMANDS)}\n"
        result = Result(USAGE, "", problem)
    sys.stdout.write(result.annotations + quoted(result.report))
    append("GITHUB_STEP_SUMMARY", summary(result))
    append("GITHUB_OUTPUT", outputs(result))


def run(command: str, root: str, paths: Iterable[str]) -> Result:
    """Run a command of kure-hooks."""
    with tempfile.TemporaryDirectory(dir=os.environ["RUNNER_TEMP"]) as directory:
        text, data = Path(directory, "report.txt"), Path(directory, "report.json")
        done = subprocess.run(  # noqa: S603 - the arguments are fixed options and what follows --
            [
                *(sys.executable, "-I", "-m", "kure_hooks", command, f"--root={root}"),
                *("--format=github", f"--output=text={text}", f"--output=json={data}"),
                *("--", *paths),
            ],
            capture_output=True,
            check=False,
        )
        report = text.read_bytes() if text.exists() else b""
        # A code of its own, such as that of a signal, would mean nothing to a workflow.
        code = done.returncode if done.returncode in range(FAILURE) else FAILURE
        changed = count(command, data) if code < USAGE else None
    return Result(code, readable(done.stdout), readable(report + done.stderr), changed)


def count(command: str, report: Path) -> int | None:
    """Return how many files a JSON report says differ or were changed; validate can't tell."""
    summary: dict[str, int] = json.loads(report.read_bytes())["summary"]
    if command == "validate":
        return None
    return summary["drifted"] if command == "check" else summary["written"] + summary["removed"]


def quoted(report: str) -> str:
    """Return the report for the log, so that nothing in it is a workflow command.

    Besides switching commands off, each place where one could begin gets a backslash: at the start
    of a line (`::`) and, in the runner's old syntax, anywhere (`##[`).
    """
    token = secrets.token_hex(16)
    harmless = re.sub(r"^(?=\s*::)|(?<=##)(?=\[)", r"\\", report, flags=re.MULTILINE)
    return f"::stop-commands::{token}\n{harmless}::{token}::\n"


def summary(result: Result) -> str:
    """Return the report as Markdown, in a fence that no line of it can close."""
    report = result.report.encode()[:MAX_SUMMARY].decode(errors="ignore")
    if report != result.report:
        report += "\n... the rest is in the log\n"
    fence = "`" * (max([2, *map(len, re.findall("`+", report))]) + 1)
    return f"### kure-hooks: {VERDICTS[result.code]}\n\n{fence}text\n{report}{fence}\n"


def outputs(result: Result) -> str:
    """Return the step's outputs, each between delimiters that no value can hold."""
    known = result.changed is not None
    values = {
        "drift": str(bool(result.changed)).lower() if known else "",
        "changed-count": str(result.changed) if known else "",
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
