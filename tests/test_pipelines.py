"""The commit that a change is compared with, found from events in real, shallow clones."""

import pytest

from kure_hooks import pipelines
from kure_hooks.errors import ToolError, UsageError
from tests.support.git import git, isolate, make_repository, write
from tests.support.pipelines import Forge

ZEROS = "0" * 40


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)


@pytest.fixture(scope="module")
def forge(tmp_path_factory):
    """A pull request of two commits, beside which main has grown by three."""
    path = tmp_path_factory.mktemp("forge")
    return Forge(path, None, [{"a.txt": "1\n"}, {"a.txt": "2\n"}], before=80, since=3)


@pytest.fixture
def base(forge, tmp_path):
    """Tell the base in a new checkout of a commit, whose history is so deep."""
    forge.path = tmp_path

    def ask(commit, variables, depth=1, *, of_review=True):
        checkout = forge.checkout(commit, depth)
        return pipelines.base(checkout, variables, of_review=of_review)

    return ask


@pytest.mark.parametrize("depth", [0, 1, 2, 50])
def test_the_merge_that_ci_checks_out_has_its_first_parent_as_base(forge, base, depth):
    """What main got since the pull request began is not its doing; the event names an old base."""
    assert base(forge.merge, forge.github("pull_request"), depth) == forge.main


@pytest.mark.parametrize("depth", [0, 1, 2, 50])
def test_the_last_commit_of_a_pull_request_has_the_merge_base(forge, base, depth):
    variables = forge.github("pull_request", forge.head)
    assert base(forge.head, variables, depth) == forge.base


def test_a_merge_queue_names_its_base(forge, base):
    assert base(forge.merge, forge.github("merge_group")) == forge.main


def test_a_push_is_compared_with_what_was_there_before_but_is_no_review(forge, base):
    pushed = forge.github("push", ref="refs/heads/main", before=forge.base)
    assert base(forge.main, pushed, of_review=False) == forge.base
    assert pipelines.base(forge.origin, pushed, of_review=True) == ""


def test_a_new_branch_began_at_the_default_one(forge, base):
    pushed = forge.github("push", ref="refs/heads/topic", before=ZEROS)
    assert base(forge.head, pushed, of_review=False) == forge.base


@pytest.mark.parametrize(
    ("name", "keys"),
    [("schedule", {}), ("push", {"ref": "refs/heads/main", "before": ZEROS})],
)
def test_an_event_without_a_base_is_told(forge, base, name, keys):
    with pytest.raises(UsageError, match=f"the event {name} has no base to compare with. Name a"):
        base(forge.main, forge.github(name, **keys), of_review=False)


def test_gitlab_names_both_ends(forge, base, tmp_path):
    assert base(forge.head, forge.gitlab()) == forge.base
    merged = forge.checkout(forge.merge, 1, "merged")
    assert pipelines.base(merged, forge.gitlab(merged=True), of_review=True) == forge.main


def test_gitlab_pushes_too(forge, base):
    pushed = {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": forge.base}
    assert base(forge.main, pushed, of_review=False) == forge.base
    assert pipelines.base(forge.origin, pushed, of_review=True) == ""


def test_a_new_branch_of_gitlab_began_at_the_default_one(forge, base):
    pushed = {
        **forge.gitlab(),
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BRANCH": "topic",
    }
    assert base(forge.head, pushed, of_review=False) == forge.base


def test_no_pipeline_is_told_with_the_way_to_name_a_branch(forge):
    with pytest.raises(
        UsageError, match=r"this run is in no pipeline\. Name a revision .* is refs/heads/ci\."
    ):
        pipelines.base(forge.origin, {}, of_review=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "is not what a forge writes: Expected `object`"),
        (b'{"pull_request": {"base": {"sha": 1}}}', r"Expected `str`, got `int`"),
        (b"\xff", "is not what a forge writes"),
        (b" " * ((25 << 20) + 1), "has more than 26214400 bytes"),
    ],
)
def test_an_event_of_another_shape_is_refused(tmp_path, data, said):
    write(tmp_path, {"event": data})
    variables = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(tmp_path / "event")}
    with pytest.raises(UsageError, match=said):
        pipelines.base(tmp_path, variables, of_review=True)


def test_an_event_that_is_gone_is_refused(tmp_path):
    variables = {"GITHUB_EVENT_PATH": str(tmp_path / "event")}
    with pytest.raises(UsageError, match="can't be read: No such file or directory"):
        pipelines.base(tmp_path, variables, of_review=True)


@pytest.mark.parametrize("commit", ["--upload-pack=touch pwned", "HEAD", "$(touch pwned)", ""])
def test_only_ids_of_commits_are_taken_from_an_event(forge, base, commit):
    pushed = forge.github("push", ref="refs/heads/main", before=commit)
    with pytest.raises(UsageError, match="has no base"):
        base(forge.main, pushed, of_review=False)


@pytest.mark.parametrize("name", ["--upload-pack=touch", "a..b", "nowhere", "x\n", "ma*n"])
def test_the_default_branch_of_an_event_can_be_no_option_and_no_pattern(forge, base, name):
    keys = {"repository": {"default_branch": name}, "ref": "refs/heads/topic", "before": ZEROS}
    with pytest.raises(UsageError, match=r"can't be the name of a branch|the remote has no branch"):
        base(forge.head, forge.github("push", **keys), of_review=False)


def test_a_clone_is_deepened_step_by_step_and_no_further(forge, tmp_path, monkeypatch):
    """A history of its own never meets the other: all steps are taken, and the way out is told."""
    other = make_repository(tmp_path / "other")
    write(other, {"a": "a"})
    git(other, "add", "--all")
    git(other, "commit", "--quiet", "--message", "alone")
    git(forge.origin, "fetch", "--quiet", str(other), "main:refs/heads/other")
    alone = git(other, "rev-parse", "HEAD").strip()
    forge.path = tmp_path
    checkout = forge.checkout(forge.main, 1)
    pushed = forge.github("push", ref="refs/heads/main", before=alone)
    with pytest.raises(UsageError, match=r"no commit in common that .*fetch-depth: 0"):
        pipelines.base(checkout, pushed, of_review=False)


def test_a_base_that_is_gone_is_a_failure_that_says_what_to_do(forge, base):
    pushed = forge.github("push", ref="refs/heads/main", before="1" * 40)
    with pytest.raises(ToolError, match=r"can't be fetched\. Let CI .*fetch-depth: 0"):
        base(forge.main, pushed, of_review=False)


def test_no_token_of_the_remote_is_told(forge, tmp_path):
    forge.path = tmp_path
    checkout = forge.checkout(forge.main, 1)
    token = "glpat-Zx81kQ0vB3nM5tR7yU2w"  # noqa: S105 - a canary
    address = f"http://gitlab-ci-token:{token}@127.0.0.1:9/fleet.git"
    git(checkout, "remote", "set-url", "origin", address)
    pushed = forge.github("push", ref="refs/heads/main", before=forge.base)
    with pytest.raises(ToolError) as told:
        pipelines.base(checkout, pushed, of_review=False)
    assert token not in str(told.value)
    assert "127.0.0.1" in str(told.value)


def test_history_comes_from_the_remote_of_the_clone_alone(forge, tmp_path):
    forge.path = tmp_path
    checkout = forge.checkout(forge.main, 1)
    pushed = forge.github("push", ref="refs/heads/main", before=forge.base)
    git(checkout, "remote", "rename", "origin", "upstream")
    assert pipelines.base(checkout, pushed, of_review=False) == forge.base
    git(checkout, "remote", "add", "fork", "https://example.com/fork.git")
    git(checkout, "update-ref", "--no-deref", "HEAD", forge.main)
    pushed = forge.github("push", ref="refs/heads/main", before="2" * 40)
    with pytest.raises(UsageError, match="has no remote origin to fetch it from"):
        pipelines.base(checkout, pushed, of_review=False)


def test_no_reference_and_no_file_is_left(forge, tmp_path):
    forge.path = tmp_path
    checkout = forge.checkout(forge.merge, 1)
    (checkout / ".git/FETCH_HEAD").unlink()
    pipelines.base(checkout, forge.github("pull_request"), of_review=True)
    assert git(checkout, "for-each-ref") == git(checkout, "status", "--porcelain") == ""
    assert not (checkout / ".git/FETCH_HEAD").exists()
