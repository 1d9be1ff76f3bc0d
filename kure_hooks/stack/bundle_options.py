"""Options of a bundle: the fields that it shares with the object that applies it.

They are those of Flux's Kustomization v1 (Flux 2.9); the Argo CD engine translates them.
"""

from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.decoding.types import (
    Annotations,
    Duration,
    Input,
    Labels,
    Name,
    ObjectName,
    Text,
    whole,
)
from kure_hooks.stack.argocd import BundleArgocd
from kure_hooks.stack.health import HealthCheck, HealthCheckExpr
from kure_hooks.stack.sources import NameRef

Prefix = Annotated[
    str, Meta(min_length=1, max_length=200, description="1 to 200 characters", examples=["eu-"])
]

Component = Annotated[
    str,
    Meta(
        # Flux refuses what kustomize would take for a repository, and absolute paths.
        pattern=whole(
            r"(?![/\\]|[a-zA-Z]+://|git::|gh:|git@|github\.com[:/]|[A-Z]:)[^\n]+",
        ),
        description="a path relative to the payload, such as ../../components/monitoring",
        examples=["../../components/monitoring"],
    ),
]

Variable = Annotated[
    str,
    Meta(
        pattern=whole("[_a-zA-Z][_a-zA-Z0-9]*"),
        description="a variable of letters, digits and underscores, such as cluster_name",
        examples=["cluster_name"],
    ),
]


class Target(Input, frozen=True, kw_only=True):
    """The objects that a patch is for."""

    group: Text | None = None
    """The API group of the objects, such as apps. Without it any group."""
    version: Text | None = None
    """The API version of the objects, such as v1. Without it any version."""
    kind: Text | None = None
    """The kind of the objects, as a regular expression that matches as a whole."""
    name: Text | None = None
    """The name of the objects, as a regular expression that matches as a whole."""
    namespace: Text | None = None
    """The namespace of the objects, as a regular expression that matches as a whole."""
    label_selector: Text | None = None
    """A selector of labels that the objects have, such as app=web."""
    annotation_selector: Text | None = None
    """A selector of annotations that the objects have, such as team=shop."""


class Patch(Input, frozen=True, kw_only=True):
    """A strategic merge or JSON 6902 patch."""

    patch: Text
    """A strategic merge patch or a list of JSON 6902 operations, as YAML in a string."""
    target: Target | None = None
    """The objects to patch. Without it the patch itself names its object."""


class Ignore(Input, frozen=True, kw_only=True):
    """Fields that are left to others; without a target, those of all objects."""

    paths: Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of JSON pointers")]
    """JSON pointers to the fields that Flux leaves to others, such as /spec/replicas."""
    target: Target | None = None
    """The objects whose fields are ignored. Without it all objects."""


class SubstituteFrom(Input, frozen=True, kw_only=True):
    """A ConfigMap or Secret whose data are variables."""

    kind: Literal["ConfigMap", "Secret"]
    """The kind of the object that holds the variables."""
    name: ObjectName
    """The name of the object, in the namespace of the Kustomization."""
    optional: bool | None = None
    """True where Flux goes on without the object when it does not exist."""


class PostBuild(Input, frozen=True, kw_only=True):
    """Variables that Flux puts into the built manifests."""

    substitute: dict[Variable, str] = {}
    """Variables and their values, which replace `${name}` in the built manifests."""
    substitute_from: tuple[SubstituteFrom, ...] = ()
    """ConfigMaps and Secrets whose data are variables. Those in `substitute` win."""
    substitute_strategy: Literal["WithVariables", "Always"] | None = None
    """When Flux replaces variables in the manifests.

    - `WithVariables`: Only where at least one variable is defined.
    - `Always`: Also without any variable, so that defaults in `${name:=default}` hold.
    """


class Image(Input, frozen=True, kw_only=True):
    """A container image that is replaced by another."""

    name: Text
    """The name of the image without its tag, as it is written in the manifests."""
    new_name: Text | None = None
    """The name that replaces it, such as registry.example.com/web."""
    new_tag: Text | None = None
    """The tag that replaces that of the manifests. Put numbers in quotes."""
    digest: Text | None = None
    """The digest that replaces the tag, such as sha256:0123."""


class CommonMetadata(Input, frozen=True, kw_only=True):
    """Labels and annotations for every object."""

    labels: Labels = {}
    """Labels that are added to every object."""
    annotations: Annotations = {}
    """Annotations that are added to every object."""


class Decryption(Input, frozen=True, kw_only=True):
    """The decryption of secrets in the files."""

    provider: Literal["sops"]
    """The tool that the secrets are encrypted with."""
    secret_ref: NameRef | None = None
    """The Secret with the private keys, in the namespace of the Kustomization."""
    service_account_name: ObjectName | None = None
    """The ServiceAccount whose workload identity may use the keys of a cloud."""


class KubeConfigRef(Input, frozen=True, kw_only=True):
    """A Secret with a kubeconfig, and the key that holds it."""

    name: ObjectName
    """The name of the Secret with the kubeconfig."""
    key: Text | None = None
    """The key in the Secret. Without it Flux looks for value or value.yaml."""


class KubeConfig(Input, frozen=True, kw_only=True):
    """The remote cluster that the bundle is applied to: exactly one of the two."""

    secret_ref: KubeConfigRef | None = None
    """The Secret with the kubeconfig of the remote cluster."""
    config_map_ref: NameRef | None = None
    """The ConfigMap that says how to reach the remote cluster by workload identity."""


class GitopsPatches(Input, frozen=True, kw_only=True):
    """Patches of the objects that are written for the GitOps tool, not of what it applies.

    Each is for objects that a target selects, or for those that it names itself.
    """

    patches: tuple[Patch, ...] = ()
    """Patches of the Kustomization or Application of this bundle and of the objects beside it."""


class BundleFlux(Input, frozen=True, kw_only=True):
    """Fields that only a Kustomization of Flux has; labels and annotations are for it alone.

    `name` is that of the Kustomization where it is not the bundle's, as for two of one name in two
    namespaces; `namespace` where it is not the one of the cluster's Flux.
    """

    name: Name | None = None
    """The name of the Kustomization, where it is not that of the bundle."""
    namespace: Name | None = None
    """The namespace of the Kustomization, where it is not that of the cluster's Flux."""
    labels: Labels = {}
    """Labels for the Kustomization alone."""
    annotations: Annotations = {}
    """Annotations for the Kustomization alone."""


class BundleOptions(Input, frozen=True, kw_only=True):
    """Everything about a bundle but its name, its contents, its source and its dependencies.

    `description` is for the readers of the stack; no engine writes it.
    """

    description: str = ""
    """A text for people who read the stack file. It is written nowhere."""
    interval: Duration | None = None
    """How often Flux compares the cluster with the source and corrects it. Without it that of the
    cluster's Flux. Argo CD has one interval for all Applications and ignores this."""
    timeout: Duration | None = None
    """How long Flux waits for one apply and its health checks. Without it the `interval`. Argo CD
    ignores it."""
    retry_interval: Duration | None = None
    """How soon Flux tries again what failed. Without it that of the cluster's Flux. Argo CD has
    `argocd.syncPolicy.retry`."""
    prune: bool = True
    """Remove from the cluster what is removed from the bundle. Flux writes it as prune; for Argo CD
    it is automated.prune."""
    wait: bool | None = None
    """Let Flux wait until all objects of the bundle are ready before it is ready itself. Argo CD
    waits for health between sync waves anyway."""
    force: bool | None = None
    """Let Flux delete and create again objects whose change the API server refuses. For Argo CD
    there is `argocd.force`."""
    suspend: bool | None = None
    """Stop Flux from applying the bundle until this is removed. Argo CD stops syncing it by itself.
    """
    deletion_policy: Literal["MirrorPrune", "Delete", "WaitForTermination", "Orphan"] | None = None
    """What happens to the objects when the Kustomization itself is deleted.

    - `MirrorPrune`: They are deleted where `prune` is true, which is Flux's default.
    - `Delete`: They are deleted.
    - `WaitForTermination`: They are deleted, and Flux waits until they are gone.
    - `Orphan`: They stay in the cluster.
    """
    target_namespace: Name | None = None
    """The namespace that replaces that of all objects of the bundle. Kustomize carries it out under
    both tools."""
    name_prefix: Prefix | None = None
    """A text in front of the names of all objects. Kustomize carries it out under both tools."""
    name_suffix: Prefix | None = None
    """A text behind the names of all objects. Kustomize carries it out under both tools."""
    components: tuple[Component, ...] = ()
    """Directories with components of kustomize, relative to the payload of the bundle."""
    ignore_missing_components: bool | None = None
    """Build the bundle without the components that do not exist."""
    images: tuple[Image, ...] = ()
    """Images that are replaced by others in all workloads of the bundle. Kustomize carries it out
    under both tools."""
    patches: tuple[Patch, ...] = ()
    """Patches of the objects that the bundle applies. Kustomize carries them out under both tools.
    """
    common_metadata: CommonMetadata | None = None
    """Labels and annotations that Flux adds to every object when it applies the bundle. Under Argo
    CD they are written into the files."""
    build_metadata: tuple[Literal["originAnnotations", "transformerAnnotations"], ...] = ()
    """Annotations by which kustomize says where an object comes from."""
    ignore: tuple[Ignore, ...] = ()
    """Fields that Flux leaves as they are in the cluster. For Argo CD there is
    `argocd.ignoreDifferences`."""
    post_build: PostBuild | None = None
    """Variables that Flux puts into the built manifests. For Argo CD those with a value are put in
    when the files are written. See
    https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution"""
    service_account_name: ObjectName | None = None
    """The ServiceAccount that Flux applies the bundle with, for tenants with few rights."""
    decryption: Decryption | None = None
    """How Flux decrypts the secrets in the files. Argo CD can't."""
    kube_config: KubeConfig | None = None
    """The remote cluster that Flux applies the bundle to. For Argo CD there is
    `argocd.destination`."""
    health_checks: tuple[HealthCheck, ...] = ()
    """Objects that Flux waits for before the bundle is ready. With `wait` it waits for all objects
    anyway."""
    health_check_exprs: tuple[HealthCheckExpr, ...] = ()
    """Expressions in CEL that tell Flux the health of custom resources. See
    https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions"""
    flux: BundleFlux = BundleFlux()
    """Fields that only the Kustomization of Flux has."""
    argocd: BundleArgocd = BundleArgocd()
    """Fields that only the Application of Argo CD has. They go before the shared ones."""
    gitops: GitopsPatches = GitopsPatches()
    """Changes of the objects that are written for the GitOps tool, not of what it applies."""


OF_KUSTOMIZE = (
    *("target_namespace", "name_prefix", "name_suffix", "images", "patches", "components"),
)
"""The options that kustomize carries out, whatever the GitOps tool."""
