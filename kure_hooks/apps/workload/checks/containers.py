"""Containers: their names, variables, probes and security contexts."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.apps.workload.checks.common import (
    Checks,
    containers,
    distinct,
    exactly_one,
    given,
    known,
)
from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.probes import LifecycleHandler, Probe
from kure_hooks.apps.workload.security import pod_settings
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import distinct_keys
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_GRACE = 30
"""The terminationGracePeriodSeconds of a pod that has none."""

_PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_SIDECAR_ONLY = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")


def _names_differ(spec: Spec) -> Iterator[Problem]:
    yield from distinct(((*place, "name"), each.name) for place, each in containers(spec))
    for place, container in containers(spec):
        yield from distinct(
            ((*place, "ports", at, "name"), port.name)
            for at, port in enumerate(container.listening)
        )
        yield from distinct(
            ((*place, "env", at, "name"), each.name) for at, each in enumerate(container.variables)
        )


def _variables_have_one_source(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        for at, variable in enumerate(container.variables):
            here = (*place, "env", at)
            if variable.value_from is None:
                continue
            if variable.value is not None:
                yield here, f"{variable.name} has value and valueFrom", "Keep one of the two."
            expected = "fieldRef, resourceFieldRef, configMapKeyRef and secretKeyRef"
            yield from exactly_one((*here, "valueFrom"), given(variable.value_from), expected)
        for at, source in enumerate(container.env_from):
            keys = [key for key in given(source) if key != "prefix"]
            yield from exactly_one((*place, "envFrom", at), keys, "configMapRef and secretRef")


def _restart_policy_is_for_sidecars(spec: Spec) -> Iterator[Problem]:
    for at, container in enumerate(spec.containers):
        if container.restart_policy:
            problem = "only an init container has a restartPolicy, which makes it a sidecar"
            yield ("containers", at, "restartPolicy"), problem, "Move it to initContainers."
    for at, container in enumerate(spec.init_containers):
        for key in given(container):
            if key in _SIDECAR_ONLY and container.restart_policy is None:
                problem = f"an init container that is no sidecar has no {key}"
                yield ("initContainers", at, key), problem, "restartPolicy: Always"


def _probes_ask_one_question(spec: Spec) -> Iterator[Problem]:
    for place, probe, container in _probes(spec):
        keys = [key for key in given(probe) if key in _PROBE_HANDLERS]
        yield from exactly_one(place, keys, "exec, httpGet, tcpSocket and grpc")
        yield from _port_exists(place, probe, container)
        if place[-1] != "readinessProbe" and probe.success_threshold not in (None, 1):
            problem = f"a {place[-1]} succeeds at the first success"
            yield (*place, "successThreshold"), problem, "successThreshold: 1"
        if place[-1] == "readinessProbe" and probe.termination_grace_period_seconds is not None:
            problem = "a readinessProbe ends no container"
            expected = "the key in a livenessProbe or startupProbe"
            yield (*place, "terminationGracePeriodSeconds"), problem, expected


def _lifecycle_does_one_thing(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        if container.lifecycle is None:
            continue
        for key, handler in (
            ("postStart", container.lifecycle.post_start),
            ("preStop", container.lifecycle.pre_stop),
        ):
            if handler:
                here = (*place, "lifecycle", key)
                expected = "exec, httpGet, tcpSocket and sleep"
                yield from exactly_one(here, given(handler), expected)
                yield from _port_exists(here, handler, container)
                yield from _sleep_ends(here, handler, spec)


def _sleep_ends(place: Pointer, handler: LifecycleHandler, spec: Spec) -> Iterator[Problem]:
    grace = spec.termination_grace_period_seconds
    most = _GRACE if grace is None else grace
    if handler.sleep and handler.sleep.seconds > most:
        problem = f"the pod is given only {most} seconds to end"
        expected = f"at most {most}, or a longer terminationGracePeriodSeconds"
        yield (*place, "sleep", "seconds"), problem, expected


def _probes(spec: Spec) -> Iterator[tuple[Pointer, Probe, Container]]:
    for place, container in containers(spec):
        for key, probe in (
            ("livenessProbe", container.liveness_probe),
            ("readinessProbe", container.readiness_probe),
            ("startupProbe", container.startup_probe),
        ):
            if probe:
                yield (*place, key), probe, container


def _port_exists(
    place: Pointer, handler: Probe | LifecycleHandler, container: Container
) -> Iterator[Problem]:
    names = [port.name for port in container.listening if port.name]
    for key, action in (("httpGet", handler.http_get), ("tcpSocket", handler.tcp_socket)):
        if action and isinstance(action.port, str) and action.port not in names:
            problem = f"the container has no port named {action.port}"
            yield (*place, key, "port"), problem, known(action.port, names)


def _claims_exist(spec: Spec) -> Iterator[Problem]:
    names = [resource_claim.name for resource_claim in spec.resource_claims]
    for place, container in containers(spec):
        claims = list(enumerate(container.resources.claims if container.resources else ()))
        yield from distinct_keys(
            ((*place, "resources", "claims", at, "name"), claim.name, claim.name)
            for at, claim in claims
        )
        for at, claim in claims:
            if claim.name not in names:
                here = (*place, "resources", "claims", at, "name")
                yield here, f"there is no resource claim {claim.name}", known(claim.name, names)


def _pod_settings_agree(spec: Spec) -> Iterator[Problem]:
    chosen: dict[str, Any] = {}
    for setting in pod_settings(spec):
        if chosen.setdefault(setting.name, setting.value) != setting.value:
            key = setting.pointer[-1]
            problem = f"a pod has one {key}, and another value of it is given elsewhere"
            yield setting.pointer, problem, f"Write one value, as securityContext.{key}."


CHECKS: Checks = {
    _names_differ: ("containers",),
    _variables_have_one_source: ("containers.env", "containers.envFrom"),
    _restart_policy_is_for_sidecars: ("containers.restartPolicy", "initContainers"),
    _probes_ask_one_question: (
        "containers.livenessProbe",
        "containers.readinessProbe",
        "containers.startupProbe",
    ),
    _lifecycle_does_one_thing: ("containers.lifecycle",),
    _claims_exist: ("containers.resources",),
    _pod_settings_agree: ("securityContext", "containers.securityContext"),
}
