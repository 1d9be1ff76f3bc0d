"""Strategic merges of overrides into the document of an application, and its gaps filled.

Mappings are merged, `null` deletes a key, and `$patch: delete`, `replace` or `merge` says what to
do with a mapping or an item. A list that the kind merges by a key of its items keeps its order: an
item of the override changes the one with the same key, or is added at the end, as the API server
does it (k8s.io/apimachinery 0.36, pkg/util/strategicpatch). Other lists are replaced.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding
from kure_hooks.yamlio import Pointer, limits
from kure_hooks.yamlio.layers import Origins, layered
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

RULE = "ST046"
DIRECTIVE = "$patch"

Keys = Mapping[str, Sequence[str]]
"""By the name of a list: the keys that tell its items apart; an item is known by the first one."""

Gap = tuple[Pointer, Place]
"""The pointer to a value that may be missing, and the place of the one that is taken then."""

_Entry = tuple[Any, Place]
"""A value, and where it is written."""

_DIRECTIVES = ("delete", "merge", "replace")
_DELETED = object()


def merged(place: Place, patches: Iterable[Place], keys: Keys) -> tuple[Place, list[Finding]]:
    """Return the place of a mapping with patches merged into it, one after the other, and faults.

    Each value is told at the line that has it, in whichever document that is.
    """
    merge = _Merge(keys)
    value = place.value
    for patch in patches:
        value = merge.whole((value, place), patch)
    return layered(place, value, merge.origins) if merge.origins else place, merge.faults


def filled(place: Place, gaps: Iterable[Gap]) -> Place:
    """Return the place of a mapping in which values that are missing are taken from elsewhere.

    A gap whose way leads through something else than mappings and items that exist is left.
    """
    origins: dict[int, Origins] = {}
    value = place.value
    for pointer, source in gaps:
        value = _put(value, pointer, source, origins)
    return layered(place, value, origins) if origins else place


class _Merge:
    """Merges patches into values; `origins` are those of the values made so far."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.origins: dict[int, Origins] = {}
        self.faults: list[Finding] = []

    def whole(self, old: _Entry, patch: Place) -> dict[str, Any]:
        """Return the outermost mapping with a patch merged into it; it can't be deleted."""
        made: dict[str, Any] | None = self._inner(old, patch.value, patch)[0]
        if made is None:
            problem = "an override can't delete the application"
            expected = "Remove the application from its bundle."
            self._refuse(patch.below(DIRECTIVE), problem, expected)
        return old[0] if made is None else made

    def mapping(self, old: _Entry, patch: Place) -> dict[str, Any]:
        """Return a mapping with that of a patch merged into it."""
        value, at = old
        result = dict(value)
        places = self._places(value)
        for key, change in patch.value.items():
            if key == DIRECTIVE:
                continue
            if key.startswith("$"):
                self._refuse(patch.below(key), f"{key} is no directive here", "Write $patch.")
                continue
            before = (value.get(key), places.get(key) or at.below(key))
            result[key], places[key] = self._value(key, before, change, patch.below(key))
            if result[key] is None:
                del result[key]
        self._remember(result, places)
        return result

    def _value(self, key: str, old: _Entry, change: Any, patch: Place) -> _Entry:
        """Return what the value of a key becomes, None for nothing, and where that is written."""
        value, at = old
        if isinstance(change, dict):
            return self._inner(old, change, patch)
        if isinstance(change, list) and key in self.keys and not isinstance(value, dict):
            keys = self.keys[key]
            items = self._items(
                (value, at) if isinstance(value, list) else ([], patch), patch, keys
            )
            return items, at if isinstance(value, list) else patch
        if isinstance(change, list):
            self._compare(value, dict, patch, "a mapping", "a list")
            self._refuse_directives(change, patch)
        return change, patch

    def _inner(self, old: _Entry, change: Mapping[str, Any], patch: Place) -> _Entry:
        """Return a mapping changed as a directive of the patch says, None for a deleted one."""
        directive = self._directive(change, patch)
        if directive == "delete":
            return None, patch
        value, at = old
        if directive == "merge":
            self._compare(value, list, patch, "a list", "a mapping")
            if isinstance(value, dict):
                return self.mapping((value, at), patch), at
        return self.mapping(({}, patch), patch), patch

    def _directive(self, change: Mapping[str, Any], patch: Place) -> str:
        """Return the directive of a mapping; a refused one merges."""
        directive = change.get(DIRECTIVE, "merge")
        if directive in _DIRECTIVES:
            return str(directive)
        problem = f'"{shown(str(directive))}" is no directive'
        self._refuse(patch.below(DIRECTIVE), problem, nearest(str(directive), _DIRECTIVES))
        return "merge"

    def _items(self, old: _Entry, patch: Place, keys: Sequence[str]) -> list[Any] | None:
        """Return the items of a list: the old ones, changed where the patch has the same key."""
        value, at = old
        changes: list[tuple[Any, Place]] = []
        bare = set()
        for index, item in enumerate(patch.value):
            place = patch.below(index)
            if _is_bare(item):
                bare.add(self._directive(item, place))
            else:
                changes.append((item, place))
        if "delete" in bare:
            return None
        known = self._places(value)
        kept = () if "replace" in bare else enumerate(value)
        items = _Items((item, known.get(index) or at.below(index)) for index, item in kept)
        for item, place in changes:
            self._item(items, item, place, keys)
        entries = items.entries
        made = [item for item, _ in entries]
        self._remember(made, {index: place for index, (_, place) in enumerate(entries)})
        return made

    def _item(self, items: "_Items", change: Any, patch: Place, keys: Sequence[str]) -> None:
        """Put one item of a patch in its place among the items of a list."""
        key = next((key for key in keys if isinstance(change, dict) and key in change), "")
        if isinstance(change, dict) and not key:
            problem = f"this item has no {keys[0]}, by which the list is merged"
            self._refuse(patch, problem, f"Add its {keys[0]}, or an item `$patch: replace`.")
            return
        same = items.find(key, change)
        if not isinstance(change, dict):
            if same is None:
                items.add((change, patch))
            return
        old = (None, patch) if same is None else items[same]
        made = self._inner(old, change, patch)
        if same is not None:
            items.change(same, key, made)
        elif made[0] is not None:
            items.add(made)
        elif len(self.faults) < limits.FINDINGS:
            name = shown(str(_name(change, key)))
            problem = f"there is no item with the {key} {name} to delete"
            self._refuse(patch.below(key), problem, nearest(name, items.names(key)))

    def _compare(self, value: Any, wrong: type, patch: Place, old: str, new: str) -> None:
        """Refuse a change of shape between mapping and list, which loses what is there."""
        if isinstance(value, wrong):
            replace = ", or add `$patch: replace`" if wrong is list else ""
            problem = f"the application has {old} here, and the override {new}"
            self._refuse(patch, problem, f"Write {old}{replace}.")

    def _refuse_directives(self, value: Any, patch: Place) -> None:
        """Refuse directives in a list that is replaced, where they mean nothing."""
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for step, item in inner:
            if step == DIRECTIVE:
                problem = "this list is replaced, so there is nothing to merge in it"
                self._refuse(patch.below(step), problem, "Delete the directive.")
            elif isinstance(item, (dict, list)):
                self._refuse_directives(item, patch.below(step))

    def _refuse(self, place: Place, problem: str, expected: str) -> None:
        self.faults.append(place.key_fault(problem, expected, rule=RULE))

    def _places(self, value: Any) -> dict[str | int, Place]:
        """Return the places that are known of the entries of a container."""
        origins = self.origins.get(id(value))
        return dict(origins.places) if origins else {}

    def _remember(self, container: Any, places: dict[str | int, Place]) -> None:
        self.origins[id(container)] = Origins(container, places)


class _Items:
    """The items of a list while it is merged, found by the value of a key."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._entries = list(entries)
        self._found: dict[str, dict[Any, list[int]]] = {}

    def __getitem__(self, index: int) -> _Entry:
        return self._entries[index]

    @property
    def entries(self) -> list[_Entry]:
        """The items that are left, in their order."""
        return [entry for entry in self._entries if entry[0] is not _DELETED]

    def names(self, key: str) -> list[str]:
        """Return the values of a key in all items."""
        return [str(_name(item, key)) for item, _ in self.entries]

    def find(self, key: str, item: Any) -> int | None:
        """Return the index of the first item with the same value of a key."""
        if key not in self._found:
            self._found[key] = {}
            for index, (other, _) in enumerate(self._entries):
                self._note(key, other, index)
        return next(iter(self._found[key].get(_name(item, key), ())), None)

    def add(self, entry: _Entry) -> None:
        """Put an item behind the others."""
        self._entries.append(entry)
        for key in self._found:
            self._note(key, entry[0], len(self._entries) - 1)

    def change(self, index: int, key: str, entry: _Entry) -> None:
        """Replace an item by one with the same value of a key, or delete it for None."""
        item, place = entry
        if item is None:
            self._found[key][_name(self._entries[index][0], key)].remove(index)
            item = _DELETED
        self._entries[index] = item, place
        self._found = {key: self._found[key]}  # values of other keys may be others now

    def _note(self, key: str, item: Any, index: int) -> None:
        if item is not _DELETED:
            self._found[key].setdefault(_name(item, key), []).append(index)


def _is_bare(item: Any) -> bool:
    """Tell whether an item of a list is a directive about the list itself."""
    return isinstance(item, dict) and item.keys() == {DIRECTIVE}


def _name(item: Any, key: str) -> Any:
    """Return what tells an item from others: the value of its key, or a scalar itself."""
    name = item.get(key) if isinstance(item, dict) else item
    return str(name) if isinstance(name, dict | list) else name  # it is refused later


def _put(value: Any, pointer: Pointer, source: Place, origins: dict[int, Origins]) -> Any:
    """Return a container in which a value that was missing is that of another place."""
    step, *rest = pointer
    is_item = isinstance(value, list) and isinstance(step, int) and step < len(value)
    if not isinstance(value, dict) and not is_item:
        return value
    old = value.get(step) if isinstance(value, dict) else value[step]
    if rest:
        new = _put({} if old is None else old, tuple(rest), source, origins)
    else:
        new = source.value if old is None else old
    if new is old:
        return value
    made = origins.get(id(value))
    if made is None:  # a container of the document, which stays as it is
        value = value.copy()
        made = origins[id(value)] = Origins(value, {})
    if old is None:
        made.places[step] = source.above(len(rest))
    value[step] = new
    return value
