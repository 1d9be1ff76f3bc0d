"""Pod Security levels: what they demand and what contradicts them (Kubernetes 1.36)."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.apps.workload.checks.common import containers, contexts, given
from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.security import (
    Capabilities,
    ContainerSecurityContext,
    PodSecurityContext,
    Profile,
)
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import literal
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_CAPABILITIES = frozenset(
    (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
        *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    )
)
_FEW_CAPABILITIES = frozenset({"NET_BIND_SERVICE"})
_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced",
        *("net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"),
        *("net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range"),
        *("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"),
        *("net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time"),
        *("net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem"),
    )
)
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_VOLUMES = frozenset(
    (
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
        *("persistentVolumeClaim", "projected", "secret"),
    )
)


def filled(spec: Spec) -> Spec:
    """Return a spec of the level restricted with what that demands, where nothing else is written.

    The other levels demand nothing that has to be written.
    """
    context = spec.security_context or PodSecurityContext()
    return replace(
        spec,
        containers=tuple(map(_restricted, spec.containers)),
        init_containers=tuple(map(_restricted, spec.init_containers)),
        security_context=replace(
            context,
            run_as_non_root=True if context.run_as_non_root is None else context.run_as_non_root,
            seccomp_profile=context.seccomp_profile or Profile(type="RuntimeDefault"),
        ),
    )


def _restricted(container: Container) -> Container:
    context = container.security_context or ContainerSecurityContext()
    capabilities, escalation = context.capabilities, context.allow_privilege_escalation
    if capabilities is None or not capabilities.drop:
        capabilities = replace(capabilities or Capabilities(), drop=("ALL",))
    own = replace(
        context,
        allow_privilege_escalation=False if escalation is None else escalation,
        capabilities=capabilities,
    )
    return replace(container, security_context=own)


def level_problems(spec: Spec) -> Iterator[Problem]:
    """Yield what the Pod Security level of a spec in long forms does not permit."""
    level = spec.security
    if level in (None, "privileged"):
        return
    checks = [_host, _host_of_containers, _privileges, _profiles, _sysctls, _selinux]
    if level == "restricted":
        checks += [_volumes, _root, _escalation]
    for check in checks:
        for place, problem, expected in check(spec):
            yield place, f"the Pod Security level {level} does not permit {problem}", expected


def _host(spec: Spec) -> Iterator[Problem]:
    for key, value in (
        ("hostNetwork", spec.host_network),
        ("hostPID", spec.host_pid),
        ("hostIPC", spec.host_ipc),
    ):
        if value:
            yield (key,), key, "Delete it."
    for at, volume in enumerate(spec.volumes):
        if volume.host_path is not None and spec.security == "baseline":
            yield ("volumes", at, "hostPath"), "hostPath", "Use another kind of volume."


def _host_of_containers(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        for at, port in enumerate(container.listening):
            if port.host_port:
                yield (*place, "ports", at, "hostPort"), "hostPort", "Delete it."
        for pointer, host in _hosts(container):
            if host:
                yield (*place, *pointer, "host"), "a probe or hook of another host", "Delete host."
    for place, context in contexts(spec):
        if context.windows_options.get("hostProcess"):
            yield (*place, "windowsOptions", "hostProcess"), "hostProcess", "Delete it."


def _hosts(container: Container) -> Iterator[tuple[Pointer, str | None]]:
    lifecycle = container.lifecycle
    handlers = {
        ("livenessProbe",): container.liveness_probe,
        ("readinessProbe",): container.readiness_probe,
        ("startupProbe",): container.startup_probe,
        ("lifecycle", "postStart"): lifecycle and lifecycle.post_start,
        ("lifecycle", "preStop"): lifecycle and lifecycle.pre_stop,
    }
    for pointer, handler in handlers.items():
        if handler and handler.http_get:
            yield (*pointer, "httpGet"), handler.http_get.host
        if handler and handler.tcp_socket:
            yield (*pointer, "tcpSocket"), handler.tcp_socket.host


def _privileges(spec: Spec) -> Iterator[Problem]:
    few = spec.security == "restricted"
    permitted = _FEW_CAPABILITIES if few else _CAPABILITIES
    choices = "NET_BIND_SERVICE" if few else f"one of {', '.join(sorted(_CAPABILITIES))}"
    for place, context in _of_containers(spec):
        if context.privileged:
            yield (*place, "privileged"), "a privileged container", "Delete it."
        capabilities = context.capabilities
        for at, name in enumerate(capabilities.add if capabilities else ()):
            if literal(name) and name not in permitted:
                here = (*place, "capabilities", "add", at)
                yield here, f"the capability {shown(name)}", choices


def _profiles(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        for key, profile in (
            ("seccompProfile", context.seccomp_profile),
            ("appArmorProfile", context.app_armor_profile),
        ):
            if profile and profile.type == "Unconfined":
                yield (*place, key, "type"), f"an unconfined {key}", "type: RuntimeDefault"


def _sysctls(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        for at, sysctl in enumerate(context.sysctls):
            if literal(sysctl.name) and sysctl.name.replace("/", ".") not in _SYSCTLS:
                problem = f"the sysctl {shown(sysctl.name)}"
                yield (*place, "sysctls", at, "name"), problem, "Delete it."


def _selinux(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        for key, value in context.se_linux_options.items():
            permitted = _SELINUX_TYPES if key == "type" else ("",)
            if key != "level" and literal(value) and value not in permitted:
                here = (*place, "seLinuxOptions", key)
                yield here, f"the SELinux {key} {shown(value)}", "Delete it."


def _volumes(spec: Spec) -> Iterator[Problem]:
    for at, volume in enumerate(spec.volumes):
        for key in given(volume):
            if key != "name" and key not in _VOLUMES:
                yield ("volumes", at, key), key, "Use a persistentVolumeClaim, or another volume."


def _root(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        if context.run_as_non_root is False:
            yield (*place, "runAsNonRoot"), "pods that run as root", "runAsNonRoot: true"
        if context.run_as_user == 0:
            yield (*place, "runAsUser"), "the user 0, which is root", "another user"


def _escalation(spec: Spec) -> Iterator[Problem]:
    for place, context in _of_containers(spec):
        if context.allow_privilege_escalation:
            key = "allowPrivilegeEscalation"
            yield (*place, key), key, f"{key}: false"
        capabilities = context.capabilities
        if capabilities and capabilities.drop and "ALL" not in capabilities.drop:
            here = (*place, "capabilities", "drop")
            yield here, "a container that keeps capabilities", "drop: [ALL]"


def _of_containers(spec: Spec) -> Iterator[tuple[Pointer, ContainerSecurityContext]]:
    for place, container in containers(spec):
        if container.security_context:
            yield (*place, "securityContext"), container.security_context
