"""Objects of builds, and the places where files have what they are made of."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.manifests import Kind, depth, kind_of, named, same, value_at
from kure_hooks.objects.written import Object, written
from kure_hooks.yamlio import Pointer

if TYPE_CHECKING:  # few commands run kustomize
    from kure_hooks.kustomize.build import Part

_CHANGED = ", as {} builds it"
_HERE = ", in what kustomize builds here"


class Change(Struct, frozen=True):
    """One change of an object by what applies it.

    `key` is the field that asks for it, such as `patches`, and `at` its place; `before` is the
    object as it was.
    """

    key: str
    at: Location
    before: Any


class BuiltObject(Object, frozen=True):
    """An object of a build.

    `kustomization` is the place in the file of kustomize's that stands for the whole build, and
    `source` the object as it is in a file of the repository, None where no file has it. `changes`
    are those that an object of Flux or Argo CD asks for, in their order.
    """

    kustomization: Location
    source: Object | None
    changes: tuple[Change, ...] = ()

    def changed(self, manifest: Any, key: str, at: Location) -> "BuiltObject":
        """Return the object with another manifest, and what asks for that."""
        if manifest is self.manifest:
            return self
        changes = (*self.changes, Change(key, at, self.manifest))
        return structs.replace(self, manifest=manifest, changes=changes)

    def at(self, *pointer: str | int) -> Location:
        """Return where the key at a pointer is written, else the place of the build."""
        return self._place(pointer)[0]

    def finding(
        self,
        steps: Pointer,
        problem: str,
        expected: str,
        rule: str,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """See Object; the problem says where only the build has it."""
        plain = Object.finding(self, steps, problem, expected, rule, severity)
        at, note = self._place(steps)
        return structs.replace(plain, at=at, problem=f"{problem}{note}")

    def _place(self, steps: Pointer) -> tuple[Location, str]:
        count = depth(self.manifest, steps)
        kept, missing = steps[:count], steps[count:]
        if self.source is None:
            return self.kustomization, _HERE
        pointer = counterpart(self.manifest, self.source.manifest, kept)
        if pointer is None:
            return self.kustomization, _HERE
        original = value_at(self.source.manifest, *pointer)
        is_same = (
            depth(original, missing) == 0
            if missing
            else same(original, value_at(self.manifest, *kept))
        )
        note = "" if is_same else _CHANGED.format(self.kustomization.path)
        return self.source.at(*pointer, *missing), note


class SourceFiles:
    """The files of a tree that objects of builds are from; each is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._objects: dict[str, dict[Kind, dict[str, list[Object]]]] = {}

    def built(self, parts: Iterable["Part"], kustomization: Location) -> list[BuiltObject]:
        """Return the objects of one build, each with what a file has of it."""
        return [
            BuiltObject(
                document=part.document,
                pointer=(),
                manifest=part.document.value,
                kustomization=kustomization,
                source=self._source(part),
            )
            for part in parts
        ]

    def _source(self, part: "Part") -> Object | None:
        """Return the object that a part of a build is made of.

        Its name may have a prefix and a suffix by then, and its namespace may be another.
        """
        built = part.document.value
        identity = named(built)
        names = self._of(part.origin).get(kind_of(built), {})
        same_name = names.get(identity.name if identity else "", [])
        exact = (item for item in same_name if named(item.manifest) == identity)
        if same_name:
            return next(exact, same_name[0])
        inside = [name for name in names if name and identity and name in identity.name]
        if inside:
            return names[max(inside, key=len)][0]
        others = [item for items in names.values() for item in items]
        return others[0] if len(others) == 1 else None

    def _of(self, path: str) -> dict[Kind, dict[str, list[Object]]]:
        """Return the objects of a file by kind and name."""
        if path not in self._objects:
            objects = self._objects[path] = {}
            with suppress(InputError, ReadError):
                data = self._tree.read(path, MAX_LARGE) if path else b""
                for item in written(path, data):
                    if isinstance(item.manifest, dict):
                        names = objects.setdefault(kind_of(item.manifest), {})
                        names.setdefault(item.name, []).append(item)
        return self._objects[path]


def counterpart(built: Any, source: Any, pointer: Pointer) -> Pointer | None:
    """Return the pointer in the source to what a pointer leads to in the build.

    Items of lists may have moved: they are found by their names, else as the same values.
    """
    steps: list[str | int] = []
    for step in pointer:
        item = built[step]
        if isinstance(source, list):
            index = _index(item, source, int(step))
            if index is None:
                return None
            steps.append(index)
            built, source = item, source[index]
        elif isinstance(source, dict) and step in source:
            steps.append(step)
            built, source = item, source[step]
        else:
            return None
    return tuple(steps)


def _index(item: Any, source: list[Any], index: int) -> int | None:
    name = value_at(item, "name")
    if name is not None:
        return next(
            (at for at, other in enumerate(source) if value_at(other, "name") == name), None
        )
    if index < len(source) and same(source[index], item):
        return index
    equal = next((at for at, other in enumerate(source) if same(other, item)), None)
    if equal is None and index < len(source) and isinstance(item, dict | list):
        return index
    return equal
