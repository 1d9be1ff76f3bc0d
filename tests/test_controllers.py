"""The table of docs/controllers.md: the live tests that show each row of docs/engines.md."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIVE = ROOT / "tests" / "live"
NOT_LIVE = re.compile(r"not live: \S.+")
FINDING = "finding"


def rows(document, head):
    """Return the cells of a table by their first one; the table begins with this head."""
    lines = iter((ROOT / "docs" / document).read_text().splitlines())
    assert any(line == head for line in lines), f"{document} has no table {head}"
    next(lines)
    cells = {}
    for line in lines:
        if not line.startswith("| "):
            break
        first, flux, argocd = (cell.strip() for cell in line.strip("|").split(" | "))
        assert first not in cells, f"{document} has two rows {first}"
        cells[first] = {"Flux": flux, "Argo CD": argocd}
    return cells


SAID = rows("engines.md", "| In the stack file | Flux | Argo CD |")
SHOWN = rows("controllers.md", "| Row of engines.md | Flux | Argo CD |")
TESTS = {
    name
    for file in LIVE.glob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(), flags=re.MULTILINE)
}

each_engine = pytest.mark.parametrize("engine", ["Flux", "Argo CD"])


def fault(shown, said):
    """Return what is wrong with a cell of docs/controllers.md, or nothing."""
    if shown == FINDING:
        findings = ("error", "warning")
        return "" if said.startswith(findings) else f"no finding in docs/engines.md: {said}"
    if NOT_LIVE.fullmatch(shown):
        return ""
    names = re.fullmatch(r"`test_\w+`(, `test_\w+`)*", shown)
    if not names:
        return f"neither tests, nor `{FINDING}`, nor `not live: ` with a reason: {shown!r}"
    absent = set(re.findall(r"\w+", shown)) - TESTS
    return f"no such test on the cluster: {', '.join(sorted(absent))}" if absent else ""


def test_both_tables_have_the_same_rows_in_the_same_order():
    assert list(SHOWN) == list(SAID)


@each_engine
@pytest.mark.parametrize("row", SHOWN)
def test_each_effect_on_a_cluster_is_shown_there(row, engine):
    assert not fault(SHOWN[row][engine], SAID.get(row, {}).get(engine, ""))


@pytest.mark.parametrize(
    ("shown", "said", "problem"),
    [
        ("`test_the_example_is_ready_in_order_and_stays_so`", "waits", ""),
        ("finding", "error: a plugin", ""),
        ("not live: there is no second cluster", "a Secret", ""),
        ("finding", "CEL", "no finding"),
        ("not live: ", "CEL", "neither"),
        ("`test_of_nothing`", "CEL", "no such test on the cluster: test_of_nothing"),
        ("", "CEL", "neither"),
    ],
)
def test_a_cell_that_shows_nothing_is_found(shown, said, problem):
    assert problem in fault(shown, said)
    assert bool(problem) == bool(fault(shown, said))
