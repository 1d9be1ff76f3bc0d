"""Nodes, bundles and applications of one cluster: from what is written to the model."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from msgspec import structs

from kure_hooks.files.globs import select
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.stack.applications import Applications
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.documents import BundleBody, BundleDoc, DependencyDoc, NodeDoc
from kure_hooks.stack.files import MISSING, is_application
from kure_hooks.stack.model import Application, Bundle, Dependency, Node
from kure_hooks.stack.overrides import Scopes
from kure_hooks.stack.references import Parts
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place

Item = TypeVar("Item")


class Inherited(NamedTuple):
    """The source that a part inherits, where that is written, and the overrides around the part."""

    ref: SourceRef
    place: Place
    scopes: Scopes


class Nodes:
    """Builds the node tree of one cluster; faults go to `files`."""

    def __init__(self, parts: Parts, applications: Applications) -> None:
        self.files = applications.files
        self.parts = parts
        self.applications = applications

    def root(self, cluster: Place, given: NodeDoc | str | None, source: Inherited) -> Node | None:
        """Return the cluster's root node, which may be unnamed; None when it is broken."""
        place = cluster.below("node")
        if given is None:
            self.files.findings.append(place.fault(MISSING, "a node", rule="TY004"))
            return None
        if isinstance(given, NodeDoc) and given.name is None and given.path is None:
            return self._node(place, given, source)
        nodes = self._nodes(place, given, source)
        if len(nodes) > 1:
            problem = "this refers to several nodes"
            self.files.findings.append(
                place.below("path").fault(problem, "Keep one root node.", rule="ST009")
            )
        return nodes[0] if nodes else None

    def _nodes(self, place: Place, given: NodeDoc | str, source: Inherited) -> list[Node]:
        found = self.parts.resolve(self.files, "Node", given, place)
        return [self._node(at, node, source) for at, node in found]

    def _node(self, place: Place, doc: NodeDoc, source: Inherited) -> Node:
        bundle = None
        scopes = source.scopes.inside(f"node {doc.name or 'of the cluster'}", place)
        source = source._replace(scopes=scopes)
        if doc.bundle is not None:
            bundle = self._one_bundle(place.below("bundle"), doc.bundle, source)
        below = Inherited(bundle.source, bundle.source_place, scopes) if bundle else source
        children = [
            child
            for index, given in _usable(doc.children)
            if given is not None
            for child in self._nodes(place.below("children", index), given, below)
        ]
        found = [] if bundle and _has_content(bundle) else self._beside(place, doc, scopes)
        if found and doc.name:
            # An application that bears the node's name belongs to the node's own bundle: names of
            # bundles differ across a cluster.
            own = tuple(each for each in found if each.name == doc.name)
            bundle = bundle or structs.replace(_bundle(doc.name, below, place), applications=own)
            children += [_leaf(each, below, place) for each in found if each not in own]
        return Node(
            name=doc.name or "",
            bundle=bundle,
            children=tuple(children),
            package=doc.package_ref or doc.packageref,
            place=place,
            head=_head(place),
        )

    def _one_bundle(self, place: Place, given: BundleDoc | str, source: Inherited) -> Bundle | None:
        found = self.parts.resolve(self.files, "Bundle", given, place)
        if len(found) > 1:
            problem = "this refers to several bundles"
            self.files.findings.append(
                place.below("path").fault(problem, "Keep one bundle.", rule="ST009")
            )
        return self._bundle(*found[0], source) if found else None

    def _bundle(self, place: Place, doc: BundleDoc, inherited: Inherited) -> Bundle:
        source = inherited._replace(scopes=inherited.scopes.inside(f"bundle {doc.name}", place))
        if doc.source_ref:
            source = source._replace(ref=doc.source_ref, place=place.below("sourceRef"))
        children = [
            self._child(at, child, source)
            for index, given in _usable(doc.children)
            for at, child in self.parts.resolve(
                self.files, "Bundle", given, place.below("children", index)
            )
        ]
        applications = [
            application
            for index, reference in _usable(doc.applications)
            for application in self.applications.of(
                place.below("applications", index), reference, source.scopes
            )
        ]
        return Bundle(
            name=doc.name or "",
            labels=doc.labels,
            annotations=doc.annotations,
            options=_options(doc),
            source=source.ref,
            source_place=source.place,
            depends_on=_dependencies(place, doc),
            children=tuple(children),
            applications=tuple(applications),
            payload=join_relative("", doc.payload.path) if doc.payload else None,
            place=place,
            head=_head(place),
        )

    def _child(self, place: Place, doc: BundleDoc, source: Inherited) -> Bundle:
        bundle = self._bundle(place, doc, source)
        if _has_content(bundle):
            return bundle
        scopes = source.scopes.inside(f"bundle {bundle.name}", place)
        applications = self._beside(place, doc, scopes)
        return structs.replace(bundle, applications=tuple(applications))

    def _beside(self, place: Place, doc: NodeDoc | BundleDoc, scopes: Scopes) -> list[Application]:
        """Return the applications in the directory that bears the name, beside the stack file.

        A file that some bundle names by path is not taken a second time.
        """
        directory = join_relative(parent(place.document.path), doc.name or "")
        if not doc.name or not directory:
            return []
        paths = select(f"{directory}/*.yaml", self.files.tree.paths(directory))
        documents: list[Document] = []
        for path in paths:
            if path not in self._named():
                documents += filter(is_application, self.files.read(path))
        found = (self.applications.application(document, scopes) for document in documents)
        return [application for application in found if application]

    def _named(self) -> set[str]:
        """Return the files that the documents read so far name by a `path` key."""
        return {
            path
            for documents in self.files.documents.values()
            for document in documents
            if not is_application(document)
            for reference in _path_values(document.value)
            if (path := join_relative(parent(document.path), reference))
        }


def _usable(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """Yield the items of a list by index, without empty ones and those that can't be used."""
    return ((index, item) for index, item in enumerate(items) if item is not None)


def _path_values(value: Any) -> list[str]:
    if isinstance(value, list):
        return [each for item in value for each in _path_values(item)]
    if not isinstance(value, dict):
        return []
    own = value.get("path")
    inner = [each for item in value.values() for each in _path_values(item)]
    return [own, *inner] if isinstance(own, str) else inner


def _has_content(bundle: Bundle) -> bool:
    """Tell whether a bundle says itself what it applies."""
    written = bundle.payload is None and not bundle.is_elsewhere
    return bool(bundle.applications or bundle.children) or not written


def _options(body: BundleBody) -> BundleOptions:
    return BundleOptions(**{name: getattr(body, name) for name in BundleOptions.__struct_fields__})


def _dependencies(place: Place, doc: BundleBody) -> tuple[Dependency, ...]:
    lists: tuple[tuple[str, tuple[DependencyDoc | str, ...]], ...]
    lists = (("dependsOn", doc.depends_on), ("namedDependsOn", doc.named_depends_on))
    return tuple(
        _dependency(place.below(key, index), given)
        for key, dependencies in lists
        for index, given in _usable(dependencies)
    )


def _dependency(place: Place, given: DependencyDoc | str) -> Dependency:
    fields = {"name": given} if isinstance(given, str) else structs.asdict(given)
    return Dependency(place=place, **fields)


def _bundle(name: str, source: Inherited, place: Place) -> Bundle:
    """Return the empty bundle that a node gets for the applications beside it."""
    return Bundle(
        name=name,
        labels={},
        annotations={},
        options=BundleOptions(),
        source=source.ref,
        source_place=source.place,
        depends_on=(),
        children=(),
        applications=(),
        place=place,
        head=_head(place),
    )


def _leaf(application: Application, source: Inherited, place: Place) -> Node:
    """Return the node and bundle of its own that an application gets by convention."""
    name = application.name
    empty = _bundle(name, source, place)
    bundle = structs.replace(empty, applications=(application,), head=application.head)
    return Node(
        name=name,
        bundle=bundle,
        children=(),
        package=None,
        place=application.place,
        head=application.head,
    )


def _head(place: Place) -> Place:
    """Return the place of the name of a Node or Bundle, which is apart in a document of its own."""
    return Place(place.document, ("metadata",)) if place.pointer == ("spec",) else place
