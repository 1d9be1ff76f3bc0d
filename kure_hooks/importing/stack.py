"""The stack file of an imported cluster: its text, and which lines belong to which bundle."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kure_hooks.drift.masking import Mask
from kure_hooks.drift.texts import texts
from kure_hooks.files.paths import parent
from kure_hooks.importing.candidates import Candidate
from kure_hooks.stack.documents import STACK_API
from kure_hooks.yamlio import Pointer, dump, read

_HEAD = """\
# Written by `kure-hooks import {engine}` from {origin}. It is yours now: change it, and run
# `kure-hooks generate`. Each bundle applies the directory that its payload names, as before.
"""
# What a bundle is and what it applies; all else follows.
_FIRST = ("name", "payload", "sourceRef")
# So many nodes stand in each other: a stack file may not be much deeper.
_DEEPEST = 20
_NO_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Draft:
    """A cluster as a stack file has it.

    `options` are those of the GitOps tool; `entry` is the application with the objects of the
    cluster's entry that are no owners, None where there are none, and `entry_name` the name of its
    bundle. `origin` says where the entry is.
    """

    cluster: str
    engine: str
    origin: str
    options: dict[str, Any]
    entry: dict[str, Any] | None
    entry_name: str

    def text(self, candidates: Sequence[Candidate]) -> str:
        """Return the stack file with the bundles of some candidates."""
        known = {(made.owner.who.namespace, made.owner.who.name): made.name for made in candidates}
        children = list(_nodes(candidates, known))
        if self.entry:
            bundle = {"name": self.entry_name, "applications": [self.entry]}
            children.insert(0, {"name": self.entry_name, "bundle": bundle})
        document = {
            "apiVersion": STACK_API,
            "kind": "Cluster",
            "metadata": {"name": self.cluster},
            "spec": {
                "gitops": {"type": self.engine, self.engine: self.options},
                "node": {"name": self.cluster, "children": children},
            },
        }
        return _HEAD.format(engine=self.engine, origin=self.origin) + dump(document)


class Lines:
    """The lines of a stack file by the bundles that they belong to."""

    def __init__(self, path: str, text: str) -> None:
        (document,) = read(text.encode(), path)
        starts = sorted(
            (document.at(*pointer).line, name)
            for pointer, name in _bundles(document.value["spec"]["node"], ("spec", "node"))
        )
        self._lines = [line for line, _ in starts]
        self._names = [name for _, name in starts]

    def bundle(self, line: int) -> str:
        """Return the name of the bundle that a line belongs to, empty for one before all."""
        index = bisect_right(self._lines, line) - 1
        return self._names[index] if index >= 0 else ""


def shown(text: str, reveal: tuple[str, ...]) -> str:
    """Return a stack file as it may be printed: with secrets hidden, other than of some names."""
    hidden = texts("", None, text.encode(), Mask(reveal))
    head = text[: text.index(f"apiVersion: {STACK_API}")]
    return (head if hidden.masked else "") + (hidden.after or "")


def _bundles(node: dict[str, Any], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if bundle := node.get("bundle"):
        yield (*pointer, "bundle"), bundle["name"]
    for index, child in enumerate(node.get("children", ())):
        yield from _bundles(child, (*pointer, "children", index))


def _nodes(
    candidates: Sequence[Candidate], known: Mapping[tuple[str, str], str]
) -> Iterator[dict[str, Any]]:
    """Yield the nodes of the candidates, which follow the directories of their files."""
    directories = {id(made): _segments(made) for made in candidates}
    common = _common(list(directories.values()))
    top: dict[str, Any] = {"children": {}}
    for made in candidates:
        node = top
        segments = directories[id(made)][common:][:_DEEPEST]
        if segments and segments[-1] == made.name:
            segments = segments[:-1]
        for segment in segments:
            node = node["children"].setdefault(segment, {"children": {}})
        node.setdefault("bundles", []).append(_bundle(made, known))
    yield from _written(top)


def _written(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the children of a node: directories, and a node for each bundle that is in it.

    A directory of the name of a bundle has the bundle itself, unless others would inherit its
    source.
    """
    bundles = {bundle["name"]: bundle for bundle in node.get("bundles", ())}
    for name, child in node["children"].items():
        bundle = bundles.get(name)
        own = {}
        if bundle is not None and "sourceRef" not in bundle:
            own = {"bundle": bundles.pop(name)}
        below = list(_written(child))
        yield {"name": name, **own, **({"children": below} if below else {})}
    for name, bundle in bundles.items():
        taken = name in node["children"]
        yield {"name": f"{name[:56]}-bundle" if taken else name, "bundle": bundle}


def _bundle(made: Candidate, known: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Return a bundle with its dependencies: those that are in the stack, and others."""
    first = {key: made.bundle[key] for key in _FIRST if key in made.bundle}
    bundle = first | made.bundle
    needs: list[Any] = []
    for need in made.needs:
        inside = known.get((need["namespace"], need["name"]))
        rest = {key: need[key] for key in need.keys() - {"name", "namespace"}}
        if inside and not rest:
            needs.append(inside)
        elif inside:
            needs.append({"name": inside, **rest})
        else:
            needs.append({**need, "external": True})
    return bundle | ({"dependsOn": needs} if needs else {})


def _segments(made: Candidate) -> list[str]:
    """Return the directories of a candidate's file as names of nodes."""
    names = (
        _NO_NAME.sub("-", part.lower()).strip("-")[:63].rstrip("-")
        for part in parent(made.path).split("/")
    )
    return [name for name in names if name]


def _common(paths: Sequence[list[str]]) -> int:
    """Return the number of segments that all paths begin with."""
    if not paths:
        return 0
    first, last = min(paths), max(paths)
    count = 0
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        count += 1
    return count
