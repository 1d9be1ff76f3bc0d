"""What a command loads, which is most of what a short run takes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kure_hooks.apps import GENERATORS
from kure_hooks.reports import REPORTS

ROOT = Path(__file__).parents[2]


ARGOCD = (
    "{type: argocd, externalNamespaces: [apps],"
    " argocd: {repoURL: https://git.example.com/fleet.git}}"
)

# The real command, which says at its end what it has loaded.
SAYING = """
import atexit, sys
from kure_hooks import __main__

atexit.register(lambda: print(*sys.modules, file=sys.stderr))
__main__.main()
"""


def loaded(*arguments, cwd, code=0):
    """Return the names of the modules that a run of the real command loads."""
    command = [sys.executable, "-c", SAYING, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return set(done.stderr.split())


# What no check in sync needs, and what features need that the stacks below do without.
NEEDLESS = (
    "kure_hooks.apps.helm",
    "kure_hooks.apps.workload.beside",
    "kure_hooks.cel.environment",
    "kure_hooks.cli.outputs",
    "kure_hooks.drift.explain",
    "kure_hooks.engines.components",
    "kure_hooks.engines.flux.bootstrap",
    "kure_hooks.engines.gitops_patches",
    "kure_hooks.engines.patches",
    "kure_hooks.engines.substitution",
    "kure_hooks.files.writer",
    "kure_hooks.gitops.applied",
    "kure_hooks.kustomize.directories",
    "kure_hooks.operations.attribution",
    "kure_hooks.operations.remedy",
    "kure_hooks.repository.history",
    "kure_hooks.repository.holding",
    "kure_hooks.secrecy.assignments",
    "kure_hooks.secrecy.texts",
    "kure_hooks.stack.semver",
    "difflib",
    "logging",
    "multiprocessing",
    "pytest",
    "tarfile",
    *(f"kure_hooks.reports.{name}" for name in REPORTS if name != "text"),
)

OF_REPORTS = ("kure_hooks.reports.bounds", "kure_hooks.reports.model")

# Of Argo CD the engine itself reads charts.
OF_CHARTS = {"kure_hooks.apps.helm", "kure_hooks.stack.semver"}


def test_a_check_in_sync_loads_nothing_that_it_has_no_use_for(fleet, kure):
    kure("generate")
    found = loaded("check", cwd=fleet)
    assert {"kure_hooks.engines.flux.tool", "kure_hooks.apps.workload"} <= found
    needless = (*NEEDLESS, *OF_REPORTS, "kure_hooks.engines.argocd", "kure_hooks.reports.text")
    assert sorted(found.intersection(needless)) == []


def test_a_check_of_argo_cd_loads_nothing_of_flux(fleet, kure):
    stack = fleet / "stacks/prod.yaml"
    stack.write_text(stack.read_text().replace("{externalNamespaces: [apps]}", ARGOCD))
    kure("generate")
    found = loaded("check", "--quiet", cwd=fleet)
    assert "kure_hooks.engines.argocd.tool" in found
    needless = {*NEEDLESS, *OF_REPORTS, "kure_hooks.engines.flux"} - OF_CHARTS
    assert sorted(found & needless) == []


def test_a_check_with_a_changed_field_loads_of_other_tools_only_what_their_objects_do(fleet, kure):
    kure("generate")
    path = next(iter(fleet.glob("clusters/**/*deployment*.yaml")))
    path.write_text(path.read_text().replace("image: ", "image: x", 1))
    found = loaded("check", cwd=fleet, code=1)
    assert {"kure_hooks.drift.explain", "kure_hooks.engines.argocd.effects"} <= found
    needless = (
        "kure_hooks.engines.argocd.tool",
        "kure_hooks.lint.catalogue",
        "kure_hooks.rules",
        "kure_hooks.stack.cluster_set",
    )
    assert sorted(found.intersection(needless)) == []


@pytest.mark.parametrize("arguments", [(), ("--quiet",), ("--format", "text")])
def test_a_check_that_shows_no_warning_loads_nothing_that_would_show_it(arguments, fleet, kure):
    stack = fleet / "stacks/prod.yaml"
    stack.write_text(stack.read_text().replace("externalNamespaces: [apps]", "type: flux"))
    kure("generate")
    assert "NS001" in kure("check", "--verbose")[1]
    assert "NS001" in kure("check", "--format", "json")[1]
    assert kure("check", *arguments) == (0, "", "")
    found = loaded("check", "--no-cache", *arguments, cwd=fleet)
    assert sorted(found.intersection((*NEEDLESS, *OF_REPORTS, "kure_hooks.reports.text"))) == []


@pytest.mark.parametrize("path", ["a.yaml", "."])
def test_validating_loads_nothing_of_stacks_and_other_validators(tmp_path, path):
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n"
    (tmp_path / "a.yaml").write_text(config_map)
    found = loaded("validate", path, cwd=tmp_path)
    assert "kure_hooks.validators.embedded" in found
    needless = (
        *NEEDLESS,
        *OF_REPORTS,
        "_hashlib",
        "kure_hooks.apps",
        "kure_hooks.cel.environment",
        "kure_hooks.drift.compare",
        "kure_hooks.engines",
        "kure_hooks.layout",
        "kure_hooks.gitops",
        *(["kure_hooks.operations.data"] if path == "a.yaml" else []),
        "kure_hooks.kustomize.build",
        "kure_hooks.operations.fleet",
        "kure_hooks.operations.generate",
        "kure_hooks.reports.text",
        "kure_hooks.stack.model",
        "kure_hooks.validators.definitions",
        "kure_hooks.validators.kubeconform",
        "kure_hooks.validators.ruling",
        "logging",
        "tarfile",
        "tempfile",
    )
    assert sorted(found.intersection(needless)) == []


def test_help_loads_no_command(tmp_path):
    found = loaded("--help", cwd=tmp_path)
    assert {each for each in found if each.startswith("kure_hooks.")} <= {
        "kure_hooks.__main__",
        "kure_hooks.cli",
        "kure_hooks.cli.guidance",
        "kure_hooks.version",
    }


def test_every_kind_has_its_module():
    for kind in GENERATORS:
        assert GENERATORS[kind].Spec.__module__.startswith("kure_hooks.apps.")
    assert GENERATORS["FluxHelm"] is GENERATORS["HelmChart"]
    assert "Elsewhere" not in GENERATORS
    assert len(GENERATORS) == len(set(GENERATORS))


def test_lint_loads_only_the_rules_that_are_chosen(tmp_path):
    source = "sourceRef: {kind: GitRepository, name: flux-system}"
    (tmp_path / "flux.yaml").write_text(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: flux-system, namespace: flux-system}\n"
        f"spec: {{interval: 10m, path: ./, prune: true, {source}}}\n"
    )
    found = loaded("lint", "--quiet", "--select", "FX008", cwd=tmp_path)
    rules = {name for name in found if name.startswith("kure_hooks.lint.rules.")}
    assert rules == {"kure_hooks.lint.rules.flux_interval"}
    needless = {
        "kure_hooks.cel.environment",
        "kure_hooks.lint.policies",
        "kure_hooks.operations.check",
        "kure_hooks.operations.generate",
        "kure_hooks.reports.text",
        "kure_hooks.validators",
    }
    assert sorted(found & needless) == []


def test_packages_without_a_plugin_cost_no_reading_of_what_they_say_of_themselves(fleet, kure):
    kure("generate")
    found = loaded("lint", cwd=fleet)
    assert "importlib.metadata" in found
    assert "email.parser" not in found
