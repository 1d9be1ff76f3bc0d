"""The ConfigMap of an application: its content, its name, and what the pods call it."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence

from kure_hooks.apps.config_maps import keyed, path_of, read
from kure_hooks.apps.workload.objects import new
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.refusals import data_problem, key_problem
from kure_hooks.decoding.strings import PODS
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import base_name, parent
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.manifests import (
    Manifest,
    content_hashed,
    kind_of,
    mapping_at,
    mappings_at,
    without_empty,
)
from kure_hooks.stack.missing import unreadable
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.building import string_problem
from kure_hooks.yamlio.place import Place


def written_name(application: str) -> str:
    """Return the name by which the document of an application refers to its ConfigMap."""
    return f"{application}-config"


def config_map(application: Application, tree: Tree, workloads: Sequence[Manifest]) -> Manifest:
    """Return the ConfigMap, and let the pods of the workloads refer to its name.

    The name ends with a hash of the content, so that pods which refer to it are replaced when the
    content changes, and pods of an older revision keep what they were started with. With
    `configName: stable` it is the written name. Raises InputError for files that can't be used.
    """
    spec: Spec = application.spec
    content = _content(application, spec, tree)
    written = name = written_name(application.name)
    if spec.config_name != "stable":
        name = content_hashed(written, content)
        for manifest in workloads:
            rename(_pod_of(manifest), written, name)
    return new(application, "v1", "ConfigMap", name) | content


def _pod_of(manifest: Manifest) -> Manifest:
    """Return the spec of the pods of a workload, an empty one for other kinds."""
    way = PODS.get(kind_of(manifest))
    return mapping_at(manifest, *way, "spec") if way else {}


def rename(pod: Manifest, old: str, new: str) -> None:
    """Change the name of a ConfigMap wherever the spec of a pod refers to it.

    Those are variables, whole environments, volumes and projected volumes.
    """
    for reference in _references(pod):
        if reference.get("name") == old:
            reference["name"] = new


def _references(pod: Manifest) -> Iterator[Manifest]:
    for container in (*mappings_at(pod, "initContainers"), *mappings_at(pod, "containers")):
        for variable in mappings_at(container, "env"):
            yield mapping_at(variable, "valueFrom", "configMapKeyRef")
        for source in mappings_at(container, "envFrom"):
            yield mapping_at(source, "configMapRef")
    for volume in mappings_at(pod, "volumes"):
        yield mapping_at(volume, "configMap")
        for source in mappings_at(volume, "projected", "sources"):
            yield mapping_at(source, "configMap")


def _content(application: Application, spec: Spec, tree: Tree) -> Manifest:
    """Return `data` and `binaryData`: the strings of the document and the files that it names."""
    values = {key: text.encode() for key, text in spec.config.items()}
    places = {key: application.key("spec", "config", key) for key in values}
    faults: list[Finding] = []
    for at, reference in enumerate(spec.config_files):
        place = application.key("spec", "configFiles", at)
        try:
            files = _files(place, reference, tree)
        except InputError as error:
            faults += error.findings
            continue
        for key in files:
            if places.setdefault(key, place) is not place:
                problem = f"the key {key} is already written at {places[key]}"
                faults.append(
                    place.fault(problem, "Write KEY=PATH with another key.", rule="AP001")
                )
        values = files | values
    if not faults and (refused := data_problem(map(len, values.values()))):
        largest = max(values, key=lambda key: len(values[key]))
        faults.append(places[largest].fault(*refused, rule="AP001"))
    if faults:
        raise InputError(faults)
    return _encoded(values)


def _files(place: Place, reference: str, tree: Tree) -> dict[str, bytes]:
    """Return the content of a file, or of each file that is directly in a folder, by its key."""
    key, wanted = keyed(reference)
    path = path_of(place, wanted)
    keys = _of_folder(place, reference, path, tree) or {key: path}
    faults = [
        place.fault(f'"{key}" is no key of a ConfigMap', refused[1], rule="AP001")
        for key in keys
        if (refused := key_problem(key))
    ]
    if faults:
        raise InputError(faults)
    return {key: read(place, wanted, path, tree) for key, path in keys.items()}


def _of_folder(place: Place, reference: str, path: str, tree: Tree) -> dict[str, str]:
    """Return the paths of the files that are directly in a folder, by key; none for a file."""
    try:
        below = tree.paths(path)
    except ReadError as error:
        raise InputError([unreadable(error, place, reference, tree, rule="AP002")]) from error
    if not below or path in below:
        return {}
    if "=" in reference:
        problem = f"{path} is a folder, in which each file has a key of its own"
        raise InputError([place.fault(problem, "Write the path without a key.", rule="AP002")])
    files = {base_name(file): file for file in below if parent(file) == path}
    if not files:
        problem = f"{path} has folders only"
        raise InputError([place.fault(problem, "Name a folder that has files.", rule="AP002")])
    return files


def _encoded(values: Mapping[str, bytes]) -> Manifest:
    """Return values as `data`, and as `binaryData` what YAML can't hold as a string."""
    texts: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in sorted(values.items()):
        text = _text(value)
        if text is None:
            binary[key] = b64encode(value).decode()
        else:
            texts[key] = text
    return without_empty({"data": texts, "binaryData": binary})


def _text(value: bytes) -> str | None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if string_problem(text) else text
