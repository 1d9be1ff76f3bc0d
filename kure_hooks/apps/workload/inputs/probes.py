"""Probes and lifecycle hooks: how the kubelet talks to a container."""

from typing import Annotated

from msgspec import Meta

from kure_hooks.apps.workload.inputs.terms import (
    Fields,
    Port,
    PortNumber,
    Positive,
    Scheme,
    Seconds,
    SomeSeconds,
    Text,
)
from kure_hooks.decoding.types import whole

_HEADER = "the name of a header: letters, digits and '-'"


class ExecAction(Fields, frozen=True, kw_only=True):
    """A command run inside the container; it is healthy when the command ends with 0."""

    command: Annotated[tuple[Text, ...], Meta(min_length=1)]


class HttpHeader(Fields, frozen=True, kw_only=True):
    """One header of a request."""

    name: Annotated[str, Meta(pattern=whole("[-A-Za-z0-9]+"), description=_HEADER)]
    value: Text


class HttpGetAction(Fields, frozen=True, kw_only=True):
    """A request to the container; it is healthy when the answer is 200 to 399."""

    path: Text | None = None
    port: Port
    host: Text | None = None
    scheme: Scheme | None = None
    http_headers: tuple[HttpHeader, ...] = ()


class TcpSocketAction(Fields, frozen=True, kw_only=True):
    """A connection to the container; it is healthy when the port accepts it."""

    port: Port
    host: Text | None = None


class GrpcAction(Fields, frozen=True, kw_only=True):
    """A gRPC health check."""

    port: PortNumber
    service: Text | None = None


class SleepAction(Fields, frozen=True, kw_only=True):
    """A pause."""

    seconds: Seconds


class Probe(Fields, frozen=True, kw_only=True):
    """A question asked again and again: exactly one of exec, httpGet, tcpSocket and grpc."""

    exec: ExecAction | None = None
    http_get: HttpGetAction | None = None
    tcp_socket: TcpSocketAction | None = None
    grpc: GrpcAction | None = None
    initial_delay_seconds: Seconds | None = None
    period_seconds: SomeSeconds | None = None
    timeout_seconds: SomeSeconds | None = None
    success_threshold: Positive | None = None
    failure_threshold: Positive | None = None
    termination_grace_period_seconds: SomeSeconds | None = None


class LifecycleHandler(Fields, frozen=True, kw_only=True):
    """The action of a hook: exactly one of exec, httpGet, tcpSocket and sleep."""

    exec: ExecAction | None = None
    http_get: HttpGetAction | None = None
    tcp_socket: TcpSocketAction | None = None
    sleep: SleepAction | None = None


class Lifecycle(Fields, frozen=True, kw_only=True):
    """Hooks after a container starts and before it stops."""

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: Annotated[str, Meta(description="a signal such as SIGTERM")] | None = None
