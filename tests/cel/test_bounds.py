"""A rule of a stranger ends soon, or is not judged; it never hangs or ends the process."""

import subprocess
import sys

import pytest

from kure_hooks.cel.cost import MOST, Cost
from kure_hooks.cel.environment import parsed
from kure_hooks.cel.shapes import Sizes
from tests.support.crds import TEXT, array, obj, rules

SCHEMA = obj(s=TEXT, l=array(TEXT), n={"type": "integer"})
SQUARED = "self.s"
for _ in range(6):
    SQUARED = f"({SQUARED}).replace('', {SQUARED})" if len(SQUARED) < 2000 else SQUARED

EXPENSIVE = {
    "loops": "self.l.all(a, self.l.all(b, self.l.all(c, a + b + c != 'q')))",
    "maps of maps": "self.l.map(a, self.l.map(b, a + b)).size() > 0",
    "replace": f"{SQUARED} != 'q'",
    "replace in a loop": "self.l.map(x, self.s.replace('', x).replace('', self.s)).size() > 0",
    "range": "lists.range(self.n).size() > 0",
    "range of many": "lists.range(1000000000000).size() > 0",
    "join": "self.l.map(x, self.l.join(self.s)).join(self.s).size() > 0",
}
LARGE = {"s": "ab" * 50_000, "l": [f"{n}" * 100 for n in range(500)], "n": 1 << 62}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_what_is_too_expensive_is_not_judged(name):
    (violation,) = rules(SCHEMA, EXPENSIVE[name]).violations(LARGE)
    assert not violation.is_judged
    assert violation.message == (
        "the rule is too expensive for a value of this size, so it was not judged"
    )


LINEAR = [
    "self.l.all(x, x.matches('^[0-9]+$'))",
    "self.s.matches('^(a|b)*$') && self.s.replace('a', 'bb').size() > 0",
    "self.l.isSorted() || self.l.join(',').size() > 0",
    "self.l.filter(x, x.size() > 5).size() > 0",
    "self.l.filter(x, x.startsWith('1')).size() > 0",
]


@pytest.mark.parametrize("rule", LINEAR)
def test_large_values_are_judged_where_the_work_is_linear(rule):
    assert list(rules(SCHEMA, rule).violations(LARGE)) == []


def test_pairs_of_a_usual_list_are_judged():
    """Gateway API compares its listeners with one another, 64 at most."""
    rule = "self.l.all(a, self.l.exists_one(b, a == b))"
    assert list(rules(SCHEMA, rule).violations({"l": [f"listener-{n}" for n in range(64)]})) == []


def test_texts_have_no_sum():
    """The evaluator would copy the first ones again for each of the others."""
    made = rules(SCHEMA, "['k', 'k'].map(x, {'k': 'a'}[x]).sum() == 'aa'")
    (violation,) = made.violations({})
    assert violation.message.startswith("No matching overloads found : _+_(int64, string)")
    (problem,) = rules(SCHEMA, "self.l.sum() == 'aa'").problems
    assert problem.reason == "found no matching overload for 'sum' applied to a list of text"


@pytest.mark.parametrize("text", EXPENSIVE.values(), ids=list(EXPENSIVE))
def test_the_estimate_grows_with_the_value(text):
    cost = Cost(parsed(text, "BOOL"))
    assert cost.is_too_much(Sizes(weight=MOST, items=MOST), grows=True)


PASSED_ON = """
from tests.support.crds import obj, rules
for text in (
    "dyn(optional.of(1)).sum() == 1",
    "dyn(optional.none()).isSorted()",
    "ip(dyn(optional.of('x'))) == ip('::1')",
    "[optional.none()].indexOf(optional.of(1)) == 0",
    "['a'].transformMap(i, v, optional.of(v)).size() == 1",
    "dyn(optional.of('a')).find('a') == 'a'",
    "dyn(optional.of('a')).findAll('a').size() == 1",
    "dyn(type(1)).validate('a') == 1",
    "format.dns1123Label().validate(dyn(optional.none())).hasValue()",
    "quantity(dyn(null)) == quantity(dyn(b'a'))",
    "dyn(optional.of('a')).substring(0, 1) == 'a'",
    "string(dyn(optional.of('a'))) == 'a'",
    "semver(dyn(1)).major() == 1",
    "url(dyn([])).getHost() == ''",
):
    made = rules(obj(), text)
    print(len(list(made.violations({}))), len(made.problems), text)
"""


def test_no_value_ends_the_process():
    """An optional value that reached a function in Python as it is would."""
    ended = subprocess.run(
        [sys.executable, "-c", PASSED_ON], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(ended.stdout.splitlines()) == 14
