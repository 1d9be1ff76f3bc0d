"""The real command `comment` in the jobs of three forges, which answer on loopback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kure_hooks.reports import Style, render
from tests.forges.fakes import COMMIT, FAKES, TOKEN, job, serving
from tests.reports.outcomes import IN_SYNC, OUTCOME, hostile

ROOT = Path(__file__).parents[2]
WITHOUT_HTTPX = (
    "import sys; sys.modules['httpx'] = None; from kure_hooks import __main__ as m; m.main()"
)
SAYING = "import atexit, sys; from kure_hooks import __main__ as m; "
SAYING += "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); m.main()"


@pytest.fixture(params=FAKES)
def fake(request):
    with serving(FAKES[request.param]()) as running:
        yield running


@pytest.fixture
def reports(tmp_path):
    for name, outcome in (("drift", OUTCOME), ("clean", IN_SYNC), ("hostile", hostile())):
        (tmp_path / f"{name}.json").write_text(render("json", outcome, Style()))
    return tmp_path


def start(fake, reports, *arguments, program=("-m", "kure_hooks"), **variables):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "GITLAB_", "CI", "FORGEJO_", "GITEA_"))
    }
    environment |= {"PYTHONPATH": str(ROOT), **job(fake, reports / "event.json"), **variables}
    return subprocess.Popen(
        [sys.executable, *program, "comment", *arguments],
        cwd=reports,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kure(fake, reports, *arguments, **options):
    process = start(fake, reports, *arguments, **options)
    out, err = process.communicate()
    assert TOKEN not in out + err
    assert "Traceback" not in err
    return process.returncode, out, err


def test_a_job_posts_its_report(fake, reports):
    code, out, err = kure(fake, reports, "drift.json")
    assert (code, err) == (0, "")
    assert " 1 is posted.\n" in out
    (body,) = fake.bodies()
    assert "[The whole report](https://" in body
    assert kure(fake, reports, "clean.json", "--as", "comment", "--as", "status")[0] == 0
    assert fake.bodies()[0].startswith("<!-- kure-hooks: check, clean -->\n")
    assert len(fake.verdicts) == 1


def test_jobs_at_the_same_time_leave_one_comment(fake, reports):
    fake.lag = 2
    names = ["drift.json", "hostile.json", "drift.json"]
    running = [start(fake, reports, name, "--name", "drift") for name in names]
    ends = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], ends
    assert len(fake.bodies()) == 1


def test_the_token_goes_with_each_request_and_nowhere_else(fake, reports):
    assert kure(fake, reports, "drift.json", "--debug")[0] == 0
    assert {headers["authorization"] for *_, headers in fake.log} == {f"Bearer {TOKEN}"}
    assert all(TOKEN not in path for _, path, *_ in fake.log)
    assert not [body for body in fake.bodies() if TOKEN in body]


def test_a_forge_that_repeats_the_token_does_not_show_it(fake, reports):
    fake.answer = lambda *_: (403, {"message": f"::error::{TOKEN}\x1b[31m"}, {})
    code, out, err = kure(fake, reports, "drift.json")
    assert (code, out) == (2, "")
    assert "refuses: ::error::***" in err
    assert "\x1b" not in err


def test_a_forge_that_is_down_is_a_failure(fake, reports):
    fake.rate, fake.random.choice = 1.0, lambda _: "502"
    code, out, err = kure(fake, reports, "drift.json", "--timeout", "4")
    assert (code, out) == (3, "")
    assert " answers 502: Server Error. It is to be asked again in " in err
    assert fake.bodies() == []


def test_a_forge_that_says_nothing_is_a_failure(fake, reports):
    with fake.lock:
        code, out, err = kure(fake, reports, "drift.json", "--timeout", "2")
    assert (code, out) == (3, "")
    assert "There was no result after 2 seconds" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent.json",), "No such file"),
        (("event.json",), "this is no JSON report of kure-hooks"),
        (("drift.json", "--as", "check", "--forge", "gitlab"), "GitLab has no check"),
        (("drift.json", "--api", "http://forge.example"), "could read the token"),
        (("drift.json", "--name", "a b"), "is no name"),
        (("drift.json", "--commit", "HEAD"), "Write all 40 digits"),
    ],
)
def test_wrong_usage_posts_nothing(reports, arguments, words):
    with serving(FAKES["github"]()) as fake:
        code, out, err = kure(fake, reports, *arguments, GITLAB_TOKEN=TOKEN)
        assert (code, out) == (2, "")
        assert words in err
        assert fake.log == []


def test_without_a_token_it_says_which_variable(fake, reports):
    variables = dict.fromkeys(("GITHUB_TOKEN", "GITLAB_TOKEN", "FORGEJO_TOKEN"), "")
    code, _, err = kure(fake, reports, "drift.json", **variables)
    assert code == 2
    assert f"Set {fake.kind.upper()}_TOKEN in the environment of this command. Give" in err


def test_without_httpx_it_says_how_to_install_it(reports):
    with serving(FAKES["github"]()) as fake:
        code, out, err = kure(fake, reports, "drift.json", program=("-c", WITHOUT_HTTPX))
    assert (code, out) == (2, "")
    assert err == (
        "error: `kure-hooks comment` needs the package httpx, which is not installed. "
        "Install kure-hooks[comment].\n"
    )


@pytest.mark.parametrize("arguments", [("--help",), ("absent.json",), ("event.json",)])
def test_nothing_loads_http_before_it_is_needed(reports, arguments):
    with serving(FAKES["github"]()) as fake:
        _, _, err = kure(fake, reports, *arguments, program=("-c", SAYING))
    modules = set(err.split())
    assert "kure_hooks.cli.comment" in modules
    assert not modules & {"httpx", "ssl", "socket", "kure_hooks.forges.session"}


def test_options_name_what_no_job_does(reports):
    with serving(FAKES["forgejo"]()) as fake:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "KURE_HOOKS_TOKEN": TOKEN}
        where = ["--forge", "forgejo", "--api", fake.url, "--repository", "acme/fleet"]
        done = subprocess.run(
            [sys.executable, "-m", "kure_hooks", "comment", "-", *where, "--number", "7"],
            input=render("json", OUTCOME, Style()),
            cwd=reports,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert len(fake.bodies(7)) == 1


def test_a_workflow_after_another_finds_the_pull_request_of_its_commit(reports):
    """The number in a report of a fork is not there to be believed."""
    with serving(FAKES["github"]()) as fake:
        fake.request(4)
        run = {"head_sha": COMMIT, "head_branch": "topic"}
        run["head_repository"] = {"owner": {"login": "fork"}}
        event = reports / "run.json"
        event.write_text(json.dumps({"workflow_run": run}))
        code, out, err = kure(fake, reports, "hostile.json", GITHUB_EVENT_PATH=str(event))
        assert (code, err) == (0, "")
        assert "GitHub: the comment check of pull request 4 is posted.\n" in out
        assert len(fake.bodies(4)) == 1
