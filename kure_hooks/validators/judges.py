"""The judges of the kinds that one run meets, by the schemas that it may trust."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kure_hooks.decoding.suggest import closest, nearest
from kure_hooks.findings import Skipped
from kure_hooks.objects.written import Object
from kure_hooks.schemas.conversion import Conversion, expanded
from kure_hooks.schemas.packed import KEEPS_STATUS, REPLICAS, Catalogue
from kure_hooks.validators import Job
from kure_hooks.validators.judge import BuiltinJudge, CustomJudge, Judge, SchemaJudge
from kure_hooks.validators.schemas import Resource, provided, trusted

if TYPE_CHECKING:
    from kure_hooks.validators.definitions import Defined

# Any kind of Kubernetes that has metadata tells its schema.
_WITH_METADATA = ("v1", "ConfigMap")

_TARGETS = ("Flux", "Argo CD")
"""The projects whose release is a target as that of Kubernetes is: what it has not is wrong."""

WITHOUT_RULES = Skipped(
    "the rules that CRDs have in CEL",
    "cel-expr-python is not installed. Install kure-hooks with the extra `cel`, or add "
    "cel-expr-python to the `additional_dependencies` of the hook",
    incidental=True,
)
"""Tells that nothing evaluates the rules of CRDs."""


@cache
def judged_as(kubernetes: str) -> str:
    """Return the version that stands for a version of Kubernetes: the nearest one with schemas.

    A version whose minor version has schemas stands for itself.
    """
    near = Catalogue().nearest(kubernetes)
    return kubernetes if kubernetes.split(".")[:2] == near.split(".") else near


def of_another_version(kubernetes: str) -> Skipped | None:
    """Return what to tell of a version of Kubernetes for which another one stands."""
    near = judged_as(kubernetes)
    if near == kubernetes:
        return None
    known = Catalogue().versions
    reason = (
        f"there are no schemas for it, so objects are judged as by {near}. Name a version from"
        f" {known[0]} to {known[-1]}"
    )
    return Skipped(f"Kubernetes {kubernetes}", reason)


class Packed:
    """The judges by the schemas that come with kure-hooks, for a version of Kubernetes."""

    def __init__(self, kubernetes: str) -> None:
        self._kubernetes = kubernetes
        self._catalogue = Catalogue()
        self._found: dict[Resource, Judge | None] = {}

    def of(self, resource: Resource) -> Judge | None:
        """Return the judge of a kind, None where it is not packed."""
        try:
            return self._found[resource]
        except KeyError:
            judge = self._found[resource] = self._made(resource)
            return judge

    def nearest(self, resource: Resource) -> str:
        """Return what may be meant by a kind that Kubernetes does not have, or an empty text."""
        kinds = list(self._catalogue.kinds(self._kubernetes))
        if versions := [version for version, kind in kinds if kind == resource.kind]:
            return " or ".join(sorted(versions))
        known = [kind for version, kind in kinds if version == resource.api_version]
        return nearest(resource.kind, known) if known else ""

    def akin(self, resource: Resource) -> Resource | None:
        """Return the packed kind that may be meant by a custom resource, None for nothing near.

        That is the same kind in another version or group of its project, or one of its group whose
        name is near.
        """
        kinds = [Resource(*kind) for kind in self._catalogue.kinds(self._kubernetes)]
        group = [known for known in kinds if known.group == resource.group]
        project = [known for known in kinds if _is_of_project(known.group, resource.group)]
        near = closest(resource.kind, {known.kind for known in group})
        for known in (*group, *project):
            if known.kind == resource.kind:
                return known
        same = [known for known in group if known.kind == near]
        return min(same, key=lambda known: known.api_version != resource.api_version, default=None)

    def release_without(self, resource: Resource, akin: Resource) -> str:
        """Return the release that certainly lacks a custom resource, empty where nobody knows.

        Several projects have kinds in the group of Argo CD, so that there a name proves nothing.
        """
        source = self._catalogue.source(akin.api_version, akin.kind, self._kubernetes)
        if source is None or source.name not in _TARGETS:
            return ""
        is_certain = akin.kind == resource.kind or source.name == _TARGETS[0]
        return f"{source.name} {source.version}" if is_certain else ""

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """The JSON Schema of the metadata of all objects."""
        schema = self._catalogue.structural(*_WITH_METADATA, self._kubernetes) or {}
        converted = Conversion(builtin=True).document(schema)
        metadata: Mapping[str, Any] = expanded(
            converted["properties"]["metadata"], converted["definitions"]
        )
        return metadata

    def _made(self, resource: Resource) -> Judge | None:
        kind = (resource.api_version, resource.kind)
        schema = self._catalogue.structural(*kind, self._kubernetes)
        origin = self._catalogue.source(*kind, self._kubernetes)
        if schema is None or origin is None:
            return None
        name = f"the schemas of {origin.name} {origin.version}"
        if resource.is_custom:
            return CustomJudge(
                name,
                schema,
                self.metadata,
                keeps_status=schema.get(KEEPS_STATUS, False),
                replicas=schema.get(REPLICAS, ()),
            )
        return BuiltinJudge(name, schema)


def _is_of_project(group: str, other: str) -> bool:
    """Tell whether two groups differ in their first label alone, below a domain of one project."""
    _, _, domain = group.partition(".")
    return "." in domain and other.partition(".")[2] == domain


@cache
def packed(kubernetes: str) -> Packed:
    """Return the judges for a version of Kubernetes; they keep what they have compiled."""
    return Packed(kubernetes)


class Judges:
    """Finds the judge of each kind.

    First go the schemas and CRDs that whoever runs the command trusts. Custom resources are then
    judged by the CRDs of the repository, all kinds by the packed schemas, and custom resources that
    these lack by the JSON Schemas that the settings name.
    """

    def __init__(self, job: Job, objects: Sequence[Object]) -> None:
        self._job = job
        self._objects = objects
        self._found: dict[Resource, Judge | None] = {}
        self.kubernetes = judged_as(job.kubernetes)
        self.packed = packed(self.kubernetes)
        note = of_another_version(job.kubernetes)
        self.skipped: list[Skipped] = [note] if note else []
        """What can't be used, and why."""

    def of(self, resource: Resource) -> Judge | None:
        """Return the judge of a kind, None where there is no schema for it.

        Raises UsageError for a schema of the settings or of the command line that is none.
        """
        try:
            return self._found[resource]
        except KeyError:
            judge = self._found[resource] = next(self._candidates(resource), None)
            if isinstance(judge, CustomJudge) and judge.ruling and not judge.ruling.is_possible:
                self.skipped.append(WITHOUT_RULES)
            return judge

    def _candidates(self, resource: Resource) -> Iterator[Judge]:
        for path in self._job.schemas:
            if schema := trusted((path,), resource):
                yield SchemaJudge(schema.path, schema.content)
            elif defined := self._named[path].get(resource):
                yield self._custom(defined)
        if resource.is_custom and (defined := self._defined.get(resource)):
            yield self._custom(defined)
        if judge := self.packed.of(resource):
            yield judge
        if brought := self._brought.get(resource):
            yield SchemaJudge(brought.path, brought.content)

    def _custom(self, defined: "Defined") -> CustomJudge:
        definition = defined.definition
        return CustomJudge(
            defined.path,
            definition.schema,
            self.packed.metadata,
            keeps_status=definition.keeps_status,
            replicas=definition.replicas,
        )

    @cached_property
    def _resources(self) -> set[Resource]:
        return {Resource(subject.api_version, subject.kind) for subject in self._objects}

    @cached_property
    def _brought(self) -> Mapping[Resource, Any]:
        if self._job.tree is None or not self._job.locations:
            return {}
        version = self._job.kubernetes
        return provided(self._job.tree, self._job.locations, self._resources, version)

    @cached_property
    def _defined(self) -> Mapping[Resource, "Defined"]:
        """The kinds that the CRDs of the repository define."""
        from kure_hooks.validators.definitions import of_repository  # noqa: PLC0415 - as below

        groups = {resource.group for resource in self._resources if resource.is_custom}
        if not groups:
            return {}
        defined, skipped = of_repository(self._job, self._objects, groups)
        self.skipped += skipped
        return defined

    @cached_property
    def _named(self) -> Mapping[Path, Mapping[Resource, "Defined"]]:
        """The kinds that trusted CRDs define, by the place of these."""
        if not self._job.schemas:
            return {}
        from kure_hooks.validators.definitions import of_path  # noqa: PLC0415 - few have CRDs

        groups = {resource.group for resource in self._resources}
        return {path: of_path(path, groups) for path in self._job.schemas}
