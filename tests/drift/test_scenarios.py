"""Each folder of `scenarios` is a drifted repository and the report that a person gets of it.

    stack/      the inputs: stack files, applications, settings
    before/     what is checked in for the files that drifted
    after/      what is generated for them
    report.txt  what is printed

What is in neither `before` nor `after` is checked in as it is generated. A symbolic link is one.
`run.txt`, where there is one, holds the commands to run after that; the last one prints the report.
It is `kure-hooks check` by default. The exit code is 1 when there is a report, else 0.

A folder with `base` and `head` instead holds the inputs of two versions, which are compared by
`kure-hooks diff main`.

Whatever must not be shown has the word canary in it, or its base64.
"""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kure_hooks import config
from kure_hooks.cli import main
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import fleet
from kure_hooks.reports import REPORTS
from tests.support import git

_SCENARIOS = Path(__file__).parent / "scenarios"
_UPDATE = "write it anew with: pytest tests/drift/test_scenarios.py --update-golden"

_CANARIES = (b"canary", b"Y2FuYXJ5")


def folders(wanted):
    found = sorted(path for path in _SCENARIOS.iterdir() if wanted(path))
    return [pytest.param(path, id=path.name) for path in found]


def is_check(scenario):
    return (scenario / "stack").exists()


def is_diff(scenario):
    return (scenario / "base").exists()


def has_secrets(scenario):
    return any(
        canary in path.read_bytes()
        for path in scenario.rglob("*")
        if path.is_file()
        for canary in _CANARIES
    )


def has_fix(scenario):
    report = scenario / "report.txt"
    return is_check(scenario) and report.exists() and "To fix: " in report.read_text()


def is_blocked(scenario):
    report = scenario / "report.txt"
    return is_check(scenario) and report.exists() and "  in the way" in report.read_text()


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command as in a shell in tmp_path; return exit code, stdout and stderr."""
    git.isolate(monkeypatch, tmp_path.parent / "home")
    monkeypatch.chdir(tmp_path)

    def run(line):
        program, *arguments = shlex.split(line)
        if program == "git":
            return 0, git.git(tmp_path, *arguments), ""
        assert program == "kure-hooks", f"{program} is no program of a scenario"
        result = CliRunner().invoke(main, arguments)
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.mark.parametrize("scenario", folders(is_check))
def test_check(scenario, tmp_path, run, update_golden):
    generated = generate(scenario)
    if update_golden:
        update_after(scenario, generated)
    assert_after(scenario, generated)
    assert_report(scenario, run(set_up(scenario, tmp_path, run)), update=update_golden)


@pytest.mark.parametrize("scenario", folders(is_diff))
def test_diff(scenario, tmp_path, run, update_golden):
    assert_report(scenario, run(set_up(scenario, tmp_path, run)), update=update_golden)


@pytest.mark.parametrize("scenario", folders(has_fix))
def test_the_command_to_fix_it_does(scenario, tmp_path, run):
    command = set_up(scenario, tmp_path, run)
    fix = (scenario / "report.txt").read_text().partition("To fix: ")[2].strip()
    for each in fix.split(";"):
        run(each)
    _, report, _ = run(f"{command} --format json")
    assert {change["kind"] for change in json.loads(report)["drift"]} <= {"foreign"}


@pytest.mark.parametrize("scenario", folders(is_blocked))
def test_what_is_in_the_way_stops_generate_and_stays(scenario, tmp_path, run):
    set_up(scenario, tmp_path, run)
    before = files(tmp_path / "clusters")
    code, report, errors = run("kure-hooks generate")
    assert (code, errors) == (2, "")
    assert "in the way" in report
    assert files(tmp_path / "clusters") == before
    code, report, _ = run("kure-hooks generate --adopt --format json")
    assert code == 2
    assert {change["kind"] for change in json.loads(report)["drift"]} == {"foreign"}
    assert files(tmp_path / "clusters") == before


@pytest.mark.parametrize("scenario", folders(has_secrets))
def test_no_report_shows_a_secret(scenario, tmp_path, run):
    command = set_up(scenario, tmp_path, run)
    reports = tmp_path.with_name("reports")
    reports.mkdir(exist_ok=True)
    run(" ".join([command, *(f"--output {name}={reports / name}" for name in REPORTS)]))
    for name in REPORTS:
        shown = (reports / name).read_bytes()
        assert b"shop" in shown
        assert not [canary for canary in _CANARIES if canary in shown], name


def set_up(scenario, root, run):
    """Make the repository that a scenario describes, and return the command for the report."""
    if is_diff(scenario):
        two_versions(scenario, root, run)
        return "kure-hooks diff main"
    copy(scenario / "stack", root)
    generated = generate(scenario)
    drifted = files(scenario / "after")
    git.write(root, {path: data for path, data in generated.items() if path not in drifted})
    copy(scenario / "before", root)
    commands = scenario / "run.txt"
    lines = commands.read_text().splitlines() if commands.exists() else ["kure-hooks check"]
    for line in lines[:-1]:
        run(line)
    return lines[-1]


def two_versions(scenario, root, run):
    git.make_repository(root)
    copy(scenario / "base", root)
    git.commit_all(root, "base")
    run("git checkout --quiet -b change")
    run("git rm --quiet -r .")
    copy(scenario / "head", root)
    git.commit_all(root, "head")


def copy(source, target):
    if source.exists():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def generate(scenario):
    tree = WorkTree(scenario / "stack")
    return fleet.generate(tree, config.load(tree), (), jobs=1).files


def assert_after(scenario, generated):
    before, after = files(scenario / "before"), files(scenario / "after")
    assert after == {path: generated.get(path) for path in after}, _UPDATE
    assert not before.keys() & generated.keys() - after.keys(), _UPDATE
    same = [path for path in after if before.get(path) == after[path]]
    assert not same, "these files have not drifted; remove them from before and after"


def assert_report(scenario, printed, *, update):
    expected = scenario / "report.txt"
    code, report, errors = printed
    if update:
        expected.write_text(report)
    assert errors == ""
    assert report == expected.read_text(), _UPDATE
    assert code == int(bool(report))


def update_after(scenario, generated):
    """Write what is generated for the files that drifted; a missing one may be empty so far."""
    drifted = files(scenario / "before").keys() | files(scenario / "after").keys()
    shutil.rmtree(scenario / "after", ignore_errors=True)
    git.write(scenario / "after", {path: generated[path] for path in drifted & generated.keys()})


def files(directory):
    """Return the bytes of files, and the target of symbolic links as text, by their paths."""
    found = (path for path in sorted(directory.rglob("*")) if path.is_symlink() or path.is_file())
    return {
        path.relative_to(directory).as_posix(): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        for path in found
    }
