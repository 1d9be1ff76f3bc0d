import hashlib
import re
from base64 import b64encode
from collections import Counter
from html.parser import HTMLParser
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kure_hooks.drift.hunks import Hunk, hunks
from kure_hooks.drift.result import FieldChange, FileChange, Kind, ObjectChange, State
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, render
from kure_hooks.reports.html.differences import _height, rows
from tests.reports import outcomes
from tests.reports.outcomes import DIFF, FAILED, IN_SYNC, LINTED, OUTCOME, WARNED, hostile

EVERY = pytest.mark.parametrize(
    "outcome", [OUTCOME, IN_SYNC, DIFF, hostile(), FAILED, WARNED, LINTED], ids=list("odihfwl")
)


class Page(HTMLParser):
    """The tags of a page, their attributes and the text between them."""

    def __init__(self, outcome):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.source = render("html", outcome, Style())
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)

    def values(self, name):
        return [value for _, each, value in self.attributes if each == name]


@EVERY
def test_nothing_is_loaded_and_every_link_arrives(outcome):
    page = Page(outcome)
    assert page.values("src") == []
    assert {f"#{each}" for each in page.values("id")} >= set(page.values("href"))
    assert not {"link", "img", "iframe", "form", "base", "object"} & set(page.tags)


@EVERY
def test_the_policy_allows_only_the_style_and_the_script_that_are_there(outcome):
    page = Page(outcome)
    (policy,) = (each for each in page.values("content") if "default-src" in each)

    def digest(tag):
        (content,) = re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", page.source, re.DOTALL)
        return b64encode(hashlib.sha256(content.encode()).digest()).decode()

    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest('style')}'",
        f"script-src 'sha256-{digest('script')}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert [
        name for _, name, _ in page.attributes if name == "style" or name.startswith("on")
    ] == []


def test_hostile_text_makes_no_element_and_no_attribute(monkeypatch):
    attacked = Page(hostile())
    harmless = "".join(each if each == "\n" or each.isalnum() else "x" for each in outcomes.HOSTILE)
    monkeypatch.setattr(outcomes, "HOSTILE", harmless)
    calm = Page(hostile())

    def names(page):
        return Counter((tag, name) for tag, name, _ in page.attributes)

    assert Counter(attacked.tags) == Counter(calm.tags)
    assert names(attacked) == names(calm)


def test_hostile_text_is_shown_with_its_control_characters_as_escapes():
    page = Page(hostile())
    assert "<script>alert(1)</script> \"&' | [x](https://evil.example)" in page.text
    assert r"\x1b[31m\u202e%0A" in page.text
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", page.source) == []


@EVERY
def test_headings_are_in_order_and_identifiers_unique(outcome):
    page = Page(outcome)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.values("id")) == len(set(page.values("id")))


def test_a_file_says_everything_that_is_known_of_it():
    text = Page(OUTCOME).text
    assert "edited by hand in 1a2b3c4 on 2026-11-20" in text
    assert "Asked for by apps/web.yaml:1:1, application web, bundle apps, node prod" in text
    assert "Risk: immutable field: the API refuses to change it" in text
    assert "A symbolic link to ../other.yaml is in the place of the file." in text
    assert "the checked-in file is no readable YAML" in text
    assert "Values of secrets are hidden on both sides." in text


def test_a_cluster_of_one_side_is_one_line_with_the_number_of_its_files():
    assert "stacks/test.yaml: the whole cluster is added, 1 file" in Page(DIFF).text


def test_the_graph_is_there_for_every_cluster_until_there_are_many():
    assert Page(OUTCOME).tags.count("svg") == 2
    others = (ClusterView(f"clusters/{each}", "s", outline=outcomes.OUTLINE) for each in range(40))
    page = Page(replace(OUTCOME, clusters=(OUTCOME.clusters[0], *others)))
    assert page.tags.count("svg") == 1
    assert "40 clusters in sync, not shown." in page.text


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        (OUTCOME, "11 of 13 files drifted in 2 of 3 clusters, 3 with risks."),
        (IN_SYNC, "11 files of 2 clusters: in sync."),
        (DIFF, "2 files changed in 1 of 2 clusters; clusters/test is added."),
        (Outcome("diff"), "0 files of 0 clusters: no difference."),
        (Outcome("validate", checked=7), "7 objects: valid."),
        (
            Outcome("check", findings=OUTCOME.findings),
            "1 error, 1 warning in 0 files of 0 clusters.",
        ),
        (
            Outcome("check", findings=OUTCOME.findings[1:]),
            "0 files of 0 clusters: in sync, 1 warning.",
        ),
        (FAILED, "The run failed: git is not installed. Install it."),
        (Outcome("generate", written=("a", "b")), "2 written, 0 removed; 0 files of"),
    ],
)
def test_the_title_is_the_result(outcome, title):
    assert f"<h1>{title}" in render("html", outcome, Style())


def test_what_was_written_can_be_committed():
    text = Page(Outcome("generate", written=("a.yaml",), fix="git add -A -- clusters")).text
    assert "To commit" in text
    assert "git add -A -- clusters" in text
    assert "Written (1)" in text


def test_a_long_difference_is_cut_and_says_so():
    change = FileChange(Kind.MISSING, "c/a.yaml", "c", after="line\n" * 1_000)
    page = Page(Outcome("check", drift=(change,)))
    assert page.text.count("+ line") == 400
    assert "600 more rows left out." in page.text


def test_many_files_share_what_a_browser_can_bear():
    text = "line\n" * 100
    drift = (FileChange(Kind.MISSING, f"c/{each}.yaml", "c", after=text) for each in range(2_000))
    page = Page(Outcome("check", drift=tuple(drift)))
    assert page.text.count("+ line") == 2_000 * 20
    assert page.text.count("80 more rows left out.") == 2_000


def test_long_lists_and_lines_are_cut_and_say_so():
    fields = tuple(FieldChange(f"spec.x{each}", "1", "2") for each in range(250))
    long = FieldChange("data.text", "x" * 5_000, "y", lines=())
    script = FieldChange("data.script", "", "", lines=("+line",) * 500)
    objects = (
        ObjectChange("ConfigMap a", State.CHANGED, (long, script, *fields)),
        *(ObjectChange(f"ConfigMap b{each}", State.ADDED) for each in range(300)),
    )
    text = Page(
        Outcome("check", drift=(FileChange(Kind.CHANGED, "c/a", "c", objects=objects),))
    ).text
    for sentence in (
        "52 more fields left out.",
        "101 more objects left out.",
        "100 more lines left out.",
        f"- {'x' * 2_000}... (3000 more characters)",
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("  image: nginx:1.25", "  image: nginx:1.27", ["1.25", "1.27"]),
        ("replicas: 3 # few", "replicas: 12 # few", ["3", "12"]),
        ("a: b", "a: b c", ["b", "b c"]),
        ("one thing", "something else", []),
    ],
)
def test_what_changed_within_a_line_is_marked_by_the_word(before, after, marked):
    change = FileChange(Kind.CHANGED, "c/a", "c", before=before, after=after)
    source = render("html", Outcome("check", drift=(change,)), Style())
    assert re.findall("<mark>(.*?)</mark>", source) == marked


def test_lines_pair_up_and_remarks_stay_beside_their_line():
    found = rows(hunks("same\nold\nolder", "same\nnew\nnewer\nnewest\n"))
    assert [
        tuple(f"{each.number}{each.sign}{each.text}" if each else "" for each in row[:2])
        for row in found
    ] == [
        ("1 same", "1 same"),
        ("2-old", "2+new"),
        ("3-older", "3+newer"),
        ("0\\No newline at end of file", "4+newest"),
    ]


TEXTS = st.lists(st.sampled_from("abc")).map("\n".join)


@given(TEXTS, TEXTS)
def test_rows_have_the_numbers_of_their_lines_and_leave_out_only_what_is_the_same(before, after):
    found = list(rows(hunks(before, after)))
    hidden = []
    for side, text in enumerate((before, after)):
        lines = dict(enumerate(text.removesuffix("\n").split("\n") if text else (), 1))
        shown = {row[side].number: row[side].text for row in found if row[side]}
        shown.pop(0, None)  # a remark
        assert shown.items() <= lines.items()
        hidden.append([line for number, line in lines.items() if number not in shown])
    assert hidden[0] == hidden[1]
    assert sum(row.gap for row in found) <= len(hidden[0])


def test_only_rows_that_are_shown_are_made():
    read = []

    class Lines(tuple):
        __slots__ = ()

        def __iter__(self):
            for line in super().__iter__():
                read.append(line)
                yield line

    hunk = Hunk(1, 500, 1, 500, Lines(["-a", "+b", " c"] * 500))
    assert [row.left.text for row in islice(rows([hunk]), 3)] == ["a", "c", "a"]
    assert len(read) < 10


@given(
    st.lists(st.sampled_from("abc\n"), max_size=30), st.lists(st.sampled_from("ab\n"), max_size=30)
)
def test_the_rows_left_out_are_counted_without_making_them(before, after):
    found = hunks("".join(before), "".join(after))
    assert sum(map(_height, found)) == len(list(rows(found)))
