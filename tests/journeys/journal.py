"""Runs a newcomer's commands one by one, and keeps what each said and how long it took."""

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.git import git, write

_LEAST_FENCE = 3


@dataclass(frozen=True)
class Step:
    """A command, its wall time, its exit code and what it printed."""

    command: str
    seconds: float
    code: int
    said: str


@dataclass
class Journal:
    """A repository, and all that was done in it."""

    path: Path
    variables: dict[str, str]
    steps: list[Step] = field(default_factory=list)

    def run(self, command: str, *, code: int | None = 0) -> str:
        """Run a command as the newcomer types it; fails unless it ends with `code`, if any."""
        start = time.monotonic()
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.path,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        step = Step(command, time.monotonic() - start, done.returncode, done.stdout)
        self.steps.append(step)
        assert code in (None, done.returncode), f"{command}\n{done.stdout}"
        return done.stdout

    def edit(self, path: str, old: str, new: str) -> None:
        """Change the first of some words of a file, as an editor does."""
        content = self.read(path)
        assert old in content, content
        write(self.path, {path: content.replace(old, new, 1)})
        words = [" ".join(text.split()) for text in (old, new)]
        self.steps.append(Step(f"# edit {path}: {words[0]} -> {words[1]}", 0, 0, ""))

    def read(self, path: str) -> str:
        return (self.path / path).read_text()

    def git(self, *args: str) -> str:
        """Run git behind the scenes."""
        return git(self.path, *args)

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    def page(self, title: str) -> str:
        """Return the journal as Markdown: a table of the steps, then what each of them said."""
        rows = [
            f"| {number} | `{step.command}` | {step.seconds:.1f} | {step.code} |"
            for number, step in enumerate(self.steps, start=1)
        ]
        head = [f"# {title}", "", "| | step | seconds | exit code |", "| --- | --- | --- | --- |"]
        told = [
            f"\n## {number}. `{step.command}`\n\n{_fenced(step.said)}"
            for number, step in enumerate(self.steps, start=1)
            if step.said
        ]
        return "\n".join([*head, *rows, *told, ""])


def _fenced(text: str) -> str:
    fence = "`" * max(_LEAST_FENCE, 1 + max(map(len, text.split()), default=0) * ("```" in text))
    return f"{fence}\n{text.rstrip()}\n{fence}"
