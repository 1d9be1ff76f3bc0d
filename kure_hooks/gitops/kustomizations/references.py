"""Names by which objects refer to others, put right after a build has changed those."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from kure_hooks.gitops.budget import TOO_LONG, Budget
from kure_hooks.gitops.kustomizations.fields import Change, FieldError, Spec, with_fields
from kure_hooks.gitops.kustomizations.items import (
    CLUSTER,
    SCANNED,
    Item,
    is_cluster_scoped,
    is_same,
)
from kure_hooks.gitops.kustomizations.refusals import UnfollowedError
from kure_hooks.gitops.kustomizations.specs import REFERENCES
from kure_hooks.kustomize.targets import Id
from kure_hooks.manifests import mappings_at, text_at
from kure_hooks.yamlio import Pointer

_BY_KIND: dict[str, list[tuple[Spec, Spec]]] = {}
for _target, _referrers in REFERENCES:
    for _referrer in _referrers:
        _BY_KIND.setdefault(_referrer.kind, []).append((_target, _referrer))


def with_references(
    items: Sequence[Item], lose: Callable[[str], None], budget: Budget
) -> Iterator[Item]:
    """Yield items that refer to each other by the names that they have at the end.

    One that may mean several objects is left out, and so are all behind the end of the budget;
    `lose` gets the reason.
    """
    renamed = _Renamed(items, budget)
    for item in items:
        if budget.is_spent:
            lose(TOO_LONG)
            return
        try:
            yield _Referrer(item, renamed).changed() if renamed.by_name else item
        except UnfollowedError as error:
            lose(error.reason)


class _Renamed:
    """The objects that had other names: by each of these, and the namespaces that they came with.

    `namespaces` tells of those of each effective namespace, and `every` of all.
    """

    def __init__(self, items: Iterable[Item], budget: Budget) -> None:
        self.budget = budget
        self.by_name: dict[str, list[Item]] = {}
        self.namespaces: dict[str, set[str]] = {}
        self.every: set[str] = set()
        self.by_namespace: dict[str, set[str]] = {}
        for item in items:
            if not item.earlier:
                continue
            for name in dict.fromkeys(name for name, _, _ in item.earlier):
                self.by_name.setdefault(name, []).append(item)
            original = item.original.namespace
            self.namespaces.setdefault(item.effective, set()).add(original)
            self.by_namespace.setdefault(item.namespace, set()).add(original)
            self.every.add(original)


class _Referrer:
    """An object that may refer to others."""

    def __init__(self, item: Item, renamed: _Renamed) -> None:
        self.item = item
        self.renamed = renamed
        self.original = item.original

    def changed(self) -> Item:
        """Return the object with its references put right."""
        manifest = self.item.manifest
        for target, spec in _BY_KIND.get(self.original.kind, ()):
            if not spec.is_for(_api_version(self.original), self.original.kind):
                continue
            field = Spec(spec.path)
            try:
                manifest = with_fields(manifest, (field,), self._change(target, spec.path), None)
            except FieldError as error:
                reason = f"has {self.item.kind} {self.item.name} with another {error}"
                raise UnfollowedError(reason) from error
        return is_same(self.item, manifest)

    def _change(self, target: Spec, path: tuple[str, ...]) -> Change:
        def change(value: Any, at: Pointer) -> Any:
            if isinstance(value, list):
                items = [change(part, at) for part in value]
                same = all(part is old for part, old in zip(items, value, strict=True))
                return value if same else items
            if isinstance(value, dict):
                return self._in_mapping(value, target)
            if not isinstance(value, str):
                return value
            candidates = self._candidates(value)
            referral = self._referral(candidates, target, path, whole=False)
            return value if referral is None or referral.name == value else referral.name

        return change

    def _in_mapping(self, value: dict[str, Any], target: Spec) -> Any:
        name = value.get("name")
        if not isinstance(name, str):
            raise FieldError("name")
        if name not in self.renamed.by_name:
            return value
        candidates = self._candidates(name)
        if "namespace" in value:
            namespace = value["namespace"]
            former = [item for item in candidates if item.original.namespace == namespace]
            candidates = former if namespace != CLUSTER and self._had(namespace) else [
                item for item in candidates if item.effective == namespace
            ]  # fmt: skip
        referral = self._referral(candidates, target, (), whole=True)
        if referral is None or (referral.name == name and not referral.namespace):
            return value
        changes = {"name": referral.name}
        if referral.namespace:
            changes["namespace"] = referral.namespace
        if all(value.get(key) == text for key, text in changes.items()):
            return value
        return {**value, **changes}

    def _had(self, namespace: Any) -> bool:
        """Tell whether any object that it can refer to came with a namespace."""
        renamed = self.renamed
        if not isinstance(namespace, str):
            return False
        if is_cluster_scoped(self.item.manifest):
            return namespace in renamed.every
        near = (renamed.namespaces.get(name, ()) for name in (CLUSTER, self.item.effective))
        bound = (renamed.by_namespace.get(name, ()) for name in self._bound)
        return any(namespace in names for names in (*near, *bound))

    def _candidates(self, name: str) -> list[Item]:
        """Return the objects that had a name, and that it can refer to at all."""
        is_wide = is_cluster_scoped(self.item.manifest)
        near = (CLUSTER, self.item.effective)
        named = self.renamed.by_name.get(name, ())
        self.renamed.budget.change(len(named) // SCANNED)
        return [
            item
            for item in named
            if is_wide or item.effective in near or item.namespace in self._bound
        ]

    @cached_property
    def _bound(self) -> set[str]:
        if self.item.kind != "RoleBinding":
            return set()
        return {
            text_at(subject, "namespace")
            for subject in mappings_at(self.item.manifest, "subjects")
            if subject.get("kind") == "ServiceAccount" and "namespace" in subject
        }

    def _referral(
        self,
        candidates: Iterable[Item],
        target: Spec,
        path: tuple[str, ...],
        *,
        whole: bool,
    ) -> Item | None:
        """Return that of the objects that had a name which is meant, None if none of them is."""
        chosen = [
            item
            for item in candidates
            if any(target.is_for(_api_version(one), one.kind) for one in item.earlier_ids())
            and self._is_role(item, path)
            and self._is_near(item)
        ]
        if len(chosen) > 1:
            chosen = [item for item in chosen if _same_affixes(item, self.item, may_lack=True)]
        if len(chosen) > 1:
            chosen = [item for item in chosen if _same_affixes(item, self.item, may_lack=False)]
        if len({(item.name, item.namespace if whole else "") for item in chosen}) > 1:
            raise UnfollowedError(
                f"has several objects that {self.item.kind} {self.item.name} means"
            )
        return chosen[0] if chosen else None

    def _is_role(self, item: Item, path: tuple[str, ...]) -> bool:
        role = self.item.manifest.get("roleRef")
        if path[-2:] != ("roleRef", "name") or not isinstance(role, dict):
            return True
        if "apiGroup" not in role or "kind" not in role:
            return True
        return any(
            (one.group, one.kind) == (role["apiGroup"], role["kind"]) for one in item.earlier_ids()
        )

    def _is_near(self, item: Item) -> bool:
        if is_cluster_scoped(self.item.manifest) or item.kind == "ServiceAccount":
            return True
        return item.effective in (CLUSTER, self.item.effective)


def _api_version(names: Id) -> str:
    return f"{names.group}/{names.version}" if names.group else names.version


def _same_affixes(one: Item, other: Item, *, may_lack: bool) -> bool:
    return _same_end(one.prefixes, other.prefixes, may_lack=may_lack) and _same_end(
        one.suffixes, other.suffixes, may_lack=may_lack
    )


def _same_end(one: Sequence[str], other: Sequence[str], *, may_lack: bool) -> bool:
    if not (one and other):
        return may_lack or one == other
    length = min(len(one), len(other))
    return tuple(one[len(one) - length :]) == tuple(other[len(other) - length :])
