"""The lines of the sources that generated values come from."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from msgspec import structs

from kure_hooks import stages
from kure_hooks.drift.paths import pointer_to
from kure_hooks.drift.result import FileChange, ObjectChange, Source, State
from kure_hooks.errors import KureHooksError, tolerated
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Location
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest, depth, named, objects_of, text_at, value_at
from kure_hooks.operations.compile import Request, generate_cluster, loaded
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.judging import placed
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin
from kure_hooks.stack.files import Files
from kure_hooks.stack.model import Application, Cluster
from kure_hooks.yamlio import Pointer, agreed, read
from kure_hooks.yamlio.place import Place

# Each of them is generated again; of the objects of others the part of the stack is known.
_MOST_CLUSTERS = 12


def located(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return the changes, their objects with the lines of the sources that they come from.

    That is the line of each value that differs, as near as it is known, else that of the
    application or bundle. The clusters with the most serious changes come first.
    """
    stages.enter("finding the sources of what drifted")
    ordered = sorted(changes, key=attrgetter("serious"))
    directories = dict.fromkeys(change.directory for change in ordered if change.objects)
    items: dict[str, Mapping[str, _Traced]] = {}
    for directory in [*directories][:_MOST_CLUSTERS]:
        # A line is an extra: without it the drift is worth reporting.
        with suppress(KureHooksError), tolerated(f"finding the sources of {directory}"):
            items |= _items(workspace, generated, directory)
    return [
        structs.replace(
            change,
            objects=tuple(
                structs.replace(item, source=_source(generated, change, item, items))
                for item in change.objects
            ),
        )
        for change in changes
    ]


@dataclass(frozen=True)
class _Traced:
    """A generated object and the application that it is of; None for those of the engine."""

    workspace: Workspace
    item: Item
    application: Application | None

    @property
    def origin(self) -> Origin:
        """The part of the stack that asks for the object."""
        return self.item.origin

    def line(self, path: str) -> Location:
        """Return where the field with a path is written, or the nearest that is known."""
        manifest = self.item.manifest
        pointer = pointer_to(manifest, path)
        if self.item.trace or not (self.application or self.item.at):
            return placed(self.item).document.at(*pointer)
        if at := self.item.at:
            return _in_file(self.workspace, at, pointer)
        if self.application is None:
            return self.origin.at
        place = written(self.application, manifest, pointer)
        return self.origin.at if place == self.application.place else place.at


def _items(
    workspace: Workspace, generated: Fleet, directory: str
) -> dict[str, Mapping[str, _Traced]]:
    """Return the generated objects of a cluster by their files and names."""
    cluster = _cluster(workspace, generated, directory)
    layout = generate_cluster(cluster, workspace.settings, workspace.tree)
    applications = {
        (application.name, application.at): application
        for bundle in cluster.bundles()
        for application in bundle.applications
    }
    return {
        f"{'/'.join(part.path)}/{file.name}": {
            str(named(item.manifest)): _Traced(
                workspace, item, applications.get((item.origin.application, item.origin.at))
            )
            for item in file.items
        }
        for part in layout.directories
        for file in part.files
    }


def _cluster(workspace: Workspace, generated: Fleet, directory: str) -> Cluster:
    """Return the cluster of a directory; raises InputError where its stack is faulty."""
    stack, name = generated.directories[directory], base_name(directory)
    request = Request(workspace.tree, workspace.settings, stack)
    if directory in generated.rows:
        from kure_hooks.stack.cluster_set import cluster_set  # noqa: PLC0415 - few stacks are sets

        if members := cluster_set(Files(workspace.tree), stack):
            names = [member.name for member in members.members]
            request = structs.replace(request, member=names.index(name))
            return loaded(request, members).clusters[0]
    return next(cluster for cluster in loaded(request).clusters if cluster.name == name)


def _source(
    generated: Fleet,
    change: FileChange,
    item: ObjectChange,
    items: Mapping[str, Mapping[str, _Traced]],
) -> Source | None:
    """Return the source of an object; None for one that is not generated, or not known well."""
    if item.state is State.MOVED_AWAY or change.origin is None:
        return None
    traced = items.get(change.path, {}).get(item.name)
    if traced is None:
        origins = {origin.part for origin in generated.mixed.get(change.path, (change.origin,))}
        return Source((change.origin.at,), change.origin.part) if len(origins) == 1 else None
    lines = (traced.line(field.path) for field in item.fields)
    places = tuple(dict.fromkeys(Location(line.path, line.line) for line in lines))
    return Source(places or (traced.origin.at,), traced.origin.part)


def _in_file(workspace: Workspace, at: Location, pointer: Pointer) -> Location:
    """Return where a part of an object is written that a file has as it is."""
    for document in read(workspace.tree.read(at.path, MAX_LARGE), at.path, agreed, most=MAX_LARGE):
        for start, _ in objects_of(document.value):
            if document.at(*start) == at:
                return document.at(*start, *pointer)
    return at


def written(application: Application, manifest: Manifest, pointer: Pointer) -> Place:
    """Return where a value of an object is most likely written in its application.

    That is the same object in the `spec`, or the longest end of the pointer which leads somewhere
    there, or to the same value in a part of it: the replicas of a Deployment are the replicas of
    its application. Without one it is the application as a whole.
    """
    spec = application.body
    parts = list(_mappings(spec)) if spec.exists else []
    for part in parts:
        if _is_same(part.value, manifest):
            return part.below(*pointer)
    if pointer[:1] == ("metadata",):
        return application.key(*pointer[1:]) if pointer[1:] else application.place
    if not spec.exists:
        return application.place
    value = value_at(manifest, *pointer)
    ends = [pointer[start:] for start in range(len(pointer))]
    reached = [(depth(spec.value, end), spec.below(*end)) for end in ends]
    if value is not None:
        reached += [
            (len(end), part.below(*end))
            for part in parts
            for end in ends
            if value_at(part.value, *end) == value
        ]
    steps, place = max(reached, key=lambda pair: pair[0], default=(0, application.place))
    if not steps:
        return application.place
    # What is missing is not missing in the profile, whatever stands beside it there.
    profile = application.layers[-1] if application.profile and not place.exists else None
    while profile and place.pointer and profile.has(place):
        place = place.above(1)
    return place


def _is_same(value: Any, manifest: Manifest) -> bool:
    """Tell whether a value of an application is a generated object as somebody wrote it."""
    keys = (("apiVersion",), ("kind",), ("metadata", "name"))
    texts = [text_at(value, *key) for key in keys]
    return all(texts) and texts == [text_at(manifest, *key) for key in keys]


def _mappings(place: Place) -> Iterator[Place]:
    """Yield the places of all mappings in a value, the outermost first."""
    waiting = [place]
    while waiting:
        place = waiting.pop(0)
        value = place.value
        if isinstance(value, dict):
            yield place
            waiting += map(place.below, value)
        elif isinstance(value, list):
            waiting += map(place.below, range(len(value)))
