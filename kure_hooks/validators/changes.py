"""Judges changes: what the API server says of a new version of an object because of the old one."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from kure_hooks.findings import Finding
from kure_hooks.objects.written import Object
from kure_hooks.validators.admission.changes import faults_of_change
from kure_hooks.validators.interface import Job, Verdict
from kure_hooks.validators.judge import CustomJudge
from kure_hooks.validators.judges import Judges
from kure_hooks.validators.schemas import Resource


class Change(Struct, frozen=True):
    """Two versions of one object."""

    old: Object
    new: Object


def refused(changes: Sequence[Change], job: Job) -> Verdict:
    """Return what the API server refuses of changes, though it might take both versions.

    The objects have an apiVersion and a kind. Schemas are those of a job, as for validating.
    Raises UsageError as validators do.
    """
    judges = Judges(job, [change.new for change in changes])
    findings = {
        finding
        for change in changes
        for finding in (*_of_rules(change, judges), *faults_of_change(change.old, change.new))
    }
    skipped = tuple(sorted(judges.skipped))
    return Verdict(findings=tuple(sorted(findings)), skipped=skipped, checked=len(changes))


def _of_rules(change: Change, judges: Judges) -> Iterable[Finding]:
    judge = judges.of(Resource(change.new.api_version, change.new.kind))
    if not isinstance(judge, CustomJudge):
        return ()
    return (
        change.new.finding(
            complaint.steps,
            complaint.problem,
            complaint.expected,
            complaint.rule,
            complaint.severity,
        )
        for complaint in judge.changes(change.old.decrypted, change.new.decrypted)
    )
