"""Baselines: findings that a team knows of and lives with, so that only new ones fail."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import asdict, replace

from kure_hooks.decoding import decode
from kure_hooks.decoding.types import Input, Text
from kure_hooks.errors import InputError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.safe_text import visible
from kure_hooks.yamlio import Document, dump, read, strict

HEADER = b"# Baseline of kure-hooks lint: findings that are known.\n"
"""The first line of every baseline; a file without it is never replaced."""

_ADVICE = "# Write it again with: kure-hooks lint --baseline FILE --write-baseline\n"
_VERSION = 1


class Entry(Input, frozen=True, kw_only=True, order=True):
    """So many findings of a rule about one object in a file; without an object about the file."""

    rule: Text
    file: Text
    object: str = ""
    count: Annotated[int, Meta(ge=1, description="a number of findings from 1")] = 1


class Baseline(Input, frozen=True, kw_only=True):
    """The entries of a baseline file."""

    version: Annotated[int, Meta(ge=1, le=_VERSION, description="1")]
    findings: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Known:
    """A baseline as it was read."""

    document: Document
    entries: Sequence[Entry]

    def split(
        self, findings: Sequence[Finding], is_judged: Callable[[Entry], bool]
    ) -> tuple[list[Finding], list[Finding]]:
        """Return the findings that are not in the baseline, and those that are.

        Of more findings than an entry has, the last ones are new. An entry with more than there
        are is a warning among the new ones, if `is_judged` says that this run looked for it.
        """
        left = Counter({_key(entry): entry.count for entry in self.entries})
        new: list[Finding] = []
        known: list[Finding] = []
        for finding in findings:
            if finding.severity is Severity.INFO:
                new.append(finding)  # a baseline has none, and no info fails a run
                continue
            key = _key(_entry(finding))
            (known if left[key] > 0 else new).append(finding)
            left[key] -= 1
        return sorted([*new, *self._gone(left, is_judged)]), known

    def _gone(
        self, left: Mapping[tuple[str, str, str], int], is_judged: Callable[[Entry], bool]
    ) -> Iterator[Finding]:
        for index, entry in enumerate(self.entries):
            more = left[_key(entry)]
            if more <= 0 or not is_judged(entry):
                continue
            about = f"{entry.rule} on {entry.object or entry.file}"
            rest = f"occurs only {entry.count - more} of {entry.count} times"
            problem = f"{about} {'no longer occurs' if more >= entry.count else rest}"
            yield Finding(
                self.document.at("findings", index),
                f"findings[{index}]",
                problem,
                "Write the baseline again with --write-baseline.",
                Severity.WARNING,
                rule="LI003",
            )


def parse(name: str, data: bytes) -> Known:
    """Return the baseline in a file; raises InputError for one that is none, with every fault."""
    documents = read(data, name, strict, most=MAX_LARGE)
    if len(documents) != 1:
        problem = f"the baseline has {len(documents)} documents"
        raise InputError(
            [Finding(Location(name, 1, 1), "", problem, "Keep one document.", rule="CF001")]
        )
    return Known(documents[0], decode(documents[0], Baseline).findings)


def written(findings: Iterable[Finding], kept: Iterable[Entry] = ()) -> bytes:
    """Return the file of a baseline with all errors and warnings, and with the entries `kept`.

    The bytes depend on nothing else; no line numbers are in it.
    """
    counts = Counter(
        _entry(finding) for finding in findings if finding.severity is not Severity.INFO
    )
    entries = [*kept, *(replace(entry, count=number) for entry, number in counts.items())]
    rows = [_row(entry) for entry in sorted(entries)]
    text = dump({"version": _VERSION, "findings": rows})
    return HEADER + f"{_ADVICE}{text}".encode()


def _row(entry: Entry) -> dict[str, object]:
    return {key: value for key, value in asdict(entry).items() if value != ""}


def _entry(finding: Finding) -> Entry:
    rule, file, name = map(visible, (finding.rule, finding.at.path, finding.object))
    return Entry(rule=rule, file=file, object=name)


def _key(entry: Entry) -> tuple[str, str, str]:
    return entry.rule, entry.file, entry.object
