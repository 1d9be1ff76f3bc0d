"""What a change does to the objects of a running cluster, and what kure-hooks says that it does."""

from dataclasses import dataclass

from kure_hooks.engines.applied import Tree
from kure_hooks.engines.fates import Fates
from tests.live.fleet import Fleet
from tests.live.history import Write
from tests.live.judging import Thing
from tests.live.world import World
from tests.support.git import git

DELETED = "deleted"
RECREATED = "deleted and recreated"
_TOOLS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")


def payload(live: World, fleet: Fleet) -> dict[str, Thing]:
    """Return the objects that units have applied, without GitOps objects, by key."""
    verdict = live.verdict(fleet.head)
    things = (each for each in verdict.things() if not each.group.endswith(_TOOLS))
    return {verdict.key(each): each for each in things}


def observed(before: dict[str, Thing], writes: list[Write]) -> dict[str, str]:
    """Return what happened to those objects that were lost, if only for a while."""
    found: dict[str, str] = {}
    for write in writes:
        if write.key in before:
            name = str(before[write.key])
            if write.deletion:
                found[name] = DELETED
            elif write.created == write.revision:
                found[name] = RECREATED
    return found


@dataclass(frozen=True)
class Announcement:
    """The objects that are lost by what kure-hooks says: for certain, or depending on timing."""

    certain: dict[str, str]
    possible: dict[str, str]

    def contradicted(self, seen: dict[str, str]) -> list[str]:
        """Return where the cluster did something else."""
        said = self.possible | self.certain
        surprises = [f"{name} {what}" for name, what in seen.items() if said.get(name) != what]
        missed = [f"{name} not {what}" for name, what in self.certain.items() if name not in seen]
        return sorted(surprises + missed)


def announced(fleet: Fleet, base: str) -> Announcement:
    """Return what kure-hooks says of the objects that are lost since the commit `base`."""
    root = f"clusters/{fleet.cluster}"
    fates = Fates(*(Tree(root, _files(fleet, commit, root)) for commit in (base, fleet.head)))
    found: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for item in fates.before.applied.values():
        if not item.key.group.endswith(_TOOLS) and (fate := fates.of(item)):
            found[fate.certain][str(item.key)] = RECREATED if fate.again else DELETED
    return Announcement(certain=found[True], possible=found[False])


def _files(fleet: Fleet, commit: str, root: str) -> dict[str, bytes]:
    names = git(fleet.directory, "ls-tree", "-r", "--name-only", commit, "--", root).split("\n")
    return {
        name: git(fleet.directory, "show", f"{commit}:{name}").encode() for name in names if name
    }
