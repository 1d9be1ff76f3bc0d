"""Stack files as they are written: every key, its type and the words for a wrong one."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from kure_hooks.config.layout import LayoutSpec
from kure_hooks.decoding.types import (
    Annotations,
    Input,
    Labels,
    Name,
    ObjectLabels,
    Text,
    Url,
    whole,
)
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.gitops import Gitops
from kure_hooks.stack.sources import SourceRef

STACK_API = "stack.gokure.dev/v1alpha1"
APPLICATION_API = "generators.gokure.dev/v1alpha1"


FilePath = Annotated[
    str, Meta(min_length=1, description="a file, relative to this one, such as ../apps/web.yaml")
]

PayloadPath = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!/)(?!([^\n]*/)?\.\.(/|$))[^\n]+"),
        max_length=400,
        description="a directory below the root of its repository, such as apps/podinfo/prod",
    ),
]


class PackageRef(Input, frozen=True, kw_only=True):
    """The source that a node's files are delivered by, where it is not the cluster's."""

    group: Text
    version: Text
    kind: Literal["GitRepository", "OCIRepository", "Bucket"]
    name: Name | None = None
    namespace: Name | None = None
    url: Url | None = None


class ApplicationRef(Input, frozen=True, kw_only=True):
    """An application of a bundle: named by `path`, or written in place."""

    path: FilePath | None = None
    name: Name | None = None
    namespace: Name | None = None
    labels: ObjectLabels = {}
    annotations: Annotations = {}
    kind: Text | None = None
    spec: dict[str, Any] | None = None


class DependencyDoc(Input, frozen=True, kw_only=True):
    """A bundle that has to be ready first."""

    name: Name
    namespace: Name | None = None
    ready_expr: Text | None = None
    external: bool = False


class PayloadDoc(Input, frozen=True, kw_only=True):
    """A directory that exists, which the bundle applies as it is."""

    path: PayloadPath


class BundleBody(BundleOptions, frozen=True, kw_only=True):
    """A bundle without its name.

    It has applications, whose files are generated, or a `payload` that is there already.
    """

    depends_on: tuple[DependencyDoc | Name, ...] = ()
    named_depends_on: tuple[DependencyDoc | Name, ...] = ()
    children: "tuple[BundleDoc | Name, ...]" = ()
    source_ref: SourceRef | None = None
    applications: tuple[ApplicationRef, ...] = ()
    payload: PayloadDoc | None = None


class BundleDoc(BundleBody, frozen=True, kw_only=True):
    """A bundle where it is used: written in place, or named by `path`."""

    name: Name | None = None
    path: FilePath | None = None
    labels: Labels = {}
    annotations: Annotations = {}


class NodeBody(Input, frozen=True, kw_only=True):
    """A node without its name; an empty entry among its children is no child."""

    bundle: BundleDoc | Name | None = None
    children: "tuple[NodeDoc | Name | None, ...]" = ()
    package_ref: PackageRef | None = None
    packageref: PackageRef | None = None


class NodeDoc(NodeBody, frozen=True, kw_only=True):
    """A node where it is used: written in place, or named by `path`."""

    name: Name | None = None
    path: FilePath | None = None


class ClusterBody(Input, frozen=True, kw_only=True):
    """A cluster without its name."""

    description: str = ""
    gitops: Gitops = Gitops()
    layout: LayoutSpec = LayoutSpec()
    node: NodeDoc | Name | None = None


class PlainCluster(ClusterBody, frozen=True, kw_only=True):
    """The plain spelling of a cluster."""

    name: Name
    labels: Labels = {}
    annotations: Annotations = {}


class Metadata(Input, frozen=True, kw_only=True):
    """The metadata of an enveloped document."""

    name: Name
    labels: Labels = {}
    annotations: Annotations = {}


class ApplicationMetadata(Metadata, frozen=True, kw_only=True):
    """The metadata of an application."""

    namespace: Name | None = None
    labels: ObjectLabels = {}


class ClusterDocument(Input, frozen=True, kw_only=True):
    """The enveloped spelling of a cluster."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    kind: Literal["Cluster"]
    metadata: Metadata
    spec: ClusterBody = ClusterBody()


class NodeDocument(Input, frozen=True, kw_only=True):
    """A node that others refer to by its name."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    kind: Literal["Node"]
    metadata: Metadata
    spec: NodeBody = NodeBody()


class BundleDocument(Input, frozen=True, kw_only=True):
    """A bundle that others refer to by its name."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    kind: Literal["Bundle"]
    metadata: Metadata
    spec: BundleBody = BundleBody()


class ApplicationDocument(Input, frozen=True, kw_only=True):
    """An application; what `spec` may hold depends on its kind."""

    api_version: Literal["generators.gokure.dev/v1alpha1"]
    kind: Text
    metadata: ApplicationMetadata
    spec: dict[str, Any] = {}
