"""A small port of GitHub's runner: a composite action's steps, workflow commands, command files.

Rules as in actions/runner: ActionCommand.cs, ActionCommandManager.cs, FileCommandManager.cs and
ScriptHandlerHelpers.cs.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
EXPRESSION = re.compile(r"\$\{\{\s*(\S+?)\s*\}\}")
SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")

_REGISTERED = frozenset(
    (
        *("set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher"),
        *("remove-matcher", "debug", "warning", "error", "notice", "group", "endgroup", "echo"),
    )
)
_FILES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")


@dataclass
class Job:
    """Where steps run, what they were given, and everything they did.

    `variables` are those of the event; by default somebody has started the workflow by hand.
    """

    workspace: Path
    temp: Path
    inputs: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    token: str = ""
    context: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_FILES, ""))
    log: str = ""
    code: int = 0

    def run(self, steps):
        """Run steps one after the other, up to the first that fails."""
        defaults = {name: each["default"] for name, each in ACTION["inputs"].items()}
        for name, value in (defaults | self.inputs).items():
            self.context[f"inputs.{name}"] = value
        self.context["runner.temp"] = str(self.temp)
        self.context["github.token"] = self.token
        for step in steps:
            self._step(step)
            if self.code:
                return

    def outputs(self):
        """Return the action's outputs."""
        return {name: self._filled(each["value"]) for name, each in ACTION["outputs"].items()}

    def commands(self):
        """Return the workflow commands in the log as (name, properties, message)."""
        return list(workflow_commands(self.log))

    def _filled(self, text):
        return EXPRESSION.sub(lambda match: self.context.get(match[1], ""), text)

    def _holds(self, condition):
        """Tell whether comparisons with && between hold; what is not known is empty."""
        known = {**self.context, **self._event()}
        pairs = re.findall(r"([\w.-]+) (==|!=) ('[^']*'|[\w.-]+)", condition)
        assert " && ".join(map(" ".join, pairs)) == condition
        values = [
            (known.get(left, ""), sign, right.strip("'") if "'" in right else known.get(right, ""))
            for left, sign, right in pairs
        ]
        return all((left == right) is (sign == "==") for left, sign, right in values)

    def _event(self):
        """Return the parts of the context `github` that steps may ask for, by their names."""
        path = self.variables.get("GITHUB_EVENT_PATH")
        event = json.loads(Path(path).read_text()) if path else {}
        head = event.get("pull_request", {}).get("head", {}).get("repo", {})
        return {
            "github.repository": self.variables.get("GITHUB_REPOSITORY", ""),
            "github.event.pull_request.head.repo.full_name": head.get("full_name", ""),
        }

    def _step(self, step):
        if "if" in step and not self._holds(step["if"]):
            return
        files = {name: self.temp / f"{name.lower()}-file" for name in _FILES}
        for file in files.values():
            file.write_text("")
        given = {name: self._filled(value) for name, value in step.get("env", {}).items()}
        known = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }
        event = self.temp / "event.json"
        event.write_text("{}")
        by_hand = {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_EVENT_PATH": str(event)}
        others = {name: value for name, value in os.environ.items() if "GITHUB_" not in name}
        done = subprocess.run(
            [*SHELL, "-c", step["run"]],
            cwd=self._filled(step.get("working-directory", str(self.workspace))),
            env=others
            | known
            | by_hand
            | self.variables
            | given
            | {name: str(file) for name, file in files.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.log += done.stdout.decode()
        self.code = done.returncode
        for name, file in files.items():
            self.files[name] += file.read_text()
        for name, value in file_commands(files["GITHUB_OUTPUT"].read_text()).items():
            self.context[f"steps.{step.get('id', '')}.outputs.{name}"] = value


def file_commands(text):
    """Return the values of a command file, given as `name=value` or between delimiters."""
    values = {}
    lines = iter(text.splitlines())
    for line in lines:
        if start := re.fullmatch(r"([^=<]+)<<(.+)", line):
            name, end = start.groups()
            value = []
            while (inner := next(lines)) != end:
                value.append(inner)
            values[name] = "\n".join(value)
        elif line:
            name, equals, value = line.partition("=")
            assert equals, f"the runner refuses {line!r}"
            values[name] = value
    return values


def workflow_commands(log):
    """Yield what the runner would take for commands, while commands aren't stopped."""
    token = None
    for line in log.splitlines():
        found = _new_syntax(line) or _old_syntax(line)
        if found is None:
            continue
        name, properties, message = found
        if token:
            token = None if name == token else token
        elif name == "stop-commands":
            token = message
        elif name.lower() in _REGISTERED:
            yield name, properties, message


def _new_syntax(line):
    match = re.match(r"\s*::([^\s:]+)(?: (.*?))?::(.*)", line)
    return match and (match[1], _properties(match[2], ",", _unescaped), _unescaped(match[3]))


def _old_syntax(line):
    match = re.search(r"##\[([^\s\]]+)(?: (.*?))?\](.*)", line)
    return match and (match[1], _properties(match[2], ";", str), match[3])


def _properties(text, separator, unescaped):
    pairs = (pair.partition("=") for pair in (text or "").split(separator))
    return {key.strip(): unescaped(value) for key, equals, value in pairs if equals}


def _unescaped(text):
    for escape, character in (
        *(("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")),
        ("%25", "%"),
    ):
        text = text.replace(escape, character)
    return text
