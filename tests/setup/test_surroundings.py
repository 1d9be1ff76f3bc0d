"""The pipeline of GitLab that a repository has: the stage of a new job, and what can't have one."""

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.setup.starters import gitlab_job
from kure_hooks.setup.surroundings import stage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("build: {script: [make]}\n", ""),
        ("stages:\n", ""),
        ("stages: []\n", ""),
        ("stages: [lint, test]\n", ""),
        ("stages: [lint, deploy]\n", "lint"),
        ("stages: ['yes']\n", "yes"),
        ("spec: {inputs: {}}\n---\nstages: [lint]\n", "lint"),
        ("stages: [lint]\na: {script: [!reference [.b, script]]}\n", "lint"),
        ("stages: [lint]\na:\n  script:\n    - !reference [.b, script]\n", "lint"),
        ("a: 2020-13-45\nstages: [lint]\n", "lint"),
    ],
)
def test_a_job_is_in_the_first_stage_where_there_is_no_default_one(text, expected):
    assert stage(text) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- a\n", ":1:1: this is a list. Write a mapping."),
        ("text\n", ":1:1: this is a string. Write a mapping."),
        ("stages: x\n", ":1:9: stages: this is a string. Write a list."),
        ("stages: [1]\n", ":1:10: stages[0]: this is a number. Write a string."),
        ("stages: [!!binary a]\n", "the tag !!binary is not allowed here"),
        ("stages: [\n", "this is not valid YAML"),
        (f"a: {'[' * 200}{']' * 200}\n", "nested too deep"),
        ("a: 1" + "1" * 5000 + "\n", ":1:4: a: this integer is out of range"),
    ],
)
def test_what_is_no_pipeline_is_told_at_its_place(text, place):
    with pytest.raises(InputError) as error:
        stage(text)
    assert place in str(error.value)


@pytest.mark.parametrize(
    "name", ["lint", "yes", "1", "~", "a: b", "# x", "[x]", "&a", "x\n  script: [evil]", "\x1b[31m"]
)
def test_any_name_of_a_stage_is_read_again_as_it_is(name):
    (job,) = yaml.safe_load(gitlab_job("check", name)).values()
    assert job["stage"] == name
    assert list(job) == ["stage", "image", "variables", "script", "artifacts"]
