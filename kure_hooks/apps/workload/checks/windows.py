"""Options of Windows in security contexts, as Kubernetes 1.36 judges them."""

import re
from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, containers, contexts
from kure_hooks.apps.workload.inputs.security import PodSecurityContext
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import ObjectName
from kure_hooks.decoding.values import literal
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_OPTIONS = ("gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName", "hostProcess")
_LARGEST_SPEC = 64 * 1024
_LONGEST_USER = 104
_LONGEST_DOMAIN = 255

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_REFUSED = re.compile(r'["/\\:;|=,+*?<>@\[\]]')
_NETBIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DNS = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def _options_are_known(spec: Spec) -> Iterator[Problem]:
    for place, context in contexts(spec):
        for key, value in context.windows_options.items():
            here = (*place, "windowsOptions", key)
            if key not in _OPTIONS:
                yield here, f"Windows has no option {shown(key)}", " or ".join(_OPTIONS)
            elif key == "hostProcess" and value and not spec.host_network:
                problem = "a process of the host is on the host's network"
                yield here, problem, "hostNetwork: true for the pod"
            elif literal(value) and (refused := _refused(key, value)):
                yield here, *refused


def _refused(key: str, value: str) -> tuple[str, str] | None:
    """Return why the API server refuses a text, and what it takes."""
    if not value and key in ("gmsaCredentialSpec", "runAsUserName"):
        is_user = key == "runAsUserName"
        return f"the {'name' if is_user else 'spec'} is empty", (
            "Delete the key, or write a name."
            if is_user
            else "Delete the key, or write the content of a credential spec."
        )
    if key == "gmsaCredentialSpecName" and not is_of(ObjectName, value):
        problem = f'the API server refuses the name "{shown(value)}" of a credential spec'
        return problem, "the name of a GMSACredentialSpec"
    if key == "gmsaCredentialSpec" and len(value.encode()) > _LARGEST_SPEC:
        return f"the credential spec has {len(value.encode())} bytes", f"at most {_LARGEST_SPEC}"
    return _refused_user(value) if key == "runAsUserName" else None


def _refused_user(name: str) -> tuple[str, str] | None:
    """Return why a text is no user of Windows, with or without a domain in front."""
    *domains, user = name.split("\\")
    expected = "a user such as ContainerUser or DOMAIN\\user"
    if _CONTROL.search(name):
        return "the name of the user has a control character", expected
    if len(domains) > 1:
        return f'the user "{shown(name)}" has more than one backslash', expected
    for domain in domains:
        named = _NETBIOS.fullmatch(domain) or _DNS.fullmatch(domain)
        if not named or len(domain.encode()) > _LONGEST_DOMAIN:
            return f'"{shown(domain)}" is no domain of Windows', expected
    if not user.strip(" .") or _REFUSED.search(user):
        return f'the API server refuses the user "{shown(user)}"', expected
    if (length := len(user.encode())) > _LONGEST_USER:
        return f"the name of the user has {length} bytes", f"at most {_LONGEST_USER}"
    return None


def _containers_are_processes_of_the_host_together(spec: Spec) -> Iterator[Problem]:
    of_pod = _is_of_host(spec.security_context)
    own = {place: _is_of_host(each.security_context) for place, each in containers(spec)}
    some = any(of_pod if value is None else value for value in own.values())
    for place, value in own.items():
        differs = None not in (value, of_pod) and value != of_pod
        if differs or (some and not (of_pod if value is None else value)):
            key = ("securityContext", "windowsOptions", "hostProcess")
            problem = "the containers of a pod are processes of the host together, or none is"
            yield (
                (*place, *key),
                problem,
                "Set the same hostProcess for the pod and all containers.",
            )


def _is_of_host(context: PodSecurityContext | None) -> bool | None:
    value = context.windows_options.get("hostProcess") if context else None
    return None if value is None else bool(value)


CHECKS: Checks = {
    _options_are_known: ("securityContext", "containers.securityContext"),
    _containers_are_processes_of_the_host_together: (
        "securityContext",
        "containers.securityContext",
    ),
}
