"""The objects that GitOps controllers leave on a cluster because a project no longer permits them.

A project is changed before what is removed from it is deleted (Argo CD 3.5), and what it doesn't
permit at that moment is not deleted.
"""

from collections.abc import Iterable, Sequence

from kure_hooks.drift.consequences import NOTHING, Consequence
from kure_hooks.drift.result import Risk
from kure_hooks.engines.applied import Applied
from kure_hooks.engines.effects import DATA, Deletion
from kure_hooks.engines.fates import Fate, Fates, Stay
from kure_hooks.manifests import Identity, Kind, kind_of

_ADVICE = (
    "Let gitops.argocd.projectSpec permit what is to be deleted until it is gone, "
    "or delete it by hand."
)

# Nobody here knows the objects of a chart; these two stand for them.
_INSIDE: Kind = ("", "ConfigMap")
_OUTSIDE: Kind = ("rbac.authorization.k8s.io", "ClusterRole")

# So many objects are named before the rest is counted.
_NAMED = 3


def left_behind(fates: Fates, item: Applied, fate: Fate) -> Consequence:
    """Return what stays of an object that is deleted: itself, perhaps, or what it applied."""
    project = fates.refusing(item)
    if fate.deletion is Deletion.PRUNE and project and not fate.again:
        tool = fates.effects(fate.by).tool
        text = (
            f"{tool} leaves it on the cluster if {project}, which no longer permits it, "
            f"is updated before {fate.by} is synced. {_ADVICE}"
        )
        return Consequence((Risk.LEFT,), text)
    return left_with(fates, [item])


def left_with(fates: Fates, items: Iterable[Applied]) -> Consequence:
    """Return what stays of all that objects applied which are deleted."""
    owners = [each for item in items for each in (item, *fates.taken(item))]
    owned = [each for owner in owners for each in fates.left(owner)]
    told = [*([names(owned)] if owned else []), *filter(None, (_left(fates, it) for it in owners))]
    projects = {fates.refusing(each) for each in owned} | {
        project for owner in owners for project in _narrowed(fates, owner).values()
    }
    if not told:
        return NOTHING
    known = sorted(str(each) for each in projects if each)
    whose, verb = " and ".join(known), "permit" if known[1:] else "permits"
    controllers = (fates.before.controllers.get(each.key) for each in owners)
    tool = next(each.tool for each in controllers if each)
    text = f"{tool} leaves {' and '.join(told)} on the cluster, which {whose} no longer {verb}."
    return Consequence((Risk.LEFT,), f"{text} {_ADVICE}")


def left_alone(fates: Fates, item: Applied) -> Consequence:
    """Return what follows for an object that is gone from the tree and stays on the cluster."""
    owner = fates.before.applied.get(item.owner) if item.owner else None
    if not owner or item.key in fates.after.applied or not fates.of(owner):
        return NOTHING
    if not fates.stays(item, owner):
        return NOTHING
    tool, project = fates.effects(owner.key).tool, fates.refusing(item)
    text = (
        f"{tool} leaves it on the cluster when {owner.key} is deleted, "
        f"because {project} no longer permits it. {_ADVICE}"
    )
    return Consequence((Risk.LEFT,), text)


def kept(fates: Fates, item: Applied) -> str:
    """Return the sentence about an object that is gone from its file and that nothing deletes."""
    again = fates.after.applied.get(item.key)
    if again:
        heir = again.owner or "another file"
        return f"{item.key} stays on the cluster, because {heir} applies it."
    home = fates.before.applied.get(Identity("", "Namespace", "", item.key.namespace))
    if home and (fate := fates.of(home)):
        takes = "takes" if fate.certain else "may take"
        return f"{home.key} {takes} {item.key} along when it is deleted."
    owner, tool = item.owner, fates.effects(item.owner).tool
    synced = f"the directory of {owner}" if owner else fates.before.root
    reasons = {
        Stay.SPARED: "because the object opts out of being deleted",
        Stay.ORPHANED: f"when {owner} is deleted",
        Stay.UNPRUNED: f"because {owner} does not prune",
        Stay.FAILING: f"because {synced} is gone: what syncs it fails and deletes nothing",
        Stay.LAST: f"because {owner} never prunes all that it has applied",
        Stay.APPLIED: f"because {owner} still finds it",
    }
    reason = reasons.get(stay) if (stay := fates.stay(item)) else None
    if reason is None:
        return ""
    rest = (
        f"{tool} leaves {item.key} on the cluster" if tool else f"{item.key} stays on the cluster"
    )
    return f"{rest} {reason}." if stay is Stay.ORPHANED else f"{rest}, {reason}."


def installed(fates: Fates, item: Applied) -> str:
    """Return what is deleted of all that a chart installed with the object that releases it."""
    inside, outside = (place in _narrowed(fates, item) for place in (_INSIDE, _OUTSIDE))
    if inside and outside:
        return ""
    if inside:
        return "what it installed outside of namespaces"
    return "what it installed in namespaces" if outside else "all that it installed"


def _left(fates: Fates, item: Applied) -> str:
    found = _narrowed(fates, item)
    if len(found) > 1:
        return f"all that {item.key} installed"
    places = {_INSIDE: "in namespaces", _OUTSIDE: "outside of namespaces"}
    return next((f"what {item.key} installed {places[kind]}" for kind in found), "")


def _narrowed(fates: Fates, item: Applied) -> dict[Kind, Identity]:
    """Return the projects that no longer permit the objects of a chart, by where these are."""
    own = fates.before.controllers.get(item.key)
    if not own or not own.cascades or not own.release:
        return {}
    stand_ins = (
        Identity(*_INSIDE, own.release[-1], item.key.name),
        Identity(*_OUTSIDE, "", item.key.name),
    )
    projects = {(each.group, each.kind): fates.narrowed(item.key, each) for each in stand_ins}
    return {kind: project for kind, project in projects.items() if project}


def data(item: Applied) -> str:
    """Return what is lost for good with an object, empty for most."""
    return DATA.get(kind_of(item.manifest), "")


def names(items: Sequence[Applied]) -> str:
    """Return the first objects by name, and the number of the rest."""
    told = [str(each.key) for each in items[:_NAMED]]
    if rest := len(items) - len(told):
        told.append(f"{rest} more")
    return ", ".join(told[:-1]) + " and " + told[-1] if len(told) > 1 else told[0]


def with_names(taken: Sequence[Applied]) -> str:
    """Return the number of objects that go along, with the names of those that hold data."""
    if not taken:
        return ""
    holders = [each for each in taken if data(each)]
    among = f" ({names(holders)} among them)" if holders else ""
    return f"the {counted(len(taken))} that it applied{among}"


def counted(number: int) -> str:
    """Return a number of objects; one is just the object."""
    return "object" if number == 1 else f"{number} objects"
