"""The merge driver under real git: what it knows, and what it leaves alone."""

import pytest

from kure_hooks.operations.check import check
from kure_hooks.operations.workspace import open_workspace
from tests.support.drifting import (
    API,
    DEPLOYMENT,
    PROD,
    SHARED,
    SHOP,
    WEB,
    application,
    copy_fleet,
    edit,
    reasons,
    regenerate,
)
from tests.support.git import commit_all, git, isolate, write
from tests.support.merging import conflicts, make_merging, run_git

FILE = DEPLOYMENT.format("web")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Both branches change one application and add one; in the stack file not in the same place."""
    top = make_merging(tmp_path_factory.mktemp("original") / "fleet")
    git(top, "checkout", "--quiet", "-b", "side")
    edit(top, WEB, "nginx:1", "nginx:2")
    add(top, "cart", before=WEB)
    git(top, "checkout", "--quiet", "main")
    edit(top, WEB, "replicas: 3", "replicas: 4")
    add(top, "catalog", before=SHARED)
    return top


@pytest.fixture
def fleet(original, tmp_path, monkeypatch):
    isolate(monkeypatch, tmp_path)
    return copy_fleet(original, tmp_path / "fleet")


def change(top, path, before, after):
    edit(top, path, before, after)
    regenerate(top)
    commit_all(top, f"{path}: {after}")


def add(top, name, *, before):
    """Add an application to the cluster prod, in front of another one, and commit."""
    path = f"apps/{name}.yaml"
    write(top, {path: application(name)})
    change(
        top,
        PROD,
        f"        - path: ../{before}\n",
        f"        - path: ../{path}\n        - path: ../{before}\n",
    )


def merged(top, *command):
    """Run git, which must work and say nothing of the driver; the tree must be as generated."""
    code, said = run_git(top, *command)
    assert code == 0, said
    assert "kure-hooks:" not in said
    assert check(open_workspace(top, source="HEAD")).exit_code == 0, said
    assert git(top, "status", "--porcelain") == ""
    return (top / FILE).read_text()


COMMANDS = {
    "merge": ("merge", "--no-edit", "side"),
    "squash": ("merge", "--squash", "side"),
    "rebase": ("rebase", "side"),
    "interactive rebase": ("rebase", "--interactive", "side"),
    "cherry-pick": ("cherry-pick", "side"),
    "several picks": ("cherry-pick", "side~1..side"),
}


def test_the_same_without_the_driver_is_a_conflict(fleet):
    git(fleet, "config", "--remove-section", "merge.kure-hooks")
    code, _ = run_git(fleet, *COMMANDS["merge"])
    assert code == 1
    assert conflicts(fleet) == {SHOP: "UU"}


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"squash"}))
def test_both_changes_arrive(fleet, name):
    content = merged(fleet, *COMMANDS[name])
    assert "image: nginx:2" in content
    assert "replicas: 4" in content
    shop = (fleet / SHOP).read_text()
    assert "cart" in shop
    assert "catalog" in shop


def test_a_squash_leaves_the_commit_to_the_person(fleet):
    code, said = run_git(fleet, *COMMANDS["squash"])
    assert code == 0, said
    assert reasons(fleet, source="index") == {}


def test_a_revert(fleet):
    add(fleet, "basket", before=WEB)
    add(fleet, "bucket", before=SHARED)
    merged(fleet, "revert", "--no-edit", "HEAD~1")
    shop = (fleet / SHOP).read_text()
    assert "basket" not in shop
    assert "bucket" in shop


def test_a_rebase_that_keeps_merges(fleet):
    git(fleet, "checkout", "--quiet", "-b", "topic")
    change(fleet, API, "nginx:1", "nginx:7")
    git(fleet, "checkout", "--quiet", "main")
    change(fleet, SHARED, "nginx:1", "nginx:8")
    run_git(fleet, "merge", "--no-edit", "topic")
    merged(fleet, "rebase", "--rebase-merges", "side")
    assert len(git(fleet, "log", "--merges", "--format=%H").split()) == 1


def test_a_linked_work_tree_and_a_directory_below(fleet):
    git(fleet, "worktree", "add", "--quiet", "../linked", "side")
    linked = fleet.parent / "linked"
    code, said = run_git(linked / "stacks", "merge", "--no-edit", "main")
    assert code == 0, said
    assert reasons(linked, source="HEAD") == {}
    assert not (fleet / ".git/kure-hooks/merge").exists()


def test_histories_that_cross(fleet):
    git(fleet, "branch", "first", "main")
    merged(fleet, "merge", "--no-edit", "side")
    git(fleet, "checkout", "--quiet", "side")
    merged(fleet, "merge", "--no-edit", "first")
    change(fleet, WEB, "nginx:2", "nginx:5")
    git(fleet, "checkout", "--quiet", "main")
    change(fleet, WEB, "replicas: 4", "replicas: 6")
    content = merged(fleet, "merge", "--no-edit", "side")
    assert "image: nginx:5" in content
    assert "replicas: 6" in content


def test_a_conflict_in_the_stack_files_is_the_only_one(fleet):
    change(fleet, WEB, "nginx:1", "nginx:9")
    code, said = run_git(fleet, "merge", "--no-edit", "side")
    assert code == 1
    assert conflicts(fleet) == {WEB: "UU"}
    note = "kure-hooks: The stack files are in conflict, so that generated files stay as they were."
    assert note in said
    assert "<<<<<<<" not in (fleet / FILE).read_text()
    write(fleet, {WEB: application("web").replace("nginx:1", "nginx:2")})
    assert reasons(fleet)[FILE] == f"stale: {WEB} changed"
    regenerate(fleet)
    commit_all(fleet, "resolved")
    assert reasons(fleet, source="HEAD") == {}


def test_merged_stacks_with_faults_leave_a_conflict(fleet):
    """Both sides are right, and together they have two applications of one name."""
    git(fleet, "checkout", "--quiet", "side")
    write(fleet, {"apps/other.yaml": application("twin")})
    change(
        fleet, PROD, f"- path: ../{WEB}", f"- path: ../apps/other.yaml\n        - path: ../{WEB}"
    )
    git(fleet, "checkout", "--quiet", "main")
    add(fleet, "twin", before=SHARED)
    code, said = run_git(fleet, "merge", "--no-edit", "side")
    assert code == 1
    assert "kure-hooks: The merged stack files have faults, so that generated files are in" in said
    assert "apps/twin.yaml:" in said
    assert SHOP in conflicts(fleet)
    assert PROD not in conflicts(fleet)


def test_a_file_without_the_header_is_merged_as_text(fleet):
    path = "clusters/prod/notes.txt"
    git(fleet, "checkout", "--quiet", "-b", "notes", "main~1")
    write(fleet, {path: "1\n2\n3\n4\n5\n6\n"})
    commit_all(fleet, "notes")
    git(fleet, "checkout", "--quiet", "-b", "one")
    write(fleet, {path: "one\n2\n3\n4\n5\n6\n"})
    change(fleet, WEB, "nginx:1", "nginx:2")
    git(fleet, "checkout", "--quiet", "-b", "two", "notes")
    write(fleet, {path: "1\n2\n3\n4\n5\nsix\n"})
    change(fleet, WEB, "replicas: 3", "replicas: 4")
    git(fleet, "branch", "three")
    run_git(fleet, "merge", "--no-edit", "one")
    assert conflicts(fleet) == {}
    assert (fleet / path).read_text() == "one\n2\n3\n4\n5\nsix\n"
    git(fleet, "checkout", "--quiet", "three")
    write(fleet, {path: "eins\n2\n3\n4\n5\n6\n"})
    commit_all(fleet, "another")
    code, _ = run_git(fleet, "merge", "--no-edit", "one")
    assert code == 1
    assert conflicts(fleet) == {path: "UU"}
    assert "eins" in (fleet / path).read_text()


def test_what_somebody_wrote_in_place_of_a_generated_file_is_not_lost(fleet):
    """One side replaced a generated file by a text of its own: git asks a person."""
    text = "a: 1\n"
    write(fleet, {FILE: text})
    commit_all(fleet, "by hand")
    code, _ = run_git(fleet, "merge", "--no-edit", "side")
    assert code == 1
    assert conflicts(fleet) == {FILE: "UU"}
    assert text in (fleet / FILE).read_text()


def test_data_of_a_config_map_is_generated_as_well(fleet):
    """It bears no header; the kustomization beside it names it."""
    data = "clusters/prod/base/conf/app.ini"
    assert (fleet / data).exists()
    git(fleet, "checkout", "--quiet", "side")
    write(fleet, {"conf/app.ini": "a = 1\nb = 1\nc = 1\nd = 1\n"})
    regenerate(fleet)
    commit_all(fleet, "longer")
    git(fleet, "branch", "third")
    change(fleet, "conf/app.ini", "a = 1", "a = 2")
    git(fleet, "checkout", "--quiet", "third")
    change(fleet, "conf/app.ini", "d = 1", "d = 2")
    merged(fleet, "merge", "--no-edit", "side")
    assert (fleet / data).read_text() == "a = 2\nb = 1\nc = 1\nd = 2\n"


def test_a_stash_is_merged_as_text_since_git_drops_it(fleet):
    git(fleet, "checkout", "--quiet", "side")
    edit(fleet, WEB, "replicas: 3", "replicas: 7")
    regenerate(fleet)
    git(fleet, "stash")
    git(fleet, "checkout", "--quiet", "main")
    code, said = run_git(fleet, "stash", "pop")
    assert code == 1
    assert "kure-hooks: Git does not tell which commits it is merging." in said
    assert FILE in conflicts(fleet)
    assert git(fleet, "stash", "list") != ""


def test_files_that_only_one_side_has_are_told(fleet):
    """Git asks about no file of a new cluster, whose image the other side changes."""
    write(fleet, {"stacks/edge.yaml": (fleet / PROD).read_text().replace("prod", "edge")})
    regenerate(fleet)
    commit_all(fleet, "edge")
    code, said = run_git(fleet, "merge", "--no-edit", "side")
    assert code == 0, said
    left = "clusters/edge/shop/shop-deployment-web.yaml"
    assert f"not as the merged stack files say: {left}." in " ".join(said.split())
    assert reasons(fleet, source="HEAD") == {left: f"stale: {WEB} changed"}


def test_a_removed_file_that_the_other_side_changed_is_left_to_generate(fleet):
    git(fleet, "checkout", "--quiet", "-b", "without", "main~1")
    change(fleet, PROD, f"        - path: ../{WEB}\n", "")
    git(fleet, "checkout", "--quiet", "main")
    code, _ = run_git(fleet, "merge", "--no-edit", "without")
    assert code == 1
    assert conflicts(fleet) == {FILE: "UD"}
    assert reasons(fleet) == {FILE: "unresolved merge conflict"}
    regenerate(fleet)
    commit_all(fleet, "resolved")
    assert reasons(fleet, source="HEAD") == {}
