"""Stack files as they are written: every key, its type and the words for a wrong one."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.config.argocd import ArgocdSpec
from kure_hooks.config.flux import FluxSpec
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.decoding.types import (
    Annotations,
    Input,
    Labels,
    Name,
    ObjectLabels,
    ObjectName,
    Text,
    Url,
    whole,
)
from kure_hooks.stack.bootstrapping import (
    ChartVersion,
    Component,
    Instance,
    RepositoryCredentials,
    RepositoryPath,
    Toleration,
)
from kure_hooks.stack.bundle_options import BundleOptions, Patch
from kure_hooks.stack.sources import ClusterSource, SourceRef
from kure_hooks.stack.vendor_lock import Sha256

STACK_API = "stack.gokure.dev/v1alpha1"
APPLICATION_API = "generators.gokure.dev/v1alpha1"

NO_MANIFESTS = "none"
"""Says in the place of release manifests that somebody else installs the GitOps tool."""

FluxMode = Literal["flux-operator", "gotk", "gitops-toolkit"]
ArgocdMode = Literal["manifests", "helm", "operator", "autopilot"]

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


class Bootstrap(Input, frozen=True, kw_only=True):
    """The bootstrap of the GitOps tool on the cluster, and the source that it syncs from.

    `manifests` are release manifests in the repository, or `none` where the tool is somebody else's
    to install. With `remote` kustomize fetches those of the exact `fluxVersion`.
    """

    enabled: bool = False
    flux_mode: FluxMode = "flux-operator"
    flux_version: Text | None = None
    manifests: RepositoryPath | None = None
    sha256: Sha256 | None = None
    remote: bool = False
    components: tuple[Component, ...] = ()
    components_extra: tuple[Component, ...] = ()
    registry: Text | None = None
    image_pull_secret: ObjectName | None = None
    network_policy: bool = True
    watch_all_namespaces: bool = True
    log_level: Literal["debug", "info", "error"] = "info"
    cluster_domain: ObjectName = "cluster.local"
    tolerations: tuple[Toleration, ...] = ()
    instance: Instance = Instance()
    source_kind: Literal["GitRepository", "OCIRepository", "Bucket"] | None = None
    source_url: Url | None = field(default=None, name="sourceURL")
    source_ref: Text | None = None
    source_secret: ObjectName | None = None
    source: ClusterSource = ClusterSource()
    argo_cd_mode: ArgocdMode | None = field(default=None, name="argoCDMode")
    chart_version: ChartVersion | None = None
    repository_credentials: RepositoryCredentials | None = None

    @property
    def release(self) -> str:
        """The path of the release manifests; empty where the stack names none or says `none`."""
        path = self.manifests or ""
        return "" if path == NO_MANIFESTS else path

    argo_cd_version: Text | None = field(default=None, name="argoCDVersion")
    argo_cd_namespace: Name | None = field(default=None, name="argoCDNamespace")


class Gitops(Input, frozen=True, kw_only=True):
    """The GitOps tool of a cluster and its options.

    `type` is a name of an engine, ours or of an installed package, whose options are `options`.
    `externalNamespaces` are made by something else than the stack.
    `patches` are for the objects that are written for the tool and for its own manifests.
    """

    type: Text = "flux"
    bootstrap: Bootstrap = Bootstrap()
    flux: FluxSpec = FluxSpec()
    argocd: ArgocdSpec = ArgocdSpec()
    options: dict[str, Any] = {}
    create_namespaces: bool = False
    external_namespaces: tuple[Name, ...] = ()
    patches: tuple[Patch, ...] = ()


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
