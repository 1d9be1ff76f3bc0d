"""Why files drifted, told from real histories."""

import os
import shutil
from pathlib import Path

import pytest

from kure_hooks.drift.result import Cause, FileChange, Kind, Reason
from kure_hooks.operations import check, fleet
from kure_hooks.operations.attribution import attribute, generations
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from tests.support.git import commit_all, git, isolate, make_repository, write

SMALL = Path(__file__).parents[1] / "fixtures" / "small"
STACK, APP, SETTINGS = "stacks/prod.yaml", "apps/frontend.yaml", ".kure-hooks.yaml"
DEPLOYMENT = "clusters/prod/apps/apps-deployment-frontend.yaml"
SERVICE = "clusters/prod/apps/apps-service-frontend.yaml"
NAMESPACE = "clusters/prod/infra/cluster-namespace-ingress.yaml"
TODAY = "2026-01-01"

STALE, UNCOMMITTED = Cause(Reason.STALE, (APP,)), Cause(Reason.EDITED)
EDITED_AND_STALE = (Reason.EDITED, Reason.STALE)


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path_factory):
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def start(top):
    """Generate and commit the small fleet."""
    shutil.copytree(SMALL, top, dirs_exist_ok=True)
    regenerate(top)
    commit_all(top, "first")
    return top


@pytest.fixture
def repo(tmp_path):
    return start(make_repository(tmp_path / "repo"))


def regenerate(top):
    generate(open_workspace(top))


def edit(top, path, before, after):
    text = (top / path).read_text()
    assert before in text
    (top / path).write_text(text.replace(before, after))


def scale(top, before, after):
    edit(top, APP, f"replicas: {before}", f"replicas: {after}")


def by_hand(top, path=DEPLOYMENT):
    edit(top, path, "metadata:", "metadata:\n  generation: 1")


def causes(top, stacks=(), **options):
    """Return the cause of each drifted file."""
    workspace = open_workspace(top, **options)
    generated = check.produce(workspace, stacks)
    changes = check.drift(workspace, generated, workspace.tree)
    return {each.path: each.cause for each in attribute(workspace, generated, changes)}


def edited(top, revision="HEAD"):
    return Cause(Reason.EDITED, (), git(top, "rev-parse", revision)[:7], TODAY)


def both(top, *inputs):
    last = edited(top)
    return Cause(Reason.BOTH, inputs or (APP,), last.commit, last.date, EDITED_AND_STALE)


def many(repo, names):
    """Add stacks of one cluster each."""
    for name in names:
        text = (repo / STACK).read_text().replace("prod", name)
        write(repo, {f"stacks/{name}.yaml": text})
    regenerate(repo)
    commit_all(repo, "stacks")


@pytest.fixture
def old_generations(monkeypatch):
    """The stacks of each generation at a commit."""
    seen = []
    real = fleet.generate

    def counting(tree, settings, stacks, *rest, **options):
        if hasattr(tree, "version"):
            seen.append(list(stacks))
        return real(tree, settings, stacks, *rest, **options)

    monkeypatch.setattr(fleet, "generate", counting)
    return seen


def test_stale_before_the_commit(repo):
    scale(repo, 3, 4)
    assert causes(repo) == {DEPLOYMENT: STALE}


def test_stale_after_the_commit(repo):
    """What CI sees; HEAD already generates what is generated now."""
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    write(repo, {"README": "another commit"})
    commit_all(repo, "another")
    assert causes(repo) == {DEPLOYMENT: STALE}


def test_stale_although_other_files_were_touched_since(repo):
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    by_hand(repo, SERVICE)
    commit_all(repo, "edit")
    assert causes(repo) == {DEPLOYMENT: STALE, SERVICE: edited(repo)}


@pytest.mark.parametrize("part", ["cluster", "bundle"])
def test_a_patch_of_a_gitops_object_is_an_input(repo, part):
    merge = "{kind: A, metadata: {name: a}, spec: {timeout: 3m0s}}"
    patches = f"[{{target: {{kind: Kustomization, name: web}}, patch: '{merge}'}}]"
    if part == "cluster":
        edit(repo, STACK, "gitops: {", f"gitops: {{patches: {patches}, ")
    else:
        name = "        name: web\n"
        edit(repo, STACK, name, f"{name}        gitops: {{patches: {patches}}}\n")
    control = "clusters/prod/flux-system/flux-system-kustomization-web.yaml"
    assert causes(repo) == {control: Cause(Reason.STALE, (STACK,))}


def test_edited_before_the_commit(repo):
    by_hand(repo)
    assert causes(repo) == {DEPLOYMENT: UNCOMMITTED}
    git(repo, "add", "--all")
    assert causes(repo) == {DEPLOYMENT: UNCOMMITTED}


def test_edited_in_a_commit_by_an_author_of_another_day(repo):
    by_hand(repo)
    git(repo, "commit", "--quiet", "--all", "--message", "x", "--date=2025-11-20T23:30:00-0800")
    commit = git(repo, "rev-parse", "HEAD")[:7]
    assert causes(repo) == {DEPLOYMENT: Cause(Reason.EDITED, (), commit, "2025-11-20")}


def test_formatting(repo):
    (repo / DEPLOYMENT).write_text((repo / DEPLOYMENT).read_text() + "# mine\n")
    assert causes(repo) == {DEPLOYMENT: UNCOMMITTED}


def test_both_before_the_commit(repo):
    scale(repo, 3, 4)
    by_hand(repo)
    assert causes(repo) == {DEPLOYMENT: Cause(Reason.BOTH, (APP,), parts=EDITED_AND_STALE)}


def test_both_in_commits(repo):
    by_hand(repo)
    commit_all(repo, "edit")
    expected = both(repo)
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    assert causes(repo) == {DEPLOYMENT: expected}


def test_a_stack_changed_and_a_file_edited_in_the_work_tree(repo):
    """The stack's change is in HEAD already, and still has not been generated."""
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    by_hand(repo)
    assert causes(repo) == {DEPLOYMENT: Cause(Reason.BOTH, (APP,), parts=EDITED_AND_STALE)}


def test_removed_before_the_commit(repo):
    (repo / DEPLOYMENT).unlink()
    assert causes(repo) == {DEPLOYMENT: UNCOMMITTED}


def test_removed_in_a_commit(repo):
    (repo / DEPLOYMENT).unlink()
    commit_all(repo, "remove")
    expected = edited(repo)
    write(repo, {"README": ""})
    commit_all(repo, "another")
    assert causes(repo) == {DEPLOYMENT: expected}


def test_removed_with_its_source_which_is_back(repo):
    service = "  services:\n  - {name: frontend, port: 80, targetPort: http}\n"
    edit(repo, APP, service, "")
    regenerate(repo)
    commit_all(repo, "no service")
    (repo / APP).write_text((repo / APP).read_text() + service)
    commit_all(repo, "service")
    assert causes(repo)[SERVICE] == STALE


def test_never_there_because_an_application_is_new(repo):
    added = "\n        - {name: x, kind: Manifests, spec: {files: [../manifests]}}\n"
    (repo / STACK).write_text((repo / STACK).read_text().rstrip() + added)
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: apps}\n"
    write(repo, {"manifests/x.yaml": config_map})
    new = Cause(Reason.STALE, ("manifests/x.yaml", STACK))
    for _ in range(2):
        assert causes(repo)["clusters/prod/apps/apps-configmap-x.yaml"] == new
        commit_all(repo, "application")


def test_never_there_because_the_stack_is_new(repo):
    (repo / "stacks/new.yaml").write_text((repo / STACK).read_text().replace("prod", "new"))
    new = Cause(Reason.STALE, ("stacks/new.yaml",))
    for _ in range(2):
        assert set(causes(repo).values()) == {new}
        commit_all(repo, "stack")


def test_never_there_although_it_was_generated(repo):
    """Nobody removed it, and no input changed: somebody forgot it, or it is a new kind of file."""
    git(repo, "rm", "--quiet", "--cached", "-r", "clusters")
    git(repo, "commit", "--quiet", "--amend", "--message", "without")
    git(repo, "add", SERVICE)
    git(repo, "commit", "--quiet", "--message", "one file")
    (repo / DEPLOYMENT).unlink()
    assert causes(repo)[DEPLOYMENT] == Cause(Reason.UNCLEAR)


def test_another_name_of_the_stack(repo):
    """All files name their stack; none was edited, and other stacks are there as before."""
    many(repo, ["a"])
    git(repo, "update-ref", "-d", "HEAD")
    commit_all(repo, "both in one commit")
    git(repo, "mv", STACK, "stacks/production.yaml")
    edit(repo, "stacks/a.yaml", "interval: 10m", "interval: 20m")
    commit_all(repo, "rename")
    found = causes(repo)
    changed = "clusters/a/flux-system/flux-system-kustomization-web.yaml"
    assert found.pop(changed) == Cause(Reason.STALE, ("stacks/a.yaml",))
    assert len(found) == 9
    renamed = (STACK, "stacks/production.yaml")
    assert set(found.values()) == {Cause(Reason.STALE, renamed, deleted=(STACK,))}


def test_changed_settings(repo):
    write(repo, {SETTINGS: "flux: {interval: 5m}\n"})
    found = causes(repo)
    assert set(found.values()) == {Cause(Reason.STALE, (f"{SETTINGS}: flux.interval",))}
    commit_all(repo, "settings")
    assert causes(repo) == found


def test_settings_that_decide_nothing_are_no_cause(repo, old_generations):
    write(repo, {SETTINGS: "drift: {keep: [x]}\nvalidate: {kubernetes: '1.33'}\n"})
    by_hand(repo)
    commit_all(repo, "edit")
    write(repo, {SETTINGS: ""})
    assert causes(repo) == {DEPLOYMENT: edited(repo)}
    assert old_generations == []


def test_settings_from_elsewhere_hold_for_every_commit(repo, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("flux: {interval: 5m}\n")
    generate(open_workspace(repo, own))
    commit_all(repo, "generate")
    scale(repo, 3, 4)
    assert causes(repo, settings=own) == {DEPLOYMENT: STALE}


@pytest.fixture
def directory(repo):
    """An application of all manifests in a directory."""
    added = "\n        - {name: x, kind: Manifests, spec: {files: [../manifests/]}}\n"
    (repo / STACK).write_text((repo / STACK).read_text().rstrip() + added)
    for name in "ab":
        manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: x}}\n"
        write(repo, {f"manifests/{name}.yaml": manifest, "manifests/README": "x"})
    regenerate(repo)
    commit_all(repo, "directory")
    return repo


LISTED = "clusters/prod/apps/kustomization.yaml"


def test_a_file_added_to_a_directory(directory):
    a = directory / "manifests/a.yaml"
    (directory / "manifests/c.yaml").write_text(a.read_text().replace("name: a,", "name: c,"))
    assert causes(directory)[LISTED] == Cause(Reason.STALE, ("manifests/c.yaml",))


def test_a_file_removed_from_a_directory(directory):
    (directory / "manifests/a.yaml").unlink()
    gone = ("manifests/a.yaml",)
    assert causes(directory)[LISTED] == Cause(Reason.STALE, gone, deleted=gone)


def test_a_file_that_no_stack_reads(directory):
    (directory / "manifests/README").unlink()
    by_hand(directory)
    assert causes(directory) == {DEPLOYMENT: UNCOMMITTED}


@pytest.mark.parametrize("source", ["worktree", "index"])
def test_without_a_commit(tmp_path, source):
    top = make_repository(tmp_path / "unborn")
    shutil.copytree(SMALL, top, dirs_exist_ok=True)
    git(top, "add", "--all")
    assert set(causes(top, source=source).values()) == {None}


def test_without_git(tmp_path):
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    assert set(causes(tmp_path).values()) == {None}


def test_git_is_not_installed(repo, monkeypatch):
    by_hand(repo)
    workspace = open_workspace(repo)
    generated = check.produce(workspace, ())
    changes = check.drift(workspace, generated, workspace.tree)
    monkeypatch.setenv("PATH", os.devnull)
    assert attribute(workspace, generated, changes) == changes


def test_a_broken_history(repo):
    first = git(repo, "rev-parse", "HEAD").strip()
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    (repo / ".git/objects" / first[:2] / first[2:]).unlink()
    assert causes(repo) == {DEPLOYMENT: None}


def test_a_detached_head(repo):
    by_hand(repo)
    commit_all(repo, "edit")
    git(repo, "checkout", "--quiet", "--detach")
    scale(repo, 3, 4)
    assert causes(repo) == {DEPLOYMENT: both(repo)}


def test_a_linked_work_tree(repo, tmp_path):
    git(repo, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    scale(tmp_path / "linked", 3, 4)
    commit_all(tmp_path / "linked", "scale")
    by_hand(tmp_path / "linked", SERVICE)
    assert causes(tmp_path / "linked") == {DEPLOYMENT: STALE, SERVICE: UNCOMMITTED}


def clone(repo, depth):
    path = repo.parent / f"depth-{depth}"
    git(repo.parent, "clone", "--quiet", f"--depth={depth}", f"file://{repo}", str(path))
    return path


def test_shallow_clones(repo):
    """The last commit of all appears to touch every file, so that nothing is known of its files."""
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    by_hand(repo, SERVICE)
    commit_all(repo, "edit")
    assert causes(clone(repo, 1)) == {DEPLOYMENT: None, SERVICE: None}
    assert causes(clone(repo, 2)) == {DEPLOYMENT: None, SERVICE: edited(repo)}


def test_an_edit_in_a_shallow_clone(repo):
    commit_all(repo, "second")
    by_hand(repo, SERVICE)
    commit_all(repo, "edit")
    top = clone(repo, 1)
    by_hand(top)
    assert causes(top) == {DEPLOYMENT: UNCOMMITTED, SERVICE: None}


def test_an_invalid_stack_at_the_base(repo):
    scale(repo, 3, "many")
    by_hand(repo)
    commit_all(repo, "broken")
    scale(repo, "many", 3)
    commit_all(repo, "repaired")
    by_hand(repo, SERVICE)
    assert causes(repo) == {DEPLOYMENT: None, SERVICE: UNCOMMITTED}


def test_invalid_settings_at_the_base(repo):
    write(repo, {SETTINGS: "version: 7\n"})
    by_hand(repo)
    commit_all(repo, "broken")
    (repo / SETTINGS).unlink()
    assert causes(repo) == {DEPLOYMENT: None}


def test_a_merge_of_two_sides(repo):
    """One side changed the application, the other a file: each is blamed for its own."""
    git(repo, "checkout", "--quiet", "-b", "side")
    by_hand(repo, SERVICE)
    commit_all(repo, "edit")
    git(repo, "checkout", "--quiet", "main")
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    git(repo, "merge", "--quiet", "--no-edit", "side")
    assert causes(repo) == {DEPLOYMENT: STALE, SERVICE: edited(repo, "side")}


def test_a_merge_that_discards_one_side(repo):
    """Both sides regenerated, and the merge took the file of one with the input of the other."""
    git(repo, "checkout", "--quiet", "-b", "side")
    scale(repo, 3, 4)
    regenerate(repo)
    commit_all(repo, "side")
    git(repo, "checkout", "--quiet", "main")
    scale(repo, 3, 5)
    regenerate(repo)
    commit_all(repo, "main")
    git(repo, "merge", "--quiet", "--no-commit", "--strategy=ours", "side")
    git(repo, "checkout", "side", "--", APP)
    commit_all(repo, "merge")
    assert causes(repo) == {DEPLOYMENT: STALE}


def test_an_edit_in_a_merge(repo):
    git(repo, "checkout", "--quiet", "-b", "side")
    write(repo, {"README": ""})
    commit_all(repo, "side")
    git(repo, "checkout", "--quiet", "main")
    commit_all(repo, "main")
    git(repo, "merge", "--quiet", "--no-commit", "--no-ff", "side")
    by_hand(repo)
    commit_all(repo, "merge")
    assert causes(repo) == {DEPLOYMENT: edited(repo)}


def test_names_that_git_quotes(tmp_path):
    top = make_repository(tmp_path / "quoted")
    write(top, {SETTINGS: "output: 'größe \U0001f40d'\nstacks: ['stäcks \U0001f40d/*.yaml']\n"})
    shutil.copytree(SMALL / "apps", top / "apps")
    shutil.copytree(SMALL / "stacks", top / "stäcks \U0001f40d")
    regenerate(top)
    commit_all(top, "first")
    by_hand(top, next(top.glob("*/prod/infra/*namespace*")).relative_to(top))
    commit_all(top, "edit")
    edit(top, "stäcks \U0001f40d/prod.yaml", "team: shop", "team: shops")
    found = causes(top)
    assert set(found.values()) == {
        Cause(Reason.STALE, ("stäcks \U0001f40d/prod.yaml",)),
        edited(top),
    }


def test_the_index(repo):
    scale(repo, 3, 4)
    by_hand(repo, SERVICE)
    git(repo, "add", "--all")
    (repo / NAMESPACE).unlink()
    scale(repo, 4, 5)
    expected = {DEPLOYMENT: STALE, SERVICE: UNCOMMITTED}
    assert causes(repo, source="index") == expected
    commit_all(repo, "edit")
    assert causes(repo, source="index") == {
        DEPLOYMENT: STALE,
        SERVICE: edited(repo),
        NAMESPACE: edited(repo),
    }


def test_a_revision(repo):
    by_hand(repo, SERVICE)
    commit_all(repo, "edit")
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    git(repo, "tag", "release")
    regenerate(repo)
    commit_all(repo, "regenerate")
    expected = {DEPLOYMENT: STALE, SERVICE: edited(repo, "HEAD~2")}
    assert causes(repo, source="release") == expected
    assert causes(repo, source="release~1") == {SERVICE: edited(repo, "HEAD~2")}


def test_below_the_top(tmp_path):
    top = make_repository(tmp_path / "repo")
    (top / "fleet").mkdir()
    root = start(top / "fleet")
    scale(root, 3, 4)
    commit_all(root, "scale")
    by_hand(root, SERVICE)
    commit_all(root, "edit")
    (root / NAMESPACE).unlink()
    assert causes(root) == {DEPLOYMENT: STALE, SERVICE: edited(root), NAMESPACE: UNCOMMITTED}


def test_line_endings_that_git_converts(tmp_path):
    """The work tree has CRLF everywhere; only real changes count."""
    top = make_repository(tmp_path / "repo")
    write(top, {".gitattributes": "* text=auto\n"})
    start(top)
    by_hand(top, SERVICE)
    commit_all(top, "edit")
    git(top, "config", "core.autocrlf", "true")
    for path in ("clusters", "apps", "stacks"):
        shutil.rmtree(top / path)
    git(top, "checkout", "--", ".")
    assert b"\r\n" in (top / DEPLOYMENT).read_bytes()
    scale(top, 3, 4)
    found = causes(top)
    assert {path: found[path] for path in (DEPLOYMENT, SERVICE)} == {
        DEPLOYMENT: STALE,
        SERVICE: edited(top),
    }


def test_a_link_in_the_place_of_a_file_is_foreign_and_no_edit_of_it(repo):
    target = repo / "elsewhere.yaml"
    (repo / DEPLOYMENT).rename(target)
    (repo / DEPLOYMENT).symlink_to(target)
    assert causes(repo) == {DEPLOYMENT: None}
    commit_all(repo, "link")
    assert causes(repo) == {DEPLOYMENT: None}


def test_a_renamed_file_is_judged_at_its_new_path(repo):
    edit(repo, APP, "name: frontend, port: 80", "name: web, port: 80")
    workspace = open_workspace(repo)
    generated = check.produce(workspace, ())
    renamed = SERVICE.replace("frontend", "web")
    change = FileChange(Kind.RENAMED, renamed, "clusters/prod", STACK, was=SERVICE)
    others = [
        FileChange(kind, path, "clusters/prod", STACK)
        for kind, path in ((Kind.UNEXPECTED, SERVICE), (Kind.UNTRACKED, LISTED))
    ]
    found = attribute(workspace, generated, [others[0], change, others[1]])
    assert [each.cause for each in found] == [STALE, STALE, None]
    assert [each.path for each in found] == [SERVICE, renamed, LISTED]


def test_edits_need_no_generation(repo, old_generations):
    many(repo, "ab")
    by_hand(repo)
    commit_all(repo, "edit")
    by_hand(repo, SERVICE)
    write(repo, {"stacks/notes.txt": "", "README": ""})
    commit_all(repo, "another edit")
    (repo / NAMESPACE).unlink()
    found = causes(repo)
    assert found == {
        DEPLOYMENT: edited(repo, "HEAD~1"),
        SERVICE: edited(repo),
        NAMESPACE: UNCOMMITTED,
    }
    assert old_generations == []


def test_one_generation_of_what_needs_it(repo, old_generations):
    many(repo, "abc")
    for name in "ab":
        edit(repo, f"stacks/{name}.yaml", "interval: 10m", "interval: 20m")
    by_hand(repo, DEPLOYMENT.replace("prod", "c"))
    found = causes(repo)
    assert found == {
        **{
            f"clusters/{name}/flux-system/flux-system-kustomization-web.yaml": Cause(
                Reason.STALE, (f"stacks/{name}.yaml",)
            )
            for name in "ab"
        },
        DEPLOYMENT.replace("prod", "c"): UNCOMMITTED,
    }
    assert old_generations == [["stacks/a.yaml", "stacks/b.yaml"]]


def test_only_the_named_stacks(repo, old_generations):
    many(repo, "ab")
    scale(repo, 3, 4)
    assert causes(repo, ["stacks/a.yaml"]) == {DEPLOYMENT.replace("prod", "a"): STALE}
    assert old_generations == [["stacks/a.yaml"]]


def test_three_generations_at_most(repo, old_generations):
    """Of the latest commits, when none has more files than another."""
    for number in range(5):
        many(repo, [f"c{number}"])
    scale(repo, 3, 4)
    commit_all(repo, "scale")
    found = {path.split("/")[1]: cause for path, cause in causes(repo).items()}
    assert found == dict.fromkeys(("c4", "c3", "c2"), STALE) | dict.fromkeys(
        ("c1", "c0", "prod"), None
    )
    assert old_generations == [["stacks/c4.yaml"], ["stacks/c3.yaml"], ["stacks/c2.yaml"]]


def test_the_base_of_most_files_comes_first(repo, old_generations):
    for number in range(3):
        many(repo, [f"c{number}"])
    scale(repo, 3, 4)
    edit(repo, "stacks/c0.yaml", "interval: 10m", "interval: 20m")
    commit_all(repo, "change")
    causes(repo)
    assert old_generations == [["stacks/c0.yaml"], ["stacks/c2.yaml"], ["stacks/c1.yaml"]]


def test_only_so_many_commits_are_looked_at(repo, monkeypatch):
    monkeypatch.setattr(generations, "_MOST_COMMITS", 2)
    for path in (DEPLOYMENT, SERVICE, NAMESPACE):
        by_hand(repo, path)
        commit_all(repo, path)
    assert causes(repo) == {
        DEPLOYMENT: None,
        SERVICE: edited(repo, "HEAD~1"),
        NAMESPACE: edited(repo),
    }
