"""Secrets in the columns of tables: CSV with any separator, Markdown, what psql prints, and PPP."""

import re
from collections.abc import Iterator

from kure_hooks.secrecy.assignments import KEPT, Reveals
from kure_hooks.secrecy.directives import is_no_word
from kure_hooks.secrecy.quoting import line_end
from kure_hooks.secrecy.secret_names import names_secret
from kure_hooks.secrecy.shapes import Span

# The name of a column: one or two words, perhaps in quotes or bold.
_NAME = r"[ ]*+[\"'`*]*+[A-Za-z_][\w.-]*+(?:[ ][\w.-]++)?+[\"'`*]*+[ ]*+"
_HEAD = re.compile(
    rf"^[ \t]*+(?:(?:#|//|>)[ \t]*+)?+(?P<cells>\|?+{_NAME}(?P<mark>[,;\t|]){_NAME}"
    rf"(?:[,;\t|]{_NAME})*+\|?+)[ \t\r]*+$",
    re.MULTILINE,
)
_CELLS = {
    mark: re.compile(rf"(?:\"(?:[^\"\n]|\"\")*+\"|[^\n\"\{mark}]|\")*+(?:\{mark}|(?=\n|\Z))")
    for mark in (",", ";", "\t", "|")
}
_RULE = re.compile(r"^[ \t|+:#>/=-]{3,}+\r?$", re.MULTILINE)

# `| password | x |`, the second of two cells beside each other.
_PAIR = re.compile(
    r"\|[ \t]*+[\"'`*]*+(?P<name>[A-Za-z_][\w.-]*+(?:[ ][\w.-]++)?+)[\"'`*]*+[ \t]*+"
    r"(?=\|[ \t]*+(?P<secret>[^|\n]++)\|)"
)

# The secrets of PPP: client, server, secret, addresses. The server is mostly any, a star.
_LOGIN = r"^[ \t]*+(?!#)(?:\"[^\"\n]++\"|[^\s\"]++)[ \t]++"
_THIRD = r"(?P<secret>\"[^\"\n]++\"|[^\s\"]++)"
_OF_PPP = re.compile(
    rf"{_LOGIN}\*[ \t]++{_THIRD}(?:[ \t]++(?:\*|-|[0-9a-fA-F.:/]++))++[ \t\r]*+$", re.MULTILINE
)
_HEAD_OF_PPP = re.compile(r"^[ \t]*+#[ \t]*+client[ \t]++server[ \t]++secret\b", re.MULTILINE)
_BELOW_HEAD = re.compile(rf"{_LOGIN}\S++[ \t]++{_THIRD}", re.MULTILINE)


def tables(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield the cells below and beside the names of secrets, in no order."""
    for pair in _PAIR.finditer(text):
        name = pair["name"].replace(" ", "_")
        if names_secret(name) and not reveals(pair["name"]) and is_no_word(pair["secret"].strip()):
            yield from _cell(text, *pair.span("secret"), pair["name"])
    yield from _logins(text)
    at, final = 0, max(map(text.rfind, _CELLS))
    while at <= final and (head := _HEAD.search(text, at)):
        at = head.end()
        mark = head["mark"]
        names = [name.strip(" \t\r\"'`*|") for name in head["cells"].strip("|").split(mark)]
        secret = [
            number
            for number, name in enumerate(names)
            if names_secret(name.replace(" ", "_")) and not reveals(name)
        ]
        if not secret:
            continue
        while at < len(text):
            start, end = at + 1, line_end(text, at + 1)
            if not _RULE.match(text, start):
                cells = _cells(text, start, end, mark)
                if len(cells) < len(names):
                    break
                for number in secret:
                    last = number if number + 1 < len(names) else len(cells) - 1
                    yield from _cell(text, cells[number][0], cells[last][1], names[number])
            at = end


def _logins(text: str) -> Iterator[Span]:
    """Yield the secrets of PPP, below the head of such a file or in lines that have its form."""
    if "secret" in text and (head := _HEAD_OF_PPP.search(text)):
        yield from (Span(*line.span("secret")) for line in _BELOW_HEAD.finditer(text, head.end()))
    for line in _OF_PPP.finditer(text) if "*" in text else ():
        if line["secret"].startswith('"') or is_no_word(line["secret"]):
            yield Span(*line.span("secret"))


def _cells(text: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    """Return where the cells of a row are; the border of a table is none."""
    pattern = _CELLS[mark]
    lead = len(text[start:end]) - len(text[start:end].lstrip(" #>/"))
    at = start + lead + (mark == "|" and text.startswith("|", start + lead))
    found = []
    while at < end and (match := pattern.match(text, at, end)) and match.end() > at:
        at = match.end()
        found.append((match.start(), at - text.startswith(mark, at - 1)))
    if mark == "\t" and text.startswith("\t", end - 1):
        found.append((end, end))
    return found


def _cell(text: str, start: int, end: int, name: str) -> Iterator[Span]:
    content = text[start:end].strip(" \t\r\"'`|")
    if content and not KEPT.fullmatch(content):
        first = text.index(content, start)
        yield Span(first, first + len(content), name)
