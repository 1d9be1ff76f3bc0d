"""The values of an application on each cluster, and what gives each of them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, structs, to_builtins

from kure_hooks.apps import GENERATORS
from kure_hooks.decoding import nearest
from kure_hooks.errors import InputError, UsageError
from kure_hooks.findings import Finding, Location
from kure_hooks.operations import fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.secrecy import HIDDEN
from kure_hooks.secrecy.places import may_be_secret
from kure_hooks.stack.load import load
from kure_hooks.stack.model import Application, Cluster
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

DOCUMENT = "document"
DEFAULT = "default"

# The columns of texts are no wider.
_WIDEST = 60


class Value(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A value of an application: its key path, what gives it, and where it is written.

    `given_by` is `document`, `default`, the profile or the override. A default is written nowhere,
    and so has no place. A value that may be a secret is hidden.
    """

    key: str
    value: Any
    given_by: str
    path: str = ""
    line: int = 0
    column: int = 0

    @property
    def at(self) -> str:
        """Return the place for people, empty for none."""
        return str(Location(self.path, self.line, self.column)) if self.path else ""


class Values(Struct, frozen=True, rename="camel"):
    """An application as it is on one cluster, with all its values."""

    application: str
    kind: str
    cluster: str
    stack: str
    bundle: str
    values: tuple[Value, ...]

    def lines(self) -> Iterator[str]:
        """Yield the lines of a table for people."""
        yield f"{self.application} of the cluster {self.cluster} ({self.stack})"
        rows = [(row.key, _text(row.value), row.given_by, row.at) for row in self.values]
        widths = [min(max(map(len, column)), _WIDEST) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield f"  {'  '.join(cells)}".rstrip()


def values(workspace: Workspace, name: str) -> Sequence[Values]:
    """Return an application, by its name or its file, as it is on each cluster that has it.

    Raises UsageError where no cluster has it, and InputError for faulty stacks.
    """
    clusters = list(_clusters(workspace))
    (path,) = workspace.named([name])
    applications = [
        _values(stack, cluster, bundle.name, application)
        for stack, cluster in clusters
        for bundle in cluster.bundles()
        for application in bundle.applications
        if application.name == name or application.path == path
    ]
    if not applications:
        hint = nearest(name, _names(clusters)) or "Name one of a stack, or the file of one."
        raise UsageError(f"No cluster has the application {name}. {hint}")
    return applications


def text(applications: Sequence[Values]) -> list[str]:
    """Return the tables of applications as lines, one after the other."""
    return [line for part in applications for line in (*part.lines(), "")][:-1]


def as_json(applications: Sequence[Values]) -> bytes:
    """Return applications as a JSON document, a list of `Values` in camel case."""
    return f"{json.dumps(to_builtins(applications), indent=2)}\n".encode()


def _clusters(workspace: Workspace) -> Iterator[tuple[str, Cluster]]:
    """Yield the clusters of all stacks, each with its stack file."""
    faults: list[Finding] = []
    for path in fleet.find(workspace.tree, workspace.settings):
        try:
            stack = load(workspace.tree, path, workspace.settings, GENERATORS)
        except InputError as error:
            faults += error.findings
        else:
            yield from ((path, cluster) for cluster in stack.clusters)
    if faults:
        raise InputError(faults)


def _names(clusters: Sequence[tuple[str, Cluster]]) -> set[str]:
    return {
        application.name
        for _, cluster in clusters
        for bundle in cluster.bundles()
        for application in bundle.applications
    }


def _values(stack: str, cluster: Cluster, bundle: str, application: Application) -> Values:
    spec = application.body
    written = [_value(application, place) for place in _leaves(spec)]
    kind = GENERATORS[application.kind]
    defaults = [
        Value(key_path((*spec.pointer, key)), value, DEFAULT)
        for key, value in _defaults(kind.Spec, spec.value)
    ]
    rows = tuple(sorted(written + defaults, key=lambda row: row.key.split("[")[0]))
    return Values(application.name, application.kind, cluster.name, stack, bundle, rows)


def _leaves(place: Place) -> Iterator[Place]:
    """Yield the places of all scalars, and of empty mappings and lists, in the order of keys."""
    value = place.value
    steps = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    if not steps:
        yield place
    for step in steps:
        yield from _leaves(place.below(step))


def _value(application: Application, place: Place) -> Value:
    inner = [layer for layer in application.layers if layer.has(place)]
    giver = inner[-1].giver if inner else DOCUMENT
    way = place.way
    value = HIDDEN if may_be_secret(way, complete=True) else place.value
    at = place.at
    return Value(key_path(place.pointer), value, giver, at.path, at.line, at.column)


def _defaults(wanted: type[Struct], value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a type has for keys that a mapping leaves out, where that is a single value."""
    for field in structs.fields(wanted):
        default = field.default
        is_plain = isinstance(default, (str, int, float)) and default != ""
        if is_plain and value.get(field.encode_name) is None:
            yield field.encode_name, default


def _text(value: Any) -> str:
    """Return a value in one line."""
    return shown(value if isinstance(value, str) else json.dumps(value), _WIDEST - 3)
