"""A release's values files: extra files, and the ConfigMap that kustomize makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.apps.config_maps import content
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import base_name, join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.manifests import Manifest
from kure_hooks.stack.interface import ConfigMapGenerator
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import read
from kure_hooks.yamlio.place import Place

FILE = "values.yaml"
"""The name of a values file, and the key that a HelmRelease looks for by itself (Flux 2.9)."""

PREFIX = "values"
"""The beginning of the name of every values file that is written."""

_ENDINGS = (".yaml", ".yml")


class ValuesFile(Struct, frozen=True):
    """A file with values under the name that it is written to, and where it is asked for."""

    name: str
    path: str
    data: bytes
    place: Place


def augments(spec: Spec) -> bool:
    """Tell whether a release has values files of its own."""
    return not spec.render and spec.has_files


def values_of(application: Application, tree: Tree) -> Sequence[ValuesFile]:
    """Return the values files in their order: a later one wins.

    Raises InputError for files that can't be used or that hold anything but values.
    """
    files: list[ValuesFile] = []
    faults: list[Finding] = []
    for reference, place in _references(application):
        try:
            files += _files(place, reference, tree)
        except InputError as error:
            faults += error.findings
    if faults:
        raise InputError(faults)
    return list(_named_apart(files))


def _named_apart(files: Sequence[ValuesFile]) -> Iterator[ValuesFile]:
    """Yield files with names that differ: a number goes behind one that is taken."""
    taken: set[str] = set()
    for file in files:
        stem, dot, ending = file.name.rpartition(".")
        names = (f"{stem}-{number}{dot}{ending}" for number in count(2))
        name = next(name for name in chain([file.name], names) if name not in taken)
        taken.add(name)
        yield replace(file, name=name)


def _references(application: Application) -> Iterator[tuple[str, Place]]:
    spec: Spec = application.spec
    if spec.values_file is not None:
        yield spec.values_file, application.key("spec", "valuesFile")
    for index, reference in enumerate(spec.values_files):
        yield reference, application.key("spec", "valuesFiles", index)


def _files(place: Place, reference: str, tree: Tree) -> Iterator[ValuesFile]:
    is_list = place.pointer[-1] != "valuesFile"
    for inside in _inside(place, reference, tree) if is_list else (reference,):
        path, data = content(place, inside, tree)
        documents = read(data, path)
        faults = [
            Finding(
                document.at(), "", "these are no values of a chart", "one mapping", rule="AP004"
            )
            for index, document in enumerate(documents)
            if index or not isinstance(document.value, dict)
        ]
        if faults:
            raise InputError(faults)
        base = base_name(path)
        name = base if base.startswith(PREFIX) else f"{PREFIX}-{base}"
        yield ValuesFile(name if is_list else FILE, path, data, place)


def _inside(place: Place, reference: str, tree: Tree) -> Sequence[str]:
    """Return a reference to a file, or one to each values file of a directory, by their names."""
    directory = join_relative(parent(place.document.path), reference)
    try:
        paths = [] if directory is None else tree.paths(directory)
    except ReadError as error:
        raise InputError([place.fault(error.problem, error.expected, rule="AP002")]) from error
    if not paths or list(paths) == [directory]:
        return (reference,)
    names = (base_name(path) for path in paths if parent(path) == directory)
    files = [f"{reference.rstrip('/')}/{name}" for name in names if name.endswith(_ENDINGS)]
    if not files:
        problem = f"{directory} has no file that ends in .yaml or .yml"
        raise InputError(
            [place.fault(problem, "Name a file or directory with values.", rule="AP002")]
        )
    return files


def contents(files: Sequence[ValuesFile]) -> Mapping[str, bytes]:
    """Return the content of values files by their names."""
    return {file.name: file.data for file in files}


def config_maps(
    application: Application, files: Sequence[ValuesFile]
) -> Sequence[ConfigMapGenerator]:
    """Return the ConfigMap of the values files, if there are any."""
    if not files:
        return ()
    generator = ConfigMapGenerator(
        name=_name(application),
        namespace=application.namespace,
        files={file.name: file.name for file in files},
        labels=application.labels,
        annotations=application.annotations,
        places={file.name: file.place for file in files},
    )
    return (generator,)


def references(application: Application, files: Sequence[ValuesFile]) -> list[Manifest]:
    """Return how a HelmRelease refers to that ConfigMap; kustomize adds the suffix."""
    reference = {"kind": "ConfigMap", "name": _name(application)}
    return [
        reference if file.name == FILE else reference | {"valuesKey": file.name} for file in files
    ]


def _name(application: Application) -> str:
    return f"{application.name}-values"
