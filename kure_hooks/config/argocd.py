"""Options of Argo CD 3.5, as written and complete, and what a bundle may say of syncing, too."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct, field

from kure_hooks.config.project_spec import ProjectSpec
from kure_hooks.decoding.types import Annotations, Input, Labels, Name, Text, Url, whole
from kure_hooks.yamlio.place import Problem

SyncOption = Annotated[
    str,
    Meta(
        pattern=whole(
            r"(ApplyOutOfSyncOnly|ClientSideApplyMigration|CreateNamespace|FailOnSharedResource"
            r"|PruneLast|Replace|RespectIgnoreDifferences|ServerSideApply"
            r"|SkipDryRunOnMissingResource|Validate)=(true|false)"
            r"|PrunePropagationPolicy=(background|foreground|orphan)"
            r"|(Prune|Delete)=(false|confirm)"
        ),
        description="a sync option that an Application of Argo CD 3.5 has, such as PruneLast=true",
    ),
]
"""Argo CD ignores an option that it doesn't know, and one in another spelling."""


class Automated(Input, frozen=True, kw_only=True):
    """Automated sync."""

    enabled: bool | None = None
    prune: bool | None = None
    self_heal: bool | None = None
    allow_empty: bool | None = None


class Backoff(Input, frozen=True, kw_only=True):
    """The time between attempts; a duration without a unit is in seconds."""

    duration: Text | None = None
    factor: int | None = None
    max_duration: Text | None = None


class Retry(Input, frozen=True, kw_only=True):
    """The number of times a failed sync is tried again; a negative limit is none."""

    limit: int | None = None
    backoff: Backoff | None = None
    refresh: bool | None = None


class ManagedNamespaceMetadata(Input, frozen=True, kw_only=True):
    """Labels and annotations of the namespace that `CreateNamespace=true` makes."""

    labels: Labels = {}
    annotations: Annotations = {}


class SyncPolicy(Input, frozen=True, kw_only=True):
    """The sync policy of an Application."""

    automated: Automated = Automated()
    sync_options: tuple[SyncOption, ...] = ()
    retry: Retry | None = None
    managed_namespace_metadata: ManagedNamespaceMetadata | None = None


class IgnoreDifference(Input, frozen=True, kw_only=True):
    """Fields whose difference is none."""

    group: Text | None = None
    kind: Text
    name: Text | None = None
    namespace: Text | None = None
    json_pointers: tuple[Text, ...] = ()
    jq_path_expressions: tuple[Text, ...] = ()
    managed_fields_managers: tuple[Text, ...] = ()


class Info(Input, frozen=True, kw_only=True):
    """A line about an Application on Argo CD's pages."""

    name: Text
    value: Text


class Syncing(Input, frozen=True, kw_only=True):
    """The fields of every Application; an empty list of finalizers keeps what was applied."""

    sync_policy: SyncPolicy | None = None
    ignore_differences: tuple[IgnoreDifference, ...] | None = None
    info: tuple[Info, ...] | None = None
    finalizers: tuple[Text, ...] | None = None
    revision_history_limit: Annotated[int, Meta(ge=0, description="0 or more")] | None = None


class PreservedFields(Input, frozen=True, kw_only=True):
    """Labels and annotations of Applications that others set, and that the set leaves alone."""

    labels: tuple[Text, ...] = ()
    annotations: tuple[Text, ...] = ()


class IgnoredDifference(Input, frozen=True, kw_only=True):
    """Fields of Applications that the set leaves to others; without a name, those of all."""

    name: Text | None = None
    json_pointers: tuple[Text, ...] = ()
    jq_path_expressions: tuple[Text, ...] = ()


class RollingSet(Input, frozen=True, kw_only=True):
    """Options of the ApplicationSet of `ordering: progressive`.

    `maxUpdate` is how many of a step are synced at once: a number, or a share such as 25%.
    """

    max_update: (
        Annotated[int, Meta(ge=0, description="0 or more")]
        | Annotated[
            str,
            Meta(pattern=whole(r"(100|[1-9]?[0-9])%"), description="a share such as 25%"),
        ]
        | None
    ) = None
    applications_sync: Literal["create-only", "create-update", "create-delete", "sync"] | None = (
        None
    )
    preserved_fields: PreservedFields | None = None
    ignore_application_differences: tuple[IgnoredDifference, ...] = ()


class Syncs(Protocol):
    """Options that a cluster or a bundle has, complete or as they are written."""

    @property
    def sync_policy(self) -> SyncPolicy | None:
        """See `Syncing`."""
        ...

    @property
    def ignore_differences(self) -> Sequence[IgnoreDifference] | None:
        """See `Syncing`."""
        ...


def problems(options: Syncs) -> Iterator[Problem]:
    """Yield what types can't tell: pointer, what is wrong, what is expected."""
    known: set[str] = set()
    for index, option in enumerate(options.sync_policy.sync_options if options.sync_policy else ()):
        name = option.partition("=")[0]
        if name in known:
            problem = f"the sync option {name} is there twice"
            yield ("syncPolicy", "syncOptions", index), problem, "List each option once."
        known.add(name)
    for index, each in enumerate(options.ignore_differences or ()):
        if not (each.json_pointers or each.jq_path_expressions or each.managed_fields_managers):
            problem = f"the difference of {each.kind} has no fields"
            expected = "jsonPointers, jqPathExpressions or managedFieldsManagers"
            yield ("ignoreDifferences", index), problem, expected


class Destination(Input, frozen=True, kw_only=True):
    """The cluster that Argo CD deploys to: an API server's URL or a registered name."""

    server: Url | None = None
    name: Text | None = None
    namespace: Name | None = None

    @property
    def is_one(self) -> bool:
        """Tell whether it names one cluster, in one of the two ways."""
        return bool(self.server) != bool(self.name)


NOT_ONE = "the destination needs exactly one of server and name"


class ArgocdSpec(Syncing, frozen=True, kw_only=True):
    """Argo CD options as written."""

    namespace: Name | None = None
    repo_url: Url | None = field(default=None, name="repoURL")
    target_revision: Text | None = None
    project: Name | None = None
    destination: Destination | None = None
    ordering: Literal["waves", "progressive", "resource-waves"] | None = None
    health_requires_sync: bool | None = None
    health_configured: bool | None = None
    labels: Labels | None = None
    annotations: Annotations | None = None
    project_spec: ProjectSpec | None = None
    application_set: RollingSet | None = None


class ArgocdOptions(Struct, frozen=True, kw_only=True):
    """Argo CD options of a cluster, complete but for `repo_url`, which a stack may lack.

    An empty `project` stands for a project of the cluster's own, named after it.
    `health_configured` says that an argocd-cm of somebody else's tells the health of Applications.
    Labels and annotations are for Applications alone. `project_spec` goes over the project that is
    generated.
    """

    namespace: str = "argocd"
    repo_url: str = ""
    target_revision: str = "HEAD"
    project: str = ""
    destination: Destination = Destination(server="https://kubernetes.default.svc")
    ordering: str = "waves"
    health_requires_sync: bool = True
    health_configured: bool = False
    labels: Labels = {}
    annotations: Annotations = {}
    project_spec: ProjectSpec | None = None
    application_set: RollingSet | None = None
    sync_policy: SyncPolicy | None = None
    ignore_differences: tuple[IgnoreDifference, ...] = ()
    info: tuple[Info, ...] = ()
    finalizers: tuple[str, ...] | None = None
    revision_history_limit: int | None = None
