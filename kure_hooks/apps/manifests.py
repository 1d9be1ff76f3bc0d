"""The application kind Manifests: objects taken as they are, from files or written in place."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from msgspec import Meta

from kure_hooks.apps import config_maps
from kure_hooks.apps.config_maps import ConfigMapFiles
from kure_hooks.apps.metadata import finish, in_namespace, with_annotations, with_labels
from kure_hooks.decoding.objects import faults, items
from kure_hooks.decoding.types import Input, Pattern
from kure_hooks.errors import InputError, MissingError, ReadError
from kure_hooks.files.globs import is_glob, literal_prefix, select
from kure_hooks.files.paths import ancestors, is_below, join_relative, parent
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.kustomize import is_kustomization
from kure_hooks.kustomize.files import GROUP, PLAIN, configuration, directories
from kure_hooks.manifests import Manifest
from kure_hooks.manifests import written as as_written
from kure_hooks.stack.bundle_options import Image, Patch
from kure_hooks.stack.interface import Product
from kure_hooks.stack.missing import unreadable
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document, agreed, read
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place, Problem

_ENDINGS = (".yaml", ".yml", ".json")

_FILES_ALONE = (
    "Use an application of kind Kustomize with the path of the directory, or list the files with "
    "its objects: kustomize is not run on them here."
)


class Spec(Input, frozen=True, kw_only=True):
    """Files, directories and globs relative to the document's file, and objects in place.

    `configMaps` are made of files when kustomize builds the directory, and it applies patches and
    images then, unless they are applied when the objects are written.
    """

    files: Annotated[
        tuple[Pattern, ...], Meta(max_length=1_000, description="a list of at most 1,000 paths")
    ] = ()
    """Files, directories and patterns of manifests, relative to this document's file. Directories
    are taken with all below them."""
    objects: tuple[dict[str, Any], ...] = ()
    """Kubernetes objects that are written in place."""
    config_maps: tuple[ConfigMapFiles, ...] = ()
    """ConfigMaps that kustomize makes of files. Their names change with their content."""
    images: tuple[Image, ...] = ()
    """Images that are replaced by others in all workloads."""
    patches: tuple[Patch, ...] = ()
    """Patches of the objects, in the order in which they are made."""
    apply: bool = False
    """Write the objects with patches and images applied. Without it the directory of the
    application has a kustomization.yaml with them, and kustomize applies them."""

    @property
    def is_built(self) -> bool:
        """True where kustomize has something to change."""
        return bool(self.images or self.patches) and not self.apply


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the objects in place."""
    if not spec.files and not spec.objects and not spec.config_maps:
        yield (), "there are neither files nor objects", "files, objects or configMaps"
    for index, manifest in enumerate(spec.objects):
        for pointer, problem, expected in object_faults(manifest):
            yield ("objects", index, *pointer), problem, expected
    if spec.patches:
        from kure_hooks.apps.patching import patch_problems  # noqa: PLC0415 - few have patches

        yield from patch_problems(spec.patches)
    if spec.apply and not (spec.images or spec.patches):
        yield ("apply",), "there is nothing to apply", "Delete apply, or write patches or images."


def generate(application: Application, tree: Tree) -> Product:
    """Return the objects in the order of the files, then those in place.

    Lists are taken apart. The application's namespace, labels and annotations are added where an
    object has none of its own. Raises InputError for files that can't be used.
    """
    spec: Spec = application.spec
    written: list[tuple[Manifest, Location | None]] = [
        *_from_files(application, spec.files, tree),
        *((item, None) for value in spec.objects for _, item in items(value)),
    ]
    manifests = finish(
        [manifest for manifest, _ in written],
        in_namespace(application.namespace),
        with_labels(application.labels),
        with_annotations(application.annotations),
    )
    places = [at for _, at in written]
    if spec.images or spec.patches:
        manifests, places = _changed(application, manifests, places)
    return Product(
        places=places,
        manifests=manifests,
        fields={"images": as_written(spec.images), "patches": as_written(spec.patches)}
        if spec.is_built
        else {},
        files=config_maps.files(application, spec.config_maps, tree),
        config_maps=config_maps.generators(application, spec.config_maps),
    )


def augments(spec: Spec) -> bool:
    """Tell whether ConfigMaps are asked for, or changes that kustomize makes."""
    return bool(spec.config_maps) or spec.is_built


def _changed(
    application: Application, manifests: list[Manifest], places: list[Location | None]
) -> tuple[list[Manifest], list[Location | None]]:
    """Return objects with their places, after patches and images that are applied here.

    Raises InputError for patches that are for no object or that can't be applied.
    """
    from kure_hooks.apps import patching  # noqa: PLC0415 - few applications have patches

    generated = config_maps.generators(application, application.spec.config_maps)
    known = [*manifests, *(generator.manifest for generator in generated)]
    findings = list(patching.unmatched(application, known))
    if application.spec.apply and not findings:
        changed, findings = patching.applied(application, manifests)
        kept = [(one, at) for one, at in zip(changed, places, strict=True) if one is not None]
        manifests, places = [one for one, _ in kept], [at for _, at in kept]
    if findings:
        raise InputError(findings)
    return manifests, places


def _from_files(
    application: Application, files: Sequence[str], tree: Tree
) -> list[tuple[Manifest, Location]]:
    """Return the objects of all files, each with its place."""
    found: list[Finding] = []
    documents: list[Document] = []
    for index, reference in enumerate(files):
        try:
            documents += _read(application.key("spec", "files", index), reference, tree)
        except InputError as error:
            found += error.findings
    for document in documents:
        found += [
            Finding(document.at(*pointer), key_path(pointer), problem, expected, rule="KO001")
            for pointer, problem, expected in object_faults(document.value)
        ]
    if found:
        raise InputError(found)
    return [
        (manifest, document.at(*pointer))
        for document in documents
        for pointer, manifest in items(document.value)
    ]


def object_faults(manifest: Any) -> Iterator[Problem]:
    """Yield why a value is no object of a cluster; what kustomize reads itself is none."""
    yield from faults(manifest)
    api = manifest.get("apiVersion") if isinstance(manifest, dict) else None
    if isinstance(api, str) and api.startswith(f"{GROUP}/"):
        yield (
            ("apiVersion",),
            "this is for kustomize, not for a cluster",
            _FILES_ALONE,
        )


def _read(place: Place, reference: str, tree: Tree) -> list[Document]:
    """Return the documents of all files that a reference names; InputError has all their faults."""
    try:
        paths = _paths(place.document.path, reference, tree)
        contents = {path: tree.read(path, MAX_LARGE) for path in paths}
    except ReadError as error:
        finding = unreadable(error, place, reference, tree, rule="AP002")
        if is_kustomization(error.path):
            finding = place.fault(error.problem, _FILES_ALONE, rule="AP002")
        raise InputError([finding]) from error
    documents: list[Document] = []
    found: list[Finding] = []
    for path, data in contents.items():
        try:
            documents += read(data, path, agreed, most=MAX_LARGE)
        except InputError as error:
            found += error.findings
    if found:
        raise InputError(found)
    return documents


def _paths(document: str, reference: str, tree: Tree) -> Sequence[str]:
    """Return the files that a reference names; an empty answer is an error."""
    path = join_relative(parent(document), reference)
    if path is None:
        raise ReadError(reference, "leaves the repository", "Name a file inside it.")
    if is_glob(path):
        found: Sequence[str] = select(path, tree.paths(literal_prefix(path)))
    else:
        found = tree.paths(path)
    if list(found) == [path]:
        if is_kustomization(path):
            raise ReadError(path, "is a file of kustomize's, which is no object")
        return found
    # Another repository in the directory, whose path ends with a slash, is refused when it is read.
    ending = (*_ENDINGS, "/")
    taken = [each for each in found if each.endswith(ending) and not is_kustomization(each)]
    _refuse_other_builds(tree, found, taken)
    if not taken:
        if found:
            raise ReadError(
                reference, "has no file that ends in .yaml, .yml or .json", "Name one that has."
            )
        if not is_glob(path):
            tree.read(path)  # whose error tells more of what is missing
        raise MissingError(path)
    return taken


def _refuse_other_builds(tree: Tree, met: Sequence[str], taken: Sequence[str]) -> None:
    """Raise ReadError for files of kustomize's that say another thing than `taken`.

    `met` are all files that a directory or a glob holds, `taken` those that are read as manifests.
    One that only lists these may be among them: it is no object and adds nothing. InputError for
    what is no YAML.
    """
    own = directories(met)
    for directory in own:
        document = configuration(tree, directory)
        if document is None:
            continue
        fields = document.value
        more = [key for key in fields if key not in PLAIN]
        if more or fields.get("kind", "Kustomization") != "Kustomization":
            what = ", ".join(more) or f"kind {fields['kind']}"
            raise ReadError(document.path, f"does more than list resources: it has {what}")
        governed = [path for path in taken if _nearest(path, own) == directory]
        for problem in _differences(directory, fields.get("resources") or (), governed, taken):
            raise ReadError(document.path, problem)


def _nearest(path: str, own: Sequence[str]) -> str:
    """Return the nearest directory above a file that has a file of kustomize's."""
    return next((each for each in reversed(["", *ancestors(path)]) if each in own), parent(path))


def _differences(
    directory: str, resources: Sequence[object], governed: Sequence[str], taken: Sequence[str]
) -> Iterator[str]:
    listed = [(resource, join_relative(directory, str(resource))) for resource in resources]
    for entry, path in listed:
        if path is None or not any(is_below(each, path) for each in taken):
            yield f"lists {entry}, which is not taken"
    for each in governed:
        if not any(path is not None and is_below(each, path) for _, path in listed):
            yield f"does not list {each}, which is taken"
