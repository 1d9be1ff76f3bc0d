"""The fields of an AppProject of Argo CD 3.5 that go over what is generated."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.decoding.types import Input, Text, whole
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

Permitted = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!!\*$)[^\n]+"),
        description="a name, a pattern with *, or ! and what is not permitted, but not !*",
        examples=["https://github.com/acme/*"],
    ),
]

RoleName = Annotated[
    str,
    Meta(
        pattern=whole(r"[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?"),
        description="letters, digits, - and _, such as read-only",
        examples=["read-only"],
    ),
]

Schedule = Annotated[
    str,
    Meta(
        pattern=whole(r" *[0-9A-Za-z*?/,-]+( +[0-9A-Za-z*?/,-]+){4} *"),
        description='the five fields of cron, such as "0 22 * * *"',
        examples=["0 22 * * *"],
    ),
]

WindowDuration = Annotated[
    str,
    Meta(
        pattern=whole(r"([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+"),
        description="a duration such as 1h30m",
        examples=["1h30m"],
    ),
]

Description = Annotated[str, Meta(min_length=1, max_length=255, description="1 to 255 characters")]


class ProjectDestination(Input, frozen=True, kw_only=True):
    """A destination of Applications: a cluster, by its server or name, and namespaces of it."""

    server: Permitted | None = None
    """The URL of the API server, a pattern with *, or ! and what is not permitted."""
    name: Permitted | None = None
    """The name of the cluster, a pattern with *, or ! and what is not permitted."""
    namespace: Permitted | None = None
    """The namespace, a pattern with *, or ! and what is not permitted."""


class ProjectKind(Input, frozen=True, kw_only=True):
    """A kind of objects; `*` is any, and the core group is empty."""

    group: str
    """The API group of the kind. The core group is "", and * is any."""
    kind: Text
    """The kind, where * is any."""


class ClusterKind(ProjectKind, frozen=True, kw_only=True):
    """A kind outside namespaces, or the objects of it with a name (Argo CD 3.2)."""

    name: Text | None = None
    """The name of the object. Without it all objects of the kind."""


class Token(Input, frozen=True, kw_only=True):
    """The times of a role's token, made and ended; the token itself is in no project."""

    iat: int
    """The time at which the token was made, in seconds since 1970."""
    exp: int | None = None
    """The time at which the token ends, in seconds since 1970. Without it never."""
    id: Text | None = None
    """The identifier of the token."""


class Role(Input, frozen=True, kw_only=True):
    """A role with its rights over the Applications of the project."""

    name: RoleName
    """The name of the role."""
    description: Text | None = None
    """A text about the role for people."""
    policies: tuple[Text, ...] = ()
    """The rights of the role, one line of Argo CD's RBAC each."""
    groups: tuple[Text, ...] = ()
    """Groups of the identity provider whose members have the role."""
    jwt_tokens: tuple[Token, ...] = ()
    """The tokens of the role. The tokens themselves are in no project."""


class SyncWindow(Input, frozen=True, kw_only=True):
    """A time in which Applications may be synced, or may not be."""

    kind: Literal["allow", "deny"]
    """What the window does.

    - `allow`: Applications may be synced within it.
    - `deny`: Applications may not be synced within it.
    """
    schedule: Schedule
    """When the window opens, as the five fields of cron."""
    duration: WindowDuration
    """How long the window is open, such as 1h30m."""
    applications: tuple[Text, ...] = ()
    """The Applications that the window is for, with * as a wildcard."""
    namespaces: tuple[Text, ...] = ()
    """The namespaces of destinations that the window is for, with * as a wildcard."""
    clusters: tuple[Text, ...] = ()
    """The clusters that the window is for, with * as a wildcard."""
    manual_sync: bool | None = None
    """Allow syncs by hand while the window forbids automatic ones."""
    time_zone: Text | None = None
    """The time zone of the schedule, such as Europe/Berlin. Argo CD's default is UTC."""
    and_operator: bool | None = None
    """Let the window hold only where Applications, namespaces and clusters all match, not any of
    them."""
    sync_overrun: bool | None = None
    """Let a sync that runs when the window closes finish."""
    description: Description | None = None
    """A text about the window for people."""


class OrphanedKind(Input, frozen=True, kw_only=True):
    """Objects that nobody is warned of."""

    group: str | None = None
    """The API group of the objects that nobody is warned of."""
    kind: Text | None = None
    """The kind of the objects that nobody is warned of."""
    name: Text | None = None
    """The name of the objects that nobody is warned of."""


class OrphanedResources(Input, frozen=True, kw_only=True):
    """Warnings about objects that belong to no Application."""

    warn: bool | None = None
    """Show a warning on Applications where there are such objects."""
    ignore: tuple[OrphanedKind, ...] = ()
    """Objects that nobody is warned of."""


class DestinationServiceAccount(Input, frozen=True, kw_only=True):
    """The account by which Argo CD applies at a destination."""

    server: Text
    """The URL of the API server that the account is for, with * as a wildcard."""
    namespace: Text | None = None
    """The namespace that the account is for, with * as a wildcard."""
    default_service_account: Text
    """The ServiceAccount that Argo CD applies with, as NAME or NAMESPACE:NAME."""


class ProjectSpec(Input, frozen=True, kw_only=True):
    """Additions to a generated AppProject: lists are added to it, the rest replaces it."""

    description: Description | None = None
    """A text about the project for people."""
    source_repos: tuple[Permitted, ...] = ()
    """Repositories that Applications may use, beside those that the bundles have."""
    source_namespaces: tuple[Permitted, ...] = ()
    """Namespaces that Applications of the project may be in, beside that of Argo CD."""
    destinations: tuple[ProjectDestination, ...] = ()
    """Clusters and namespaces that may be applied to, beside those of the bundles."""
    cluster_resource_whitelist: tuple[ClusterKind, ...] = ()
    """Kinds outside namespaces that are permitted, beside those of the bundles."""
    cluster_resource_blacklist: tuple[ClusterKind, ...] = ()
    """Kinds outside namespaces that are forbidden."""
    namespace_resource_whitelist: tuple[ProjectKind, ...] = ()
    """Kinds in namespaces that alone are permitted. Without it all of them are."""
    namespace_resource_blacklist: tuple[ProjectKind, ...] = ()
    """Kinds in namespaces that are forbidden."""
    roles: tuple[Role, ...] = ()
    """Roles with their rights over the Applications of the project."""
    sync_windows: tuple[SyncWindow, ...] = ()
    """Times in which Applications may be synced, or may not be."""
    orphaned_resources: OrphanedResources | None = None
    """Warnings about objects in the project's namespaces that belong to no Application."""
    permit_only_project_scoped_clusters: bool | None = None
    """Permit only clusters that are registered for this project."""
    destination_service_accounts: tuple[DestinationServiceAccount, ...] = ()
    """The accounts that Argo CD applies with, by destination."""


def problems(spec: ProjectSpec) -> Iterator[Problem]:
    """Yield what types can't tell: pointer inside `projectSpec`, what is wrong, what to do."""
    for index, destination in enumerate(spec.destinations):
        if bool(destination.server) == bool(destination.name):
            problem = "a destination needs exactly one of server and name"
            yield ("destinations", index), problem, "server: https://kubernetes.default.svc"
    for index, window in enumerate(spec.sync_windows):
        if not (window.applications or window.namespaces or window.clusters):
            problem = "this window is for nothing"
            yield ("syncWindows", index), problem, 'applications, such as ["*"]'
    yield from _twice(("roles",), [role.name for role in spec.roles], "role")
    for index, role in enumerate(spec.roles):
        yield from _twice(("roles", index, "policies"), role.policies, "policy")
        yield from _twice(("roles", index, "groups"), role.groups, "group")


def policy_problems(spec: ProjectSpec, project: str) -> Iterator[Problem]:
    """Yield policies that Argo CD refuses, or that are for another project than the one named."""
    for number, role in enumerate(spec.roles):
        subject = f"proj:{project}:{role.name}"
        for index, policy in enumerate(role.policies):
            parts = [part.strip() for part in policy.split(",")]
            if len(parts) != _PARTS or parts[:2] != ["p", subject] or parts[-1] not in _EFFECTS:
                problem = f"this is no policy of the role {role.name} in project {project}"
                expected = f'"p, {subject}, applications, get, {project}/*, allow"'
                yield ("roles", number, "policies", index), problem, expected


_PARTS = len(("p", "subject", "resource", "action", "object", "effect"))
_EFFECTS = ("allow", "deny")


def _twice(pointer: Pointer, names: Sequence[str], noun: str) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (*pointer, index), f"the {noun} {name} is there twice", f"List each {noun} once."
