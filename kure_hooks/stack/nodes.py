"""Nodes, bundles and applications of one cluster: from what is written to the model."""

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from kure_hooks.files.globs import select
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.stack.applications import Applications
from kure_hooks.stack.documents import BundleBody, BundleDoc, DependencyDoc, NodeDoc
from kure_hooks.stack.files import MISSING, Files, Place, is_application
from kure_hooks.stack.interface import Kind
from kure_hooks.stack.model import Application, Bundle, Node
from kure_hooks.stack.parts import Parts
from kure_hooks.stack.reconcile import BundleOptions
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio import Document


class Nodes:
    """Builds the node tree of one cluster; faults go to `files`."""

    def __init__(self, files: Files, parts: Parts, kinds: Mapping[str, Kind]) -> None:
        self.files = files
        self.parts = parts
        self.applications = Applications(files, kinds)

    def root(self, cluster: Place, given: NodeDoc | str | None, source: SourceRef) -> Node | None:
        """Return the cluster's root node, which may be unnamed; None when it is broken."""
        place = cluster.below("node")
        if given is None:
            self.files.findings.append(place.fault(MISSING, "expected a node"))
            return None
        if isinstance(given, NodeDoc) and given.name is None and given.path is None:
            return self._node(place, given, source)
        nodes = self._nodes(place, given, source)
        if len(nodes) > 1:
            self.files.findings.append(place.fault("this refers to several nodes", "one root node"))
        return nodes[0] if nodes else None

    def _nodes(self, place: Place, given: NodeDoc | str, source: SourceRef) -> list[Node]:
        found = self.parts.resolve(self.files, "Node", given, place)
        return [self._node(at, node, source) for at, node in found]

    def _node(self, place: Place, doc: NodeDoc, source: SourceRef) -> Node:
        bundle = None
        if doc.bundle is not None:
            bundle = self._one_bundle(place.below("bundle"), doc.bundle, source)
        below = bundle.source if bundle else source
        children = [
            child
            for index, given in enumerate(doc.children)
            if given is not None
            for child in self._nodes(place.below("children", index), given, below)
        ]
        has_own = bundle is not None and bool(bundle.applications or bundle.children)
        found = [] if has_own else self._beside(place, doc)
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
            at=place.at,
        )

    def _one_bundle(self, place: Place, given: BundleDoc | str, source: SourceRef) -> Bundle | None:
        found = self.parts.resolve(self.files, "Bundle", given, place)
        if len(found) > 1:
            problem = "this refers to several bundles"
            self.files.findings.append(place.fault(problem, "one bundle for a node"))
        return self._bundle(*found[0], source) if found else None

    def _bundle(self, place: Place, doc: BundleDoc, inherited: SourceRef) -> Bundle:
        source = doc.source_ref or inherited
        children = [
            self._child(at, child, source)
            for index, given in enumerate(doc.children)
            for at, child in self.parts.resolve(
                self.files, "Bundle", given, place.below("children", index)
            )
        ]
        applications = [
            application
            for index, reference in enumerate(doc.applications)
            for application in self.applications.of(place.below("applications", index), reference)
        ]
        return Bundle(
            name=doc.name or "",
            labels=doc.labels,
            annotations=doc.annotations,
            options=_options(doc),
            source=source,
            depends_on=tuple(map(_dependency, (*doc.depends_on, *doc.named_depends_on))),
            children=tuple(children),
            applications=tuple(applications),
            at=place.at,
        )

    def _child(self, place: Place, doc: BundleDoc, source: SourceRef) -> Bundle:
        bundle = self._bundle(place, doc, source)
        if bundle.applications or bundle.children:
            return bundle
        return structs.replace(bundle, applications=tuple(self._beside(place, doc)))

    def _beside(self, place: Place, doc: NodeDoc | BundleDoc) -> list[Application]:
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
        found = (self.applications.application(document) for document in documents)
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


def _path_values(value: Any) -> list[str]:
    if isinstance(value, list):
        return [each for item in value for each in _path_values(item)]
    if not isinstance(value, dict):
        return []
    own = value.get("path")
    inner = [each for item in value.values() for each in _path_values(item)]
    return [own, *inner] if isinstance(own, str) else inner


def _options(body: BundleBody) -> BundleOptions:
    return BundleOptions(
        **{each.name: getattr(body, each.name) for each in structs.fields(BundleOptions)}
    )


def _dependency(given: DependencyDoc | str) -> DependencyDoc:
    return DependencyDoc(name=given) if isinstance(given, str) else given


def _bundle(name: str, source: SourceRef, place: Place) -> Bundle:
    """Return the empty bundle that a node gets for the applications beside it."""
    return Bundle(
        name=name,
        labels={},
        annotations={},
        options=BundleOptions(),
        source=source,
        depends_on=(),
        children=(),
        applications=(),
        at=place.at,
    )


def _leaf(application: Application, source: SourceRef, place: Place) -> Node:
    """Return the node and bundle of its own that an application gets by convention."""
    name = application.name
    bundle = structs.replace(_bundle(name, source, place), applications=(application,))
    return Node(name=name, bundle=bundle, children=(), package=None, at=application.at)
