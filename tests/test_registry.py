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
    parts = (
        "engine='kure_hooks.engines.flux.tool:engine', effects='kure_hooks.engines.flux.effects'"
    )
    return f"{head}ENTRY = EngineEntry(name={name}, description='d', {parts}{fields})\n"


@pytest.fixture
def run(tmp_path):
    """Check a stack of an engine with packages beside the checkout; return code, output, errors."""

    def check(
        *packages, stack="gitops: {type: mine}\n", node="{}", environment=None, cwd="", command=()
    ):
        for files in packages:
            write(tmp_path / "site", files)
        write(tmp_path / "fleet", {"stacks/a.yaml": f"name: a\nnode: {node}\n{stack}"})
        path = os.pathsep.join((str(ROOT), str(tmp_path / "site")))
        done = subprocess.run(
            [sys.executable, "-m", "kure_hooks", *(command or ("check",))],
            cwd=tmp_path / "fleet" / cwd,
            env=os.environ | {"PYTHONPATH": path} | (environment or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr or "--debug" in command
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
        (engine(options="int"), "its options is no string"),
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
    code = engine().replace("kure_hooks.engines.flux.tool:engine", reference)
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
        ("options: {size: x}", "gitops.options.size", "this is a string. Write an integer."),
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
        ("'Odd'", "7", "its generator is no string"),
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


ODD = "the application kind Odd of the package odd 1.0 (entry point odd:ENTRY)"
WHEN_RUN = KIND.format(name="'Odd'", generator="'odd'") + GENERATOR
ONE = "{bundle: {name: b, applications: [{name: x, kind: Odd, spec: {}}]}}"
BY_FLUX = "gitops: {type: flux}\n"
MADE = """
def made(value):
    metadata = {"name": "a"}
    return {"apiVersion": "v1", "kind": "A", "metadata": metadata, "spec": value}
generate = lambda application, tree: Product((made(value),))
value = ("""
WRONG_KEY = "{'apiVersion': 'v1', 'kind': 'A', 'metadata': {'name': 'a'}, 1: set()}"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "def generate(application, tree): raise ValueError('no\\nway')",
            "generate for the application x at stacks/a.yaml:2:41 (ValueError: no way)",
        ),
        ("def generate(application, tree): import sys; sys.exit(0)", "(SystemExit: 0)"),
        ("def generate(application): pass", "(TypeError: generate() takes 1"),
        ("def generate(application, tree): return generate(application, tree)", "RecursionError"),
        ("def generate(application, tree): return None", "of the type NoneType, not a Product"),
        ("def generate(application, tree): return Product(({},))", "not a Product of manifests"),
        ("def generate(application, tree): return Product((7,))", "not a Product of manifests"),
        (
            f"def generate(application, tree): return Product(({WRONG_KEY},))",
            "not a Product of manifests",
        ),
        ("def generate(application, tree): return Product((), {'a': 'b'})", "not a Product"),
        ("def problems(spec): raise KeyError('size')", "problems (KeyError: 'size')"),
        ("def problems(spec):\n yield (), 'a', 'b'\n raise OSError", "problems (OSError)"),
        ("def problems(spec): return None", "of the type NoneType, not tuples of a pointer"),
        ("def problems(spec): yield 'too few'", "not tuples of a pointer"),
        ("def problems(spec): yield (None,), 'a', 'b'", "not tuples of a pointer"),
        ("def augments(spec): raise AssertionError", "augments (AssertionError)"),
        ("class Odd(BaseException): pass\ndef augments(spec): raise Odd(1)", "augments (Odd: 1)"),
        ("import asyncio\ndef augments(spec): raise asyncio.CancelledError", "(CancelledError)"),
        (f"{MADE}float('nan'))", "generate for the application x"),
        (f"{MADE}'\\ud800')", "has no lone surrogate"),
        (f"{MADE}2 ** 70)", "generate for the application x"),
        ("def augments(spec): return 'no'", "of the type str, not a bool"),
        (
            "class Spec(Spec):\n def __post_init__(self): 1 / 0",
            "Spec (ZeroDivisionError: division by zero)",
        ),
        ("Spec = 7", "fails in Spec ("),
        (
            "class Odd(Exception):\n def __str__(self): raise self\ndef augments(spec): raise Odd",
            "augments (Odd)",
        ),
    ],
)
def test_an_application_kind_that_fails_is_named(run, code, told):
    files = package("odd", f"{WHEN_RUN}{code}\n", "kure_hooks.applications")
    status, out, err = run(files, stack=BY_FLUX, node=ONE)
    assert (status, out) == (3, ""), err
    assert err.startswith(f"error: {ODD} fails in ")
    assert told in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_traceback_of_a_package_is_for_those_who_ask_for_it(run, tmp_path, jobs):
    code = f"{WHEN_RUN}def generate(application, tree):\n    raise ValueError('token=hunter2')\n"
    others = {f"stacks/{n}.yaml": f"name: n{n}\nnode: {ONE}\n{BY_FLUX}" for n in range(8)}
    write(tmp_path / "fleet", others)
    files = package("odd", code, "kure_hooks.applications")
    status, _, err = run(
        files, stack=BY_FLUX, node=ONE, command=("check", "--debug", "--jobs", jobs)
    )
    assert status == 3
    assert f"error: {ODD} fails in generate" in err
    assert "Traceback" in err
    assert 'odd.py", line ' in err
    assert "bug in kure-hooks" not in err


PARTS = """
from kure_hooks.registry import EngineEntry
from kure_hooks.engines.flux.effects import *
from kure_hooks.engines.flux import effects as flux
from kure_hooks import flux as own
NAME = "Odd"
ENTRY = EngineEntry(name="mine", description="d", engine="odd:engine", effects="odd")
engine = own.engine
effects = lambda manifest: None
"""
MINE = "the engine mine of the package odd 1.0 (entry point odd:ENTRY)"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            (
                "def create(self, *_, **__): raise LookupError('no way')\n"
                "engine = type('Odd', (), {'create_layout_with_resources': create})"
            ),
            "create_layout_with_resources (LookupError: no way)",
        ),
        (
            "engine = type('Odd', (), {'create_layout_with_resources': lambda *_, **__: 5})",
            "of the type int, not a ManifestLayout)",
        ),
        ("engine = object", "create_layout_with_resources (AttributeError"),
    ],
)
def test_an_engine_that_fails_is_named(run, code, told):
    status, out, err = run(package("odd", f"{PARTS}{code}\n"), node=MAPS % MAP)
    assert (status, out) == (3, ""), err
    assert f"error: {MINE} fails in create_layout_with_resources (" in err
    assert told in err
    assert len(err.splitlines()) == 1


AS_FLUX = """
from dataclasses import replace
def effects(manifest): return (own := flux.effects(manifest)) and replace(own, tool=NAME)
flux.effects, other = lambda manifest: None, flux.effects
flux = type("Flux", (), {"effects": staticmethod(other)})
"""
MAP = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: a}}"
MAPS = "{bundle: {name: b, applications: [{name: x, kind: Manifests, spec: {objects: [%s]}}]}}"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def effects(manifest): raise LookupError('no way')", "effects (LookupError: no way)"),
        ("def effects(manifest): return True", "the type bool, not Effects or None)"),
        ("def switches(*_): return 'prune'", "the type str, not a Risk or None)"),
        (f"def spares(*_): raise SystemExit('done')\n{AS_FLUX}", "spares (SystemExit"),
        (f"def spares(*_): return None\n{AS_FLUX}", "spares (TypeError: it returned"),
    ],
)
def test_effects_that_fail_are_named(run, tmp_path, code, told):
    files = package("odd", f"{PARTS}{code}\n")
    written = MAPS % MAP
    status, _, err = run(files, node=written, command=("generate",))
    assert status == 1, err
    old, new = ("name: a", "name: b") if "spares" in code else ("a: a", "a: b")
    status, _, err = run(node=MAPS % MAP.replace(old, new))
    assert status == 3, err
    assert f"error: {MINE} fails in " in err
    assert told in err


OPTIONS_THAT_FAIL = """
from msgspec import Struct
class Options(Struct, frozen=True):
    size: int = 1
    def __post_init__(self): raise KeyError("size")
"""


@pytest.mark.parametrize("options", ["", "options: {size: 2}"])
def test_options_that_fail_are_named(run, options):
    code = engine(options='"odd:Options"') + OPTIONS_THAT_FAIL
    stack = f"gitops:\n  type: mine\n  {options}\n"
    status, _, err = run(package("odd", code), stack=stack)
    assert status == 3
    assert f"error: {MINE} fails in options (KeyError: 'size')" in err


def test_a_package_tells_its_files_without_a_header(run, tmp_path):
    fields = {"headerless": '"odd:headerless"'}
    code = f"{engine(**fields)}def headerless(tree, directory, paths): return {{'x', *paths}}\n"
    status, _, err = run(package("odd", code), node=MAPS % MAP, command=("generate",))
    assert status == 1, err
    write(tmp_path / "fleet", {"clusters/a/b/values.yaml": "a: b\n"})
    status, out, err = run(node=MAPS % MAP)
    assert (status, err) == (1, "")
    assert "unexpected  b/values.yaml  no longer generated" in out
    write(tmp_path / "site", package("odd", f"{engine(**fields)}headerless = len\n"))
    status, _, err = run(node=MAPS % MAP)
    assert status == 3
    assert f"error: {MINE} fails in headerless (TypeError" in err


def test_a_package_writes_a_health_patch(run):
    fields = {"health_patch": '"odd:health"'}
    code = f"{engine(**fields)}def health(cluster): return f'# {{cluster.name}}\\n'.encode()\n"
    command = ("bootstrap", "--argocd-health")
    assert run(package("odd", code), command=command) == (0, "# a\n", "")
    assert run(command=command, stack="gitops: {type: flux}\n")[0] == 2


def test_a_type_without_a_schema_is_named(run):
    code = engine(options='"odd:Options"') + (
        "from msgspec import Struct\nclass Odd: pass\n"
        "class Options(Struct, frozen=True):\n    size: Odd\n"
    )
    status, _, err = run(package("odd", code), command=("schema",))
    assert status == 3
    assert f"error: {MINE} fails in the schema of its type (" in err
    status, out, err = run(command=("schema", "--help"))
    assert (status, err) == (0, "")
    assert "mine" in out


def test_the_help_of_a_command_is_there_beside_a_broken_package(run):
    status, out, _ = run(package("broken", "raise RuntimeError"), command=("schema", "--help"))
    assert status == 0
    assert "Print the JSON Schema" in out
    assert "broken:ENTRY of the package broken 1.0 can't be loaded (RuntimeError)" in " ".join(
        out.split()
    )
    status, out, err = run(command=("schema",))
    assert (status, out) == (3, "")
    assert "broken:ENTRY of the package broken 1.0 can't be loaded (RuntimeError)" in err


RULE = """\
from kure_hooks import Finding, Location, RuleEntry
from kure_hooks.rules.rule import ERROR, Rule
ENTRY = RuleEntry(name={name}, rule={rule})
RULE = Rule("Odd", {severity}, "It is odd.", "Mend it.")
def check(cluster):
    {body}
"""


def rule(name='"ODD001"', rule='"odd"', severity="ERROR", body="return ()"):
    code = RULE.format(name=name, rule=rule, severity=severity, body=body)
    return package("odd", code, "kure_hooks.rules")


SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 10m, path: ./, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""


@pytest.fixture
def lint(tmp_path):
    """Lint a repository with the rule of a package beside it; return code, output, errors."""

    def run(files):
        write(tmp_path / "site", files)
        write(tmp_path / "fleet", {"flux.yaml": SYNC})
        path = os.pathsep.join((str(ROOT), str(tmp_path / "site")))
        done = subprocess.run(
            [sys.executable, "-m", "kure_hooks", "lint", "--select", "ODD,LI"],
            cwd=tmp_path / "fleet",
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "5"}, "a name of it is not made of letters"),
        ({"name": '"odd"'}, "its name is no identifier such as ACME001"),
        ({"name": '"ODD001\\n"'}, "a name of it is not made of letters"),
        ({"rule": "5"}, "its rule is no string"),
        ({"rule": '"not_there"'}, "not_there can't be loaded (ModuleNotFoundError"),
        ({"rule": '"json"'}, "the rule ODD001 of an installed package, can't be used: its RULE is"),
        ({"severity": '"fatal"'}, "can't be used: its RULE has a value of the wrong type"),
        ({"name": '"FX001"'}, "can't be used: kure-hooks itself has a rule of that name"),
        ({"name": '"LI001"'}, "can't be used: kure-hooks itself has a rule of that name"),
        ({"body": "raise ValueError('no way')"}, "fails in check (ValueError: no way)"),
        ({"body": "raise SystemExit(0)"}, "fails in check (SystemExit: 0)"),
        ({"body": "return None"}, "fails in check (TypeError"),
        ({"body": "return [5]"}, "(TypeError: it returns something else than findings)"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(lint, changes, problem):
    code, _, err = lint(rule(**changes))
    assert code == 3, err
    assert problem in err
    assert len(err.splitlines()) == 1


def test_what_a_rule_says_steers_no_terminal(lint):
    body = "yield Finding(Location('a\\x1b[31m.yaml', 1), '', '\\n::error::x\\x1b[0m')"
    code, out, _ = lint(rule(body=body))
    assert code == 1
    assert "\x1b" not in out
    assert "\n::error" not in out
