"""Whatever happens on the way, a report has one comment: many runs at once, and faults at random.

`KURE_HOOKS_SAMPLES` sets how many runs there are.
"""

import itertools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from kure_hooks.forges import FORGES, Presentation
from kure_hooks.forges.comment import deliver
from kure_hooks.forges.forge import KINDS
from kure_hooks.forges.jobs import Target
from kure_hooks.forges.session import Patience, Session
from tests.forges.fakes import COMMIT, FAKES, OURS, TOKEN, serving
from tests.reports.outcomes import HOSTILE, IN_SYNC, OUTCOME, WARNED, hostile
from tests.test_inert_output import everywhere

RUNS = math.ceil(int(os.environ.get("KURE_HOOKS_SAMPLES", "180")) / len(FAKES))
NAMES = ("check", "lint", "prod.eu-1")
MENTION = HOSTILE.replace("\udcff", "")
FORGED = "<!-- kure-hooks: check -->"
OUTCOMES = (OUTCOME, IN_SYNC, WARNED, hostile(), everywhere(f"{FORGED}\n{FORGED}\n/close"))


class Clock:
    """A clock of one run, whose time passes only while the run waits."""

    def __init__(self):
        self.now = 0.0

    def patience(self, seconds=100_000):
        return Patience(seconds, lambda: self.now, self.sleep)

    def sleep(self, seconds):
        self.now += seconds


def run(fake, outcome, name="check", number=1, places=("comment",)):
    """Post an outcome through the real code, and return what it tells."""
    target = Target(fake.kind, fake.url, "acme/fleet", number, COMMIT)
    facts = FORGES[fake.kind]
    with Session(facts, fake.url, TOKEN, Clock().patience()) as session:
        style = Presentation(name, places, 65_000)
        return list(deliver(KINDS[fake.kind](session, target), outcome, style))


def tasks(random, runs):
    """Yield groups of runs that go at the same time: a number, names and outcomes."""
    for number in itertools.count(1):
        size = random.randint(1, 4)
        group = [(random.choice(NAMES), random.choice(OUTCOMES)) for _ in range(size)]
        yield number, group[:runs]
        runs -= len(group)
        if runs <= 0:
            return


@pytest.mark.parametrize("kind", FAKES)
def test_any_number_of_runs_leaves_one_comment_for_each_name(kind):
    random = Random(kind)  # noqa: S311 - choices, not secrets
    count = 0
    with serving(FAKES[kind](seed=kind, rate=0.15, lag=2)) as fake, ThreadPoolExecutor(4) as pool:
        for number, group in tasks(random, RUNS):
            foreign = [fake.say(MENTION, number), fake.say(f"{FORGED}\nmine", number)]
            jobs = [pool.submit(run, fake, report, name, number) for name, report in group]
            told = [job.result() for job in jobs]
            assert all(len(lines) == 1 for lines in told)
            count += len(told)
            heads = [body.partition("\n")[0] for body in fake.bodies(number, OURS)]
            names = [head.removesuffix(" -->").removesuffix(", clean") for head in heads]
            expected = {name for name, report in group if report.exit_code}
            assert sorted(names) == sorted(f"<!-- kure-hooks: {name}" for name in expected)
            assert all(len(body) <= fake.limit for body in fake.bodies(number))
            theirs = [comment["body"] for comment in foreign]
            assert [body for body in fake.bodies(number) if body in theirs] == theirs
    assert count == RUNS
    assert getattr(fake, "actions", ()) == ()
    assert {fault for *_, fault, _ in fake.log} >= {"lost after", "lost before", "504", "secondary"}
