"""File names: readable, valid everywhere, and never the same for two objects."""

import re
from collections.abc import Collection, Iterable, Sequence

from kure_hooks.files.paths import collision_key, segment_problem
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.layout.tree import File, Item
from kure_hooks.manifests import Identity, identity

KUSTOMIZATION = "kustomization.yaml"

RESERVED = frozenset(map(str.lower, BUILD_FILES))
"""Names, in lower case, that kustomize takes for its own."""

_LONGEST = 180
_UNUSUAL = re.compile(r"[^a-z0-9.-]+")

DIGEST = re.compile(r"-[0-9a-f]{8}$")
"""What a name that got a digest ends with: another one may not look like it without one."""


def files(items: Iterable[Item], rules: LayoutRules, taken: Collection[str] = ()) -> list[File]:
    """Return the items in files named by the rules, sorted by name; none is called as one `taken`.

    Objects share a file only where the rules put each kind into one file.
    """
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        object_id = identity(item.manifest)
        groups.setdefault(_key(object_id, rules), []).append(item)
    wanted = {key: _stem(members, rules) for key, members in groups.items()}
    names = injective(wanted, taken)
    found = (File(names[key], tuple(members)) for key, members in groups.items())
    return sorted(found, key=lambda file: file.name)


def single(name: str, items: Sequence[Item], taken: Collection[str] = ()) -> File:
    """Return the one file of an application."""
    return File(injective({(name,): name}, taken)[(name,)], tuple(items))


def injective(
    wanted: dict[tuple[str, ...], str], taken: Collection[str] = ()
) -> dict[tuple[str, ...], str]:
    """Return `<stem>.yaml` for each key; stems that can't stand alone get a digest of their key."""
    used = {collision_key(name).removesuffix(".yaml"): 1 for name in taken}
    plain = {key: _usual(stem) for key, stem in wanted.items()}
    for stem in plain.values():
        used[collision_key(stem)] = used.get(collision_key(stem), 0) + 1
    return {
        key: f"{stem}.yaml"
        if stem == wanted[key] and used[collision_key(stem)] == 1 and _is_free(stem)
        else f"{stem}-{_digest(key)}.yaml"
        for key, stem in plain.items()
    }


def _key(object_id: Identity, rules: LayoutRules) -> tuple[str, ...]:
    if rules.file_per == "kind":
        return (object_id.group, object_id.kind, object_id.namespace)
    return (object_id.group, object_id.kind, object_id.namespace, object_id.name)


def _stem(members: Sequence[Item], rules: LayoutRules) -> str:
    object_id = identity(members[0].manifest)
    parts = [object_id.kind.lower()]
    if rules.file_naming == "default":
        parts.insert(0, object_id.namespace or "cluster")
    if rules.file_per == "resource":
        parts.append(object_id.name)
    return "-".join(parts)


def _usual(stem: str) -> str:
    return _UNUSUAL.sub("-", stem).lstrip("-.")[:_LONGEST]


def _is_free(stem: str) -> bool:
    name = f"{stem}.yaml"
    usable = name not in RESERVED and segment_problem(name) is None
    return usable and not DIGEST.search(stem)


def _digest(key: tuple[str, ...]) -> str:
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and few names clash

    return hashlib.sha256("\0".join(key).encode()).hexdigest()[:8]
