"""The equality of owners before and after payloads became applications, object by object.

It knows nothing of stacks, like the comparison of an import. Owners whose payload moved have
another path, and may be read in another way; all else has to be the same, and so has every other
owner.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from kure_hooks.drift.fields import differing
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource, Way
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing.comparison import effective
from kure_hooks.manifests import Identity, Manifest, canonical, same

_FEW = 3
# An Application may leave out files of such a directory.
_CHOOSING = (Way.DIRECTORY, Way.RECURSIVE)


def inequalities(
    before: Cluster, after: Cluster, moved: Mapping[Identity, Collection[str]]
) -> Mapping[Identity, list[str]]:
    """Return how owners differ in a later reading of a cluster, as sentences about objects.

    Those in `moved` may differ in the fields of their spec or source that it names. An owner that
    is new or gone differs as a whole.
    """
    unequal: dict[Identity, list[str]] = {}
    for who in sorted(before.by_identity.keys() | after.by_identity.keys()):
        ones, others = before.by_identity.get(who, []), after.by_identity.get(who, [])
        if not others:
            problems = ["would not be there"]
        elif not ones:
            problems = ["would be new"]
        else:
            problems = list(_differences(ones[0], others[0], moved.get(who, ())))
        if problems:
            unequal[who] = problems
    return unequal


def _differences(before: Owner, after: Owner, free: Collection[str]) -> Iterator[str]:
    one, other = _compared(before, free), _compared(after, free)
    if not same(one, other):
        yield f"would have other fields: {_fields(one, other)}"
    if sorted(set(before.elsewhere)) != sorted(set(after.elsewhere)):
        yield "would take objects from somewhere else"
    if before.stuck != after.stuck:
        yield "would apply nothing" if after.stuck else "would apply what it does not apply now"
    problems = [*_objects(before.resources, after.resources)]
    if not problems and not any(payload.way in _CHOOSING for payload in before.payloads):
        problems = [*_objects(_built(before), _built(after))]
    yield from problems


def _built(owner: Owner) -> list[Resource]:
    """Return the objects of an owner's directories before it changes any."""
    return [resource for payload in owner.payloads for resource in payload.resources]


def _compared(owner: Owner, free: Collection[str]) -> Manifest:
    manifest = effective(owner.resource.manifest)
    if not free:
        return manifest
    spec = _without(manifest["spec"], free)
    if sources := spec.get("sources"):
        spec["sources"] = [_without(sources[0], free), *sources[1:]]
    return {**manifest, "spec": spec}


def _without(fields: Manifest, keys: Collection[str]) -> Manifest:
    return {key: item for key, item in fields.items() if key not in keys}


def _objects(some: Iterable[Resource], others: Iterable[Resource]) -> Iterator[str]:
    """Yield how two sets of objects differ, each object once."""
    before, after = _by_object(some), _by_object(others)
    for label in sorted(before.keys() | after.keys()):
        ones, twos = before.get(label, []), after.get(label, [])
        if Counter(map(canonical, ones)) == Counter(map(canonical, twos)):
            continue
        if not twos:
            yield f"would no longer apply {label}"
        elif not ones:
            yield f"would apply {label} as well"
        else:
            yield f"would change {label}: {_fields(ones[0], twos[0])}"


def _by_object(resources: Iterable[Resource]) -> dict[str, list[Manifest]]:
    known: dict[str, list[Manifest]] = {}
    for resource in resources:
        known.setdefault(str(resource.who or resource.label), []).append(resource.manifest)
    return known


def _fields(one: Manifest, other: Manifest) -> str:
    """Return the first fields that differ, with both values."""
    changes = [
        f"{change.path} {_shown(change.after)} instead of {_shown(change.before)}"
        for change in islice(differing(one, other), _FEW)
    ]
    return ", ".join(changes) or "other values"


def _shown(value: str | None) -> str:
    return "nothing" if value is None else value
