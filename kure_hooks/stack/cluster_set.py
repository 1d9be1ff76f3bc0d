"""A stack file with a ClusterSet: the clusters that its rows make, each a document of its own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from kure_hooks.decoding import nearest
from kure_hooks.files.paths import collision_key
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location, of_rule
from kure_hooks.stack.documents import SET_KIND, STACK_API
from kure_hooks.stack.files import MISSING, Files, Parsed, kind_of
from kure_hooks.stack.sets.documents import ClusterSetDocument, Value
from kure_hooks.stack.sets.parameters import Parameter, as_text, declared, is_word
from kure_hooks.stack.sets.table import Row, rows
from kure_hooks.stack.sets.template import MAX_GROWTH, OPENING, Template, Text, stray, template
from kure_hooks.yamlio import Document, limits
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

MAX_NODES = 10_000_000
"""The values of a template times the rows of its table: so much a set may be at most."""

_CLUSTERS = {(STACK_API, SET_KIND), (STACK_API, "Cluster"), ("", "")}


class Member(Struct, frozen=True):
    """A cluster of a set: its name, its row and the value of each parameter."""

    name: str
    at: Location
    values: Mapping[str, Value]


class ClusterSet(Struct, frozen=True):
    """The documents of a stack file with a set: those of its parts, and its template.

    Rows with faults are no members. What one member parsed, the others need not parse again.
    """

    path: str
    parts: tuple[Document, ...]
    template: Template
    members: tuple[Member, ...]
    parsed: Parsed

    def files(self, tree: Tree, index: int) -> Files:
        """Return the files of a stack that has one member alone, by its index."""
        documents = [self.template.filled(self.members[index].values), *self.parts]
        return Files(tree, documents={self.path: documents}, parsed=self.parsed)

    def stray(self, files: Files) -> Iterator[Finding]:
        """Yield the references in files that a member read, where none is replaced."""
        for path in files.documents.keys() - {self.path}:
            data, documents = self.parsed.get(path, (b"", []))
            if OPENING.encode() in data:
                for document in documents:
                    yield from stray(Place(document))


def is_set(document: Document) -> bool:
    """Tell whether a document is a ClusterSet."""
    return kind_of(document) == (STACK_API, SET_KIND)


def cluster_set(files: Files, path: str) -> ClusterSet | None:
    """Return the set of a stack file, None for a file without a usable one.

    All that is wrong with the set and its table goes to the findings of `files`; the clusters
    themselves are not looked at.
    """
    documents = files.read(path)
    head = next(filter(is_set, documents), None)
    if head is None:
        return None
    files.findings += _clusters_beside(head, documents)
    place = Place(head, ("spec",))
    decoded = files.usable(Place(head), ClusterSetDocument)
    if decoded is None:
        return None
    parameters, faults = declared(place.below("parameters"), decoded.spec.parameters)
    made, unread = template(head, parameters)
    files.findings += (*faults, *unread)
    files.findings += _declaration_problems(parameters, made, complete=not unread)
    table = rows(files, place.below("clusters"), decoded.spec.clusters, parameters)
    if len(table) * made.nodes > MAX_NODES:
        problem = f"{len(table):,} clusters of {made.nodes:,} values each are too many"
        expected = f"at most {MAX_NODES:,} values together, in several sets"
        files.findings.append(place.below("template").fault(problem, expected, rule="ST040"))
        return None
    members = _Members(place.below("template", "metadata", "name"), made, parameters)
    sound = tuple(members.of(table))
    files.findings += members.findings[: limits.FINDINGS]
    parts = [document for document in documents if kind_of(document) not in _CLUSTERS]
    for part in parts:
        files.findings += stray(Place(part))
    return ClusterSet(path, tuple(parts), made, sound, files.parsed)


@of_rule("ST043")
def _clusters_beside(head: Document, documents: Iterable[Document]) -> Iterator[Finding]:
    """Yield the other clusters of a file with a set, in which every part is one of the set."""
    for document in documents:
        if document is not head and kind_of(document) in _CLUSTERS:
            problem = f"this file has a ClusterSet already, at {head.at()}"
            yield Place(document).fault(problem, "Move this document to a file of its own.")


def _declaration_problems(
    parameters: Mapping[str, Parameter], made: Template, *, complete: bool
) -> Iterator[Finding]:
    """Yield what is wrong with parameters as the template uses them.

    Only of a `complete` template, in which every reference could be read, none is called unused.
    """
    for name, parameter in parameters.items():
        if complete and name not in made.uses:
            problem = f"the template does not use the parameter {name}"
            expected = f"Write ${{params.{name}}} into it, or delete the parameter."
            yield parameter.place.below("name").fault(problem, expected, rule="ST042")
        refusal = _word_problem(made, name, parameter.default)
        if refusal and parameter.doc.default is not None:
            yield parameter.place.below("default").fault(*refusal, rule="ST041")


def _word_problem(made: Template, name: str, value: Value | None) -> tuple[str, str] | None:
    """Return why a value can't be a part of the longer text that its parameter stands in."""
    place = made.places.get(name)
    if place is None or value is None or is_word(as_text(value)):
        return None
    problem = f'"{shown(as_text(value))}" can\'t be a part of the text at {place.at}'
    return problem, "letters, digits and . _ - / : @ + without .. and with no : at the end"


class _Members:
    """Makes members of rows; faults of rows are `findings`."""

    def __init__(self, place: Place, made: Template, parameters: Mapping[str, Parameter]) -> None:
        self.place = place
        self.template = made
        self.parameters = parameters
        self.findings: list[Finding] = []

    def of(self, table: list[Row]) -> Iterator[Member]:
        """Yield the members of the rows without faults, until there are too many faults."""
        if self.template.name is None:
            if not self.place.exists:
                expected = "a name with a parameter, such as edge-${params.name}"
                self.findings.append(self.place.fault(MISSING, expected, rule="TY004"))
            return
        if isinstance(self.template.name, str) and len(table) > 1:
            problem = f"each of the {len(table):,} rows makes a cluster of this name"
            expected = "Put a parameter into the name, such as edge-${params.name}."
            self.findings.append(self.place.fault(problem, expected, rule="ST021"))
            return
        first: dict[str, Location] = {}
        for row in table:
            values = self._values(row)
            if values is None:
                if len(self.findings) >= limits.FINDINGS:
                    return
                continue
            name, at = self._name(values), row.at
            other = first.setdefault(collision_key(name), at)
            if other is at:
                yield Member(name, at, values)
            else:
                problem = f"the cluster {shown(name)} is already defined at {other}"
                self._refuse(row, self._names[0], problem, "Choose another name.", "ST021")

    @property
    def _names(self) -> list[str]:
        name = self.template.name
        return [*name.parts[1::2]] if isinstance(name, Text) else [""]

    def _name(self, values: Mapping[str, Value]) -> str:
        name = self.template.name
        return as_text(name.filled(values)) if isinstance(name, Text) else name or ""

    def _values(self, row: Row) -> Mapping[str, Value] | None:
        """Return the values of a row with defaults, None and findings for faulty ones."""
        before = len(self.findings)
        values: dict[str, Any] = {}
        left = self.parameters.keys() - row.values.keys()
        unknown = sorted(row.values.keys() - self.parameters.keys())
        for name in unknown[: limits.FINDINGS]:
            problem = f'the set has no parameter "{shown(name)}"'
            self._refuse(row, name, problem, nearest(name, left) or "Declare it, or delete it.")
        for name, parameter in self.parameters.items():
            values[name] = self._value(row, name, parameter)
        if len(self.findings) > before:
            return None
        if self.template.growth(values) > MAX_GROWTH:
            problem = f"the values of this row add more than {MAX_GROWTH:,} characters"
            self._refuse(row, "", problem, "shorter values")
            return None
        return values

    def _value(self, row: Row, name: str, parameter: Parameter) -> Any:
        if name not in row.values:
            if parameter.default is None:
                self._refuse(row, name, f"this row has no value of {name}", "Write one.")
            return parameter.default
        value = row.typed(name, parameter)
        if refusal := parameter.problem(value) or _word_problem(self.template, name, value):
            self._refuse(row, name, *refusal)
        return value

    def _refuse(
        self, row: Row, name: str, problem: str, expected: str, rule: str = "ST041"
    ) -> None:
        self.findings.append(row.fault(name, problem, expected, rule=rule))
