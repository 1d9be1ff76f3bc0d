"""Expressions in CEL, parsed by cel-expr-python where it is installed (the extra `cel`)."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_SYNTAX = "Syntax error: "


def expression_problems(
    expressions: Iterable[tuple[Pointer, str | None]],
) -> Iterator[Problem]:
    """Yield why texts are no expressions: where each is, what is wrong and what is expected.

    Only the syntax is looked at; names and types are known on the cluster alone.
    """
    for pointer, text in expressions:
        if text and (problem := _problem(text)):
            yield pointer, f"this is no CEL: {problem}", "an expression such as a.b == 'c'"


def _problem(text: str) -> str:
    environment = _environment()
    if environment is None or "${" in text:
        return ""
    try:
        environment.compile(text, disable_check=True)
    except RuntimeError as error:
        _, syntax, reason = str(error).partition(_SYNTAX)
        return shown(reason.partition("\n")[0].partition(" expecting {")[0], 200) if syntax else ""
    return ""


@cache
def _environment() -> Any:
    """Return what parses, None where the library is not installed."""
    try:
        return import_module("cel_expr_python.cel").NewEnv()
    except ImportError:
        return None
