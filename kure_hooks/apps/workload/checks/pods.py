"""Checks of pods: the host's namespaces, kernel parameters, name resolution, placement."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, label_selector
from kure_hooks.apps.workload.inputs.pods import DnsConfig, Toleration
from kure_hooks.apps.workload.security import pod_settings
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.affinity import affinity_problems
from kure_hooks.decoding.kernel import (
    MOST_NAME_SERVERS,
    MOST_SEARCHES,
    is_search_domain,
    is_sysctl,
)
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelValue, ObjectName
from kure_hooks.decoding.values import (
    distinct_keys,
    is_address,
    key_problem,
    listed_twice,
    literal,
    repeated,
)
from kure_hooks.manifests import plain
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_LONGEST_SEARCHES = 2048

_OF_IPC = ("kernel.shm", "kernel.msg", "fs.mqueue.", "kernel.sem")


def _processes_are_seen_in_one_way(spec: Spec) -> Iterator[Problem]:
    if spec.share_process_namespace and spec.host_pid:
        problem = "shareProcessNamespace and hostPID exclude each other"
        yield ("shareProcessNamespace",), problem, "Keep one of the two."


def _sysctls_are_of_the_pod(spec: Spec) -> Iterator[Problem]:
    """The parameters of a namespace that the pod shares with its host are the host's."""
    for setting in pod_settings(spec):
        if setting.name != "sysctls":
            continue
        places = [
            ((*setting.pointer, at, "name"), each.name) for at, each in enumerate(setting.value)
        ]
        names = [(place, name) for place, name in places if literal(name)]
        for place, name in repeated(names):
            yield place, *listed_twice(shown(name))
        for place, name in names:
            shared = [
                key
                for key, on, prefixes in (
                    ("hostNetwork", spec.host_network, ("net.",)),
                    ("hostIPC", spec.host_ipc, _OF_IPC),
                )
                if on and _is_within(name.replace("/", "."), prefixes)
            ]
            if not is_sysctl(name):
                problem = f'the API server refuses the sysctl "{shown(name)}"'
                yield place, problem, "net.core.somaxconn"
            elif shared:
                problem = f"with {shared[0]} the sysctl {shown(name)} is the host's"
                yield place, problem, "Delete it."


def _is_within(name: str, prefixes: tuple[str, ...]) -> bool:
    return name.startswith(prefixes) and (name == "kernel.sem" or not name.startswith("kernel.sem"))


def _names_are_resolved(spec: Spec) -> Iterator[Problem]:
    config = spec.dns_config
    if spec.dns_policy == "None" and not (config and config.nameservers):
        problem = "dnsPolicy None leaves the pods without a name server"
        yield ("dnsPolicy",), problem, "nameservers in dnsConfig"
    if config:
        yield from _name_servers(config)
        yield from _search_domains(config)
    for at, option in enumerate(config.options if config else ()):
        if not option.name:
            yield ("dnsConfig", "options", at, "name"), "the option has no name", "a name"


def _name_servers(config: DnsConfig) -> Iterator[Problem]:
    for at, server in enumerate(config.nameservers):
        if literal(server) and not is_address(server):
            problem = f'the name server "{shown(server)}" is no IP address'
            yield ("dnsConfig", "nameservers", at), problem, "an address such as 10.0.0.10"
    if (count := len(config.nameservers)) > MOST_NAME_SERVERS:
        problem = f"these are {count} nameservers"
        yield ("dnsConfig", "nameservers"), problem, f"at most {MOST_NAME_SERVERS}"


def _search_domains(config: DnsConfig) -> Iterator[Problem]:
    if (count := len(config.searches)) > MOST_SEARCHES:
        yield ("dnsConfig", "searches"), f"these are {count} searches", f"at most {MOST_SEARCHES}"
    if len(" ".join(config.searches)) > _LONGEST_SEARCHES:
        problem = "the search domains have more than 2048 characters together"
        yield ("dnsConfig", "searches"), problem, "Use fewer or shorter ones."
    for at, domain in enumerate(config.searches):
        if literal(domain) and not is_search_domain(domain):
            problem = f'the API server refuses the search domain "{shown(domain)}"'
            yield ("dnsConfig", "searches", at), problem, "a domain such as svc.example.com"


def _host_aliases_are_lines_of_a_hosts_file(spec: Spec) -> Iterator[Problem]:
    place: Pointer = ("hostAliases",)
    aliases = list(enumerate(spec.host_aliases))
    for here, address in repeated(((*place, at, "ip"), each.ip) for at, each in aliases):
        yield here, *listed_twice(shown(address))
    for at, alias in aliases:
        if literal(alias.ip) and not is_address(alias.ip):
            yield (
                (*place, at, "ip"),
                f'"{shown(alias.ip)}" is no IP address',
                "Write one such as 10.0.0.10.",
            )
        for index, name in enumerate(alias.hostnames):
            if literal(name) and not is_of(ObjectName, name):
                problem = f'the API server refuses the host name "{shown(name)}"'
                yield (*place, at, "hostnames", index), problem, "a name such as db.example.com"


def _tolerations_bear_a_taint(spec: Spec) -> Iterator[Problem]:
    for at, toleration in enumerate(spec.tolerations):
        for key, problem, expected in _toleration(toleration):
            yield ("tolerations", at, key), problem, expected


def _toleration(toleration: Toleration) -> Iterator[tuple[str, str, str]]:
    exists = toleration.operator == "Exists"
    if not toleration.key and not exists:
        yield "key", "a toleration without a key bears every taint", "a key, or operator: Exists"
    elif refused := key_problem(toleration.key or None):
        yield "key", *refused
    if toleration.value and exists:
        yield "value", "operator Exists takes no value", "Set operator: Equal, or delete the value."
    elif literal(toleration.value) and not is_of(LabelValue, toleration.value):
        problem = f'the API server refuses the value "{shown(toleration.value)}" of a taint'
        yield "value", *(problem, "at most 63 letters, digits and inner '-', '_' or '.'")
    if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
        yield (
            "tolerationSeconds",
            "only the effect NoExecute ends after a time",
            "effect: NoExecute",
        )


def _spread_is_over_domains(spec: Spec) -> Iterator[Problem]:
    spread = list(enumerate(spec.topology_spread_constraints))
    keys = (
        (
            ("topologySpreadConstraints", at, "topologyKey"),
            (each.topology_key, each.when_unsatisfiable),
        )
        for at, each in spread
    )
    for here, (key, unsatisfiable) in repeated(keys):
        yield here, *listed_twice(f"{shown(key)} with {unsatisfiable}")
    for at, each in spread:
        place = ("topologySpreadConstraints", at)
        if not each.topology_key:
            problem = "the constraint has no topologyKey"
            yield (*place, "topologyKey"), problem, "a key such as kubernetes.io/hostname"
        for index, key in enumerate(each.match_label_keys):
            if refused := key_problem(key):
                yield (*place, "matchLabelKeys", index), *refused
        if each.min_domains and each.when_unsatisfiable != "DoNotSchedule":
            problem = f"whenUnsatisfiable {each.when_unsatisfiable} takes no minDomains"
            yield (*place, "minDomains"), problem, "whenUnsatisfiable: DoNotSchedule"
        yield from label_selector((*place, "labelSelector"), each.label_selector)


def _names_differ(spec: Spec) -> Iterator[Problem]:
    secrets = [
        image_pull_secret if isinstance(image_pull_secret, str) else image_pull_secret.name
        for image_pull_secret in spec.image_pull_secrets
    ]
    yield from distinct_keys(
        (("imagePullSecrets", at), name, name) for at, name in enumerate(secrets)
    )
    yield from distinct_keys(
        (("resourceClaims", at, "name"), resource_claim.name, resource_claim.name)
        for at, resource_claim in enumerate(spec.resource_claims)
    )


def _affinity_is_whole(spec: Spec) -> Iterator[Problem]:
    if spec.affinity:
        yield from affinity_problems(("affinity",), plain(spec.affinity), closed=True)


CHECKS: Checks = {
    _processes_are_seen_in_one_way: ("shareProcessNamespace",),
    _sysctls_are_of_the_pod: ("securityContext", "containers.securityContext"),
    _names_are_resolved: ("dnsPolicy", "dnsConfig"),
    _host_aliases_are_lines_of_a_hosts_file: ("hostAliases",),
    _affinity_is_whole: ("affinity",),
    _tolerations_bear_a_taint: ("tolerations",),
    _spread_is_over_domains: ("topologySpreadConstraints",),
    _names_differ: ("imagePullSecrets", "resourceClaims"),
}
