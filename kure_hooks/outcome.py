"""The outcome of a run: the one value that every report shows."""

from collections.abc import Container, Iterator
from enum import StrEnum

from msgspec import Struct, structs
from msgspec.structs import replace

from kure_hooks.drift.result import Displaced, FileChange
from kure_hooks.findings import Finding, Severity, Skipped
from kure_hooks.stack.outline import Part, marked


class ClusterView(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A cluster that was looked at: its directory, its stack, and the paths generated for it.

    `state` is `added` or `removed` for a cluster that only one of two revisions has: then `drift`
    holds none of its files.
    """

    directory: str
    """The directory of the cluster, below the root of the repository."""
    stack: str
    """The path of the stack file that describes the cluster."""
    files: tuple[str, ...] = ()
    """The paths that are generated for the cluster."""
    outline: Part | None = None
    """The parts of the cluster, one inside the other."""
    state: str = ""
    """"added" or "removed" for a cluster that only one of two revisions has, else empty."""


class Concern(StrEnum):
    """A kind of things that a run tells, which may be a reason to fail."""

    CHANGES = "changes"
    """Files that drifted, that differ between two revisions, or that were written or removed."""
    RISKS = "risks"
    """Changes that are a risk to a running cluster."""
    FINDINGS = "findings"
    """Findings that are errors."""
    WARNINGS = "warnings"
    """Findings that are warnings."""


USUAL = frozenset({Concern.CHANGES, Concern.FINDINGS})
"""The concerns that a run fails for unless it is told otherwise."""


class Failure(Struct, frozen=True):
    """The end of a run that could not finish: its exit code, and why in a sentence.

    Where the input is to blame, the findings of the outcome say what is wrong with it.
    """

    code: int
    """The exit code of the run."""
    message: str
    """A sentence that says why the run could not finish."""


class Share(Struct, frozen=True):
    """The part of a fleet that a run with --shard was about: one of `count`, all of the same run.

    `run` is a digest of the command, its version, its arguments and the commit.
    """

    index: int
    """The number of the shard, from 1."""
    count: int
    """The number of all shards."""
    run: str
    """The same text for all shards of a run."""


class Outcome(Struct, frozen=True, rename="camel"):
    """The result of a command.

    `drift` is what differs between the two `sides`, `written` and `removed` what was done about it,
    and `displaced` those of both whose content was not committed. `refused` tells that nothing was
    done because of what is in the way. `checked` counts validated objects, `schemas` those that
    each schema judged, and `known` the findings of lint that a baseline or another revision has.
    `fix` is the command that fixes the drift. With a `failure` nothing but the
    findings is known. Of a `shard`, `merging` makes a whole.
    """

    command: str
    """The command that made the report, such as check."""
    findings: tuple[Finding, ...] = ()
    """What is wrong, sorted by file and line."""
    skipped: tuple[Skipped, ...] = ()
    """What was not checked, and why."""
    drift: tuple[FileChange, ...] = ()
    """The files that differ between the two sides."""
    written: tuple[str, ...] = ()
    """The paths of the files that were written."""
    removed: tuple[str, ...] = ()
    """The paths of the files that were removed."""
    displaced: tuple[Displaced, ...] = ()
    """Files that were written over or removed although their content was not committed."""
    clusters: tuple[ClusterView, ...] = ()
    """The clusters that were looked at."""
    checked: int = 0
    """The number of objects that were validated."""
    fix: str = ""
    """The command that repairs the drift, empty where there is none."""
    sides: tuple[str, str] = ("checked in", "generated")
    """The names of the two sides that were compared."""
    refused: bool = False
    """True where the command did nothing because of what is in the way."""
    failure: Failure | None = None
    """The end of a run that could not finish. Then only the findings are known."""
    schemas: dict[str, int] = {}
    """The number of objects that each schema judged, by the schema's source."""
    known: int = 0
    """The number of findings that a baseline or another revision has already."""
    shard: Share | None = None
    """The part of the clusters that the run was about, where that was not all of them."""

    @property
    def intended(self) -> bool:
        """True where the sides are two revisions, whose differences somebody means to make."""
        return self.command == "diff"

    @property
    def files(self) -> int:
        """The number of generated files."""
        return sum(len(each.files) for each in self.clusters)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are more than warnings."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def infos(self) -> int:
        """The number of findings that are infos."""
        return sum(finding.severity is Severity.INFO for finding in self.findings)

    @property
    def risky(self) -> int:
        """The number of drifted files that hold a risk."""
        return sum(bool(change.risks) for change in self.drift)

    def marked(self, view: ClusterView) -> Part | None:
        """Return the outline of a cluster with each part marked that a drifted file comes from."""
        changes = (each for each in self.drift if each.directory == view.directory)
        origins = (each.origin for each in changes if each.origin)
        return view.outline and marked(view.outline, origins)

    def discreet(self) -> "Outcome":
        """Return the same outcome without the secrets that a message may quote.

        What the files of the drift hold is hidden already, with more knowledge of where it stands.
        """
        noted = any(change.note for change in self.drift)
        if not (self.findings or self.skipped or self.failure or noted):
            return self
        from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - most runs find nothing

        return structs.replace(
            self,
            findings=tuple(
                replace(
                    each,
                    key=scrub(each.key),
                    problem=scrub(each.problem),
                    expected=scrub(each.expected),
                    object=scrub(each.object),
                    pointer=scrub(each.pointer),
                    owner=scrub(each.owner),
                    clusters=tuple(map(scrub, each.clusters)),
                )
                for each in self.findings
            ),
            skipped=tuple(
                Skipped(scrub(each.subject), scrub(each.reason)) for each in self.skipped
            ),
            drift=tuple(structs.replace(each, note=scrub(each.note)) for each in self.drift),
            failure=self.failure
            and structs.replace(self.failure, message=scrub(self.failure.message)),
        )

    @property
    def tells_warnings(self) -> bool:
        """True where the text report tells warnings without being asked for them."""
        return bool(self.written or self.removed or self.command in ("validate", "lint"))

    def told(self, *, verbose: bool, brief: bool = False) -> "Outcome":
        """Return the same outcome as its command tells it: to most readers without incidentals.

        A `brief` reader, of nothing but the text report, is told errors alone unless that report
        tells warnings.
        """
        skipped = tuple(
            Skipped(each.subject, each.reason)
            for each in self.skipped
            if not each.incidental or verbose or self.command == "validate"
        )
        errors_only = brief and not (verbose or self.tells_warnings)
        findings = self.errors if errors_only else self.findings
        return structs.replace(self, findings=findings, skipped=skipped)

    @property
    def regenerated(self) -> bool:
        """True for files that only have to be staged after they were generated."""
        is_generate = self.command == "generate" and bool(self.drift)
        return is_generate and all(change.unstaged for change in self.drift)

    @property
    def is_silent(self) -> bool:
        """True where a reader who asks for no summary has nothing to read."""
        told = (self.findings, self.skipped, self.drift, self.written, self.removed, self.displaced)
        states = any(view.state for view in self.clusters)
        return not (any(told) or states or self.fix or self.refused or self.failure)

    @property
    def exit_code(self) -> int:
        """The exit code of a run that fails for the usual concerns; see `code`."""
        return self.code(USUAL)

    def code(self, fatal: Container[Concern]) -> int:
        """Return 1 where the run has one of the concerns that are fatal, else 0.

        2 when the command refused to do anything. Of a failure it is the failure's own.
        """
        if self.failure:
            return self.failure.code
        if self.refused:
            return 2
        return int(any(concern in fatal for concern in self._concerns()))

    def _concerns(self) -> Iterator[Concern]:
        drift = [change for change in self.drift if not change.known]
        states = any(view.state for view in self.clusters)
        if drift or states or self.written or self.removed:
            yield Concern.CHANGES
        if any(change.risks for change in drift):
            yield Concern.RISKS
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            yield Concern.FINDINGS
        if Severity.WARNING in severities:
            yield Concern.WARNINGS
