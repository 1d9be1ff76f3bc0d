"""Clusters described in Python: builders that never change, with the words of stack files.

Each method returns a new builder, so one builder can be the beginning of several. Keyword arguments
are keys of a stack file, as they are there or in Python's spelling (`retry_interval`); values are
what YAML would hold, or the types that a stack file decodes to. Nothing is checked before `build`,
which reports every fault at once. TypeError for a value that no stack file can hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from msgspec import Struct, structs

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.config.argocd import ArgocdSpec
from kure_hooks.config.flux import FluxSpec
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.errors import InputError
from kure_hooks.files.paths import path_problem
from kure_hooks.findings import Finding, Location
from kure_hooks.manifests import Manifest
from kure_hooks.stack import load
from kure_hooks.stack.bundle_options import BundleOptions, Patch
from kure_hooks.stack.documents import DependencyDoc, PackageRef
from kure_hooks.stack.gitops import Bootstrap, Gitops
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio import Document

_DEFAULTS = Settings()


@dataclass(frozen=True)
class _Builder:
    """A part of a stack file; what is `written` is shared by builders and never changed."""

    name: str | None
    written: Mapping[str, Any] = field(default_factory=dict, repr=False, kw_only=True)

    def document(self) -> dict[str, Any]:
        """Return the part as a stack file has it, in containers of its own."""
        name = {} if self.name is None else {"name": self.name}
        return {**name, **_plain(self.written)}

    def _with(self, **keys: Any) -> Self:
        return replace(self, written={**self.written, **_plain(keys)})

    def _and(self, key: str, *more: Any) -> Self:
        every = [*self.written.get(key, ()), *_plain(more)]
        return replace(self, written={**self.written, key: every})

    def _joined(self, key: str, more: Mapping[str, Any]) -> Self:
        return self._with(**{key: {**self.written.get(key, {}), **more}})


@dataclass(frozen=True)
class _Labelled(_Builder):
    name: str

    def labels(self, labels: Mapping[str, str]) -> Self:
        """Add labels; of two values for a key the later one counts."""
        return self._joined("labels", labels)

    def annotations(self, annotations: Mapping[str, str]) -> Self:
        """Add annotations; of two values for a key the later one counts."""
        return self._joined("annotations", annotations)


@dataclass(frozen=True)
class BundleBuilder(_Labelled):
    """A bundle; with children it is an umbrella."""

    def options(self, **options: Any) -> Self:
        """Set how the bundle is reconciled: the fields of `BundleOptions`."""
        return self._with(**_spelled(BundleOptions, options))

    def source(self, **source: Any) -> Self:
        """Set where the files come from: the fields of `SourceRef`."""
        return self._with(sourceRef=_spelled(SourceRef, source))

    def depends_on(self, *dependencies: str | Mapping[str, Any] | DependencyDoc) -> Self:
        """Add what has to be ready first: names of bundles, or the fields of `DependencyDoc`."""
        return self._and("dependsOn", *dependencies)

    def child(self, bundle: "BundleBuilder") -> Self:
        """Add a bundle that this one waits for and applies."""
        return self._and("children", bundle)

    def application(
        self,
        name: str,
        kind: str,
        spec: Mapping[str, Any] | Struct,
        **metadata: Any,
    ) -> Self:
        """Add an application of a kind; `metadata` are its namespace, labels and annotations."""
        return self._and("applications", {"name": name, "kind": kind, "spec": spec, **metadata})

    def payload(self, path: str) -> Self:
        """Set the directory of the source that the bundle applies as it is, without applications.

        `path` is relative to the root of the repository.
        """
        return self._with(payload={"path": path})

    def manifests(self, name: str, *objects: Manifest, **metadata: Any) -> Self:
        """Add Kubernetes objects as they are; `metadata` as in `application`."""
        return self.application(name, "Manifests", {"objects": objects}, **metadata)


@dataclass(frozen=True)
class NodeBuilder(_Builder):
    """A node; only the root of a cluster may be without a name."""

    name: str | None = None

    def bundle(self, bundle: BundleBuilder) -> Self:
        """Set the bundle of this node."""
        return self._with(bundle=bundle)

    def child(self, node: "NodeBuilder") -> Self:
        """Add a node below this one."""
        return self._and("children", node)

    def package(self, **package: Any) -> Self:
        """Set the source that this node's files are delivered by: the fields of `PackageRef`."""
        return self._with(packageRef=_spelled(PackageRef, package))


@dataclass(frozen=True)
class ClusterBuilder(_Labelled):
    """A cluster, with an unnamed root until `root` gives another.

    `path` is the file of the repository that describes it, such as the Python program: generated
    files and findings name it, and files that applications refer to are relative to it.
    """

    path: str = "builder"

    def description(self, text: str) -> Self:
        """Set what the cluster is for."""
        return self._with(description=text)

    def gitops(  # noqa: PLR0913 - the parts of the section, all by keyword
        self,
        engine: str,
        *,
        bootstrap: Mapping[str, Any] | Bootstrap | None = None,
        flux: Mapping[str, Any] | FluxSpec | None = None,
        argocd: Mapping[str, Any] | ArgocdSpec | None = None,
        create_namespaces: bool | None = None,
        external_namespaces: Sequence[str] | None = None,
        patches: Sequence[Mapping[str, Any] | Patch] = (),
    ) -> Self:
        """Set the GitOps tool and its options; mappings have the keys of a stack file."""
        given = {
            "bootstrap": bootstrap,
            "flux": flux,
            "argocd": argocd,
            "create_namespaces": create_namespaces,
            "external_namespaces": external_namespaces,
            "patches": patches or None,
        }
        chosen = {key: options for key, options in given.items() if options is not None}
        return self._with(gitops=_spelled(Gitops, {"type": engine, **chosen}))

    def layout(self, **rules: Any) -> Self:
        """Set layout rules: the fields of `LayoutSpec`."""
        return self._joined("layout", _spelled(LayoutSpec, rules))

    def root(self, node: NodeBuilder) -> Self:
        """Set the root node."""
        return self._with(node=node)

    def build(self, settings: Settings = _DEFAULTS) -> Cluster:
        """Return the cluster as a stack file with the same content gives it.

        Raises InputError with every fault; their keys are those of the stack file.
        """
        if problem := path_problem(self.path):
            raise InputError(
                [Finding(Location(self.path), "", f"the path {problem}", rule="ST002")]
            )
        document = {"node": {}} | self.document()
        # Line and column come before the first ones: Location shows the path alone.
        whole = Document(self.path, document, line=-1, column=-1, marks={})
        return load.from_document(whole, settings, GENERATORS)


def _spelled(wanted: type[Struct], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return keys in Python's spelling as the stack file spells them; others stay as they are."""
    names = {each.name: each.encode_name for each in structs.fields(wanted)}
    return {names.get(key, key): value for key, value in given.items()}


def _plain(value: Any) -> Any:
    """Return what YAML would hold, in containers that nobody else has."""
    match value:
        case _Builder():
            return value.document()
        case Struct():
            return _plain(_set_fields(value))
        case Mapping():
            return {_text(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case None | str() | bool() | int() | float():
            return value
    raise TypeError(f"a stack file can't hold a value of type {type(value).__name__}")


def _text(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"a stack file can't hold a key of type {type(key).__name__}")


def _set_fields(value: Struct) -> dict[str, Any]:
    """Return the fields that differ from their defaults, by their names in a stack file."""
    given = ((each, getattr(value, each.name)) for each in structs.fields(value))
    return {each.encode_name: item for each, item in given if item != each.default}
