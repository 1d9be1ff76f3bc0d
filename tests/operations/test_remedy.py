"""Every fix that is printed is run in a shell where it was printed, and then the check passes."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kure_hooks.operations.check import check
from kure_hooks.operations.workspace import open_workspace
from tests.hooks.checkout import generated, run_kure, stack
from tests.support.git import commit_all, environment, git, make_repository, write

ONE, TWO = generated("one"), generated("two")
MINE = "# mine\n"


@dataclass
class Place:
    """A repository with one cluster in sync; `root` is that of kure-hooks, `here` the reader's."""

    top: Path
    root: Path
    here: Path
    args: list[str] = field(default_factory=list)

    def check(self):
        return run_kure("check", *self.args, cwd=self.here)

    def git(self, *args):
        return git(self.top, *args)

    def write(self, files):
        write(self.root, files)

    def commit(self):
        commit_all(self.top, "change")


@pytest.fixture
def shell(tmp_path):
    """Run commands in a shell that finds this kure-hooks and a git without any settings."""
    programs = tmp_path / "bin"
    command = f'#!/bin/sh\nexec {sys.executable} -m kure_hooks "$@"\n'
    write(programs, {"kure-hooks": command})
    (programs / "kure-hooks").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    variables = environment() | {"PATH": path, "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(command, cwd):
        done = subprocess.run(
            ["sh", "-c", command], cwd=cwd, env=variables, capture_output=True, check=False
        )
        return done.returncode, os.fsdecode(done.stdout + done.stderr)

    return run


@pytest.fixture
def place(tmp_path):
    top = make_repository(tmp_path / "work tree")
    made = Place(top, top, top)
    made.write({"stacks/one.yaml": stack("one", "hello")})
    run_kure("generate", cwd=top)
    made.commit()
    return made


def edited(place):
    place.write({ONE: (place.root / ONE).read_text().replace("hello", "by hand")})


def stale(place):
    place.write({"stacks/one.yaml": stack("one", "second")})


def new(place):
    place.write({"stacks/two.yaml": stack("two", "hello")})


def new_alone(place):
    new(place)
    place.args.append("stacks/two.yaml")


def renamed(place):
    place.write({"stacks/one.yaml": stack("other", "hello")})


def without_stacks(place):
    shutil.rmtree(place.root / "stacks")


def without_stacks_and_untracked(place):
    place.git("rm", "-r", "--quiet", "--cached", "clusters", "stacks")
    place.commit()
    shutil.rmtree(place.root / "stacks")


def without_many_stacks(place):
    for number in range(20):
        place.write({f"stacks/s{number}.yaml": stack(f"s{number}", "hello")})
    run_kure("generate", cwd=place.root)
    place.commit()
    for number in range(20):
        (place.root / f"stacks/s{number}.yaml").unlink()


def ignored(place):
    place.write({".gitignore": "two/\n*greeting*\n"})
    new(place)


def all_ignored(place):
    place.write({".gitignore": "clusters\n"})
    new(place)


def only_untracked(place):
    new(place)
    run_kure("generate", cwd=place.root)


def in_a_directory(place):
    stale(place)
    place.write({".kure-hooks.yaml": "version: 1\n"})
    place.here = place.root / "stacks"


def from_elsewhere(place):
    stale(place)
    place.here = place.top.parent
    place.args += ["--root", place.root.name]


def below_the_top(place):
    place.root = place.top / "fleet 1"
    place.write({"stacks/one.yaml": stack("one", "hello")})
    place.args += ["--root", "fleet 1"]


def below_the_top_in_a_directory(place):
    below_the_top(place)
    place.write({".kure-hooks.yaml": "version: 1\n"})
    place.args.clear()
    place.here = place.root / "stacks"


def other_settings(place):
    place.write({"other.yaml": "output: elsewhere\n"})
    place.args += ["--config", "other.yaml"]


def staged(place):
    stale(place)
    place.git("add", "--all")
    stack_of_later = stack("one", "third")
    place.write({"stacks/one.yaml": stack_of_later})
    place.args += ["--source", "index"]


def head(place):
    stale(place)
    place.commit()
    place.args += ["--source", "HEAD"]


def head_below_other_changes(place):
    head(place)
    place.write({"stacks/one.yaml": stack("one", "third")})


def branch(place):
    place.git("checkout", "--quiet", "-b", "other")
    head(place)
    place.git("checkout", "--quiet", "main")
    place.args[-1] = "other"


DRIFT = [
    *(edited, stale, new, new_alone, renamed, without_stacks, without_stacks_and_untracked),
    *(without_many_stacks, ignored, all_ignored, only_untracked, in_a_directory, from_elsewhere),
    *(below_the_top, below_the_top_in_a_directory, other_settings, staged, head),
    *(head_below_other_changes, branch),
]


@pytest.mark.parametrize("change", DRIFT)
def test_after_the_fix_the_check_passes(place, shell, change):
    change(place)
    done = place.check()
    assert done.returncode == 1, done.stdout + done.stderr
    title, _, command = done.stdout.splitlines()[-1].partition(": ")
    assert title == "To fix"
    said = shell(command, place.here)[1]
    again = place.check()
    assert again.returncode == 0, f"{command}\n{said}\n{again.stdout}{again.stderr}"


def committed_file(place):
    new(place)
    place.write({TWO: MINE})
    place.commit()


def staged_file(place):
    new(place)
    place.write({TWO: MINE})
    place.git("add", "--all")


def untracked_file(place):
    new(place)
    place.write({TWO: MINE})


def ignored_file(place):
    untracked_file(place)
    place.write({".gitignore": "clusters/two/\n"})


def header_removed(place):
    place.write({ONE: (place.root / ONE).read_text().partition("\n")[2]})


TAKEN = [committed_file, staged_file, untracked_file, ignored_file, header_removed]


@pytest.mark.parametrize("change", TAKEN)
def test_what_is_in_the_way_is_taken_over_by_the_command_that_says_so(place, shell, change):
    change(place)
    generate = run_kure("generate", *place.args, cwd=place.here)
    assert generate.returncode == 2
    done = place.check()
    title, _, command = done.stdout.splitlines()[-1].partition(": ")
    assert title == "To take over and fix"
    assert generate.stdout.splitlines()[-1] == f"To take over what is in the way: {command}"
    said = shell(command, place.here)[1]
    again = place.check()
    assert again.returncode == 0, f"{command}\n{said}\n{again.stdout}{again.stderr}"


def test_there_is_no_fix_where_there_is_nothing_to_do(place):
    place.write({"clusters/one/notes.md": "mine\n"})
    assert "To " not in place.check().stdout
    done = run_kure("generate", cwd=place.root)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("revision", ["HEAD~1", "v1"])
def test_there_is_no_fix_for_what_is_not_checked_out(place, revision):
    stale(place)
    place.commit()
    place.git("tag", "v1")
    place.write({"README.md": "words\n"})
    place.commit()
    done = run_kure("check", "--source", revision, cwd=place.root)
    assert done.returncode == 1
    assert "To " not in done.stdout


def test_without_git_the_fix_is_to_generate(tmp_path, shell):
    write(tmp_path, {"fleet/stacks/one.yaml": stack("one", "hello")})
    place = Place(tmp_path, tmp_path / "fleet", tmp_path, ["--root", "fleet"])
    command = place.check().stdout.splitlines()[-1].partition("To fix: ")[2]
    assert command == "cd fleet; kure-hooks generate"
    shell(command, place.here)
    assert place.check().returncode == 0


MINE_TOO = (
    "what is staged was read, and the work tree has changes that are not staged. "
    "To have them count, "
)


@pytest.fixture
def staged(place):
    """A cluster that is stale by what is staged."""
    place.write({"stacks/one.yaml": stack("one", "second")})
    place.git("add", "--all")
    return place


def open_index(place):
    return open_workspace(place.root, source="index")


@pytest.mark.parametrize("where", [".", "stacks"])
@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_source_with_changes_that_are_not_staged_is_named(staged, shell, command, where):
    staged.write({".kure-hooks.yaml": "version: 1\n", "stacks/one.yaml": stack("one", "third")})
    here = staged.root / where
    said = run_kure(command, "--source", "index", cwd=here).stdout
    assert f"skipped: stacks/one.yaml: {MINE_TOO}run " in said
    assert "hello -> second" in said
    add = said.partition(f"{MINE_TOO}run ")[2].partition(".\n")[0]
    assert shell(add, here) == (0, "")
    said = run_kure(command, "--source", "index", cwd=here).stdout
    assert "hello -> third" in said
    assert "skipped: " not in said


def test_a_source_that_is_gone_from_the_work_tree_is_named(staged):
    (staged.root / "stacks/one.yaml").unlink()
    (skipped,) = check(open_index(staged)).skipped
    assert skipped.subject == "stacks/one.yaml"


def test_many_sources_are_counted(place):
    names = [f"s{number:02}" for number in range(12)]
    place.write({f"stacks/{name}.yaml": stack(name, "second") for name in names})
    place.git("add", "--all")
    place.write({f"stacks/{name}.yaml": stack(name, "third") for name in names})
    (skipped,) = check(open_index(place)).skipped
    assert skipped.subject == "stacks/s00.yaml and 11 more"
    assert skipped.reason == f"{MINE_TOO}stage them."


def test_without_drift_nobody_is_told_of_other_changes(place):
    place.write({"stacks/one.yaml": stack("one", "second")})
    outcome = check(open_index(place))
    assert (outcome.drift, outcome.skipped) == ((), ())


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_a_source_that_git_does_not_look_at_is_not_called_changed(staged, flag):
    staged.git("update-index", flag, "--", str(staged.root / "stacks/one.yaml"))
    (staged.root / "stacks/one.yaml").unlink()
    outcome = check(open_index(staged))
    assert outcome.drift
    assert not outcome.skipped


def test_ends_of_lines_that_git_converts_are_no_change(staged):
    staged.git("config", "core.autocrlf", "true")
    file = staged.root / "stacks/one.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    outcome = check(open_index(staged))
    assert outcome.drift
    assert not outcome.skipped
