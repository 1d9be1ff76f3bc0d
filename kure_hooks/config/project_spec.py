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
    ),
]

RoleName = Annotated[
    str,
    Meta(
        pattern=whole(r"[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?"),
        description="letters, digits, - and _, such as read-only",
    ),
]

Schedule = Annotated[
    str,
    Meta(
        pattern=whole(r" *[0-9A-Za-z*?/,-]+( +[0-9A-Za-z*?/,-]+){4} *"),
        description='the five fields of cron, such as "0 22 * * *"',
    ),
]

WindowDuration = Annotated[
    str,
    Meta(
        pattern=whole(r"([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+"),
        description="a duration such as 1h30m",
    ),
]

Description = Annotated[str, Meta(min_length=1, max_length=255, description="1 to 255 characters")]


class ProjectDestination(Input, frozen=True, kw_only=True):
    """A destination of Applications: a cluster, by its server or name, and namespaces of it."""

    server: Permitted | None = None
    name: Permitted | None = None
    namespace: Permitted | None = None


class ProjectKind(Input, frozen=True, kw_only=True):
    """A kind of objects; `*` is any, and the core group is empty."""

    group: str
    kind: Text


class ClusterKind(ProjectKind, frozen=True, kw_only=True):
    """A kind outside namespaces, or the objects of it with a name (Argo CD 3.2)."""

    name: Text | None = None


class Token(Input, frozen=True, kw_only=True):
    """The times of a role's token, made and ended; the token itself is in no project."""

    iat: int
    exp: int | None = None
    id: Text | None = None


class Role(Input, frozen=True, kw_only=True):
    """A role with its rights over the Applications of the project."""

    name: RoleName
    description: Text | None = None
    policies: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    jwt_tokens: tuple[Token, ...] = ()


class SyncWindow(Input, frozen=True, kw_only=True):
    """A time in which Applications may be synced, or may not be."""

    kind: Literal["allow", "deny"]
    schedule: Schedule
    duration: WindowDuration
    applications: tuple[Text, ...] = ()
    namespaces: tuple[Text, ...] = ()
    clusters: tuple[Text, ...] = ()
    manual_sync: bool | None = None
    time_zone: Text | None = None
    and_operator: bool | None = None
    sync_overrun: bool | None = None
    description: Description | None = None


class OrphanedKind(Input, frozen=True, kw_only=True):
    """Objects that nobody is warned of."""

    group: str | None = None
    kind: Text | None = None
    name: Text | None = None


class OrphanedResources(Input, frozen=True, kw_only=True):
    """Warnings about objects that belong to no Application."""

    warn: bool | None = None
    ignore: tuple[OrphanedKind, ...] = ()


class DestinationServiceAccount(Input, frozen=True, kw_only=True):
    """The account by which Argo CD applies at a destination."""

    server: Text
    namespace: Text | None = None
    default_service_account: Text


class ProjectSpec(Input, frozen=True, kw_only=True):
    """Additions to a generated AppProject: lists are added to it, the rest replaces it."""

    description: Description | None = None
    source_repos: tuple[Permitted, ...] = ()
    source_namespaces: tuple[Permitted, ...] = ()
    destinations: tuple[ProjectDestination, ...] = ()
    cluster_resource_whitelist: tuple[ClusterKind, ...] = ()
    cluster_resource_blacklist: tuple[ClusterKind, ...] = ()
    namespace_resource_whitelist: tuple[ProjectKind, ...] = ()
    namespace_resource_blacklist: tuple[ProjectKind, ...] = ()
    roles: tuple[Role, ...] = ()
    sync_windows: tuple[SyncWindow, ...] = ()
    orphaned_resources: OrphanedResources | None = None
    permit_only_project_scoped_clusters: bool | None = None
    destination_service_accounts: tuple[DestinationServiceAccount, ...] = ()


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
