"""The check of a merge before anybody makes it."""

import pytest

from kure_hooks.errors import InputError, UsageError
from kure_hooks.operations.merged import check_merged
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.reports import Style, render
from tests.support.drifting import (
    DEPLOYMENT,
    PROD,
    SHOP,
    WEB,
    application,
    copy_fleet,
    edit,
    make_fleet,
    regenerate,
)
from tests.support.git import commit_all, git, isolate, make_repository, write

FILE = DEPLOYMENT.format("web")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A fleet with a branch that changes an image."""
    top = make_fleet(tmp_path_factory.mktemp("original") / "fleet")
    git(top, "checkout", "--quiet", "-b", "side")
    change(top, WEB, "nginx:1", "nginx:2")
    git(top, "checkout", "--quiet", "main")
    return top


@pytest.fixture
def fleet(original, tmp_path, monkeypatch):
    isolate(monkeypatch, tmp_path)
    return copy_fleet(original, tmp_path / "fleet")


def change(top, path, before, after):
    edit(top, path, before, after)
    regenerate(top)
    commit_all(top, path)


def report(top, other="side"):
    """Return the exit code and the text report."""
    before = git(top, "status", "--porcelain", "--ignored"), git(top, "for-each-ref"), index(top)
    outcome = check_merged(open_workspace(top, source="HEAD"), other)
    after = git(top, "status", "--porcelain", "--ignored"), git(top, "for-each-ref"), index(top)
    assert before == after
    return outcome.exit_code, render("text", outcome, Style(width=1000))


def index(top):
    return git(top, "ls-files", "--stage")


def test_two_changes_that_go_together(fleet):
    change(fleet, WEB, "replicas: 3", "replicas: 4")
    assert report(fleet) == (0, "")


def test_a_merge_that_would_not_be_in_sync(fleet):
    """The new cluster has the image of before, which git can't know."""
    write(fleet, {"stacks/edge.yaml": (fleet / PROD).read_text().replace("prod", "edge")})
    regenerate(fleet)
    commit_all(fleet, "edge")
    code, said = report(fleet)
    assert code == 1
    assert f"stale: {WEB} changed" in said
    assert "git merge side; kure-hooks generate; git add -A -- clusters" in said


def test_a_conflict_in_a_generated_file_is_drift(fleet):
    """Both sides add an application, in different places of the stack file."""
    git(fleet, "checkout", "--quiet", "side")
    write(fleet, {"apps/cart.yaml": application("cart")})
    change(fleet, PROD, f"- path: ../{WEB}", f"- path: ../apps/cart.yaml\n        - path: ../{WEB}")
    git(fleet, "checkout", "--quiet", "main")
    write(fleet, {"apps/catalog.yaml": application("catalog")})
    last = "- path: ../apps/shared.yaml"
    change(fleet, PROD, last, f"{last}\n        - path: ../apps/catalog.yaml")
    code, said = report(fleet)
    assert code == 1
    assert "merge conflict in line" in said
    assert SHOP.rpartition("/")[2] in said


def test_a_generated_file_that_one_side_removed_is_drift(fleet):
    change(fleet, PROD, f"        - path: ../{WEB}\n", "")
    code, said = report(fleet)
    assert code == 1
    assert "unresolved merge conflict" in said


def test_conflicts_in_what_people_write_are_named(fleet):
    change(fleet, WEB, "nginx:1", "nginx:3")
    with pytest.raises(InputError) as caught:
        report(fleet)
    (finding,) = caught.value.findings
    assert str(finding) == (
        f"{WEB}: merge conflict of HEAD and side. Run `git merge side` and resolve it."
    )
    assert finding.rule == "OP006"


def test_a_conflict_in_the_settings(fleet):
    for branch, version in (("main", "a"), ("side", "b")):
        git(fleet, "checkout", "--quiet", branch)
        write(fleet, {".kure-hooks.yaml": f"version: 1\noutput: {version}\n"})
        commit_all(fleet, version)
    with pytest.raises(InputError, match=r"^\.kure-hooks\.yaml: merge conflict of HEAD and main"):
        report(fleet, "main")


def test_somebodys_file_beside_generated_ones(fleet):
    for branch in ("side", "main"):
        git(fleet, "checkout", "--quiet", branch)
        write(fleet, {"clusters/prod/notes.txt": f"{branch}\n"})
        commit_all(fleet, "notes")
    with pytest.raises(InputError, match=r"^clusters/prod/notes.txt: merge conflict of HEAD and"):
        report(fleet)


def test_faults_of_the_merged_stacks(fleet):
    write(fleet, {"apps/one.yaml": application("twin"), "apps/two.yaml": application("twin")})
    change(fleet, PROD, f"- path: ../{WEB}", f"- path: ../apps/one.yaml\n        - path: ../{WEB}")
    git(fleet, "checkout", "--quiet", "side")
    write(fleet, {"apps/two.yaml": application("twin")})
    last = "- path: ../apps/shared.yaml"
    change(fleet, PROD, last, f"{last}\n        - path: ../apps/two.yaml")
    with pytest.raises(InputError, match=r"apps/two\.yaml"):
        report(fleet, "main")


def test_a_revision_that_is_not_known(fleet):
    with pytest.raises(UsageError, match="'nowhere' names no commit of this repository"):
        report(fleet, "nowhere")


def test_a_shallow_clone_says_what_to_fetch(fleet, tmp_path):
    change(fleet, WEB, "replicas: 3", "replicas: 4")
    clone = make_repository(tmp_path / "clone")
    git(clone, "fetch", "--quiet", "--depth=1", f"file://{fleet}", "main", "side:side")
    git(clone, "checkout", "--quiet", "-B", "main", "FETCH_HEAD")
    with pytest.raises(
        UsageError, match=r"have no commit in common. In a shallow clone fetch more"
    ):
        report(clone)
    git(clone, "fetch", "--quiet", "--deepen=1", f"file://{fleet}", "main", "side")
    assert report(clone) == (0, "")
