"""The reason of drift after all that people do with git, as reports give it."""

import shutil
from contextlib import suppress

import pytest

from kure_hooks.operations.attribution import causes
from tests.support.drifting import (
    API,
    DEPLOYMENT,
    DEV,
    FLUX,
    PROD,
    SETTINGS,
    SHARED,
    SHOP,
    WEB,
    application,
    config_map,
    copy_fleet,
    edit,
    last,
    make_fleet,
    reasons,
    regenerate,
    report,
    stack,
)
from tests.support.git import commit_all, git, isolate, make_repository, write

ONE, TWO, THREE = "replicas: 3", "replicas: 4", "replicas: 5"
FILE = DEPLOYMENT.format("web")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return make_fleet(tmp_path_factory.mktemp("original") / "fleet")


@pytest.fixture
def fleet(original, tmp_path, monkeypatch):
    isolate(monkeypatch, tmp_path)
    return copy_fleet(original, tmp_path / "fleet")


def by_hand(top, path=FILE, before=ONE, after=THREE):
    edit(top, path, before, after)


def change(top, path=WEB, before=ONE, after=TWO):
    edit(top, path, before, after)


def branch(top, name, *edits):
    """Commit edits, regenerated, on a branch from main."""
    git(top, "checkout", "--quiet", "-b", name, "main")
    for path, before, after in edits:
        edit(top, path, before, after)
    regenerate(top)
    commit_all(top, name)


def merge(top, name, *options):
    """Merge a branch; a conflict stays in the work tree."""
    with suppress(AssertionError):
        git(top, "merge", "--quiet", "--no-edit", *options, name)


def test_only_the_edited_one_of_many_applications_is_named(fleet):
    """The others changed since their files were last generated, too."""
    change(fleet, API)
    change(fleet, SHARED)
    commit_all(fleet, "two")
    change(fleet, WEB)
    found = reasons(fleet)
    assert found == {
        FILE: "stale: apps/web.yaml changed",
        DEPLOYMENT.format("api"): "stale: apps/api.yaml changed",
        DEPLOYMENT.format("shared"): "stale: apps/shared.yaml changed",
        DEPLOYMENT.format("shared").replace("prod", "dev"): "stale: apps/shared.yaml changed",
    }


def test_what_is_not_committed_comes_first(fleet):
    change(fleet, WEB)
    commit_all(fleet, "application")
    edit(fleet, PROD, "team: one", "team: two")
    assert reasons(fleet)[FILE] == "stale: stacks/prod.yaml, apps/web.yaml changed"
    commit_all(fleet, "stack")
    assert reasons(fleet)[FILE] == "stale: apps/web.yaml, stacks/prod.yaml changed"


def test_a_change_without_an_effect_on_the_file_is_not_named(fleet):
    """Not that of another bundle in the same stack file, and no comment."""
    edit(fleet, PROD, "interval: 10m", "interval: 20m")
    edit(fleet, API, "spec:", "spec:  # a comment")
    change(fleet, WEB)
    assert reasons(fleet) == {
        FILE: "stale: apps/web.yaml changed",
        FLUX.format("shop"): "stale: stacks/prod.yaml changed",
    }


def test_a_file_that_holds_several_applications_names_those_that_changed(fleet):
    write(fleet, {SETTINGS: "layout: {filePer: kind}\n"})
    regenerate(fleet)
    commit_all(fleet, "one file for each kind")
    change(fleet, API)
    assert reasons(fleet) == {
        "clusters/prod/shop/shop-deployment.yaml": "stale: apps/api.yaml changed"
    }


def test_two_changes_of_which_each_is_enough(fleet):
    """One that explains everything is named."""
    write(fleet, {SETTINGS: "flux: {interval: 5m}\n"})
    edit(fleet, PROD, "spec:\n", "spec:\n  gitops: {flux: {interval: 5m}}\n")
    assert reasons(fleet)[FLUX.format("base")] == f"stale: {PROD} changed"


def test_a_change_that_alone_explains_a_file_when_there_are_too_many_to_try(fleet, monkeypatch):
    monkeypatch.setattr(causes, "_MOST_STACKS", 1)
    write(fleet, {PROD: stack("prod", WEB, API)})
    change(fleet, WEB)
    change(fleet, API)
    assert reasons(fleet)[SHOP] == "stale: stacks/prod.yaml changed"


def test_what_can_only_be_tried_alone(fleet):
    """Without the new file the one application makes no sense, and the other one has a comment."""
    maps = "apiVersion: generators.gokure.dev/v1alpha1\nkind: Manifests\nmetadata: {{name: {0}}}\n"
    maps += "spec: {{files: [../{0}/a.yaml]}}\n"
    for name in ("one", "two"):
        write(fleet, {f"apps/{name}.yaml": maps.format(name)})
        write(fleet, {f"{name}/a.yaml": config_map(f"in-{name}")})
    write(fleet, {PROD: stack("prod", "apps/one.yaml", "apps/two.yaml")})
    regenerate(fleet)
    commit_all(fleet, "maps")
    (fleet / "one/a.yaml").rename(fleet / "one/b.yaml")
    edit(fleet, "apps/one.yaml", "a.yaml", "b.yaml")
    edit(fleet, "one/b.yaml", "'1'", "'2'")
    edit(fleet, "apps/two.yaml", "spec:", "# a comment\nspec:")
    edit(fleet, "two/a.yaml", "'1'", "'2'")
    assert reasons(fleet) == {
        "clusters/prod/shop/shop-configmap-in-one.yaml": (
            "stale: apps/one.yaml, one/b.yaml changed"
        ),
        "clusters/prod/shop/shop-configmap-in-two.yaml": "stale: two/a.yaml changed",
    }


BUNDLE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Bundle
metadata: {name: shop, labels: {team: new}}
spec: {applications: [{path: ../../apps/web.yaml}]}
"""


def test_a_bundle_in_a_file_of_its_own(fleet):
    before, _, _ = (fleet / PROD).read_text().partition("    - name: shop\n")
    own = "    - {name: shop, bundle: {path: parts/shop.yaml}}\n"
    write(fleet, {PROD: before + own, "stacks/parts/shop.yaml": BUNDLE})
    regenerate(fleet)
    commit_all(fleet, "bundle")
    edit(fleet, "stacks/parts/shop.yaml", "team: new", "team: two")
    edit(fleet, PROD, "spec:", "# a comment\nspec:")
    assert reasons(fleet)[FILE] == "stale: stacks/parts/shop.yaml changed"


def test_whitespace_in_an_input_changes_nothing(fleet):
    edit(fleet, WEB, "\nspec:", "\n\n\nspec:")
    by_hand(fleet)
    assert reasons(fleet) == {FILE: "edited by hand, not committed"}


def test_a_mode_is_no_content(fleet):
    (fleet / WEB).chmod(0o755)
    (fleet / FILE).chmod(0o755)
    assert reasons(fleet) == {}
    by_hand(fleet)
    commit_all(fleet, "edit and modes")
    assert reasons(fleet) == {FILE: f"edited by hand in {last(fleet)}"}


def test_an_application_of_two_clusters(fleet):
    change(fleet, SHARED)
    found = reasons(fleet)
    assert set(found.values()) == {"stale: apps/shared.yaml changed"}
    assert len(found) == 2


def test_a_file_of_a_config_map(fleet):
    write(fleet, {"conf/app.ini": "a = 2\n"})
    found = reasons(fleet)
    assert {path.rpartition("/")[2] for path in found} == {"app.ini"}
    assert {text.rpartition("; ")[2] for text in found.values()} == {"stale: conf/app.ini changed"}


def test_a_file_added_to_a_directory(fleet):
    write(fleet, {"manifests/c.yaml": config_map("c")})
    found = reasons(fleet)
    assert set(found) == {
        f"clusters/{name}/base/{file}.yaml"
        for name in ("prod", "dev")
        for file in ("kustomization", "shop-configmap-c")
    }
    assert set(found.values()) == {"stale: manifests/c.yaml changed"}


def test_a_file_removed_from_a_directory(fleet):
    (fleet / "manifests/b.yaml").unlink()
    found = reasons(fleet)
    assert {found[path] for path in found if "kustomization" in path} == {
        "stale: manifests/b.yaml was deleted"
    }
    assert {found[path] for path in found if "configmap" in path} == {
        "no longer generated: manifests/b.yaml was deleted"
    }


def test_a_new_application(fleet):
    write(
        fleet,
        {
            "apps/new.yaml": application("new"),
            PROD: stack("prod", WEB, API, SHARED, "apps/new.yaml"),
        },
    )
    expected = "stale: apps/new.yaml, stacks/prod.yaml changed"
    assert reasons(fleet) == {DEPLOYMENT.format("new"): expected, SHOP: expected}
    commit_all(fleet, "new")
    assert reasons(fleet) == {DEPLOYMENT.format("new"): expected, SHOP: expected}


def test_an_application_that_is_gone(fleet):
    (fleet / WEB).unlink()
    write(fleet, {PROD: stack("prod", API, SHARED)})
    assert reasons(fleet) == {
        FILE: "no longer generated: stacks/prod.yaml changed",
        SHOP: "stale: stacks/prod.yaml changed",
    }


def test_a_renamed_application_document(fleet):
    """Nothing that is generated tells where the document is."""
    git(fleet, "mv", WEB, "apps/front.yaml")
    write(fleet, {PROD: stack("prod", "apps/front.yaml", API, SHARED)})
    assert reasons(fleet) == {}
    edit(fleet, "apps/front.yaml", ONE, TWO)
    assert reasons(fleet)[FILE] == "stale: apps/front.yaml, stacks/prod.yaml changed"


def test_a_moved_bundle(fleet):
    edit(fleet, PROD, "- name: shop\n", "- name: store\n")
    found = reasons(fleet)
    moved = FILE.replace("/shop/", "/store/")
    assert found[moved] == f"was shop/shop-deployment-web.yaml; stale: {PROD} changed"
    assert {text.rpartition("; ")[2] for text in found.values()} == {f"stale: {PROD} changed"}


def test_a_settings_key(fleet):
    write(fleet, {SETTINGS: "layout: {fileNaming: kind-name}\n"})
    key = f"{SETTINGS}: layout.fileNaming"
    found = reasons(fleet)
    assert {text.rpartition("; ")[2] for text in found.values()} == {f"stale: {key} changed"}
    commit_all(fleet, "settings")
    assert reasons(fleet) == found


def test_the_one_settings_key_that_matters(fleet):
    write(fleet, {SETTINGS: "flux: {interval: 5m, namespace: gitops}\n"})
    change(fleet, WEB)
    found = reasons(fleet)
    assert found[FILE] == "stale: apps/web.yaml changed"
    edit(fleet, SETTINGS, ", namespace: gitops", "")
    assert reasons(fleet)[FLUX.format("base")] == f"stale: {SETTINGS}: flux.interval changed"


def test_settings_that_move_everything(fleet):
    write(fleet, {SETTINGS: "output: somewhere\n"})
    expected = {f"stale: {SETTINGS}: output changed"}
    assert set(reasons(fleet).values()) == expected
    commit_all(fleet, "move")
    assert set(reasons(fleet).values()) == expected


def test_a_new_stack_that_the_settings_look_for_since(fleet):
    write(fleet, {SETTINGS: "stacks: [stacks/*.yaml, more/*.yaml]\n"})
    write(fleet, {"more/test.yaml": stack("test", SHARED)})
    assert set(reasons(fleet).values()) == {"stale: more/test.yaml changed"}


def without_notes(found):
    """Return the reasons alone: content of a ConfigMap holds no objects, which is noted."""
    return {
        text.removeprefix("it holds no readable Kubernetes objects; ") for text in found.values()
    }


def test_settings_that_leave_a_stack_out(fleet):
    write(fleet, {SETTINGS: "stacks: [stacks/p*.yaml]\n"})
    found = reasons(fleet)
    assert without_notes(found) == {f"no longer generated: {SETTINGS}: stacks changed"}


def test_settings_of_the_command_line_inside_of_the_repository(fleet):
    write(fleet, {"ci/kure.yaml": "flux: {interval: 1h}\n"})
    commit_all(fleet, "settings")
    write(fleet, {"ci/kure.yaml": "flux: {interval: 5m}\n"})
    found = reasons(fleet, settings=fleet / "ci/kure.yaml")
    assert set(found.values()) == {"stale: ci/kure.yaml: flux.interval changed"}


def test_both_are_told_field_by_field(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    edited = last(fleet)
    edit(fleet, WEB, "nginx:1", "nginx:2")
    commit_all(fleet, "image")
    assert reasons(fleet) == {FILE: f"edited by hand in {edited}, and stale: apps/web.yaml changed"}
    text = report(fleet)
    assert "spec.replicas                              5 -> 3 (edited by hand)\n" in text
    assert "spec.template.spec.containers[main].image  nginx:1 -> nginx:2 (stale)\n" in text


def test_the_same_field_edited_and_stale(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    change(fleet)
    assert "5 -> 4 (edited by hand and stale)" in report(fleet)
    assert reasons(fleet) == {
        FILE: f"edited by hand in {last(fleet)}, and stale: apps/web.yaml changed"
    }


def test_generated_from_something_between_two_states(fleet):
    """Nobody can tell a value typed by hand from one that an input had for a while."""
    change(fleet)
    regenerate(fleet)
    change(fleet, WEB, TWO, THREE)
    maybe = "edited by hand, not committed, or written by another version of kure-hooks or from"
    assert reasons(fleet) == {FILE: f"{maybe} other inputs, and stale: apps/web.yaml changed"}


def test_committed_from_something_between_two_states(fleet):
    change(fleet)
    regenerate(fleet)
    change(fleet, WEB, TWO, THREE)
    commit_all(fleet, "both")
    maybe = f"edited by hand in {last(fleet)}, or written by another version of kure-hooks or from"
    assert reasons(fleet) == {FILE: f"{maybe} other inputs"}


def test_edited_in_the_commit_that_generated(fleet):
    """The image is no business of the input's change."""
    change(fleet)
    regenerate(fleet)
    by_hand(fleet, FILE, "nginx:1", "nginx:2")
    commit_all(fleet, "both")
    edited = last(fleet)
    assert reasons(fleet) == {FILE: f"edited by hand in {edited}"}
    change(fleet, WEB, TWO, THREE)
    assert reasons(fleet) == {FILE: f"edited by hand in {edited}, and stale: apps/web.yaml changed"}


def test_generated_from_what_is_staged(fleet):
    change(fleet)
    regenerate(fleet)
    git(fleet, "add", "--all")
    change(fleet, WEB, TWO, THREE)
    assert reasons(fleet) == {FILE: "stale: apps/web.yaml changed"}
    assert reasons(fleet, source="index") == {}


def test_staged_and_unstaged(fleet):
    change(fleet)
    git(fleet, "add", "--all")
    by_hand(fleet, DEPLOYMENT.format("api"))
    assert reasons(fleet, source="index") == {FILE: "stale: apps/web.yaml changed"}
    assert reasons(fleet) == {
        FILE: "stale: apps/web.yaml changed",
        DEPLOYMENT.format("api"): "edited by hand, not committed",
    }


def test_a_revision(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    edited = last(fleet)
    change(fleet, API)
    commit_all(fleet, "change")
    git(fleet, "tag", "broken")
    regenerate(fleet)
    commit_all(fleet, "mended")
    assert reasons(fleet, source="broken") == {
        FILE: f"edited by hand in {edited}",
        DEPLOYMENT.format("api"): "stale: apps/api.yaml changed",
    }
    assert reasons(fleet) == {}


def test_edited_and_taken_back(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    git(fleet, "revert", "--no-edit", "HEAD")
    assert reasons(fleet) == {}
    change(fleet)
    assert reasons(fleet) == {FILE: "stale: apps/web.yaml changed"}


def test_a_reverted_input(fleet):
    change(fleet)
    regenerate(fleet)
    commit_all(fleet, "change")
    git(fleet, "checkout", "--quiet", "HEAD~1", "--", WEB)
    commit_all(fleet, "half a revert")
    assert reasons(fleet) == {FILE: "stale: apps/web.yaml changed"}


def test_edited_long_ago(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    edited = last(fleet)
    for name in "abc":
        write(fleet, {"README": name})
        commit_all(fleet, name)
    assert reasons(fleet) == {FILE: f"edited by hand in {edited}"}
    edit(fleet, WEB, "nginx:1", "nginx:2")
    commit_all(fleet, "image")
    assert reasons(fleet) == {FILE: f"edited by hand in {edited}, and stale: apps/web.yaml changed"}


def test_two_people_edited(fleet):
    by_hand(fleet)
    commit_all(fleet, "one")
    first = last(fleet)[:7]
    by_hand(fleet, FILE, "nginx:1", "nginx:2")
    commit_all(fleet, "two")
    assert reasons(fleet) == {FILE: f"edited by hand in {last(fleet)}, before that in {first}"}


def test_edited_in_a_commit_and_since(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    by_hand(fleet, FILE, "nginx:1", "nginx:2")
    assert reasons(fleet) == {
        FILE: f"edited by hand in {last(fleet)}, and since then, not committed"
    }


def test_committed_in_part(fleet):
    change(fleet, WEB)
    change(fleet, API)
    regenerate(fleet)
    git(fleet, "add", "apps", FILE)
    git(fleet, "commit", "--quiet", "--message", "a part")
    git(fleet, "checkout", "--", ".")
    assert reasons(fleet) == {DEPLOYMENT.format("api"): "stale: apps/api.yaml changed"}


def test_a_new_file_that_was_not_committed(fleet):
    write(
        fleet,
        {
            PROD: stack("prod", WEB, API, SHARED, "apps/new.yaml"),
            "apps/new.yaml": application("new"),
        },
    )
    regenerate(fleet)
    git(fleet, "add", "apps", "stacks", SHOP)
    git(fleet, "commit", "--quiet", "--message", "a part")
    git(fleet, "clean", "--quiet", "--force", "-d")
    expected = "never committed, or not written by another version of kure-hooks"
    assert reasons(fleet) == {DEPLOYMENT.format("new"): expected}


def test_an_amended_commit(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    before = last(fleet)
    git(fleet, "commit", "--quiet", "--amend", "--message", "another message")
    assert before != last(fleet)
    assert reasons(fleet) == {FILE: f"edited by hand in {last(fleet)}"}


def test_a_rebased_branch(fleet):
    git(fleet, "checkout", "--quiet", "-b", "side")
    by_hand(fleet)
    commit_all(fleet, "edit")
    git(fleet, "checkout", "--quiet", "main")
    change(fleet, API)
    commit_all(fleet, "change")
    git(fleet, "rebase", "--quiet", "main", "side")
    assert reasons(fleet) == {
        FILE: f"edited by hand in {last(fleet)}",
        DEPLOYMENT.format("api"): "stale: apps/api.yaml changed",
    }


def test_a_cherry_pick(fleet):
    git(fleet, "checkout", "--quiet", "-b", "side")
    by_hand(fleet)
    commit_all(fleet, "edit")
    git(fleet, "checkout", "--quiet", "main")
    write(fleet, {"README": ""})
    commit_all(fleet, "another")
    git(fleet, "cherry-pick", "side")
    assert reasons(fleet) == {FILE: f"edited by hand in {last(fleet)}"}


def test_a_clean_merge_of_two_regenerated_branches(fleet):
    """Each side is right, and so is the file that git made of both."""
    branch(fleet, "side", (WEB, "nginx:1", "nginx:2"))
    branch(fleet, "other", (API, ONE, TWO))
    merge(fleet, "side")
    assert reasons(fleet) == {}


def test_a_clean_merge_that_nobody_regenerated(fleet):
    """One side adds an application, the other one a label for all."""
    git(fleet, "checkout", "--quiet", "-b", "side")
    write(fleet, {"apps/new.yaml": application("new")})
    edit(
        fleet,
        PROD,
        "        - path: ../apps/web.yaml\n",
        "        - path: ../apps/new.yaml\n        - path: ../apps/web.yaml\n",
    )
    regenerate(fleet)
    commit_all(fleet, "side")
    branch(fleet, "other", (PROD, "team: one", "team: two"))
    merge(fleet, "side")
    assert reasons(fleet) == {DEPLOYMENT.format("new"): "stale: stacks/prod.yaml changed"}


def test_a_stash(fleet):
    by_hand(fleet)
    git(fleet, "stash")
    assert reasons(fleet) == {}
    git(fleet, "stash", "pop")
    assert reasons(fleet) == {FILE: "edited by hand, not committed"}


def test_a_detached_head(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    git(fleet, "checkout", "--quiet", "--detach")
    assert reasons(fleet) == {FILE: f"edited by hand in {last(fleet)}"}


def test_an_unborn_branch(fleet):
    by_hand(fleet)
    git(fleet, "checkout", "--quiet", "--orphan", "fresh")
    assert reasons(fleet) == {FILE: ""}


def test_without_git(fleet):
    by_hand(fleet)
    shutil.rmtree(fleet / ".git")
    assert reasons(fleet) == {FILE: ""}


def test_a_shallow_clone(fleet, tmp_path):
    by_hand(fleet)
    commit_all(fleet, "edit")
    change(fleet, API)
    commit_all(fleet, "change")
    for depth, known in ((1, ""), (2, "")):
        git(tmp_path, "clone", "--quiet", f"--depth={depth}", f"file://{fleet}", f"clone{depth}")
        assert reasons(tmp_path / f"clone{depth}")[FILE] == known
    git(tmp_path / "clone2", "fetch", "--quiet", "--unshallow")
    assert reasons(tmp_path / "clone2") == {
        FILE: f"edited by hand in {last(fleet, 'HEAD~1')}",
        DEPLOYMENT.format("api"): "stale: apps/api.yaml changed",
    }


def test_a_linked_work_tree(fleet, tmp_path):
    git(fleet, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    change(tmp_path / "linked")
    assert reasons(tmp_path / "linked") == {FILE: "stale: apps/web.yaml changed"}
    assert reasons(fleet) == {}


def test_the_fleet_as_a_submodule(fleet, tmp_path):
    outer = make_repository(tmp_path / "outer")
    protocol = ("-c", "protocol.file.allow=always")
    git(outer, *protocol, "submodule", "--quiet", "add", f"file://{fleet}", "fleet")
    by_hand(outer / "fleet")
    change(outer / "fleet", API)
    assert reasons(outer / "fleet") == {
        FILE: "edited by hand, not committed",
        DEPLOYMENT.format("api"): "stale: apps/api.yaml changed",
    }


def test_below_the_top(fleet, tmp_path):
    top = make_repository(tmp_path / "outer")
    shutil.copytree(fleet, top / "fleet", ignore=shutil.ignore_patterns(".git"))
    commit_all(top, "first")
    by_hand(top / "fleet")
    commit_all(top, "edit")
    change(top / "fleet", API)
    assert reasons(top / "fleet") == {
        FILE: f"edited by hand in {last(top)}",
        DEPLOYMENT.format("api"): "stale: apps/api.yaml changed",
    }


def test_line_endings_that_git_converts(fleet):
    write(fleet, {".gitattributes": "* text=auto eol=crlf\n"})
    commit_all(fleet, "attributes")
    for name in ("clusters", "apps", "stacks", "manifests"):
        shutil.rmtree(fleet / name)
    git(fleet, "checkout", "--", ".")
    assert b"\r\n" in (fleet / WEB).read_bytes()
    by_hand(fleet)
    commit_all(fleet, "edit")
    edit(fleet, WEB, "nginx:1", "nginx:2")
    assert reasons(fleet)[FILE] == (
        f"edited by hand in {last(fleet)}, and stale: apps/web.yaml changed"
    )
    assert "5 -> 3 (edited by hand)" in report(fleet)


def test_a_renamed_cluster(fleet):
    edit(fleet, DEV, "name: dev\nspec", "name: test\nspec")
    found = reasons(fleet)
    assert {found[path] for path in found if path.startswith("clusters/test/")} == {
        "stale: stacks/dev.yaml changed"
    }
    assert {
        found[path]
        for path in found
        if path.startswith("clusters/dev/") and not path.endswith("app.ini")
    } == {"no longer generated: stacks/dev.yaml changed"}


def test_a_deleted_stack(fleet):
    (fleet / DEV).unlink()
    expected = {"no longer generated: stacks/dev.yaml was deleted"}
    assert without_notes(reasons(fleet)) == expected
    commit_all(fleet, "deleted")
    assert without_notes(reasons(fleet)) == expected


def test_removed_and_moved_by_hand(fleet):
    (fleet / FILE).unlink()
    git(fleet, "mv", DEPLOYMENT.format("api"), "clusters/prod/shop/mine.yaml")
    assert reasons(fleet) == {
        FILE: "removed by hand, not committed",
        DEPLOYMENT.format("api"): "was shop/mine.yaml; moved by hand, not committed",
    }


def test_a_leftover_that_was_edited(fleet):
    by_hand(fleet)
    commit_all(fleet, "edit")
    write(fleet, {PROD: stack("prod", API, SHARED)})
    assert reasons(fleet)[FILE] == (
        f"edited by hand in {last(fleet)}, and no longer generated: stacks/prod.yaml changed"
    )
