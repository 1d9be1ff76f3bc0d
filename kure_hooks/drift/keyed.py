"""Lists that Kubernetes merges by a key, turned into mappings so that order is no difference."""

from typing import Any

# `x-kubernetes-list-map-keys` and patch merge keys of the Kubernetes 1.34 API, most used first.
_KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "key", "ip", "type")

# Lists that the API treats as sets.
_SETS = frozenset({"accessModes", "finalizers", "imagePullSecrets", "policyTypes", "resources"})


def keyed(value: Any, under: str = "") -> Any:
    """Return the value with lists of uniquely keyed mappings as mappings by `[key]`."""
    if isinstance(value, dict):
        return {key: keyed(each, key) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    if all(isinstance(each, str) for each in value):
        return sorted(value) if under in _SETS else value
    key = _merge_key(value)
    if key is None:
        return [keyed(each) for each in value]
    return {f"[{each[key]}]": keyed(each) for each in value}


def _merge_key(items: list[Any]) -> str | None:
    if not all(isinstance(each, dict) for each in items):
        return None
    for key in _KEYS:
        values = [each[key] for each in items if isinstance(each.get(key), (str, int))]
        if len(set(values)) == len(items):
            return key
    return None
