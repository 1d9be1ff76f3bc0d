"""The comment of the action, on a forge that answers on loopback."""

import pytest

from tests.action.test_changes import BY_HAND, REPLICAS
from tests.action.test_changes import forge as forge  # noqa: PLC0414 - a fixture
from tests.forges.fakes import FAKES, TOKEN, serving


@pytest.fixture
def fake():
    with serving(FAKES["github"]()) as running:
        yield running


@pytest.fixture
def comment(act, forge, fake):
    """Run the action in a pull request of edits that comes from a repository."""

    def run(*edits, fork="acme/fleet", token=TOKEN, **inputs):
        request = forge(*edits)
        fake.request(7).head = request.head
        at = request.checkout(request.merge, 1)
        variables = request.github("pull_request", fork=fork) | {
            "GITHUB_API_URL": fake.url,
            "GITHUB_SERVER_URL": "https://forge.example",
        }
        job = act(at, variables, token, **{"comment": "true", **inputs})
        assert TOKEN not in job.log + str(job.files)
        return job

    return run


def test_a_diff_is_posted_where_it_is_asked_for(comment, fake):
    job = comment(REPLICAS, command="diff")
    assert job.code == 0, job.log
    [body] = fake.bodies(7)
    assert "spec.replicas: 3 -> 4" in body


def test_the_step_fails_nevertheless(comment, fake):
    assert comment(BY_HAND).code == 1
    assert len(fake.bodies(7)) == 1


@pytest.mark.parametrize(("fork", "asked"), [("eve/fleet", "true"), ("acme/fleet", "false")])
def test_no_request_is_made_for_a_fork_or_unasked(comment, fake, fork, asked):
    assert comment(REPLICAS, fork=fork, comment=asked, command="diff").code == 0
    assert (fake.bodies(7), fake.log) == ([], [])


def test_a_token_without_the_permission_is_told(comment, fake):
    job = comment(REPLICAS, command="diff", token="ghs_other")  # noqa: S106 - one of nobody
    assert job.code == 2
    assert "token" in job.log


def test_another_word_than_true_and_false_is_refused(comment, fake):
    job = comment(REPLICAS, comment="yes")
    assert (job.code, fake.log) == (2, [])
    assert "input comment: 'yes' is not known. Write one of true, false" in job.log
