"""Security contexts of the pod and of its containers."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, containers, contexts
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import literal, relative_path_problem
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_LONGEST_PROFILE = 4095
_SELINUX = ("user", "role", "type", "level")


def _privileges_agree(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        context = container.security_context
        if context is None:
            continue
        here = (*place, "securityContext")
        if context.allow_privilege_escalation is False:
            added = context.capabilities.add if context.capabilities else ()
            reason = "privileged" if context.privileged else None
            reason = "CAP_SYS_ADMIN" if "CAP_SYS_ADMIN" in added else reason
            if reason:
                problem = f"a container with {reason} can always escalate its privileges"
                expected = f"Delete allowPrivilegeEscalation: false, or {reason}."
                yield (*here, "allowPrivilegeEscalation"), problem, expected
        if context.proc_mount == "Unmasked":
            problem = "Unmasked needs hostUsers: false, which an AppWorkload does not have"
            yield (*here, "procMount"), problem, "Default, or an application of kind Manifests"


def _profiles_are_whole(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        for key, profile, file in (
            ("seccompProfile", context.seccomp_profile, True),
            ("appArmorProfile", context.app_armor_profile, False),
        ):
            if profile is None:
                continue
            here, name = (*place, key, "localhostProfile"), profile.localhost_profile
            if profile.type != "Localhost":
                if name is not None:
                    problem = f"type {profile.type} has no localhostProfile"
                    yield here, problem, "type: Localhost"
            elif not name:
                yield here, "type Localhost needs a localhostProfile", "the name of a profile"
            elif file and (refused := relative_path_problem(name)):
                yield here, *refused
            elif not file and literal(name) and name != name.strip():
                yield here, f'the profile "{shown(name)}" has blanks around it', name.strip()
            elif not file and len(name) > _LONGEST_PROFILE:
                problem = f"the name of the profile has {len(name)} characters"
                yield here, problem, f"at most {_LONGEST_PROFILE}"


def _selinux_options_are_known(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        for key in context.se_linux_options:
            if key not in _SELINUX:
                problem = f"SELinux has no option {shown(key)}"
                yield (*place, "seLinuxOptions", key), problem, " or ".join(_SELINUX)


def _level_is_kept(spec: Spec) -> Iterator[Problem]:
    from kure_hooks.apps.workload.levels import (  # noqa: PLC0415 - few name a level
        level_problems,
    )

    yield from level_problems(spec)


CHECKS: Checks = {
    _privileges_agree: ("containers.securityContext",),
    _profiles_are_whole: ("securityContext", "containers.securityContext"),
    _selinux_options_are_known: ("securityContext", "containers.securityContext"),
    _level_is_kept: ("security",),
}
