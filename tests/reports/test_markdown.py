"""The Markdown report, as a parser of CommonMark with tables shows it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec import structs

from kure_hooks.drift.result import (
    Cause,
    FieldChange,
    FileChange,
    Kind,
    ObjectChange,
    Reason,
    Risk,
    State,
)
from kure_hooks.findings import Finding, Location, Skipped
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, render
from kure_hooks.reports.markdown import LEAST
from kure_hooks.safe_text import inert_inside, visible
from tests.reports.outcomes import DIFF, FAILED, HOSTILE, IN_SYNC, LINTED, OUTCOME, WARNED, hostile

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
TAGS = {"h3", "h4", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"details", "summary", "strong", "em", "code", "pre"}
# Prose is the report's own: a mention, reference or address needs a character that isn't here.
PROSE = re.compile(r"[\w\s,;:.()-]*")


@dataclass
class Page(HTMLParser):
    """What a reader sees: tags in balance, the files, their details, and the code."""

    text: str
    convert_charrefs: bool = True
    stack: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    prose: str = ""
    blocks: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        for token in PARSER.parse(self.text):
            if token.type == "fence":
                # A fence that ends only with the document has no line of its own for its end.
                assert token.map[1] - token.map[0] == token.content.count("\n") + 2
        self.feed(PARSER.render(self.text))
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        assert [name for name, _ in attrs if name not in ("class", "style")] == []
        self.stack.append(tag)
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "code" in self.stack:
            self.code[-1] += data
            if "pre" in self.stack:
                self.blocks.append(data)
        else:
            self.prose += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def page(outcome, size=65_000):
    text = render("markdown", outcome, Style(size=size))
    assert len(text.encode()) <= max(size, LEAST)
    shown = Page(text)
    assert PROSE.fullmatch(shown.prose), shown.prose
    return shown


def fleet(number, clusters=3):
    """Return an outcome with so many changed files, each with fields and two hunks."""
    lines = [f"line: {each}" for each in range(40)]
    before = "\n".join(lines)
    after = "\n".join(["new: first", *lines, "new: last"])
    fields = tuple(FieldChange(f"spec.f{each}", "1", "2") for each in range(3))
    drift = tuple(
        FileChange(
            Kind.CHANGED,
            f"clusters/c{each % clusters}/apps/file{each:04}.yaml",
            f"clusters/c{each % clusters}",
            f"stacks/c{each % clusters}.yaml",
            objects=(ObjectChange(f"ConfigMap apps/n{each}", State.CHANGED, fields),),
            cause=Cause(Reason.STALE, ("apps/shared.yaml",)),
            before=before,
            after=after,
        )
        for each in range(number)
    )
    views = tuple(
        ClusterView(f"clusters/c{each}", f"stacks/c{each}.yaml") for each in range(clusters)
    )
    return Outcome("check", drift=drift, clusters=views, fix="kure-hooks generate")


def files(shown):
    return {each for each in shown.code if re.fullmatch(r"apps/file\d+\.yaml", each)}


def hunks(shown):
    return [line for block in shown.blocks for line in block.split("\n") if line.startswith("@@")]


def objects(shown):
    return {each for each in shown.code if re.fullmatch(r"ConfigMap apps/n\d+", each)}


FLEET = fleet(60)


@pytest.mark.parametrize(
    "outcome", [OUTCOME, IN_SYNC, DIFF, hostile(), FLEET, LINTED], ids=list("oidhfl")
)
def test_it_is_whole_at_every_size(outcome):
    for size in [*range(LEAST, 8_000, 97), *range(8_000, 70_000, 6_001), 70_000]:
        page(outcome, size)


@pytest.mark.parametrize("size", [0, 1, LEAST - 1, LEAST])
def test_less_than_the_least_is_the_least(size):
    text = render("markdown", FLEET, Style(size=size))
    assert text == render("markdown", FLEET, Style(size=LEAST))
    assert len(text.encode()) <= LEAST


def test_all_files_are_named_before_any_detail():
    names = {each.path.split("/", 2)[2] for each in FLEET.drift}
    every_object = {each.objects[0].name for each in FLEET.drift}
    for size in range(LEAST, 40_000, 1_500):
        shown = page(FLEET, size)
        assert files(shown) == names or not objects(shown)
        assert objects(shown) == every_object or not hunks(shown)
    assert len(hunks(shown)) > 0


def test_more_room_never_shows_fewer_files_or_details():
    known = (set(), set(), 0)
    for size in range(LEAST, 60_000, 1_111):
        shown = page(FLEET, size)
        now = (files(shown), objects(shown), len(hunks(shown)))
        assert all(less <= more for less, more in zip(known, now, strict=True))
        known = now
    assert known[2] == 120


def test_two_hundred_files_are_all_named_in_a_comment():
    assert len(files(page(fleet(200)))) == 200


def test_what_is_left_out_is_counted():
    shown = page(fleet(200), 20_000)
    hidden = 200 - len(files(shown))
    assert 0 < hidden < 200
    counts = f"{hidden} of 200 files, 200 of 200 objects, 400 of 400 hunks"
    assert f"Left out for want of room: {counts}. The whole report has them." in shown.prose
    assert "Left out" not in page(fleet(200), 1_000_000).prose


def test_a_file_says_that_its_details_are_left_out():
    shown = page(fleet(2), 1_200)
    assert len(files(shown)) == 2
    assert shown.prose.count("(more is left out)") == 2
    assert "left out" not in page(fleet(2)).prose


def test_a_file_as_long_as_the_room_keeps_no_other_out():
    """The most serious one at that."""
    long = FileChange(
        Kind.CHANGED,
        "clusters/c0/apps/file9999.yaml",
        "clusters/c0",
        objects=(ObjectChange("ConfigMap apps/n9", State.CHANGED, risks=(Risk.PRUNE,)),),
        before="",
        after="long\n" * 20_000,
    )
    outcome = fleet(20)
    shown = page(structs.replace(outcome, drift=(*outcome.drift, long)))
    assert len(files(shown)) == 21
    assert len(hunks(shown)) == 40
    assert "Left out for want of room: 1 of 41 hunks." in shown.prose


def test_the_most_serious_file_is_first():
    shown = page(OUTCOME)
    paths = [each.path.removeprefix(f"{each.directory}/") for each in OUTCOME.drift]
    found = [each for each in shown.code if each in paths]
    assert found[:2] == ["apps/apps-deployment-web.yaml", "jobs/apps-job-clean.yaml"]
    assert sorted(found) == sorted(paths)


@pytest.mark.parametrize("size", [LEAST, 1_500, 65_000])
def test_the_command_is_always_there(size):
    assert "kure-hooks generate\n" in page(FLEET, size).blocks
    many = structs.replace(FLEET, findings=OUTCOME.findings * 50, skipped=OUTCOME.skipped * 50)
    assert "kure-hooks generate\n" in page(many, size).blocks


def test_a_command_that_is_long_comes_after_the_files():
    outcome = structs.replace(fleet(5), fix="kure-hooks generate " + "stacks/a.yaml " * 200)
    shown = page(outcome, 3_000)
    assert len(files(shown)) == 5
    assert "1 of 1 command" in shown.prose
    assert f"{outcome.fix}\n" in page(outcome, 65_000).blocks


def test_clusters_are_counted_by_kind():
    text = render("markdown", OUTCOME, Style())
    assert "| cluster | stack | changed | missing | renamed | unexpected |" in text
    assert "| `clusters/prod` | `stacks/prod.yaml` | 5 | 1 | 1 |  | 1 | 1 | 1 |" in text


def test_sentences_for_other_commands():
    written = Outcome(
        "generate", written=("a", "b"), removed=("c",), clusters=IN_SYNC.clusters, fix="git add"
    )
    assert "files changed\n" in page(written).prose
    assert "2 written files; 1 removed file." in page(written).prose
    assert "To commit:" in page(written).prose
    validated = Outcome("validate", checked=3, skipped=(Skipped("Widget w", "no schema"),))
    assert "3 validated objects; 1 skipped check." in page(validated).prose
    assert "kure-hooks: in sync\n" in page(IN_SYNC).prose
    assert "git add" not in render("markdown", structs.replace(IN_SYNC, fix="git add"), Style())
    refused = page(Outcome("check", findings=OUTCOME.findings)).prose
    assert "kure-hooks: findings\n" in refused
    assert "1 error; 1 warning" in refused
    assert "kure-hooks: in sync\n" in page(WARNED).prose
    assert "kure-hooks: failed\n" in page(FAILED).prose
    assert FAILED.failure.message in page(FAILED).code
    assert "1 added or removed cluster" in page(DIFF).prose


def test_many_fields_are_cut_and_counted():
    fields = tuple(FieldChange(f"f{each}", "1", "2") for each in range(25))
    change = FileChange(
        Kind.CHANGED, "d/a", "d", objects=(ObjectChange("A b", State.CHANGED, fields),)
    )
    shown = page(Outcome("check", drift=(change,)))
    assert "and 5 more fields" in shown.prose
    assert "f19: 1 -> 2" in shown.code
    assert "f20: 1 -> 2" not in shown.code


def test_a_side_that_is_not_known_is_not_compared():
    change = FileChange(Kind.CHANGED, "d/a", "d", note="it is too large", after="b\n")
    assert page(Outcome("check", drift=(change,))).blocks == []


def test_hostile_text_is_shown_as_it_is():
    shown = page(hostile())
    text = inert_inside(visible(HOSTILE))
    wanted = {text, text.replace("|", r"\x7c")}
    assert wanted <= set(shown.code)


HARD = st.lists(
    st.sampled_from(
        [
            *(
                "`",
                "``",
                "```",
                "~~~",
                "|",
                "\\",
                "\\|",
                "\n",
                "\n\n",
                "\r",
                " ",
                "  ",
                "\t",
                "<",
                ">",
            ),
            *(
                "<!--",
                "-->",
                "</details>",
                "</summary>",
                "<details>",
                "<pre>",
                "</code>",
                "<?",
                "]]>",
            ),
            *(
                "&amp;",
                "&#96;",
                "&",
                "@team",
                "#1",
                "www.a.example",
                "http://a.example",
                "a@b.example",
            ),
            *(
                "[x](y)",
                "![x](y)",
                "[x]: y",
                "**",
                "_",
                "- ",
                "1. ",
                "# ",
                "> ",
                "---",
                "===",
                ":-:",
            ),
            *("a", "é", "\x00", "\u202e", "\ud800", "\udcff", "::error::", "##["),
        ]
    ),
    max_size=5,
).map("".join)


@given(HARD, HARD, HARD, st.integers(LEAST, 6_000))
@settings(deadline=None)
def test_no_text_breaks_out(one, two, three, size):
    objects = (ObjectChange(one, State.MOVED_HERE, (FieldChange(two, three, one),), other=two),)
    drift = (
        FileChange(
            Kind.CHANGED, f"{one}/{two}", one, two, objects=objects, before=two, after=three
        ),
        FileChange(Kind.MISSING, three, two, three, note=one, after=f"{one}\n{two}\n{three}"),
        FileChange(Kind.FOREIGN, two, three, cause=Cause(Reason.EDITED, commit=one, date=two)),
    )
    outcome = Outcome(
        one,
        findings=(Finding(Location(one), two, three, one),),
        skipped=(Skipped(two, one),),
        drift=drift,
        written=(one, two),
        removed=(three,),
        clusters=(ClusterView(one, two, state=three),),
        fix=three,
        sides=(one, two),
    )
    page(outcome, size)
    assert inert_inside(visible(one)) in page(outcome).code or not one
