"""Validates by schemas that come with kure-hooks, as the API server would; the default.

It needs no network, no cluster and no other program.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from kure_hooks.findings import Finding, Severity, Skipped
from kure_hooks.kustomize.files import GROUP as KUSTOMIZE
from kure_hooks.manifests import Kind, kind_of
from kure_hooks.objects.written import Object, load_all
from kure_hooks.validators import Job, Verdict, full_version
from kure_hooks.validators.admission import Versions, faults
from kure_hooks.validators.admission.rules.versions import ending
from kure_hooks.validators.complaints import Complaint
from kure_hooks.validators.judge import CustomJudge
from kure_hooks.validators.judges import Judges
from kure_hooks.validators.schemas import Resource

_ABSENT = "there is no schema for {} of {}, so {} not validated"
_OF_CHARTS = ("Application", "HelmRelease")
_ADD = "Add its CRD: kure-hooks schemas add FILE."


class Embedded:
    """Judges manifests inside the process."""

    name = "embedded"

    def validate(self, job: Job) -> Verdict:
        """Return the verdict.

        A kind of Kubernetes that its version does not have is an error. A custom resource without
        a schema is told once for its kind, as `job.unknown` says. Raises as the interface says.
        """
        full_version(job.kubernetes)
        written, findings = load_all(job.files, job.scanned)
        sources = (*written, *job.built)
        verdict = self.judge([subject for source in sources for subject in source.objects], job)
        return replace(verdict, findings=tuple(sorted({*findings, *verdict.findings})))

    def judge(self, subjects: Sequence[Object], job: Job) -> Verdict:
        """Return the verdict on objects that have an apiVersion and a kind; see `validate`."""
        judges = Judges(job, subjects)
        findings: list[Finding] = []
        counts: Counter[str] = Counter()
        defined: set[Kind] = set()
        unknown: dict[Resource, list[Object]] = defaultdict(list)
        for subject in subjects:
            resource = Resource(subject.api_version, subject.kind)
            if judge := judges.of(resource):
                counts[judge.source] += 1
                if isinstance(judge, CustomJudge) and resource.group != KUSTOMIZE:
                    defined.add(kind_of(subject.manifest))
                findings += (
                    _finding(subject, what) for what in judge.complaints(subject.decrypted)
                )
            else:
                unknown[resource].append(subject)
        findings += _without_schema(unknown, judges, job)
        told = {(finding.at, finding.key) for finding in findings}
        findings += (
            fault
            for fault in faults(subjects, _versions(judges), defined)
            if (fault.at, fault.key) not in told
        )
        of_values, unused = _of_values(subjects, job)
        findings += of_values
        return Verdict(
            findings=tuple(sorted(set(findings))),
            skipped=tuple(sorted({*judges.skipped, *_skipped(unknown, job), *unused})),
            checked=counts.total(),
            judges=dict(sorted(counts.items())),
        )


def _of_values(subjects: Sequence[Object], job: Job) -> tuple[Sequence[Finding], Sequence[Skipped]]:
    """Return what is wrong with the values of releases, and the schemas that can't be used."""
    if job.tree is None or not any(subject.kind in _OF_CHARTS for subject in subjects):
        return (), ()
    from kure_hooks.validators.charts import value_faults  # noqa: PLC0415 - few objects are for charts

    return value_faults(subjects, job.tree, job.origin)


def _versions(judges: Judges) -> Versions:
    major, minor, _ = map(int, full_version(judges.kubernetes).split("."))
    return Versions((major, minor))


def _finding(subject: Object, complaint: Complaint) -> Finding:
    words = (complaint.problem, complaint.expected)
    return subject.finding(complaint.steps, *words, complaint.rule, complaint.severity)


def _without_schema(
    unknown: Mapping[Resource, Sequence[Object]], judges: Judges, job: Job
) -> Iterator[Finding]:
    for resource, subjects in unknown.items():
        first, *others = sorted(subjects, key=lambda subject: subject.at())
        if ending(resource.api_version, resource.kind, _versions(judges)):
            continue  # the finding about that says more
        if not resource.is_custom:
            yield from _unknown_builtins(subjects, resource, judges)
            continue
        akin = judges.packed.akin(resource)
        if akin and (release := judges.packed.release_without(resource, akin)):
            problem = f"{release} has no {resource.kind} of {resource.api_version}"
            for subject in subjects:
                yield subject.finding(("kind",), problem, _meant(akin, resource), "VA017")
        elif job.unknown != "skip":
            problem = _ABSENT.format(resource.kind, resource.api_version, _number(others))
            severity = Severity.ERROR if job.unknown == "error" else Severity.WARNING
            expected = (
                f"{_meant(akin, resource)} Else {_ADD[0].lower()}{_ADD[1:]}" if akin else _ADD
            )
            yield first.finding(("kind",), problem, expected, "VA016", severity)


def _meant(akin: Resource, resource: Resource) -> str:
    """Return the question for the packed kind that may be meant."""
    parts = []
    if akin.kind != resource.kind:
        parts.append(f"kind: {akin.kind}")
    if akin.api_version != resource.api_version:
        parts.append(f"apiVersion: {akin.api_version}")
    return f"Did you mean {' and '.join(parts)}?"


def _unknown_builtins(
    objects: Sequence[Object], resource: Resource, judges: Judges
) -> Iterator[Finding]:
    problem = f"Kubernetes {judges.kubernetes} has no {resource.kind} of {resource.api_version}"
    expected = judges.packed.nearest(resource)
    for subject in objects:
        yield subject.finding(("kind",), problem, expected, "VA017")


def _skipped(unknown: Mapping[Resource, Sequence[Object]], job: Job) -> Iterator[Skipped]:
    for resource, (_, *others) in unknown.items():
        if resource.is_custom and job.unknown == "skip":
            reason = _ABSENT.format(resource.kind, resource.api_version, _number(others))
            yield Skipped(resource.kind, reason)


def _number(others: Sequence[Object]) -> str:
    return f"{len(others) + 1} objects were" if others else "1 object was"
