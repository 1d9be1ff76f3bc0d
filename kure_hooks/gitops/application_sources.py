"""Sources of Applications, and the tools that make their objects (Argo CD 3.5)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from kure_hooks.files.paths import join_relative
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.patterns import PatternError, effort, is_taken
from kure_hooks.gitops.payload import Way
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.manifests import Manifest, mappings_at, text_at, value_at
from kure_hooks.yamlio import Pointer

_OVERRIDES = (".argocd-source.yaml", ".argocd-source-{}.yaml")
_CHART_FILE = "Chart.yaml"
_IMAGE = re.compile(
    r"\A(?:(?P<old>[^=]++)=)?(?P<name>[^@]+?)(?::(?P<tag>[^/:@]+))?(?:@(?P<digest>.+))?"
)
_PINNED = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PLAIN_FIELDS = ("namePrefix", "nameSuffix", "namespace", "commonAnnotations", "patches")

_KEPT = ("repoURL", "targetRevision", "path", "chart")


class SourceType(Enum):
    """The tools that make objects of a source, by the field that each has in it."""

    KUSTOMIZE = "kustomize"
    HELM = "helm"
    DIRECTORY = "directory"
    PLUGIN = "plugin"


@dataclass(frozen=True, slots=True)
class ApplicationSource:
    """One source of an Application, and the pointer to it.

    `start` is the directory that stands for its repository, empty for this repository itself.
    """

    pointer: Pointer
    fields: Manifest
    application: str = ""
    start: str = ""

    @property
    def repo_url(self) -> str:
        """The URL of the repository."""
        return text_at(self.fields, "repoURL")

    @property
    def revision(self) -> str:
        """The revision, HEAD where none is named."""
        return text_at(self.fields, "targetRevision") or "HEAD"

    @property
    def path(self) -> str:
        """The path in the repository as it is written, empty for a chart of a registry."""
        return text_at(self.fields, "path")

    @property
    def chart(self) -> str:
        """The name of a chart in a registry, empty for a path."""
        return text_at(self.fields, "chart")

    @property
    def ref(self) -> str:
        """The name by which other sources take files from this one."""
        return text_at(self.fields, "ref")

    @property
    def is_only_referenced(self) -> bool:
        """True for a source of files for the others, which has no objects of its own."""
        return bool(self.ref) and not self.path and not self.chart

    @property
    def is_pinned(self) -> bool:
        """True for one that reads a certain commit, whatever comes after it."""
        return _PINNED.fullmatch(self.revision) is not None

    @property
    def directory(self) -> str | None:
        """The path as one of this repository, None for one that is absolute or leaves its own."""
        inside = join_relative("", self.path or ".")
        return inside if inside is None or not self.start else f"{self.start}/{inside}".rstrip("/")

    @property
    def types(self) -> list[SourceType]:
        """The types that its fields name; Argo CD refuses more than one.

        An empty mapping names none in `spec.source`, where the controller removes it.
        """
        return [
            kind
            for kind in SourceType
            if isinstance(options := self.fields.get(kind.value), dict)
            and (_is_set(options) or self.pointer[-1] != "source")
        ]

    def overridden(self, files: Files) -> "ApplicationSource":
        """Return the source as the files `.argocd-source.yaml` in its directory change it."""
        fields = self.fields
        for name in _OVERRIDES:
            path = _inside(self.directory, name.format(self.application))
            for document in files.documents(path)[:1] if path in files.paths else ():
                fields = _patched(fields, document.value)
        kept = {key: self.fields[key] for key in _KEPT if key in self.fields}
        changed = {key: item for key, item in fields.items() if key not in _KEPT}
        return replace(self, fields={**changed, **kept})

    def type(self, files: Files) -> SourceType:
        """Return the type that Argo CD takes: the one that is named, else as its files are.

        Of a directory with a file of kustomize's and a chart, the last name counts.
        """
        if named := self.types:
            return named[0]
        if self.chart:
            return SourceType.HELM
        kind = SourceType.DIRECTORY
        for path in sorted(_inside(self.directory, name) for name in (*BUILD_FILES, _CHART_FILE)):
            if path in files.paths:
                is_chart = path.endswith(_CHART_FILE)
                kind = SourceType.HELM if is_chart else SourceType.KUSTOMIZE
        return kind

    def way(self, files: Files) -> Way | None:
        """Return the way in which its directory is read, None for a plugin."""
        match self.type(files):
            case SourceType.KUSTOMIZE:
                return Way.KUSTOMIZE
            case SourceType.HELM:
                return Way.CHART
            case SourceType.DIRECTORY:
                recurses = value_at(self.fields, "directory", "recurse") is True
                return Way.RECURSIVE if recurses else Way.DIRECTORY
        return None

    def takes(self, path: str) -> bool:
        """Tell whether `include` and `exclude` of a directory leave a file in."""
        inside = path.removeprefix(f"{self.directory}/") if self.directory else path
        options = self.fields.get("directory")
        exclude, include = text_at(options, "exclude"), text_at(options, "include")
        if exclude and _is_taken(exclude, inside):
            return False
        return not include or _is_taken(include, inside)

    @property
    def effort(self) -> int:
        """The characters of all patterns that `takes` compares a path with."""
        options = self.fields.get("directory")
        return effort(text_at(options, "exclude")) + effort(text_at(options, "include"))

    def changes(self) -> dict[str, Any]:
        """Return the fields that its options write into the file of kustomize's."""
        options = self.fields.get("kustomize")
        if not isinstance(options, dict):
            return {}
        fields = {key: options[key] for key in _PLAIN_FIELDS if options.get(key)}
        images = [_image(str(item)) for item in _listed(options, "images")]
        counts = [
            {"name": text_at(item, "name"), "count": _count(item.get("count"))}
            for item in mappings_at(options, "replicas")
        ]
        labels = options.get("commonLabels")
        components = _listed(options, "components")
        return {
            **fields,
            **({"images": images} if images else {}),
            **({"replicas": counts} if counts else {}),
            **(_labels(options, labels) if isinstance(labels, dict) and labels else {}),
            **({"components": components} if components else {}),
        }


def sources(manifest: Manifest) -> list[ApplicationSource]:
    """Return the sources of an Application: a hydrator's, else the list, else the single one."""
    spec = value_at(manifest, "spec")
    name = text_at(manifest, "metadata", "name")
    dry = value_at(spec, "sourceHydrator", "drySource")
    if isinstance(dry, dict):
        return [ApplicationSource(("spec", "sourceHydrator", "drySource"), dry, name)]
    several = value_at(spec, "sources")
    if isinstance(several, list) and several:
        return [
            ApplicationSource(("spec", "sources", index), item, name)
            for index, item in enumerate(several)
            if isinstance(item, dict)
        ]
    single = value_at(spec, "source")
    return [ApplicationSource(("spec", "source"), single, name)] if isinstance(single, dict) else []


def _is_set(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_set, value.values()))
    return value not in (None, "", 0, False, [])


def _inside(directory: str | None, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _patched(value: Any, patch: Any) -> Any:
    """Return a value with a merge patch over it (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    base = value if isinstance(value, dict) else {}
    both = {**base, **{key: _patched(base.get(key), item) for key, item in patch.items()}}
    return {key: item for key, item in both.items() if item is not None}


def _is_taken(pattern: str, path: str) -> bool:
    try:
        return is_taken(pattern, path)
    except PatternError:  # Argo CD takes such a pattern for one of nothing
        return False


def _listed(value: Any, key: str) -> Sequence[Any]:
    items = value_at(value, key)
    return items if isinstance(items, list) else []


def _image(written: str) -> dict[str, str]:
    """Return an image as kustomize has it: `[old=]new[:tag][@digest]`."""
    parts = _IMAGE.fullmatch(written)
    if parts is None:
        return {"name": written}
    named = {"name": parts["old"] or parts["name"]}
    new = {"newName": parts["name"]} if parts["old"] else {}
    tag = {"newTag": parts["tag"]} if parts["tag"] else {}
    digest = {"digest": parts["digest"]} if parts["digest"] else {}
    return {**named, **new, **(digest or tag)}


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int) or str(value).isdecimal() else 0


def _labels(options: Manifest, labels: Manifest) -> dict[str, Any]:
    if options.get("labelWithoutSelector") is True:
        includes = options.get("labelIncludeTemplates") is True
        return {"labels": [{"pairs": labels, "includeTemplates": includes}]}
    return {"commonLabels": labels}
