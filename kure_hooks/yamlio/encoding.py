"""Decides whether a file's bytes can go to the parser, and words what the parser refuses."""

import re
from functools import cache
from typing import Any

import yaml

from kure_hooks.yamlio import limits

# Without libyaml PyYAML's own parser gives the same events, ten times slower.
PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Everything but the printable characters of YAML. Naming those instead takes ten times as long to
# compile, because they go beyond U+FFFF.
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"

# Files that were joined. The parser skips the mark, and reads the lines below as another document.
_MARK_INSIDE = b"\n\xef\xbb\xbf"


NOT_UTF_8 = "YA005"

_JOINED = (
    "a JSON object follows another one: kubectl takes it in, and kustomize leaves it out",
    "List them under items of one object of kind List, or give each a file of its own.",
)


class RefusedError(Exception):
    """Reading this file can't go on; `mark` is a parser's mark, or None for the whole file.

    `quoted` is the part of the problem that comes from the file. The usual rule is that of limits.
    """

    def __init__(
        self, problem: str, expected: str, mark: Any = None, quoted: str = "", rule: str = "YA003"
    ) -> None:
        self.rule = rule
        self.mark = mark
        self.texts = (problem, expected, quoted)
        super().__init__(problem)


def payload(data: bytes, most: int = limits.BYTES) -> bytes:
    """Return UTF-8 without a byte order mark; RefusedError for another encoding or too much."""
    if len(data) > most:
        raise RefusedError(f"the file has {len(data)} bytes", f"at most {most} bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise RefusedError("the file is UTF-16", "Save it as UTF-8.", rule=NOT_UTF_8)
    text = data.removeprefix(b"\xef\xbb\xbf")
    if text.count(b"%TAG") > limits.TAG_DIRECTIVES:  # the parser compares each with all others
        few = f"at most {limits.TAG_DIRECTIVES} of them"
        raise RefusedError("the file has too many %TAG directives", few)
    if (start := text.find(_MARK_INSIDE)) >= 0:
        mark = yaml.Mark("", 0, text.count(b"\n", 0, start) + 1, 0, None, 0)
        raise RefusedError(
            "a byte order mark stands inside the file",
            "Delete it.",
            mark,
            rule=NOT_UTF_8,
        )
    try:
        text.decode()
    except UnicodeDecodeError as error:
        mark = _mark_after(text[: error.start].decode())
        raise RefusedError(
            f"the byte 0x{text[error.start]:02x} is not UTF-8",
            "Save it as UTF-8.",
            mark,
            rule=NOT_UTF_8,
        ) from error
    return text


@cache
def _forbidden() -> re.Pattern[str]:
    return re.compile(_FORBIDDEN)


def mark_of_forbidden(data: bytes) -> Any:
    """Return the mark of the first character that YAML doesn't allow, or None without one."""
    text = data.decode("utf-8-sig")
    found = _forbidden().search(text)
    return _mark_after(text[: found.start()]) if found else None


def syntax_problem(error: yaml.MarkedYAMLError, data: bytes) -> tuple[str, str]:
    """Return what is wrong and what is expected, in words that tell where a construct starts."""
    at, start = error.problem_mark, error.context_mark
    index = at.index if at else -1
    text = data.decode("utf-8-sig")
    character = text[index : index + 1]
    if character == "\t":
        return "this is not valid YAML: a tab stands where only spaces may", "spaces"
    if error.problem == "did not find expected <document start>":
        if character == "{" and text[:index].rstrip().endswith("}"):
            return _JOINED
        return "this is not valid YAML: a document begins without a line of dashes", "--- before it"
    context = f" {error.context} that starts in line {start.line + 1}" if start else ""
    return f"this is not valid YAML: {error.problem}{context}", ""


def _mark_after(text: str) -> Any:
    return yaml.Mark("", 0, text.count("\n"), len(text) - text.rfind("\n") - 1, None, 0)
