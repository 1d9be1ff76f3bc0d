"""The directories of a GitOps tool inside that of a cluster."""

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.layout.units import Segments, Unit


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
