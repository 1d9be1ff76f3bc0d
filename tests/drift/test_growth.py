"""The work of every comparison grows with the size of what is compared, whatever that is.

Time is measured of the process alone, as a ratio of two sizes: two doublings may take 9 times as
long, three times each. What is linear takes 4 times as long, what is quadratic 16 times.
"""

import gc
import random
import time
from xml.etree.ElementTree import tostring

import pytest

from kure_hooks.drift.alignment import edits, positions
from kure_hooks.drift.changes import pair
from kure_hooks.drift.explain import Sides, explain, formatting_note
from kure_hooks.drift.fields import differing, side_by_side
from kure_hooks.drift.hunks import hunks, unified
from kure_hooks.drift.objects import Held
from kure_hooks.drift.renames import renames
from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.files.memory import MemoryTree
from kure_hooks.manifests import identity
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import REPORTS, Style, render
from kure_hooks.reports.html.differences import difference
from kure_hooks.yamlio import dump

SMALL, LARGE = 32 << 10, 128 << 10
MOST = 9

# What takes less than this is not measured well, and long enough for nobody.
SHORTEST = 0.004


def cut(lines, size):
    """Return as many lines as make so many characters."""
    count = size // (len(lines[0]) + 1)
    return [lines[at % len(lines)] for at in range(count)]


def numbered(pattern):
    return lambda size: [pattern.format(at) for at in range(size // 16)]


def shuffled(seed, kinds):
    def lines(size):
        chance = random.Random(seed)  # noqa: S311 - the same every time
        return [f"item {chance.randrange(kinds)}" for _ in range(size // 8)]

    return lines


def users(name):
    return lambda size: [
        f"- name: {name}-{at // 2}" if at % 2 else "  role: admin" for at in range(size // 14)
    ]


SHAPES = {
    "all different": (numbered("first {:8}"), numbered("other {:8}")),
    "all equal": (lambda size: cut(["same"], size), lambda size: cut(["same"], size + 50)),
    "half equal": (
        lambda size: cut(["line x"], size),
        lambda size: cut(["line x", "line y"], size),
    ),
    "reversed": (numbered("line {:8}"), lambda size: numbered("line {:8}")(size)[::-1]),
    "reversed cycle": (
        lambda size: cut([f"line {at}" for at in range(7)], size),
        lambda size: cut([f"line {at}" for at in range(7)], size)[::-1],
    ),
    "other cycle": (
        lambda size: cut([f"{at:02}" for at in range(40)], size),
        lambda size: cut([f"{at:02}" for at in range(41)], size),
    ),
    "interleaved": (users("user"), users("member")),
    "random few": (shuffled(1, 3), shuffled(2, 3)),
    "random many": (shuffled(1, 900), shuffled(2, 900)),
    "moved half": (
        lambda size: cut(["line a"], size // 2) + cut(["line b"], size // 2),
        lambda size: cut(["line b"], size // 2) + cut(["line a"], size // 2),
    ),
    "one line": (lambda size: ["ab" * (size // 2)], lambda size: ["ba" * (size // 2)]),
    "one letter": (lambda size: ["a" * size], lambda size: ["a" * (size - 1) + "b"]),
    "empty lines": (lambda size: [""] * size, lambda size: ["", "x"] * (size // 3)),
}


def manifest(spec, name="p"):
    head = {"apiVersion": "example.com/v1", "kind": "X", "metadata": {"name": name}}
    return {**head, "spec": spec}


def nested(lines):
    """Return lists in lists, as deep as a file may have them, with the lines in the last one."""
    value = list(lines)
    for _ in range(50):
        value = [value, "x"]
    return value


def deep(lines):
    """Return mappings in mappings; each level has some of the lines."""
    value = {}
    for at in range(50):
        value = {"inner": value, "text": "\n".join(lines[at::50])}
    return value


# How lines become the value of a field.
VALUES = {
    "text": "\n".join,
    "list": list,
    "numbers": lambda lines: [len(line) % 9 for line in lines],
    "list of lists": lambda lines: [[line, line] for line in lines],
    "named items": lambda lines: [
        {"name": f"{at}", "value": line} for at, line in enumerate(lines)
    ],
    "nameless items": lambda lines: [{"host": line, "value": [line]} for line in lines],
    "map": lambda lines: {f"{at} {line}": line for at, line in enumerate(lines)},
    "nested": nested,
    "deep": deep,
}


def exhaust(iterator):
    for _ in iterator:
        pass


def file_change(old, new):
    return FileChange(Kind.CHANGED, "c/f.yaml", "c", "stacks/c.yaml", before=old, after=new)


def reports(old, new):
    view = ClusterView("c", "stacks/c.yaml", ("c/f.yaml",))
    outcome = Outcome("check", drift=(file_change(old, new),), clusters=(view,))
    for name in REPORTS:
        render(name, outcome, Style(verbose=True))


def explained(old, new):
    """Explain a file with an object of several kinds of values."""
    lines = [old.split("\n"), new.split("\n")]
    files = [
        {"c/f.yaml": dump(manifest({"text": "\n".join(side), "list": side})).encode()}
        for side in lines
    ]
    changes = [FileChange(Kind.CHANGED, "c/f.yaml", "c", "stacks/c.yaml")]
    explain(changes, Sides(MemoryTree(files[0]), files[1], {}))


DIFFERS = {
    "edits": lambda old, new: edits(old.split("\n"), new.split("\n")),
    "positions": lambda old, new: positions(old.split("\n"), new.split("\n")),
    "hunks": lambda old, new: hunks(old, new, 0),
    "unified": lambda old, new: exhaust(unified(old, new)),
    "formatting": lambda old, new: formatting_note(old.encode(), new.encode()),
    "side by side": side_by_side,
    "html": lambda old, new: [
        tostring(each) for each in difference(old, new, ("before", "after"), 400)
    ],
    "explain": explained,
} | {
    f"fields: {name}": lambda old, new, value=value: exhaust(
        differing(manifest(value(old.split("\n"))), manifest(value(new.split("\n"))))
    )
    for name, value in VALUES.items()
}


ALL_DIFFERS = DIFFERS | {"all reports": reports}

# Those that are made of others are compared with some shapes only.
THOROUGH = {"edits", "fields: list"}
HARD = ("half equal", "random many", "one line")
CASES = [(differ, shape) for differ in DIFFERS for shape in HARD if differ not in THOROUGH]
CASES += [(differ, shape) for differ in THOROUGH for shape in SHAPES]
CASES += [("all reports", "moved half")]


def seconds(compare, shape, size):
    """Return the time of the process that a comparison takes."""
    old, new = ("\n".join(lines(size)) for lines in SHAPES[shape])
    return used(compare, old, new)


def used(work, *arguments):
    """Return the time of some work, without looking for garbage among all that the tests hold."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work(*arguments)
        return max(time.process_time() - start, SHORTEST)
    finally:
        gc.enable()


@pytest.mark.parametrize(("differ", "shape"), sorted(CASES))
def test_the_work_of_a_comparison_grows_with_its_size(differ, shape):
    """Whatever else the machine does must not disturb three measurements in a row."""
    compare = ALL_DIFFERS[differ]
    ratios = (seconds(compare, shape, LARGE) / seconds(compare, shape, SMALL) for _ in range(3))
    assert any(ratio < MOST for ratio in ratios)


def object_of(path, name, spec):
    value = manifest(spec, name)
    return Held(path, identity(value), value, suspicious=False)


# The specification of an object by its number, for both sides.
OBJECTS = {
    "all alike": lambda at: {"a": at * 0, "b": 2},
    "nearly alike": lambda at: {"a": 1, "b": 2, "c": at},
    "all different": lambda at: {"a": at, "b": -at},
    "few large": lambda at: {"list": list(range(at % 2 * 100))},
}


def many_objects(prefix, spec, size):
    return [object_of(f"{prefix}-{at}", f"{prefix}-{at}", spec(at)) for at in range(size >> 6)]


@pytest.mark.parametrize("shape", OBJECTS)
@pytest.mark.parametrize("compare", [renames, pair])
def test_the_work_of_finding_objects_again_grows_with_their_number(compare, shape):
    def seconds(size):
        gone, come = (many_objects(name, OBJECTS[shape], size) for name in ("old", "new"))
        return used(compare, gone, come)

    ratios = (seconds(LARGE) / seconds(SMALL) for _ in range(3))
    assert any(ratio < MOST for ratio in ratios)
