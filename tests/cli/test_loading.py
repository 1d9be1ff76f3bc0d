"""What a command loads, which is most of what a short run takes."""

import os
import subprocess
import sys
from pathlib import Path

from kure_hooks.apps import GENERATORS
from kure_hooks.reports import REPORTS

ROOT = Path(__file__).parents[2]


# The real command, which says at its end what it has loaded.
SAYING = """
import atexit, sys
from kure_hooks import __main__

atexit.register(lambda: print(*sys.modules, file=sys.stderr))
__main__.main()
"""


def loaded(*arguments, cwd):
    """Return the names of the modules that a run of the real command loads."""
    command = [sys.executable, "-c", SAYING, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_a_check_in_sync_loads_nothing_that_it_has_no_use_for(fleet, kure):
    kure("generate")
    found = loaded("check", cwd=fleet)
    assert {"kure_hooks.engines.flux", "kure_hooks.apps.workload"} <= found
    others = {
        "kure_hooks.engines.argocd",
        "kure_hooks.apps.helm",
        "kure_hooks.drift.explain",
        "kure_hooks.kustomize.selectors",
        "kure_hooks.secrecy.texts",
        "difflib",
        "multiprocessing",
        "pytest",
    }
    others |= {f"kure_hooks.reports.{name}" for name in REPORTS if name != "text"}
    assert found & others == set()


def test_help_loads_no_command(tmp_path):
    found = loaded("--help", cwd=tmp_path)
    assert {each for each in found if each.startswith("kure_hooks.")} <= {
        "kure_hooks.__main__",
        "kure_hooks.cli",
        "kure_hooks.version",
    }


def test_every_kind_has_its_module():
    for kind in GENERATORS:
        assert GENERATORS[kind].Spec.__module__.startswith("kure_hooks.apps.")
    assert GENERATORS["FluxHelm"] is GENERATORS["HelmChart"]
    assert "Elsewhere" not in GENERATORS
    assert len(GENERATORS) == len(set(GENERATORS))
