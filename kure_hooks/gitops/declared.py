"""The world around a repository and the limits of rules, as its settings declare them."""

from dataclasses import dataclass

from kure_hooks.files.globs import matches, matches_segment
from kure_hooks.manifests import Identity


@dataclass(frozen=True, slots=True)
class Declared:
    """The kinds and objects that nothing in the repository provides, and what rules ask for.

    `preinstalled` are patterns of API groups, such as `cert-manager.io`, or of kinds in them, such
    as `cert-manager.io/Issuer`, whose CRDs are on a cluster before anything is applied. `external`
    are patterns of objects, `Secret flux-system/sops-age` or `Namespace monitoring`, that something
    outside provides; `*` and `?` match within a part, and a kind may have its group behind a dot.
    `pinned` are patterns of the files whose Applications have to name fixed revisions, and
    `shortest_interval` is the shortest one that an object of Flux may have.
    """

    preinstalled: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    shortest_interval: str = "1m"

    def is_preinstalled(self, group: str, kind: str) -> bool:
        """Tell whether the CRD of a kind is declared to be there before."""
        return any(_is_kind(pattern, group, kind) for pattern in self.preinstalled)

    def is_external(self, who: Identity) -> bool:
        """Tell whether an object is declared to be provided from outside of the repository."""
        return any(_is_object(pattern, who) for pattern in self.external)

    def is_pinned(self, path: str) -> bool:
        """Tell whether the Applications of a file have to name fixed revisions."""
        return any(matches(pattern, path) for pattern in self.pinned)


def _is_kind(pattern: str, group: str, kind: str) -> bool:
    of_group, slash, of_kind = pattern.partition("/")
    return matches_segment(of_group, group) and (not slash or matches_segment(of_kind, kind))


def _is_object(pattern: str, who: Identity) -> bool:
    of_kind, _, of_name = pattern.partition(" ")
    kind = f"{who.kind}.{who.group}" if "." in of_kind else who.kind
    space, slash, name = of_name.rpartition("/")
    if bool(slash) != bool(who.namespace):
        return False
    return (
        matches_segment(of_kind, kind)
        and matches_segment(space or "*", who.namespace)
        and matches_segment(name, who.name)
    )
