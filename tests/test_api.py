"""The public API: its names, and what importing them costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import kure_hooks

NAMES = [
    "Application",
    "ArgocdSpec",
    "Bootstrap",
    "BootstrapGenerator",
    "Bundle",
    "BundleBuilder",
    "Cluster",
    "ClusterBuilder",
    "EngineEntry",
    "Finding",
    "FluxSpec",
    "Generator",
    "InputError",
    "KindEntry",
    "KureHooksError",
    "LayoutIntegrator",
    "LayoutRules",
    "LayoutSpec",
    "Location",
    "ManifestLayout",
    "Node",
    "NodeBuilder",
    "Outcome",
    "Product",
    "ResourceGenerator",
    "RuleEntry",
    "Severity",
    "Stack",
    "ToolError",
    "UsageError",
    "WorkflowEngine",
    "argocd",
    "check",
    "engine_for",
    "flux",
    "generate",
    "load_stack",
]


def test_the_list_of_public_names():
    assert sorted(kure_hooks.__all__) == sorted(["__version__", *NAMES])
    for name in NAMES:
        assert getattr(kure_hooks, name) is not None
    assert set(NAMES) <= set(dir(kure_hooks))


def test_type_checkers_read_the_same_list():
    stub = Path(kure_hooks.__file__).with_suffix(".pyi").read_text().splitlines()
    names = [line.rpartition(" as ")[2] for line in stub if " as " in line]
    modules = [line.partition(" = ")[0] for line in stub if " = " in line]
    assert sorted([*names, *modules]) == sorted(NAMES)


def test_a_name_that_is_not_public_is_told():
    with pytest.raises(AttributeError, match="kure_hooks has no nothing: expected one of"):
        kure_hooks.nothing  # noqa: B018 - the access is the test


def test_importing_the_package_loads_nothing_of_it():
    program = (
        "import sys, kure_hooks;"
        "print(sorted(each for each in sys.modules if each.startswith('kure_hooks.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_repository_is_loaded_generated_and_checked():
    root = Path(__file__).parents[1] / "examples" / "fleet"
    stack = kure_hooks.load_stack("stacks/staging.yaml", root)
    (cluster,) = stack.clusters
    layout = kure_hooks.generate(cluster, root)
    assert (
        layout.files["clusters/staging/kustomization.yaml"]
        == (root / "clusters/staging/kustomization.yaml").read_bytes()
    )
    outcome = kure_hooks.check(root, ["stacks/staging.yaml"])
    assert (outcome.exit_code, outcome.drift) == (0, ())
    assert outcome.files == len(layout.files)
