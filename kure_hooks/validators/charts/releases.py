"""The values that releases of charts get: HelmReleases of Flux and Applications of Argo CD."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Location
from kure_hooks.manifests import kind_of, mappings_at, text_at, value_at
from kure_hooks.objects.written import Object
from kure_hooks.validators.charts.chart import Chart, Charts, repository, typed
from kure_hooks.yamlio import Document, Pointer, read

_RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")
_APPLICATION = ("argoproj.io", "Application")
_SOURCES = "source.toolkit.fluxcd.io"
_OF_FILES = ("GitRepository", "Bucket", "ExternalArtifact")
# A source that stays at one state may have another chart than the files here.
_PINNED = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|v?[0-9]+\.[0-9]+(\.[0-9]+)?([-+].*)?")
_LITERAL = re.compile(r":\s{0,9}(?:[&!]\S{1,99}\s{1,9}){0,2}\|[-+0-9]*\s*(?:#.*)?$")
_SPECIAL = re.compile(r"[,{\\]")
_PLAIN_NAME = re.compile(r"[^\[\]{},\\=]+")


@dataclass(frozen=True, slots=True)
class Layer:
    """Values that go over those below.

    `pointer` is where they are in the object, as a mapping, or as one value that a parameter sets.
    Values that are a text in the object or a file have a `document`. Its lines are those of the
    file, or follow the line of `above`; `above` without a column stands for all of them.
    """

    values: Mapping[str, Any]
    pointer: Pointer = ()
    document: Document | None = None
    above: Location | None = None
    is_parameter: bool = False

    def place(self, subject: Object, steps: Pointer) -> Location:
        """Return where a value is written, or its nearest parent."""
        if self.document is None:
            return subject.at(*self.pointer, *(() if self.is_parameter else steps))
        inner = self.document.key_at(*steps)
        if self.above is None:
            return inner
        if not self.above.column:
            return Location(self.above.path, self.above.line)
        column = self.above.column + inner.column
        return Location(self.above.path, self.above.line + inner.line, column)


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a chart with the layers of its values, the lowest first.

    With `unknown` there are values below the layer with the number `unknown_below` that nobody
    knows here, so that a value that seems to be missing may be there. `values_at` is where an
    author would add values.
    """

    subject: Object
    chart: Chart
    layers: tuple[Layer, ...]
    unknown: bool
    unknown_below: int
    values_at: Pointer


class Releases:
    """Finds the releases among objects whose charts are in a tree.

    `problems` has what can't be read.
    """

    def __init__(
        self, tree: Tree, objects: Sequence[Object], origin: Callable[[], str] = str
    ) -> None:
        self._tree = tree
        self._origin = cache(origin)
        self._objects = objects
        self._charts = Charts(tree)
        self.problems: list[ReadError] = []

    def all(self) -> Iterator[Release]:
        """Yield each release with its chart."""
        for subject in self._objects:
            kind = kind_of(subject.manifest)
            try:
                if kind == _RELEASE:
                    yield from self._of_flux(subject)
                elif kind == _APPLICATION:
                    yield from self._of_argocd(subject)
            except ReadError as error:
                self.problems.append(error)

    def _of_flux(self, subject: Object) -> Iterator[Release]:
        spec = value_at(subject.manifest, "spec")
        chart = self._chart_of_flux(subject, spec)
        values = value_at(spec, "values")
        if chart is None or not chart.has_schema or not isinstance(values or {}, dict):
            return
        unknown = bool(value_at(spec, "valuesFrom"))
        layers = []
        for name in _texts(value_at(spec, "chart", "spec", "valuesFiles")):
            layer = self._file("", name)
            unknown = unknown or layer is None
            layers += [layer] if layer else []
        layers.append(Layer(values or {}, ("spec", "values")))
        below = len(layers) - 1
        yield Release(subject, chart, tuple(layers), unknown, below, ("spec", "values"))

    def _chart_of_flux(self, subject: Object, spec: Any) -> Chart | None:
        chart = value_at(spec, "chart", "spec")
        if chart is None:
            return self._chart_of_artifact(subject, value_at(spec, "chartRef"))
        name, kind = text_at(chart, "chart"), text_at(chart, "sourceRef", "kind")
        if kind == "HelmRepository":
            return self._charts.vendored(name, text_at(chart, "version"))
        path = join_relative("", name)
        source = self._source(subject, value_at(chart, "sourceRef"))
        if kind not in _OF_FILES or path is None or _is_pinned(source):
            return None
        return self._here(path, text_at(source.manifest, "spec", "url") if source else "")

    def _here(self, path: str, url: str) -> Chart | None:
        """Return the chart of a path, unless the source is known to be another repository."""
        chart = self._charts.at(path)
        if chart is None or not chart.has_schema or not url:
            return chart
        own = repository(self._origin())
        return chart if own in ("", repository(url)) else None

    def _chart_of_artifact(self, subject: Object, reference: Any) -> Chart | None:
        source = self._source(subject, reference)
        if source is None or source.kind != "OCIRepository":
            return None
        tag = text_at(source.manifest, "spec", "ref", "tag")
        url = text_at(source.manifest, "spec", "url")
        return self._charts.vendored(url, tag.replace("_", "+")) if tag else None

    def _source(self, subject: Object, reference: Any) -> Object | None:
        """Return the source that a reference names, if it is among the objects."""
        kind, name = text_at(reference, "kind"), text_at(reference, "name")
        own = text_at(subject.manifest, "metadata", "namespace")
        namespace = text_at(reference, "namespace") or own
        there = [
            item
            for item in self._sources.get((kind, name), ())
            if text_at(item.manifest, "metadata", "namespace") in ("", namespace) or not namespace
        ]
        return there[0] if there else None

    @cached_property
    def _sources(self) -> dict[tuple[str, str], list[Object]]:
        sources: dict[tuple[str, str], list[Object]] = {}
        for item in self._objects:
            if kind_of(item.manifest)[0] == _SOURCES:
                sources.setdefault((item.kind, item.name), []).append(item)
        return sources

    def _of_argocd(self, subject: Object) -> Iterator[Release]:
        spec = value_at(subject.manifest, "spec")
        sources: list[tuple[Pointer, Any]] = [(("spec", "source"), value_at(spec, "source"))]
        several = value_at(spec, "sources")
        if isinstance(several, list):
            sources = [(("spec", "sources", index), part) for index, part in enumerate(several)]
        references = {text_at(source, "ref") for _, source in sources} - {""}
        for pointer, source in sources:
            chart = self._chart_of_argocd(source)
            if chart is not None and chart.has_schema:
                yield from self._release(subject, chart, pointer, source, references)

    def _chart_of_argocd(self, source: Any) -> Chart | None:
        revision = text_at(source, "targetRevision")
        if name := text_at(source, "chart"):
            return self._charts.vendored(name, revision)
        path = join_relative("", text_at(source, "path"))
        if not text_at(source, "path") or path is None or _PINNED.fullmatch(revision):
            return None
        return self._here(path, text_at(source, "repoURL"))

    def _release(
        self,
        subject: Object,
        chart: Chart,
        pointer: Pointer,
        source: Any,
        references: set[str],
    ) -> Iterator[Release]:
        helm = value_at(source, "helm")
        layers, unknown = self._files(chart, helm, references)
        own = _inline(self._tree, subject, (*pointer, "helm"), helm)
        parameters = list(_parameters(helm, (*pointer, "helm", "parameters")))
        if own is None or None in parameters or value_at(helm, "fileParameters"):
            return  # what goes over all other values is not known
        known = [layer for layer in parameters if layer is not None]
        key = "values" if isinstance(value_at(helm, "values"), str) else "valuesObject"
        place = (*pointer, "helm", key) if isinstance(helm, dict) else pointer
        yield Release(subject, chart, (*layers, own, *known), unknown, len(layers), place)

    def _files(self, chart: Chart, helm: Any, references: set[str]) -> tuple[list[Layer], bool]:
        layers, unknown = [], False
        for name in _texts(value_at(helm, "valueFiles")):
            base, path = chart.path, name
            if name.startswith("$"):  # of another source, below its top
                reference, _, path = name[1:].partition("/")
                base = ""
                unknown = unknown or reference not in references
            elif name.startswith("/"):
                base, path = "", name.removeprefix("/")
            if layer := self._file(base, path):
                layers.append(layer)
            elif not value_at(helm, "ignoreMissingValueFiles"):
                unknown = True
        return layers, unknown

    def _file(self, base: str, name: str) -> Layer | None:
        """Return the values of a file, None where they can't be known."""
        path = join_relative(base, name)
        try:
            documents = read(self._tree.read(path or "", MAX_LARGE), path or "", most=MAX_LARGE)
        except (ReadError, InputError):
            return None
        values = documents[0].value if documents else {}
        return (
            Layer(values, document=documents[0]) if documents and isinstance(values, dict) else None
        )


def _is_pinned(source: Object | None) -> bool:
    reference = value_at(source.manifest, "spec", "ref") if source else None
    keys = ("tag", "semver", "commit", "name")
    return isinstance(reference, dict) and any(reference.get(key) for key in keys)


def _inline(tree: Tree, subject: Object, pointer: Pointer, helm: Any) -> Layer | None:
    """Return the values in an Application itself, None where they can't be read."""
    values = value_at(helm, "valuesObject")
    if values is not None:
        return Layer(values, (*pointer, "valuesObject")) if isinstance(values, dict) else None
    text = value_at(helm, "values")
    if not isinstance(text, str) or not text.strip():
        return Layer({}, (*pointer, "values"))
    at = subject.at(*pointer, "values")
    try:
        documents = read(text.encode(), at.path)
    except InputError:
        return None
    if not documents:
        return Layer({}, (*pointer, "values"))
    values = documents[0].value
    if not isinstance(values, dict):
        return None
    return Layer(values, document=documents[0], above=_above(tree, at, text))


def _above(tree: Tree, at: Location, text: str) -> Location:
    """Return the line before a text that is written line by line, with the column of its lines.

    The column is 0 for a text that is written in another way.
    """
    try:
        lines = tree.read(at.path, MAX_LARGE).decode(errors="replace").splitlines()
        below = lines[at.line]
    except (ReadError, IndexError):
        return Location(at.path, at.line)
    if not _LITERAL.search(lines[at.line - 1]) or below.strip() != text.splitlines()[0].strip():
        return Location(at.path, at.line)
    indent = len(below) - len(below.lstrip(" "))
    own = len(text) - len(text.lstrip(" "))
    return Location(at.path, at.line, max(indent - own, 1))


def _parameters(helm: Any, pointer: Pointer) -> Iterator[Layer | None]:
    """Yield the values that parameters set, None for one that is more than a plain name."""
    for index, parameter in enumerate(mappings_at(helm, "parameters")):
        name, text = text_at(parameter, "name"), text_at(parameter, "value")
        if not _PLAIN_NAME.fullmatch(name) or _SPECIAL.search(text):
            yield None
            continue
        *above, last = name.split(".")
        values = {last: text if parameter.get("forceString") else typed(text)}
        for part in reversed(above):
            values = {part: values}
        yield Layer(values, (*pointer, index, "value"), is_parameter=True)


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
