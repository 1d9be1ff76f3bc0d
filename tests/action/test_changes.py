"""The action on changes: events of pull requests, merge queues and pushes, in shallow clones."""

import json

import pytest

from tests.action.test_runs import DEPLOYMENT, edit, outputs, told
from tests.support.git import git
from tests.support.pipelines import Forge

APPLICATION = "apps/frontend.yaml"
SERVICE = "clusters/prod/apps/apps-service-frontend.yaml"


@pytest.fixture
def forge(tmp_path, in_sync):
    """Make a pull request of edits, each a path with old and new text; main may have some too."""

    def make(*edits, earlier=(), since=0):
        fleet = tmp_path / "fleet"
        files = {}
        for path in [path.relative_to(in_sync) for path in in_sync.rglob("*") if path.is_file()]:
            if ".git" not in path.parts:
                files[str(path)] = (in_sync / path).read_text()
        for path, old, new in earlier:
            assert old in files[path]
            files[path] = files[path].replace(old, new)
        for path, text in files.items():
            (fleet / path).parent.mkdir(parents=True, exist_ok=True)
            (fleet / path).write_text(text)
        changed = {path: files[path].replace(old, new) for path, old, new in edits}
        assert all(changed[path] != files[path] for path in changed)
        return Forge(tmp_path, fleet, [changed], since=since)

    return make


REPLICAS = (APPLICATION, "replicas: 3", "replicas: 4")
BY_HAND = (DEPLOYMENT, "replicas: 3", "replicas: 5")


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_diff_tells_what_the_pull_request_does_and_is_no_failure(act, forge, depth):
    request = forge(REPLICAS, since=3)
    at = request.checkout(request.merge, depth)
    job = act(at, request.github("pull_request"), command="diff")
    assert (job.code, told(job)) == (0, outputs("true", "1", "0"))
    [(level, place, message)] = job.commands()
    assert level == "notice"
    assert (at / place["file"]).is_file()
    assert "spec.replicas: 3 -> 4" in message
    assert "spec.replicas: 3 -> 4" in job.files["GITHUB_STEP_SUMMARY"]
    assert json.loads(job.outputs()["changed-files"]) == [DEPLOYMENT]


def test_diff_may_fail_for_changes(act, forge):
    request = forge(REPLICAS)
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("pull_request"), command="diff", fail_on="changes")
    assert (job.code, job.outputs()["exit-code"]) == (1, "1")


def test_diff_fails_for_what_the_api_server_would_refuse(act, forge):
    sealed = "kind: ConfigMap, immutable: true, metadata: {name: a, namespace: ingress}"
    namespace = "- {apiVersion: v1, kind: Namespace"
    item = f"- {{apiVersion: v1, {sealed}, data: {{a: b}}}}\n            {namespace}"
    request = forge(
        ("stacks/prod.yaml", "data: {a: b}", "data: {a: c}"),
        earlier=[("stacks/prod.yaml", namespace, item)],
    )
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("pull_request"), command="diff")
    assert (job.code, "immutable" in job.log) == (1, True)


def test_diff_of_a_merge_queue_and_of_a_push(act, forge):
    request = forge(REPLICAS, since=1)
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("merge_group"), command="diff")
    assert told(job) == outputs("true", "1", "0")
    pushed = request.github("push", ref="refs/heads/main", before=request.base)
    assert told(act(at, pushed, command="diff")) == outputs("true", "1", "0")


def test_diff_takes_a_base_of_the_workflow(act, forge):
    request = forge(REPLICAS)
    at = request.checkout(request.merge)
    job = act(at, {"GITHUB_EVENT_NAME": "schedule"}, command="diff", base=request.base)
    assert told(job) == outputs("true", "1", "0")


def test_diff_of_an_event_without_base_is_wrong_usage(act, forge):
    request = forge(REPLICAS)
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("schedule"), command="diff")
    assert told(job) == outputs("", "", "2")
    [(level, place, message)] = job.commands()
    assert (level, place["file"]) == ("error", ".github/workflows/drift.yaml")
    assert message.startswith("the event schedule has no base to compare with.")


def test_a_base_that_cannot_be_fetched_is_a_failure_with_the_way_out(act, forge):
    request = forge(REPLICAS)
    at = request.checkout(request.merge, 1)
    git(at, "remote", "set-url", "origin", (request.path / "gone").as_uri())
    job = act(at, request.github("pull_request"), command="diff")
    assert told(job) == outputs("", "", "3")
    assert "Let CI clone the whole history: fetch-depth: 0" in job.log


def test_drift_of_main_is_not_that_of_the_pull_request(act, forge):
    request = forge((APPLICATION, "spec:", "spec: # the shop"), earlier=[BY_HAND])
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("pull_request"))
    assert (job.code, told(job)) == (0, outputs("true", "1", "0"))
    assert [level for level, _, _ in job.commands()] == ["notice"]
    assert "drifted before this change" in job.files["GITHUB_STEP_SUMMARY"]
    # On main itself it is a reason to fail, and so it is for those who want to know of all.
    pushed = request.github("push", ref="refs/heads/main", before=request.base)
    assert act(at, pushed).code == 1
    assert act(at, request.github("pull_request"), base="none").code == 1


def test_drift_of_the_pull_request_is_its_own(act, forge):
    request = forge(REPLICAS, earlier=[(SERVICE, "port: 80", "port: 81")])
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("pull_request"))
    assert (job.code, told(job)) == (1, outputs("true", "2", "1"))
    assert sorted(level for level, _, _ in job.commands()) == ["error", "notice"]


def test_findings_of_main_are_not_those_of_the_pull_request(act, forge):
    before = (DEPLOYMENT, "replicas: 3", "replicaz: 3")
    request = forge((SERVICE, "port: 80", "prot: 80"), earlier=[before])
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("pull_request"), command="validate", stacks="clusters")
    assert job.code == 1
    assert {place["file"] for _, place, _ in job.commands()} == {SERVICE}
    web = "clusters/prod/flux-system/flux-system-kustomization-web.yaml"
    edit(at / SERVICE, "prot: 80", "port: 80")
    job = act(at, request.github("pull_request"), command="validate", stacks="clusters")
    assert (job.code, job.commands()) == (0, [])
    assert "1 known finding" in job.files["GITHUB_STEP_SUMMARY"]
    edit(at / web, "clusters/prod/apps", "clusters/prod/nowhere")
    job = act(
        at, request.github("pull_request"), command="lint", stacks="clusters/prod/flux-system"
    )
    assert job.code in (0, 1)


def test_a_stack_of_the_pull_request_with_a_fault_is_annotated_in_its_line(act, forge):
    request = forge(("stacks/prod.yaml", "kind: Cluster", "kind: Clutser"))
    at = request.checkout(request.merge, 1)
    for command in ("check", "diff", "generate"):
        job = act(at, request.github("pull_request"), command=command)
        assert told(job) == outputs("", "", "2")
        [(level, place, _)] = job.commands()
        assert (level, place["file"], place["line"]) == ("error", "stacks/prod.yaml", "2")


def test_a_title_of_a_stranger_commands_nothing(act, forge):
    request = forge(REPLICAS)
    at = request.checkout(request.merge, 1)
    job = act(at, request.github("pull_request"), command="diff")
    assert "a title" not in job.log + str(job.files)
