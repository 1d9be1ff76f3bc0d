"""What a stack generates is judged before it is written or compared."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kure_hooks.layout.render import ManifestLayout
from kure_hooks.operations import judging
from tests.support.git import commit_all, make_repository, write
from tests.support.objects import MISSPELT

ROOT = Path(__file__).parents[2]
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicaz": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "example.com/web:1"}]},
        },
    },
}
SEALED = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "login"},
    "data": {"password": "ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]"},
    "sops": {"mac": "ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]", "version": "3.9.0"},
}
WORDS = 'Deployment web: spec.replicaz: unknown key. Did you mean "replicas"?'


def stack(*objects, name="prod"):
    application = {"name": "web", "kind": "Manifests", "spec": {"objects": [*objects]}}
    bundle = {"name": "web", "applications": [{**application, "namespace": "shop"}]}
    gitops = {"type": "flux", "externalNamespaces": ["shop"]}
    return yaml.safe_dump({"name": name, "gitops": gitops, "node": {"name": "a", "bundle": bundle}})


def test_an_invalid_tree_is_never_written(tmp_path, kure):
    write(tmp_path, {"stacks/prod.yaml": stack(DEPLOYMENT)})
    for command in ("generate", "check"):
        code, out, _ = kure(command)
        assert code == 2
        (line,) = [line for line in out.splitlines() if "replicaz" in line]
        assert line.startswith("stacks/prod.yaml:")
        assert line.endswith(WORDS)
    assert not (tmp_path / "clusters").exists()


def test_every_cluster_is_judged_at_once(tmp_path, kure):
    texts = {f"stacks/{name}.yaml": stack(DEPLOYMENT, name=name) for name in ("prod", "test")}
    write(tmp_path, texts)
    code, out, _ = kure("generate")
    assert (code, out.count(WORDS)) == (2, 2)


def test_a_valid_cluster_is_judged_once(tmp_path, kure, monkeypatch):
    monkeypatch.setenv("KURE_HOOKS_CACHE", str(tmp_path / "cache"))
    valid = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}
    write(tmp_path, {"stacks/prod.yaml": stack(valid)})
    assert kure("generate")[0] == 1
    (entry,) = (tmp_path / "cache/verdicts").iterdir()
    judged = []
    monkeypatch.setattr(
        "kure_hooks.validators.embedded.Embedded.judge", lambda *_: judged.append(1)
    )
    assert kure("check")[0] == 0
    assert judged == []
    monkeypatch.undo()
    monkeypatch.setenv("KURE_HOOKS_CACHE", str(tmp_path / "cache"))
    write(tmp_path, {"stacks/prod.yaml": stack(DEPLOYMENT)})
    assert kure("check")[0] == 2
    assert list((tmp_path / "cache/verdicts").iterdir()) == [entry]


def test_a_verdict_without_the_rules_of_crds_is_none_with_them(monkeypatch):
    layout = ManifestLayout({"a.yaml": b"a"}, {})
    judged = judging.key_of(layout, "1.34")
    monkeypatch.setattr(judging, "available", lambda: False)
    assert judging.key_of(layout, "1.34") != judged
    assert judging.key_of(layout, "1.35") != judging.key_of(layout, "1.34")


WITHOUT_EXTRA = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name.startswith("cel_") else find(name, *a)
from kure_hooks.__main__ import main
main()
"""


@pytest.mark.parametrize("extra", [True, False], ids=["with the extra", "without the extra"])
def test_rules_that_nobody_evaluates_are_told_once(tmp_path, extra):
    """A verdict that is kept tells it again. Only `validate` tells it those who don't ask."""
    ruled = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web"},
        "spec": {"interval": "1h", "chartRef": {"kind": "OCIRepository", "name": "web"}},
    }
    texts = {f"stacks/{name}.yaml": stack(ruled, name=name) for name in "ab"}
    write(tmp_path, texts)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "KURE_HOOKS_CACHE": str(tmp_path / "cache"),
    }
    start = [sys.executable, *(("-m", "kure_hooks") if extra else ("-c", WITHOUT_EXTRA))]

    def run(*arguments):
        done = subprocess.run(
            [*start, *arguments], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert done.stderr == b"", arguments
        return done.stdout

    words = b"skipped: the rules that CRDs have in CEL: "
    run("generate")
    commit_all(make_repository(tmp_path), "all")
    for command in ("generate", "check", "check", "diff"):
        assert run(command) == b""
        assert b"incidental" not in run(command, "--format", "json")
        assert run(command, "--verbose").count(words) == (not extra), command
    assert run("validate").count(words) == (not extra)


def test_the_settings_can_turn_it_off(tmp_path, kure):
    write(tmp_path, {"stacks/prod.yaml": stack(DEPLOYMENT)})
    write(tmp_path, {".kure-hooks.yaml": "validate: {onGenerate: false}\n"})
    assert kure("generate")[0] == 1
    assert kure("check")[0] == 0
    code, out, _ = kure("validate")
    assert code == 1
    assert WORDS in out


def test_what_sops_keeps_beside_a_secret_is_no_part_of_it(tmp_path, kure):
    write(tmp_path, {"stacks/prod.yaml": stack(SEALED)})
    assert kure("generate")[0] == 1


def test_a_kind_without_a_schema_is_left_to_validate(tmp_path, kure):
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}}
    write(tmp_path, {"stacks/prod.yaml": stack(widget)})
    assert kure("generate")[0] == 1
    assert "there is no schema for Widget" in kure("validate")[1]


def patched(*operations):
    patch = yaml.safe_dump(list(operations))
    bundle = {
        "name": "web",
        "patches": [{"target": {"kind": "Deployment"}, "patch": patch}],
        "applications": [{"kind": "Manifests", "name": "web", "spec": {"files": ["../web.yaml"]}}],
    }
    node = {"name": "a", "children": [{"name": "web", "bundle": bundle}]}
    return yaml.safe_dump({"name": "prod", "gitops": {"type": "flux"}, "node": node})


REMOVE = {"op": "remove", "path": "/spec/replicaz"}
WRONG = {"op": "add", "path": "/spec/paused", "value": "maybe"}


def test_objects_are_judged_as_the_patches_of_their_bundle_leave_them(tmp_path, kure):
    write(tmp_path, {"stacks/prod.yaml": patched(REMOVE), "web.yaml": MISSPELT})
    assert kure("generate")[0] == 1  # files were written
    write(tmp_path, {"stacks/prod.yaml": patched(REMOVE, WRONG)})
    code, out, _ = kure("check")
    assert code == 2
    (line,) = out.splitlines()
    assert line.startswith("web.yaml:1:1: Deployment web: spec.paused: this is a text, after the")
    assert (
        "after the patch at clusters/prod/flux-system/flux-system-kustomization-web.yaml:" in line
    )
