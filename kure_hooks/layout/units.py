"""The units of a cluster: one for each GitOps object, with the place of its files.

A `Scheme` says where those of a tool lie in the directory of the cluster. Directories are tuples of
segments below the repository's root and are compared as such.
"""

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.stack.model import Application, Bundle
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio.place import Place

Segments = tuple[str, ...]

_BOOTSTRAP_KEYS = {"": "sourceURL", "kind": "sourceKind", "url": "sourceURL"}


class Unit(Struct, frozen=True):
    """The files of one GitOps object: those of a bundle, an umbrella's child or a part of a bundle.

    `container` is the unit that applies the GitOps object, empty for the cluster's entry point;
    `control` is the directory where the object lies. `overlay` is the one that the object names
    where that is not the payload but a kustomize overlay of it. `part` is the application that a
    part of a bundle is made of, empty for the bundle itself. Where the bundle has a payload that
    exists, nothing is written to `payload`, which then only tells where further units lie.
    """

    bundle: Bundle
    node: str
    payload: Segments
    artifact: Segments
    source: SourceRef
    source_place: Place
    container: str = ""
    control: Segments = ()
    overlay: Segments = ()
    part: str = ""

    @property
    def name(self) -> str:
        """The name of the unit and of its GitOps object."""
        return f"{self.bundle.name}-{self.part}" if self.part else self.bundle.name

    @property
    def applications(self) -> tuple[Application, ...]:
        """The applications in the payload; for a part, the one that it is made of."""
        every = self.bundle.applications
        return tuple(each for each in every if each.name == self.part) if self.part else every

    @property
    def exists(self) -> bool:
        """True for a payload that is there already, in this repository or in another source."""
        return self.bundle.payload is not None or self.bundle.is_elsewhere

    @property
    def path(self) -> str:
        """The path that the GitOps object names, `.` for the root of the source."""
        return "/".join(self.synced) or "." if self.exists else self.inside(self.synced)

    @property
    def synced(self) -> Segments:
        """The directory that the GitOps object names; one that exists, from its source's root."""
        if self.bundle.payload is not None:
            return tuple(filter(None, self.bundle.payload.split("/")))
        return self.overlay or self.payload

    @property
    def directories(self) -> tuple[Segments, ...]:
        """The directories that are written for the unit: its payload and the overlay of it."""
        return () if self.exists else tuple(dict.fromkeys((self.payload, self.synced)))

    def source_key(self, *steps: str | int) -> Place:
        """Return the place of the source, or of a key of it; the cluster's has keys of its own."""
        if self.source_place.pointer[-1] != "bootstrap":
            return self.source_place.below(*steps)
        return self.source_place.below(_BOOTSTRAP_KEYS.get(".".join(map(str, steps)), "sourceRef"))

    def inside(self, path: Segments) -> str:
        """Return a path of the unit relative to the artifact root, `.` for the root itself."""
        return "/".join(path[len(self.artifact) :]) or "."


class Scheme(Struct, frozen=True):
    """The names of a tool's directories.

    `start` holds what brings up the tool, `control` the GitOps objects of units; they may be one
    directory. With an `overlay` each unit is a directory of `apps`, see `as_app`, whatever the
    rules say of nodes and bundles.
    """

    start: str
    control: str
    overlay: str = ""


def as_app(unit: Unit, directory: Segments, overlay: str) -> Unit:
    """Return a unit with its payload in `apps/<unit>/base`, synced by a kustomize overlay of it.

    It lies in the unit's artifact, or in the cluster's own `directory`.
    """
    home = (*(unit.artifact or directory), "apps", unit.name)
    return replace(unit, payload=(*home, "base"), overlay=(*home, "overlays", overlay))
