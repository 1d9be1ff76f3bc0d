import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.git import commit_all, git, make_repository

DEPLOYMENT = "clusters/prod/apps/apps-deployment-frontend.yaml"


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def tree(root):
    return {
        str(path.relative_to(root)): (
            path.read_bytes(),
            path.stat().st_mtime_ns,
            path.stat().st_ino,
        )
        for path in sorted((root / "clusters").rglob("*"))
        if path.is_file()
    }


def test_generate_writes_the_tree_and_exits_1_then_0(fleet, kure):
    code, out, err = kure("generate")
    assert (code, err) == (1, "")
    assert sorted(tree(fleet)) == [
        "clusters/prod/apps/apps-deployment-frontend.yaml",
        "clusters/prod/apps/apps-service-frontend.yaml",
        "clusters/prod/apps/kustomization.yaml",
        "clusters/prod/flux-system/flux-system-kustomization-ingress.yaml",
        "clusters/prod/flux-system/flux-system-kustomization-web.yaml",
        "clusters/prod/flux-system/kustomization.yaml",
        "clusters/prod/infra/cluster-namespace-ingress.yaml",
        "clusters/prod/infra/kustomization.yaml",
        "clusters/prod/kustomization.yaml",
    ]
    assert out.splitlines()[-1] == "9 written, 0 removed; 9 files of 1 cluster are now in sync."
    before = tree(fleet)
    assert kure("generate") == (0, "", "")
    assert tree(fleet) == before


def test_check_in_sync_says_nothing_unless_asked(fleet, kure):
    kure("generate")
    assert kure("check") == (0, "", "")
    assert kure("check", "-v") == (0, "9 files of 1 cluster: in sync.\n", "")


def test_check_reports_every_kind_with_object_field_and_fix(fleet, kure):
    make_repository(fleet)
    kure("generate")
    commit_all(fleet, "all")
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    edit(fleet / DEPLOYMENT, "nginx:1.25", "nginx:1.27")
    (fleet / "clusters/prod/apps/apps-service-frontend.yaml").unlink()
    old = fleet / "clusters/prod/apps/apps-deployment-old.yaml"
    old.write_text((fleet / DEPLOYMENT).read_text())
    (fleet / "clusters/prod/notes.txt").write_text("mine\n")
    edit(fleet / "clusters/prod/infra/kustomization.yaml", "resources:", "resources: # edited")
    code, out, err = kure("check")
    assert (code, err) == (1, "")
    assert (
        out
        == """\
Images
  nginx:1.27 -> nginx:1.25  Deployment apps/frontend in clusters/prod

Replicas
  spec.replicas: 5 -> 3  Deployment apps/frontend in clusters/prod

Objects not checked in
  Service apps/frontend  in clusters/prod

Objects no longer generated
  Deployment apps/frontend  in clusters/prod

clusters/prod  (stacks/prod.yaml)
  changed     apps/apps-deployment-frontend.yaml  edited by hand, not committed
      Deployment apps/frontend                    checked in -> generated
        spec.replicas                             5 -> 3
        spec.template.spec.containers[web].image  nginx:1.27 -> nginx:1.25
        from apps/frontend.yaml:8 and 11, application frontend; to keep these
          values, change them there
  missing     apps/apps-service-frontend.yaml  removed by hand, not committed
      from apps/frontend.yaml:1, application frontend; to keep this change, make
        it there
  unexpected  apps/apps-deployment-old.yaml  no longer generated
  formatting  infra/kustomization.yaml  edited by hand, not committed
  foreign     notes.txt  not generated; remove it or list it under drift.keep

5 of 11 files drifted in 1 of 1 cluster.
To fix: kure-hooks generate; git add -A -- clusters
"""
    )


def test_generate_mends_all_but_foreign_files(fleet, kure):
    kure("generate")
    before = {path: data for path, (data, _, _) in tree(fleet).items()}
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    (fleet / "clusters/prod/old.yaml").write_text((fleet / DEPLOYMENT).read_text())
    (fleet / "clusters/prod/notes.txt").write_text("mine\n")
    code, out, _ = kure("generate")
    assert code == 1
    assert f"wrote       {DEPLOYMENT}\n    its content was not committed and is kept" in out
    assert "spec.replicas" in out
    assert "removed     clusters/prod/old.yaml" in out
    assert "notes.txt" not in out
    assert {path: data for path, (data, _, _) in tree(fleet).items()} == before | {
        "clusters/prod/notes.txt": b"mine\n"
    }
    code, out, _ = kure("generate")
    assert code == 0


def test_a_secret_is_never_shown(fleet, kure):
    kure("generate")
    edit(fleet / DEPLOYMENT, "hunter2-not-real", "hunter3-not-real")
    for format_ in ("text", "json", "github"):
        code, out, err = kure("check", "--format", format_)
        assert code == 1
        assert "DB_PASSWORD" in out
        assert "hunter" not in out + err


def test_drift_keep_and_semantic_mode_are_obeyed(fleet, kure):
    kure("generate")
    settings = "drift: {keep: ['clusters/*/notes/**'], mode: semantic}\n"
    (fleet / ".kure-hooks.yaml").write_text(settings)
    (fleet / "clusters/prod/notes").mkdir()
    (fleet / "clusters/prod/notes/a.md").write_text("kept\n")
    edit(fleet / "clusters/prod/infra/kustomization.yaml", "resources:", "resources: # edited")
    assert kure("check") == (0, "", "")


def test_a_deleted_stack_leaves_unexpected_files(fleet, kure):
    (fleet / "stacks/other.yaml").write_text("name: other\nnode: {name: other}\n")
    kure("generate")
    (fleet / "stacks/other.yaml").unlink()
    code, out, _ = kure("check")
    assert code == 1
    assert "clusters/other  (no stack generates it)\n  unexpected  kustomization.yaml" in out
    kure("generate")
    assert not (fleet / "clusters/other").exists()


def test_no_stack_at_all_is_an_error(fleet, kure):
    (fleet / "stacks/prod.yaml").unlink()
    for command in ("generate", "check", "graph"):
        code, _, err = kure(command)
        assert code == 2
        assert err == (
            f"error: No stack files found: looked for stacks/*.yaml in {fleet.name} (there is no "
            ".kure-hooks.yaml). Start with `kure-hooks init`.\n"
        )


def test_a_stack_beside_the_patterns_is_named(fleet, kure):
    (fleet / "stacks/prod.yaml").rename(fleet / "stacks/prod.yml")
    (fleet / ".kure-hooks.yaml").write_text("version: 1\n")
    assert kure("check")[2] == (
        f"error: No stack files found: looked for stacks/*.yaml in {fleet.name}. Start with "
        '`kure-hooks init`. (Found stacks/prod.yml: add "stacks/*.yml" to stacks.)\n'
    )


def test_the_last_stack_takes_its_files_along_only_with_permission(fleet, kure):
    kure("generate")
    before = tree(fleet)
    (fleet / "stacks/prod.yaml").unlink()
    code, out, _ = kure("check")
    assert code == 1
    assert out.endswith("To fix: kure-hooks generate --allow-prune\n")
    code, _, err = kure("generate")
    assert code == 2
    assert err.startswith("error: no stack is left, and all 9 generated files would be removed.")
    assert tree(fleet) == before
    assert kure("generate", "--allow-prune")[0] == 1
    assert tree(fleet) == {}


def test_nothing_is_written_when_any_input_is_bad(fleet, kure):
    (fleet / "stacks/bad.yaml").write_text("name: bad\nnode: {nmae: x}\n")
    code, out, _ = kure("generate")
    assert code == 2
    assert out == 'stacks/bad.yaml:2:8: node.nmae: unknown key. Did you mean "name"?\n'
    assert not (fleet / "clusters").exists()


def test_one_stack_alone_leaves_others_alone(fleet, kure):
    (fleet / "stacks/other.yaml").write_text("name: other\nnode: {name: other}\n")
    kure("generate")
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    assert kure("check", "stacks/other.yaml")[0] == 0
    code, out, _ = kure("check", "stacks/prod.yaml")
    assert code == 1
    assert out.endswith("To fix: kure-hooks generate stacks/prod.yaml\n")


def test_an_unknown_stack_gets_a_suggestion(fleet, kure):
    code, _, err = kure("check", "stacks/prd.yaml")
    assert code == 2
    hint = 'Did you mean "stacks/prod.yaml"?'
    assert err == f"error: stacks/prd.yaml is no stack of this repository. {hint}\n"


def test_explain_names_every_level(fleet, kure):
    code, out, _ = kure("explain", DEPLOYMENT)
    assert code == 0
    assert (
        out
        == f"""\
path        {DEPLOYMENT}
stack       stacks/prod.yaml
cluster     prod
node        prod/apps
bundle      web
application frontend
written at  apps/frontend.yaml:1:1
"""
    )
    assert kure("explain", "clusters/prod/nowhere.yaml")[0] == 2


@pytest.mark.parametrize("document", ["stack", "settings"])
def test_schema_is_json_schema(fleet, kure, document):
    code, out, _ = kure("schema", document)
    assert code == 0
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_source_index_judges_what_is_staged(fleet, kure):
    make_repository(fleet)
    kure("generate")
    commit_all(fleet, "all")
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    assert kure("check", "--source", "index")[0] == 0
    git(fleet, "add", "-A")
    code, out, _ = kure("check", "--source", "index")
    assert code == 1
    assert "spec.replicas" in out
    assert kure("check", "--source", "HEAD")[0] == 0


def test_untracked_files_are_drift_until_they_are_added(fleet, kure):
    make_repository(fleet)
    kure("generate")
    code, out, _ = kure("check")
    assert code == 1
    assert "  untracked   9 files\n      up to date, but not added to git, such as apps/" in out
    git(fleet, "add", "-A", "--", "clusters")
    assert kure("check") == (0, "", "")


def test_json_is_one_object_and_output_writes_files(fleet, kure):
    kure("generate")
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    code, out, _ = kure("check", "--format", "json", "--output", "github=report.txt")
    report = json.loads(out)
    assert code == 1
    assert report["schemaVersion"] == 1
    assert report["drift"][0]["objects"][0]["fields"] == [
        {"path": "spec.replicas", "before": "5", "after": "3"}
    ]
    assert (fleet / "report.txt").read_text().startswith(f"::error file={DEPLOYMENT},line=1::")


def test_two_words_wrong_are_usage_errors(fleet, kure):
    assert kure("check", "--output", "pdf=x")[0] == 2
    assert kure("check", "--root", "nowhere")[0] == 2
    assert kure("check", "--source", "index")[0] == 2
    assert kure("frobnicate")[0] == 2


def test_a_closed_pipe_ends_quietly(fleet):
    program = f"{sys.executable} -m kure_hooks generate 2>err.txt | head -1"
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run(program, shell=True, cwd=fleet, check=False, env=env, capture_output=True)  # noqa: S602
    assert (fleet / "err.txt").read_text() == ""


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("delay", [0.6, 1.0])
def test_an_interrupt_exits_130_and_leaves_no_temporaries(fleet, jobs, delay):
    source = (fleet / "stacks/prod.yaml").read_text()
    for number in range(400):
        text = source.replace("name: prod", f"name: c{number}")
        (fleet / f"stacks/c{number}.yaml").write_text(text)
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "kure_hooks", "generate", "--jobs", jobs]
    process = subprocess.Popen(
        command, cwd=fleet, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode in {130, -signal.SIGINT}, err  # the latter: before Python is up
    assert err.strip() in {"interrupted", ""}
    assert kure_leftovers(fleet) == []


def kure_leftovers(root):
    return [path for path in root.rglob("*") if path.name.startswith(".kure-tmp")]


def test_hostile_names_and_values_do_not_reach_the_terminal(fleet, kure):
    kure("generate")
    evil = "\x1b]0;owned\x07::error::##[error]"
    edit(fleet / DEPLOYMENT, "image: nginx:1.25", f"image: {json.dumps(evil)}")
    for format_ in ("text", "github"):
        _, out, err = kure("check", "--format", format_)
        assert "\x1b" not in out + err
        assert "\x07" not in out + err
    assert "##[error]" not in out


def test_colour_adds_nothing_but_colour(fleet, kure):
    kure("generate")
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    plain = kure("check")[1]
    colored = kure("check", "--color", "always")[1]
    assert "\x1b[33m  changed\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9]+m", "", colored) == plain


def test_paths_are_seen_from_where_the_command_runs(fleet, kure):
    (fleet / ".kure-hooks.yaml").write_text("version: 1\n")
    kure("generate")
    apps = fleet / "clusters/prod/apps"
    assert "bundle      web" in kure("explain", "apps-deployment-frontend.yaml", cwd=apps)[1]
    assert kure("check", "../stacks/prod.yaml", cwd=fleet / "clusters")[0] == 0
    assert kure("check", "--root", str(fleet), "stacks/prod.yaml", cwd=apps)[0] == 0
    assert kure("explain", "../../../../etc", cwd=apps)[0] == 2


def test_a_file_outside_of_the_repository_can_be_piped_in(tmp_path, kure):
    (tmp_path / "a").mkdir()
    (tmp_path / "b.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}")
    code, _, err = kure("validate", "../b.yaml", cwd=tmp_path / "a")
    assert code == 2
    assert err.startswith("error: ../b.yaml is outside of a, the repository. ")
    assert err.endswith("kure-hooks validate - < FILE\n")
