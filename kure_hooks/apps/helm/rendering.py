"""Rendered charts: the objects that `helm template` makes, the same whenever it is asked.

What was rendered once is used again as long as the chart, its values, the capabilities and helm
are the same, as far as the user's cache remembers. Nothing with a Secret in it is kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import Any

from msgspec import DecodeError, Struct, json

from kure_hooks import __version__
from kure_hooks.apps.helm.hooks import stage_of
from kure_hooks.apps.helm.program import Helm, Options
from kure_hooks.decoding.objects import faults, items
from kure_hooks.errors import InputError
from kure_hooks.files.cache import Cache, user_directory
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Finding
from kure_hooks.manifests import Manifest, canonical, kind_of, named
from kure_hooks.yamlio import Pointer, kubernetes, read
from kure_hooks.yamlio.document import key_path

_DOCUMENT = re.compile(r"^---\n# Source: (?P<template>[^\n]*)\n", re.MULTILINE)
_COMPARED = b"compared"


class Rendered(Struct, frozen=True):
    """An object and the template that it comes from, as helm calls it; nobody may change it."""

    template: str
    manifest: Manifest


class Request(Struct, frozen=True):
    """Everything that decides what a chart renders to: files by name, values, options and helm."""

    files: tuple[tuple[str, bytes], ...]
    values: tuple[bytes, ...]
    options: Options
    helm: Helm

    @property
    def key(self) -> str:
        """The request as one SHA-256 in hexadecimal digits."""
        head = (__version__, self.helm.identity, self.options.release, self.options.flags)
        parts = sha256(json.encode(head))
        for name, data in (*self.files, *(("", data) for data in self.values)):
            parts.update(f"\0{name}\0{len(data)}\0".encode(errors="surrogateescape"))
            parts.update(data)
        return parts.hexdigest()


class RenderError(Exception):
    """A chart renders to something that can't be written.

    Each problem completes the sentence `the chart ...`, and tells what to do.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem for problem, _ in problems))


# Clusters of a fleet share charts, and those with Secrets are in no cache.
@lru_cache(maxsize=8)
def rendered(request: Request) -> Sequence[Rendered]:
    """Return the objects of a chart in the order in which helm prints them, lists taken apart.

    Hooks for occasions that a tree does not have, such as tests, are left out. Raises RenderError
    for a chart that renders to something else each time, or to what is no object, and ToolError as
    `Helm` does.
    """
    cache, key = Cache(user_directory("renders")), request.key
    kept = cache.get(key)
    if kept not in (None, _COMPARED):
        with suppress(DecodeError):
            return json.decode(kept or b"", type=tuple[Rendered, ...])
    if kept is None:
        request.helm.refuse_old()
    objects = _objects(_template(request))
    if kept is None:
        _refuse_difference(objects, _objects(_template(request, _far_zone())))
    has_secrets = any(kind_of(item.manifest) == ("", "Secret") for item in objects)
    cache.put(key, _COMPARED if has_secrets else json.encode(objects))
    return objects


def _template(request: Request, zone: str = "UTC") -> bytes:
    return request.helm.template(dict(request.files), request.values, request.options, zone)


def _far_zone() -> str:
    """Return a time zone in which it is another day than in UTC: so a date shows that it is one."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only at the first render

    noon = 12
    return "Etc/GMT+12" if datetime.now(UTC).hour < noon else "Pacific/Kiritimati"


def _objects(text: bytes) -> tuple[Rendered, ...]:
    """Return the objects of what helm printed; RenderError for what is none."""
    objects: list[Rendered] = []
    problems: list[tuple[str, str]] = []
    for template, document in _documents(text.decode(errors="replace")):
        try:
            documents = read(document.encode(), template, kubernetes, most=MAX_LARGE)
        except InputError as error:
            problems += (_unread(template, finding) for finding in error.findings)
            continue
        for value in (_without_nulls(one.value) for one in documents):
            faulty = list(_faults(template, value))
            problems += faulty
            if not faulty:
                objects += (
                    Rendered(template, manifest)
                    for _, manifest in items(value)
                    if stage_of(manifest) is not None
                )
    if problems:
        raise RenderError(problems)
    return tuple(objects)


def _unread(template: str, finding: Finding) -> tuple[str, str]:
    where = f"in line {finding.at.line} of its output"
    problem = f"renders {template} to YAML that can't be used, {where}: {finding.problem}"
    return problem, "Correct the template or the values."


def _faults(template: str, value: Any) -> Iterator[tuple[str, str]]:
    subject = named(value) if isinstance(value, dict) else None
    who = f"{subject}, from {template}," if subject else template
    for pointer, problem, expected in faults(value):
        where = f"{key_path(pointer)}: " if pointer else ""
        yield f"renders {who} to what Kubernetes refuses: {where}{problem}", expected


def _documents(text: str) -> Iterator[tuple[str, str]]:
    """Yield the documents that helm printed, each with its template; those without are notes."""
    marks = list(_DOCUMENT.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    for mark, end in zip(marks, ends, strict=True):
        yield mark["template"], text[mark.end() : end]


def _without_nulls(value: Any) -> Any:
    """Return a value without the keys that have none: to the API server they are not there."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value


def _refuse_difference(first: Sequence[Rendered], second: Sequence[Rendered]) -> None:
    """Raise RenderError for a chart of which two renders differ."""
    if canonical(first) == canonical(second):
        return
    for one, other in zip(first, second, strict=False):
        if canonical(one) != canonical(other):
            where = key_path(_difference(one.manifest, other.manifest))
            subject = f"{named(one.manifest)}, from {one.template},"
            break
    else:
        subject, where = "a number of objects", "some are there once only"
    expected = (
        "Set the value that the template makes up, such as a password, a certificate or a time. "
        "For a Secret, set the value that names an existing one."
    )
    raise RenderError([(f"renders {subject} to something else each time: {where}", expected)])


def _difference(one: Any, other: Any, pointer: Pointer = ()) -> Pointer:
    """Return the pointer to the first difference of two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        steps: Mapping[str | int, tuple[Any, Any]] = {
            key: (one.get(key), other.get(key)) for key in (*one, *other)
        }
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        steps = dict(enumerate(zip(one, other, strict=True)))
    else:
        return pointer
    different = (key for key, pair in steps.items() if canonical(pair[0]) != canonical(pair[1]))
    step = next(different)
    return _difference(*steps[step], (*pointer, step))
