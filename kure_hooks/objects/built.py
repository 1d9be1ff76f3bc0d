"""Objects of builds, and where the files that they are made of have their keys."""

from typing import Any

from msgspec import structs

from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.manifests import depth, same, value_at
from kure_hooks.objects.written import Object
from kure_hooks.yamlio import Pointer

_CHANGED = ", as {} builds it"
_HERE = ", in what kustomize builds here"


class BuiltObject(Object, frozen=True):
    """An object of a build.

    `kustomization` is the place in the file of kustomize's that stands for the whole build, and
    `source` the object as it is in a file of the repository, None where no file has it.
    """

    kustomization: Location
    source: Object | None

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
        pointer = _counterpart(self.manifest, self.source.manifest, kept)
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


def _counterpart(built: Any, source: Any, pointer: Pointer) -> Pointer | None:
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
