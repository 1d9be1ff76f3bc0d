"""The help of each command, its examples as a reader would run them, and answers to mistyping."""

import inspect
import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from kure_hooks import __version__
from kure_hooks.cli import COMMANDS, main
from tests.forges.fakes import GitHub, job, serving
from tests.hooks.checkout import run_kure
from tests.support.charts import archive, chart
from tests.support.children import environment as with_package
from tests.support.git import commit_all, environment, git, make_repository, write
from tests.support.scripts import script

FLEET = Path(__file__).parents[2] / "examples/fleet"
DRY_RUN = "`kure-hooks check` tells what `kure-hooks generate` would write, and writes nothing."
DIFF = (
    "`kure-hooks check --format diff` prints a patch, and `kure-hooks diff` compares two revisions."
)
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: doors.example.com}
spec:
  group: example.com
  names: {kind: Door, plural: doors, singular: door, listKind: DoorList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object}}
"""


def commands(command=main, names=()):
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*names, name))


HELPS = {" ".join(names) or "kure-hooks": command for names, command in commands()}


def examples(name):
    command = HELPS[name]
    names = () if name == "kure-hooks" else name.split()
    context = click.Context(command, info_name=" ".join(("kure-hooks", *names)))
    text = command.get_help(context)
    listed = text.rpartition("\nExamples:\n")[2]
    return [line.strip() for line in listed.splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A clone of the example with a remote, and a home with downloads."""
    root = tmp_path_factory.mktemp("world")
    shutil.copytree(FLEET, root / "fleet")
    make_repository(root / "fleet")
    commit_all(root / "fleet", "all")
    git(root / "fleet", "update-ref", "refs/remotes/origin/main", "HEAD")
    downloads = {f"home/Downloads/{name}": CRD for name in ("crds.yaml", "install.yaml")}
    write(root, {**downloads, "home/Downloads/argo-cd/install.yaml": CRD, "apps/.keep": ""})
    podinfo = archive(chart(name="podinfo", version="6.9.2"))
    write(root, {"home/Downloads/podinfo-6.9.2.tgz": podinfo})
    return root


@pytest.fixture
def forge(tmp_path):
    """The variables of a job of a forge, which has to be there for `comment` alone."""
    with serving(GitHub()) as fake:
        yield job(fake, tmp_path / "event.json")


def pushed(root):
    """Return the variables of a pipeline of GitLab for a push onto the last commit."""
    before = git(root, "rev-parse", "HEAD").strip()
    return {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before}


@pytest.mark.parametrize("name", HELPS)
def test_help_ends_with_examples_that_work(name, world, tmp_path, request):
    lines = examples(name)
    assert len(lines) >= 2
    root = tmp_path / "fleet"
    shutil.copytree(world, tmp_path, dirs_exist_ok=True)
    done = run_kure("check", "--output", "json=drift.json", cwd=root)
    assert done.returncode == 0
    path = f"{Path(script('kure-hooks')).parent}:{os.environ['PATH']}"
    variables = {"HOME": str(tmp_path / "home"), "PATH": path}
    if name == "comment":
        variables |= request.getfixturevalue("forge")
    if name == "diff":
        variables |= pushed(root)
    if name == "report":
        for shard in (1, 2):
            run_kure(*f"check --shard {shard}/2 --output json=shard-{shard}.json".split(), cwd=root)
    for line in lines:
        assert "kure-hooks" in line
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=root,
            env=with_package() | environment() | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", [name for name in HELPS if name != "kure-hooks"])
def test_help_is_a_command_as_well(name, kure):
    code, out, _ = kure("help", *name.split())
    assert code == 0
    assert out == kure(*name.split(), "--help")[1]


def test_help_lists_all_commands(kure):
    code, out, _ = kure("help")
    assert (code, out) == (0, kure("--help")[1])
    assert [name for name in COMMANDS if f"\n  {name} " not in out] == []


def test_short_options_of_the_program(kure):
    assert kure("-V") == kure("--version") == (0, f"kure-hooks, version {__version__}\n", "")
    assert kure("-h") == kure("--help")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("chekc", "There is no command chekc. Did you mean check?"),
        ("genrate --verbose", "There is no command genrate. Did you mean generate?"),
        ("verify", "There is no command verify. Did you mean check?"),
        ("setup", "There is no command setup. Did you mean init?"),
        ("xyzzy", "There is no command xyzzy. `kure-hooks help` lists all commands."),
        ("schemas ad x", "There is no command ad. Did you mean add?"),
        ("help schemas lst", "There is no command lst. Did you mean list?"),
        ("help check more", "There is no command more. `kure-hooks help` lists all commands."),
        ("check --sorce index", "No such option '--sorce'. Did you mean '--source'?"),
        ("generate --dry-run", f"No such option --dry-run. {DRY_RUN}"),
        (
            "check --fix",
            "No such option --fix. Run `kure-hooks generate`, which writes what the stacks say.",
        ),
        ("check --diff", f"No such option --diff. {DIFF}"),
        (
            "lint --fix",
            "No such option --fix. This command changes no file. Each finding says what to change.",
        ),
    ],
)
def test_what_is_mistyped_is_answered(kure, words, answer):
    code, out, err = kure(*words.split())
    assert (code, out) == (2, "")
    assert err.rstrip().endswith(f"Error: {answer}")


SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_completes(shell):
    """The lines that `kure-hooks help` documents, and what they call for each word."""
    documented = inspect.cleandoc(HELPS["help"].help)
    assert f"_KURE_HOOKS_COMPLETE={shell}_source kure-hooks" in documented
    variable = "_KURE_HOOKS_COMPLETE"
    code = run_kure(cwd=FLEET, variables={variable: f"{shell}_source"})
    assert (code.returncode, code.stderr) == (0, "")
    assert f"{variable}={shell}_complete" in code.stdout
    if program := shutil.which(shell):
        done = subprocess.run([program, "-n"], input=code.stdout, text=True, check=False)
        assert done.returncode == 0
    words = {"COMP_WORDS": "kure-hooks che", "COMP_CWORD": "1" if shell != "fish" else "che"}
    answer = run_kure(cwd=FLEET, variables={variable: f"{shell}_complete", **words})
    assert "check" in re.split(r"[\s,]+", answer.stdout)


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not here")
def test_bash_offers_options(tmp_path):
    words = {"COMP_WORDS": "kure-hooks check --sou", "COMP_CWORD": "2"}
    answer = run_kure(cwd=FLEET, variables={"_KURE_HOOKS_COMPLETE": "bash_complete", **words})
    assert answer.stdout == "plain,--source\n"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("check",), "in sync."),
        (("generate",), "in sync."),
        (("validate",), "valid, 0 skipped."),
        (("diff",), "no difference."),
    ],
)
def test_success_has_a_line_on_a_terminal(world, words, line):
    """And none elsewhere, such as in a hook."""
    assert run_kure(*words, cwd=world / "fleet").stdout == ""
    ours, theirs = pty.openpty()
    command = [script("kure-hooks"), *words]
    done = subprocess.run(
        command, cwd=world / "fleet", stdout=theirs, env=environment(), check=False
    )
    os.close(theirs)
    said = click.unstyle(os.read(ours, 10_000).decode())
    os.close(ours)
    assert done.returncode == 0
    assert said.rstrip().endswith(line), said
