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

Prefix = Annotated[str, Meta(min_length=1, max_length=200, description="1 to 200 characters")]

Component = Annotated[
    str,
    Meta(
        # Flux refuses what kustomize would take for a repository, and absolute paths.
        pattern=whole(
            r"(?![/\\]|[a-zA-Z]+://|git::|gh:|git@|github\.com[:/]|[A-Z]:)[^\n]+",
        ),
        description="a path relative to the payload, such as ../../components/monitoring",
    ),
]

Variable = Annotated[
    str,
    Meta(
        pattern=whole("[_a-zA-Z][_a-zA-Z0-9]*"),
        description="a variable of letters, digits and underscores, such as cluster_name",
    ),
]


class Target(Input, frozen=True, kw_only=True):
    """The objects that a patch is for."""

    group: Text | None = None
    version: Text | None = None
    kind: Text | None = None
    name: Text | None = None
    namespace: Text | None = None
    label_selector: Text | None = None
    annotation_selector: Text | None = None


class Patch(Input, frozen=True, kw_only=True):
    """A strategic merge or JSON 6902 patch."""

    patch: Text
    target: Target | None = None


class Ignore(Input, frozen=True, kw_only=True):
    """Fields that are left to others; without a target, those of all objects."""

    paths: Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of JSON pointers")]
    target: Target | None = None


class SubstituteFrom(Input, frozen=True, kw_only=True):
    """A ConfigMap or Secret whose data are variables."""

    kind: Literal["ConfigMap", "Secret"]
    name: ObjectName
    optional: bool | None = None


class PostBuild(Input, frozen=True, kw_only=True):
    """Variables that Flux puts into the built manifests."""

    substitute: dict[Variable, str] = {}
    substitute_from: tuple[SubstituteFrom, ...] = ()
    substitute_strategy: Literal["WithVariables", "Always"] | None = None


class Image(Input, frozen=True, kw_only=True):
    """A container image that is replaced by another."""

    name: Text
    new_name: Text | None = None
    new_tag: Text | None = None
    digest: Text | None = None


class CommonMetadata(Input, frozen=True, kw_only=True):
    """Labels and annotations for every object."""

    labels: Labels = {}
    annotations: Annotations = {}


class Decryption(Input, frozen=True, kw_only=True):
    """The decryption of secrets in the files."""

    provider: Literal["sops"]
    secret_ref: NameRef | None = None
    service_account_name: ObjectName | None = None


class KubeConfigRef(Input, frozen=True, kw_only=True):
    """A Secret with a kubeconfig, and the key that holds it."""

    name: ObjectName
    key: Text | None = None


class KubeConfig(Input, frozen=True, kw_only=True):
    """The remote cluster that the bundle is applied to: exactly one of the two."""

    secret_ref: KubeConfigRef | None = None
    config_map_ref: NameRef | None = None


class GitopsPatches(Input, frozen=True, kw_only=True):
    """Patches of the objects that are written for the GitOps tool, not of what it applies.

    Each is for objects that a target selects, or for those that it names itself.
    """

    patches: tuple[Patch, ...] = ()


class BundleFlux(Input, frozen=True, kw_only=True):
    """Fields that only a Kustomization of Flux has; labels and annotations are for it alone.

    `name` is that of the Kustomization where it is not the bundle's, as for two of one name in two
    namespaces; `namespace` where it is not the one of the cluster's Flux.
    """

    name: Name | None = None
    namespace: Name | None = None
    labels: Labels = {}
    annotations: Annotations = {}


class BundleOptions(Input, frozen=True, kw_only=True):
    """Everything about a bundle but its name, its contents, its source and its dependencies.

    `description` is for the readers of the stack; no engine writes it.
    """

    description: str = ""
    interval: Duration | None = None
    timeout: Duration | None = None
    retry_interval: Duration | None = None
    prune: bool = True
    wait: bool | None = None
    force: bool | None = None
    suspend: bool | None = None
    deletion_policy: Literal["MirrorPrune", "Delete", "WaitForTermination", "Orphan"] | None = None
    target_namespace: Name | None = None
    name_prefix: Prefix | None = None
    name_suffix: Prefix | None = None
    components: tuple[Component, ...] = ()
    ignore_missing_components: bool | None = None
    images: tuple[Image, ...] = ()
    patches: tuple[Patch, ...] = ()
    common_metadata: CommonMetadata | None = None
    build_metadata: tuple[Literal["originAnnotations", "transformerAnnotations"], ...] = ()
    ignore: tuple[Ignore, ...] = ()
    post_build: PostBuild | None = None
    service_account_name: ObjectName | None = None
    decryption: Decryption | None = None
    kube_config: KubeConfig | None = None
    health_checks: tuple[HealthCheck, ...] = ()
    health_check_exprs: tuple[HealthCheckExpr, ...] = ()
    flux: BundleFlux = BundleFlux()
    argocd: BundleArgocd = BundleArgocd()
    gitops: GitopsPatches = GitopsPatches()


OF_KUSTOMIZE = (
    *("target_namespace", "name_prefix", "name_suffix", "images", "patches", "components"),
)
"""The options that kustomize carries out, whatever the GitOps tool."""
