"""The command `init`: in repositories of all kinds, with the real runners of hooks."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from kure_hooks.cli import COMMANDS
from tests.hooks.checkout import Checkout
from tests.support.git import git, make_repository, write
from tests.support.scripts import script

TREES = Path(__file__).parents[3] / "shared/data/trees"
HOME = "https://github.com/kure-hooks/kure-hooks"
DRIVER = "git config merge.kure-hooks.driver"
CREATED = (".gitattributes", ".kure-hooks.yaml", ".pre-commit-config.yaml", "stacks/dev.yaml")
KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {interval: 1h, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: x}}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  project: default
  destination: {name: in-cluster}
  source: {repoURL: https://github.com/acme/fleet.git, path: apps, targetRevision: main}
"""


@pytest.fixture
def root(tmp_path):
    return make_repository(tmp_path)


def content(root):
    files = (path for path in root.rglob("*") if ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.is_file()}


def test_an_empty_repository_is_set_up_once(root, kure):
    code, out, err = kure("init")
    assert (code, err) == (0, "")
    assert out == (
        "".join(f"{path}: created\n" for path in CREATED)
        + f"{DRIVER}: set, for this clone alone; run `kure-hooks init` in every other one, too\n"
        "note: No forge is known, so there is no workflow yet. Name yours with --forge github, "
        "gitlab or forgejo.\nNext:\n  kure-hooks generate\n  git add --all\n"
        "  pre-commit install    # or prek install\n  git commit -m 'Add kure-hooks'\n"
    )
    before = content(root)
    assert sorted(before) == sorted(CREATED)
    code, out, _ = kure("init", "--yes")
    assert (code, out.splitlines()[0]) == (0, "Everything is set up already.")
    assert content(root) == before
    assert kure("generate")[0] == 1
    git(root, "add", "--all")
    assert kure("check", "--source", "index") == (0, "", "")
    assert kure("lint")[0] == 0
    assert kure("init")[1].startswith("Everything is set up already.")


def test_another_clone_lacks_nothing_but_the_merge_driver(root, kure):
    kure("init")
    git(root, "config", "--remove-section", "merge.kure-hooks")
    before = content(root)
    code, out, _ = kure("init", "--dry-run")
    assert (code, out.splitlines()[0].partition(",")[0]) == (0, f"{DRIVER}: would be set")
    code, out, _ = kure("init")
    assert (code, out.splitlines()[0].partition(",")[0]) == (0, f"{DRIVER}: set")
    assert "Next:" not in out
    assert content(root) == before
    assert git(root, "config", "merge.kure-hooks.driver") == (
        "kure-hooks merge-driver %O %A %B %P\n"
    )
    assert kure("init")[1].startswith("Everything is set up already.")


def test_a_merge_driver_that_somebody_named_stays(root, kure):
    git(root, "config", "merge.kure-hooks.driver", "uvx kure-hooks merge-driver %O %A %B %P")
    assert DRIVER not in kure("init")[1]
    assert git(root, "config", "merge.kure-hooks.driver").startswith("uvx ")


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ("clusters/** text eol=lf linguist-generated", "clusters/** merge=kure-hooks\n"),
        ("clusters/** text merge=kure-hooks", ""),
        ("clusters/** -merge", ""),
    ],
)
def test_attributes_from_before_there_was_a_merge_driver(root, kure, line, added):
    write(root, {".gitattributes": f"{line}\n"})
    kure("init", "--yes")
    assert (root / ".gitattributes").read_text() == f"{line}\n{added}"


def test_a_dry_run_shows_all_and_writes_nothing(root, kure):
    write(root, {".gitattributes": "*.sh text\n"})
    before = content(root)
    code, out, _ = kure("init", "--dry-run", "--forge", "github")
    assert code == 0
    assert content(root) == before
    assert "--- /dev/null\n+++ b/stacks/dev.yaml\n@@ -0,0 +1,30 @@\n" in out
    assert "--- a/.gitattributes\n+++ b/.gitattributes\n@@ -1 +1,2 @@\n *.sh text\n+clusters" in out
    assert ".github/workflows/kure-hooks.yaml: would be created\n" in out


def test_what_exists_changes_with_yes_alone(root, kure):
    config = "# ours\nrepos:\n  - repo: local # here\n    hooks: []\n"
    write(root, {".pre-commit-config.yaml": config, ".gitattributes": "*.sh text"})
    code, out, _ = kure("init")
    assert code == 1
    assert (root / ".pre-commit-config.yaml").read_text() == config
    assert "+  - repo: https://github.com/kure-hooks/kure-hooks\n" in out
    assert ".pre-commit-config.yaml: not changed\nRun `kure-hooks init --yes`" in out
    assert (root / "stacks/dev.yaml").exists()
    code, out, _ = kure("init", "--yes")
    assert code == 0
    assert ".gitattributes: changed\n.pre-commit-config.yaml: changed\n" in out
    changed = (root / ".pre-commit-config.yaml").read_text()
    assert [line for line in config.splitlines() if line not in changed.splitlines()] == []
    assert (root / ".gitattributes").read_text().splitlines()[0] == "*.sh text"
    assert kure("init", "--yes")[1].startswith("Everything is set up already.")


@pytest.mark.parametrize(
    ("url", "files", "workflow"),
    [
        ("git@github.com:acme/fleet.git", {}, ".github/workflows/kure-hooks.yaml"),
        ("https://u:secret@gitlab.example.com/a/fleet.git", {}, ".gitlab-ci.yml"),
        ("ssh://git@codeberg.org:22/a/fleet.git", {}, ".forgejo/workflows/kure-hooks.yaml"),
        ("https://git.example.com/a.git", {".gitlab-ci.yml": "a: {script: [b]}\n"}, None),
        ("", {".gitea/workflows/a.yaml": "on: push\n"}, ".forgejo/workflows/kure-hooks.yaml"),
        ("", {".github/CODEOWNERS": "* @a\n"}, ".github/workflows/kure-hooks.yaml"),
        ("git@github.com:a/b", {".github/workflows/x.yml": "uses: k/kure-hooks@v1\n"}, None),
    ],
)
def test_the_workflow_is_that_of_the_forge(root, kure, url, files, workflow):
    write(root, files)
    if url:
        git(root, "remote", "add", "origin", url)
    kure("init", "--engine", "argocd")
    made = {path for path in content(root) if path not in {*CREATED, *files}}
    assert made == ({workflow} if workflow else set())
    settings = yaml.safe_load((root / ".kure-hooks.yaml").read_text())
    assert "secret" not in settings["argocd"]["repoURL"]
    if workflow and workflow.startswith(".github"):
        path = str(root / workflow)
        check = ["--builtin-schema", "vendor.github-workflows", path]
        assert CliRunner().invoke(check_jsonschema, check).exit_code == 0
        done = subprocess.run([script("actionlint"), path], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"")
    if workflow == ".gitlab-ci.yml":
        check = ["--builtin-schema", "vendor.gitlab-ci", str(root / workflow)]
        assert CliRunner().invoke(check_jsonschema, check).exit_code == 0


def test_a_job_is_added_to_the_pipeline_of_gitlab(root, kure):
    pipeline = "stages: [lint, deploy] # ours\nship:\n  stage: deploy\n  script: [make]\n"
    write(root, {".gitlab-ci.yml": pipeline})
    assert kure("init", "--yes")[0] == 0
    text = (root / ".gitlab-ci.yml").read_text()
    assert text.startswith(f"{pipeline}\nkure-hooks:\n  stage: lint\n")
    assert kure("init")[1].startswith("Everything is set up already.")


def test_a_pipeline_that_is_none_stays_and_is_told(root, kure):
    write(root, {".gitlab-ci.yml": "- a\n"})
    code, out, _ = kure("init", "--yes")
    assert code == 0
    assert "can't be added to this pipeline: .gitlab-ci.yml:1:1: this is a list" in out
    assert "  image: python:3.13" in out
    assert (root / ".gitlab-ci.yml").read_text() == "- a\n"


@pytest.mark.parametrize("option", ["--dry-run", "--yes", "--local-hooks"])
def test_a_configuration_of_another_shape_is_refused_and_nothing_written(root, kure, option):
    write(root, {".pre-commit-config.yaml": "repos: 3\n"})
    before = git(root, "status", "--short")
    code, out, error = kure("init", option)
    assert (code, git(root, "status", "--short")) == (2, before)
    assert ".pre-commit-config.yaml:1:8: repos: this is a number. Write a list." in out + error


def test_a_file_beside_workflows_may_be_anything(root, kure):
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/logo.png").write_bytes(b"\x89PNG\xff")
    assert kure("init", "--forge", "github")[0] == 0


@pytest.mark.parametrize(
    ("manifest", "tool", "title"),
    [(KUSTOMIZATION, "flux", "Flux"), (APPLICATION, "argocd", "Argo CD")],
)
def test_a_repository_with_manifests_is_led_to_lint_and_import(root, kure, manifest, tool, title):
    write(root, {"clusters/prod/apps.yaml": manifest, "apps/.keep": ""})
    code, out, _ = kure("init")
    assert code == 0
    assert f"  kure-hooks lint    # works at once, on 1 objects of {title}\n" in out
    assert f"  kure-hooks import {tool} --cluster NAME    # makes stack files of them\n" in out
    assert not (root / "stacks").exists()
    assert "kure-lint" in (root / ".pre-commit-config.yaml").read_text()
    assert kure("lint")[0] in (0, 1)
    assert kure("init", "--yes")[1].startswith("Everything is set up already.")
    kure("init", "--cluster", "two")
    text = (root / "stacks/two.yaml").read_text()
    assert f"type: {tool}" in text


@pytest.mark.parametrize("forge", ["github", "gitlab", "forgejo"])
def test_a_second_run_turns_to_the_stack_that_was_imported(root, kure, forge):
    """All is as if the stack had been there from the start, but that lint is a hook as well."""
    write(root, {"clusters/prod/apps.yaml": KUSTOMIZATION, "apps/.keep": ""})
    _, out, _ = kure("init", "--forge", forge)
    assert "  kure-hooks init    # again after an import: hooks check the stacks then\n" in out
    write(root, {"stacks/prod.yaml": "name: prod\nnode: {}\n"})
    code, out, _ = kure("init", "--forge", forge)
    assert (code, "+  - id: kure-generate\n" in out) == (1, True)
    code, out, _ = kure("init", "--forge", forge, "--yes")
    assert (code, "note: " in out) == (0, False)
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())
    ids = [hook["id"] for hook in config["repos"][0]["hooks"]]
    assert ids == ["kure-lint", "kure-generate", "kure-check"]
    (workflow,) = {path for path in content(root) if path.endswith((".yml", "kure-hooks.yaml"))} - {
        ".kure-hooks.yaml"
    }
    text = (root / workflow).read_text()
    assert ("check" in text, "lint" in text) == (True, False)
    assert (root / ".gitattributes").exists()
    assert kure("init", "--yes")[1] == "Everything is set up already.\n"


@pytest.mark.parametrize(
    ("files", "hooks"),
    [
        ({"prek.toml": '[[repos]]\nrepo = "x"\nhooks = [{id = "kure-lint"}]\n'}, "kure-generate"),
        ({".pre-commit-config.yaml": "repos: [{hooks: [{id: kure-lint-system}]}]\n"}, "-system"),
    ],
)
def test_what_can_not_be_changed_is_told(root, kure, files, hooks):
    workflow = {".github/workflows/a.yaml": "jobs: {a: {steps: [{run: kure-hooks lint}]}}\n"}
    write(root, {"stacks/prod.yaml": "name: prod\nnode: {}\n"} | files | workflow)
    _, out, _ = kure("init")
    suffix = hooks if hooks.startswith("-") else ""
    assert f"Add kure-generate{suffix} and kure-check{suffix} beside kure-lint{suffix}.\n" in out
    assert "Let it run `kure-hooks check`.\n" in out


@pytest.mark.parametrize("tree", ["flux2-kustomize-helm-example", "infra-deployments-argo-cd-apps"])
def test_repositories_of_strangers(root, kure, tree):
    if not (TREES / tree).is_dir():
        pytest.skip("the trees of strangers are not here")
    shutil.copytree(TREES / tree, root, dirs_exist_ok=True)
    before = content(root)
    assert kure("init")[0] == 0
    after = content(root)
    assert {path: after[path] for path in before} == before
    assert kure("init", "--yes")[1].startswith("Everything is set up already.")
    assert content(root) == after


@pytest.mark.parametrize("name", ["lefthook.yml", ".husky/pre-commit"])
def test_other_runners_of_hooks_stay(root, kure, name):
    write(root, {name: ""})
    _, out, _ = kure("init")
    assert "kure-hooks generate --source index` before each commit." in out
    assert not (root / ".pre-commit-config.yaml").exists()
    assert "pre-commit install" not in out


def test_where_it_can_not_be(tmp_path, kure):
    code, _, err = kure("init")
    assert code == 2
    assert "Run `git init` first." in err
    make_repository(tmp_path)
    write(tmp_path, {"part/.kure-hooks.yaml": "version: 1\n"})
    code, _, err = kure("init", cwd=tmp_path / "part")
    assert (code, "part is only a part of it" in err) == (2, True)
    code, _, err = kure("init", "--cluster", "../x")
    assert (code, "Choose another name." in err) == (2, True)
    write(tmp_path, {".kure-hooks.yaml": "stacks: ['fleet/*.yaml']\n"})
    assert '"stacks/*.yaml"' in kure("init")[1]
    assert not (tmp_path / "stacks").exists()


def test_links_are_not_written_through(root, kure):
    write(root, {"elsewhere": ""})
    (root / ".pre-commit-config.yaml").symlink_to("elsewhere")
    code, _, err = kure("init", "--yes")
    assert (code, "symbolic link" in err) == (2, True)
    assert sorted(content(root)) == [".pre-commit-config.yaml", "elsewhere"]


def test_each_command_that_finds_no_stack_points_to_init(root, kure):
    assert "init" in COMMANDS
    for command in (
        *(("check",), ("generate",), ("graph",), ("bootstrap",), ("package", "--to", "out")),
        ("explain", "clusters/a.yaml"),
    ):
        code, _, err = kure(*command)
        assert code == 2
        assert f"looked for stacks/*.yaml in {root.name} (there is no .kure-hooks.yaml)" in err
        assert "Start with `kure-hooks init`." in err


@pytest.mark.parametrize("program", ["pre-commit", "prek"])
@pytest.mark.parametrize("local", [True, False])
def test_the_hooks_work(tmp_path, hook_repository, program, local):
    """The address of the project leads to a clone of this work tree, which has the tag."""
    root = make_repository(tmp_path / "checkout")
    home = tmp_path / "cache"
    variables = {"PRE_COMMIT_HOME": str(home), "PREK_HOME": str(home)}
    variables |= {f"GIT_CONFIG_{key}": text for key, text in _leading(hook_repository).items()}
    git(hook_repository, "tag", "--force", "v0.1.0")
    checkout = Checkout(root, variables)
    init = "kure-hooks init" + (" --local-hooks" if local else "")
    assert checkout.runs("init", "--quiet")[0]
    said = checkout.shell(f"{init} && {program} install --install-hooks")
    assert re.search("pre-merge-commit", said), said
    commit_all_without_hooks(checkout)
    write(root, {"README.md": "words\n"})
    checkout.git("add", "README.md")
    said = checkout.refused()
    assert "Regenerated 6 files (6 new). Stage them: git add -A -- clusters\n" in said
    checkout.shell("git add -A -- clusters")
    checkout.accepted()
    assert "clusters/dev/apps/hello-configmap-hello.yaml" in checkout.tree()


def commit_all_without_hooks(checkout):
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--no-verify", "--message", "set up")


def _leading(clone):
    return {"COUNT": "1", "KEY_0": f"url.file://{clone}.insteadOf", "VALUE_0": HOME}
