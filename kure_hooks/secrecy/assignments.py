r"""Secrets that a text gives to a name: `password: x`, `TOKEN=x`, `--secret x`, `<token>x</token>`.

The text may be YAML, JSON, XML, TOML, a script or a log, or one of these as a string in another one
with its quotes escaped as `\"`. What follows a secret name is hidden up to where it certainly ends:
rather too much than too little. Every part of a text is looked at a fixed number of times.
"""

import re
from collections.abc import Callable, Iterator

from kure_hooks.secrecy.quoting import QUOTE, bracket_end, closing, line_end, matched_end, quoted
from kure_hooks.secrecy.secret_names import (
    LONGEST,
    SECRET_DATA,
    ends_in_secret,
    names_secret,
    secret_children,
)
from kure_hooks.secrecy.shapes import Span

# A name begins behind anything else, also behind the `\n` of a line in an escaped string.
_NAME = r"(?=[\w.-])(?:(?<![\w.\\-])|(?<=\\[nrtbf])|(?<=\\)(?![nrtbf]))(?P<name>[\w.-]++)"
# One of these is in every assignment, so that nothing is behind the last one.
_MARKS = (":", "=", "%3")
_ASSIGNMENT = re.compile(
    rf"{_NAME}(?P<closed>\\*+[\"'`]|%22|&quot;)?+(?:[\])]|}}(?=[ \t]*+=))?+[ \t]*+"
    r"(?P<sign>:=|=>|[+!]?={1,3}+|:|%3[AaDd])[ \t]*+"
)
# `"--password", "x"`, `define('DB_PASSWORD', 'x')`: both are quoted. Erlang: `{password, <<"x">>}`.
_ARGUMENT = re.compile(
    rf"{_NAME}(?:\\*+[\"'],[ \t]*+(?:default[ \t]?=[ \t]?)?+|,[ \t]*+(?:<<)?+(?<=<))(?=\\*+[\"'])"
)
# `? password`, with `: x` in the next line.
_EXPLICIT = re.compile(
    r"(?<!\S)\?[ \t]++[\"']?+(?P<name>[\w.-]++)(?P<closed>[\"'])?+[ \t]*+(?:\r?\n[ \t]*+)?+"
    r"(?P<sign>:)[ \t]++"
)
NAMES = frozenset(
    (
        *("name", "key", "id", "variable", "parameter", "field", "option", "header"),
        *("parameterkey", "parametername", "optionname", "envname"),
    )
)
VALUES = frozenset(
    (
        *("value", "val", "content", "defaultvalue", "default", "string"),
        *("parametervalue", "optionvalue", "envvalue"),
    )
)
_BEFORE = 8
# `API Key: x`: the last word of such a name does not tell it.
_TWO_WORDS = re.compile(r"(?i:(?<![\w.-])(?:api|access|private|secret|license|account)[ ])\Z")
_ANNOUNCED = re.compile(r"[\w.-]++")
# So many assignments may stand between a name and its value.
_APART = 3

_SECRET_KIND = re.compile(
    r"(?<![\w.-])kind(?:\\*+[\"'])?+[ \t]*+[:=][ \t]*+(?:\\*+[\"'])?+[Ss]ecret(?:List)?+(?![\w./-])"
)
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}+[ \t]*+(?:#[^\n]*+)?+\r?(?=\n|\Z)")
_EMPTY = re.compile(r"(?:#[^\n]*+)?+\r?(?=\n|\Z)")
# What is behind the colon of an image.
_TAG = re.compile(r"v?[0-9]{1,6}+\.[0-9]|latest\b|sha256:")
KEPT = re.compile(
    r"(?:(?<!\\)\\*+[\"'])?+(?:true|false|null|~|\$\([A-Za-z_][\w.]*+\)|\$\{[A-Za-z_][\w.]*+\})"
    r"(?=(?:\\*+[\"'])?+[ \t\r]*+(?:[,;}\])&#\n]|\Z))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![0-9.eE+-])-?[0-9][0-9.eE+-]*+(?=\s*+[,}\]])")
_GIVES = re.compile(r"(?<![ \t])[ \t]*+[:=]")
# A string of a shell may go on behind its quote: 'it'"'"'s'.
_GLUED = re.compile(r"[\w$\"'][^\s,;)}\]\\]++")
_OF_OPTION = re.compile(r"(?:[^\s\\]|\\[^\n])*+")
_OF_QUERY = re.compile(r"[^\s&\"'<>#\\]*+")
_CHILD = re.compile(
    r"(?:-[ \t]++){0,9}+(?:(?<!\\)\\*+[\"'])?+(?<![\w.-])(?P<name>[\w.-]++)"
    r"(?:\\*+[\"'])?+[ \t]*+[:=](?:[ \t]++|$)",
    re.MULTILINE,
)
_KEY = re.compile(r"(?<![\w.-])(?P<name>[\w.-]++)(?:\\*+[\"'])?+[ \t]*+[:=]")
_INDENT = re.compile(r"[ \t]*+(?:(?:#|//|\*)[ \t]*+)?+")
_LEAD = re.compile(rf"{_INDENT.pattern}(?:-[ \t]++)*+(?:(?<!\\)\\*+[\"'])?+")

Reveals = Callable[[str], bool]


def assignments(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield what a text gives to secret names, in no order; `reveals` names those to leave."""
    yield from _Assignments(text, reveals).spans()
    at, final = 0, text.rfind(",")
    while at <= final and (match := _ARGUMENT.search(text, at)):
        at = match.end()
        if names_secret(match["name"]) and not reveals(match["name"]):
            start, end, at = quoted(text, at)
            # Not the next key of `"name": "DB_PASSWORD", "value": ...`.
            if not _GIVES.match(text, at):
                yield Span(start, end, match["name"])


def explicit_keys(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield what YAML gives to the secret names that stand behind a `?`, in the next line."""
    walk = _Assignments(text, reveals)
    for match in _EXPLICIT.finditer(text):
        if names_secret(match["name"]) and not reveals(match["name"]):
            yield from walk.value(match)


class _Assignments:
    """A walk over all names that something is given to, from the first to the last."""

    def __init__(self, text: str, reveals: Reveals) -> None:
        self._text = text
        self._reveals = reveals
        self._manifest = "ecret" in text and _SECRET_KIND.search(text) is not None
        self._line = 0

    def spans(self) -> Iterator[Span]:
        """Yield what is given to secret names."""
        at, final = 0, max(map(self._text.rfind, _MARKS))
        pairs = _Pairs()
        while at <= final and (match := _ASSIGNMENT.search(self._text, at)):
            at = match.end()
            found: list[Span] = []
            lower = match["name"].lower().lstrip("-")
            if self._begins(match):
                pairs = _Pairs()
            if self._is_secret(match):
                found = list(self.value(match))
            elif lower in NAMES:
                for value in pairs.name(announces=self._announces(match)):
                    found += self.value(value)
            elif lower in VALUES and pairs.value(match):
                found = list(self.value(match))
            pairs.step()
            yield from found
            at = max([at, *(span.end for span in found)])

    def _begins(self, match: re.Match[str]) -> bool:
        """Tell whether a name is the first one of an item or an element."""
        before = self._text[max(0, match.start() - _BEFORE) : match.start()]
        return before.rstrip(" \t\"'\\")[-1:] in ("-", "{", "(")

    def _is_secret(self, match: re.Match[str]) -> bool:
        name = match["name"]
        if self._manifest and name in SECRET_DATA:
            return True
        if self._reveals(name) or not (names_secret(name) or self._is_key_of_two_words(match)):
            return False
        follows = self._text[match.end() - 1 : match.end() + 1]
        if match["sign"] != ":" or match["closed"] or follows[:1] != ":":
            return True
        # `password:x`, but neither `org/token-service:1.2` nor `secret://store`.
        path = self._text[match.start() - 1 : match.start()] == "/" or _TAG.match(
            self._text, match.end()
        )
        return follows[1:] != "/" and not path and (not follows[1:].strip() or ends_in_secret(name))

    def _is_key_of_two_words(self, match: re.Match[str]) -> bool:
        if match["name"].lower() not in ("key", "keys"):
            return False
        before = self._text[max(0, match.start() - _BEFORE - 1) : match.start()]
        return _TWO_WORDS.search(before) is not None

    def _announces(self, match: re.Match[str]) -> bool:
        """Tell whether what is given to a key such as `name` is a secret name."""
        at = match.end()
        if opening := QUOTE.match(self._text, at):
            at = opening.end()
        word = _ANNOUNCED.match(self._text, at, at + LONGEST)
        return word is not None and names_secret(word[0]) and not self._reveals(word[0])

    def value(self, match: re.Match[str]) -> Iterator[Span]:
        """Yield what is given to a name."""
        text, start, name = self._text, match.end(), match["name"]
        if KEPT.match(text, start):
            return
        if empty := _EMPTY.match(text, start):
            yield from self._children(empty.end(), match)
        elif block := _BLOCK.match(text, start):
            yield from self._scalar(block.end(), block.end(), match)
        elif text[start] in "[{":
            yield from self._collection(start, name)
        elif QUOTE.match(text, start):
            first, last, end = quoted(text, start)
            glued = _GLUED.match(text, end)
            yield Span(first, glued.end() if glued else last, name)
        else:
            yield from self._plain(match)

    def _plain(self, match: re.Match[str]) -> Iterator[Span]:
        """Yield a value without quotes: up to the end of the line, unless it surely ends before."""
        text, start, name = self._text, match.end(), match["name"]
        before = text[max(0, match.start() - 5) : match.start()]
        if before.endswith(("?", "&", "&amp;")):
            yield Span(start, matched_end(_OF_QUERY, text, start), name)
            return
        if name.startswith("-") and match["sign"] == "=" and not before.endswith(('"', "'")):
            yield Span(start, matched_end(_OF_OPTION, text, start), name)
            return
        if match["closed"] and (number := _NUMBER.match(text, start)):
            yield Span(*number.span(), name)
            return
        end = line_end(text, start)
        opening = QUOTE.search(text, match.start() - len(before), match.start())
        if opening and opening.end() == match.start() and not match["closed"]:
            # The quote is around name and value: `-H "X-Token: x"`.
            close, _ = closing(text, start, opening["mark"], len(opening["level"]))
            yield Span(start, min(close, end), name)
            return
        while text.endswith("\\", start, end) and end < len(text):
            end = line_end(text, end + 1)
        if match["sign"] == ":":
            yield from self._scalar(start, end, match)
        else:
            yield Span(start, end, name)

    def _column(self, match: re.Match[str]) -> int:
        """Return the column of a name, or of its line if that begins with something else."""
        start = match.start()
        self._line = max(self._line, self._text.rfind("\n", self._line, start) + 1)
        lead = matched_end(_LEAD, self._text, self._line)
        if lead < start:
            return matched_end(_INDENT, self._text, self._line) - self._line
        return start - self._line - (self._text[start - 1 : start] in ("'", '"'))

    def _scalar(self, start: int, end: int, match: re.Match[str]) -> Iterator[Span]:
        """Yield a value that goes on in deeper lines."""
        lines = list(self._deeper(end, self._column(match), lists=False))
        if lines and start == end:
            start = lines[0][0]
        if lines or start < end:
            yield Span(start, lines[-1][1] if lines else end, match["name"])

    def _children(self, end: int, match: re.Match[str]) -> Iterator[Span]:
        """Yield the values in the lines below a name, unless their keys are harmless."""
        text, name = self._text, match["name"]
        lines = list(self._deeper(end, self._column(match), lists=True))
        keys = [_CHILD.match(text, *line) for line in lines]
        secret = secret_children(name, [key["name"] for key in keys if key])
        for (start, stop), key in zip(lines, keys, strict=True):
            if key is None:
                yield Span(start, stop, name)
            elif key["name"] in secret and key.end() < stop and not KEPT.match(text, key.end()):
                yield Span(key.end(), stop, key["name"])

    def _deeper(self, at: int, column: int, *, lists: bool) -> Iterator[tuple[int, int]]:
        """Yield start and end of the lines below that belong to what begins in a column."""
        while at < len(self._text):
            first, at = at + 1, line_end(self._text, at + 1)
            start = matched_end(_INDENT, self._text, first)
            if start >= at:
                continue
            level = start - first
            item = lists and self._text.startswith("- ", start)
            if level < column or (level == column and not item):
                return
            yield start, at

    def _collection(self, start: int, name: str) -> Iterator[Span]:
        """Yield what is in brackets, unless all keys are harmless; unclosed, they take the rest."""
        end, closed = bracket_end(self._text, start)
        keys = [match["name"] for match in _KEY.finditer(self._text, start, end)]
        if self._text[start + 1 : end - closed].strip() and (
            not keys or secret_children(name, keys)
        ):
            yield Span(start + 1, end - closed, name)


class _Pairs:
    """The names and values of the item at hand: `name: DB_PASSWORD, value: x` in either order."""

    def __init__(self) -> None:
        self._named = 0
        self._announced = False
        self._values: list[re.Match[str]] = []

    def name(self, *, announces: bool) -> list[re.Match[str]]:
        """Take a name; return the values before it that are secret because of it."""
        self._named, self._announced = _APART + 1, announces
        values, self._values = self._values, []
        return values if announces else []

    def value(self, match: re.Match[str]) -> bool:
        """Take a value; return whether a name before it makes it a secret."""
        if not self._named:
            self._values = [*self._values, match][-_APART:]
        return self._named > 0 and self._announced

    def step(self) -> None:
        """Go on to the next assignment."""
        self._named = max(self._named - 1, 0)
