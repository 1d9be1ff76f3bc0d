"""ConfigMaps of an application, and the files of the repository that they hold."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.decoding.types import Annotations, Input, ObjectLabels, ObjectName, Text
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import base_name, join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.stack.interface import ConfigMapGenerator
from kure_hooks.stack.missing import unreadable
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.building import string_problem, unreadable_at
from kure_hooks.yamlio.conflict import refuse_conflict
from kure_hooks.yamlio.place import Place

_FILES = ("spec", "configMaps")
_INSIDE = "Name a file inside it."


class GeneratorOptions(Input, frozen=True, kw_only=True):
    """Options of a ConfigMap that kustomize makes."""

    labels: ObjectLabels = {}
    """Labels for the ConfigMap alone. They win over those of the application."""
    annotations: Annotations = {}
    """Annotations for the ConfigMap alone. They win over those of the application."""
    immutable: bool | None = None
    """Make the ConfigMap immutable. With a hash in its name each content has one of its own."""
    disable_name_suffix_hash: bool | None = None
    """Leave the name as it is. A change of the content then reaches no pod that runs already."""


class ConfigMapFiles(Input, frozen=True, kw_only=True):
    """A ConfigMap whose name changes with its content.

    Each file is a path relative to the document's file, its key the file's name or what is before
    a `=`, as in `app.ini=settings/prod.ini`.
    """

    name: ObjectName
    """The name of the ConfigMap, to which kustomize adds a hash of its content."""
    files: Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of files")]
    """The files, relative to this document's file. Write KEY=PATH for another key than the file's
    name."""
    options: GeneratorOptions = GeneratorOptions()
    """Labels, annotations and the kind of name that the ConfigMap gets."""


class GeneratedConfigMap(ConfigMapFiles, frozen=True, kw_only=True):
    """A ConfigMap beside those of a directory, or one of them that gets other files."""

    behavior: Literal["create", "merge", "replace"] | None = None
    """What comes of a ConfigMap of that name which the directory makes.

    - `create`: There must be none, which is kustomize's default.
    - `merge`: It gets these files in addition, and they win.
    - `replace`: It gets these files in place of its own.
    """


def generators(
    application: Application, wanted: Sequence[ConfigMapFiles]
) -> list[ConfigMapGenerator]:
    """Return a generator for each ConfigMap, in the application's namespace."""
    return [
        ConfigMapGenerator(
            name=each.name,
            namespace=application.namespace,
            files={key: base_name(path) for key, path in map(keyed, each.files)},
            labels={**application.labels, **each.options.labels},
            annotations={**application.annotations, **each.options.annotations},
            immutable=bool(each.options.immutable),
            keeps_name=bool(each.options.disable_name_suffix_hash),
            behavior=getattr(each, "behavior", None) or "",
            places={
                keyed(reference)[0]: application.key(*_FILES, at, "files", index)
                for index, reference in enumerate(each.files)
            },
        )
        for at, each in enumerate(wanted)
    ]


def files(
    application: Application, wanted: Sequence[ConfigMapFiles], tree: Tree
) -> dict[str, bytes]:
    """Return the files of all ConfigMaps by name.

    Raises InputError for files that can't be read, and for different ones of the same name.
    """
    found: dict[str, tuple[str, bytes]] = {}
    faults: list[Finding] = []
    places = {
        reference: application.key(*_FILES, at, "files", index)
        for at, config_map in reversed([*enumerate(wanted)])
        for index, reference in reversed([*enumerate(config_map.files)])
    }
    for reference, place in reversed(places.items()):
        try:
            path, data = content(place, keyed(reference)[1], tree)
        except InputError as error:
            faults += error.findings
            continue
        other = found.setdefault(base_name(path), (path, data))[0]
        if other != path:
            problem = f"{path} and {other} would be one file in the application's directory"
            faults.append(place.fault(problem, "Choose another file name.", rule="AP003"))
    if faults:
        raise InputError(faults)
    return {name: data for name, (_, data) in sorted(found.items())}


def keyed(reference: str) -> tuple[str, str]:
    """Return key and path of a reference to a file."""
    key, equals, path = reference.partition("=")
    return (key, path) if equals else (base_name(reference), reference)


def content(place: Place, reference: str, tree: Tree) -> tuple[str, bytes]:
    """Return path and bytes of the file that `reference`, which stands at `place`, names.

    It is relative to the document. Raises InputError for what can't be read, by us or by kustomize,
    which makes a ConfigMap of it, and for a file with conflict markers.
    """
    path = path_of(place, reference)
    data = read(place, reference, path, tree)
    _refuse_unreadable(path, data)
    return path, data


def path_of(place: Place, reference: str) -> str:
    """Return the path of the repository that `reference`, which stands at `place`, leads to.

    It is relative to the document. Raises InputError if it leaves the repository.
    """
    path = join_relative(parent(place.document.path), reference)
    if path is None:
        raise InputError([place.fault(f"{reference} leaves the repository", _INSIDE, rule="AP002")])
    return path


def read(place: Place, reference: str, path: str, tree: Tree) -> bytes:
    """Return the bytes of a file that is asked for at `place`, as `reference`.

    Raises InputError for what can't be read, and for a file with conflict markers.
    """
    try:
        data = tree.read(path)
    except ReadError as error:
        raise InputError([unreadable(error, place, reference, tree, rule="AP002")]) from error
    refuse_conflict(data, path)
    return data


def _refuse_unreadable(path: str, data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:  # what is no text becomes base64 (kustomize 5.8)
        return
    if problem := string_problem(text):
        before = text[: unreadable_at(text)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise InputError([Finding(Location(path, line, column), "", *problem, rule="YA008")])
