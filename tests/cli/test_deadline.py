"""The time limit, with the real command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kure_hooks.cli.deadline import UNATTENDED, limit
from tests.support.git import make_repository

ROOT = Path(__file__).parents[2]

# The real command, with something inside of it that never ends.
STUCK = """
import re, sys, time
from kure_hooks import __main__
from kure_hooks.operations import {module}

def stuck(*args, **options):
    {body}

{module}.{function} = stuck
__main__.main()
"""
EXPRESSION = "re.match('(a+)+$', 'a' * 64 + '!')"
LOOP = "while True: pass"
SWALLOWING = """
    while True:
        try:
            time.sleep(60)
        except Exception:
            pass
"""


def run(script, *args, cwd, **environment):
    return subprocess.run(
        [sys.executable, "-c", script, *args],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


@pytest.mark.parametrize("body", [EXPRESSION, LOOP, SWALLOWING])
def test_whatever_hangs_is_ended_and_its_stage_is_named(body, fleet):
    script = STUCK.format(module="units", function="generate_stack", body=body)
    done = run(script, "check", "--timeout", "1", cwd=fleet)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "error: There was no result after 1 seconds, while generating stacks/prod.yaml. "
        "Allow more time with --timeout SECONDS.\n"
    )


@pytest.mark.parametrize(
    ("module", "function", "stage"),
    [
        ("check", "compare", "comparing the tree with what is generated"),
        ("workspace", "_tree", "reading the settings"),
    ],
)
def test_each_stage_is_named(module, function, stage, fleet):
    script = STUCK.format(module=module, function=function, body=LOOP)
    done = run(script, "check", cwd=fleet, KURE_HOOKS_TIMEOUT="1")
    assert done.returncode == 3
    assert f", while {stage}." in done.stderr


def test_the_processes_of_the_pool_end_too(fleet):
    text = (fleet / "stacks/prod.yaml").read_text()
    for number in range(9):
        stack = text.replace("name: prod", f"name: c{number}")
        (fleet / f"stacks/c{number}.yaml").write_text(stack)
    script = STUCK.format(module="units", function="_Worker.generate", body=LOOP)
    done = run(f"mark = '{fleet}'\n{script}", "check", "--jobs=2", "--timeout=1", cwd=fleet)
    assert done.returncode == 3
    assert "while generating stacks/c1.yaml or a stack after it" in done.stderr
    running = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True)
    assert f"mark = '{fleet}'" not in running.stdout


def test_a_program_that_hangs_ends_too(fleet, tmp_path_factory):
    make_repository(fleet)
    programs = tmp_path_factory.mktemp("programs")
    pid = programs / "pid"
    (programs / "git").write_text(f"#!/bin/sh\necho $$ > {pid}\nexec sleep 600\n")
    (programs / "git").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    script = "from kure_hooks import __main__; __main__.main()"
    done = run(script, "check", "--source", "index", "--timeout", "1", cwd=fleet, PATH=path)
    assert done.returncode == 3
    assert "error: There was no result after 1 seconds" in done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_run_in_time_is_not_disturbed(fleet, kure):
    assert kure("generate", "--timeout", "60")[0] == 1
    assert kure("check", "--timeout", "60") == (0, "", "")


def test_a_hook_has_ten_minutes_and_people_all_the_time(monkeypatch):
    monkeypatch.delenv("PRE_COMMIT", raising=False)
    assert limit(None) == 0
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert limit(None) == UNATTENDED == 600
    assert limit(5.0) == 5
    assert limit(0.0) == 0
