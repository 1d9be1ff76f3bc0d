"""The risks and sentences of what GitOps controllers do when the tree of a cluster changes.

`controllers` asks for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kure_hooks.drift.consequences import NOTHING, Consequence
from kure_hooks.drift.result import Risk
from kure_hooks.engines.applied import Applied, Tree
from kure_hooks.engines.effects import Deletion, Effects
from kure_hooks.engines.fates import Fate, Fates
from kure_hooks.engines.left import (
    counted,
    data,
    installed,
    kept,
    left_alone,
    left_behind,
    left_with,
    names,
    with_names,
)
from kure_hooks.files.paths import ancestors
from kure_hooks.kustomize import BUILD_FILES, is_kustomization
from kure_hooks.manifests import Identity, Manifest, named


def consequences(
    root: str, before: Mapping[str, bytes], after: Mapping[str, bytes], changed: Iterable[str]
) -> "TreeConsequences":
    """Return the consequences of the changed files of a tree; see Controllers."""
    parsed: dict[bytes, list[Manifest]] = {}
    fates = Fates(Tree(root, before, parsed), Tree(root, after, parsed))
    return TreeConsequences(fates, frozenset(changed))


@dataclass(frozen=True)
class TreeConsequences:
    """The consequences of another tree in the place of a cluster's, by the objects of the first."""

    fates: Fates
    changed: frozenset[str]

    def of(self, path: str, manifest: Manifest) -> Consequence:
        """See Consequences."""
        if is_kustomization(path):
            return self._of_pruned(self._silent.get(path, ()))
        who = named(manifest)
        item = self.fates.before.by_place.get((path, who)) if who else None
        if item is None:
            return NOTHING
        fate = self.fates.of(item)
        if fate is None:
            return _together([left_alone(self.fates, item), self._of_one_that_stays(item)])
        taken = list(self.fates.taken(item))
        risk = self._risk(item, fate, taken)
        of_deletion = Consequence((risk,), self._deletion(item, fate, taken)) if risk else NOTHING
        return _together([of_deletion, left_behind(self.fates, item, fate)])

    def of_old(self, path: str, manifest: Manifest) -> Consequence:
        """See Consequences."""
        grave = self.of(path, manifest)
        who = named(manifest)
        if grave.effect or is_kustomization(path) or who is None:
            return grave
        item = self.fates.before.by_place.get((path, who))
        if item is None:
            return NOTHING
        fate = self.fates.of(item)
        if fate is None:
            return Consequence(effect=kept(self.fates, item))
        verb = "deletes" if fate.certain else "may delete"
        text = f"{self._subject(fate)} {verb} {item.key}{self._together_with(fate)}."
        return Consequence(effect=text)

    def of_new(self, path: str, manifest: Manifest) -> Consequence:
        """See Consequences."""
        who = named(manifest)
        item = self.fates.after.by_place.get((path, who)) if who else None
        return self._of_pruned(self._silent.get(item.key, ())) if item else NOTHING

    def _of_one_that_stays(self, item: Applied) -> Consequence:
        """Return what a GitOps object does to objects whose own files don't differ."""
        old, new = self._effects(item), self.fates.after.controllers.get(item.key)
        if old is None or new is None:
            return NOTHING
        if old.cluster != new.cluster:
            there, here = (each.cluster or "its own cluster" for each in (old, new))
            text = f"{old.tool} applies to {here} now, and leaves on {there} what it applied there."
            return Consequence((Risk.LEFT,), text)
        if _differ(old.release, new.release) and (old.prunes or new.prunes):
            text = f"{old.tool} deletes all that it installed, and installs it under another name."
            return Consequence((Risk.DESTRUCTIVE,), text)
        pruned = self._of_pruned(self._silent.get(item.key, ()))
        made = self.fates.before.by_owner.get(item.key, ())
        return _together([pruned, *map(self._of_made, made)])

    def _of_made(self, item: Applied) -> Consequence:
        """Return what follows for an object that stays and that another one makes."""
        if not item.is_made or self.fates.of(item):
            return NOTHING
        risks, text = self._of_one_that_stays(item)
        return Consequence(risks, f"{item.key}: {text}") if text else NOTHING

    def _of_pruned(self, items: Sequence[Applied]) -> Consequence:
        """Return what follows when these are pruned, with all that they have applied."""
        fates = [fate for item in items if (fate := self.fates.of(item))]
        taken = [each for item in items for each in self.fates.taken(item)]
        lost = [*items, *taken]
        grave = any(map(self._is_grave, lost)) or any(map(self._is_gone, taken))
        left = left_with(self.fates, items)
        if not fates or not (grave or taken or any(not self._is_gone(item) for item in items)):
            return left
        verb = "deletes" if all(fate.certain for fate in fates) else "may delete"
        who = "it" if len(items) == 1 else "they"
        also = f" and the {counted(len(taken))} that {who} applied" if taken else ""
        text = f"{self._subject(fates[0])} {verb} {names(items)}{also}"
        if not any(map(self._is_gone, lost)):
            text += f", which {'are' if lost[1:] else 'is'} created again{self._elsewhere(lost)}"
        elif taken and not any(map(self._is_gone, taken)):
            text += f"; what {who} applied is created again"
        risk = Risk.DESTRUCTIVE if grave else Risk.RECREATED
        return _together([Consequence((risk,), f"{text}."), left])

    def _elsewhere(self, items: Sequence[Applied]) -> str:
        """Return the words for objects that come back as others, empty where one does not."""
        same = any(item.key in self.fates.after.applied for item in items)
        return "" if same else " under another name or namespace"

    @cached_property
    def _silent(self) -> Mapping[Identity | str, list[Applied]]:
        """The objects that are pruned and have no file that differs, by what has to tell of them.

        That is the old owner, the new one, or the build file that no longer lists them.
        """
        found: dict[Identity | str, list[Applied]] = {}
        for item in self.fates.before.applied.values():
            fate = self.fates.of(item)
            shown = item.path in self.changed and not item.is_made
            if fate and fate.deletion is Deletion.PRUNE and not shown:
                found.setdefault(self._teller(item, fate), []).append(item)
        return found

    def _teller(self, item: Applied, fate: Fate) -> Identity | str:
        heir = fate.again.owner if fate.again else None
        for who in filter(None, (fate.by, heir)):
            places = (tree.applied.get(who) for tree in (self.fates.before, self.fates.after))
            if any(place and place.path in self.changed for place in places):
                return who
        builds = (
            f"{directory}/{name}"
            for directory in reversed(ancestors(item.path))
            for name in BUILD_FILES
        )
        return next((path for path in builds if path in self.changed), "")

    def _risk(self, item: Applied, fate: Fate, taken: Sequence[Applied]) -> Risk | None:
        """Return the risk of a deletion; there is none in that of an object alone, for good."""
        lost = [item, *taken]
        if any(map(self._is_grave, lost)) or any(map(self._is_gone, taken)):
            return Risk.DESTRUCTIVE
        if taken or (fate.again and fate.again.owner == item.owner):
            return Risk.RECREATED
        return Risk.OWNER if fate.again else None

    def _deletion(self, item: Applied, fate: Fate, taken: Sequence[Applied]) -> str:
        """Return the sentence about an object that is deleted."""
        along = (data(item), with_names(taken), self._unknown(item))
        what = " and ".join(["it", *filter(None, along)])
        verb = "deletes" if fate.certain else "may delete"
        text = f"{self._subject(fate)} {verb} {what}{self._together_with(fate)}"
        if fate.deletion is Deletion.CASCADE:
            return f"{text}; {self._owner(fate)} creates it again." if fate.again else f"{text}."
        if fate.again:
            again = "They are" if taken else "It is"
            return f"{text}: {self._order(fate)}. {again} created again."
        back = sum(not self._is_gone(each) for each in taken)
        if back == len(taken) > 0:
            return f"{text}; what it applied is created again."
        return f"{text}; {back} of those are created again." if back else f"{text}."

    def _together_with(self, fate: Fate) -> str:
        """Return the words for what a deletion goes along with, or waits for; empty for neither."""
        if fate.deletion is Deletion.CASCADE:
            return f" together with {fate.by}"
        waits = fate.by and self.fates.told(fate.by).suspended
        return f" once {fate.by} is resumed" if waits else ""

    def _order(self, fate: Fate) -> str:
        """Return the clause that says which of two owners comes first."""
        old, new = self._agent(fate.by), self._owner(fate)
        if fate.certain:
            return f"{old} prunes it before {new} applies it"
        return f"{old} prunes it unless {new} has applied it first"

    def _is_gone(self, item: Applied) -> bool:
        """Tell whether nothing applies an object of the same file or identity again."""
        if item.key in self.fates.after.applied:
            return False
        who = named(item.manifest)
        return who is None or (item.path, who) not in self.fates.after.by_place

    def _is_grave(self, item: Applied) -> bool:
        """Tell whether creating an object again doesn't bring back what was deleted with it."""
        return bool(data(item) or self._unknown(item))

    def _unknown(self, item: Applied) -> str:
        """Return what is deleted with a GitOps object beside the objects that are in the tree.

        That is what a chart installs, what comes from another repository, and what a Kustomization
        that prunes itself has just applied.
        """
        own, fate = self._effects(item), self.fates.of(item)
        if own is None or not own.cascades or own.makes:
            return ""
        if own.release or not own.directories:
            return installed(self.fates, item)
        if fate and fate.by == item.key:
            return "all that it applies"
        tree = self.fates.before
        here = all(tree.place(each) in tree.directories for each in own.directories)
        return "" if here else "all that it applied from elsewhere"

    def _effects(self, item: Applied) -> Effects | None:
        return self.fates.before.controllers.get(item.key)

    def _subject(self, fate: Fate) -> str:
        tool = self.fates.effects(fate.by).tool
        return tool or f"What syncs {self.fates.before.root}, if it prunes,"

    def _agent(self, who: Identity | None) -> str:
        return str(who) if who else f"what syncs {self.fates.before.root}"

    def _owner(self, fate: Fate) -> str:
        return self._agent(fate.again.owner if fate.again else None)


def _together(found: Iterable[Consequence]) -> Consequence:
    """Return several consequences as one."""
    kept = [each for each in found if each.risks]
    risks = {risk for each in kept for risk in each.risks}
    return Consequence(
        tuple(risk for risk in Risk if risk in risks), " ".join(each.effect for each in kept)
    )


def _differ(old: Sequence[str], new: Sequence[str]) -> bool:
    """Tell whether two releases differ in anything that both of them say."""
    return any(one and other and one != other for one, other in zip(old, new, strict=False))
