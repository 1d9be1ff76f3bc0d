"""What the environment of a job says of the forge, the request and the commit."""

import json

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.forges.jobs import Target, target, token
from tests.forges.fakes import COMMIT, FAKES, job

PLACES = ("comment",)
GITHUB = Target("github", repository="acme/fleet", number=1)


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        ("github", "https://forge.example/acme/fleet/actions/runs/34"),
        ("forgejo", "https://forge.example/acme/fleet/actions/runs/12"),
        ("gitlab", "https://gitlab.example/acme/fleet/-/jobs/12"),
    ],
)
def test_a_job_of_a_request_names_everything(kind, link, tmp_path):
    fake = FAKES[kind]()
    fake.url = "https://forge.example/api"
    variables = job(fake, tmp_path / "event.json")
    expected = Target(kind, fake.url, "acme/fleet", 1, COMMIT, link)
    assert target(variables) == expected
    assert expected.complete(PLACES) == expected


def test_a_pipeline_of_a_fork_and_of_merged_results_is_about_the_request():
    variables = {
        "GITLAB_CI": "true",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "8",
        "CI_COMMIT_SHA": "f" * 40,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": COMMIT,
    }
    assert target(variables) == Target("gitlab", "", "3", 8, COMMIT)


def test_gitea_is_forgejo(tmp_path):
    variables = {"GITEA_ACTIONS": "true", "GITHUB_ACTIONS": "true"}
    assert target(variables).forge == "forgejo"


def test_after_another_workflow_the_event_names_the_commit_and_the_branch(tmp_path):
    event = {
        "workflow_run": {
            "head_sha": COMMIT,
            "head_branch": "feature/a&b=c",
            "head_repository": {"owner": {"login": "fork"}},
            "html_url": "https://github.com/acme/fleet/actions/runs/5",
            "pull_requests": [],
        }
    }
    (tmp_path / "event.json").write_text(json.dumps(event))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/fleet",
        "GITHUB_SHA": "f" * 40,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
    }
    link = "https://github.com/acme/fleet/actions/runs/5"
    expected = Target("github", "", "acme/fleet", 0, COMMIT, link, "fork:feature/a&b=c")
    assert target(variables) == expected


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pull_request": {"number": "1"}}', "[" * 10_000])
def test_an_event_that_is_none_is_told(text, tmp_path):
    (tmp_path / "event.json").write_text(text)
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    with pytest.raises(UsageError, match="Name the pull request with --number"):
        target(variables)


def test_nothing_is_known_elsewhere():
    assert target({}) == Target()
    with pytest.raises(UsageError, match="Add --forge, --repository and --number"):
        Target().complete(PLACES)


def test_options_go_before_the_environment():
    found = Target("github", "https://github.example/api/v3", "acme/fleet", 1, COMMIT)
    assert found.with_options(Target(number=2)).number == 2
    assert found.with_options(Target(number=2)).repository == "acme/fleet"
    other = Target("forgejo", "https://forge.example/api/v1", "acme/fleet", 3)
    assert found.with_options(other) == other


def test_public_instances_need_no_address():
    assert GITHUB.complete(PLACES).api == "https://api.github.com"
    project = Target("gitlab", repository="group/sub/fleet", number=1)
    assert project.complete(PLACES).api == "https://gitlab.com/api/v4"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (Target("forgejo", repository="a/b"), "Add --api https://HOST/api/v1"),
        (Target("github"), "Write OWNER/NAME"),
        (Target("github", repository="../fleet"), "Write OWNER/NAME"),
        (Target("github", repository="acme/fleet/../../user"), "Write OWNER/NAME"),
        (Target("github", repository="acme/fleet?a"), "Write OWNER/NAME"),
        (Target("gitlab", repository="a/../b"), "Write GROUP/NAME or its number"),
        (Target("github", repository="a/b", commit="HEAD"), "Write all 40 digits"),
        (Target("github", repository="a/b", link="javascript:alert(1)"), "Write https://HOST/PATH"),
        (Target("github", repository="a/b", link="https://a/)![x](//b"), "Write https://HOST/PATH"),
    ],
)
def test_what_is_wrong_is_told_with_the_option_that_changes_it(wrong, words):
    with pytest.raises(UsageError) as raised:
        wrong.complete(PLACES)
    assert words in str(raised.value)


def test_only_github_has_check_runs():
    assert GITHUB.complete(("check", "status"))
    with pytest.raises(UsageError, match=r"GitLab has no check\. Use --as status"):
        Target("gitlab", repository="a/b").complete(("check",))


@pytest.mark.parametrize(
    ("forge", "variables", "value"),
    [
        ("github", {"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}, "a"),
        ("github", {"GITHUB_TOKEN": "", "GH_TOKEN": "b\n"}, "b"),
        ("github", {"KURE_HOOKS_TOKEN": "c", "GITHUB_TOKEN": "a"}, "c"),
        ("gitlab", {"GITLAB_TOKEN": "d", "CI_JOB_TOKEN": "e"}, "d"),
        ("forgejo", {"GITEA_TOKEN": "f", "GITHUB_TOKEN": "a"}, "f"),
    ],
)
def test_each_forge_has_its_own_variables(forge, variables, value):
    assert token(forge, variables) == value


def test_no_forge_gets_the_token_of_another():
    with pytest.raises(UsageError, match=r"there is no token for Forgejo\. Set FORGEJO_TOKEN"):
        token("forgejo", {"GITHUB_TOKEN": "a", "GITLAB_TOKEN": "b"})
    with pytest.raises(UsageError, match="CI_JOB_TOKEN may not comment"):
        token("gitlab", {"CI_JOB_TOKEN": "a", "GITHUB_TOKEN": "b"})
