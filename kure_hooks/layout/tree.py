"""A cluster's tree before it is text: directories that hold files that hold manifests."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from kure_hooks.findings import Finding, Location
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.interface import ConfigMapGenerator, Overlay, Trace


class Patched(Struct, frozen=True):
    """The numbers of the GitOps patches that are for an object, and what is wrong with them."""

    numbers: frozenset[int]
    faults: tuple[Finding, ...] = ()


class Item(Struct, frozen=True):
    """A manifest and what it comes from; `at` is where it is written, if somebody wrote it.

    `trace` tells where parts of it are written, if an application's document has them as they are.
    `patched` is None until GitOps patches have been tried on it. `holds` are the GitOps objects
    that it is made of, as an ApplicationSet of its Applications. `trace` tells which parts of it
    an application's document has as they are.
    """

    manifest: Manifest
    origin: Origin
    at: Location | None = None
    patched: Patched | None = None
    holds: tuple["Item", ...] = ()
    trace: Trace = field(default_factory=dict)


class File(Struct, frozen=True):
    """Manifests that share a file."""

    name: str
    items: tuple[Item, ...]


class Directory(Struct, frozen=True):
    """A directory with a kustomization.yaml that lists its files and the directories `includes`.

    `extras` are files by name that no build lists, written as they are; `generators` read them.
    An `overlay` takes in directories that nobody writes here, and `fields` are further ones of the
    kustomization.yaml.
    """

    path: Segments
    origin: Origin
    files: Sequence[File] = ()
    includes: Sequence[Segments] = ()
    remotes: Sequence[str] = ()
    extras: Mapping[str, bytes] = field(default_factory=dict)
    generators: Sequence[ConfigMapGenerator] = ()
    overlay: Overlay | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
