"""Which bundle applies what is in a directory, on each side."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from posixpath import normpath

from kure_hooks.drift.objects import Held
from kure_hooks.drift.result import Risk
from kure_hooks.files.paths import ancestors, parent
from kure_hooks.manifests import Identity, Manifest
from kure_hooks.origin import Origin


@dataclass(frozen=True)
class Owners:
    """Knows the bundles by the origins of files, and those of before by their GitOps objects.

    `before` are the objects of the first side that differ. A GitOps object bears the name of its
    bundle.
    """

    origins: Mapping[str, Origin]
    before: Sequence[Held]

    def risks(self, old: str, new: str) -> tuple[Risk, ...]:
        """Return the risk of moving an object between two files, as far as owners are known."""
        if parent(old) == parent(new):
            return ()
        one, other = _nearest(old, self._old_bundles), _nearest(new, self._bundles)
        return (Risk.OWNER,) if one and other and one != other else ()

    @cached_property
    def _bundles(self) -> dict[str, str]:
        """The bundle of each directory that holds the files of one only."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path, origin in self.origins.items():
            found[parent(path)].add(origin.bundle)
        return {directory: min(names) for directory, names in found.items() if len(names) == 1}

    @cached_property
    def _old_bundles(self) -> dict[str, str]:
        return self._bundles | {
            directory: each.key.name
            for each in self.before
            if isinstance(each.key, Identity) and (directory := _applied(each.manifest))
        }


def _applied(manifest: Manifest) -> str:
    """Return the directory that an object of Flux or Argo CD applies; empty for any other."""
    match manifest:
        case {"kind": "Kustomization", "spec": {"path": str(path)}}:
            return normpath(path)
        case {"kind": "Application", "spec": {"source": {"path": str(path)}}}:
            return normpath(path)
    return ""


def _nearest(path: str, bundles: Mapping[str, str]) -> str:
    above = reversed(ancestors(path))
    return next((bundles[directory] for directory in above if directory in bundles), "")
