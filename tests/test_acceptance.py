"""Every promised behaviour is named by a test: in a docstring, a comment or the id of a case.

The numbers are those of the acceptance list that this project was written by. A folder of
tests/invalid is a case of a test, named in the comment on top of its stack file.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# How many behaviours each part of the list has.
MODEL = {1: 16, 2: 8, 3: 25, 4: 20, 5: 14, 6: 5}
FLUX = {7: 29, 8: 7, 9: 4, 15: 23, 16: 19}
LAYOUT = {10: 31, 11: 9, 12: 9, 13: 26, 14: 12}
ARGOCD = {17: 16}
HELM = {18: 17}
EXAMPLES = {19: 6}
PROMISED = MODEL | FLUX | ARGOCD | LAYOUT | HELM | EXAMPLES

# E7.17, E2.4-6, E7.17-E7.19, E15.6 to E15.8
NUMBERS = re.compile(r"\bE(\d+)\.(\d+)(?:(?:-| to )(?:E\1\.)?(\d+)\b)?")


def numbers(text):
    """Return the numbers that a text names, as pairs; ranges are counted out."""
    found = set()
    for part, first, last in NUMBERS.findall(text):
        found |= {(int(part), each) for each in range(int(first), int(last or first) + 1)}
    return found


def named():
    """Return the numbers that the tests name, each with the files that do."""
    files = [*TESTS.rglob("test_*.py"), *TESTS.glob("invalid/*/stacks/*.yaml")]
    found = {}
    for file in sorted(set(files) - {Path(__file__)}):
        for number in numbers(file.read_text(encoding="utf-8", errors="replace")):
            found.setdefault(number, []).append(file.relative_to(TESTS).as_posix())
    return found


def listed(found):
    return ", ".join(f"E{part}.{number}" for part, number in sorted(found))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see E1.2 and E10.31", {(1, 2), (10, 31)}),
        ("E2.4-6", {(2, 4), (2, 5), (2, 6)}),
        ("E7.17-E7.19.", {(7, 17), (7, 18), (7, 19)}),
        ("E15.6 to E15.8", {(15, 6), (15, 7), (15, 8)}),
        ("E3.22-root, E3.9-E4.2", {(3, 22), (3, 9), (4, 2)}),
        ("NAME1.2, 1E3.4, E5", set()),
    ],
)
def test_ranges_are_counted_out(text, found):
    assert numbers(text) == found


def test_every_promised_number_is_named_by_a_test():
    promised = {(part, each) for part, last in PROMISED.items() for each in range(1, last + 1)}
    missing = promised - named().keys()
    assert not missing, f"no test names {listed(missing)}"


def test_tests_name_only_numbers_that_there_are():
    """A number that is none proves nothing, and the one that was meant would seem proved."""
    unknown = {
        f"E{part}.{number} in {', '.join(files)}"
        for (part, number), files in named().items()
        if part in PROMISED and not 1 <= number <= PROMISED[part]
    }
    assert unknown == set()
