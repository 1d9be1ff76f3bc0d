"""Named formats of texts: the library `format`."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

from kure_hooks import times
from kure_hooks.cel.libraries.declaration import Function, tagged, untagged
from kure_hooks.cel.libraries.urls import is_request_address

_KIND = "kubernetes.NamedFormat"
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_LABEL_1123 = re.compile(_LABEL, re.ASCII)
_LABEL_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?", re.ASCII)
_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SHORT, _LONG = 63, 253

Judge = Callable[[str], Iterator[str]]


def _of_pattern(pattern: re.Pattern[str], longest: int, words: str, *, prefix: bool) -> Judge:
    def judge(text: str) -> Iterator[str]:
        if prefix and len(text) > 1 and text.endswith("-"):
            text = text[:-2] + "a"
        if len(text.encode()) > longest:
            yield f"must be no more than {longest} bytes"
        elif not pattern.fullmatch(text):
            yield words

    return judge


_LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character"
)
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character"
)
_LABEL_1035_WORDS = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character"
)
_NAME_WORDS = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character"
)


def _qualified_name(text: str) -> Iterator[str]:
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        yield f"a qualified name {_NAME_WORDS}"
        return
    if slash and not prefix:
        yield "prefix part must be non-empty"
    elif slash:
        for problem in _SUBDOMAIN_JUDGE(prefix):
            yield f"prefix part {problem}"
    if not name:
        yield "name part must be non-empty"
    elif len(name.encode()) > _SHORT:
        yield f"name part must be no more than {_SHORT} bytes"
    elif not _NAME.fullmatch(name):
        yield f"name part {_NAME_WORDS}"


def _label_value(text: str) -> Iterator[str]:
    if len(text.encode()) > _SHORT:
        yield f"must be no more than {_SHORT} bytes"
    elif text and not _NAME.fullmatch(text):
        yield f"a valid label must be an empty string or {_NAME_WORDS}"


def _of_test(is_valid: Callable[[str], object], words: str) -> Judge:
    def judge(text: str) -> Iterator[str]:
        if not is_valid(text):
            yield words

    return judge


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return bool(text)


_SUBDOMAIN_JUDGE = _of_pattern(_SUBDOMAIN, _LONG, _SUBDOMAIN_WORDS, prefix=False)

FORMATS: dict[str, Judge] = {
    "dns1123Label": _of_pattern(_LABEL_1123, _SHORT, _LABEL_WORDS, prefix=False),
    "dns1123Subdomain": _SUBDOMAIN_JUDGE,
    "dns1035Label": _of_pattern(_LABEL_1035, _SHORT, _LABEL_1035_WORDS, prefix=False),
    "qualifiedName": _qualified_name,
    "dns1123LabelPrefix": _of_pattern(_LABEL_1123, _SHORT, _LABEL_WORDS, prefix=True),
    "dns1123SubdomainPrefix": _of_pattern(_SUBDOMAIN, _LONG, _SUBDOMAIN_WORDS, prefix=True),
    "dns1035LabelPrefix": _of_pattern(_LABEL_1035, _SHORT, _LABEL_1035_WORDS, prefix=True),
    "labelValue": _label_value,
    "uri": _of_test(is_request_address, "invalid URI for request"),
    "uuid": _of_test(_UUID.fullmatch, "does not match the UUID format"),
    "byte": _of_test(_is_base64, "invalid base64"),
    "date": _of_test(times.date, "invalid date"),
    "datetime": _of_test(times.is_time, "invalid datetime"),
}


def _problems(kind: str, text: str) -> list[str]:
    return list(FORMATS[untagged(_KIND, kind)](text))


def _named(name: str) -> str:
    return tagged(_KIND, name) if name in FORMATS else ""


def _constant(name: str) -> Function:
    return Function(f"format.{name}", (), "STRING", lambda: tagged(_KIND, name))


FUNCTIONS = (
    Function("@formatNamed", ("STRING",), "STRING", _named),
    Function("@formatProblems", ("STRING", "STRING"), "LIST", _problems),
    *map(_constant, FORMATS),
)
"""Those with @ are called by what resolution makes of `format.named` and of `validate`."""
