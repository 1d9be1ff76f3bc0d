"""Pods beside their containers: users, name resolution, tolerations, topology and deadlines."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.affinity import affinity_problems
from kure_hooks.decoding.kernel import (
    MOST_NAME_SERVERS,
    MOST_SEARCHES,
    is_search_domain,
    is_sysctl,
)
from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.decoding.values import canonical, entries, key_problem, literal, mapping
from kure_hooks.validators.admission.check import Pod, error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_MOST = 2**31 - 1
_IDENTIFIERS = ("runAsUser", "runAsGroup", "fsGroup")


@error("VA148")
def _security(pod: Pod) -> Iterator[Problem]:
    contexts: list[tuple[Pointer, Mapping[str, Any]]] = [((), pod.spec), *pod.containers]
    for above, part in contexts:
        context = mapping(part, "securityContext")
        place = (*above, "securityContext")
        for key in _IDENTIFIERS:
            number = context.get(key)
            if isinstance(number, int) and not 0 <= number <= _MOST:
                yield (*place, key), f"there is no number {number} of a user", "zero or more"
        if context.get("privileged") is True and context.get("allowPrivilegeEscalation") is False:
            problem = "a privileged container can always gain privileges"
            yield (*place, "allowPrivilegeEscalation"), problem, "Delete privileged: true."
        profile = mapping(context, "seccompProfile")
        if profile and profile.get("type") in (None, ""):
            problem = "the profile has no type"
            yield (*place, "seccompProfile", "type"), problem, "RuntimeDefault or Localhost"
        if profile.get("type") == "Localhost" and profile.get("localhostProfile") is None:
            here = (*place, "seccompProfile", "localhostProfile")
            yield here, "the type Localhost needs a profile", "Add the key localhostProfile."


@error("VA149")
def _placement(pod: Pod) -> Iterator[Problem]:
    deadline, servers = pod.spec.get("activeDeadlineSeconds"), mapping(pod.spec, "dnsConfig")
    if isinstance(deadline, int) and deadline < 1:
        yield ("activeDeadlineSeconds",), f"the deadline is {deadline} seconds", "one or more"
    if pod.spec.get("dnsPolicy") == "None" and not servers.get("nameservers"):
        problem = "dnsPolicy None leaves the pods without a name server"
        yield ("dnsPolicy",), problem, "nameservers in dnsConfig"
    for at, toleration in entries(pod.spec, "tolerations"):
        yield from _toleration(("tolerations", at), toleration)
    yield from affinity_problems(("affinity",), pod.spec.get("affinity"))
    for at, spread in entries(pod.spec, "topologySpreadConstraints"):
        place = ("topologySpreadConstraints", at)
        skew = spread.get("maxSkew")
        if isinstance(skew, int) and skew < 1:
            yield (*place, "maxSkew"), f"maxSkew is {skew}", "one or more"
        yield from selector_problems((*place, "labelSelector"), spread.get("labelSelector"))


def _toleration(place: Pointer, toleration: Mapping[str, Any]) -> Iterator[Problem]:
    operator, key = toleration.get("operator"), toleration.get("key")
    if not key and operator in (None, "", "Equal"):
        problem = "a toleration without a key bears every taint"
        yield (*place, "operator"), problem, "a key, or operator: Exists"
    elif refused := key_problem(key or None):
        yield (*place, "key"), *refused
    if toleration.get("value") and operator == "Exists":
        yield (
            (*place, "value"),
            "operator Exists takes no value",
            "Set operator: Equal, or delete the value.",
        )
    effect = toleration.get("effect", "")
    if (
        toleration.get("tolerationSeconds") is not None
        and effect != "NoExecute"
        and literal(effect)
    ):
        problem = "only the effect NoExecute ends after a time"
        yield (*place, "tolerationSeconds"), problem, "effect: NoExecute"


@error("VA149")
def _resolution(pod: Pod) -> Iterator[Problem]:
    config = mapping(pod.spec, "dnsConfig")
    for key, most, judge, words in _RESOLUTION:
        values = config.get(key)
        values = values if isinstance(values, list) else []
        if len(values) > most:
            yield ("dnsConfig", key), f"these are {len(values)} {key}", f"at most {most}"
        for at, value in enumerate(values):
            if literal(value) and not judge(value):
                yield ("dnsConfig", key, at), f'the API server refuses "{shown(value)}"', words


@error("VA149")
def _hosts_and_kernel(pod: Pod) -> Iterator[Problem]:
    for at, alias in entries(pod.spec, "hostAliases"):
        address = alias.get("ip")
        if literal(address) and not canonical(address):
            problem = f'"{shown(address)}" is no IP address'
            yield ("hostAliases", at, "ip"), problem, "one such as 10.0.0.10"
    for at, sysctl in entries(mapping(pod.spec, "securityContext"), "sysctls"):
        name = sysctl.get("name")
        if literal(name) and not is_sysctl(name):
            problem = f'the API server refuses the sysctl "{shown(name)}"'
            yield ("securityContext", "sysctls", at, "name"), problem, "net.core.somaxconn"
    for at, gate in entries(pod.spec, "readinessGates"):
        if refused := key_problem(gate.get("conditionType")):
            yield ("readinessGates", at, "conditionType"), *refused


_RESOLUTION = (
    ("nameservers", MOST_NAME_SERVERS, canonical, "an address such as 10.0.0.10"),
    ("searches", MOST_SEARCHES, is_search_domain, "a domain such as svc.example.com"),
)
CHECKS = (_security, _placement, _resolution, _hosts_and_kernel)
