"""No file makes a run crash or hang: mutated stacks, settings, trees, archives and reports.

The rounds are the same each time; KURE_HOOKS_FUZZ_ROUNDS sets how many there are of each subject.
For a long run: `python -m tests.fuzz --rounds 100000`.
"""

import os
from itertools import cycle

import pytest

from tests.fuzz.subjects import SUBJECTS, seeds

ROUNDS = int(os.environ.get("KURE_HOOKS_FUZZ_ROUNDS", "24"))


@pytest.fixture(scope="session")
def repositories():
    return seeds(min(8, ROUNDS))


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_mutation_makes_a_run_crash_or_hang(name, repositories, tmp_path):
    subject = SUBJECTS[name]
    subjects = [subject(tmp_path / f"{at}", files) for at, files in enumerate(repositories)]
    for number, each in zip(range(ROUNDS), cycle(subjects), strict=False):
        each.round(f"{name}-{number}")
