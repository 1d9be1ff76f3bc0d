"""Secrets in texts: found, and hidden without a trace of their length."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kure_hooks.secrecy import HIDDEN, HIDDEN_CHANGE
from kure_hooks.secrecy.assignments import Reveals, assignments
from kure_hooks.secrecy.directives import directives
from kure_hooks.secrecy.options import elements, options
from kure_hooks.secrecy.scripts import scripts
from kure_hooks.secrecy.shapes import Span, decoded, is_login, shapes, tokens
from kure_hooks.secrecy.tables import tables

# Base64 of a shorter text says too little.
_BASE64 = re.compile(
    r"(?<![\w+/-])[A-Za-z0-9+/_-]{12,}+(?:\\?\r?\n[ \t]*+[A-Za-z0-9+/_-]{16,}+)*+"
    r"(?P<tail>(?:\\?\r?\n[ \t]*+[A-Za-z0-9+/_-]{2,15}+)?+)={0,2}+"
)
_WORD = re.compile(r"[\w./-]*+")
_LEAST = 12
_BREAK = re.compile(r"[\\\s]++")
_AUTH = re.compile(r"(?<![\w.-])_?auth(?:\\*+[\"'])?+[ \t]*+[:=][ \t]*+(?:\\*+[\"'])?+$")
_BEFORE = 40

# Escapes of JSON, YAML, shells and Java, the beginning of a string of several lines, characters
# without a width, wide signs.
_DISGUISE = re.compile(
    r"\\(?:u(?P<code>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<sign>[\\\"'/nrt]))"
    r"|\"(?=(?:[^\"\\\n]|\\[^n])*+\\n)|[\xad\u200b-\u200d\u2060\ufeff\uff1a\uff1d]"
)
_SIGNS = {r"\n": "\n", r"\r": "\r", r"\t": "\t", '"': '"\n', "\uff1a": ":", "\uff1d": "="}

# A text in a text, as Base64 or as a string with escapes, is unpacked, and so on; nobody packs
# deeper by accident.
_DEPTH = 3


def nothing(name: str) -> bool:
    """Reveal no name."""
    del name
    return False


def scrub(text: str, other: str | None = None, reveals: Reveals = nothing) -> str:
    """Return a text in which whatever looks like a secret is hidden.

    With `other`, its counterpart on the first side of a comparison, what differs from it is hidden
    as changed. `reveals` tells the names that look secret and are not; it has to be hashable.
    """
    found = spans(text, reveals)
    if not found:
        return text
    changed = _changed(text, found, other, reveals) if other is not None else frozenset()
    return "".join(_pieces(text, found, changed))


def scrub_lines(
    items: Sequence[str], others: Sequence[str] | None = None, reveals: Reveals = nothing
) -> list[str]:
    """Return texts that belong together, such as the arguments of a command, scrubbed as one."""
    text = "\n".join(items)
    found = spans(text, reveals)
    other = "\n".join(others) if others is not None else None
    changed = _changed(text, found, other, reveals) if other is not None else frozenset()
    scrubbed, start, first = [], 0, 0
    for item in items:
        end = start + len(item)
        while first < len(found) and found[first].end <= start:
            first += 1
        inside = []
        for number in range(first, len(found)):
            span = found[number]
            if span.start >= end:
                break
            mark = span._replace(
                start=max(span.start, start) - start, end=min(span.end, end) - start
            )
            inside.append((mark, number in changed))
        marks = frozenset(number for number, (_, change) in enumerate(inside) if change)
        scrubbed.append("".join(_pieces(item, tuple(span for span, _ in inside), marks)))
        start = end + 1
    return scrubbed


def holds_secret(text: str) -> bool:
    """Tell whether there is anything to hide in a text."""
    return bool(spans(text))


@lru_cache(maxsize=1 << 10)
def spans(text: str, reveals: Reveals = nothing) -> tuple[Span, ...]:
    """Return where the secrets of a text are: sorted, and none overlaps another."""
    return tuple(_joined(sorted(_found(text, reveals, _DEPTH))))


def _found(text: str, reveals: Reveals, depth: int) -> Iterator[Span]:
    if _WORD.fullmatch(text):
        # Most texts are names: they hold nothing but a token, if they are long enough.
        if len(text) >= _LEAST:
            yield from tokens(text)
            yield from _encoded(text, reveals, depth) if depth else ()
        return
    yield from shapes(text)
    yield from assignments(text, reveals)
    yield from options(text, reveals)
    yield from directives(text, reveals)
    yield from elements(text, reveals)
    yield from tables(text, reveals)
    yield from scripts(text, reveals)
    if depth:
        yield from _encoded(text, reveals, depth)
        yield from _disguised(text, reveals, depth)


def _disguised(text: str, reveals: Reveals, depth: int) -> Iterator[Span]:
    """Yield what is secret once a level of escapes, and what can't be seen, is taken away."""
    if text.isascii() and "\\" not in text:
        return
    places: list[tuple[int, int]] = [(0, 0)]
    pieces: list[str] = []
    size = at = 0
    for match in _DISGUISE.finditer(text):
        letter = _letter(match)
        pieces += text[at : match.start()], letter
        size += match.start() - at + len(letter)
        at = match.end()
        places.append((size, at))
    if pieces:
        plain = "".join((*pieces, text[at:]))
        for span in _found(plain, reveals, depth - 1):
            yield span._replace(start=_place(places, span.start), end=_place(places, span.end))


def _letter(match: re.Match[str]) -> str:
    """Return what an escape stands for; nothing for what can't be seen.

    Behind the quote of a string its first line begins.
    """
    if code := match["code"] or match["byte"]:
        return chr(int(code, 16))
    return _SIGNS.get(match[0], match["sign"] or "")


def _place(places: Sequence[tuple[int, int]], at: int) -> int:
    """Return where in a text something is, by its place without disguise."""
    plain, place = places[bisect_right(places, (at, places[-1][1])) - 1]
    return place + at - plain


def _encoded(text: str, reveals: Reveals, depth: int) -> Iterator[Span]:
    """Yield what is the Base64 of a text with a secret, or of `user:password` at a key `auth`."""
    for match in _BASE64.finditer(text):
        # The last lines may be words that only look like it.
        tail = match.start("tail")
        for end in {match.end(), tail, max(text.rfind("\n", match.start(), tail), 0)}:
            code = _BREAK.sub("", text[match.start() : end])
            plain = decoded(code)
            if plain is None:
                continue
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            login = is_login(code) and _AUTH.search(before) is not None
            if login or any(True for _ in _found(plain, reveals, depth - 1)):
                yield Span(match.start(), end)


def _joined(found: Sequence[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in found:
        if last and span.start < last.end:
            last = last._replace(end=max(last.end, span.end), name=last.name or span.name)
            continue
        if last:
            yield last
        last = span if span.end > span.start else last
    if last:
        yield last


def _changed(text: str, found: Sequence[Span], other: str, reveals: Reveals) -> frozenset[int]:
    """Return which secrets the other text doesn't have at the same name.

    All are returned when nothing but the order of secrets differs: a change must be seen.
    """
    others = spans(other, reveals)
    known = {(span.name, other[span.start : span.end]) for span in others}
    changed = frozenset(
        number
        for number, span in enumerate(found)
        if (span.name, text[span.start : span.end]) not in known
    )
    if not changed and text != other:
        same = "".join(_pieces(text, found, changed)) == "".join(_pieces(other, others, changed))
        return frozenset(range(len(found))) if same else changed
    return changed


def _pieces(text: str, found: Sequence[Span], changed: frozenset[int]) -> Iterator[str]:
    at = 0
    for number, span in enumerate(found):
        yield text[at : span.start]
        yield HIDDEN_CHANGE if number in changed else HIDDEN
        at = span.end
    yield text[at:]
