import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml

import kure_hooks
from kure_hooks import hooks
from kure_hooks.cli import COMMANDS
from kure_hooks.config import Drift, Settings
from kure_hooks.config.argocd import ArgocdSpec
from kure_hooks.config.flux import FluxSpec
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.config.validate import Validate
from kure_hooks.drift.kinds import Kind
from kure_hooks.reports import REPORTS
from tests.support.generate import leaf, node, objects
from tests.support.git import make_repository

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def page(name):
    return (ROOT / "docs" / name).read_text()


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run(*args, cwd):
    command = [sys.executable, "-m", "kure_hooks", *args]
    done = subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_bootstrap_shown_is_valid(tmp_path):
    text, _ = blocks(page("bootstrap.md"), "yaml")
    stack = {"name": "a", "node": {}, **yaml.safe_load(text)}
    manifests = stack["gitops"]["bootstrap"].pop("manifests")
    assert f"--as {manifests.removeprefix('vendor/')}`" in page("bootstrap.md")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/a.yaml").write_text(yaml.safe_dump(stack))
    code, out = run("generate", cwd=tmp_path)
    assert (code, "gotk-sync.yaml" in out) == (1, True), out


def test_the_patches_shown_are_applied():
    (text,) = blocks(page("patches.md"), "yaml")
    controller = {"apiVersion": "apps/v1", "kind": "Deployment"}
    pod = {"containers": [{"name": "manager", "image": "fluxcd/controller:v1"}]}
    parts = ("source-controller", "kustomize-controller")
    release = [
        {**controller, "metadata": {"name": name}, "spec": {"template": {"spec": pod}}}
        for name in parts
    ]
    bootstrap = {
        "enabled": True,
        "fluxMode": "gotk",
        "components": list(parts),
        "sourceURL": "https://example.com/fleet.git",
        "sourceRef": "main",
        "manifests": "vendor/flux.yaml",
    }
    gitops = yaml.safe_load(text)["gitops"] | {"bootstrap": bootstrap}
    files = {"vendor/flux.yaml": yaml.safe_dump_all(release)}
    root = node("prod", leaf("web", labels={"team": "shop"}))
    found = objects(root, gitops=gitops, files=files)
    spec = found["Deployment/source-controller"]["spec"]["template"]["spec"]
    assert spec["priorityClassName"] == "system-cluster-critical"
    annotations = found["Kustomization/web"]["metadata"]["annotations"]
    assert annotations == {"example.com/owner": "shop"}


def test_the_layout_of_argocd_autopilot_is_the_one_shown():
    """The golden tree of tests/engines, whose invariants are tested there, is the witness."""
    rows = [
        line
        for line in page("bootstrap.md").splitlines()
        if line.startswith(("| `bootstrap/", "| `projects/", "| `apps/"))
    ]
    shown = [cell for row in rows for cell in re.findall(r"`([^`]+)`", row.split("|")[1])]
    names = {"PROJECT": "prod", "BUNDLE": "web"}
    golden = ROOT / "tests/engines/golden/autopilot"
    found = [golden / re.sub("[A-Z]{3,}", lambda name: names[name[0]], each) for each in shown]
    assert len(found) == 6
    assert [each for each in found if not each.exists()] == []


def test_every_layout_rule_is_described():
    known = {field.encode_name for field in msgspec.structs.fields(LayoutSpec)}
    assert {name for name in known if f"`{name}`" not in page("layout.md")} == set()


def test_the_settings_shown_are_valid_and_the_defaults(tmp_path):
    make_repository(tmp_path)
    (text,) = blocks(page("settings.md"), "yaml")
    (tmp_path / ".kure-hooks.yaml").write_text(text)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/a.yaml").write_text("name: a\nnode: {}\n")
    assert run("generate", cwd=tmp_path)[0] == 1


def test_the_hooks_shown_exist():
    (snippet,) = [each for each in blocks(README, "yaml") if "pre-commit-config" in each]
    (repository,) = yaml.safe_load(snippet)["repos"]
    assert {each["id"] for each in repository["hooks"]} == {each.id for each in hooks.MANAGED}


def test_every_command_is_listed():
    rows = re.findall(r"^\| `kure-hooks ([\w-]+)", page("commands.md"), re.MULTILINE)
    assert list(dict.fromkeys(rows)) == [
        "init",
        "generate",
        "check",
        "diff",
        "graph",
        "package",
        "vendor",
        "bootstrap",
        "explain",
        "validate",
        "lint",
        "import",
        "adopt",
        "schemas",
        "report",
        "matrix",
        "comment",
        "rule",
        "schema",
        "merge-driver",
        "cache",
        "help",
    ]
    assert set(rows) == set(COMMANDS)


def test_every_format_and_every_kind_of_drift_is_described():
    described = "".join(re.findall(r"^\| (.*?) \|", page("reports.md"), re.MULTILINE))
    formats = [name for name in REPORTS if f"`{name}`" not in described]
    assert formats == [], "give each a row in the table of formats in docs/reports.md"
    shown = [kind for kind in Kind if not kind.facts.of_revisions]
    kinds = [kind for kind in shown if f"\n| {kind} |" not in page("reports.md")]
    assert kinds == [], "give each a row in the table of kinds in docs/reports.md"


DOCS = README + "".join(path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("section", [Settings, Drift, Validate, FluxSpec, ArgocdSpec])
def test_every_settings_key_is_described(section):
    keys = section.__struct_encode_fields__
    unknown = [key for key in keys if not re.search(rf"(?m)(?:`|[`.]|^ *){key}(?:`|:)", DOCS)]
    assert unknown == [], "describe each in docs/settings.md or docs/engines.md"


def test_the_documents_use_only_public_names():
    """The public API is `kure_hooks`, and `kure_hooks.plugin` for packages."""
    texts = DOCS + (ROOT / "examples/plugin/README.md").read_text()
    modules = set(re.findall(r"(?:from|import) (kure_hooks[\w.]*)", texts))
    assert modules == {"kure_hooks"} | (modules & {"kure_hooks.plugin"})
    imports = re.findall(r"^from kure_hooks import \(?([^)]*?)(?:\)|$)", texts, re.MULTILINE)
    names = {name.strip() for line in imports for name in line.split(",") if name.strip()}
    assert names
    assert names - set(kure_hooks.__all__) == set()


def test_the_test_command_is_what_ci_runs():
    assert ".ci/test\n" in README
    assert "\n.ci/test\n" in (ROOT / ".ci/run").read_text()


def test_the_main_job_is_what_ci_runs():
    """The README's one command ends with the check of the example that `.ci/run` does."""
    check = ".venv/bin/kure-hooks check --root examples/fleet --verbose"
    assert f"&& {check}\n" in README
    assert f"\n{check}\n" in (ROOT / ".ci/run").read_text()


def test_the_readme_is_short_and_in_order():
    assert len(README.splitlines()) <= 150
    titles = re.findall(r"^## (.*)", README, re.MULTILINE)
    assert titles == [
        "Install",
        "Quick start in your own repository",
        "Try it on the example",
        "Hooks",
        "CI",
        "Documentation",
    ]
