"""The fate of each object of a cluster when the tree that its GitOps tools sync changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from kure_hooks.engines.applied import Applied, Tree
from kure_hooks.engines.effects import Deletion, Effects, tools
from kure_hooks.manifests import Identity, Kind

# Whatever syncs a tree from outside of it is taken for one that prunes, as both tools' roots do.
_OUTSIDE = Effects(tool="", prunes=True)


@dataclass(frozen=True)
class Fate:
    """The deletion of an object.

    `by` is the GitOps object that deletes it, None for what syncs the tree from outside. `again` is
    the object as it is applied afterwards, None if it is gone. It is not `certain` where it depends
    on which of two controllers comes first.
    """

    deletion: Deletion
    by: Identity | None
    certain: bool
    again: Applied | None = None


class Stay(Enum):
    """A reason why an object stays on the cluster although it is gone from the tree."""

    SPARED = "it opts out of being deleted"
    REFUSED = "its project no longer permits to delete it"
    ORPHANED = "its owner is deleted without what it applied"
    UNPRUNED = "its owner does not prune"
    FAILING = "the directory is gone, which fails and deletes nothing"
    LAST = "its owner never prunes everything"
    APPLIED = "its owner, which is gone from the tree as well, still finds it"


@dataclass(frozen=True)
class Fates:
    """The fates of the objects of one tree when another one takes its place.

    Both are of one cluster. What the controllers know is taken from the first, what they are told
    from the second.
    """

    before: Tree
    after: Tree
    _known: dict[Identity, Fate | None] = field(default_factory=dict)
    _waits: dict[tuple[bool, Identity], set[Identity]] = field(default_factory=dict)

    def of(self, item: Applied) -> Fate | None:
        """Return the fate of an object of the first tree, None for one that stays."""
        chain: list[Applied] = []
        above: Applied | None = item
        while above and above.key not in self._known:
            self._known[above.key] = None  # one that applies itself stays while it is asked
            chain.append(above)
            above = self.before.applied.get(above.owner) if above.owner else None
        for each in reversed(chain):
            self._known[each.key] = self._fate(each)
        return self._known[item.key]

    def taken(self, item: Applied) -> Iterator[Applied]:
        """Yield the objects that are deleted because a GitOps object is, at any depth."""
        waiting = [item]
        while waiting:
            owner = waiting.pop()
            for each in self.before.by_owner.get(owner.key, ()):
                fate = self.of(each)
                if each is not owner and fate and fate.deletion is Deletion.CASCADE:
                    yield each
                    waiting.append(each)

    def left(self, owner: Applied) -> Iterator[Applied]:
        """Yield the objects that a GitOps object applied, and that stay when it is deleted.

        Its project, which is changed first, no longer permits them.
        """
        applied = self.before.by_owner.get(owner.key, ())
        return (each for each in applied if self.stays(each, owner))

    def stays(self, item: Applied, owner: Applied) -> bool:
        """Return whether a project keeps the owner of an object from taking it along."""
        return item is not owner and self._outlives(item, owner) is Stay.REFUSED

    def stay(self, item: Applied) -> Stay | None:
        """Return why an object of the first tree that is not in the second one has no fate."""
        owner = self.before.applied.get(item.owner) if item.owner else None
        return self._outlives(item, owner) if owner and self.of(owner) else self._unpruned(item)

    def refusing(self, item: Applied) -> Identity | None:
        """Return the project that no longer permits its owner to delete an object, or None."""
        return self.narrowed(item.owner, item.key)

    def narrowed(self, owner: Identity | None, who: Identity) -> Identity | None:
        """Return the project of a GitOps object that permits an object before, but not after."""
        own, told = self.effects(owner), self.told(owner).project
        if own.project is None or told is None:
            return None
        before, after = self.before.applied.get(own.project), self.after.applied.get(told)
        tool = tools()[own.tool]
        if not before or not after or tool.refuses(before.manifest, own, who):
            return None
        return told if tool.refuses(after.manifest, own, who) else None

    def effects(self, who: Identity | None) -> Effects:
        """Return the effects of a GitOps object, as the first tree has them if it can."""
        if who is None:
            return _OUTSIDE
        return self.before.controllers.get(who) or self.after.controllers[who]

    def _fate(self, item: Applied) -> Fate | None:
        owner = self.before.applied.get(item.owner) if item.owner else None
        above = self._known.get(owner.key) if owner else None
        if not owner or not above:
            return self._pruned(item)
        # What prunes itself prunes, in the same go, all else that is no longer asked for.
        goes_last = above.by == owner.key
        return (goes_last and self._pruned(item)) or self._cascaded(item, owner, above)

    def _cascaded(self, item: Applied, owner: Applied, above: Fate) -> Fate | None:
        """Return the fate of an object whose owner is deleted."""
        own = self.effects(owner.key)
        if self._outlives(item, owner):
            return None
        again = self.after.applied.get(item.key)
        heir = again.owner if again else None
        if again and self._takes_over(own, owner, above, heir):
            return None
        return Fate(
            Deletion.CASCADE, owner.key, above.certain and not self._races(own, owner, heir), again
        )

    def _outlives(self, item: Applied, owner: Applied) -> Stay | None:
        """Return why an owner that is deleted doesn't take an object along, None if it does."""
        own = self.effects(owner.key)
        if not own.cascades:
            return Stay.ORPHANED
        if _spares(own, item, Deletion.CASCADE):
            return Stay.SPARED
        return Stay.REFUSED if self.refusing(item) else None

    def _takes_over(self, own: Effects, owner: Applied, above: Fate, heir: Identity | None) -> bool:
        """Tell whether an object has a new owner for sure before the old one deletes it.

        What prunes the old owner applied all of its own objects before.
        """
        return (
            own.tool == "Flux"
            and above.deletion is Deletion.PRUNE
            and heir is not None
            and heir == above.by != owner.key
            and self.effects(heir).tool == own.tool
        )

    def _races(self, own: Effects, owner: Applied, heir: Identity | None) -> bool:
        """Tell whether a new owner that already runs may be first; those of other tools never."""
        if heir == owner.key:
            return False
        return heir in self.before.controllers and self.effects(heir).tool == own.tool

    def _pruned(self, item: Applied) -> Fate | None:
        """Return the fate of an object whose owner stays."""
        again = self.after.applied.get(item.key)
        if (again and again.owner == item.owner) or self._unpruned(item):
            return None
        if again is None:
            # The owner and its project are synced at the same time, and either may be first.
            return Fate(Deletion.PRUNE, item.owner, certain=not self.refusing(item))
        certain = self._is_late(item, again.owner)
        if not certain and self._is_early(item.owner, again.owner):
            return None
        return Fate(Deletion.PRUNE, item.owner, certain, again)

    def _unpruned(self, item: Applied) -> Stay | None:
        """Return why an owner that stays doesn't prune an object, None if it does."""
        if reason := self._goes_on_with(item):
            return reason
        own = self.effects(item.owner)
        if not own.prunes and not self.told(item.owner).prunes:
            return Stay.UNPRUNED
        return Stay.SPARED if _spares(own, item, Deletion.PRUNE) else None

    def told(self, who: Identity | None) -> Effects:
        """Return what a GitOps object says in the second tree; as before where it isn't there."""
        return self.after.controllers.get(who, self.effects(who)) if who else _OUTSIDE

    def _goes_on_with(self, item: Applied) -> Stay | None:
        """Return why what stays prunes nothing or still applies an object, None if it may prune."""
        if item.owner is None:
            return None if self.after.root in self.after.directories else Stay.FAILING
        told = self.told(item.owner)
        if self._fails(told):
            return Stay.FAILING
        if item.owner not in self.after.controllers:
            return Stay.APPLIED if self.after.asks_for(told, item.manifest) else None
        empty = told.refuses_empty and not self.after.by_owner.get(item.owner)
        return Stay.LAST if empty else None

    def _fails(self, told: Effects) -> bool:
        """Tell whether a directory is gone: a reconciliation that fails for it deletes nothing."""
        places = {self.after.place(each) for each in told.directories}
        missing = places - self.after.directories
        elsewhere = missing - self.before.directories  # in another repository
        return bool(missing) and (missing == places or missing != elsewhere)

    def _is_late(self, item: Applied, heir: Identity | None) -> bool:
        """Tell whether the new owner can apply an object only after the old one has pruned it."""
        owner = item.owner
        old, new = self.effects(owner), self.effects(heir)
        if old.tool and new.tool and old.tool != new.tool:
            return True  # neither takes off the mark by which the other knows what it applied
        if heir is None:
            return False
        place = self.after.applied.get(heir)
        if heir not in self.before.controllers and place and place.owner == owner:
            return self._wave_of_pruning(item) <= _wave(old, place)
        return owner in self._waited_for(heir, after=True)

    def _wave_of_pruning(self, item: Applied) -> int:
        """Return the wave in which an object is pruned: the first is the last of those pruned."""
        own = self.effects(item.owner)
        waves = sorted({_wave(own, each) for each in self._leaving.get(item.owner, ())})
        return waves[-1 - waves.index(_wave(own, item))]

    @cached_property
    def _leaving(self) -> Mapping[Identity | None, list[Applied]]:
        """The objects that their owners no longer apply, by owner."""
        found: dict[Identity | None, list[Applied]] = {}
        for item in self.before.applied.values():
            again = self.after.applied.get(item.key)
            if not again or again.owner != item.owner:
                found.setdefault(item.owner, []).append(item)
        return found

    def _is_early(self, owner: Identity | None, heir: Identity | None) -> bool:
        """Tell whether the old owner waits for the new one at every revision."""
        return all(heir in self._waited_for(owner, after=after) for after in (False, True))

    def _waited_for(self, who: Identity | None, *, after: bool) -> set[Identity]:
        """Return what a GitOps object waits for at every revision, at any distance.

        A revision is that of a source: what has another one may be ready with an older revision.
        """
        controllers = (self.after if after else self.before).controllers
        if who is None or who not in controllers:
            return set()
        if (after, who) not in self._waits:
            found = self._waits[after, who] = set()
            sources = _sources(controllers[who])
            waiting = [who]
            while waiting:
                for each in controllers[waiting.pop()].waits_for:
                    other = controllers.get(each)
                    if other and each not in found and _sources(other) == sources:
                        found.add(each)
                        waiting.append(each)
        return self._waits[after, who]


def _sources(own: Effects) -> set[Kind]:
    return {each.source for each in own.directories}


def _wave(own: Effects, item: Applied) -> int:
    tool = tools().get(own.tool)
    return tool.wave(item.manifest) if tool else 0


def _spares(own: Effects, item: Applied, deletion: Deletion) -> bool:
    tool = tools().get(own.tool)
    return tool is not None and tool.spares(item.manifest, deletion)
