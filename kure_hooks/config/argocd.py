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
        examples=["ServerSideApply=true"],
    ),
]
"""Argo CD ignores an option that it doesn't know, and one in another spelling."""


class Automated(Input, frozen=True, kw_only=True):
    """Automated sync."""

    enabled: bool | None = None
    """Sync automatically. Argo CD's default is true where `automated` is written."""
    prune: bool | None = None
    """Remove from the cluster what is removed from Git. For a bundle its `prune` says so."""
    self_heal: bool | None = None
    """Correct changes that are made in the cluster. Argo CD's default is false."""
    allow_empty: bool | None = None
    """Sync even where that removes every object. Argo CD's default is false."""


class Backoff(Input, frozen=True, kw_only=True):
    """The time between attempts; a duration without a unit is in seconds."""

    duration: Text | None = None
    """The time before the first retry, such as 5s. A number without a unit means seconds."""
    factor: int | None = None
    """The factor by which the time grows with each retry. Argo CD's default is 2."""
    max_duration: Text | None = None
    """The longest time between two retries, such as 3m."""


class Retry(Input, frozen=True, kw_only=True):
    """The number of times a failed sync is tried again; a negative limit is none."""

    limit: int | None = None
    """How often a failed sync is tried again. A negative number means without end, 0 never."""
    backoff: Backoff | None = None
    """The time between two retries."""
    refresh: bool | None = None
    """Take a newer revision on a retry, if there is one."""


class ManagedNamespaceMetadata(Input, frozen=True, kw_only=True):
    """Labels and annotations of the namespace that `CreateNamespace=true` makes."""

    labels: Labels = {}
    """Labels of the namespace that Argo CD creates."""
    annotations: Annotations = {}
    """Annotations of the namespace that Argo CD creates."""


class SyncPolicy(Input, frozen=True, kw_only=True):
    """The sync policy of an Application."""

    automated: Automated = Automated()
    """How Argo CD syncs by itself."""
    sync_options: tuple[SyncOption, ...] = ()
    """Options of every sync, such as ServerSideApply=true. See
    https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/"""
    retry: Retry | None = None
    """How often a failed sync is tried again. Without it Argo CD retries five times."""
    managed_namespace_metadata: ManagedNamespaceMetadata | None = None
    """Labels and annotations of the namespace that CreateNamespace=true creates."""


class IgnoreDifference(Input, frozen=True, kw_only=True):
    """Fields whose difference is none."""

    group: Text | None = None
    """The API group of the objects, such as apps. Leave it out for the core group."""
    kind: Text
    """The kind of the objects, such as Deployment."""
    name: Text | None = None
    """The name of the object. Without it all objects of the kind."""
    namespace: Text | None = None
    """The namespace of the objects. Without it all namespaces."""
    json_pointers: tuple[Text, ...] = ()
    """JSON pointers to the ignored fields, such as /spec/replicas."""
    jq_path_expressions: tuple[Text, ...] = ()
    """Expressions of jq that select the ignored fields."""
    managed_fields_managers: tuple[Text, ...] = ()
    """Field managers whose fields are ignored, such as kube-controller-manager."""


class Info(Input, frozen=True, kw_only=True):
    """A line about an Application on Argo CD's pages."""

    name: Text
    """The label of the line on Argo CD's pages."""
    value: Text
    """The content of the line, such as a URL."""


class Syncing(Input, frozen=True, kw_only=True):
    """The fields of every Application; an empty list of finalizers keeps what was applied."""

    sync_policy: SyncPolicy | None = None
    """How Applications are synced. A bundle's own goes before that of the cluster."""
    ignore_differences: tuple[IgnoreDifference, ...] | None = None
    """Fields whose difference is not taken for drift. See
    https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/"""
    info: tuple[Info, ...] | None = None
    """Lines about the Application on Argo CD's pages."""
    finalizers: tuple[Text, ...] | None = None
    """The finalizers of Applications. With an empty list the objects stay when the Application is
    deleted."""
    revision_history_limit: Annotated[int, Meta(ge=0, description="0 or more")] | None = None
    """How many earlier syncs Argo CD remembers. Its own default is 10."""


class PreservedFields(Input, frozen=True, kw_only=True):
    """Labels and annotations of Applications that others set, and that the set leaves alone."""

    labels: tuple[Text, ...] = ()
    """Labels of Applications that others set and the ApplicationSet keeps."""
    annotations: tuple[Text, ...] = ()
    """Annotations of Applications that others set and the ApplicationSet keeps."""


class IgnoredDifference(Input, frozen=True, kw_only=True):
    """Fields of Applications that the set leaves to others; without a name, those of all."""

    name: Text | None = None
    """The name of the Application. Without it all Applications of the set."""
    json_pointers: tuple[Text, ...] = ()
    """JSON pointers to the fields that the set leaves alone."""
    jq_path_expressions: tuple[Text, ...] = ()
    """Expressions of jq that select the fields that the set leaves alone."""


class RollingSet(Input, frozen=True, kw_only=True):
    """Options of the ApplicationSet of `ordering: progressive`."""

    max_update: (
        Annotated[int, Meta(ge=0, description="0 or more")]
        | Annotated[
            str,
            Meta(pattern=whole(r"(100|[1-9]?[0-9])%"), description="a share such as 25%"),
        ]
        | None
    ) = None
    """How many Applications of a step are synced at once, as a number or a share such as 25%.
    Without it all."""
    applications_sync: Literal["create-only", "create-update", "create-delete", "sync"] | None = (
        None
    )
    """What the set may do with its Applications.

    - `create-only`: Create them, and never change or delete them.
    - `create-update`: Create and change them, and never delete them.
    - `create-delete`: Create and delete them, and never change them.
    - `sync`: Create, change and delete them, which is Argo CD's default.
    """
    preserved_fields: PreservedFields | None = None
    """Labels and annotations of Applications that the set keeps."""
    ignore_application_differences: tuple[IgnoredDifference, ...] = ()
    """Fields of Applications that the set leaves to others."""


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
    """The URL of the API server of the cluster. Give either this or `name`."""
    name: Text | None = None
    """The name under which Argo CD knows the cluster. Give either this or `server`."""
    namespace: Name | None = None
    """The namespace of objects that say none themselves."""

    @property
    def is_one(self) -> bool:
        """Tell whether it names one cluster, in one of the two ways."""
        return bool(self.server) != bool(self.name)


NOT_ONE = "the destination needs exactly one of server and name"


class ArgocdSpec(Syncing, frozen=True, kw_only=True):
    """Argo CD options as written."""

    namespace: Name | None = None
    """The namespace of Argo CD, where Applications and projects are written."""
    repo_url: Url | None = field(default=None, name="repoURL")
    """The URL of the Git repository that Argo CD reads, which is this one. Without it
    `bootstrap.sourceURL`."""
    target_revision: Text | None = None
    """The branch, tag or commit that Applications sync."""
    project: Name | None = None
    """The AppProject of all Applications. Without it a project for the cluster is generated."""
    destination: Destination | None = None
    """The cluster that the Applications are applied to. Without it the one that Argo CD runs on."""
    ordering: Literal["waves", "progressive", "resource-waves"] | None = None
    """How `dependsOn` becomes an order of syncs. See
    https://github.com/kure-hooks/kure-hooks/blob/main/docs/engines.md

    - `waves`: Sync waves of the Applications, which the root Application carries out.
    - `progressive`: The steps of one ApplicationSet with RollingSync.
    - `resource-waves`: One Application, with sync waves of the objects themselves.
    """
    health_requires_sync: bool | None = None
    """Take an Application for healthy only when it is in sync. Turn it off for Applications that
    are synced by hand."""
    health_configured: bool | None = None
    """True where your argocd-cm has a health check of Applications, without which waves do not
    wait. It settles the warning AO009."""
    labels: Labels | None = None
    """Labels for all Applications of the cluster."""
    annotations: Annotations | None = None
    """Annotations for all Applications of the cluster."""
    project_spec: ProjectSpec | None = None
    """Additions to the AppProject that is generated. See
    https://argo-cd.readthedocs.io/en/stable/user-guide/projects/"""
    application_set: RollingSet | None = None
    """Options of the ApplicationSet of `ordering: progressive`."""


class ArgocdOptions(Struct, frozen=True, kw_only=True):
    """The same, complete but for `repo_url`, which a stack may lack.

    An empty `project` stands for a project of the cluster's own, named after it.
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
