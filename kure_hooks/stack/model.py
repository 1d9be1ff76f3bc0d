"""The model that every later step reads: complete, frozen, with positions of its own."""

from typing import Any

from msgspec import Struct

from kure_hooks.findings import Location


class Application(Struct, frozen=True, kw_only=True):
    """One application document: its kind, its decoded `spec` and where it was written."""

    name: str
    namespace: str
    kind: str
    spec: Any
    labels: dict[str, str]
    annotations: dict[str, str]
    at: Location
