"""Objects that are made of parts of a spec, with the places of those parts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kure_hooks.decoding.values import repeated
from kure_hooks.manifests import Manifest
from kure_hooks.times import duration
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown


class Made(NamedTuple):
    """An object, and by pointers into it the pointers into the spec that say the same.

    What lies below two such pointers has the same shape, so that what is wrong with the object is
    told at the line that somebody wrote.
    """

    manifest: Manifest
    written: Mapping[Pointer, Pointer]


_DAYS = re.compile(r"\A([0-9]{1,6})d\Z")
_HEAD = ("name", "labels", "annotations")


def places(
    here: Pointer, keys: Iterable[str] = (), of: Pointer = ("spec",)
) -> dict[Pointer, Pointer]:
    """Return the places of an object that stands at `here`: its own, its name's, labels' and so on.

    `keys` are those of the part `of` the object that are written in the same form at `here`.
    """
    head: dict[Pointer, Pointer] = {("metadata", key): (*here, key) for key in _HEAD}
    return {(): here} | head | {(*of, key): (*here, key) for key in keys}


def is_shorter(time: str | None, other: str | None, *, equal: bool = False) -> bool:
    """Tell whether a time is shorter than another, or may be, where one of them is not given.

    Both are durations of Go, and may be in days as those of Prometheus are.
    """
    lengths = [duration(_DAYS.sub(_hours, each or "")) for each in (time, other)]
    if None in lengths:
        return True
    one, two = (int(str(length).removesuffix("ns")) for length in lengths)
    return one < two or (equal and one == two)


def _hours(days: re.Match[str]) -> str:
    return f"{24 * int(days[1])}h"


def names_differ(names: Iterable[tuple[Pointer, str | None]]) -> Iterator[Problem]:
    """Yield a problem for each object of a kind whose name another one has; None is the usual."""
    for place, name in repeated(names):
        if name is None:
            yield place, "another one has the name of the application", "Give this one a name."
        else:
            yield place, f"{shown(str(name))} is already in the list", "Choose another name."
