"""Packages that are broken or hostile, or brought along by a checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kure_hooks import registry
from kure_hooks.engines.effects import tools
from kure_hooks.errors import ToolError
from tests.support.git import git, write

ROOT = Path(__file__).parents[1]
ENTRY = "kure_hooks.registry"


def package(name, code, group="kure_hooks.engines", version="1.0"):
    """Return the files of an installed package with one entry point."""
    info = f"{name}-{version}.dist-info"
    return {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/entry_points.txt": f"[{group}]\n{name} = {name}:ENTRY\n",
        f"{name}.py": code,
    }


def engine(name='"mine"', **more):
    fields = "".join(f", {key}={value}" for key, value in more.items())
    head = f"from {ENTRY} import EngineEntry, KindEntry\n"
    parts = "engine='kure_hooks.engines.flux:engine', effects='kure_hooks.engines.flux.effects'"
    return f"{head}ENTRY = EngineEntry(name={name}, description='d', {parts}{fields})\n"


@pytest.fixture
def run(tmp_path):
    """Check a stack of an engine with packages beside the checkout; return code, output, errors."""

    def check(*packages, stack="gitops: {type: mine}\n", node="{}", environment=None, cwd=""):
        for files in packages:
            write(tmp_path / "site", files)
        write(tmp_path / "fleet", {"stacks/a.yaml": f"name: a\nnode: {node}\n{stack}"})
        path = os.pathsep.join((str(ROOT), str(tmp_path / "site")))
        done = subprocess.run(
            [sys.executable, "-m", "kure_hooks", "check"],
            cwd=tmp_path / "fleet" / cwd,
            env=os.environ | {"PYTHONPATH": path} | (environment or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return check


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no\\nway')", "RuntimeError: no way"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("import not_there", "ModuleNotFoundError: No module named 'not_there'"),
        ("ENTRY = (", "SyntaxError"),
        ("", "AttributeError"),
    ],
)
def test_a_package_that_cannot_be_imported_is_named(run, code, reason):
    status, _, err = run(package("broken", code))
    assert status == 3
    assert "broken:ENTRY of the package broken 1.0 can't be loaded" in err
    assert reason in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("ENTRY = 'mine'", "it is no EngineEntry"),
        (engine('""'), "a name of it is not made of letters"),
        (engine('"a\\n::error::b"'), "a name of it is not made of letters"),
        (engine("5"), "a name of it is not made of letters"),
        (engine("None"), "a name of it is not made of letters"),
        (engine(aliases='"abc"'), "its aliases are no tuple"),
        (engine(aliases="(1,)"), "a name of it is not made of letters"),
        (engine(options="int"), "its options is no text"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(run, code, problem):
    status, _, err = run(package("odd", code))
    assert status == 3
    assert (
        f"the package odd 1.0 offers odd:ENTRY as one of kure_hooks.engines, but {problem}" in err
    )


@pytest.mark.parametrize("spelling", ["flux", "argo"])
def test_a_package_cannot_take_the_name_of_an_engine_of_ours(run, spelling):
    status, _, err = run(package("twin", engine(f'"{spelling}"')))
    assert status == 3
    assert f'the package twin 1.0 offers "{spelling}"' in err
    assert "so does kure-hooks itself" in err


def test_two_packages_cannot_offer_one_name(run):
    status, _, err = run(
        package("one", engine()), package("two", engine('"other"', aliases='("other", "mine")'))
    )
    assert status == 3
    assert 'offers "mine"' in err
    assert "the package one 1.0" in err
    assert "the package two 1.0" in err


def test_of_a_package_that_is_there_twice_the_first_one_counts(run, tmp_path):
    write(tmp_path / "other", package("one", "raise ValueError"))
    path = os.pathsep.join(map(str, (ROOT, tmp_path / "site", tmp_path / "other")))
    status, _, err = run(package("one", engine()), environment={"PYTHONPATH": path})
    assert status == 1, err


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("not_there:engine", "ModuleNotFoundError"),
        ("kure_hooks:nothing", "AttributeError"),
        (":engine", "ValueError"),
        ("json:loads", "TypeError"),
    ],
)
def test_a_part_of_an_engine_that_cannot_be_loaded_is_named(run, reference, reason):
    code = engine().replace("kure_hooks.engines.flux:engine", reference)
    status, _, err = run(package("part", code))
    assert status == 3
    assert f"{reference} can't be loaded" in err or f"{reference} fails" in err
    assert reason in err


OPTIONS = """
from kure_hooks.decoding.types import Input
class Options(Input, frozen=True, kw_only=True):
    size: int
"""


@pytest.mark.parametrize(
    ("options", "at", "problem"),
    [
        ("", "gitops.options.size", "this required key is missing"),
        ("options: {}", "gitops.options.size", "this required key is missing"),
        ("options: [1]", "gitops.options", "is a list"),
        ("options:", "gitops.options.size", "this required key is missing"),
        ("options: {size: x}", "gitops.options.size", "this is a text; expected an integer"),
        ("options: {size: 1, token: hunter2}", "gitops.options.token", "unknown key"),
        ("options: {size: {password: hunter2}}", "gitops.options.size", "mapping"),
    ],
)
def test_options_of_a_package_s_engine_are_checked_like_ours(run, options, at, problem):
    code = engine(options='"sized:Options"') + OPTIONS
    stack = f"gitops:\n  type: mine\n  {options}\n"
    status, out, err = run(package("sized", code), stack=stack)
    assert status == 2, err
    assert at in out
    assert problem in out
    assert "hunter2" not in out + err


@pytest.mark.parametrize("place", ["", "lib", ".venv/lib/python3/site-packages"])
@pytest.mark.parametrize("cwd", ["", "stacks"])
@pytest.mark.parametrize("below", ["PYTHONPATH", "a relative path"])
def test_a_checkout_on_the_path_offers_nothing(run, tmp_path, place, cwd, below):
    fleet = tmp_path / "fleet"
    write(fleet / place, package("mine", "open('ran', 'w').close()\n"))
    write(fleet / "stacks", {"empty": ""})
    git(fleet, "init", "-q")
    entry = (
        str(fleet / place) if below == "PYTHONPATH" else os.path.relpath(fleet / place, fleet / cwd)
    )
    path = os.pathsep.join((str(ROOT), entry, ""))
    status, out, _ = run(environment={"PYTHONPATH": path}, cwd=cwd)
    assert status == 2
    assert '"mine" is not valid' in out
    assert not [*fleet.rglob("ran")]


@pytest.mark.parametrize("options", ["json:loads", "builtins:int"])
def test_options_of_no_usable_type_are_named(run, options):
    status, _, err = run(package("odd", engine(options=repr(options))))
    assert status == 3
    assert f"{options}, the options of the engine mine, is no msgspec.Struct" in err


def test_effects_that_are_none_are_named(monkeypatch):
    entry = registry.EngineEntry("odd", "d", "odd:engine", effects="json")
    monkeypatch.setattr(registry, "engines", lambda: (entry,))
    with pytest.raises(ToolError, match="json can't be loaded"):
        tools.__wrapped__()


KIND = """
from kure_hooks.registry import KindEntry
ENTRY = KindEntry(name={name}, description="d", generator={generator}, api="odd.example/v1")
"""


@pytest.mark.parametrize(
    ("name", "generator", "message"),
    [
        ("'Manifests'", "'json'", 'offers "Manifests" as one of kure_hooks.applications, but so'),
        ("'Odd'", "'not_there'", "not_there can't be loaded (ModuleNotFoundError"),
        ("'Odd'", "'json'", "json can't be loaded (AttributeError"),
        ("'Odd'", "7", "its generator is no text"),
    ],
)
def test_an_application_kind_that_cannot_be_used_is_named(run, name, generator, message):
    code = KIND.format(name=name, generator=generator)
    bundle = "{name: b, applications: [{name: x, kind: Odd, spec: {}}]}"
    stack = "gitops: {type: flux}\n".replace("node: {}", "")
    files = package("odd", code, "kure_hooks.applications")
    status, _, err = run(files, stack=stack, node=f"{{bundle: {bundle}}}")
    assert status == 3
    assert message in err


GENERATOR = """
from kure_hooks.decoding.types import Input
from kure_hooks.stack.interface import Product
class Spec(Input, frozen=True, kw_only=True, forbid_unknown_fields=False):
    pass
def problems(spec): return ()
def augments(spec): return False
def generate(application, tree): return Product(())
"""


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("{}", "metadata.name: this required key is missing"),
        ("metadata: 5", "metadata.name: this required key is missing"),
        ("metadata: [name]", "metadata.name: this required key is missing"),
        ("metadata: {name: 5}", "metadata.name: this is a number"),
        ("metadata: {name: null}", "metadata.name"),
        ("metadata: {name: [a]}", "metadata.name: this is a list"),
        ("metadata: {name: Not_A_Name}", "metadata.name"),
        ("metadata: {name: ''}", "metadata.name"),
    ],
)
def test_a_document_in_a_format_of_its_own_needs_a_name(run, tmp_path, document, problem):
    code = KIND.format(name="'Odd'", generator="'odd'") + GENERATOR
    files = package("odd", code, "kure_hooks.applications")
    body = "" if document == "{}" else f"{document}\n"
    write(tmp_path / "fleet", {"apps/odd.yaml": f"apiVersion: odd.example/v1\n{body}"})
    bundle = "{name: b, applications: [{path: ../apps/odd.yaml}]}"
    status, out, err = run(files, stack="gitops: {type: flux}\n", node=f"{{bundle: {bundle}}}")
    assert status == 2, err
    assert "apps/odd.yaml:" in out
    assert problem in out


@pytest.mark.parametrize("text", ["- apiVersion: odd.example/v1\n", "[]\n", "7\n", "a\n", ""])
def test_a_list_or_a_scalar_is_no_application(run, tmp_path, text):
    code = KIND.format(name="'Odd'", generator="'odd'") + GENERATOR
    files = package("odd", code, "kure_hooks.applications")
    write(tmp_path / "fleet", {"apps/odd.yaml": text})
    bundle = "{name: b, applications: [{path: ../apps/odd.yaml}]}"
    status, out, err = run(files, stack="gitops: {type: flux}\n", node=f"{{bundle: {bundle}}}")
    assert status == 2, err
    assert "apps/odd.yaml" in out
