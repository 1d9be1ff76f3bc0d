"""Faults of jq expressions, as far as they show without a parser (gojq 0.12, as in Argo CD 3.5).

Only what no version of jq can read is told: strings and brackets that do not end, characters that
jq has no use for, and operators that lack a side.
"""

import re
from collections.abc import Iterator, Sequence

LONGEST = 20_000
"""So many characters are looked at; a longer expression is taken for right."""

_TOKEN = re.compile(
    r"""
    (?P<blank> \s++ | \#[^\n]*+ )
  | (?P<text> ")
  | (?P<word> [A-Za-z_][A-Za-z0-9_]*+(?:::[A-Za-z_][A-Za-z0-9_]*+)*+ )
  | (?P<number> \.?[0-9][0-9.]*+(?:[eE][+-]?[0-9]++)?+ )
  | (?P<name> \$[A-Za-z_][A-Za-z0-9_:]*+ | @[A-Za-z0-9_]++ )
  | (?P<field> \.[A-Za-z_][A-Za-z0-9_]*+ )
  | (?P<operator> \?//=? | //=? | \|= | [-+*/%]= | [=!<>]= | [|,=<>*/%+-] )
  | (?P<open> [(\[{] )
  | (?P<close> [)\]}] )
  | (?P<other> \.\.? | [?:;] )
    """,
    re.VERBOSE,
)
_STEP = re.compile(r'(?<!\s)\s*+["\[A-Za-z_#]')
_PAIRS = {")": "(", "]": "[", "}": "{"}
_UNARY = frozenset("+-")
# `?//` may have blanks around it, and a comma may end an object for some versions of jq.
_LENIENT = frozenset({"?//", ","})

Token = tuple[str, str]


def fault(expression: str) -> str | None:
    """Return the end of the sentence `the expression ...` that says why jq can't read it."""
    if len(expression) > LONGEST:
        return None
    if not expression.strip():
        return "is empty"
    try:
        return _structure(list(_tokens(expression)))
    except ValueError as error:
        return str(error)


def _tokens(text: str) -> Iterator[Token]:
    """Yield the tokens; a string is one, whose interpolations are looked at on their own.

    Raises ValueError with the fault where something is no token.
    """
    at = 0
    can_go_on = False
    comment = False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"has {_quoted(text[at])}, which means nothing to jq")
        kind = str(match.lastgroup)
        at = match.end()
        if can_go_on and match[0] == "." and not _STEP.match(text, at):
            raise ValueError("has no name after a dot")
        can_go_on = kind == "field" or match[0] == "]"
        if kind == "text":
            at = _string_end(text, at)
        comment = match[0].startswith("#")
        if kind != "blank":
            yield kind, match[0]
    if comment:
        raise ValueError("ends with a comment, which hides the bracket that Argo CD adds")


def _string_end(text: str, at: int) -> int:
    """Return the place after a string that begins before `at`."""
    brackets = [0]  # that are open in the interpolation of each string; none within the string
    while at < len(text):
        character = text[at]
        if character == "\\" and brackets[-1] == 0:
            brackets[-1] = int(text[at + 1 : at + 2] == "(")
            at += 1
        elif character == '"' and brackets[-1]:
            brackets.append(0)
        elif character == '"':
            brackets.pop()
            if not brackets:
                return at + 1
        elif brackets[-1]:
            brackets[-1] += {"(": 1, ")": -1}.get(character, 0)
        at += 1
    raise ValueError("has a string that does not end")


def _structure(tokens: Sequence[Token]) -> str | None:
    """Return what is wrong with brackets and operators."""
    waiting: list[str] = []
    before: Token = ("open", "")
    for kind, token in tokens:
        if kind == "operator" and _lacks_left(before, token):
            return f"has nothing before {_quoted(token)}"
        if kind != "operator" and _lacks_right(before, kind):
            return f"has nothing after {_quoted(before[1])}"
        if kind == "open":
            waiting.append(token)
        elif kind == "close":
            if not waiting:
                return f"has {_quoted(token)} without {_quoted(_PAIRS[token])}"
            if waiting[-1] != _PAIRS[token]:
                return f"closes {_quoted(waiting[-1])} with {_quoted(token)}"
            waiting.pop()
        before = (kind, token)
    if waiting:
        return f"does not close {_quoted(waiting[-1])}"
    return f"has nothing after {_quoted(before[1])}" if before[0] == "operator" else None


def _lacks_left(before: Token, token: str) -> bool:
    """Tell whether an operator follows something that is no value."""
    if token in _UNARY or token in _LENIENT:
        return False
    kind, text = before
    return kind == "open" or (kind == "operator" and text not in _LENIENT) or text == ";"


def _lacks_right(before: Token, kind: str) -> bool:
    return before[0] == "operator" and before[1] not in _LENIENT and kind == "close"


def _quoted(text: str) -> str:
    return "a single quote" if text == "'" else f"`{text}`"
