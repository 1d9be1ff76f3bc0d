"""Equal changes of several clusters are one entry; what is not equal never hides among them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.result import (
    Cause,
    FieldChange,
    FileChange,
    Kind,
    ObjectChange,
    Reason,
    State,
)
from kure_hooks.reports import REPORTS, Style, render
from kure_hooks.reports.model import Problems
from tests.reports.outcomes import FLEET, added, clusters, fleet, image, moved

ONE, TWO, THREE, FOUR, FIVE, SIX = clusters(6)


def entries(*changes):
    problems = Problems(fleet(*changes))
    return [(entry.directories, entry.path) for entry in problems.entries]


def with_fields(*fields, before="a\n", after="b\n", state=State.CHANGED):
    """Return the same change of an object for two clusters."""
    objects = (ObjectChange("Deployment till/till", state, fields),)
    more = {"objects": objects, "before": before, "after": after}
    return [image(directory, "1", "2", **more) for directory in (ONE, TWO)]


def test_equal_changes_are_one_entry_of_all_their_clusters():
    assert entries(*(image(each, "1", "2") for each in (ONE, TWO, THREE))) == [
        ((ONE, TWO, THREE), "apps/till-deployment-till.yaml")
    ]


def test_the_entry_of_most_clusters_tells_which_are_otherwise():
    same = [image(each, "1", "2") for each in (ONE, TWO, FIVE)]
    problems = Problems(fleet(*same, image(FOUR, "0", "2"), image(SIX, "0", "3")))
    first, *others = problems.entries
    assert (first.differ, first.unchanged) == ((FOUR, SIX), (THREE,))
    assert first.exceptions == f"2 differ: {FOUR}, {SIX}; 1 is unchanged: {THREE}"
    assert first.spread == f"the same field in {ONE}, {TWO}, {FIVE}; {first.exceptions}"
    assert [entry.exceptions for entry in others] == ["", ""]


def test_a_check_calls_clusters_without_drift_in_sync():
    same = [image(each, "1", "2") for each in (ONE, TWO, FIVE, SIX)]
    (entry,) = Problems(fleet(*same, command="check")).entries
    assert entry.exceptions == f"2 are in sync: {THREE}, {FOUR}"


def test_clusters_that_never_had_the_file_are_no_exception():
    outcome = fleet(*(image(each, "1", "2") for each in (ONE, TWO)))
    views = tuple(structs.replace(view, files=()) for view in outcome.clusters)
    (entry,) = Problems(structs.replace(outcome, clusters=views)).entries
    assert entry.exceptions == ""


def test_clusters_with_the_same_entries_are_one_group():
    problems = Problems(FLEET)
    assert [(len(group.directories), len(group.drift)) for group in problems.groups] == [
        (1, 1),
        (4, 1),
        (1, 1),
        (3, 1),
        (2, 1),
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"kind": Kind.FORMATTING},
        {"note": "it is a symbolic link"},
        {"masked": True},
        {"known": True},
        {"link": True},
        {"cause": Cause(Reason.EDITED, commit="1a2b3c4")},
        {"objects": ()},
    ],
)
def test_a_change_of_another_kind_or_cause_is_another_entry(more):
    other = structs.replace(image(TWO, "1", "2"), **more)
    assert len(entries(image(ONE, "1", "2"), other)) == 2


def test_the_inputs_of_all_are_told_first():
    changes = [
        image(
            directory,
            "1",
            "2",
            cause=Cause(Reason.STALE, (f"stacks/{name}.yaml", "apps/till.yaml"), deleted=(name,)),
        )
        for directory, name in ((ONE, "a"), (TWO, "b"))
    ]
    (entry,) = Problems(fleet(*changes)).entries
    assert entry.change.cause.inputs == ("apps/till.yaml", "stacks/a.yaml", "stacks/b.yaml")
    assert entry.change.cause.deleted == ("a", "b")


def test_names_of_the_cluster_itself_are_equal():
    assert len(entries(added(ONE), added(TWO))) == 1


def test_what_an_added_file_holds_otherwise_is_another_entry():
    evil = added(TWO, "kind: Service\nmetadata: {name: till}\nspec: {type: LoadBalancer}\n")
    assert len(entries(added(ONE), evil)) == 2


@pytest.mark.parametrize(
    "value", [f"{'x' * 77}...", "...end", "5 items, 2 of them differ"], ids=["end", "start", "list"]
)
def test_values_that_are_cut_are_compared_as_text(value):
    one, two = with_fields(FieldChange("data.x", "a", value))
    assert len(entries(one, two)) == 1
    assert len(entries(one, structs.replace(two, after="evil\n"))) == 2


def test_objects_that_came_in_a_file_are_compared_as_text():
    one, two = with_fields(state=State.ADDED)
    assert len(entries(one, two)) == 1
    assert len(entries(one, structs.replace(two, after="evil\n"))) == 2


def test_what_is_not_known_is_equal_to_nothing():
    changes = [structs.replace(added(each), after=None) for each in (ONE, TWO)]
    assert len(entries(*changes)) == 2


def test_lines_beside_the_change_may_differ():
    one, two = with_fields(FieldChange("spec.x", "a", "b"))
    assert len(entries(one, structs.replace(two, before="p: 1\na\n", after="p: 1\nb\n"))) == 1


def test_files_that_only_moved_are_one_line():
    moves = [moved(each, name) for each in (ONE, TWO) for name in ("a", "b", "c")]
    assert entries(*moves) == [((ONE, TWO), "3 files")]
    assert entries(moved(ONE, "a")) == [((ONE,), "web/a.yaml")]
    text = render("text", fleet(*moves), Style())
    assert "  renamed     3 files  without change, such as web/a.yaml <- apps/a.yaml\n" in text
    assert "web/b.yaml" not in text.partition("2 clusters: ")[2]


@pytest.mark.parametrize("name", REPORTS)
def test_files_that_are_not_in_git_are_one_entry_in_every_report(name):
    files = [
        FileChange(Kind.UNTRACKED, f"{each}/web/{file}.yaml", each, f"{each}.yaml")
        for each in (ONE, TWO)
        for file in ("a", "b", "c")
    ]
    assert entries(*files) == [((ONE, TWO), "3 files")]
    whole = render(name, fleet(*files), Style())
    lists_all_paths = name in ("diff", "html", "json", "junit", "sarif")
    assert ("web/c.yaml" in whole) == lists_all_paths, whole
    if name == "text":
        note = "up to date, but not added to git, such as web/a.yaml"
        assert f"  untracked   3 files  {note}\n" in whole


@pytest.mark.parametrize(("directories", "where"), [((ONE,), ONE), ((ONE, TWO), "2 clusters")])
@pytest.mark.parametrize("kind", [Kind.UNTRACKED, Kind.RENAMED])
def test_a_sentence_about_several_files_says_how_many_and_where(kind, directories, where):
    files = [
        FileChange(kind, f"{each}/{name}.yaml", each, "s.yaml", was=f"{each}/old/{name}.yaml")
        for each in directories
        for name in ("a", "b", "c")
    ]
    outcome = fleet(*files)
    for name in ("github", "gitlab", "sarif"):
        assert f"{kind}: 3 files in {where} (" in render(name, outcome, Style())
    # Of each file by itself nothing is the same as in another one.
    for name in ("junit", "rdjson"):
        assert "the same as in" not in render(name, outcome, Style())


def test_a_file_that_moved_and_changed_has_a_line_of_its_own():
    changed = structs.replace(
        moved(ONE, "c"), objects=with_fields(FieldChange("spec.x", "a", "b"))[0].objects
    )
    assert entries(moved(ONE, "a"), moved(ONE, "b"), changed) == [
        ((ONE,), "2 files"),
        ((ONE,), "web/c.yaml"),
    ]


def one_sided(text):
    objects = (ObjectChange("Job a/a", State.MOVED_HERE, other=f"{ONE}/old.yaml"),)
    return [
        structs.replace(added(ONE), path=f"{ONE}/{name}.yaml", objects=objects, after=text)
        for name in "ab"
    ]


def test_a_new_file_of_moved_objects_only_moved():
    assert entries(*one_sided("kind: Job\n")) == [((ONE,), "2 files")]
    assert len(entries(*one_sided("kind: Job\n---\nkind: Evil\n"))) == 2
    assert len(entries(*one_sided("kind: List\nitems: [{kind: Job}, {kind: Evil}]\n"))) == 2


FIVE_HUNDRED = fleet(*(image(each, "1", "2") for each in clusters(500)), number=500)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_five_hundred_equal_changes_are_one_entry(name):
    text = render(name, FIVE_HUNDRED, Style())
    if name in ("json", "junit", "diff"):
        return  # see the tests of these: their readers need each file
    # Once in the roll-up, and once where the file is.
    assert text.count("registry.example.com/till:1 -> registry.example.com/till:2") <= 2
    assert len(text) < 40_000
    assert "500" in text


def test_a_patch_has_every_file_and_says_once_that_they_are_equal():
    lines = render("diff", FIVE_HUNDRED, Style()).splitlines()
    assert sum(line.startswith("diff --git ") for line in lines) == 500
    (comment,) = (line for line in lines if line.startswith("#"))
    assert comment == (
        "# changed: apps/till-deployment-till.yaml in 500 clusters: the same field in "
        "clusters/shop-1, clusters/shop-10, clusters/shop-100 and 497 more"
    )


def test_a_test_case_of_an_equal_file_refers_to_the_first():
    outcome = structs.replace(FIVE_HUNDRED, command="check")
    text = render("junit", outcome, Style())
    assert text.count("spec.template.spec.containers[till].image") == 1
    like = "the same as in clusters/shop-1/apps/till-deployment-till.yaml"
    assert text.count(f">{like}<") == 499


def test_reviewdog_gets_a_suggestion_for_each_file():
    outcome = structs.replace(FIVE_HUNDRED, command="check")
    found = json.loads(render("rdjson", outcome, Style()))["diagnostics"]
    assert len({each["location"]["path"] for each in found}) == 500
    assert all(each["suggestions"] for each in found)
    assert "the same as in clusters/shop-1/" in found[1]["message"]


CHANGES = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from("ab"), st.sampled_from("12"), st.booleans()),
    unique_by=lambda each: each[:2],
    max_size=10,
)


@given(CHANGES, st.randoms())
@settings(deadline=None)
def test_folding_neither_loses_nor_invents_and_knows_no_order(parts, random):
    changes = [
        structs.replace(
            image(f"clusters/shop-{number}", before, "3"),
            path=f"clusters/shop-{number}/{name}.yaml",
            kind=Kind.FORMATTING if formatting else Kind.CHANGED,
        )
        for number, name, before, formatting in parts
    ]
    shuffled = random.sample(changes, len(changes))
    entries = Problems(fleet(*changes)).entries
    assert [(each.changes, each.spread) for each in entries] == [
        (each.changes, each.spread) for each in Problems(fleet(*shuffled)).entries
    ]
    paths = sorted(change.path for entry in entries for change in entry.changes)
    assert paths == sorted(change.path for change in changes)
    for entry in entries:
        values = {(each.kind, each.objects) for each in entry.changes}
        assert len(values) == 1
