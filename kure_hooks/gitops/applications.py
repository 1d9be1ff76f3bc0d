"""Stand-in until the reader of Argo CD's objects is there."""

from collections.abc import Mapping

from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource

KINDS = frozenset({("argoproj.io", "Application"), ("argoproj.io", "ApplicationSet")})


class ApplicationReader:
    """Reads nothing."""

    def __init__(
        self, files: Files, builds: Builds, origin: str, mapped: Mapping[str, str]
    ) -> None:
        del files, builds, origin, mapped

    def owner(self, resource: Resource, parent: Owner | None) -> Owner | None:
        """Return nothing."""
        del resource, parent
        return None
