"""Cluster sets among the stacks: members, which are generated one by one, and their results."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.files.recorder import Inputs, Recorder
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location, Skipped
from kure_hooks.layout.reads import joined as joined_reads
from kure_hooks.operations.compile import StackResult
from kure_hooks.operations.units import Unit
from kure_hooks.stack.cluster_set import Member, cluster_set, is_set
from kure_hooks.stack.files import Files
from kure_hooks.yamlio import limits

_MAPPINGS = ("clusters", "names", "files", "origins", "artifacts", "starts", "mixed")
_PUNCTUATION = '.,:;()"'


class Opened(Struct, frozen=True):
    """A set, what is wrong with it and its table, and the files that these are in.

    `members` are those members that are to be generated, by their index.
    """

    stack: str
    findings: tuple[Finding, ...]
    inputs: Inputs
    members: Mapping[int, Member]

    @property
    def units(self) -> list[Unit]:
        """The work that the set is."""
        return [Unit(self.stack, index) for index in self.members]

    def among(self, units: Collection[Unit]) -> "Opened":
        """Return the set with those members alone that are among the units."""
        kept = {
            index: member
            for index, member in self.members.items()
            if Unit(self.stack, index) in units
        }
        return replace(self, members=kept)


def opened(tree: Tree, stack: str, names: Collection[str] = ()) -> Opened | None:
    """Return the set of a stack file with the members of these names, or all; None for no set."""
    recorder = Recorder(tree)
    files = Files(recorder)
    if not any(map(is_set, files.read(stack))):
        return None
    clusters = cluster_set(files, stack)
    members = {
        index: member
        for index, member in enumerate(clusters.members if clusters else ())
        if not names or member.name in names
    }
    return Opened(stack, tuple(files.findings), recorder.inputs, members)


def members(tree: Tree, stack: str) -> Sequence[Member]:
    """Return the clusters that the sound rows of a set make; none without a set."""
    clusters = cluster_set(Files(tree), stack)
    return clusters.members if clusters else ()


def joined(opened: Opened, results: Iterable[StackResult]) -> StackResult:
    """Return the result of a set from those of its members, which come in order.

    A cluster is named at its row. A finding that not all members have names their rows.
    """
    mappings: dict[str, dict[str, Any]] = {name: {} for name in _MAPPINGS}
    rows: dict[str, Location] = {}
    known = {(finding.at, finding.key) for finding in opened.findings}
    findings, warnings = _Shared(len(opened.members)), _Shared(len(opened.members))
    inputs, reads = [opened.inputs], []
    skipped: set[Skipped] = set()
    payloads: set[str] = set()
    beyond: set[str] = set()
    for member, result in zip(opened.members.values(), results, strict=True):
        for name, mapping in mappings.items():
            mapping.update(getattr(result, name))
        rows.update(dict.fromkeys(result.clusters, member.at))
        new = (each for each in result.findings if (each.at, each.key) not in known)
        findings.add(member, new)
        warnings.add(member, result.warnings)
        inputs.append(result.inputs)
        reads.append(result.reads)
        skipped.update(result.skipped)
        payloads.update(result.payloads)
        beyond.update(result.beyond)
    mappings["names"] = {directory: (at, ()) for directory, at in rows.items()}
    made = StackResult(
        stack=opened.stack,
        findings=(*opened.findings, *findings.told()),
        warnings=tuple(warnings.told()),
        skipped=tuple(sorted(skipped)),
        rows=rows,
        inputs=_all(inputs),
        reads=joined_reads(reads),
        payloads=frozenset(payloads),
        beyond=frozenset(beyond),
    )
    return replace(made, **mappings)


class _Shared:
    """Findings about the template of a set, each told once, whatever the names of the clusters."""

    def __init__(self, members: int) -> None:
        self.members = members
        self._first: dict[Finding, Finding] = {}
        self._rows: defaultdict[Finding, list[Location]] = defaultdict(list)

    def add(self, member: Member, findings: Iterable[Finding]) -> None:
        """Take the findings of a member."""
        for finding in findings:
            kind = _without(finding, member.name)
            self._first.setdefault(kind, finding)
            self._rows[kind].append(member.at)

    def told(self) -> list[Finding]:
        """Return the first findings, each with its rows unless all have it, word by word."""
        kinds = sorted(self._first)[: limits.FINDINGS]
        return [
            self._first[kind]
            if kind == self._first[kind] and 1 < self.members == len(self._rows[kind])
            else _with_row(self._first[kind], self._rows[kind])
            for kind in kinds
        ]


def _without(finding: Finding, name: str) -> Finding:
    """Return a finding without the name of its cluster, where that is a word of its own."""
    problem, expected = (
        " ".join("" if word.strip(_PUNCTUATION) == name else word for word in text.split(" "))
        for text in (finding.problem, finding.expected)
    )
    return replace(finding, problem=problem, expected=expected)


def _with_row(finding: Finding, rows: list[Location]) -> Finding:
    place = f"{rows[0].path}:{rows[0].line}"
    label = f"row {place}" if len(rows) == 1 else f"row {place} and {len(rows) - 1} more"
    return replace(finding, problem=f"{finding.problem} ({label})")


def _all(inputs: Iterable[Inputs]) -> Inputs:
    files: set[str] = set()
    listed: set[str] = set()
    for each in inputs:
        files.update(each.files)
        listed.update(each.listed)
    return Inputs(tuple(sorted(files)), tuple(sorted(listed)))
