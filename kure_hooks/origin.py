"""The origin of a generated file."""

from msgspec import Struct

from kure_hooks.findings import Location


class Origin(Struct, frozen=True):
    """The part of a stack that asks for a file; empty parts don't apply."""

    at: Location
    """The place in the stack that asks for the file."""
    cluster: str
    """The name of the cluster."""
    node: str = ""
    """The path of the node, or empty."""
    bundle: str = ""
    """The name of the bundle, or empty."""
    application: str = ""
    """The name of the application, or empty."""

    @property
    def part(self) -> str:
        """The innermost part of the stack with its name, such as `application web`."""
        parts = ("application", "bundle", "node")
        named = (f"{part} {name}" for part in parts if (name := getattr(self, part)))
        return next(named, f"cluster {self.cluster}")
