"""Security contexts of pods and containers."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Fields, Identifier, Text


class Sysctl(Fields, frozen=True, kw_only=True):
    """One kernel parameter of a pod."""

    name: Text
    value: Text


class Profile(Fields, frozen=True, kw_only=True):
    """A seccomp or AppArmor profile."""

    type: Literal["RuntimeDefault", "Unconfined", "Localhost"]
    localhost_profile: Text | None = None


class Capabilities(Fields, frozen=True, kw_only=True):
    """Linux capabilities taken from or given to a container."""

    drop: tuple[Text, ...] = ()
    add: tuple[Text, ...] = ()


class PodSecurityContext(Fields, frozen=True, kw_only=True):
    """The security context of a pod: what holds for all its containers."""

    run_as_non_root: bool | None = None
    run_as_user: Identifier | None = None
    run_as_group: Identifier | None = None
    fs_group: Identifier | None = None
    fs_group_change_policy: Literal["OnRootMismatch", "Always"] | None = None
    supplemental_groups: tuple[Identifier, ...] = ()
    supplemental_groups_policy: Literal["Merge", "Strict"] | None = None
    sysctls: tuple[Sysctl, ...] = ()
    seccomp_profile: Profile | None = None
    app_armor_profile: Profile | None = None
    se_linux_options: dict[str, Text] = field(default_factory=dict)
    se_linux_change_policy: Literal["MountOption", "Recursive"] | None = None
    windows_options: dict[str, Any] = field(default_factory=dict)


POD_ONLY = (
    "fsGroup",
    "fsGroupChangePolicy",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "sysctls",
    "seLinuxChangePolicy",
)
"""Keys that the API server accepts for a pod and refuses for a container."""


class ContainerSecurityContext(PodSecurityContext, frozen=True, kw_only=True):
    """The security context of a container; the pod's keys in it are written to the pod."""

    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    read_only_root_filesystem: bool | None = None
    capabilities: Capabilities | None = None
    proc_mount: Literal["Default", "Unmasked"] | None = None
