"""The HTML report in a real browser."""

import re

import pytest

from kure_hooks.reports import Style, render
from tests.reports.outcomes import DIFF, FLEET, IN_SYNC, OUTCOME, hostile
from tests.support.browser import axe, chromium

FILES = "details.file:visible"
EVERY = pytest.mark.parametrize(
    "outcome", [OUTCOME, IN_SYNC, DIFF, hostile(), FLEET], ids=list("oidhf")
)
SIZES = pytest.mark.parametrize("width", [1280, 320])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser, tmp_path):
    """Open a report; what a page must not do fails the test, unless it asks to see for itself."""
    contexts, events = [], []

    def visit(outcome, width=1280, *, edit=lambda html: html, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        file = tmp_path / "report.html"
        file.write_text(edit(render("html", outcome, Style())), encoding="utf-8")
        page.on("console", lambda message: events.append(message.text))
        page.on("pageerror", lambda error: events.append(str(error)))
        page.on("dialog", lambda dialog: (events.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda sent: sent.url == file.as_uri() or events.append(sent.url))
        page.goto(file.as_uri())
        return page

    visit.events = events
    yield visit
    for context in contexts:
        context.close()
    assert events == []


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")


@EVERY
@SIZES
def test_the_page_loads_nothing_runs_nothing_else_and_fits(visit, outcome, width):
    page = visit(outcome, width)
    unfold(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.evaluate("document.scripts.length") == 1


def test_the_policy_stops_what_somebody_smuggles_in(visit):
    taken = "document.title = 'taken'"
    attack = f'<script>{taken}</script><svg onload="{taken}"/><style>*{{display:none}}</style>'
    page = visit(OUTCOME, edit=lambda html: html.replace("</main>", f"{attack}</main>"))
    assert "taken" not in page.title()
    assert page.locator("h1").is_visible()
    assert len(visit.events) == 3
    assert all("Content Security Policy" in event for event in visit.events)
    visit.events.clear()


def test_the_filter_finds_paths_objects_and_fields(visit):
    page = visit(OUTCOME)
    count, words = page.locator("#count"), page.get_by_label("Filter by path")
    assert count.inner_text() == "11 of 11 files shown"
    for text, shown in (("clusters/prod/jobs", 1), ("DEPLOYMENT apps/web", 1), ("stringdata", 1)):
        words.fill(text)
        assert page.locator(FILES).count() == shown
        assert count.inner_text() == f"{shown} of 11 files shown"
    assert page.locator("section.cluster:visible").count() == 1
    words.fill("no such thing")
    assert page.locator(FILES).count() == 0
    words.fill("")
    assert page.locator(FILES).count() == 11
    assert page.locator("section.cluster:visible").count() == 3


def test_the_filter_knows_kinds_and_risks(visit):
    page = visit(OUTCOME)
    page.get_by_label("changed 5").uncheck()
    assert page.locator("details.file[data-kind=changed]:visible").count() == 0
    assert page.locator("#count").inner_text() == "6 of 11 files shown"
    page.get_by_label("only with risks").check()
    assert page.locator("#count").inner_text() == "2 of 11 files shown"


def test_the_filter_knows_the_clusters_that_are_alike_and_counts_their_files(visit):
    page = visit(FLEET)
    assert page.locator("#count").inner_text() == "15 of 15 files shown"
    page.get_by_label("Filter by path").fill("shop-3 service")
    assert page.locator(FILES).count() == 1
    assert page.locator("#count").inner_text() == "3 of 15 files shown"
    page.get_by_label("Filter by path").fill("job-b")
    assert page.locator("#count").inner_text() == "6 of 15 files shown"


def test_open_all_opens_only_what_the_filter_shows(visit):
    page = visit(OUTCOME)
    page.get_by_label("Filter by path").fill("job-clean")
    page.get_by_role("button", name="Open all").click()
    assert page.locator("details.file[open]").count() == 1
    page.get_by_role("button", name="Close all").click()
    assert page.locator("details.file[open]").count() == 0


def test_the_fix_can_be_copied(visit):
    page = visit(OUTCOME, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.wait_for_function("document.getElementById('copied').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == OUTCOME.fix


def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit):
    page = visit(OUTCOME)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, outline = page.evaluate(
            """() => {
                const focused = document.activeElement;
                return [focused.tagName, getComputedStyle(focused).outlineStyle];
            }"""
        )
        if tag == "BODY":
            break
        assert outline != "none"
        reached.append(tag)
    # The skip link and three clusters; text, seven kinds and risks; 11 files and two graphs.
    assert [reached.count(tag) for tag in ("A", "INPUT", "BUTTON", "SUMMARY")] == [4, 9, 3, 13]


def test_the_keyboard_alone_filters_and_unfolds(visit):
    page = visit(OUTCOME)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the clusters"
    page.get_by_label("Filter by path").focus()
    page.keyboard.type("apps-deployment-web")
    page.locator("details.file:visible > summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("table").filter(has_text="1.27").last.is_visible()


def test_both_sides_are_above_each_other_when_there_is_no_room(visit):
    def sides(width):
        page = visit(OUTCOME, width)
        unfold(page)
        row = page.locator(".difference tr:has(.minus):has(.plus)").first
        return row.locator(".minus").bounding_box(), row.locator(".plus").bounding_box()

    before, after = sides(1280)
    assert (before["y"], before["x"] < after["x"]) == (after["y"], True)
    before, after = sides(320)
    assert (before["x"], before["y"] < after["y"]) == (after["x"], True)


def test_dark_is_dark(visit):
    def brightness(scheme):
        page = visit(OUTCOME, color_scheme=scheme)
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", color)[:3]))

    assert brightness("dark") < 150
    assert brightness("light") > 600


def test_without_a_script_everything_is_there_but_the_filter(visit):
    page = visit(OUTCOME, java_script_enabled=False)
    assert page.locator("#controls").is_hidden()
    assert page.get_by_role("button", name="Copy").is_hidden()
    page.get_by_text("apps/apps-deployment-web.yaml").click()
    assert page.get_by_text("spec.replicas", exact=True).is_visible()


def test_print_unfolds_everything(visit):
    page = visit(OUTCOME)
    table = page.locator(".difference").first
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.is_visible()
    assert page.locator("#controls").is_hidden()


@pytest.mark.parametrize("outcome", [OUTCOME, IN_SYNC, DIFF, FLEET], ids=list("oidf"))
@SIZES
@SCHEMES
def test_axe_finds_no_barrier(visit, outcome, width, scheme):
    script = axe()
    page = visit(outcome, width, color_scheme=scheme, bypass_csp=True)
    unfold(page)
    page.evaluate(script)
    violations = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["impact"], each["id"], each["nodes"][0]["html"]) for each in violations] == []
