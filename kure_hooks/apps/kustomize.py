"""The application kind Kustomize: a base, overlay or component that is taken in as it is.

The directory stays where it is. The kustomization.yaml of the application names it by relative
path, and has what the application changes.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.apps import config_maps
from kure_hooks.apps.config_maps import GeneratedConfigMap
from kure_hooks.decoding.types import Input, Text
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.kustomize.files import configuration, reason
from kure_hooks.manifests import written
from kure_hooks.objects.holdings import Holdings, holdings, moved
from kure_hooks.stack.bundle_options import Image, Patch, Prefix
from kure_hooks.stack.interface import Overlay, Product
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Place, Problem

DirectoryPath = Annotated[
    str,
    Meta(
        min_length=1,
        description="a directory, relative to this file, such as ../apps/podinfo/overlays/prod",
        examples=["../apps/podinfo/overlays/prod"],
    ),
]


_Paths = Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of field paths")]


class Selector(Input, frozen=True, kw_only=True):
    """Objects by what they are called."""

    group: Text | None = None
    """The API group of the objects, such as apps. Without it any group."""
    version: Text | None = None
    """The API version of the objects, such as v1. Without it any version."""
    kind: Text | None = None
    """The kind of the objects. Without it any kind."""
    name: Text | None = None
    """The name of the objects. Without it any name."""
    namespace: Text | None = None
    """The namespace of the objects. Without it any namespace."""


class Part(Input, frozen=True, kw_only=True):
    """The part of a value that is meant, and what comes of a field that is not there."""

    delimiter: Text | None = None
    """The string that divides the value into parts, of which one is meant."""
    index: int | None = None
    """The number of the part, counted from 0. Of a target, -1 puts a part before all others."""
    encoding: Literal["base64"] | None = None
    """The encoding of the value.

    - `base64`: The value is base64.
    """
    create: bool | None = None
    """Make the field of a target where it is not there."""


class Source(Selector, frozen=True, kw_only=True):
    """The object and the field that the value comes from."""

    field_path: Text | None = None
    """The path of the field, such as data.host. Without it metadata.name."""
    options: Part | None = None
    """The part of the value that is taken. Without it the whole value."""


class Goal(Input, frozen=True, kw_only=True):
    """Objects and their fields that get the value."""

    select: Selector
    """The objects that get the value."""
    reject: tuple[Selector, ...] = ()
    """Objects among these that do not."""
    field_paths: _Paths
    """The paths of the fields, such as spec.rules.0.host. An item of a list is found by its number
    or by a key, as in spec.template.spec.containers.[name=web].image."""
    options: Part | None = None
    """The part of the field that is replaced. Without it the whole value."""


class Replacement(Input, frozen=True, kw_only=True):
    """A value of one object that others get (kustomize 5.8)."""

    source: Source
    """Where the value comes from."""
    targets: Annotated[tuple[Goal, ...], Meta(min_length=1, description="a list of targets")]
    """Where the value goes to."""


class Spec(Input, frozen=True, kw_only=True):
    """A directory with a kustomization.yaml, relative to the document's file, and its changes.

    `components` are directories as well, relative to the document's file.
    """

    path: DirectoryPath
    """The directory with a kustomization.yaml that is taken in, relative to this document's file.
    """
    components: tuple[DirectoryPath, ...] = ()
    """Directories with components of kustomize, relative to this document's file."""
    images: tuple[Image, ...] = ()
    """Images that are replaced by others in all workloads."""
    patches: tuple[Patch, ...] = ()
    """Patches of the objects of the directory."""
    name_prefix: Prefix | None = None
    """A text in front of the names of all objects."""
    name_suffix: Prefix | None = None
    """A text behind the names of all objects."""
    replacements: tuple[Replacement, ...] = ()
    """Values of one object that are copied into others, after all other changes."""
    config_maps: tuple[GeneratedConfigMap, ...] = ()
    """ConfigMaps that are made of files, and ConfigMaps of the directory that get other files."""


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the patches by themselves."""
    if spec.patches:
        from kure_hooks.apps.patching import patch_problems  # noqa: PLC0415 - few have patches

        yield from patch_problems(spec.patches)


def augments(spec: Spec) -> bool:
    """Tell that the application has a kustomization.yaml of its own."""
    del spec  # whatever it says
    return True


def generate(application: Application, tree: Tree) -> Product:
    """Return the directories that are taken in, and what changes them.

    InputError for those that are not there; a tool looks itself at whether it can build them.
    """
    spec: Spec = application.spec
    directories = _directories(application, tree)
    (base, kind, _), *_ = directories
    is_component = kind == "Component"
    return Product(
        overlay=Overlay(
            resources=() if is_component else (base,),
            components=tuple(path for path, _, _ in directories[0 if is_component else 1 :]),
            places={path: place for path, _, place in directories},
            holdings=_holdings(application, tree, [path for path, _, _ in directories]),
            namespace=application.namespace,
            labels=application.labels,
            annotations=application.annotations,
            fields={
                "namePrefix": spec.name_prefix,
                "nameSuffix": spec.name_suffix,
                "images": written(spec.images),
                "patches": written(spec.patches),
                "replacements": written(spec.replacements),
            },
        ),
        files=config_maps.files(application, spec.config_maps, tree),
        config_maps=config_maps.generators(application, spec.config_maps),
    )


def _directories(application: Application, tree: Tree) -> list[tuple[str, str, Place]]:
    """Return the path and the kind of each directory, and where it is named; the base is first.

    InputError for those that are not there or of another kind.
    """
    spec: Spec = application.spec
    findings: list[Finding] = []
    references = [(spec.path, application.key("spec", "path"))]
    references += [
        (reference, application.key("spec", "components", index))
        for index, reference in enumerate(spec.components)
    ]
    directories: list[tuple[str, str, Place]] = []
    for reference, place in references:
        try:
            directories.append((*_directory(application.path, reference, tree), place))
        except (InputError, ReadError) as error:
            expected = "Name a directory with a kustomization.yaml."
            findings.append(place.fault(reason(error), expected, rule="AP002"))
    for path, kind, place in directories[1:]:
        if kind != "Component":
            problem = f"{path} is of kind {kind}, not Component"
            findings.append(place.fault(problem, "Name a component.", rule="AP002"))
    if findings:
        raise InputError(findings)
    return directories


def _holdings(application: Application, tree: Tree, directories: Iterable[str]) -> Holdings:
    """Return what directories hold after the changes of the application, as far as they tell."""
    spec: Spec = application.spec
    parts = [holdings(tree, directory) for directory in directories]
    naming = (spec.name_prefix, spec.name_suffix, spec.patches, spec.components, spec.replacements)
    return Holdings(
        objects=[moved(item, application.namespace) for part in parts for item in part.objects],
        files=set().union(*(part.files for part in parts)),
        directories=set().union(*(part.directories for part in parts)),
        whole=all(part.whole for part in parts),
        plain=all(part.plain for part in parts) and not any(naming),
    )


def _directory(document: str, reference: str, tree: Tree) -> tuple[str, str]:
    """Return the path of a directory and the kind of its kustomization.yaml."""
    path = join_relative(parent(document), reference)
    if path is None:
        raise ReadError(reference, "leaves the repository")
    paths = tree.paths(path)
    if list(paths) == [f"{path}/"]:
        raise ReadError(path, "is another repository, which is not looked into")
    if not paths:
        raise ReadError(path, "does not exist")
    if list(paths) == [path]:
        raise ReadError(path, "is a file, not a directory")
    document_of_build = configuration(tree, path)
    if document_of_build is None:
        raise ReadError(path, "has no kustomization.yaml, so that kind Manifests fits")
    return path, str(document_of_build.value.get("kind", "Kustomization"))
