"""Validates with the program kubeconform (written for v0.8.0)."""

import tempfile
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from kure_hooks import process
from kure_hooks.errors import ToolError
from kure_hooks.files.writer import write_tree
from kure_hooks.findings import Finding, Location, Skipped
from kure_hooks.kustomize import is_kustomization
from kure_hooks.objects.written import ENDINGS, Object, Source, load_all
from kure_hooks.schemas.export import builtin_schema, custom_schema, encoded
from kure_hooks.validators import Job, Verdict, full_version
from kure_hooks.validators.causes import Cause, causes, causes_of_error, complaints
from kure_hooks.validators.complaints import Complaint
from kure_hooks.validators.judge import BuiltinJudge, CustomJudge, Judge, SchemaJudge
from kure_hooks.validators.judges import Judges, of_another_version
from kure_hooks.validators.program import Program, Result, Status
from kure_hooks.validators.schemas import Resource, file_name
from kure_hooks.yamlio import Pointer, dump
from kure_hooks.yamlio.document import key_path

_NOT_INSTALLED = (
    ", so nothing was validated. Install it with"
    " `go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0` and put it on PATH."
)
_NOT_SEEN = (
    "kubeconform saw only {} of {} objects: it splits files at lines that start with --- and hold"
    " nothing else"
)
_GENERATED_NAME = "{{ generateName }}"


class Kubeconform:
    """Judges manifests by JSON Schemas: those of the embedded validator, exported.

    No other schemas are looked for, so that nothing is downloaded.
    """

    name = "kubeconform"

    def validate(self, job: Job) -> Verdict:
        """Return the verdict.

        A file that can't be read as Kubernetes objects is a finding and not handed to the program.
        Raises as the interface says; also when the program is not installed.
        """
        version = full_version(job.kubernetes)
        path = process.find(self.name, job.checkouts)
        if path is None:
            raise ToolError(f"{self.name} {process.absence(self.name)}{_NOT_INSTALLED}")
        builds = {name for name in job.files if is_kustomization(name)}
        manifests = {name: data for name, data in job.files.items() if name not in builds}
        written, findings = load_all(manifests, job.scanned)
        sources = [*written, *job.built]
        note = of_another_version(job.kubernetes)
        said: list[Finding | Skipped] = [
            *findings,
            *map(_left_out, builds),
            *([note] if note else []),
        ]
        judges = _judges(job, sources)
        with tempfile.TemporaryDirectory(prefix="kure-hooks-") as copies:
            own = Path(copies, "schemas")
            own.mkdir()
            write_tree(own, {file_name(kind): _exported(judges[kind]) for kind in judges})
            content = {**manifests, **{source.name: _dumped(source) for source in job.built}}
            files = _copies(content, sources, Path(copies))
            program = Program(path, version, own, files, job.checkouts)
            results = program.judge(sources)
        for source in sources:
            said += _said(source, results[source.name], version)
        judged = [
            result
            for of_file in results.values()
            for result in of_file
            if result.status != Status.SKIPPED
        ]
        counts = Counter(judges[_resource(result)].source for result in judged)
        return Verdict(
            tuple(sorted({each for each in said if isinstance(each, Finding)})),
            tuple(sorted({each for each in said if isinstance(each, Skipped)})),
            len(judged),
            dict(sorted(counts.items())),
        )


def _resource(of: Object | Result) -> Resource:
    return Resource(of.api_version, of.kind)


def _judges(job: Job, sources: Iterable[Source]) -> dict[Resource, Judge]:
    """Return the judge of each kind that has one, as the embedded validator takes it."""
    objects = [item for source in sources for item in source.objects]
    judges = Judges(job, objects)
    kinds = sorted({_resource(item) for item in objects})
    return {kind: judge for kind in kinds if (judge := judges.of(kind))}


def _exported(judge: Judge) -> bytes:
    """Return the schema of a judge as the program reads it."""
    match judge:
        case BuiltinJudge():
            return encoded(builtin_schema(judge.schema))
        case CustomJudge():
            return encoded(custom_schema(judge.schema, judge.metadata))
        case SchemaJudge():
            return encoded(dict(judge.schema))
    raise TypeError(judge)


def _left_out(name: str) -> Skipped:
    return Skipped(name, "is read by kustomize and holds no Kubernetes object")


def _copies(
    files: Mapping[str, bytes], sources: Iterable[Source], directory: Path
) -> dict[str, Path]:
    """Write the files of the sources into a directory; no name of the repository is used there."""
    copies = {}
    for number, source in enumerate(sources):
        ending = PurePosixPath(source.name).suffix.lower()
        name = f"{number:06}{ending if ending in ENDINGS else ENDINGS[0]}"
        write_tree(directory, {name: files[source.name]})
        copies[source.name] = directory / name
    return copies


def _dumped(source: Source) -> bytes:
    """Return the objects of a build as a file."""
    return "---\n".join(dump(item.manifest) for item in source.objects).encode()


def _said(source: Source, results: Sequence[Result], version: str) -> Iterator[Finding | Skipped]:
    """Yield what the results mean. They name no document, so objects are found by their names."""
    waiting: dict[tuple[str, str, str], deque[Object]] = defaultdict(deque)
    for each in source.objects:
        waiting[each.api_version, each.kind, each.name].append(each)
    for result in results:
        name = result.name.removesuffix(_GENERATED_NAME)
        same = waiting[result.api_version, result.kind, name]
        label = f"{result.kind} {name}".strip()
        if result.status == Status.SKIPPED:
            yield Skipped(f"{source.name}: {label}", _no_schema(result, version))
        found = same.popleft() if same else None
        for complaint in _complaints(result):
            yield _finding(source, found, label, complaint)
    if len(results) < len(source.objects):
        yield Skipped(source.name, _NOT_SEEN.format(len(results), len(source.objects)))


def _no_schema(result: Result, version: str) -> str:
    return (
        f"there is no schema for {result.kind} of {result.api_version} (Kubernetes {version});"
        " add a directory that has it to validate.schemaLocations"
    )


def _complaints(result: Result) -> Iterator[Complaint]:
    for cause in _causes(result):
        yield from complaints(cause)


def _causes(result: Result) -> tuple[Cause, ...]:
    if result.status == Status.ERROR:
        return causes_of_error(result.message)
    if result.status != Status.INVALID:
        return ()
    first_level = (Cause(tuple(e.path.split("/")[1:]), e.message) for e in result.first_level)
    return causes(result.message) or tuple(sorted(first_level)) or (Cause((), result.message),)


def _finding(source: Source, found: Object | None, label: str, complaint: Complaint) -> Finding:
    words = (complaint.problem, complaint.expected)
    if found:
        return found.finding(_pointer(complaint.steps, found.manifest), *words, "VA002")
    key = ": ".join(filter(None, (label, key_path(_pointer(complaint.steps, None)))))
    return Finding(Location(source.name), key, *words, rule="VA002")


def _pointer(steps: Pointer, value: Any) -> Pointer:
    """Turn the steps that lead into lists to numbers."""
    pointer: list[str | int] = []
    for step in steps:
        key = int(step) if isinstance(value, list) and str(step).isdecimal() else step
        pointer.append(key)
        value = _child(value, key)
    return tuple(pointer)


def _child(container: Any, key: str | int) -> Any:
    with suppress(LookupError, TypeError):
        return container[key]
    return None
