"""The objects that a directory holds for whoever applies it, as far as they can be told unbuilt."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import ancestors, is_below, join_relative
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.kustomize import is_kustomization
from kure_hooks.kustomize.directories import file_names, is_elsewhere
from kure_hooks.kustomize.files import GROUP, PLAIN, configuration, directories
from kure_hooks.manifests import Manifest, named, objects_of
from kure_hooks.objects.scopes import is_cluster_scoped
from kure_hooks.yamlio import read

ENDINGS = (".yaml", ".yml")
"""The endings of the manifests that Flux takes in where there is no kustomization.yaml (2.9)."""

_LISTS = ("resources", "bases", "components")
# Fields that neither name, add nor rename an object.
_HARMLESS = PLAIN | {
    *("bases", "components", "labels", "commonLabels", "commonAnnotations", "images", "replicas"),
    *("namespace", "openapi", "configurations", "generatorOptions", "sortOptions"),
    *("buildMetadata", "crds", "imageTags"),
}
_MAKING = frozenset(
    {
        *("helmGlobals", "helmCharts", "helmChartInflationGenerator", "generators"),
        *("transformers", "configMapGenerator", "secretGenerator"),
    }
)
_MOST = 5_000


@dataclass
class Holdings:
    """The objects of a directory, in the namespaces that kustomize gives them.

    `files` and `directories` are all that is read for them. It is `whole` if there are no others,
    and `plain` if they are called on the cluster as they are here.
    """

    objects: list[Manifest] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    whole: bool = True
    plain: bool = True


def manifests_below(tree: Tree, directory: str) -> tuple[list[str], list[str]]:
    """Return the manifests and the directories that Flux takes in without a kustomization.yaml.

    A directory below with one of its own is taken in as a whole (Flux 2.9).
    """
    paths = [path for path in tree.paths(directory) if is_below(path, directory)]
    builds = [path for path in directories(paths) if path != directory]
    outermost = [path for path in builds if not any(above in builds for above in ancestors(path))]
    files = [
        path
        for path in paths
        if path.endswith(ENDINGS) and not any(is_below(path, inner) for inner in outermost)
    ]
    return files, outermost


def holdings(tree: Tree, directory: str, files: Iterable[str] | None = None) -> Holdings:
    """Return what a directory holds; faults of its build are another's to find.

    `files` are those that the tool takes where there is no kustomization.yaml, by default those
    that Flux takes.
    """
    held = Holdings()
    held.objects = list(_directory(tree, directory, held, files))
    return held


def _directory(
    tree: Tree, directory: str, held: Holdings, files: Iterable[str] | None = None
) -> Iterator[Manifest]:
    if directory in held.directories:
        return
    held.directories.add(directory)
    if len(held.directories) > _MOST:
        held.whole = False
        return
    try:
        document = configuration(tree, directory)
    except (InputError, ReadError):
        held.whole = False
        return
    if document is None:
        listed, inner = manifests_below(tree, directory) if files is None else (list(files), [])
        for path in listed:
            yield from _file(tree, path, held)
        for path in inner:
            yield from _directory(tree, path, held)
        return
    held.files.add(document.path)
    yield from _built(tree, directory, document.value, held)


def _built(
    tree: Tree, directory: str, fields: Mapping[str, Any], held: Holdings
) -> Iterator[Manifest]:
    used = {key for key, value in fields.items() if value}
    held.plain = held.plain and used <= _HARMLESS
    held.whole = held.whole and not used & _MAKING
    namespace = fields.get("namespace")
    paths = (join_relative(directory, name) for name in file_names(fields))
    held.files |= {path for path in paths if path is not None}
    for entry in (each for key in _LISTS for each in fields.get(key) or ()):
        path = join_relative(directory, str(entry))
        if path is None or is_elsewhere(tree, path) or not tree.paths(path):
            held.whole = False
            continue
        is_file = list(tree.paths(path)) == [path]
        inside = _file(tree, path, held) if is_file else _directory(tree, path, held)
        for manifest in inside:
            yield moved(manifest, namespace) if isinstance(namespace, str) else manifest


def _file(tree: Tree, path: str, held: Holdings) -> Iterator[Manifest]:
    if is_kustomization(path):
        return
    held.files.add(path)
    try:
        documents = read(tree.read(path, MAX_LARGE), path, most=MAX_LARGE)
    except (InputError, ReadError):
        held.whole = False
        return
    for document in documents:
        for _, manifest in objects_of(document.value):
            who = named(manifest)
            if who and who.group != GROUP:
                yield manifest


def moved(manifest: Manifest, namespace: str) -> Manifest:
    """Return an object in a namespace; kustomize gives its name to a Namespace as well."""
    if manifest["kind"] == "Namespace":
        return manifest | {"metadata": manifest["metadata"] | {"name": namespace}}
    if is_cluster_scoped(manifest) or not namespace:
        return manifest
    return manifest | {"metadata": manifest["metadata"] | {"namespace": namespace}}
