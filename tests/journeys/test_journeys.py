"""From a repository that exists to its daily use, as a newcomer goes, step by step.

Each step's wall time and output is written to build/journeys, by the name of the journey.
"""

import re
import shutil

import pytest

from tests.journeys.fleets import ARGOCD, FLUX, STRANGERS, TREES
from tests.support.git import commit_all, write

CLUSTER = "europe"
STACK = f"stacks/{CLUSTER}.yaml"
OUTPUT = f"clusters/{CLUSTER}"


@pytest.mark.parametrize(
    ("fleet", "runner"),
    [
        pytest.param(STRANGERS, "pre-commit", id="a-stranger-s-flux-with-pre-commit"),
        pytest.param(FLUX, "prek", id="flux-with-prek"),
        pytest.param(ARGOCD, "pre-commit", id="argocd-with-pre-commit"),
    ],
)
def test_the_way_in(journal, fleet, runner):
    begin(journal, fleet)
    set_up(journal, fleet, runner)
    bring_in(journal, fleet)
    turn_to_the_stack(journal)
    edit_an_application(journal, fleet)
    drift(journal, fleet)
    edit_by_hand(journal, fleet)
    push(journal, fleet)
    merge(journal, fleet)
    assert journal.run("kure-hooks check -v").endswith("in sync.\n")
    assert journal.git("status", "--short") == ""


def begin(journal, fleet):
    """A repository that somebody cloned: a remote, a history, and nothing of ours."""
    if fleet.tree:
        if not (TREES / fleet.tree).is_dir():
            pytest.skip("the trees of strangers are not here")
        shutil.copytree(TREES / fleet.tree, journal.path, dirs_exist_ok=True)
    write(journal.path, fleet.files)
    commit_all(journal.path, "as it was")
    journal.git("push", "--quiet", "origin", "main")
    # The address that GitOps tools read; what is pushed goes next door.
    journal.git("remote", "set-url", "origin", "https://github.com/acme/fleet.git")
    journal.git("remote", "set-url", "--push", "origin", "../remote")


def set_up(journal, fleet, runner):
    said = journal.run("kure-hooks init")
    assert f"  kure-hooks import {fleet.tool} --cluster NAME    # makes stack files" in said
    for path in (
        ".kure-hooks.yaml",
        ".pre-commit-config.yaml",
        ".github/workflows/kure-hooks.yaml",
    ):
        assert f"{path}: created\n" in said
    assert "warning" not in said
    journal.run("kure-hooks lint")
    said = journal.run(f"git add --all && {runner} install")
    assert all(f"hooks/{name}" in said for name in ("pre-commit", "pre-merge-commit", "pre-push"))
    assert passed(journal.run("git commit -m 'Add kure-hooks'")) == ["lint"]


def bring_in(journal, fleet):
    """The import proves that all comes out as it is, and changes no file that is there."""
    where = f" {fleet.entry}" if fleet.tree else ""
    said = journal.run(f"kure-hooks import {fleet.tool}{where} --cluster {CLUSTER}")
    owners, of = re.match(
        rf"{fleet.entry}: (\d+) of (\d+) owners come out as they are", said
    ).groups()
    assert owners == of
    assert f"{STACK} is written" in said
    assert "Next run `kure-hooks init`" in said
    assert f"To undo: git clean -f -- {STACK}\n" in said
    assert journal.git("status", "--short", "-uall") == f"?? {STACK}\n"


def turn_to_the_stack(journal):
    """Hooks that looked at manifests look at the stack as well."""
    said = journal.run("kure-hooks init", code=1)
    assert "+  - id: kure-generate\n+  - id: kure-check\n+    stages: [pre-push, manual]\n" in said
    assert "Run `kure-hooks init --yes` to change the files that exist as shown." in said
    said = journal.run("kure-hooks init --yes")
    assert ".pre-commit-config.yaml: changed\n" in said
    assert "Next:\n  kure-hooks generate\n  git add --all\n  pre-commit install    # or" in said
    said = journal.run("kure-hooks generate", code=1)
    assert "To commit: git add -A -- clusters\n" in said
    assert "skipped" not in said
    said = journal.run("git add --all && git commit -m 'Describe the cluster in a stack'")
    assert passed(said) == ["lint", "generate"]
    assert journal.run("kure-hooks init") == "Everything is set up already.\n"
    assert journal.run("kure-hooks check") == ""


def edit_an_application(journal, fleet):
    """Payloads are committed as ever: nobody is stopped for what no stack generates."""
    journal.edit(*fleet.application)
    said = journal.run("git commit --all -m 'Change an application'")
    assert passed(said) == ["lint", "generate"]


def drift(journal, fleet):
    """A stack that changed without its output: what changes is said, and how to fix it."""
    journal.edit(STACK, *fleet.option)
    key, old, new = fleet.change
    said = journal.run("kure-hooks check", code=1)
    assert f"  changed     {fleet.generated}\n      stale: {STACK} changed\n" in said
    assert re.search(rf"{re.escape(key)} +{old} -> {new}\n", said)
    assert "To fix: kure-hooks generate; git add -A -- clusters\n" in said
    said = journal.run(f"git commit --all -m 'Change {key}'", code=1)
    assert re.search(r"kure generate\.+.*Failed", said)
    assert f"Regenerated 1 file from {STACK} (" in said
    assert said.count(f"{old} -> {new}") == 1
    journal.run(fix(said, "Stage it: "))
    journal.run(f"git commit --all -m 'Change {key}'")
    assert f"{new}\n" in journal.git("show", f"HEAD:{OUTPUT}/{fleet.generated}")


def edit_by_hand(journal, fleet):
    """An edit of what is generated is told from a stale file, and where to make it instead."""
    path = f"{OUTPUT}/{fleet.generated}"
    _, old, new = fleet.change
    journal.edit(path, new, old)
    assert "edited by hand, not committed" in journal.run("kure-hooks check", code=1)
    said = journal.run(f"kure-hooks explain {path}")
    assert STACK in said
    said = journal.run("git commit --all -m 'By hand'", code=1)
    assert "git add -A -- clusters" in said
    journal.run(fix(said, "Stage it: "))
    assert journal.git("status", "--short") == ""


def push(journal, fleet):
    """What the hooks of commits did not see is seen before it leaves."""
    assert passed(journal.run("git push origin main")) == ["check"]
    _, new = fleet.option
    old, _ = fleet.option
    journal.edit(STACK, new, old)
    journal.run("git commit --all --no-verify -m 'In a hurry'")
    said = journal.run("git push origin main", code=1)
    assert f"stale: {STACK} changed" in said
    journal.run(fix(said, "To fix: "), code=None)
    journal.run("git push origin main")


def merge(journal, fleet):
    """Two branches that are right each; git merges them without a conflict, and hooks look on."""
    journal.run("git switch --quiet -c side && git switch --quiet main")
    journal.edit(fleet.application[0], fleet.application[2], fleet.application[1])
    journal.run("git commit --all -m 'Change it back'")
    journal.run("git switch --quiet side")
    journal.edit(STACK, *fleet.option)
    journal.run("kure-hooks generate", code=1)
    journal.run("git commit --all -m 'Change the stack'")
    said = journal.run("git switch --quiet main && git merge --no-edit side")
    assert passed(said)[-1] == "generate"


def passed(said):
    """Return the hooks that a runner tells as passed, when no other is told."""
    assert "Failed" not in said, said
    return re.findall(r"^kure (\w+)\.+Passed$", said, re.MULTILINE)


def fix(said, title):
    """Return the commands that a report says behind a title."""
    (command,) = {line.partition(title)[2] for line in said.splitlines() if title in line}
    return command
