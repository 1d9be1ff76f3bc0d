"""Untrusted text in Markdown, as code: it is shown as it is and does nothing."""

import re
from collections.abc import Iterable
from html import escape

from kure_hooks.safe_text import inert_inside, visible

_TICKS = re.compile("`+")


def code(text: str) -> str:
    """Return a code span, for a line of Markdown that is in no table."""
    shown = inert_inside(visible(text)) or '""'
    ticks = "`" * (_longest_run([shown]) + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def cell(text: str) -> str:
    r"""Return a code span for a cell of a table, with each `|` as `\x7c`; empty for no text.

    Escaped with a backslash it would end the cell for some parsers when another one is before it.
    """
    return code(text.replace("|", r"\x7c")) if text else ""


def html(text: str) -> str:
    """Return an element for a block of HTML; in a line of Markdown it would not be inert."""
    return f"<code>{escape(inert_inside(visible(text)))}</code>"


def fence(lines: Iterable[str]) -> str:
    """Return a fence that none of the lines can close."""
    return "`" * max(_longest_run(lines) + 1, 3)


def _longest_run(lines: Iterable[str]) -> int:
    return max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
