"""How the time of a function grows with its input, and the inputs that make bad ones grow fast."""

import gc
import importlib
import pkgutil
import re
import time
from contextlib import suppress
from functools import _lru_cache_wrapper
from inspect import signature
from re import _constants as codes
from re import _parser as parser

import msgspec
from msgspec import inspect

import kure_hooks

MOST = 3
"""A doubled input may take so many times as long."""

# Ends at which an expression fails, the second one also where it takes anything in a line.
_TAILS = ("\x00!", "\n!")
_UNITS = ("a", "0", "A", " ", "\n", "-", ".", ":", "/", "_", '"', "\\", "a ", "0.", "a-", "\\'")


def modules():
    """Return all modules of the package."""
    names = [each.name for each in pkgutil.walk_packages(kure_hooks.__path__, "kure_hooks.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def patterns():
    """Return all expressions of the package by where they are: of modules, classes and types."""
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in _inside(value, module.__name__):
                found.setdefault(pattern, f"{module.__name__}.{name}")
    return {name: pattern for pattern, name in found.items() if "kure_hooks" in name}


def _inside(value, home, depth=4):
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, type) and value.__module__ == home and depth:
        if issubclass(value, msgspec.Struct):
            # msgspec itself can't decode into a type with names that are known to checkers alone,
            # nor into one of two structs that nothing tells apart: neither is read from a file.
            with suppress(NameError, TypeError):
                yield from _of_type(inspect.type_info(value))
        for each in vars(value).values():
            yield from _inside(each, home, depth - 1)
    elif isinstance(value, _lru_cache_wrapper) and not signature(value).parameters:
        yield from _inside(value(), home, depth - 1)
    elif isinstance(value, dict) and depth:
        yield from (each for pair in value.items() for each in _inside(pair, home, depth - 1))
    elif isinstance(value, (tuple, list, frozenset, set)) and depth:
        yield from (found for each in value for found in _inside(each, home, depth - 1))


def _of_type(info, seen=None):
    """Yield what msgspec matches the texts of a type with."""
    seen = seen if seen is not None else set()
    if isinstance(info, inspect.StructType):
        if info.cls in seen:
            return
        seen.add(info.cls)
    if pattern := getattr(info, "pattern", None):
        yield re.compile(pattern)
    for name in ("type", "item_type", "key_type", "value_type"):
        if isinstance(below := getattr(info, name, None), inspect.Type):
            yield from _of_type(below, seen)
    for field in getattr(info, "fields", ()):
        yield from _of_type(field.type, seen)
    for below in getattr(info, "types", ()):
        yield from _of_type(below, seen)


def attacks(pattern):
    """Yield beginnings, units and ends of texts that an expression is likely to be slow with.

    Units are usual ones, literal runs of the expression itself, such runs with something between
    them, and each single character that it names anywhere.
    """
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    runs = list(dict.fromkeys(_literals(parser.parse(source, pattern.flags & ~re.UNICODE))))
    units = list(dict.fromkeys([*_UNITS, *runs[:8], *("".join(runs[i : i + 2]) for i in range(6))]))
    for head in ("", *runs[:2], "".join(runs[:2])):
        for unit in filter(None, units):
            yield head, unit, _TAILS[0]
    alphabet = dict.fromkeys(character for run in runs for character in run)
    apart = (f"{run}{between}" for run in runs[:4] if len(run) > 1 for between in "/:.")
    for unit in filter(None, dict.fromkeys([*alphabet, *apart, "".join(runs)[:100], "0.", "a."])):
        for tail in _TAILS:
            if unit not in units or tail != _TAILS[0]:
                yield "", unit, tail


def _literals(parsed):
    """Yield the literal runs of an expression, and one character of each of its classes."""
    run = ""
    for code, argument in parsed:
        if code is codes.LITERAL:
            run += chr(argument)
            continue
        if run:
            yield run
            run = ""
        yield from _literals_inside(code, argument)
    if run:
        yield run


def _literals_inside(code, argument):
    if code is codes.IN:
        for inner, value in argument:
            if inner is codes.LITERAL:
                yield chr(value)
            elif inner is codes.RANGE:
                yield chr(value[0])
    elif code is codes.BRANCH:
        for branch in argument[1]:
            yield from _literals(branch)
    elif isinstance(argument, parser.SubPattern):
        yield from _literals(argument)
    elif isinstance(argument, tuple):
        yield from (text for each in argument for text in _nested(each))


def _nested(value):
    return _literals(value) if isinstance(value, parser.SubPattern) else ()


def repeated(head, unit, size, tail=_TAILS[0]):
    """Return a text of about so many characters."""
    return head + unit * (size // len(unit)) + tail


def seconds(work, argument, times=3):
    """Return the least time that some work on an argument took."""
    gc.disable()
    try:
        return min(_once(work, argument) for _ in range(times))
    finally:
        gc.enable()


def _once(work, argument):
    start = time.process_time()
    work(argument)
    return time.process_time() - start


def growth(work, text_of, sizes):
    """Return the greatest factor by which time grows from one size to the next, two to a doubling.

    What takes no time worth measuring does not grow. The search ends with the first proof, which
    several measurements have to agree on: whatever else the machine does disturbs one of them.
    """
    worst, last = 0.0, None
    for size in sizes:
        took = seconds(work, text_of(size))
        if last is not None and took > 0.002:
            worst = max(worst, took / max(last, 0.0005))
        if worst > MOST:
            worst = min(_factor(work, text_of, size) for _ in range(4))
            if worst > MOST:
                break
        last = took
    return worst


def _factor(work, text_of, size):
    took, half = seconds(work, text_of(size), 5), seconds(work, text_of(size // 2), 5)
    return took / max(half, 0.0005)
