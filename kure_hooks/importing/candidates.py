"""Candidates: the owners of a cluster that become bundles, and all that stays as it is.

The cluster itself gets a name and a stack file.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kure_hooks.decoding import decode
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.globs import select
from kure_hooks.files.paths import segment_problem
from kure_hooks.findings import Location
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Identity
from kure_hooks.stack.documents import BundleDoc
from kure_hooks.yamlio import dump, read

OPEN = "${"

_NAME_RULE = (
    "Choose a name of lower-case letters, digits and dashes (at most 63), such as web-1, with "
    "--cluster."
)


@dataclass(frozen=True, slots=True)
class Left:
    """An owner or object that stays as it is, where it is written, and why."""

    who: Identity
    at: Location
    reason: str


@dataclass(eq=False, slots=True)
class Candidate:
    """An owner and the bundle that stands for it, as a stack file has it.

    `needs` are the owners that it waits for: those become dependencies of the stack or of something
    outside of it. `notes` are ends of the sentence `<owner> ...` about what the stack does not say
    because it has no effect.
    """

    owner: Owner
    bundle: dict[str, Any]
    needs: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the bundle, which is that of the owner unless another bundle has it."""
        name: str = self.bundle["name"]
        return name

    def rename(self, taken: Collection[str]) -> list[str]:
        """Give the bundle a name of its own; return the reasons why it can't have one."""
        who = self.owner.who
        name = f"{who.namespace}-{who.name}"
        if who.kind != "Kustomization" or name in taken or refusal(("name",), name):
            return ["has the name of another one in another namespace"]
        self.bundle = {"name": name, "flux": {"name": who.name}} | {
            key: value for key, value in self.bundle.items() if key != "name"
        }
        self.bundle["flux"] = {"name": who.name, **self.bundle["flux"]}
        return []

    @property
    def path(self) -> str:
        """The file that has the owner, or what it is made of."""
        source = self.owner.resource.source
        return (source or self.owner.resource).document.path

    def left(self, reason: str) -> Left:
        """Return the owner as one that stays as it is."""
        return Left(self.owner.who, self.owner.resource.at(), reason)

    def take(self, options: Mapping[str, Any], *within: str) -> None:
        """Add options to the bundle, in its section `within`; note those that no bundle has."""
        for key, value in options.items():
            steps = (*within, key)
            if reason := refusal(steps, value):
                self.reasons.append(f"has {'.'.join(steps)}, which a stack can't say: {reason}")
                continue
            section = self.bundle
            for step in within:
                section = section.setdefault(step, {})
            section[key] = value


def refusal(steps: Iterable[str], value: Any) -> str:
    """Return why a bundle can't have a value below some keys, empty where it can."""
    for step in reversed(tuple(steps)):
        value = {step: value}
    try:
        msgspec.convert(value, BundleDoc, strict=True)
    except msgspec.ValidationError:
        return _as_told(value)
    return ""


def _as_told(value: dict[str, Any]) -> str:
    """Return why a value is no part of a bundle, as a stack file with it would be told."""
    (document,) = read(dump(value).encode(), "")
    try:
        decode(document, BundleDoc)
    except InputError as error:
        return error.findings[0].message
    return ""


def most_common(values: Iterable[str], otherwise: str) -> str:
    """Return the value that is there most often, the first in order of several."""
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value), default=otherwise)


def directory_name(cluster: Cluster) -> str:
    """Return the name of a cluster that nobody has named: that of its directory."""
    return cluster.name.rsplit("/", 1)[-1].strip(".") or "cluster"


def refuse_unfit(name: str) -> None:
    """Raise UsageError for a name that no stack can have, or that no file can have on Windows."""
    if refusal(("name",), name):
        raise UsageError(f'"{name}" is no name for a cluster. {_NAME_RULE}')
    if problem := segment_problem(name):
        raise UsageError(f'the name "{name}" {problem}. Choose another --cluster.')


def stack_path(name: str, patterns: Iterable[str]) -> str:
    """Return the path of a new stack file, which the patterns of the settings find."""
    path = f"stacks/{name}.yaml"
    known = list(patterns)
    if known and not any(select(pattern, [path]) for pattern in known):
        path = known[0].replace("*", name) if known[0].count("*") == 1 else path
    return path
