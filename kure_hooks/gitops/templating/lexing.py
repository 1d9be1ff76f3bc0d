"""The tokens of Go templates (text/template of Go 1.26)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kure_hooks.gitops.templating.values import TemplateError, UnknownError

_OPENING = re.compile(r"\{\{(-(?=[ \t\r\n]))?")
_COMMENT = re.compile(r"(?<![ \t\r\n])[ \t\r\n]*+/\*")
_COMMENT_END = re.compile(r"\*/([ \t\r\n]-)?\}\}")
_SPACE = " \t\r\n"
_TOKEN = re.compile(
    r"""
    (?P<end>[ \t\r\n]++-\}\}|\}\})
  | (?P<space>[ \t\r\n]++)
  | (?P<text>"(?:[^"\\\n]|\\.)*+")
  | (?P<raw>`[^`]*+`)
  | (?P<number>[+-]?[0-9]++(?:\.[0-9]++)?+(?![\w.]))
  | (?P<variable>\$\w*+)
  | (?P<field>\.[^\W\d]\w*+)
  | (?P<dot>\.(?![\w]))
  | (?P<name>[^\W\d]\w*+)
  | (?P<mark>:=|=|\||\(|\)|,)
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """A part of an action: its kind, as the pattern of tokens names it, and its text."""

    kind: str
    text: str


def parts(template: str) -> Iterator[str | list[Token]]:
    """Yield the texts and the actions, trimmed as their marks say."""
    at, trims = 0, False
    while opening := _OPENING.search(template, at):
        text = template[at : opening.start()]
        text = text.lstrip(_SPACE) if trims else text
        yield text.rstrip(_SPACE) if opening[1] else text
        at = opening.end()
        if comment := _COMMENT.match(template, at):
            end = _COMMENT_END.search(template, comment.end())
            if end is None:
                message = "has a template with a comment that doesn't end"
                raise TemplateError(message)
            at, trims = end.end(), bool(end[1])
            continue
        tokens, at, trims = _action(template, at)
        yield tokens
    yield template[at:].lstrip(_SPACE) if trims else template[at:]


def _action(template: str, at: int) -> tuple[list[Token], int, bool]:
    """Return the tokens of an action, the place behind it, and whether it trims what follows."""
    tokens: list[Token] = []
    while token := _TOKEN.match(template, at):
        at = token.end()
        kind = str(token.lastgroup)
        if kind == "end":
            return tokens, at, token[0] != "}}"
        tokens.append(Token(kind, token[0]))
    if at >= len(template):
        message = "has a template with {{ and no }} after it"
        raise TemplateError(message)
    if template[at] == "}":
        message = "has a template with {{ and only one } after it"
        raise TemplateError(message)
    message = f"has a template with {template[at : at + 10]!r}, which is not followed here"
    raise UnknownError(message)
