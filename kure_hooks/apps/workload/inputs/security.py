"""Security contexts of pods and containers."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Fields, Identifier, Text


class Sysctl(Fields, frozen=True, kw_only=True):
    """One kernel parameter of a pod."""

    name: Text
    """The name of the kernel parameter, such as net.core.somaxconn."""
    value: Text
    """The value of the parameter. Put numbers in quotes."""


class Profile(Fields, frozen=True, kw_only=True):
    """A seccomp or AppArmor profile."""

    type: Literal["RuntimeDefault", "Unconfined", "Localhost"]
    """The kind of the profile.

    - `RuntimeDefault`: The one of the container runtime.
    - `Unconfined`: No profile, everything is permitted.
    - `Localhost`: A profile on the node.
    """
    localhost_profile: Text | None = None
    """The name of a profile on the node, for the type Localhost."""


class Capabilities(Fields, frozen=True, kw_only=True):
    """Linux capabilities taken from or given to a container."""

    drop: tuple[Text, ...] = ()
    """Capabilities that are taken away, such as ALL."""
    add: tuple[Text, ...] = ()
    """Capabilities that are given, such as NET_BIND_SERVICE."""


class PodSecurityContext(Fields, frozen=True, kw_only=True):
    """The security context of a pod: what holds for all its containers."""

    run_as_non_root: bool | None = None
    """Refuse to start a container as root."""
    run_as_user: Identifier | None = None
    """The user that processes run as, by number. Without it that of the image."""
    run_as_group: Identifier | None = None
    """The group that processes run as, by number. Without it that of the image."""
    fs_group: Identifier | None = None
    """The group that owns the files of volumes, by number."""
    fs_group_change_policy: Literal["OnRootMismatch", "Always"] | None = None
    """When the owner of files is changed.

    - `OnRootMismatch`: When that of the volume's root differs.
    - `Always`: At every start, which is Kubernetes' default.
    """
    supplemental_groups: tuple[Identifier, ...] = ()
    """More groups of the processes, by number."""
    supplemental_groups_policy: Literal["Merge", "Strict"] | None = None
    """Which groups the processes have.

    - `Merge`: Also those of the image, which is Kubernetes' default.
    - `Strict`: Only those that are written here.
    """
    sysctls: tuple[Sysctl, ...] = ()
    """Kernel parameters of the pod."""
    seccomp_profile: Profile | None = None
    """The profile that restricts system calls."""
    app_armor_profile: Profile | None = None
    """The profile of AppArmor."""
    se_linux_options: dict[str, Text] = field(default_factory=dict)
    """The labels of SELinux, such as level."""
    se_linux_change_policy: Literal["MountOption", "Recursive"] | None = None
    """How volumes get the label of SELinux.

    - `MountOption`: When they are mounted, which is Kubernetes' default.
    - `Recursive`: File by file.
    """
    windows_options: dict[str, Any] = field(default_factory=dict)
    """Options for Windows, as Kubernetes has them."""


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
    """Give the container all rights on the node."""
    allow_privilege_escalation: bool | None = None
    """Let processes gain more rights than their parent has."""
    read_only_root_filesystem: bool | None = None
    """Mount the root file system so that nothing can be written."""
    capabilities: Capabilities | None = None
    """Linux capabilities that are taken or given."""
    proc_mount: Literal["Default", "Unmasked"] | None = None
    """How much of /proc the container sees.

    - `Default`: What is safe, which is Kubernetes' default.
    - `Unmasked`: All of it.
    """
