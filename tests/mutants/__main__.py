"""Breaks a package of kure_hooks in places chosen at random: python -m tests.mutants PACKAGE.

The tests of the module run first, then those of the package; what survives both faces the
broader tests. The last commit is what is tried, in a clone, so that no file of the work tree is
touched.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
from collections import defaultdict
from difflib import unified_diff
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.operators import OWN

ARGUMENTS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
# What tests and kure_hooks import and nothing mutates.
IMPORTED = ("click", "hypothesis", "jsonschema", "msgspec", "yaml")
ROOT = Path(__file__).parents[2]
BROADER = ("tests/cli", "tests/hooks", "tests/test_both_engines.py", "tests/drift")
# `X | None` in annotations is most of what this one would change.
EXCLUDED = "core/ReplaceBinaryOperator_BitOr_"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help="below kure_hooks: layout, drift, engines, ...")
    parser.add_argument("--count", type=int, default=60, help="mutants to try")
    parser.add_argument("--seed", type=int, default=1, help="of the choice")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of mutants to try again")
    parser.add_argument("--broader", nargs="*", default=BROADER, help="tests for survivors")
    parser.add_argument("--skip", nargs="*", default=(), help="slow tests of other modules")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for a run of tests")
    options = parser.parse_args()
    for name in IMPORTED:
        import_module(name)
    with TemporaryDirectory(prefix="kure-hooks-mutants-") as directory:
        clone = Path(directory) / "project"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        (clone / ".tools").symlink_to(ROOT / ".tools")
        os.chdir(clone)
        sys.exit(try_all(options))


def try_all(options):
    """Try the mutants, print each that survived, and return how many did."""
    sources = sorted(Path("kure_hooks", options.package).rglob("*.py"))
    mutants = list(choose(sources, options.count, random.Random(options.seed)))  # noqa: S311 (no secret)
    numbers = range(len(mutants)) if options.only is None else options.only
    killed = survivors = 0
    for number in numbers:
        path, line, name, code = mutants[number]
        outcome = judge(path, code, options)
        say(f"{number} {path}:{line} {name}: {outcome}")
        killed += outcome.startswith("killed")
        if outcome == "survived":
            survivors += 1
            say("".join(differences(path.read_text(), code)))
    say(f"{options.package}: {killed} of {len(numbers)} killed, {survivors} survived")
    return survivors


def choose(sources, count, chance):
    """Yield path, line, operator and code of mutants: every place is as likely as any other."""
    places = [place for source in sources for place in find(source)]
    chance.shuffle(places)
    for path, (line, _), candidates in places:
        if not count:
            return
        name, operator, occurrence = chance.choice(candidates)
        code = mutate_code(path.read_text(), operator, occurrence)
        if runs(code):
            count -= 1
            yield path, line, name, code


def find(path):
    """Return path, position and operators of every place of a file that can be broken."""
    places = defaultdict(list)
    tree = get_ast(path.read_text())
    names = [name for name in operator_names() if not name.startswith(EXCLUDED)]
    operators = {name: get_operator(name) for name in names} | OWN
    for name, operator in sorted(operators.items()):
        if operator.arguments():
            continue
        spots = [spot for node in ast_nodes(tree) for spot in operator().mutation_positions(node)]
        for occurrence, (start, _) in enumerate(spots):
            places[start].append((name, operator(), occurrence))
    return [(path, start, candidates) for start, candidates in sorted(places.items())]


def runs(code):
    try:
        compile(code, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def judge(path, code, options):
    """Return what becomes of a mutant: "killed" and by what, "survived", or "undecided"."""
    source = path.read_text()
    path.write_text(code)
    try:
        for tests in (*mirror(path, options.skip), options.broader):
            output = failure(tests, options.timeout)
            if output is None:
                return "undecided, the time was up"
            if output:
                first = re.search("^(?:FAILED|ERROR) (.{1,150})", output, re.MULTILINE)
                return f"killed: {first[1] if first else output[-150:]!r}"
        return "survived"
    finally:
        path.write_text(source)


def failure(tests, timeout):
    """Run tests up to the first that fails; return what they print then, "" when all pass.

    None is for tests that took longer, which says nothing: the machine may be busy.

    A fork of this process runs them, which has imported what takes long and is not mutated.
    """
    with TemporaryFile("w+") as output:
        child = get_context("fork").Process(target=run, args=(tests, output.fileno()))
        child.start()
        child.join(timeout)
        if child.exitcode is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.join()
            return None
        output.seek(0)
        return (output.read() or "ended without a word") if child.exitcode else ""


def run(tests, output):
    os.setsid()
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.path[0] = os.environ["PYTHONPATH"] = str(Path.cwd())
    sys.exit(pytest.main([*ARGUMENTS, "-x", *tests]))


def mirror(path, skip):
    """Return the test files named like a module of a package, and those for the others."""
    words = {path.stem, *path.parts[2:-1]} - {"__init__"}
    own, others = [], []
    for file in sorted(Path("tests", path.parts[1]).rglob("test_*.py")):
        if any(word in file.stem or file.stem[5:] in word for word in words):
            own.append(str(file))
        elif str(file) not in skip:
            others.append(str(file))
    return [files for files in (own, others) if files]


def differences(before, after):
    return unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), n=2)


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
