"""The origin of a generated file."""

from msgspec import Struct

from kure_hooks.findings import Location


class Origin(Struct, frozen=True):
    """The part of a stack that asks for a file; empty parts don't apply."""

    at: Location
    cluster: str
    node: str = ""
    bundle: str = ""
    application: str = ""
