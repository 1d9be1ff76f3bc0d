"""What the types of an AppWorkload can't say: fields that don't go together."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import to_builtins

from kure_hooks.apps.workload.build import NAME_LABEL
from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.yamlio import Pointer

Problem = tuple[Pointer, str, str]
Check = Callable[[Spec], Iterator[Problem]]

_ONLY_FOR = {
    "volume_claim_templates": ("volumeClaimTemplates", ("StatefulSet",)),
    "pod_management_policy": ("podManagementPolicy", ("StatefulSet",)),
    "persistent_volume_claim_retention_policy": (
        "persistentVolumeClaimRetentionPolicy",
        ("StatefulSet",),
    ),
    "strategy": ("strategy", ("Deployment",)),
    "progress_deadline_seconds": ("progressDeadlineSeconds", ("Deployment",)),
    "update_strategy": ("updateStrategy", ("StatefulSet", "DaemonSet")),
    "replicas": ("replicas", ("Deployment", "StatefulSet")),
    "autoscaling": ("autoscaling", ("Deployment", "StatefulSet")),
}


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield each problem: pointer inside the spec, what is wrong, what is expected."""
    for check in _CHECKS:
        yield from check(spec)


def _fields_fit_the_workload(spec: Spec) -> Iterator[Problem]:
    for name, (key, kinds) in _ONLY_FOR.items():
        if getattr(spec, name) not in (None, ()) and spec.workload not in kinds:
            yield (key,), f"a {spec.workload} has no {key}", f"workload {' or '.join(kinds)}"


def _selector_label_is_ours(spec: Spec) -> Iterator[Problem]:
    for key, labels in (("labels", spec.labels), ("podLabels", spec.pod_labels)):
        if NAME_LABEL in labels:
            problem = f"{NAME_LABEL} is the selector and always the application's name"
            yield (key, NAME_LABEL), problem, "another label"


def _names_differ(spec: Spec) -> Iterator[Problem]:
    lists = (
        ("containers", spec.containers),
        ("initContainers", spec.init_containers),
        ("volumes", spec.volumes),
        ("services", spec.services),
    )
    for key, items in lists:
        names = [each.name for each in items]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield (key, index, "name"), f"{name} is already in the list", "each name once"


def _volumes_have_one_source(spec: Spec) -> Iterator[Problem]:
    for index, volume in enumerate(spec.volumes):
        sources = [key for key in to_builtins(volume) if key != "name"]
        if len(sources) != 1:
            found = ", ".join(sources) or "none"
            problem = f"volume {volume.name} needs exactly one source and has {found}"
            yield ("volumes", index), problem, "one source such as emptyDir: {}"


def _mounts_have_volumes(spec: Spec) -> Iterator[Problem]:
    known = {each.name for each in spec.volumes}
    known |= {each.metadata.name for each in spec.volume_claim_templates}
    for at, container in _containers(spec):
        for index, mount in enumerate(container.volume_mounts):
            if mount.name not in known:
                problem = f"there is no volume {mount.name}"
                expected = nearest(mount.name, known) or "a volume of that name"
                yield (*at, "volumeMounts", index, "name"), problem, expected


def _variables_have_one_value(spec: Spec) -> Iterator[Problem]:
    for at, container in _containers(spec):
        for index, variable in enumerate(container.env):
            if variable.value is not None and variable.value_from is not None:
                problem = f"{variable.name} has value and valueFrom"
                yield (*at, "env", index), problem, "one of the two"


def _containers(spec: Spec) -> Iterator[tuple[Pointer, Container]]:
    """Yield every container of the pod and where it stands."""
    for index, container in enumerate(spec.containers):
        yield ("containers", index), container
    for index, container in enumerate(spec.init_containers):
        yield ("initContainers", index), container


def _services_have_ports(spec: Spec) -> Iterator[Problem]:
    for index, service in enumerate(spec.services):
        if service.port is None and not service.ports:
            yield ("services", index), f"service {service.name} has no port", "port or ports"


def _ingress_is_whole(spec: Spec) -> Iterator[Problem]:
    ingress = spec.ingress
    if ingress is None or ingress.rules:
        return
    if ingress.service_name is None:
        yield ("ingress", "serviceName"), "this required key is missing", "a service, or rules"
    if (ingress.service_port is None) == (ingress.service_port_name is None):
        problem = "the port of the service is missing or given twice"
        yield ("ingress",), problem, "servicePort or servicePortName"


def _budget_has_one_limit(spec: Spec) -> Iterator[Problem]:
    budget = spec.pod_disruption_budget
    if budget and (budget.min_available is None) == (budget.max_unavailable is None):
        problem = "the budget needs exactly one limit"
        yield ("podDisruptionBudget",), problem, "minAvailable or maxUnavailable"


_CHECKS: Sequence[Check] = (
    _fields_fit_the_workload,
    _selector_label_is_ours,
    _names_differ,
    _volumes_have_one_source,
    _mounts_have_volumes,
    _variables_have_one_value,
    _services_have_ports,
    _ingress_is_whole,
    _budget_has_one_limit,
)
