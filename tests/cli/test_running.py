import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git import commit_all, make_repository

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
# The real command, for somebody who has no patience at all.
HASTY = """
from kure_hooks import __main__
from kure_hooks.cli import running

running._PATIENCE = 0
__main__.main()
"""


def break_everything(fleet):
    for path in (fleet / "clusters").rglob("*.yaml"):
        with path.open("a") as file:
            file.writelines(f"field{number}: x\n" for number in range(20))


def test_a_hook_says_at_most_sixty_lines_with_the_fix_last(fleet, kure, monkeypatch):
    kure("generate")
    break_everything(fleet)
    assert len(kure("check")[1].splitlines()) > 60
    monkeypatch.setenv("PRE_COMMIT", "1")
    out = kure("check")[1].splitlines()
    assert len(out) <= 60
    assert out[-1] == "To fix: kure-hooks generate"
    assert "kure-hooks check shows all" in out[-3]


def test_debug_tells_what_is_done(fleet, kure):
    make_repository(fleet)
    kure("generate")
    commit_all(fleet, "all")
    code, out, err = kure("check", "--debug", "--no-cache")
    assert (code, out) == (0, "")
    assert "debug: kure_hooks.operations.fleet: stacks/prod.yaml: 9 files\n" in err
    assert "debug: kure_hooks.process.run: git " in err
    assert kure("check")[2] == ""


@pytest.mark.parametrize("size", ["1000", "5000"])
def test_markdown_keeps_to_the_size_that_is_asked_for(size, fleet, kure):
    kure("generate")
    break_everything(fleet)
    kure("check", "--markdown-size", size, "--quiet", "--output", "markdown=out.md")
    assert 0 < len((fleet / "out.md").read_bytes()) <= int(size)


def test_several_reports_in_one_run(fleet, kure):
    kure("generate")
    break_everything(fleet)
    code, out, _ = kure("check", "-q", "--output", "sarif=a.sarif", "--output", "junit=b/c.xml")
    assert (code, out) == (1, "")
    assert (fleet / "a.sarif").read_text().startswith("{")
    assert (fleet / "b/c.xml").read_text().startswith("<?xml")


@pytest.mark.parametrize("given", ["text", "nothing=x", "text="])
def test_an_output_without_format_or_path_is_wrong_usage(given, fleet, kure):
    code, _, err = kure("check", "--output", given)
    assert code == 2
    assert err.startswith(
        f"error: --output {given} has no format and path. Write FORMAT=PATH, with one of diff, "
    )


def seen_on_a_terminal(fleet, environment):
    """Return what a check of four stacks writes to a terminal on its standard error."""
    text = (fleet / "stacks/prod.yaml").read_text()
    for number in range(3):
        path = fleet / f"stacks/c{number}.yaml"
        path.write_text(text.replace("name: prod", f"name: c{number}"))
    master, terminal = pty.openpty()
    command = [sys.executable, "-c", HASTY, "check", "-q"]
    subprocess.run(command, cwd=fleet, env=environment, stderr=terminal, check=False)
    os.close(terminal)
    try:
        return os.read(master, 4096).decode()
    except OSError:  # nothing was written and the other end is closed
        return ""
    finally:
        os.close(master)


def test_a_long_run_tells_its_progress_on_a_terminal_and_wipes_it(fleet):
    seen = seen_on_a_terminal(fleet, ENVIRONMENT)
    assert "\r3 of 4 stacks" in seen
    assert seen.endswith("\r\x1b[K")


def test_a_hook_shows_no_progress(fleet):
    assert seen_on_a_terminal(fleet, ENVIRONMENT | {"PRE_COMMIT": "1"}) == ""
