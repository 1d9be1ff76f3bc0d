"""Merges that are not finished, in generated files and in what they are made of."""

from contextlib import suppress

import pytest

from kure_hooks.errors import InputError, UsageError
from tests.support.drifting import (
    API,
    DEPLOYMENT,
    FILES,
    PROD,
    SETTINGS,
    SHOP,
    WEB,
    copy_fleet,
    edit,
    make_fleet,
    reasons,
    regenerate,
    report,
)
from tests.support.git import commit_all, git, isolate, write

FILE = DEPLOYMENT.format("web")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Two branches that changed one line of an application each, and regenerated."""
    top = make_fleet(tmp_path_factory.mktemp("original") / "fleet")
    for name, image in (("side", "nginx:2"), ("other", "nginx:3")):
        git(top, "checkout", "--quiet", "-b", name, "main")
        edit(top, WEB, "nginx:1", image)
        regenerate(top)
        commit_all(top, name)
    return top


@pytest.fixture
def fleet(original, tmp_path, monkeypatch):
    isolate(monkeypatch, tmp_path)
    return copy_fleet(original, tmp_path / "fleet")


def merge(top, *command, style="merge"):
    with suppress(AssertionError):
        git(top, "-c", f"merge.conflictStyle={style}", *command)
    assert "UU" in git(top, "status", "--porcelain")


COMMANDS = {
    "merge": ("merge", "side"),
    "rebase": ("rebase", "side"),
    "cherry-pick": ("cherry-pick", "side"),
    "revert": ("revert", "--no-edit", "side"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_made_the_conflict(fleet, command):
    merge(fleet, *COMMANDS[command])
    write(fleet, {WEB: FILES[WEB]})
    assert reasons(fleet) == {FILE: "merge conflict in line 24"}


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_every_style_of_markers(fleet, style):
    merge(fleet, "merge", "side", style=style)
    write(fleet, {WEB: FILES[WEB]})
    assert ("|||||||" in (fleet / FILE).read_text()) == (style != "merge")
    assert reasons(fleet) == {FILE: "merge conflict in line 24"}


def test_longer_markers(fleet):
    write(fleet, {".gitattributes": "* conflict-marker-size=12\n"})
    merge(fleet, "merge", "side")
    write(fleet, {WEB: FILES[WEB]})
    assert reasons(fleet) == {FILE: "merge conflict in line 24"}


def test_a_stash_that_does_not_apply(fleet):
    edit(fleet, FILE, "nginx:3", "nginx:4")
    git(fleet, "stash")
    edit(fleet, FILE, "nginx:3", "nginx:5")
    commit_all(fleet, "another edit")
    merge(fleet, "stash", "pop")
    assert reasons(fleet) == {FILE: "merge conflict in line 24"}


def test_committed_markers(fleet):
    merge(fleet, "merge", "side")
    write(fleet, {WEB: FILES[WEB]})
    commit_all(fleet, "merged, or so they thought")
    for source in ("worktree", "index", "HEAD"):
        assert reasons(fleet, source=source) == {FILE: "merge conflict in line 24"}


def test_without_markers_while_the_index_has_the_conflict(fleet):
    merge(fleet, "merge", "side")
    write(fleet, {WEB: FILES[WEB]})
    git(fleet, "checkout", "--ours", "--", FILE)
    assert reasons(fleet) == {FILE: "unresolved merge conflict"}


def test_a_file_that_one_side_removed(fleet):
    git(fleet, "checkout", "--quiet", "-b", "third", "main")
    git(fleet, "rm", "--quiet", FILE)
    commit_all(fleet, "remove")
    with suppress(AssertionError):
        git(fleet, "merge", "other")
    assert "DU" in git(fleet, "status", "--porcelain")
    assert reasons(fleet) == {}
    (fleet / FILE).unlink()
    assert reasons(fleet) == {FILE: "unresolved merge conflict"}


def test_the_index_cannot_be_judged(fleet):
    merge(fleet, "merge", "side")
    with pytest.raises(UsageError, match=r"2 paths are in conflict \(apps/web.yaml, "):
        reasons(fleet, source="index")


CONFLICT = "<<<<<<< HEAD\n{}||||||| 1a2b3c4\n=======\n{}>>>>>>> side\n"


@pytest.mark.parametrize("path", [WEB, PROD, SETTINGS, "manifests/a.yaml", "conf/app.ini"])
def test_an_input_with_markers(fleet, path):
    text = str(FILES.get(path, "version: 1\n"))
    write(fleet, {path: text + CONFLICT.format("a: 1\n", "a: 2\n")})
    with pytest.raises(InputError) as error:
        reasons(fleet)
    (finding,) = error.value.findings
    assert str(finding).startswith(
        f'{path}:{text.count(chr(10)) + 1}:1: unresolved merge conflict ("<<<<<<<'
    )


@pytest.mark.parametrize(
    "text", ["=======\n", "<<<<<<< x\n", ">>>>>>> x\n=======\n<<<<<<< x\n", " <<<<<<< x\n"]
)
def test_what_is_no_conflict(fleet, text):
    write(fleet, {"conf/app.ini": text})
    regenerate(fleet)
    assert reasons(fleet) == {
        path: "up to date, but not added to git" for path in reasons(fleet) if API not in path
    }


def test_a_merge_of_two_names_of_the_stack(fleet):
    """The header names the stack, so that the first line of the file is in conflict."""
    for branch, name in (("side", "east"), ("other", "west")):
        git(fleet, "checkout", "--quiet", branch)
        git(fleet, "mv", PROD, f"stacks/{name}.yaml")
        regenerate(fleet)
        commit_all(fleet, name)
    with suppress(AssertionError):
        git(fleet, "merge", "side")
    assert (fleet / SHOP).read_text().startswith("<<<<<<< HEAD\n# Generated by kure-hooks from")
    for path, text in (("stacks/east.yaml", None), ("stacks/west.yaml", FILES[PROD])):
        (fleet / path).unlink(missing_ok=True)
        write(fleet, {path: text} if text else {})
    write(fleet, {WEB: FILES[WEB]})
    found = reasons(fleet)
    assert found[SHOP] == "merge conflict in line 1"
    assert "foreign" not in report(fleet)
    regenerate(fleet)
    assert "<<<<<<<" not in (fleet / SHOP).read_text()
