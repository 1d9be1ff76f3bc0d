"""The origin of a generated file."""

from dataclasses import dataclass

from kure_hooks.findings import Location


@dataclass(frozen=True, slots=True)
class Origin:
    """The part of a stack that asks for a file; empty parts don't apply."""

    at: Location
    cluster: str
    node: str = ""
    bundle: str = ""
    application: str = ""
