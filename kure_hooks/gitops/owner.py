"""Owners: the objects that make a controller apply others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.engines.variables import Known
from kure_hooks.gitops.left_out import NOTHING, LeftOut
from kure_hooks.gitops.payload import Payload, Resource
from kure_hooks.manifests import Identity
from kure_hooks.yamlio import Pointer


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something that an owner waits for before it applies anything, and where it says so."""

    who: Identity
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Target:
    """A directory that an owner applies, and where it says so.

    `path` is as written, `directory` the same as a path of this repository: None where it leaves
    the source, or where the source is not this repository. `exists` tells of that directory,
    `is_assumed` that nothing says whether the source is this repository. `left_out` are the files
    that the source lacks.
    """

    pointer: Pointer
    path: str
    directory: str | None = None
    exists: bool = False
    is_assumed: bool = False
    left_out: LeftOut = NOTHING


@dataclass(eq=False, slots=True)
class Owner:
    """A Kustomization, HelmRelease, FluxInstance, ResourceSet, Application or ApplicationSet.

    `resource` is the object itself as it is applied, and `parent` the owner that applies it, None
    for an entry of the cluster. `targets` are the directories that it names, `payloads` what is
    built of those in this repository, and `resources` all of their objects as the owner applies
    them (renamed, patched, substituted). `elsewhere` are ends of the sentence `<owner> ...` that
    say why some of what it applies can't be known here: a source elsewhere, a chart, a plugin.
    `refusals` are those of them for which the controller makes nothing of it.
    `source` is the source object that it names, `destination` the cluster that it applies to, empty
    for its own. `variables` are those that are substituted in `unsubstituted`; None where none are.
    It `changes` what is built where its own fields patch, rename or substitute objects.
    A `stuck` owner names something that is not there, so that it applies nothing. `waits` tells
    that it is ready only when all that it applies is, `checks` what else has to be.
    """

    tool: str
    who: Identity
    resource: Resource
    parent: "Owner | None" = None
    targets: tuple[Target, ...] = ()
    payloads: tuple[Payload, ...] = ()
    resources: tuple[Resource, ...] = ()
    elsewhere: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    source: Identity | None = None
    destination: str = ""
    variables: Known | None = None
    unsubstituted: tuple[Resource, ...] = ()
    changes: bool = False
    dependencies: tuple[Dependency, ...] = ()
    prunes: bool = False
    cascades: bool = False
    suspended: bool = False
    stuck: bool = False
    waits: bool = False
    checks: tuple[Dependency, ...] = ()
    children: list["Owner"] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """True where all that it applies is known."""
        return not self.elsewhere and not any(payload.unknown for payload in self.payloads)

    @property
    def spec(self) -> Any:
        """The spec of the object as it is applied."""
        return self.resource.manifest.get("spec")

    def below(self) -> Iterator["Owner"]:
        """Yield the owner and all owners that it brings, in the order of applying."""
        waiting = [self]
        while waiting:
            owner = waiting.pop()
            yield owner
            waiting += reversed(owner.children)

    def above(self) -> Iterator["Owner"]:
        """Yield the owners that bring this one, the nearest first."""
        owner = self.parent
        while owner is not None:
            yield owner
            owner = owner.parent
