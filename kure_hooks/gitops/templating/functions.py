"""The functions of ApplicationSets' templates: Go's, those of sprig 3.3, and Argo CD's own (3.5).

Those that write what only a cluster or a clock knows, that take an order at random, or that few
people use are not followed: a template that calls them is unknown.
"""

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from kure_hooks.errors import InputError
from kure_hooks.gitops.templating.lists import LISTS
from kure_hooks.gitops.templating.reckoning import COMPARING, NUMBERS
from kure_hooks.gitops.templating.signatures import Entries, Function, signed
from kure_hooks.gitops.templating.values import (
    MOST_TEXT,
    TemplateError,
    UnknownError,
    ascii_text,
    indented,
    intake,
    outlet,
    text,
    to_json,
    too_long,
)
from kure_hooks.yamlio import dump, read


def _from_json(value: str) -> Any:
    try:
        return intake(json.loads(value))
    except (ValueError, OverflowError, RecursionError):
        message = "reads JSON in its template that is none"
        raise UnknownError(message) from None


def from_yaml(value: str) -> Any:
    """Return the value of the first document of YAML, None where there is none."""
    try:
        documents = read(value.encode(), "the template")
    except InputError as error:
        message = f"makes YAML that can't be read: {error.findings[0].problem}"
        raise UnknownError(message) from None
    return intake(documents[0].value) if documents else None


def _from_yaml(kind: type, value: str) -> Any:
    decoded = from_yaml(value)
    if decoded is not None and not isinstance(decoded, kind):
        message = "reads YAML of another shape in its template"
        raise TemplateError(message)
    return kind() if decoded is None else decoded


def _to_yaml(value: Any) -> str:
    """Return YAML that reads as a value; Go may write other quotes and other breaks of lines."""
    indented(value)
    first, *rest = dump({"v": _ordered(outlet(value))}).rstrip("\n").split("\n")
    if first.startswith("v: ") and not rest:
        return first.removeprefix("v: ")
    if first != "v:":
        message = "makes YAML of a text with several lines in its template"
        raise UnknownError(message)
    return "\n".join(line.removeprefix("  ") for line in rest)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(item) for key, item in sorted(value.items())}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


FORMATS: Entries = {
    "toJson": ("w", to_json),
    "mustToJson": ("w", to_json),
    "toRawJson": ("w", lambda value: to_json(value, escaped=False)),
    "toPrettyJson": ("w", lambda value: to_json(value, indent=2)),
    "fromJson": ("y", _from_json),
    "mustFromJson": ("y", _from_json),
    "toYaml": ("w", _to_yaml),
    "fromYaml": ("y", lambda value: _from_yaml(dict, value)),
    "fromYamlArray": ("y", lambda value: _from_yaml(list, value)),
}
"""The functions with their signatures."""


_UNNAMED = re.compile(r"[^-a-z0-9.]")
_UNSLUGGED = re.compile(r"[^a-z0-9-_]")
_DASHES = re.compile(r"-{2,}")
_LONGEST_NAME = 253
_VERB = re.compile(r"%(.)", re.DOTALL)
_SPACES = " \t\n\v\f\r\x85\xa0"


def normalize(name: str) -> str:
    """Return a text as a name of Kubernetes, as Argo CD makes it."""
    return _UNNAMED.sub("-", name.lower())[:_LONGEST_NAME].strip("-.")


def slugify(*arguments: Any) -> str:
    """Return a text as a slug of at most so many characters, cut at a dash where that is told."""
    size, smart = 50, True
    match arguments:
        case (str(name),):
            pass
        case (int(size), str(name)):
            pass
        case (int(size), bool(smart), str(name)):
            pass
        case _:
            message = "calls slugify with other arguments than a length, a switch and a text"
            raise TemplateError(message)
    slug = normalize(ascii_text(name)).strip(_SPACES)
    if not smart and len(slug) >= size:
        slug = slug[:size]
    slug = _DASHES.sub("-", _UNSLUGGED.sub("-", slug)).strip("-_")
    if 0 < size < len(slug) and smart:
        dash = slug.rfind("-", 0, size + 1)
        return slug[: dash if dash >= 0 else size]
    return slug


def _trunc(length: int, value: str) -> str:
    value = ascii_text(value)
    if length < 0:
        return value[length:] if len(value) + length > 0 else value
    return value[:length]


def _substr(start: int, end: int, value: str) -> str:
    value = ascii_text(value)
    if start < 0:
        return value[:end]
    if end < 0 or end > len(value):
        return value[start:]
    if start > end:
        message = "cuts a text behind its end in its template"
        raise TemplateError(message)
    return value[start:end]


def _repeat(count: int, value: str) -> str:
    if count < 0:
        message = "repeats a text less than no times in its template"
        raise TemplateError(message)
    if count * len(value) > MOST_TEXT:
        raise too_long()
    return value * count


def _replace(old: str, new: str, value: str) -> str:
    value = ascii_text(value)
    if len(value) + value.count(old) * (len(new) - len(old)) > MOST_TEXT:
        raise too_long()
    return value.replace(old, new)


def _trim_all(cut: str, value: str) -> str:
    characters, start, end = set(cut), 0, len(value)
    while start < end and value[start] in characters:
        start += 1
    while start < end and value[end - 1] in characters:
        end -= 1
    return value[start:end]


def _indent(spaces: int, value: str) -> str:
    pad = _repeat(spaces, " ")
    if len(pad) * (value.count("\n") + 1) > MOST_TEXT:
        raise too_long()
    return pad + value.replace("\n", f"\n{pad}")


def _quoted(value: Any) -> str:
    written = ascii_text(text(value))
    if not written.replace("\n", "").replace("\t", "").isprintable():
        message = "quotes a text with unusual characters in its template"
        raise UnknownError(message)
    return json.dumps(written)


def _printf(form: str, *values: Any) -> str:
    """Return a text of a form with the verbs that are common for these values."""
    left = list(values)

    def verb(match: re.Match[str]) -> str:
        if match[1] == "%":
            return "%"
        value = left.pop(0) if left else None
        kind = type(value)
        if match[1] == "v" and value is not None:
            return text(value)
        if (match[1], kind) in {("s", str), ("d", int), ("t", bool)}:
            return text(value)
        if match[1] == "q" and kind is str:
            return _quoted(value)
        message = f"calls printf with %{match[1]} in its template, which is not followed here"
        raise UnknownError(message)

    written = _VERB.sub(verb, form)
    if left:
        message = "calls printf with more values than verbs in its template"
        raise UnknownError(message)
    return written


def _print(*values: Any) -> str:
    """Return the texts of values, with spaces between two that are no texts."""
    written = ""
    for index, value in enumerate(values):
        apart = index and not isinstance(value, str) and not isinstance(values[index - 1], str)
        written += (" " if apart else "") + text(value)
    return written


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        message = "decodes base64 in its template that is none"
        raise UnknownError(message) from None


def _fail(message: str) -> str:
    problem = f"fails as its template says: {message}"
    raise TemplateError(problem)


_TEXTS: Entries = {
    "lower": ("s", lambda value: ascii_text(value).lower()),
    "upper": ("s", lambda value: ascii_text(value).upper()),
    "trim": ("s", lambda value: ascii_text(value).strip(_SPACES)),
    "nospace": ("s", lambda value: "".join(ascii_text(value).split())),
    "trimAll": ("ss", _trim_all),
    "trimPrefix": ("ss", lambda cut, value: value.removeprefix(cut)),
    "trimSuffix": ("ss", lambda cut, value: value.removesuffix(cut) if cut else value),
    "replace": ("sss", _replace),
    "contains": ("ss", lambda part, value: part in value),
    "hasPrefix": ("ss", lambda part, value: value.startswith(part)),
    "hasSuffix": ("ss", lambda part, value: value.endswith(part)),
    "trunc": ("is", _trunc),
    "substr": ("iis", _substr),
    "repeat": ("is", _repeat),
    "indent": ("is", _indent),
    "nindent": ("is", lambda spaces, value: "\n" + _indent(spaces, value)),
    "quote": ("w*", lambda *values: " ".join(_quoted(v) for v in values if v is not None)),
    "squote": ("w*", lambda *values: " ".join(f"'{text(v)}'" for v in values if v is not None)),
    "cat": ("w*", lambda *values: " ".join(text(v) for v in values if v is not None)),
    "toString": ("w", text),
    "print": ("w*", _print),
    "println": ("w*", lambda *values: " ".join(map(text, values)) + "\n"),
    "printf": ("sw*", _printf),
    "normalize": ("s", lambda name: normalize(ascii_text(name))),
    "slugify": ("a*", slugify),
    "b64enc": ("s", lambda value: base64.b64encode(value.encode()).decode()),
    "b64dec": ("s", _decoded),
    "sha256sum": ("s", lambda value: hashlib.sha256(value.encode()).hexdigest()),
    "base": ("s", lambda path: posixpath.basename(path.rstrip("/")) or _root(path)),
    "dir": ("s", lambda path: posixpath.normpath(posixpath.dirname(path) or ".")),
    "fail": ("s", _fail),
}


def _root(path: str) -> str:
    return "/" if path else "."


FUNCTIONS: Mapping[str, Function] = {
    name: signed(name, signature, function)
    for entries in (_TEXTS, NUMBERS, FORMATS, COMPARING, LISTS)
    for name, (signature, function) in entries.items()
}
"""The functions that are followed, by their names."""
