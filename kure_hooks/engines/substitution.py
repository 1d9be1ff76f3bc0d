"""Variables in texts, by the rules of Flux: what `postBuild.substitute` does in Flux 2.9.

The grammar is that of github.com/fluxcd/pkg/envsubst 1.8, in its strict mode: a variable that is
not defined is an error unless the expression has a default. `$name` without braces is left alone,
and `$${name}` is written for the text `${name}`.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from kure_hooks.engines.trimming import matched
from kure_hooks.engines.variables import Known

_START = re.compile(r"\$\$|\$\{")
_NAME = re.compile(r"\w+")
_OPERATOR = re.compile(r":[=?+-]|:|=|//|/#|/%|/|##|#|%%|%|,,|,|\^\^|\^")
_COLONS = re.compile(":+")
_SLASHES = re.compile("/+")

# Texts inside an expression end where another expression starts. Only those of a replacement have
# escapes.
_WORD = re.compile(r"(?:(?!\$\{)[^}])+")
_NUMBER = re.compile(r"(?:(?!\$\{)[^:}])+")
_PATTERN = re.compile(r"(?:\\[/\\]|\$\$|(?!\$\{)[^/])+")
_REPLACEMENT = re.compile(r"(?:\\[/\\]|\$\$|(?!\$\{)[^}])+")
_ESCAPE = re.compile(r"\\([/\\])|\$(\$)")

# No object and no file of a ConfigMap may be longer.
_MOST = 1 << 20
_LONGEST_PATTERN = 1_000

_DEFAULTS = frozenset({"=", ":=", ":-", ":?", ":+"})
# Go's Atoi refuses what 64 bits don't hold, and Python what has thousands of digits.
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


class SubstitutionError(Exception):
    """A text that Flux could not substitute either; the message completes `the text ...`."""


class UndefinedError(SubstitutionError):
    """A text refers to a variable that is not defined."""

    def __init__(self, name: str) -> None:
        super().__init__(f"refers to the variable {name}, which is not defined")
        self.name = name


class UnsupportedError(SubstitutionError):
    """A text that Flux may substitute, but nobody here can tell what comes out."""


class Anything(dict[str, str]):
    """Variables of which every name may be one."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return ""


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with all expressions replaced; SubstitutionError for what Flux refuses."""
    return _read(_Expressions(text, variables))


def substitute_known(text: str, known: Known) -> str:
    """Return the text with the expressions replaced that have only known variables.

    The others stay as they are. SubstitutionError for what Flux refuses whatever they stand for.
    """
    return _read(_KnownExpressions(text, known))


def _read(expressions: "_Expressions") -> str:
    try:
        return expressions.text()
    except RecursionError as error:
        raise UnsupportedError("has expressions that are nested too deep") from error


class _Expressions:
    """A text that is read from left to right."""

    def __init__(self, source: str, variables: Mapping[str, str]) -> None:
        self.source = source
        self.variables = variables
        self.at = 0

    def text(self) -> str:
        parts = []
        size = 0
        while found := _START.search(self.source, self.at):
            parts.append(self.source[self.at : found.start()])
            self.at = found.end()
            parts.append("$" if found[0] == "$$" else self.outermost())
            size += len(parts[-1])
            _refuse_long(size)
        return "".join(parts) + self.source[self.at :]

    def outermost(self) -> str:
        """Return what becomes of an expression that is in no other one."""
        return self.expression()

    def expression(self) -> str:
        """Return the value of the expression whose opening brace was just read."""
        if self.accept("#"):
            value = self.value(self.take(_NAME))
            self.close()
            return str(len(value.encode()))
        name = self.take(_NAME)
        if self.accept("}"):
            return self.value(name)
        operator = self.take(_OPERATOR)
        if operator in _DEFAULTS:
            default = self.words()
            return self.value_or_nothing(name) or default
        arguments = self.arguments(operator)
        self.close()
        return _APPLIED[operator](self.value(name), arguments)

    def words(self) -> str:
        """Return the rest of an expression, texts and expressions in any order."""
        parts = []
        size = 0
        while not self.accept("}"):
            parts.append(self.word(_WORD))
            size += len(parts[-1])
            _refuse_long(size)
        return "".join(parts)

    def arguments(self, operator: str) -> list[str]:
        if operator == ":":
            first = self.word(_NUMBER)
            return [first, self.word(_WORD)] if self.accepts(_COLONS) else [first]
        if operator.startswith("/"):
            pattern = self.word(_PATTERN)
            self.take(_SLASHES)
            end = self.source.startswith("}", self.at)
            return [pattern] if end else [pattern, self.word(_REPLACEMENT)]
        return [self.word(_WORD)] if operator[0] in "#%" else []

    def word(self, kind: re.Pattern[str]) -> str:
        """Return one argument: an expression, or a text up to the next one."""
        if self.accept("${"):
            return self.expression()
        text = self.take(kind)
        escapes = kind in (_PATTERN, _REPLACEMENT)
        return _ESCAPE.sub(r"\1\2", text) if escapes else text

    def value(self, name: str) -> str:
        if name not in self.variables:
            raise UndefinedError(name)
        return self.variables[name]

    def value_or_nothing(self, name: str) -> str:
        """Return the value of a variable that has a default."""
        return self.variables.get(name, "")

    def close(self) -> None:
        if not self.accept("}"):
            raise self.fault()

    def accept(self, text: str) -> bool:
        found = self.source.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def accepts(self, kind: re.Pattern[str]) -> bool:
        found = kind.match(self.source, self.at)
        self.at = found.end() if found else self.at
        return bool(found)

    def take(self, kind: re.Pattern[str]) -> str:
        found = kind.match(self.source, self.at)
        if not found:
            raise self.fault()
        self.at = found.end()
        return found[0]

    def fault(self) -> SubstitutionError:
        start = self.source.rfind("${", 0, self.at)
        line = self.source[start:].partition("\n")[0]
        return SubstitutionError(f"has the expression {line[:60]}, which Flux can't read")


class _KnownExpressions(_Expressions):
    """A text in which an expression stays whose value depends on variables that nobody knows."""

    def __init__(self, source: str, known: Known) -> None:
        super().__init__(source, known.values)
        self.complete = known.complete

    def outermost(self) -> str:
        start = self.at
        try:
            return self.expression()
        except UndefinedError:
            rest = _Expressions(self.source, Anything())
            rest.at = start
            rest.expression()
            self.at = rest.at
            return self.source[start - len("${") : self.at]

    def value_or_nothing(self, name: str) -> str:
        return super().value_or_nothing(name) if self.complete else self.value(name)


def _substring(value: str, arguments: Sequence[str]) -> str:
    """Return a part of the value, counted in bytes; all of it for positions that are no numbers."""
    if not all(map(_INTEGER.fullmatch, arguments)):
        return value
    data = value.encode()
    position, *more = map(int, arguments)
    start = max(len(data) + position, 0) if position < 0 else position
    end = len(data) if not more else more[0] + (len(data) if more[0] < 0 else start)
    return data[start : max(end, 0)].decode(errors="replace")


def _replaced(times: int) -> Callable[[str, Sequence[str]], str]:
    def apply(value: str, arguments: Sequence[str]) -> str:
        pattern, *more = arguments
        new = "".join(more)
        _refuse_long(len(value) + value.count(pattern) * len(new))
        return value.replace(pattern, new, times)

    return apply


def _with_prefix(value: str, arguments: Sequence[str]) -> str:
    pattern, *more = arguments
    return more[0] + value.removeprefix(pattern) if more and value.startswith(pattern) else value


def _with_suffix(value: str, arguments: Sequence[str]) -> str:
    pattern, *more = arguments
    return value.removesuffix(pattern) + more[0] if more and value.endswith(pattern) else value


def _trimmed(*, end: bool, longest: bool) -> Callable[[str, Sequence[str]], str]:
    """Return what takes away the part of a value that a pattern with `*` and `?` matches."""

    def apply(value: str, arguments: Sequence[str]) -> str:
        pattern = _understood(arguments[0])
        if end:
            return value[: len(value) - matched(pattern[::-1], value[::-1], longest=longest)]
        return value[matched(pattern, value, longest=longest) :]

    return apply


def _refuse_long(size: int) -> None:
    if size > _MOST:
        raise UnsupportedError(f"has variables that make it longer than {_MOST} characters")


def _understood(pattern: str) -> str:
    if "[" in pattern or "\\" in pattern:
        raise UnsupportedError(f"trims {pattern}, where only * and ? can be understood")
    if len(pattern) > _LONGEST_PATTERN:
        raise UnsupportedError(f"trims a pattern of more than {_LONGEST_PATTERN} characters")
    return pattern


_APPLIED: Mapping[str, Callable[[str, Sequence[str]], str]] = {
    ":": _substring,
    "/": _replaced(1),
    "//": _replaced(-1),
    "/#": _with_prefix,
    "/%": _with_suffix,
    "#": _trimmed(end=False, longest=False),
    "##": _trimmed(end=False, longest=True),
    "%": _trimmed(end=True, longest=False),
    "%%": _trimmed(end=True, longest=True),
    ",": lambda value, _: value[:1].lower() + value[1:],
    ",,": lambda value, _: value.lower(),
    "^": lambda value, _: value[:1].upper() + value[1:],
    "^^": lambda value, _: value.upper(),
}
