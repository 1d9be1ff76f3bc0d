"""The section `gitops` of a cluster: its GitOps tool, the bootstrap of that, and its options."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.config.argocd import ArgocdSpec
from kure_hooks.config.flux import FluxSpec
from kure_hooks.decoding.types import Input, Name, ObjectName, Text, Url
from kure_hooks.stack.bootstrapping import (
    ChartVersion,
    Component,
    Instance,
    RepositoryCredentials,
    RepositoryPath,
    Toleration,
)
from kure_hooks.stack.bundle_options import Patch
from kure_hooks.stack.sources import ClusterSource
from kure_hooks.stack.vendor_lock import Sha256

NO_MANIFESTS = "none"
"""Says in the place of release manifests that somebody else installs the GitOps tool."""


FluxMode = Literal["flux-operator", "gotk", "gitops-toolkit"]


ArgocdMode = Literal["manifests", "helm", "operator", "autopilot"]


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
