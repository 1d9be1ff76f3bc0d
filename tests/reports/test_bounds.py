"""What a report takes grows with its size and ends at a bound, in every format."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.hunks import WINDOW, first_difference, hunks
from kure_hooks.drift.result import Displaced, FieldChange, FileChange, Kind, ObjectChange, State
from kure_hooks.findings import Finding, Location
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import REPORTS, Style, bounds, problems, render
from kure_hooks.reports.bounds import LEFT_OUT, bounded
from kure_hooks.reports.html import clusters, overview
from kure_hooks.reports.html import page as html_page
from kure_hooks.reports.html.differences import difference
from kure_hooks.stack.outline import Part
from tests.support.growth import MOST, growth


def change(path="c/a.yaml", before=None, after=None, **more):
    return FileChange(Kind.CHANGED, path, "c", before=before, after=after, **more)


def texts(size):
    return (change(before="a\nb\n" * size, after="b\nc\na\n" * size),)


def objects(size):
    field = FieldChange("spec.a", "1", "2")
    return (change(objects=(ObjectChange("A b", State.CHANGED, (field,) * 3),) * size),)


RECORDS = {
    "texts": lambda size: Outcome("check", drift=texts(size)),
    "files": lambda size: Outcome(
        "check", drift=tuple(change(f"c/{number}.yaml", "a\n", "b\n") for number in range(size))
    ),
    "objects": lambda size: Outcome("check", drift=objects(size)),
    "findings": lambda size: Outcome(
        "check", findings=tuple(Finding(Location("a", line), "b", "c") for line in range(size))
    ),
    "clusters": lambda size: Outcome(
        "diff", clusters=tuple(ClusterView(f"c{n}", "s", state="added") for n in range(size))
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_no_format_takes_much_more_than_twice_as_long_for_twice_as_much(name, kind):
    outcomes = {size: RECORDS[kind](size) for size in (200, 400, 800)}
    show = partial(render, name, style=Style())
    assert growth(lambda size: show(outcome=outcomes[size]), lambda size: size, [*outcomes]) <= MOST


def test_the_texts_of_the_most_serious_changes_are_kept():
    formatting = structs.replace(change("c/b.yaml", "a\n", "a\n\n"), kind=Kind.FORMATTING)
    drift = (formatting, change("c/z.yaml", "a\n" * 3, "b\n" * 3, note="x"), change("c/y.yaml"))
    outcome = Outcome("check", drift=drift)
    assert bounded(outcome) is outcome
    few = bounded(outcome, lines=10).drift
    assert [each.before for each in few] == [None, "a\n" * 3, None]
    assert few[0].note == LEFT_OUT
    fewer = bounded(outcome, lines=6).drift
    assert [each.before for each in fewer] == ["a\n", None, None]
    assert fewer[1].note == f"x; {LEFT_OUT}"
    assert fewer[2] == drift[2]
    assert [each.before for each in bounded(outcome, size=30).drift] == [None, "a\n" * 3, None]


def test_what_was_displaced_goes_before_everything_else():
    lost = Displaced(change("c/lost.yaml", "a\n", "b\n"), "id", "git show id")
    outcome = Outcome("generate", drift=(change(before="a\n", after="b\n"),), displaced=(lost,))
    kept = bounded(outcome, lines=4)
    assert kept.displaced == (lost,)
    assert kept.drift[0].note == LEFT_OUT


@pytest.mark.parametrize("name", ["diff", "html", "json", "markdown", "rdjson", "text"])
def test_every_format_tells_that_texts_are_left_out(name, monkeypatch):
    monkeypatch.setattr(bounds, "LINES", 3)
    monkeypatch.setattr(bounds.bounded, "__defaults__", (3, bounds.SIZE))
    outcome = Outcome("check", drift=(change(before="secret\n" * 9, after="b\n"),))
    shown = render(name, outcome, Style())
    assert "its text is left out, because the texts of all files are too long" in shown
    assert "secret" not in shown


def outcome_of(files):
    drift = tuple(change(f"c/{number}.yaml", "a\n", "b\n") for number in range(files))
    return Outcome("check", drift=drift, written=("c/w.yaml",) * files)


def test_a_page_shows_so_many_files_and_counts_the_others(monkeypatch):
    monkeypatch.setattr(clusters, "FILES", 3)
    monkeypatch.setattr(overview, "_MOST", 2)
    page = render("html", outcome_of(7), Style())
    assert page.count('<details class="file"') == 3
    assert "4 more files left out." in page
    assert "Written (7)" in page
    assert "5 more lines left out." in page
    others = (
        structs.replace(change(f"d/{number}.yaml", "a\n", f"{number}\n"), directory="d")
        for number in range(2)
    )
    both = structs.replace(outcome_of(3), drift=(*outcome_of(3).drift, *others))
    page = render("html", both, Style())
    assert page.count('<section id="cluster-') == 1
    assert "2 more files left out." in page


def test_the_graph_of_a_great_stack_is_left_out(monkeypatch):
    monkeypatch.setattr(html_page, "_PARTS", 3)
    parts = tuple(Part("node", name) for name in "abc")
    view = ClusterView("c", "s", outline=Part("cluster", "a", parts=parts))
    page = render("html", Outcome("check", clusters=(view,)), Style())
    assert "The graph of 4 parts is left out; kure-hooks graph draws it." in page
    assert "<svg" not in page


@pytest.mark.parametrize("name", ["gitlab", "rdjson"])
def test_lists_of_problems_end_with_how_many_are_left_out(name, monkeypatch):
    monkeypatch.setattr(problems, "MOST", 3)
    shown = render(name, outcome_of(7), Style())
    assert "4 less serious problems left out. Fix those shown and run again." in shown
    assert "c/3.yaml" not in shown
    assert "left out" not in render(name, outcome_of(3), Style())


def test_markdown_lists_so_many_files(monkeypatch):
    monkeypatch.setattr("kure_hooks.reports.markdown.FILES", 2)
    shown = render("markdown", outcome_of(7), Style())
    assert "5 more files left out." in shown
    assert "2.yaml" not in shown


LINES = st.lists(st.sampled_from("ab"), max_size=8).map("\n".join)


@given(LINES, LINES, st.integers(0, 3))
def test_the_first_difference_is_where_the_first_hunk_begins(before, after, more):
    before, after = "c\n" * more + before, "c\n" * more + after
    first = next(iter(hunks(before, after, 0)), None)
    assert first_difference(before, after) == (first.before if first else 0)


def test_the_first_difference_of_long_texts_needs_only_what_follows_it():
    same, long = "a\n" * 1_000, "".join(f"{n}\n" for n in range(10 * WINDOW))
    assert first_difference(same + long, f"{same}new\n{long}") == 1_000
    assert first_difference(f"{same}old\n{long}", same + long) == 1_001
    assert first_difference(f"{same}old\n{long}", f"{same}new\n{long}") == 1_001


@given(LINES, LINES)
def test_rows_that_are_left_out_are_counted_right(before, after):
    page = partial(difference, before, after, ("a", "b"))
    whole = (
        sum(row.get("class") != "gap" for row in next(page(99)).find("tbody"))
        if before != after
        else 0
    )
    if whole > 1:
        _, more = page(1)
        assert more.text == f"{whole - 1} more {'row' if whole == 2 else 'rows'} left out."
