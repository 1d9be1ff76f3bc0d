"""The consequences of a change for a cluster, as drift receives them from those who know."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from kure_hooks.drift.paths import FieldPath
from kure_hooks.drift.result import Risk
from kure_hooks.manifests import Manifest


class Consequence(NamedTuple):
    """Risks, and the sentence that tells in their place what a controller does."""

    risks: tuple[Risk, ...] = ()
    effect: str = ""


NOTHING = Consequence()


class Consequences(Protocol):
    """The consequences of the change of one directory."""

    def of(self, path: str, manifest: Manifest) -> Consequence:
        """Return what follows for an object of a file of the directory before the change."""
        ...

    def of_old(self, path: str, manifest: Manifest) -> Consequence:
        """Return what follows for an object that is there before the change only.

        Without a risk the sentence tells whether it is deleted or stays, where that is known.
        """
        ...

    def of_new(self, path: str, manifest: Manifest) -> Consequence:
        """Return what follows for others from an object that is there after the change only."""
        ...


class Controllers(Protocol):
    """The knowledge of what the controllers of GitOps tools do."""

    def is_build(self, path: str) -> bool:
        """Return whether a file is an instruction to kustomize, so that no cluster gets it."""
        ...

    def switches(self, manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
        """Return the risk of changing a field of a GitOps object.

        `path` are the keys to the field, `change` those to what differs: the field or all above it.
        """
        ...

    def applies_otherwise(self, before: Manifest, after: Manifest) -> bool:
        """Return whether two versions of an object make a controller do other things."""
        ...

    def replaces(self, manifest: Manifest) -> bool:
        """Return whether an object is deleted and created again where its change is refused."""
        ...

    def cascades_otherwise(self, before: Manifest, after: Manifest) -> bool:
        """Return whether the deletion of two versions of an object takes other objects along."""
        ...

    def consequences(
        self,
        root: str,
        before: Mapping[str, bytes],
        after: Mapping[str, bytes],
        changed: Iterable[str],
    ) -> Consequences:
        """Return what follows when the files of a directory change, those that don't included."""
        ...


class Unaware:
    """Controllers of which nothing is known."""

    def is_build(self, path: str) -> bool:
        """See Controllers."""
        del path
        return False

    def switches(self, manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
        """See Controllers."""
        del manifest, path, change
        return None

    def applies_otherwise(self, before: Manifest, after: Manifest) -> bool:
        """See Controllers."""
        del before, after
        return False

    def replaces(self, manifest: Manifest) -> bool:
        """See Controllers."""
        del manifest
        return False

    def cascades_otherwise(self, before: Manifest, after: Manifest) -> bool:
        """See Controllers."""
        del before, after
        return False

    def consequences(
        self,
        root: str,
        before: Mapping[str, bytes],
        after: Mapping[str, bytes],
        changed: Iterable[str],
    ) -> Consequences:
        """See Controllers."""
        del root, before, after, changed
        return _NoConsequences()


class _NoConsequences:
    def of(self, path: str, manifest: Manifest) -> Consequence:
        del path, manifest
        return NOTHING

    def of_old(self, path: str, manifest: Manifest) -> Consequence:
        del path, manifest
        return NOTHING

    def of_new(self, path: str, manifest: Manifest) -> Consequence:
        del path, manifest
        return NOTHING
