"""The example of docs/adopt.md, run as it is printed; --update-golden writes the outputs."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.support.git import commit_all, git, make_repository, write

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/adopt.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
SECONDS = re.compile(r"proved in [0-9.]+ s")


def test_the_example_is_what_the_commands_print(tmp_path, update_golden):
    page = PAGE.read_text()
    files = re.findall(r"```yaml\n# ([^\n]+)\n(.*?)```", page, re.DOTALL)
    make_repository(tmp_path)
    git(tmp_path, "remote", "add", "origin", "https://git.example.com/acme/fleet.git")
    write(tmp_path, dict(files))
    commit_all(tmp_path, "as it was")
    shown = CONSOLE.sub(lambda block: f"```console\n{printed(block[1], tmp_path)}```", page)
    if update_golden:
        PAGE.write_text(shown)
    assert shown == page
    undo = re.search(r"To undo: (.*)", page)[1]
    subprocess.run(shlex.split(undo), cwd=tmp_path, check=True)
    assert not list((tmp_path / "stacks").iterdir())


def printed(block, cwd):
    """Return the commands of a block, each with what it prints."""
    text = ""
    for line in block.splitlines():
        if line.startswith("$ "):
            command = [sys.executable, "-m", "kure_hooks", *shlex.split(line)[2:]]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            done = subprocess.run(
                command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode < 2, done.stderr
            text += f"{line}\n{SECONDS.sub('proved in 0.1 s', done.stdout)}"
    return text
