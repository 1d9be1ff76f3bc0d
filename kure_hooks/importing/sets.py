"""ApplicationSets of Argo CD (3.5): what they make, and bundles in their place."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kure_hooks.findings import Location
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing.candidates import Candidate, Left
from kure_hooks.manifests import Identity, Manifest, mappings_at, text_at, value_at

KIND = ("argoproj.io", "ApplicationSet")


@dataclass(frozen=True)
class MadeBySet:
    """An ApplicationSet, the names of the Applications that it makes, and what of it is unknown."""

    who: Identity
    at: Location
    names: Sequence[str]
    unknown: Sequence[str] = ()
    is_expanded: bool = False


def is_set(owner: Owner) -> bool:
    """Tell whether an owner is an ApplicationSet."""
    return (owner.who.group, owner.who.kind) == KIND


def sets_of(cluster: Cluster) -> list[Owner]:
    """Return the ApplicationSets of a cluster."""
    return [owner for owner in cluster.owners if is_set(owner)]


def is_expandable(owner: Owner) -> bool:
    """Tell whether all Applications of a set are known, and there is one."""
    return is_set(owner) and not owner.elsewhere and bool(owner.children)


def made_by(cluster: Cluster, expanded: Collection[Identity]) -> Iterator[MadeBySet]:
    """Yield what each set of a cluster makes."""
    for owner in sets_of(cluster):
        names = [resource.who.name for resource in owner.resources if resource.who]
        is_expanded = owner.who in expanded
        yield MadeBySet(owner.who, owner.resource.at(), names, tuple(owner.elsewhere), is_expanded)


def incomplete(
    expanded: Iterable[Owner], candidates: Iterable[Candidate], left: Iterable[Left]
) -> Iterator[tuple[Owner, str]]:
    """Yield the sets of which an Application is no candidate any more, each with the reason.

    An Application that nothing makes would be deleted, so the set has to stay.
    """
    known = {id(candidate.owner) for candidate in candidates}
    reasons = {item.who: item.reason for item in left}
    for owner in expanded:
        lost = [child.who for child in owner.children if id(child) not in known]
        if len(owner.children) != len(owner.resources):
            yield owner, "stays a set: two owners make one of its Applications"
        elif lost:
            reason = reasons.get(lost[0], "has no bundle")
            yield owner, f"stays a set: {lost[0]} {reason}"


def beyond(owner: Owner) -> Iterator[str]:
    """Yield what a set did beyond its Applications, as ends of the sentence `<set> ...`."""
    spec = owner.spec
    policy = value_at(spec, "syncPolicy")
    if value_at(policy, "preserveResourcesOnDeletion") is True:
        yield "kept the objects of Applications that go (syncPolicy.preserveResourcesOnDeletion)"
    if (sync := text_at(policy, "applicationsSync")) and sync != "sync":
        yield f"had syncPolicy.applicationsSync: {sync}, so that it left some changes to others"
    if kind := text_at(spec, "strategy", "type"):
        yield f"rolled its Applications out by strategy {kind}; the order of the stack counts now"
    for key in ("ignoreApplicationDifferences", "preservedFields"):
        if value_at(spec, key):
            yield f"left fields of its Applications to others ({key}); the stack says all of them"
    if any(map(_reads_git, mappings_at(spec, "generators"))):
        yield "made Applications of new directories or files by itself; each needs a bundle now"


def _reads_git(generator: Manifest) -> bool:
    inner = [
        item for kind in ("matrix", "merge") for item in mappings_at(generator, kind, "generators")
    ]
    return value_at(generator, "git") is not None or any(map(_reads_git, inner))


def lost(expanded: Iterable[Owner]) -> list[Left]:
    """Return what expanded sets did beyond their Applications, which no stack says."""
    return [
        Left(owner.who, owner.resource.at(), text) for owner in expanded for text in beyond(owner)
    ]


def written(candidates: Iterable[Candidate], expanded: Sequence[Owner]) -> list[Owner]:
    """Return the owners whose files the stack stands for: of expanded sets, the sets."""
    return [*(item.owner for item in candidates if item.owner.parent not in expanded), *expanded]
