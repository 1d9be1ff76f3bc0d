"""The effects of GitOps objects on a cluster: what their controllers apply, and what they delete.

Each engine knows the objects of its own tool; see `flux.effects` and `argocd.effects`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from posixpath import normpath
from types import NoneType
from typing import Any, Protocol, cast

from kure_hooks import registry
from kure_hooks.drift.paths import FieldPath
from kure_hooks.drift.result import Risk
from kure_hooks.engines.identities import UNCHANGED, Renaming
from kure_hooks.manifests import Identity, Kind, Manifest, kind_of
from kure_hooks.package_code import Member, Part, loading

DATA: Mapping[Kind, str] = {
    ("", "Namespace"): "everything in it",
    ("", "PersistentVolume"): "its data",
    ("", "PersistentVolumeClaim"): "its data",
    ("apiextensions.k8s.io", "CustomResourceDefinition"): "every object of its kind",
}
"""What is lost for good when an object of these kinds is deleted, even if it is created again."""


class Deletion(Enum):
    """The two ways in which a controller deletes what an object of its tool made it apply."""

    PRUNE = "the object no longer asks for it"
    CASCADE = "the object is deleted itself"


@dataclass(frozen=True)
class Directory:
    """A directory that is applied: its path below the artifact root of a source.

    `source` are kind and name of an object of Flux, empty for a repository that is known by URL.
    """

    path: str
    source: Kind = ("", "")
    renaming: Renaming = UNCHANGED


@dataclass(frozen=True)
class Effects:
    """Effects of objects on a cluster: the actions of a tool's controller.

    `prunes` tells that it deletes what the object no longer asks for, `cascades` that it deletes
    all of it with the object; `refuses_empty` that it never prunes everything. `makes` are objects
    that it writes itself, `waits_for` those that have to be ready first. `cluster` is where it
    applies to, empty for its own cluster. `release` is what it installs under a name: another value
    makes it uninstall the old one. `recurses` tells that a directory without a kustomization.yaml
    is applied with all directories below it. What is `suspended` prunes once it is resumed.
    `project` is the object that says what it may apply and delete, None for no such limit.
    """

    tool: str
    directories: Sequence[Directory] = ()
    prunes: bool = False
    cascades: bool = False
    refuses_empty: bool = False
    recurses: bool = True
    makes: Sequence[Manifest] = ()
    waits_for: Sequence[Identity] = ()
    cluster: str = ""
    release: tuple[str, ...] = ()
    suspended: bool = False
    project: Identity | None = None


class Tool(Protocol):
    """The knowledge of one GitOps tool; a module `effects` of its engine."""

    NAME: str
    """The name of the tool in sentences."""

    def effects(self, manifest: Manifest) -> Effects | None:
        """Return the effects of an object, None for one that the tool's controllers ignore."""
        ...

    def spares(self, manifest: Manifest, deletion: Deletion) -> bool:
        """Return whether the tool keeps an object although it would delete others in this way."""
        ...

    def wave(self, manifest: Manifest) -> int:
        """Return the turn of an object among those that are synced together."""
        ...

    def refuses(self, project: Manifest, own: Effects, who: Identity) -> bool:
        """Return whether a project keeps the tool from an object where `own` applies to."""
        ...

    def switches(self, manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
        """Return the risk of changing a field of an object of the tool.

        `path` are the keys to the field, `change` those to what differs: the field or all above it.
        """
        ...


@cache
def tools() -> Mapping[str, Tool]:
    """Return the tools by their names in sentences."""
    by_name: dict[str, Tool] = {}
    for entry in registry.engines():
        with loading(entry.effects):
            by_name[registry.load(entry.effects).NAME] = _tool(entry)
    return by_name


def tool_named(engine: str) -> Tool:
    """Return the tool of an engine; UsageError for a name that none has."""
    return _tool(registry.engine(engine))


def _tool(entry: registry.EngineEntry) -> Tool:
    tool: Tool = registry.load(entry.effects)
    if subject := registry.described(entry):
        return cast("Tool", Part(tool, subject, _MEMBERS))
    return tool


def _either(*types: type) -> Callable[[Any], bool]:
    return lambda result: isinstance(result, types)


_TRUTH = Member("a bool", _either(bool))
_MEMBERS = {
    "effects": Member("Effects or None", _either(Effects, NoneType)),
    "spares": _TRUTH,
    "wave": Member("an int", _either(int)),
    "refuses": _TRUTH,
    "switches": Member("a Risk or None", _either(Risk, NoneType)),
}


def effects(manifest: Manifest) -> Effects | None:
    """Return the effects of an object of any tool, None for one that is no GitOps object."""
    found = (tool.effects(manifest) for tool in tools().values())
    return next((own for own in found if own is not None), None)


def takes_along(manifest: Manifest) -> bool:
    """Return whether deleting an object deletes more than the object, even for a moment."""
    if kind_of(manifest) in DATA:
        return True
    own = effects(manifest)
    return own is not None and own.cascades


def normal(path: str) -> str:
    """Return a path of a source in its normal form; the root is `.`."""
    return normpath(path.lstrip("/") or ".")
