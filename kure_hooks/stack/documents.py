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
SET_KIND = "ClusterSet"
APPLICATION_API = "generators.gokure.dev/v1alpha1"
PROFILE_KIND = "ClusterProfile"


FilePath = Annotated[
    str,
    Meta(
        min_length=1,
        description="a file, relative to this one, such as ../apps/web.yaml",
        examples=["../apps/web.yaml"],
    ),
]

ProfileRef = Annotated[
    str,
    Meta(
        min_length=1,
        description="a file such as ../profiles/eu.yaml, or the name of a ClusterProfile here",
        examples=["../profiles/eu.yaml"],
    ),
]

Overrides = dict[str, dict[str, Any]]
"""By the name of an application: what is merged into its `spec`."""

PayloadPath = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!/)(?!([^\n]*/)?\.\.(/|$))[^\n]+"),
        max_length=400,
        description="a directory below the root of its repository, such as apps/podinfo/prod",
        examples=["apps/podinfo/prod"],
    ),
]


class PackageRef(Input, frozen=True, kw_only=True):
    """The source that a node's files are delivered by, where it is not the cluster's."""

    group: Text
    """The API group of the source, such as source.toolkit.fluxcd.io."""
    version: Text
    """The API version of the source, such as v1."""
    kind: Literal["GitRepository", "OCIRepository", "Bucket"]
    """The kind of the Flux source that delivers the files of this node."""
    name: Name | None = None
    """The name of the source. Without it the source is named after the node."""
    namespace: Name | None = None
    """The namespace of the source. Without it the source is in the namespace of the GitOps tool."""
    url: Url | None = None
    """The URL of the source, such as oci://ghcr.io/acme/apps. With it the source is generated too.
    """


class ApplicationRef(Input, frozen=True, kw_only=True):
    """An application of a bundle: named by `path`, or written in place."""

    path: FilePath | None = None
    """The file with the application, relative to this file. Only `overrides` is allowed beside
    it."""
    name: Name | None = None
    """The name of an application that is written in place. It names the generated objects."""
    namespace: Name | None = None
    """The namespace of all objects of the application that say none themselves."""
    labels: ObjectLabels = {}
    """Labels for every object of the application. They win over those of the bundle."""
    annotations: Annotations = {}
    """Annotations for every object of the application. They win over those of the bundle."""
    kind: Text | None = None
    """The kind of the application, which decides about the keys of its `spec`."""
    spec: dict[str, Any] | None = None
    """What the application consists of. Its keys depend on `kind`."""
    overrides: dict[str, Any] | None = None
    """Values that are merged into the `spec` of the application in the file, for this bundle alone.
    They win over all other overrides."""


class DependencyDoc(Input, frozen=True, kw_only=True):
    """A bundle that has to be ready first."""

    name: Name
    """The name of the bundle that has to be ready before this one is applied."""
    namespace: Name | None = None
    """The namespace of the Kustomization or Application, where the bundle is not one of this
    cluster's stack."""
    ready_expr: Text | None = None
    """An expression in CEL that tells when the dependency is ready, in place of its Ready
    condition. Flux evaluates it; Argo CD can't."""
    external: bool = False
    """True for a bundle that is not part of this stack, so that its absence is no error."""


class PayloadDoc(Input, frozen=True, kw_only=True):
    """A directory that exists, which the bundle applies as it is."""

    path: PayloadPath
    """The directory to apply, below the root of the bundle's source. Nothing in it is written or
    removed."""


class BundleBody(BundleOptions, frozen=True, kw_only=True):
    """A bundle without its name.

    It has applications, whose files are generated, or a `payload` that is there already.
    """

    depends_on: tuple[DependencyDoc | Name, ...] = ()
    """Bundles of this cluster that have to be ready first, by name. Flux writes them as dependsOn;
    for Argo CD they decide about the order of sync waves."""
    named_depends_on: tuple[DependencyDoc | Name, ...] = ()
    """The same as `dependsOn`, in the spelling of the reference model. Both lists are joined."""
    children: "tuple[BundleDoc | Name, ...]" = ()
    """Bundles below this one, which makes it an umbrella: it is ready when all of them are."""
    source_ref: SourceRef | None = None
    """The source that holds the bundle's files. Without it the bundle has that of its umbrella, the
    nearest node above it or the cluster."""
    applications: tuple[ApplicationRef, ...] = ()
    """The applications whose manifests are generated for this bundle, in place or by path. A bundle
    has applications or a `payload`, not both."""
    payload: PayloadDoc | None = None
    """A directory that exists already and is applied as it is. See
    https://github.com/kure-hooks/kure-hooks/blob/main/docs/payloads.md"""
    overrides: Overrides = {}
    """Values that are merged into the `spec` of applications of this bundle and its children, by
    the name of the application. They win over those of nodes."""


class BundleDoc(BundleBody, frozen=True, kw_only=True):
    """A bundle where it is used: written in place, or named by `path`."""

    name: Name | None = None
    """The name of the bundle. Flux names its Kustomization and Argo CD its Application after it."""
    path: FilePath | None = None
    """The file with the bundle, relative to this file. Only `name` is allowed beside it."""
    labels: Labels = {}
    """Labels for every object of the bundle, and for its Kustomization or Application."""
    annotations: Annotations = {}
    """Annotations for every object of the bundle, and for its Kustomization or Application."""


class NodeBody(Input, frozen=True, kw_only=True):
    """A node without its name; an empty entry among its children is no child."""

    bundle: BundleDoc | Name | None = None
    """The bundle of this node, in place or by the name of a Bundle document in the same file. It
    becomes one Flux Kustomization or one Argo CD Application."""
    children: "tuple[NodeDoc | Name | None, ...]" = ()
    """The nodes below this one. Each is a directory of its own unless the layout rules say
    otherwise."""
    package_ref: PackageRef | None = None
    """The source that delivers the files of this node and of all below it, where it is not the
    cluster's."""
    packageref: PackageRef | None = None
    """The same as `packageRef`, in another spelling. Write only one of the two."""
    overrides: Overrides = {}
    """Values that are merged into the `spec` of applications of this node and all below it, by the
    name of the application. They win over those of the cluster."""


class NodeDoc(NodeBody, frozen=True, kw_only=True):
    """A node where it is used: written in place, or named by `path`."""

    name: Name | None = None
    """The name of the node, which is also the name of its directory."""
    path: FilePath | None = None
    """The file with the node, relative to this file. Only `name` is allowed beside it."""


class ClusterBody(Input, frozen=True, kw_only=True):
    """A cluster without its name."""

    description: str = ""
    """A text for people who read the stack file. It is written nowhere."""
    gitops: Gitops = Gitops()
    """The GitOps tool that runs on the cluster, and its options."""
    layout: LayoutSpec = LayoutSpec()
    """Rules for the shape of the generated tree. They go before those of the settings file."""
    node: NodeDoc | Name | None = None
    """The root node of the cluster. It holds everything that is applied there."""
    profile: ProfileRef | dict[str, Any] | None = None
    """How things are done on the cluster: the file of a ClusterProfile, relative to this file, the
    name of one in this file, or the profile itself."""
    overrides: Overrides = {}
    """Values that are merged into the `spec` of applications of this cluster, by the name of the
    application. See https://github.com/kure-hooks/kure-hooks/blob/main/docs/profiles.md"""


class PlainCluster(ClusterBody, frozen=True, kw_only=True):
    """The plain spelling of a cluster."""

    name: Name
    """The name of the cluster. Its files are written to `clusters/NAME`, or below the `output` of
    the settings."""
    labels: Labels = {}
    """Labels for every object that is generated for the cluster."""
    annotations: Annotations = {}
    """Annotations for every object that is generated for the cluster."""


class Metadata(Input, frozen=True, kw_only=True):
    """The metadata of an enveloped document."""

    name: Name
    """The name of the document. Others refer to it by this name, and what is generated is named
    after it."""
    labels: Labels = {}
    """Labels for every object that is generated for this document."""
    annotations: Annotations = {}
    """Annotations for every object that is generated for this document."""


class ApplicationMetadata(Metadata, frozen=True, kw_only=True):
    """The metadata of an application."""

    namespace: Name | None = None
    """The namespace of all objects of the application that say none themselves."""
    labels: ObjectLabels = {}


class ClusterDocument(Input, frozen=True, kw_only=True):
    """The enveloped spelling of a cluster."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    """The API of stack files, with its version."""
    kind: Literal["Cluster"]
    """The kind of this document, a cluster with all that runs on it."""
    metadata: Metadata
    """The name of the cluster, and labels and annotations for all of its objects."""
    spec: ClusterBody = ClusterBody()
    """What the cluster consists of: its GitOps tool, its layout and its tree of nodes."""


class NodeDocument(Input, frozen=True, kw_only=True):
    """A node that others refer to by its name."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    """The API of stack files, with its version."""
    kind: Literal["Node"]
    """The kind of this document, a node that others name among their children."""
    metadata: Metadata
    """The name by which other documents refer to the node."""
    spec: NodeBody = NodeBody()
    """What the node consists of: a bundle and the nodes below it."""


class BundleDocument(Input, frozen=True, kw_only=True):
    """A bundle that others refer to by its name."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    """The API of stack files, with its version."""
    kind: Literal["Bundle"]
    """The kind of this document, a bundle that nodes and umbrellas refer to."""
    metadata: Metadata
    """The name by which other documents refer to the bundle, and labels and annotations for its
    objects."""
    spec: BundleBody = BundleBody()
    """What the bundle consists of: its applications, and how they are applied."""


class ApplicationDocument(Input, frozen=True, kw_only=True):
    """An application; what `spec` may hold depends on its kind."""

    api_version: Literal["generators.gokure.dev/v1alpha1"]
    """The API of application documents, with its version."""
    kind: Text
    """The kind of the application, which decides about the keys of `spec`."""
    metadata: ApplicationMetadata
    """The name of the application, its namespace, and labels and annotations for its objects."""
    spec: dict[str, Any] = {}
    """What the application consists of. Its keys depend on `kind`."""
