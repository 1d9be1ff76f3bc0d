"""Warnings reach whom they concern: `diff` tells new ones, a hook those of staged files."""

import json

import pytest

from tests.support.git import commit_all, git, make_repository, write

STACK = """\
name: {name}
gitops: {{type: argocd, argocd: {{repoURL: "https://example.com/fleet.git"}}}}
node:
  name: {name}
  children:
  - name: apps
    bundle: {{name: web, applications: [], {field}}}
"""
WARNED = "interval: 5m"


def stack(name, field=WARNED):
    return STACK.format(name=name, field=field)


def warned(out):
    return {finding["at"]["path"] for finding in json.loads(out)["findings"]}


@pytest.fixture
def repository(tmp_path, kure):
    write(tmp_path, {f"stacks/{name}.yaml": stack(name) for name in ("old", "both")})
    make_repository(tmp_path)
    kure("generate")
    commit_all(tmp_path, "first")
    return tmp_path


def test_diff_tells_only_what_its_base_does_not_have(repository, kure):
    lower = f"# a comment moves the lines\n{stack('both', 'interval: 5m, timeout: 3m')}"
    write(repository, {"stacks/both.yaml": lower, "stacks/new.yaml": stack("new")})
    report = json.loads(kure("diff", "--format", "json")[1])
    assert [(finding["at"]["path"], finding["key"]) for finding in report["findings"]] == [
        ("stacks/both.yaml", "node.children[0].bundle.timeout"),
        ("stacks/new.yaml", "node.children[0].bundle.interval"),
    ]
    assert warned(kure("diff", "HEAD", "HEAD", "--format", "json")[1]) == set()


@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_hook_tells_only_of_what_is_staged(command, repository, kure, monkeypatch):
    arguments = (command, "--source", "index", "--format", "json")
    write(repository, {"stacks/old.yaml": stack("old", "interval: 6m")})
    git(repository, "add", "-A")
    assert warned(kure(*arguments)[1]) == {"stacks/both.yaml", "stacks/old.yaml"}
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert warned(kure(*arguments)[1]) == {"stacks/old.yaml"}
    commit_all(repository, "second")
    assert warned(kure(*arguments)[1]) == set()


def test_before_the_first_commit_everything_is_staged(tmp_path, kure, monkeypatch):
    write(tmp_path, {"stacks/new.yaml": stack("new")})
    make_repository(tmp_path)
    git(tmp_path, "add", "-A")
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert warned(kure("check", "--source", "index", "--format", "json")[1]) == {"stacks/new.yaml"}
