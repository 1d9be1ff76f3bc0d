"""Objects of built-in kinds, right and wrong: a whole one of each kind, and changes of it.

A case is named by its object, the path of the change and its number. A change sets the value at a
path, where `-` behind a list appends and GONE removes the key.
"""

import copy
import re
from pathlib import Path

import yaml

GONE = "GONE"
REFUSED = Path(__file__).with_name("admission_refused.txt")
"""The cases that the API server of Kubernetes 1.36 refuses; the live tests hold it against one."""
MISSED = {
    "Pod spec.priorityClassName 0": "only the cluster knows which classes it has",
    "LimitRange spec.limits.0.type 0": "types of limits are left to the API server",
}
"""The cases that are refused and that admission does not find, with the reason."""

_LONG = re.compile(r"LONG([0-9]+)")
_FILE = Path(__file__).with_suffix(".yaml")


def cases():
    """Yield the name and the object of each case."""
    for name, entry in yaml.safe_load(_FILE.read_text()).items():
        base = entry["object"]
        yield name, base
        for path, values in (entry.get("changes") or {}).items():
            for number, value in enumerate(values if isinstance(values, list) else [values]):
                yield f"{name} {path} {number}", changed(base, path, grown(value))


def grown(value):
    """Return the value with strings of so many characters in the place of LONG64 and the like."""
    if isinstance(value, str):
        return _LONG.sub(lambda match: "a" * int(match.group(1)), value)
    if isinstance(value, list):
        return [grown(item) for item in value]
    if isinstance(value, dict):
        return {grown(key): grown(item) for key, item in value.items()}
    return value


def changed(base, path, value):
    """Return the object with another value at a path such as `spec.ports.0.name`."""
    whole = {"root": copy.deepcopy(base)}
    steps = ["root", *path.split(".")]
    part = whole
    for step in steps[:-1]:
        part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
    last = steps[-1]
    if isinstance(part, list) and last == "-":
        part.append(value)
    elif isinstance(part, list):
        part[int(last)] = value
    elif value == GONE:
        part.pop(last)
    else:
        part[last] = value
    return whole["root"]
