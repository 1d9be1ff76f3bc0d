"""The evaluator of expressions: cel-expr-python with the libraries of Kubernetes.

| library | from |
| --- | --- |
| standard, strings, sets, lists of cel-go (sort, slice, ...), optional, two-variable macros | it |
| lists of Kubernetes (isSorted, sum, ...), regex (find, findAll) | translated to it |
| quantity, ip, cidr, url, semver, format | Python |

Left out, because the API server 1.37 has them in no rule of a CRD: `authorizer`, `cel.bind`,
`math`, `base64`, `json`. Lacking: the names of the types of Kubernetes (`type(x) == net.IP`).

Differences that are known: an expression may be nested 32 deep, not 250; loops end after 10,000
iterations; literals of more than one type are taken; the text that `string` and `format` make of a
time, a list or a map looks different; `findAll` finds no empty matches and `transformMap` makes no
map of times, which is told; a text ends at a NUL; an equality that ignores the order of lists
inside of objects is known for paths from `self` and `oldSelf` only.

The evaluator, cel-cpp, has other words for the same faults than cel-go, which the API server is
built with (Kubernetes 1.36): errors are told in those of the API server.

An environment takes 2 ms to make. The module of the library is loaded on the first use.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from kure_hooks.cel import LIBRARY, syntax
from kure_hooks.cel.libraries import addresses, formats, quantities, urls, versions
from kure_hooks.cel.libraries.declaration import Function, text_of
from kure_hooks.cel.serialization import decode
from kure_hooks.cel.translation import EMPTY_MATCHES

_CONFIG = """
extensions:
- name: lists
- name: sets
- name: two-var-comprehensions
- name: optional
- name: strings
- name: regex
variables:
"""
_VARIABLES = ("self", "oldSelf", "@self", "@oldSelf")
_ERROR = re.compile(r"ERROR: <input>:\d+:\d+: (?P<reason>[^\n]*)")
_CODE = re.compile(r"\A(?:[A-Z_]+: )+|(?: \[[A-Z_]+\])+\Z")
# A pattern's own groups; RE2 knows no lookaround, so each other group has a name or flags.
_GROUP = re.compile(
    r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]])*+(?:\]|\Z)|\((?:\?P?<\w+>)?(?!\?)",
    re.DOTALL,
)

_SORTING = frozenset(["sort", "@sortByAssociatedKeys"])
_NO_OVERLOAD = "found no matching overload"
TOO_EXPENSIVE = "the rule is too expensive for a value of this size, so it was not judged"
_BUDGET = "budget exceeded"
_NO_VALUE = "Non-CEL value type"
_UNJUDGED = {
    _NO_VALUE: "transformMap makes no map of times here",
    EMPTY_MATCHES: "findAll finds no empty matches here",
}

_TYPES = {
    **{name: name for name in ("bool", "bytes", "double", "int", "string", "uint")},
    "Duration": "google.protobuf.Duration",
    "Timestamp": "google.protobuf.Timestamp",
}
_WORDS: Mapping[str, str] = {
    r'Key not found in map : "(.*)"': r"no such key: \1",
    r"Key not found in map : (.*)": r"no such key: \1",
    r"Index error: index=(-?[0-9]+) size=[0-9]+": r"index out of bounds: \1",
    r"divide by zero": "division by zero",
    r"double out of int64 range": "integer overflow",
    r"(?:int64|double) out of uint64 range": "unsigned integer overflow",
    r"Type conversion error from '([^']*+)' to '([^']*+)'": (
        r"type conversion error from '\1' to '\2'"
    ),
}
_CONVERSIONS = (r"cannot convert (\w+) to (\w+)", r"(String) to (\w+) conversion failed")


def _translated(*_arguments: object) -> None:
    raise ValueError("no such overload")


def _as_whole(pattern: str) -> str:
    """Return a pattern with one group, around all of it."""
    inner = _GROUP.sub(lambda match: "(?:" if match[0].startswith("(") else match[0], pattern)
    return f"({inner})"


def _refused(words: str) -> list[str]:
    raise ValueError(words)


def _inserted(entries: dict[Any, Any], new: list[Any]) -> dict[Any, Any]:
    pairs = new[0].items() if len(new) == 1 else [tuple(new)]
    if any(key in entries for key, _ in pairs):
        raise ValueError("insert failed: key already exists")
    return {**entries, **dict(pairs)}


_TRANSLATED = (
    Function("isSorted", ("LIST",), "BOOL", _translated, is_method=True),
    Function("sum", ("LIST",), "DYN", _translated, is_method=True),
    Function("min", ("LIST",), "DYN", _translated, is_method=True),
    Function("max", ("LIST",), "DYN", _translated, is_method=True),
    Function("indexOf", ("LIST", "DYN"), "INT", _translated, is_method=True),
    Function("lastIndexOf", ("LIST", "DYN"), "INT", _translated, is_method=True),
    Function("includes", ("DYN", "DYN"), "BOOL", _translated, is_method=True),
    Function("find", ("STRING", "STRING"), "STRING", _translated, is_method=True),
    Function("findAll", ("STRING", "STRING"), "LIST", _translated, is_method=True),
    Function("findAll", ("STRING", "STRING", "INT"), "LIST", _translated, is_method=True),
    Function("validate", ("STRING", "STRING"), "DYN", _translated, is_method=True),
    Function("format.named", ("STRING",), "DYN", _translated),
)
_SHARED = (
    *addresses.FUNCTIONS,
    *formats.FUNCTIONS,
    *quantities.FUNCTIONS,
    *urls.FUNCTIONS,
    *versions.FUNCTIONS,
    Function("@whole", ("STRING",), "STRING", _as_whole),
    Function("@text", ("STRING",), "STRING", text_of),
    Function("@refused", ("STRING",), "LIST", _refused),
    Function("@insert", ("MAP", "LIST"), "MAP", _inserted),
)
_FUNCTIONS = (*_TRANSLATED, *_SHARED)


@cache
def _cel() -> Any:
    return import_module(f"{LIBRARY}.cel")


@cache
def _environment(
    variables: tuple[str, ...] = _VARIABLES, functions: tuple[Function, ...] = _FUNCTIONS
) -> Any:
    cel = _cel()
    names: dict[str, list[Function]] = {}
    for function in functions:
        names.setdefault(function.name, []).append(function)
    declarations = [
        cel.FunctionDecl(name, [_overload(cel, function) for function in functions])
        for name, functions in names.items()
    ]
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_CONFIG + "".join(map(_variable, variables))),
        extensions=[cel.CelExtension("kubernetes", declarations)],
    )


def _variable(name: str) -> str:
    return f'- name: "{name}"\n  type_name: dyn\n'


def _overload(cel: Any, function: Function) -> Any:
    return cel.Overload(
        function.identifier,
        return_type=getattr(cel.Type, function.result),
        parameters=[getattr(cel.Type, name) for name in function.parameters],
        impl=function.call,
        is_member=function.is_method,
    )


class ExpressionError(Exception):
    """An expression that does not compile, or that has no value; the text is the reason."""


class UnjudgedError(ExpressionError):
    """An evaluation beyond the bounds of the evaluator, or with what it has not."""


@lru_cache(maxsize=4096)
def parsed(text: str, result: str) -> syntax.Expr:
    """Return the tree of an expression whose value is BOOL or STRING, or raise ExpressionError."""
    try:
        tree = decode(_environment().compile(text, disable_check=True).serialize())
        kind = _checked(text, tree)
    except (RuntimeError, TypeError, RecursionError) as error:
        # Of a text with half a character, pybind11 says that it is none.
        words = "the expression is not Unicode" if isinstance(error, TypeError) else _reason(error)
        raise ExpressionError(words) from None
    if kind is not None and kind not in (_cel().Type.DYN, getattr(_cel().Type, result)):
        raise ExpressionError(f"the expression is no {result.lower()} but {kind.name().lower()}")
    return tree


def _checked(text: str, tree: syntax.Expr) -> Any:
    """Return the type of an expression, None where it can't be told; raise RuntimeError for none.

    The checker takes a sorted list of unknown items for one of integers (0.1.3), so what it says
    then of types counts for nothing.
    """
    try:
        return _environment().compile(text).return_type()
    except RuntimeError as error:
        calls = (expr for expr in syntax.everything(tree) if isinstance(expr, syntax.Call))
        is_sorting = any(call.function in _SORTING for call in calls)
        reasons = [match["reason"] for match in _ERROR.finditer(str(error))]
        if is_sorting and all(reason.startswith(_NO_OVERLOAD) for reason in reasons):
            return None
        raise


def compiled(text: str, variables: tuple[str, ...]) -> Any:
    """Return what evaluates a condition on variables of any type, or raise ExpressionError.

    It has all functions but those that are translated: they need to know types.
    """
    try:
        expression = _environment(variables, _SHARED).compile(text)
    except (RuntimeError, TypeError, RecursionError) as error:
        words = "the text is not Unicode" if isinstance(error, TypeError) else _reason(error)
        raise ExpressionError(words) from None
    kind = expression.return_type()
    if kind not in (_cel().Type.DYN, _cel().Type.BOOL):
        raise ExpressionError(f"the expression is no truth value but {kind.name().lower()}")
    return expression


def tree_of(text: str, variables: tuple[str, ...]) -> syntax.Expr:
    """Return the tree of an expression that `compiled` takes."""
    return decode(_environment(variables, _SHARED).compile(text, disable_check=True).serialize())


@lru_cache(maxsize=4096)
def loaded(tree: bytes) -> Any:
    """Return what evaluates a tree, given as bytes; raise RuntimeError for one that is none."""
    return _environment().deserialize(tree)


def evaluated(expression: Any, variables: dict[str, Any]) -> Any:
    """Return an expression's value, or raise ExpressionError."""
    try:
        value = expression.eval(data=variables)
    except RuntimeError as error:
        raise _error(str(error)) from None
    if value.type() == _cel().Type.ERROR:
        raise _error(value.plain_value())
    if value.type() not in (_cel().Type.BOOL, _cel().Type.STRING):
        raise ExpressionError("the value is neither true or false nor a string")
    return value.plain_value()


def _error(text: str) -> ExpressionError:
    if _BUDGET in text:
        return UnjudgedError(TOO_EXPENSIVE)
    for words in (_NO_VALUE, EMPTY_MATCHES):
        if words in text:
            return UnjudgedError(f"the rule was not judged: {_UNJUDGED[words]}")
    return ExpressionError(of_api_server(_reason(text)))


def _reason(error: object) -> str:
    text = str(error)
    if match := _ERROR.search(text):
        return match["reason"].partition(" expecting {")[0]
    return _CODE.sub("", text).partition("\n")[0]


def of_api_server(reason: str) -> str:
    """Return the words of the API server for an error, the given ones where they are as good."""
    for pattern, words in _words().items():
        if match := pattern.fullmatch(reason):
            return match.expand(words)
    for pattern in _conversions():
        if match := pattern.fullmatch(reason):
            source, target = match[1].lower(), _TYPES.get(match[2])
            return f"type conversion error from '{source}' to '{target}'" if target else reason
    return reason


# Most runs have no error, and compile none of these.
@cache
def _words() -> Mapping[re.Pattern[str], str]:
    return {re.compile(pattern, re.DOTALL): words for pattern, words in _WORDS.items()}


@cache
def _conversions() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, _CONVERSIONS))
