"""The contents of a payload: loose files of objects, and directories that kustomize changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import ancestors, join_relative
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Payload, Way
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.kustomize.files import PLAIN, configuration, reason

_FLUX_ENDINGS = (".yaml", ".yml")


class UnfitError(Exception):
    """A payload can't become applications; the message is the end of `<bundle> ...`."""


@dataclass(frozen=True)
class Contents:
    """The loose files of a payload, and the directories that are taken in as they are."""

    files: Sequence[str] = ()
    overlays: Sequence[str] = ()


def contents(payload: Payload, files: Files) -> Contents:
    """Return the contents of a payload, as finely as its kustomization files allow.

    A directory whose file does more than list is taken in as a whole. Raises UnfitError for a
    chart, and for what can't be read.
    """
    if payload.way is Way.CHART:
        raise UnfitError("applies a Helm chart of the repository, which no application renders")
    if payload.way in (Way.DIRECTORY, Way.RECURSIVE):
        return Contents(sorted(payload.files))
    if payload.way is Way.FLUX and not is_configured(payload, files):
        return _joined(_generated(payload.directory, files))
    return _directory(payload.directory, files)


def is_configured(payload: Payload, files: Files) -> bool:
    """Tell whether the directory of a payload has a file of kustomize's."""
    return _has_file(payload.directory, files)


def _has_file(directory: str, files: Files) -> bool:
    start = f"{directory}/" if directory else ""
    return any(f"{start}{name}" in files.paths for name in BUILD_FILES)


def _generated(directory: str, files: Files) -> Iterator[Contents]:
    """Yield what Flux lists in the file that it generates for a directory without one."""
    start, bases = f"{directory}/" if directory else "", set[str]()
    for path in sorted(path for path in files.paths if path.startswith(start)):
        inner = [
            above
            for above in ancestors(path)
            if len(above) > len(directory) and _has_file(above, files)
        ]
        if inner and inner[0] not in bases:
            bases.add(inner[0])
            yield _directory(inner[0], files)
        elif not inner and path.endswith(_FLUX_ENDINGS):
            yield Contents([path])


def _directory(directory: str, files: Files) -> Contents:
    """Return the contents of a directory with a file of kustomize's."""
    whole = Contents(overlays=[directory])
    fields = _fields(directory, files)
    if fields.keys() - PLAIN or fields.get("kind", "Kustomization") != "Kustomization":
        return whole
    parts: list[Contents] = []
    for resource in fields.get("resources") or ():
        path = join_relative(directory, resource)
        if path is not None and path in files.paths:
            parts.append(Contents([path]))
        elif path is not None and path != directory and _has_file(path, files):
            parts.append(_directory(path, files))
        else:
            return whole
    return _joined(parts)


def _fields(directory: str, files: Files) -> dict[str, Any]:
    try:
        document = configuration(files.tree, directory)
    except (InputError, ReadError) as error:
        raise UnfitError(f"has a payload that can't be read: {reason(error)}") from error
    return document.value if document else {}


def _joined(parts: Sequence[Contents] | Iterator[Contents]) -> Contents:
    known = list(parts)
    return Contents(
        [path for part in known for path in part.files],
        list(dict.fromkeys(path for part in known for path in part.overlays)),
    )
