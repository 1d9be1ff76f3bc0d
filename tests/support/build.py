"""Says with the builders what a stack file says in YAML."""

from collections.abc import Mapping, Sequence
from posixpath import dirname, join, normpath
from typing import Any

from kure_hooks.builder import BundleBuilder, ClusterBuilder, NodeBuilder

Documents = Mapping[str, Sequence[Any]]


def builder(documents: Documents, path: str) -> ClusterBuilder:
    """Return the builder of the cluster at the top of a stack file; `documents` are by path."""
    return _Described(documents, path).cluster()


class _Described:
    def __init__(self, documents: Documents, path: str) -> None:
        self.documents = documents
        self.path = path
        self.top, *parts = map(_flat, documents[path])
        self.parts = {(each["kind"], each["name"]): each for each in parts}

    def cluster(self) -> ClusterBuilder:
        top = self.top
        gitops = dict(top.get("gitops", {}))
        described = (
            _labelled(ClusterBuilder(top["name"], path=self.path), top)
            .description(top.get("description", ""))
            .layout(**top.get("layout", {}))
            .gitops(gitops.pop("type", "flux"), **gitops)
        )
        return described.root(self.node(top["node"]))

    def node(self, given: Any) -> NodeBuilder:
        given = self.parts["Node", given] if isinstance(given, str) else given
        built = NodeBuilder(given.get("name"))
        if "bundle" in given:
            built = built.bundle(self.bundle(given["bundle"]))
        if "packageRef" in given:
            built = built.package(**given["packageRef"])
        for child in given.get("children", ()):
            built = built.child(self.node(child))
        return built

    def bundle(self, given: Any) -> BundleBuilder:
        given = dict(self.parts["Bundle", given] if isinstance(given, str) else given)
        built = _labelled(BundleBuilder(given.pop("name")), given)
        built = built.depends_on(*given.pop("dependsOn", ()))
        if "sourceRef" in given:
            built = built.source(**given.pop("sourceRef"))
        for child in given.pop("children", ()):
            built = built.child(self.bundle(child))
        for application in given.pop("applications", ()):
            built = self.with_application(built, application)
        outside = ("apiVersion", "kind", "labels", "annotations")
        return built.options(**{key: each for key, each in given.items() if key not in outside})

    def with_application(self, built: BundleBuilder, given: Any) -> BundleBuilder:
        if "path" not in given:
            return built.application(**given)
        for each in self.documents[normpath(join(dirname(self.path), given["path"]))]:
            built = built.application(kind=each["kind"], spec=each["spec"], **each["metadata"])
        return built


def _flat(document: Any) -> Any:
    flat = {**document, **document.get("metadata", {}), **document.get("spec", {})}
    return {key: each for key, each in flat.items() if key not in {"metadata", "spec"}}


def _labelled(built: Any, given: Mapping[str, Any]) -> Any:
    return built.labels(given.get("labels", {})).annotations(given.get("annotations", {}))
