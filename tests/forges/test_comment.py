"""The comment: when there is one, what it says, and that nothing in it does anything."""

import re

import pytest
from markdown_it import MarkdownIt

from kure_hooks.drift.result import FieldChange, FileChange, Kind, ObjectChange, State
from kure_hooks.errors import UsageError
from kure_hooks.findings import Finding, Location
from kure_hooks.forges import FORGES, Presentation
from kure_hooks.forges.comment import deliver
from kure_hooks.forges.forge import KINDS
from kure_hooks.forges.jobs import Target
from kure_hooks.forges.session import Session
from kure_hooks.outcome import ClusterView, Failure, Outcome
from tests.forges.fakes import COMMIT, FAKES, OURS, TOKEN, serving
from tests.forges.test_one_comment import MENTION, Clock, run
from tests.reports.outcomes import DIFF, FAILED, IN_SYNC, OUTCOME, WARNED, hostile
from tests.test_inert_output import everywhere

MARK = "<!-- kure-hooks: check -->"
CLEAN = "<!-- kure-hooks: check, clean -->"
EARLIER = "<details><summary>The report before</summary>"


@pytest.fixture(params=FAKES)
def fake(request):
    with serving(FAKES[request.param]()) as running:
        yield running


@pytest.fixture
def github():
    with serving(FAKES["github"]()) as running:
        yield running


def delivered(fake, target, outcome=OUTCOME, **style):
    presentation = Presentation(style.pop("name", ""), style.pop("places", ("comment",)), 65_000)
    with Session(FORGES[fake.kind], fake.url, TOKEN, Clock().patience()) as session:
        return list(deliver(KINDS[fake.kind](session, target), outcome, presentation))


def writes(fake):
    reads = ("/graphql",)
    return [verb for verb, path, *_ in fake.log if verb != "GET" and path not in reads]


def test_a_report_becomes_a_comment_and_the_next_one_takes_its_place(fake):
    title, request = FORGES[fake.kind].title, FORGES[fake.kind].request
    assert run(fake, OUTCOME) == [f"{title}: the comment check of {request} 1 is posted."]
    (body,) = fake.bodies()
    assert body.startswith(f"{MARK}\n### kure-hooks: drift\n")
    assert body.endswith("\nReport `check` of commit 1a2b3c4d1a2b.\n")
    assert run(fake, FAILED) == [f"{title}: the comment check of {request} 1 is posted."]
    (body,) = fake.bodies()
    assert "git is not installed" in body
    assert "drift" not in body


def test_the_same_report_changes_nothing(fake):
    run(fake, OUTCOME)
    before = len(writes(fake))
    assert run(fake, OUTCOME)[0].endswith(" is left as it is.")
    assert len(writes(fake)) == before


def test_without_anything_to_say_there_is_no_comment(fake):
    assert run(fake, IN_SYNC)[0].endswith(" is not needed.")
    assert run(fake, WARNED)[0].endswith(" is not needed.")
    assert fake.bodies() == writes(fake) == []


def test_a_report_that_becomes_clean_folds_the_one_before(fake):
    run(fake, OUTCOME)
    (before,) = fake.bodies()
    run(fake, IN_SYNC)
    (body,) = fake.bodies()
    assert body.startswith(f"{CLEAN}\n### kure-hooks: in sync\n")
    said, _, folded = body.partition(EARLIER)
    assert said.endswith("`check` has nothing to report since commit 1a2b3c4d1a2b.\n\n")
    assert len(said) < 500
    assert folded.strip() == f"{before.removeprefix(MARK).strip()}\n\n</details>"
    assert run(fake, IN_SYNC)[0].endswith(" is left as it is.")
    assert fake.bodies() == [body]
    run(fake, OUTCOME)
    assert fake.bodies() == [before]


def test_each_name_has_a_comment_of_its_own(fake):
    for name in ("check", "lint", "check-2", "clean"):
        run(fake, OUTCOME, name)
        run(fake, DIFF, name)
    heads = [body.partition("\n")[0] for body in fake.bodies()]
    names = ("check", "lint", "check-2", "clean")
    assert heads == [f"<!-- kure-hooks: {name} -->" for name in names]


def test_a_comment_of_somebody_else_is_never_taken_over(fake):
    texts = [f"{MARK}\nmine", f"{CLEAN}\nmine", f"See {MARK}", MARK]
    for text in texts:
        fake.say(text)
    fake.say(f"A quote of\n{MARK}", user=OURS)
    run(fake, OUTCOME)
    run(fake, IN_SYNC)
    assert fake.bodies()[:4] == texts
    assert fake.bodies(user=OURS)[0] == f"A quote of\n{MARK}"
    assert len(fake.bodies(user=OURS)) == 2


def test_it_is_found_behind_any_number_of_others(fake):
    for number in range(150):
        fake.say(f"comment {number}")
    run(fake, OUTCOME)
    for number in range(150):
        fake.say(f"comment {number}")
    run(fake, DIFF)
    assert len(fake.bodies(user=OURS)) == 1


def test_those_of_a_race_are_removed_but_the_oldest(fake):
    for body in (f"{MARK}\nfirst", f"{MARK}\nsecond", f"{CLEAN}\nthird"):
        fake.say(body, user=OURS)
    first = fake.request().comments[0]["id"]
    run(fake, OUTCOME)
    (comment,) = fake.request().comments
    assert comment["id"] == first
    assert "### kure-hooks: drift" in comment["body"]


def test_line_ends_that_a_forge_changes_are_no_change(fake):
    run(fake, OUTCOME)
    (body,) = fake.bodies()
    number = fake.request().comments[0]["id"]
    fake.change(number, lambda comment: [comment | {"body": body.strip().replace("\n", "\r\n")}], 0)
    assert run(fake, OUTCOME)[0].endswith(" is left as it is.")


def test_a_report_of_an_old_commit_is_not_posted(fake):
    fake.request().head = "b" * 40
    told = run(fake, OUTCOME)[0]
    assert told.endswith(" 1 is no longer at commit 1a2b3c4d1a2b, so there is no comment.")
    assert fake.bodies() == writes(fake) == []


AFTER = Target("github", "", "acme/fleet", 0, COMMIT, "", "fork:topic")


def test_after_another_workflow_the_number_is_asked_for(github):
    github.request(4)
    github.request(5).head = "c" * 40
    github.request(6).branch = "other:topic"
    delivered(github, AFTER)
    assert len(github.bodies(4)) == 1
    assert github.bodies(5) == github.bodies(6) == []


def test_without_an_open_request_there_is_no_comment(github):
    github.request(4).head = "c" * 40
    (told,) = delivered(github, AFTER)
    commit = "1a2b3c4d1a2b"
    assert told == f"GitHub: no open pull request is at commit {commit}, so there is no comment."
    assert writes(github) == []


def test_two_requests_of_one_commit_are_a_question(github):
    github.request(4)
    github.request(5)
    with pytest.raises(UsageError, match=r"2 are at 1a2b3c4d1a2b\. Add --number"):
        delivered(github, AFTER)


def test_a_job_without_a_request_says_so(fake):
    with pytest.raises(UsageError, match=r"the environment names none\. Add --number"):
        delivered(fake, Target(fake.kind, "", "acme/fleet", 0, COMMIT))


def test_the_name_is_that_of_the_command(fake):
    delivered(fake, Target(fake.kind, "", "acme/fleet", 1), DIFF)
    assert fake.bodies()[0].startswith("<!-- kure-hooks: diff -->\n")
    assert fake.bodies()[0].endswith("Report `diff` of this request.\n")


@pytest.mark.parametrize("name", ["a b", "-->", "a\nb", "é", "-a", "a" * 65, "check, clean"])
def test_a_name_that_could_be_anything_else_is_refused(github, name):
    target = Target("github", "", "acme/fleet", 1)
    with pytest.raises(UsageError, match=r"is no name\. Use up to 64 letters"):
        delivered(github, target, name=name)
    with pytest.raises(UsageError, match="is no name"):
        delivered(github, target, Outcome(name, failure=Failure(2, "a")))


def test_the_rest_is_linked(fake):
    link = "https://forge.example/acme/fleet/actions/runs/34"
    delivered(fake, Target(fake.kind, "", "acme/fleet", 1, COMMIT, link))
    assert fake.bodies()[0].endswith(
        f"Report `check` of commit 1a2b3c4d1a2b. [The whole report]({link}) is with its job.\n"
    )


@pytest.mark.parametrize(
    ("outcome", "state", "title"),
    [
        (OUTCOME, "failure", "11 of 13 files drifted in 2 of 3 clusters, 3 with risks; 1 error"),
        (IN_SYNC, "success", "in sync"),
        (DIFF, "success", "2 files changed in 1 of 2 clusters; 1 added or removed cluster"),
        (FAILED, "error", "The run could not finish."),
    ],
)
def test_a_verdict_is_a_status_of_the_commit(fake, outcome, state, title):
    delivered(fake, Target(fake.kind, "", "acme/fleet", 0, COMMIT), outcome, places=("status",))
    ((kind, commit, data),) = fake.verdicts
    assert (kind, commit) == ("statuses", COMMIT)
    on_gitlab = {"failure": "failed", "error": "failed"}
    assert data["state"] == (on_gitlab.get(state, state) if fake.kind == "gitlab" else state)
    assert data["description"].startswith(title)
    name = data.get("context", data.get("name"))
    assert name == f"kure-hooks/{outcome.command}"


@pytest.mark.parametrize(
    ("outcome", "conclusion"),
    [(OUTCOME, "failure"), (IN_SYNC, "success"), (DIFF, "neutral"), (FAILED, "failure")],
)
def test_a_verdict_is_a_check_run(github, outcome, conclusion):
    target = Target("github", "", "acme/fleet", 1, COMMIT, "https://forge.example/1")
    told = delivered(github, target, outcome, places=("check", "check", "comment"))
    ((kind, data),) = github.verdicts
    assert kind == "check-runs"
    assert data["conclusion"] == conclusion
    assert (data["head_sha"], data["status"]) == (COMMIT, "completed")
    assert data["details_url"] == "https://forge.example/1"
    assert data["output"]["summary"].startswith("### kure-hooks: ")
    assert len(told) == 2


def test_a_verdict_needs_a_commit(fake):
    with pytest.raises(UsageError, match=r"names no commit for the status\. Add --commit"):
        delivered(fake, Target(fake.kind, "", "acme/fleet", 1), places=("status",))


def large(clusters=5_000, files=4):
    """Return the outcome of a fleet in which every file of every cluster drifted."""
    views, drift = [], []
    for number in range(clusters):
        directory = f"clusters/eu-west-{number:05}"
        paths = tuple(f"{directory}/apps/web-{index}.yaml" for index in range(files))
        views.append(ClusterView(directory, f"stacks/eu-{number:05}.yaml", paths))
        for path in paths:
            field = FieldChange(("spec", "replicas"), MENTION, "5")
            change = ObjectChange("Deployment web", State.CHANGED, (field,))
            drift.append(FileChange(Kind.CHANGED, path, directory, objects=(change,)))
    findings = tuple(
        Finding(Location(f"stacks/{number}.yaml", 1, 1), "node", MENTION, "Fix it.")
        for number in range(clusters)
    )
    return Outcome("check", findings, drift=tuple(drift), clusters=tuple(views))


LARGE = large()


def test_a_report_of_5000_clusters_stays_inside_the_limits(fake):
    run(fake, LARGE, places=("comment", "status"))
    (body,) = fake.bodies()
    assert 10_000 < len(body.encode()) <= min(fake.limit, 65_535)
    assert "Left out for want of room" in body
    assert all(len(data["description"]) <= 140 for *_, data in fake.verdicts)
    run(fake, IN_SYNC)
    (body,) = fake.bodies()
    assert EARLIER in body
    assert len(body.encode()) <= min(fake.limit, 65_535)


def test_a_check_run_of_5000_clusters_stays_inside_the_limits(github):
    run(github, LARGE, places=("check",))
    ((_, data),) = github.verdicts
    assert 10_000 < len(data["output"]["summary"].encode()) <= 65_535


HOSTILE = (
    *(everywhere(f"{text}\n{text}") for text in ("/close", MARK, CLEAN, EARLIER, MENTION)),
    hostile(),
)


def acting(body):
    """Return what a reader's browser or a forge would take for more than text and folds."""
    html, tags = MarkdownIt("commonmark").enable("table").render(body), r"</?([a-z][a-z0-9]*)[^>]*>"
    allowed = {"details", "summary", "code", "strong", "em", "p", "pre", "h3", "h4", "ul", "li"}
    allowed |= {"table", "thead", "tbody", "tr", "th", "td", "hr", "br"}
    found = [tag for tag in re.findall(tags, html) if tag not in allowed]
    shown = re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
    return found + re.findall(r"@\w+|(?<!&)#\d+|!\[|\]\(|<!--", shown)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_that_a_report_holds_does_anything(fake, number):
    """Neither in a comment, nor in one that is folded into the next."""
    for outcome in (HOSTILE[number], IN_SYNC):
        run(fake, outcome)
        (body,) = fake.bodies()
        assert acting(body) == ["<!--"]
        assert body.startswith("<!--")
        assert not re.search(r"^/", body, re.MULTILINE)
    assert getattr(fake, "actions", ()) == ()


def test_an_answer_that_is_lost_leaves_no_second_comment(fake):
    for fault in ("lost after", "504", "lost before", "502"):
        fake.script = ["", "", "", fault]
        run(fake, OUTCOME, number=1)
        assert len(fake.bodies()) == 1
        fake.requests.clear()


def test_a_comment_that_is_deleted_meanwhile_is_made_again(fake, monkeypatch):
    run(fake, OUTCOME)
    (comment,) = fake.request().comments
    edit = fake.edit

    def gone(*arguments):
        fake.change(comment["id"], lambda _: [], 204)
        return edit(*arguments)

    monkeypatch.setattr(fake, "edit", gone)
    run(fake, DIFF)
    (body,) = fake.bodies()
    assert "kure-hooks: differences" in body
