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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import uuid4

from kure_hooks.cli.console import guarded
from kure_hooks.cli.options import NEVER
from kure_hooks.errors import ReadError
from kure_hooks.files.tree import WorkTree
from kure_hooks.findings import Finding, Location
from kure_hooks.outcome import Concern, Outcome
from kure_hooks.pipelines import WORD as OF_THE_EVENT
from kure_hooks.reports import Style, render
from kure_hooks.safe_text import inert

COMMANDS = ("check", "diff", "generate", "lint", "validate")
USAGE, FAILURE = 2, 3
# The word for no base.
NONE = "none"

# The file of each format; what is annotated are the findings of the format github.
FILES = {
    "text": "report.txt",
    "markdown": "summary.md",
    "json": "report.json",
    "sarif": "report.sarif",
    "diff": "report.diff",
    "gitlab": "gl-code-quality-report.json",
    "html": "report.html",
    "junit": "report.xml",
    "rdjson": "report.rdjson",
}
ALWAYS = ("text", "markdown", "json", "sarif")

# The runner drops a whole step summary of more than 1 MiB.
MAX_SUMMARY = 1_000_000
# All outputs of a job together may take 1 MB, in two bytes a character.
MAX_PATHS = 400_000


@dataclass(frozen=True)
class Inputs:
    """The inputs of the action."""

    command: str
    stacks: Sequence[str]
    root: str
    base: str
    fail_on: Sequence[str]
    formats: Sequence[str]
    comment: str
    timeout: str

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield the name of each wrong input with what is wrong and what is expected."""
        yield from _unknown("command", [self.command], COMMANDS)
        yield from _unknown("fail-on", self.fail_on, [*Concern, NEVER])
        yield from _unknown("formats", self.formats, FILES)
        yield from _unknown("comment", [self.comment], ("true", "false"))
        if NEVER in self.fail_on and len(self.fail_on) > 1:
            yield "fail-on", f"{NEVER} stands beside others", "Leave it out, or the others."
        if not re.fullmatch(r"[0-9]{1,9}", self.timeout):
            yield "timeout", f"{self.timeout!r} is no number of seconds", "a number such as 600"
        if self.command == "diff" and self.base == NONE:
            yield "base", "diff needs a base", "Name a revision, or leave the input out."
        if self.command == "generate" and self.base:
            yield "base", "generate compares with no base", "Leave the input out."

    def arguments(self) -> Iterator[str]:
        """Yield the arguments of kure-hooks that say what to do, all but the reports."""
        yield from (self.command, f"--root={self.root}", f"--timeout={self.timeout}")
        if concerns := self.fail_on or (["findings"] if self.command == "diff" else []):
            yield f"--fail-on={','.join(concerns)}"
        base = "" if self.base == NONE else self.base or OF_THE_EVENT
        if self.command == "diff":
            yield from ("--merge-base", "--", self.base) if self.base else ("--", base)
            return
        # A directory inside of a checkout has no version of its own in another revision.
        if base and self.command != "generate" and (self.base or Path(self.root, ".git").exists()):
            yield f"--changed={base}"
        yield from ("--", *self.stacks)


def _unknown(
    name: str, words: Sequence[str], known: Sequence[str] | Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, 1)
            hint = f"Did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            yield name, f"{word!r} is not known", hint


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
    inputs = given()
    faults = [
        Finding(workflow(inputs.root, name), f"input {name}", problem, expected)
        for name, problem, expected in inputs.faults()
    ]
    result = refused(faults) if faults else run(inputs)
    report = guarded(inert(result.report)) if result.report else ""
    sys.stdout.write(result.annotations + report)
    append("GITHUB_STEP_SUMMARY", summary(result))
    append("GITHUB_OUTPUT", outputs(result))


def given() -> Inputs:
    """Return the inputs, which the step has in its environment; words stand between blanks."""
    texts = {name: os.environ[f"KURE_{name.upper()}"] for name in Inputs.__annotations__}
    words = {
        name: re.split(r"[\s,]+", texts[name].strip(", \n")) for name in ("fail_on", "formats")
    }
    lists = {name: list(filter(None, values)) for name, values in words.items()}
    return Inputs(**{**texts, **lists, "stacks": texts["stacks"].split()})  # type: ignore[arg-type]


def refused(faults: Sequence[Finding]) -> Result:
    """Return the result of wrong inputs."""
    outcome = Outcome("action", findings=tuple(faults)).discreet()
    return Result(USAGE, render("github", outcome, Style()), render("text", outcome, Style()))


def run(inputs: Inputs) -> Result:
    """Run a command of kure-hooks; its reports stay for later steps, until the job ends."""
    directory = tempfile.mkdtemp(prefix="kure-hooks-report-", dir=os.environ["RUNNER_TEMP"])
    asked = {name: Path(directory, FILES[name]) for name in (*ALWAYS, *inputs.formats)}
    command, *arguments = inputs.arguments()
    done = subprocess.run(  # noqa: S603 - the arguments are fixed options and what follows --
        [
            *(sys.executable, "-I", "-m", "kure_hooks", command),
            *("--format=github", f"--markdown-size={MAX_SUMMARY}"),
            *(f"--output={name}={path}" for name, path in asked.items()),
            *arguments,
        ],
        capture_output=True,
        check=False,
    )
    reports = {name: path for name, path in asked.items() if path.exists()}
    text = reports["text"].read_bytes() if "text" in reports else b""
    # A code of its own, such as that of a signal, would mean nothing to a workflow.
    code = done.returncode if done.returncode in range(FAILURE) else FAILURE
    report = json.loads(reports["json"].read_bytes()) if "json" in reports else {}
    changed = changes(command, report) if code < USAGE else None
    # The report of a run that failed repeats what the run said.
    said = readable(done.stderr if text in done.stderr else text + done.stderr)
    annotations = readable(done.stdout)
    if code >= USAGE and not report.get("findings"):
        annotations = failure(inputs, report, said)
    return Result(code, annotations, said, reports, changed)


def failure(inputs: Inputs, report: Mapping[str, Any], said: str) -> str:
    """Return the annotation of a run that failed for no file: it is at the step that ran it."""
    known = report.get("failure") or {}
    problem = known.get("message") or said.strip() or "kure-hooks was stopped"
    fault = Finding(workflow(inputs.root), "", problem)
    return render("github", Outcome("action", findings=(fault,)).discreet(), Style())


def workflow(root: str, name: str = "") -> Location:
    """Return where the workflow calls the action, or gives it the input of this name."""
    path = re.sub(r"^[^/]+/[^/]+/|@.*", "", os.environ.get("GITHUB_WORKFLOW_REF", ""))
    try:
        lines = WorkTree(Path(root)).read(path).decode(errors="replace").splitlines()
    except ReadError:
        return Location(path, 1, 1) if path else Location("")
    keys = [line.lstrip(" -") for line in lines]
    calls = (row for row, key in enumerate(keys) if re.match("uses: .*kure-hooks", key))
    call = next(calls, 0)
    rows = (row for row in range(call, len(keys)) if name and keys[row].startswith(f"{name}:"))
    row = next(rows, call)
    return Location(path, row + 1, len(lines[row]) - len(keys[row]) + 1)


def changes(command: str, outcome: Mapping[str, Any]) -> Sequence[str] | None:
    """Return the files that a JSON report says differ or were changed; others can't tell."""
    if command in ("validate", "lint"):
        return None
    if command == "generate":
        return sorted([*outcome["written"], *outcome["removed"]])
    whole = (path for view in outcome["clusters"] if view.get("state") for path in view["files"])
    return [*(change["path"] for change in outcome["drift"]), *whole]


def summary(result: Result) -> str:
    """Return the Markdown report; without one, what was said, in a fence that it can't close."""
    if "markdown" in result.reports:
        return result.reports["markdown"].read_text(encoding="utf-8")
    report = result.report.encode()[:MAX_SUMMARY].decode(errors="ignore")
    fence = "`" * (max([2, *map(len, re.findall("`+", report))]) + 1)
    verdict = "wrong usage or input" if result.code == USAGE else "failure"
    return f"### kure-hooks: {verdict}\n\n{fence}text\n{report}\n{fence}\n"


def outputs(result: Result) -> str:
    """Return the step's outputs, each between delimiters that no value can hold."""
    changed = result.changed
    paths = json.dumps(changed)
    report = result.reports.get("json", "")
    values = {
        "drift": "" if changed is None else str(bool(changed)).lower(),
        "changed-count": "" if changed is None else str(len(changed)),
        "changed-files": "" if changed is None or len(paths) > MAX_PATHS else paths,
        "report-path": str(report),
        "sarif-path": str(result.reports.get("sarif", "")),
        "reports-path": str(report and report.parent),
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
