"""The refusals of an AppProject: sources, destinations and objects (Argo CD 3.5).

Only what is certain is told. A pattern with more than `*` and `?` in it may match anything, and so
may a cluster that a project knows by its name and an Application by its server.
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kure_hooks.manifests import Identity, Manifest, mappings_at, text_at, value_at

_HERE: Mapping[str, str] = {"server": "https://kubernetes.default.svc", "name": "in-cluster"}

_BEYOND = re.compile(r"[\[\]{}\\]|\*\*")
_SPECIAL = re.compile(r"[][*?{}\\]")
_LONGEST = 1_000

# The answers to whether something matches. Of several, `min` is whether all do, `max` whether any.
_NO, _PERHAPS, _YES = range(3)


class _Answer(NamedTuple):
    """The answers of one item of a list: whether it permits something, and whether it denies it."""

    permits: int
    denies: int


def refuses_source(project: Manifest, url: str) -> bool:
    """Return whether a project permits no Application from a repository."""
    patterns = value_at(project, "spec", "sourceRepos")
    texts = patterns if isinstance(patterns, list) else []
    return _refused(_repository(str(each), _normal(url)) for each in texts)


def refuses_destination(project: Manifest, cluster: Mapping[str, str], namespace: str) -> bool:
    """Return whether a project permits nothing in a namespace of a cluster.

    `cluster` has a `server` or a `name`, as the destination of an Application.
    """
    known = _HERE if _HERE.items() & cluster.items() else cluster
    items = mappings_at(project, "spec", "destinations")
    return _refused(_destination(each, known, namespace) for each in items)


def refuses_object(project: Manifest, cluster: Mapping[str, str], who: Identity) -> bool:
    """Return whether a project permits no such object; one without a namespace is outside of them.

    Argo CD doesn't apply such an object, and neither prunes nor deletes one that is there.
    """
    place = "namespace" if who.namespace else "cluster"
    permitted = mappings_at(project, "spec", f"{place}ResourceWhitelist")
    denied = mappings_at(project, "spec", f"{place}ResourceBlacklist")
    if any(_kind(each, who) == _YES for each in denied):
        return True
    # Without a list every namespaced kind is permitted, and none outside of namespaces.
    is_open = who.namespace and value_at(project, "spec", "namespaceResourceWhitelist") is None
    if not is_open and all(_kind(each, who) == _NO for each in permitted):
        return True
    return bool(who.namespace) and refuses_destination(project, cluster, who.namespace)


def _refused(answers: Iterable[_Answer]) -> bool:
    """Return whether an item denies for sure, or none may permit."""
    said = [*answers]
    return any(each.denies == _YES for each in said) or all(each.permits == _NO for each in said)


def _repository(pattern: str, url: str) -> _Answer:
    if not _denies(pattern):
        return _Answer(_path(_normal(pattern), url), _NO)
    denied = _segments(_normal(pattern[1:]), url)
    return _Answer(_YES - denied, denied)


def _destination(item: Manifest, cluster: Mapping[str, str], namespace: str) -> _Answer:
    place = text_at(item, "namespace")
    inside = _signed(place, namespace)
    there: dict[str, int] = {}
    for key in _HERE:
        if pattern := text_at(item, key):
            name = cluster.get(key)
            there[key] = _PERHAPS if name is None else _signed(pattern, name)
    permits = min(max(there.values(), default=_NO), inside)
    elsewhere = [
        min(_YES - answer, inside) for key, answer in there.items() if _denies(text_at(item, key))
    ]
    # A namespace is denied on a cluster by its server alone.
    outside = min(_YES - inside, there.get("server", _NO)) if _denies(place) else _NO
    # An item that permits by one of its keys does not deny by another.
    return _Answer(permits, min(_YES - permits, max([*elsewhere, outside])))


def _kind(item: Manifest, who: Identity) -> int:
    name = text_at(item, "name")
    kind = min(_glob(text_at(item, "kind"), who.kind), _glob(text_at(item, "group"), who.group))
    return min(kind, _glob(name, who.name)) if name else kind


def _denies(pattern: str) -> bool:
    return pattern.startswith("!")


def _signed(pattern: str, value: str) -> int:
    """Match a pattern that may begin with `!`, which matches all but what follows."""
    return _YES - _glob(pattern[1:], value) if _denies(pattern) else _glob(pattern, value)


def _path(pattern: str, value: str) -> int:
    """Match a pattern whose `*` stays within a segment of a path; alone it matches all."""
    return _YES if pattern == "*" else _segments(pattern, value)


def _segments(pattern: str, value: str) -> int:
    if _BEYOND.search(pattern):
        return _PERHAPS
    patterns, values = pattern.split("/"), value.split("/")
    if len(patterns) != len(values):
        return _NO
    return min(_glob(*pair) for pair in zip(patterns, values, strict=True))


def _glob(pattern: str, value: str) -> int:
    if pattern in ("*", value):
        return _YES
    if not _SPECIAL.search(pattern):
        return _NO
    if _BEYOND.search(pattern) or len(pattern) + len(value) > _LONGEST:
        return _PERHAPS
    return _YES if fnmatch.fnmatchcase(value, pattern) else _NO


def _normal(url: str) -> str:
    """Return a URL as Argo CD compares it: in small letters, without `.git` and `ssh://`."""
    text = url.strip().lower()
    if "://" not in text and "@" in text.partition(":")[0]:
        text = text.replace(":", "/", 1)
    return text.removeprefix("ssh://").removesuffix(".git")
