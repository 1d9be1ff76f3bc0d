"""Secrets in what scripts and configurations write over several lines.

Here-documents and here-strings of shells, blocks of Terraform, explicit keys of YAML.
"""

import re
from collections.abc import Iterator

from kure_hooks.secrecy.assignments import KEPT, Reveals, explicit_keys
from kure_hooks.secrecy.quoting import bracket_end, line_end, matched_end, quoted
from kure_hooks.secrecy.secret_names import ends_in_secret, names_secret
from kure_hooks.secrecy.shapes import Span

# The word of a here-document is in quotes or in capitals; `tokens << token` is none, and neither is
# a string of Erlang.
_HERE = re.compile(
    r"<<(?:(?P<string><[ \t]*+)|[-~]?+[ \t]*+(?:(?P<quote>[\"'])(?P<quoted>\w++)(?P=quote)(?!>)"
    r"|\\?+(?P<word>(?:[A-Z_][A-Z0-9_]*+|eof|end)\b)))"
)
# What reads a secret, from its standard input.
_READERS = frozenset(("chpasswd", "passwd", "login", "smbpasswd", "ssh-add", "cryptsetup"))
# `$TOKEN` is the use of a variable, not its name.
_WORDS = re.compile(r"(?<![\w.$-])(?<!\$\{)[\w.-]++")
_STRING = re.compile(r"[^\s;&|)]++")

_BLOCK = re.compile(
    r"^[ \t]*+(?:variable|output)[ \t]++\"(?P<name>[^\"\n]++)\"[ \t]*+(?=\{)", re.MULTILINE
)
_SENSITIVE = re.compile(r"^[ \t]*+sensitive[ \t]*+=[ \t]*+true\b", re.MULTILINE)
_VALUE = re.compile(r"^[ \t]*+(?:default|value)[ \t]*+=[ \t]*+", re.MULTILINE)
# So far before a here-document its command may begin.
_COMMAND = 500


def scripts(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield the secrets of here-documents, blocks and explicit keys, in no order."""
    if "<<" in text:
        yield from _documents(text, reveals)
    if "variable" in text or "output" in text:
        yield from _blocks(text, reveals)
    if "? " in text:
        yield from explicit_keys(text, reveals)


def _documents(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield what is given to the first `<<` of each line, if the line tells that it is a secret."""
    at = 0
    while match := _HERE.search(text, at):
        line = max(text.rfind("\n", at, match.start()) + 1, match.start() - _COMMAND)
        at = line_end(text, match.end())
        words = _WORDS.findall(text[line : min(at, match.end() + _COMMAND)])
        if not any(_takes_secret(word) and not reveals(word) for word in words):
            continue
        if match["string"] is not None:
            start = match.end("string")
            end = matched_end(_STRING, text, start)
            if text[start : start + 1] in ("'", '"'):
                start, end, _ = quoted(text, start)
            if not KEPT.match(text, start):
                yield Span(start, end)
        elif at < len(text):
            start, at = at + 1, _closing(text, at, match["word"] or match["quoted"])
            yield Span(start, max(at, start))


def _closing(text: str, at: int, word: str) -> int:
    """Return where the last line ends before the one with nothing but a word."""
    while at < len(text):
        end = line_end(text, at + 1)
        if text[at + 1 : end].strip(" \t\r") == word:
            return at
        at = end
    return at


def _takes_secret(word: str) -> bool:
    lower = word.lower().removesuffix(".txt")
    return lower in _READERS or lower.endswith("password-stdin") or ends_in_secret(lower)


def _blocks(text: str, reveals: Reveals) -> Iterator[Span]:
    at = 0
    while match := _BLOCK.search(text, at):
        name = match["name"]
        at, _ = bracket_end(text, match.end())
        named = names_secret(name) and not reveals(name)
        if not (named or _SENSITIVE.search(text, match.end(), at)):
            continue
        for value in _VALUE.finditer(text, match.end(), at):
            start, end = value.end(), line_end(text, value.end())
            if text[start : start + 1] in ("{", "["):
                end = min(bracket_end(text, start)[0], at)
            elif text[start : start + 1] == '"':
                start, end, _ = quoted(text, start)
            if not KEPT.match(text, start):
                yield Span(start, end, name)
