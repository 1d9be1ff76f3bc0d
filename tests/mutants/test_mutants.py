"""The tool that breaks the code on purpose, tried on a package of two functions."""

from argparse import Namespace
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("cosmic_ray", reason="the extra `mutants` is not installed")

from tests.mutants import __main__ as mutants

SOURCE = '''"""Numbers."""


def double(number):
    """Return twice a number."""
    return number * 2


def triple(number):
    """Return a number three times, which no test looks at."""
    return number * 3
'''
TESTS = """\
from kure_hooks.quantities.twice import double


def test_it():
    assert double(3) == 6
"""


def chance(seed):
    return Random(seed)  # noqa: S311 (no secret)


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A project with one module and one test of half of it."""
    monkeypatch.chdir(tmp_path)
    path = Path("kure_hooks/quantities/twice.py")
    for file, text in ((path, SOURCE), (Path("tests/quantities/test_twice.py"), TESTS)):
        file.parent.mkdir(parents=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text)
    Path("kure_hooks/__init__.py").touch()
    Path("tests/quantities/test_other.py").write_text("def test_other():\n    pass\n")
    return path


def test_every_mutant_differs_and_can_run(source):
    found = list(mutants.choose([source], 50, chance(1)))
    assert {line for _, line, _, _ in found} >= {6, 11}
    assert all(code != SOURCE and mutants.runs(code) for *_, code in found)
    again = list(mutants.choose([source], 50, chance(1)))
    assert again == found
    assert list(mutants.choose([source], 2, chance(1))) == found[:2]


def test_docstrings_stay(source):
    assert all('"""Numbers."""' in code for *_, code in mutants.choose([source], 50, chance(2)))


def test_the_tests_named_like_a_module_run_first(source):
    own, others = ["tests/quantities/test_twice.py"], ["tests/quantities/test_other.py"]
    assert mutants.mirror(source, ()) == [own, others]
    assert mutants.mirror(source, others) == [own]


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [("* 2", "+ 2", "killed: "), ("* 3", "+ 3", "survived")],
    ids=["tested", "untested"],
)
def test_a_mutant_is_killed_by_the_tests_that_fail(old, new, outcome, source, monkeypatch):
    # The fork would find the package of this project among the modules that are loaded.
    for name in [name for name in mutants.sys.modules if name.split(".")[0] == "kure_hooks"]:
        monkeypatch.delitem(mutants.sys.modules, name)
    options = Namespace(skip=(), broader=["tests/quantities"], timeout=60)
    assert mutants.judge(source, SOURCE.replace(old, new), options).startswith(outcome)
    assert source.read_text() == SOURCE
