import pytest

from kure_hooks.operations.runner import Runner
from tests.support.git import write

OURS = "repo: https://github.com/kure-hooks/kure-hooks, rev: v1"
BY_HAND = "run --hook-stage manual kure-generate --all-files"


def command(tmp_path, config, program="pre-commit", hook="kure-generate"):
    write(tmp_path, {".pre-commit-config.yaml": config})
    return Runner(program, tmp_path).command(hook)


@pytest.mark.parametrize("program", ["pre-commit", "prek"])
@pytest.mark.parametrize(
    ("hooks", "stage"),
    [
        ("{id: kure-generate}", "manual"),
        ("{id: kure-check}, {id: kure-generate}", "manual"),
        ("{id: kure-generate, stages: [pre-commit, manual]}", "manual"),
        ("{id: kure-generate, stages: [pre-commit]}", "pre-commit"),
        ("{id: kure-generate, stages: []}", "manual"),
        ("{id: kure-generate, stages: manual}", "manual"),
    ],
)
def test_a_configured_hook_is_run_in_a_stage_that_it_has(tmp_path, program, hooks, stage):
    config = f"repos: [{{repo: meta, hooks: [{{id: x}}]}}, {{{OURS}, hooks: [{hooks}]}}]\n"
    said = f"{program} {BY_HAND}".replace("manual", stage)
    assert command(tmp_path, config, program) == said


def test_another_hook_comes_from_the_same_repository(tmp_path):
    config = f"repos: [{{{OURS}, hooks: [{{id: kure-check}}]}}]\n"
    repository = "https://github.com/kure-hooks/kure-hooks kure-generate"
    begin = f"try-repo --hook-stage manual {repository}"
    assert command(tmp_path, config) == f"pre-commit {begin} --ref v1 --all-files"
    assert command(tmp_path, config, "prek") == f"prek {begin} --rev v1 --all-files"


@pytest.mark.parametrize(
    "config",
    [
        "",
        "repos: [\n",
        "- repos\n",
        "repos: {a: 1}\n",
        "repos: [x, {repo: local, hooks: [{id: kure-generate}]}]\n",
        "repos: [{repo: [x], hooks: [{id: kure-generate}]}]\n",
        "repos: [{repo: x, hooks: [{id: [kure-generate]}, y]}]\n",
        "repos: [{repo: --help, rev: v1, hooks: [{id: kure-check}]}]\n",
        "repos: [{repo: x, rev: --help, hooks: [{id: kure-check}]}]\n",
    ],
)
def test_without_a_hook_of_ours_there_is_no_command(tmp_path, config):
    assert command(tmp_path, config) == ""


def test_what_a_configuration_says_is_quoted(tmp_path):
    config = "repos: [{repo: '$(touch x)', rev: ';ls', hooks: [{id: kure-check}]}]\n"
    assert "'$(touch x)' kure-generate --ref ';ls'" in command(tmp_path, config)


def test_the_whole_report_comes_from_the_hook_that_there_is(tmp_path):
    for hook in ("kure-check", "kure-generate"):
        config = f"repos: [{{{OURS}, hooks: [{{id: {hook}}}]}}]\n"
        command(tmp_path, config)
        said = Runner("prek", tmp_path).whole
        assert said == f"KURE_HOOKS_LINES=0 prek run --hook-stage manual {hook} --all-files"
