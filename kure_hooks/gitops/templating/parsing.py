"""The syntax of Go templates (text/template of Go 1.26), without templates in templates."""

import re
from dataclasses import dataclass
from typing import Any

from kure_hooks.gitops.templating.lexing import Token, parts
from kure_hooks.gitops.templating.values import TemplateError, UnknownError

# So deep may parentheses and blocks be in each other, and so long may a template be.
_DEEPEST = 30
_LONGEST = 1 << 16
_LONGEST_NUMBER = 18

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"'}
_ESCAPE = re.compile(r"\\(.)")
_UNFOLLOWED = frozenset({"define", "template", "block", "break", "continue"})
_KEYWORDS = frozenset({"if", "with", "range", "else", "end"}) | _UNFOLLOWED
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "nil": None}


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """Fields below the dot, below a variable, or below the value of a pipeline."""

    base: "str | Pipeline"
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a function."""

    name: str


Operand = Literal | Path | Name


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each of which takes the result of the one before as its last argument."""

    commands: tuple[tuple[Operand, ...], ...]
    declared: tuple[str, ...] = ()
    assigns: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """An `if`, `with` or `range`."""

    keyword: str
    pipeline: Pipeline
    body: "tuple[Node, ...]"
    otherwise: "tuple[Node, ...]" = ()


Node = str | Pipeline | Block


def parse(template: str) -> tuple[Node, ...]:
    """Return the nodes of a template: texts, pipelines and blocks.

    Raises TemplateError for a template that Go refuses, UnknownError for one that is not followed.
    """
    if len(template) > _LONGEST:
        message = f"has a template of more than {_LONGEST:,} characters"
        raise UnknownError(message)
    parser = _Parser(list(parts(template)))
    nodes, ending = parser.nodes(0)
    if ending is not None:
        message = f"has a template with {{{{{ending}}}}} that ends nothing"
        raise TemplateError(message)
    return nodes


class _Parser:
    """The parts of a template, read one by one."""

    def __init__(self, parts: list[str | list[Token]]) -> None:
        self._parts = parts
        self._at = 0
        self._action = _Action([])  # the last one that was read

    def nodes(self, depth: int) -> tuple[tuple[Node, ...], str | None]:
        """Return the nodes up to `else` or `end`, and that action's words, None at the end."""
        if depth > _DEEPEST:
            message = f"has a template with more than {_DEEPEST} blocks in each other"
            raise UnknownError(message)
        nodes: list[Node] = []
        while self._at < len(self._parts):
            part = self._parts[self._at]
            self._at += 1
            if isinstance(part, str):
                nodes += [part] if part else []
                continue
            self._action = action = _Action(part)
            keyword = action.keyword()
            if keyword in ("else", "end"):
                is_chained = keyword == "else" and not action.is_over()
                return tuple(nodes), "else if" if is_chained else keyword
            nodes.append(self._block(keyword, action, depth) if keyword else action.pipeline())
        return tuple(nodes), None

    def _block(self, keyword: str, action: "_Action", depth: int) -> Block:
        pipeline = action.pipeline(ranges=keyword == "range")
        body, ending = self.nodes(depth + 1)
        otherwise: tuple[Node, ...] = ()
        if ending == "else if":
            following = self._action
            inner = following.keyword()
            if inner not in ("if", "with") or keyword == "range":
                message = "has a template with {{else}} that is not followed here"
                raise UnknownError(message)
            return Block(keyword, pipeline, body, (self._block(inner, following, depth + 1),))
        if ending == "else":
            otherwise, ending = self.nodes(depth + 1)
        if ending != "end":
            message = f"has a template with {{{{{keyword}}}}} and no {{{{end}}}}"
            raise TemplateError(message)
        return Block(keyword, pipeline, body, otherwise)


class _Action:
    """The tokens of one action, read one by one."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def keyword(self) -> str:
        """Return the keyword that comes next and pass it; empty where there is none."""
        self._skip()
        kind, text = self._next()
        if kind != "name" or text not in _KEYWORDS:
            return ""
        if text in _UNFOLLOWED:
            message = f"has a template with {{{{{text}}}}}, which is not followed here"
            raise UnknownError(message)
        self._at += 1
        return text

    def is_over(self) -> bool:
        """Tell whether nothing comes any more."""
        self._skip()
        return self._at == len(self._tokens)

    def pipeline(self, *, ranges: bool = False, depth: int = 0) -> Pipeline:
        """Return the pipeline that comes next, to the end or to a closing parenthesis."""
        if depth > _DEEPEST:
            message = f"has a template with more than {_DEEPEST} parentheses in each other"
            raise UnknownError(message)
        declared, assigns = self._declared(ranges=ranges)
        commands: list[tuple[Operand, ...]] = [self._command(depth)]
        while self._take("|"):
            commands.append(self._command(depth))
        if depth == 0 and not self.is_over():
            message = "has a template that Go can't read"
            raise TemplateError(message)
        return Pipeline(tuple(commands), declared, assigns)

    def _declared(self, *, ranges: bool) -> tuple[tuple[str, ...], bool]:
        self._skip()
        start = self._at
        names: list[str] = []
        while self._next().kind == "variable":
            names.append(self._next().text)
            self._at += 1
            self._skip()
            mark = self._next().text
            if mark in (":=", "="):
                self._at += 1
                return tuple(names), mark == "="
            if not (ranges and mark == "," and len(names) == 1):
                break
            self._at += 1
            self._skip()
        self._at = start
        return (), False

    def _command(self, depth: int) -> tuple[Operand, ...]:
        operands: list[Operand] = []
        self._skip()
        while self._at < len(self._tokens) and self._next().text not in ("|", ")"):
            operands.append(self._operand(depth))
            if not (self._skip() or self._next().text in ("|", ")", "")):
                message = "has a template that Go can't read: two values without space"
                raise TemplateError(message)
        if not operands:
            message = "has a template with an empty command, which is not followed here"
            raise UnknownError(message)
        return tuple(operands)

    def _operand(self, depth: int) -> Operand:
        kind, text = self._next()
        self._at += 1
        if kind in ("dot", "field", "variable"):
            fields = (text[1:],) if kind == "field" else ()
            return Path(text if kind == "variable" else "", (*fields, *self._fields(kind)))
        if kind in ("text", "raw", "number", "name"):
            return _single(kind, text)
        if text == "(":
            inner = self.pipeline(depth=depth + 1)
            if not self._take(")"):
                message = "has a template with ( and no ) after it"
                raise TemplateError(message)
            return Path(inner, self._fields("pipeline"))
        message = f"has a template with {text!r} where a value has to be"
        raise TemplateError(message)

    def _fields(self, kind: str) -> tuple[str, ...]:
        fields: list[str] = []
        while kind != "dot" and self._next().kind == "field":
            fields.append(self._next().text[1:])
            self._at += 1
        return tuple(fields)

    def _take(self, mark: str) -> bool:
        self._skip()
        if self._next() != ("mark", mark):
            return False
        self._at += 1
        return True

    def _skip(self) -> bool:
        start = self._at
        while self._next().kind == "space":
            self._at += 1
        return self._at > start

    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("", "")


def _single(kind: str, text: str) -> Operand:
    """Return the operand that is one token: a constant or the name of a function."""
    match kind:
        case "text":
            return Literal(_unquoted(text))
        case "raw":
            return Literal(text[1:-1].replace("\r", ""))
        case "number":
            return Literal(_number(text))
    if text in _CONSTANTS:
        return Literal(_CONSTANTS[text])
    if text in _KEYWORDS:
        message = f"has a template with {text} where a value has to be"
        raise TemplateError(message)
    return Name(text)


def _number(text: str) -> float | int:
    if len(text) > _LONGEST_NUMBER:
        message = "has a template with a number that is too long to follow"
        raise UnknownError(message)
    return float(text) if "." in text else int(text)


def _unquoted(text: str) -> str:
    if any(escape not in _ESCAPES for escape in _ESCAPE.findall(text)):
        message = "has a template with an escape that is not followed here"
        raise UnknownError(message)
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape[1]], text[1:-1])
