"""How a run ends: exit codes, messages and reports, whatever becomes of the streams."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
KURE = f"{sys.executable} -m kure_hooks"
BROKEN = "name: bad\nnode: {nmae: x}\n"
FAULT = 'stacks/bad.yaml:2:8: node.nmae: unknown key. Did you mean "name"?\n'


def shell(command, cwd):
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def drifted(fleet, kure):
    kure("generate")
    path = fleet / "clusters/prod/apps/apps-deployment-frontend.yaml"
    path.write_text(path.read_text().replace("replicas: 3", "replicas: 5"))
    return fleet


@pytest.mark.parametrize("command", ["check", "generate", "diff"])
def test_a_quiet_run_tells_the_faults_of_its_input_on_stderr(command, fleet, kure):
    (fleet / "stacks/bad.yaml").write_text(BROKEN)
    if command == "diff":
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "all")):
            subprocess.run(["git", *words], cwd=fleet, check=True)
        expected = FAULT.replace("stacks/bad", "HEAD:stacks/bad")
    else:
        expected = FAULT
    assert kure(command, "--quiet") == (2, "", expected)
    code, out, err = kure(command)
    assert (code, out, err) == (2, expected, "")


@pytest.mark.parametrize("command", [("bootstrap",), ("graph",), ("package", "--to", "d")])
def test_faults_are_no_product_that_the_next_program_reads(command, fleet, kure):
    """`kure-hooks bootstrap | kubectl apply -f -` must not apply a message."""
    (fleet / "stacks/bad.yaml").write_text(BROKEN)
    assert kure(*command) == (2, "", FAULT)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("check",), 1, ""),
        (("check", "--source", "index"), 2, "needs a git repository"),
        (("check", "stacks/nowhere.yaml"), 2, "is no stack of this repository"),
        (("check", "--root", "nowhere"), 2, "is no directory"),
    ],
)
def test_every_output_is_written_whatever_the_end(arguments, code, said, drifted, kure):
    outputs = {"json": "a.json", "sarif": "b.sarif", "junit": "c.xml", "markdown": "d.md"}
    more = [f"--output={format_}={drifted / path}" for format_, path in outputs.items()]
    assert kure(*arguments, *more)[0] == code
    report = json.loads((drifted / "a.json").read_text())
    assert report["summary"]["exitCode"] == code
    assert said in (report["failure"] or {"message": ""})["message"]
    (run,) = json.loads((drifted / "b.sarif").read_text())["runs"]
    assert run["invocations"][0]["executionSuccessful"] is (code == 1)
    assert said in (drifted / "d.md").read_text()
    assert ("<error" in (drifted / "c.xml").read_text()) is (code == 2)


def test_a_report_of_bad_input_has_the_exit_code_of_the_run(fleet, kure):
    (fleet / "stacks/bad.yaml").write_text(BROKEN)
    code, out, _ = kure("check", "--format", "json")
    report = json.loads(out)
    assert (code, report["summary"]["exitCode"], report["failure"]["code"]) == (2, 2, 2)
    assert [finding["key"] for finding in report["findings"]] == ["node.nmae"]


@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_who_reads_no_more_changes_no_exit_code(format_, drifted):
    done = shell(f"{KURE} check --format {format_} | true", drifted)
    assert (done.returncode, done.stderr) == (1, "")
    (drifted / "stacks/bad.yaml").write_text(BROKEN)
    done = shell(f"{KURE} check --format {format_} | true", drifted)
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.parametrize("command", ["--help", "--version", "check --help", "schema", "check"])
def test_a_full_disk_is_said_and_no_success(command, drifted):
    done = shell(f"{KURE} {command} > /dev/full", drifted)
    assert done.returncode == 3
    assert done.stderr.startswith("error: ")
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
@pytest.mark.parametrize("command", ["check", "check --format json", "generate", "check --root no"])
def test_closed_streams_change_nothing(closed, command, drifted):
    done = shell(f"{KURE} {command} {closed}", drifted)
    assert done.returncode == (2 if "--root" in command else 1)
    assert "Traceback" not in done.stderr
    for path in drifted.rglob("*.yaml"):
        assert "changed  " not in path.read_text()


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_before_anything_is_loaded_is_quiet():
    program = (
        "import os, signal, sys\n"
        "import kure_hooks.__main__ as entry\n"
        "class Impatient:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'kure_hooks.cli':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "entry.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_run_leaves_its_report(fleet):
    program = (
        "import os, signal\n"
        "from kure_hooks import __main__\n"
        "from kure_hooks.operations import fleet\n"
        "fleet.find = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        "__main__.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--output", "json=a.json"],
        cwd=fleet,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (128 + signal.SIGINT, "interrupted")
    report = json.loads((fleet / "a.json").read_text())
    assert report["failure"] == {"code": 130, "message": "interrupted"}


def test_success_is_one_line_on_a_terminal(fleet, kure):
    import pty  # noqa: PLC0415 - not on every platform

    kure("generate")
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "kure_hooks", "check", "--color", "never"]
    subprocess.run(command, cwd=fleet, env=ENVIRONMENT, stdout=terminal, check=True)
    hooked = ENVIRONMENT | {"PRE_COMMIT": "1"}
    subprocess.run(command, cwd=fleet, env=hooked, stdout=terminal, check=True)
    subprocess.run([*command, "-q"], cwd=fleet, env=ENVIRONMENT, stdout=terminal, check=True)
    assert os.read(master, 4096).decode() == "9 files of 1 cluster: in sync.\r\n"
    os.close(master)
    os.close(terminal)


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_what_the_environment_asks_for(environment, colored, drifted, kure, monkeypatch):
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in kure("check")[1]) is colored


def test_headings_and_the_summary_are_bold(drifted, kure):
    out = kure("check", "--color", "always")[1].splitlines()
    bold = [line for line in out if line.startswith("\x1b[1m")]
    assert [line.removeprefix("\x1b[1m").removesuffix("\x1b[0m") for line in bold] == [
        "clusters/prod  (stacks/prod.yaml)",
        "1 of 9 files drifted in 1 of 1 cluster.",
        "To fix: kure-hooks generate",
    ]
