"""Directories of the repository that kustomize 5.8 has to build."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import is_below, join_relative
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.kustomize.files import configuration, reason
from kure_hooks.kustomize.plugins import REMOTE
from kure_hooks.manifests import objects_of
from kure_hooks.yamlio import read

MAX_DEPTH = 50
"""The number of directories, one taken in by the other, that are followed."""

MISSING = "has no kustomization.yaml"
"""The problem of a directory that has files, but none of kustomize's."""

_USUAL = "Kustomization"
_VERSIONS = {"Component": "v1alpha1", _USUAL: "v1beta1"}

# Lists of files, as texts and in a field of mappings.
# kustomize downloads such a file, wherever it may be named.
_WEB = ("http://", "https://")
_LISTS = ("crds", "configurations")
_PATHS = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")


class Builder:
    """Finds out whether directories build; each is looked at once.

    `restricted` directories may only read files in or below themselves, as for Argo CD; Flux gives
    kustomize the whole repository.
    """

    def __init__(self, tree: Tree, *, restricted: bool) -> None:
        self.tree = tree
        self.restricted = restricted
        self._known: dict[tuple[str, str], str] = {}
        self._depth = 0

    def problem(self, directory: str, kind: str) -> str:
        """Return why a directory is none of this kind that builds, empty where it is one.

        The answer completes the sentence `<directory> ...`. The kind is Kustomization or Component.
        """
        key = (directory, kind)
        if key not in self._known:
            # A directory that takes itself in is found to build by this answer, which is why
            # circles are looked for by name.
            self._known[key] = "takes itself in"
            self._depth += 1
            self._known[key] = self._problem(directory, kind)
            self._depth -= 1
        return self._known[key]

    def _problem(self, directory: str, kind: str) -> str:
        if self._depth > MAX_DEPTH:
            return f"is behind more than {MAX_DEPTH} directories"
        try:
            document = configuration(self.tree, directory)
        except (InputError, ReadError) as error:
            return f"does not build: {reason(error)}"
        if document is None:
            there = bool(self.tree.paths(directory))
            return MISSING if there else "does not exist"
        fields = document.value
        actual = fields.get("kind", _USUAL)
        if actual != kind:
            return f"is of kind {actual}, not {kind}"
        version = fields.get("apiVersion", f"kustomize.config.k8s.io/{_VERSIONS[kind]}")
        if version != f"kustomize.config.k8s.io/{_VERSIONS[kind]}":
            return f"has the apiVersion {version}, not kustomize.config.k8s.io/{_VERSIONS[kind]}"
        return next(self._parts(directory, fields), "")

    def _parts(self, directory: str, fields: Mapping[str, Any]) -> Iterator[str]:
        """Yield what is wrong with what a directory takes in."""
        for key, kind in (("resources", ""), ("bases", ""), ("components", "Component")):
            for entry in _texts(fields.get(key)):
                if problem := self._entry(directory, entry, kind):
                    yield f"does not build: {problem}"
        for entry in file_names(fields):
            path = join_relative(directory, entry)
            if entry.startswith(_WEB) or (path is not None and is_elsewhere(self.tree, path)):
                continue
            if path is None or list(self.tree.paths(path)) != [path]:
                yield f"does not build: {entry} does not exist"
            elif self.restricted and not is_below(path, directory):
                yield f"does not build: {entry} is outside of the directory"

    def _entry(self, directory: str, entry: str, kind: str) -> str:
        path = join_relative(directory, entry)
        elsewhere = path is not None and is_elsewhere(self.tree, path)
        if elsewhere or (REMOTE.match(entry) and not (path and self.tree.paths(path))):
            return ""
        if path is None:
            return f"{entry} leaves the repository"
        if list(self.tree.paths(path)) != [path]:
            holds = is_below(directory, path)
            problem = "holds the directory itself" if holds else self.problem(path, kind or _USUAL)
            return f"{entry} {problem}" if problem else ""
        return f"{entry} is no directory" if kind else self._objects(directory, entry, path)

    def _objects(self, directory: str, entry: str, path: str) -> str:
        if self.restricted and not is_below(path, directory):
            return f"{entry} is outside of the directory"
        return self.file_problem(path, entry)

    def file_problem(self, path: str, name: str = "") -> str:
        """Return why kustomize can't take a file as manifests, called `name`; empty if it can."""
        try:
            documents = read(self.tree.read(path, MAX_LARGE), path, most=MAX_LARGE)
        except (InputError, ReadError) as error:
            return reason(error)
        objects = (item for each in documents for _, item in objects_of(each.value))
        broken = not all(item is None or _is_object(item) for item in objects)
        return f"{name or path} holds something that is no Kubernetes object" if broken else ""


def is_elsewhere(tree: Tree, path: str) -> bool:
    """Tell whether a path is, or is in, another repository, such as a submodule."""
    try:
        return list(tree.paths(path)) == [f"{path}/"]
    except ReadError:
        return True


def _is_object(value: Any) -> bool:
    """Tell whether kustomize takes a value for an object; names may still have variables."""
    if not isinstance(value, dict):
        return False
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    texts = (value.get("apiVersion"), value.get("kind"), name)
    return all(isinstance(text, str) and text for text in texts)


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def file_names(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files that a kustomization.yaml names, as it does, but for resources."""
    for key in _LISTS:
        yield from _texts(fields.get(key))
    for key in _PATHS:
        yield from (
            mapping["path"] for mapping in _mappings(fields.get(key)) if _is_name(mapping, "path")
        )
    # kustomize 5 refuses texts under patches, which were files before 2.1.
    for patch in (*_texts(fields.get("patchesStrategicMerge")), *_texts(fields.get("patches"))):
        if "\n" not in patch:  # else it is the patch itself
            yield patch
    openapi = fields.get("openapi")
    if isinstance(openapi, dict) and _is_name(openapi, "path"):
        yield openapi["path"]
    for key in _GENERATORS:
        for generator in _mappings(fields.get(key)):
            yield from (text.partition("=")[2] or text for text in _texts(generator.get("files")))
            yield from _texts(generator.get("envs"))
            if _is_name(generator, "env"):
                yield generator["env"]


def _is_name(mapping: Mapping[str, Any], key: str) -> bool:
    return isinstance(mapping.get(key), str) and bool(mapping[key])
