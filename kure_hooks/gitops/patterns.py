"""Patterns of Argo CD for the paths of a repository (Argo CD 3.5), and those of Go and git below.

Their expressions never go back further than one `*`, so that the work is bounded by the product of
the lengths of pattern and path.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from kure_hooks.files.paths import is_below

_LONGEST = 1_000
_CLASS = re.compile(r"\A\[(?P<not>[!^])?(?P<items>\]?(?:\\.|[^\]\\])*+)\]", re.DOTALL)
_CHARACTER = re.compile(r"\\?(.)")
_SPECIAL = re.compile(r"[*?\[\\]")
_NAMED_CLASS = "[:"
_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST_BRACES = 200
_MOST_WORK = 1 << 20


class PatternError(Exception):
    """A pattern that is none."""


def matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern of Go's path.Match is for a path.

    `*`, `?` and classes stay within a segment. PatternError for what is none, if it has as many
    segments as the path.
    """
    patterns, names = pattern.split("/"), path.split("/")
    if len(patterns) != len(names):
        return False
    expressions = [_expression(part, deep=False) for part in patterns]
    return all(expression(name) for expression, name in zip(expressions, names, strict=True))


def literal(pattern: str) -> str:
    """Return the beginning of a pattern in which nothing but a character itself matches it."""
    return _SPECIAL.split(pattern, maxsplit=1)[0]


def select(pathspec: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that `git ls-files` lists for a path or pattern, `*` for slashes as well.

    A directory stands for all in it. Raises PatternError for a pathspec with magic.
    """
    if pathspec.startswith(":"):
        raise PatternError(pathspec)
    parts = [part for part in pathspec.split("/") if part not in ("", ".")]
    if ".." in parts or pathspec.startswith("/"):
        raise PatternError(pathspec)
    plain = "/".join(parts)
    if not plain:
        return list(paths)
    is_for = _expression(plain + ("/" if pathspec.endswith("/") else ""), deep=True)
    return [path for path in paths if is_below(path, plain) or is_for(path)]


class _Expression:
    """A pattern as the parts between its stars, each a list of sets of characters."""

    def __init__(self, pattern: str, *, deep: bool) -> None:
        self.length = len(pattern)
        self._parts = [re.compile("".join(part), re.DOTALL) for part in _parts(pattern, deep=deep)]

    def __call__(self, text: str) -> bool:
        first, *rest = self._parts
        start = first.match(text)
        if start is None:
            return False
        if not rest:
            return start.end() == len(text)
        at = start.end()
        for part in rest[:-1]:
            step = part.search(text, at)
            if step is None:
                return False
            at = step.end()
        return any(
            last.end() == len(text)
            for place in range(at, len(text) + 1)
            if (last := rest[-1].match(text, place))
        )


@lru_cache(maxsize=1 << 10)
def _expression(pattern: str, *, deep: bool) -> _Expression:
    if len(pattern) > _LONGEST:
        raise PatternError(pattern)
    return _Expression(pattern, deep=deep)


def _parts(pattern: str, *, deep: bool) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*":
            parts.append([])
        elif character == "?":
            parts[-1].append(".")
        elif character == "[":
            written = _CLASS.match(pattern[at - 1 :])
            if written is None or _NAMED_CLASS in written["items"]:
                raise PatternError(pattern)
            parts[-1].append(_class(written, deep=deep))
            at += written.end() - 1
        elif character == "\\":
            if at == len(pattern):
                raise PatternError(pattern)
            parts[-1].append(re.escape(pattern[at]))
            at += 1
        else:
            parts[-1].append(re.escape(character))
    return parts


def _class(written: re.Match[str], *, deep: bool) -> str:
    """Return a class of characters as Python writes it; Go negates with `^` alone."""
    sign, items = written["not"] or "", written["items"]
    if sign == "!" and not deep:
        sign, items = "", f"!{items}"
    if not items or (items.startswith("]") and not deep):
        raise PatternError(written[0])
    plain = _CHARACTER.sub(lambda item: item[1] if item[1] == "-" else re.escape(item[1]), items)
    try:
        re.compile(f"[{plain}]")
    except re.error as error:
        raise PatternError(written[0]) from error
    return f"[{'^' if sign else ''}{plain}]"


def is_taken(pattern: str, path: str) -> bool:
    """Tell whether `include` or `exclude` of a directory is for a path in it (gobwas/glob 0.2).

    `*` is for slashes as well, and `{a,b}` for either. Raises PatternError for what is none.
    """
    expressions = _alternatives(pattern)
    if expressions is None:
        raise PatternError(pattern)
    return any(expression(path) for expression in expressions)


def effort(pattern: str) -> int:
    """Return the characters of all patterns that one for `is_taken` stands for."""
    return sum(expression.length for expression in _alternatives(pattern) or ())


@lru_cache(maxsize=1 << 8)
def _alternatives(pattern: str) -> tuple[_Expression, ...] | None:
    """Return the expressions of a pattern with braces, None for one that is none."""
    try:
        return tuple(_expression(plain, deep=True) for plain in _without_braces(pattern))
    except PatternError:
        return None


def _without_braces(pattern: str) -> list[str]:
    """Return the patterns that one with braces stands for, innermost braces first."""
    waiting, plain, work = [pattern], [], 0
    while waiting:
        item = waiting.pop()
        work += len(item)
        braces = _BRACES.search(item)
        if braces is None:
            plain.append(item)
            continue
        waiting += [
            item[: braces.start()] + one + item[braces.end() :] for one in braces[1].split(",")
        ]
        if len(waiting) + len(plain) > _MOST_BRACES or work > _MOST_WORK:
            raise PatternError(pattern)
    return plain
