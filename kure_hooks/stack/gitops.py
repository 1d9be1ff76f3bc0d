"""The section `gitops` of a cluster: its GitOps tool, the bootstrap of that, and its options.

The bootstrap implies a source and options of Argo CD for the rest of the cluster.
"""

from typing import Any, Literal

from msgspec import field, structs

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
from kure_hooks.stack.sources import ClusterSource, SourceRef
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
    """Write what the GitOps tool needs to start on this cluster. Without it the tree has to be
    connected by somebody else."""
    flux_mode: FluxMode = "flux-operator"
    """How Flux is installed. Argo CD ignores it.

    - `flux-operator`: The Flux Operator installs Flux from a FluxInstance.
    - `gotk`: The release manifests of Flux are written, as `flux bootstrap` does it.
    - `gitops-toolkit`: The same as `gotk`.
    """
    flux_version: Text | None = None
    """The version of Flux, such as 2.9.3. With the Flux Operator it may be a range such as 2.x.
    Argo CD ignores it."""
    manifests: RepositoryPath | None = None
    """The release manifests to install, below the root of the repository: a file, a .tar.gz or a
    directory that `kure-hooks vendor` recorded. With `none` somebody else installs the tool."""
    sha256: Sha256 | None = None
    """The SHA-256 checksum of `manifests`, 64 hexadecimal digits. Other content is refused."""
    remote: bool = False
    """Let kustomize fetch the release manifests of the exact `fluxVersion` from GitHub when the
    tree is built. Argo CD ignores it."""
    components: tuple[Component, ...] = ()
    """The controllers of Flux to install. Without it these are source-controller,
    kustomize-controller, helm-controller and notification-controller."""
    components_extra: tuple[Component, ...] = ()
    """Controllers of Flux to install beside `components`, such as image-automation-controller."""
    registry: Text | None = None
    """The registry of the images of Flux, such as ghcr.io/fluxcd, for a mirror of your own."""
    image_pull_secret: ObjectName | None = None
    """The Secret in the namespace of Flux with the credentials for `registry`."""
    network_policy: bool = True
    """Write the NetworkPolicies of Flux, which allow nothing but its own traffic."""
    watch_all_namespaces: bool = True
    """Let the controllers of Flux watch every namespace, not only their own."""
    log_level: Literal["debug", "info", "error"] = "info"
    """The least serious messages that the controllers of Flux log.

    - `debug`: Everything is logged, for the search of errors.
    - `info`: What the controllers do is logged.
    - `error`: Nothing but errors is logged.
    """
    cluster_domain: ObjectName = "cluster.local"
    """The domain of the Services in the cluster."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods of Flux tolerate, such as those of control-plane nodes."""
    instance: Instance = Instance()
    """Fields of the FluxInstance. They need `fluxMode: flux-operator`."""
    source_kind: Literal["GitRepository", "OCIRepository", "Bucket"] | None = None
    """The kind of the source that the cluster syncs from. Without it a URL that begins with oci://
    means OCIRepository, any other GitRepository."""
    source_url: Url | None = field(default=None, name="sourceURL")
    """The URL of the source that the cluster syncs from, such as https://github.com/acme/fleet.git.
    Argo CD takes it for `repoURL`."""
    source_ref: Text | None = None
    """The branch, tag or full reference of the source, such as main or refs/tags/v1.2.0. For an OCI
    artifact it is a tag."""
    source_secret: ObjectName | None = None
    """The Secret in the namespace of the tool with the credentials for the source. A stack never
    holds credentials."""
    source: ClusterSource = ClusterSource()
    """What the source of the cluster has beside its kind, URL, reference and Secret. It is for
    Flux."""
    argo_cd_mode: ArgocdMode | None = field(default=None, name="argoCDMode")
    """How Argo CD is installed. Without it `manifests` are, or nothing. Flux ignores it.

    - `manifests`: Its release manifests are written, and it manages itself.
    - `helm`: An Application of the Helm chart argo-cd, which manages itself.
    - `operator`: An ArgoCD object for the Argo CD Operator.
    - `autopilot`: Its release manifests, in the repository layout of argocd-autopilot.
    """
    chart_version: ChartVersion | None = None
    """The exact version of the Helm chart argo-cd, such as 10.1.0. It is for `argoCDMode: helm`."""
    repository_credentials: RepositoryCredentials | None = None
    """Where the credentials of the repository come from. Argo CD gets a Secret made of them; Flux
    uses `sourceSecret`."""

    @property
    def release(self) -> str:
        """The path of the release manifests; empty where the stack names none or says `none`."""
        path = self.manifests or ""
        return "" if path == NO_MANIFESTS else path

    argo_cd_version: Text | None = field(default=None, name="argoCDVersion")
    """The version of Argo CD that has to understand the objects, such as 3.5.1. What it lacks is an
    error."""
    argo_cd_namespace: Name | None = field(default=None, name="argoCDNamespace")
    """The namespace of Argo CD, the same as `gitops.argocd.namespace`. Without both it is argocd.
    """


class Gitops(Input, frozen=True, kw_only=True):
    """The GitOps tool of a cluster and its options.

    `type` is a name of an engine, ours or of an installed package, whose options are `options`.
    `externalNamespaces` are made by something else than the stack.
    `patches` are for the objects that are written for the tool and for its own manifests.
    """

    type: Text = "flux"
    """The GitOps tool that the cluster runs, which decides about the kinds of objects that are
    written. Names of engines of installed packages are taken as well."""
    bootstrap: Bootstrap = Bootstrap()
    """How the GitOps tool itself gets onto the cluster, and the source that it syncs from. See
    https://github.com/kure-hooks/kure-hooks/blob/main/docs/bootstrap.md"""
    flux: FluxSpec = FluxSpec()
    """Options of Flux for this cluster. They go before those of the settings file, and mean nothing
    to Argo CD."""
    argocd: ArgocdSpec = ArgocdSpec()
    """Options of Argo CD for this cluster. They go before those of the settings file, and mean
    nothing to Flux."""
    options: dict[str, Any] = {}
    """Options of an engine that an installed package brings. Flux and Argo CD have sections of
    their own."""
    create_namespaces: bool = False
    """Write a Namespace for each namespace that the stack's objects are in and that no bundle
    creates."""
    external_namespaces: tuple[Name, ...] = ()
    """Namespaces that something outside the stack creates, so that nothing is written for them and
    nobody misses them."""
    patches: tuple[Patch, ...] = ()
    """Patches of the objects that are written for the GitOps tool, such as Kustomizations or
    Applications, and of the tool's own manifests. Use them for fields that have no key here."""


def implied_source(bootstrap: Bootstrap) -> SourceRef:
    """Return the source that bootstrap creates: the whole repository as the tool sees it."""
    is_oci = (bootstrap.source_url or "").startswith("oci://")
    kind = bootstrap.source_kind or ("OCIRepository" if is_oci else "GitRepository")
    url, ref = bootstrap.source_url, bootstrap.source_ref
    details = {key: each for key, each in structs.asdict(bootstrap.source).items() if key != "name"}
    usual = SourceRef(kind=kind, name=bootstrap.source.name or "flux-system", **details)
    if kind == "Bucket":
        scheme, _, host = (url or "").partition("://")
        insecure = True if scheme == "http" else usual.insecure
        return structs.replace(usual, bucket_name=ref, endpoint=host or url, insecure=insecure)
    field = "tag" if kind == "OCIRepository" else "branch"
    if ref and ref.startswith("refs/"):
        field = "ref"
    return structs.replace(usual, url=url, **{field: ref})


def implied_options(bootstrap: Bootstrap) -> ArgocdSpec:
    """Return the Argo CD options that the section implies."""
    # The layout of argocd-autopilot has an ApplicationSet, whose order is a rolling sync.
    from_a_set = bootstrap.enabled and bootstrap.argo_cd_mode == "autopilot"
    return ArgocdSpec(
        namespace=bootstrap.argo_cd_namespace,
        repo_url=bootstrap.source_url,
        target_revision=bootstrap.source_ref,
        ordering="progressive" if from_a_set else None,
    )
