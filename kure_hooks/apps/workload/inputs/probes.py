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

UrlPath = Annotated[
    str, Meta(pattern="^/", description="a path such as /healthz", examples=["/healthz"])
]
_HEADER = "the name of a header: letters, digits and '-'"


class ExecAction(Fields, frozen=True, kw_only=True):
    """A command run inside the container; it is healthy when the command ends with 0."""

    command: Annotated[tuple[Text, ...], Meta(min_length=1)]
    """The program and its arguments. No shell is involved."""


class HttpHeader(Fields, frozen=True, kw_only=True):
    """One header of a request."""

    name: Annotated[str, Meta(pattern=whole("[-A-Za-z0-9]+"), description=_HEADER)]
    """The name of the header, such as Host."""
    value: Text
    """The value of the header."""


class HttpGetAction(Fields, frozen=True, kw_only=True):
    """A request to the container; it is healthy when the answer is 200 to 399."""

    path: Text | None = None
    """The path of the request. Kubernetes' default is /."""
    port: Port
    """The port of the container, by number or name."""
    host: Text | None = None
    """The host that is asked. Without it the pod itself."""
    scheme: Scheme | None = None
    """The scheme of the request. Kubernetes' default is HTTP."""
    http_headers: tuple[HttpHeader, ...] = ()
    """Headers of the request."""


class TcpSocketAction(Fields, frozen=True, kw_only=True):
    """A connection to the container; it is healthy when the port accepts it."""

    port: Port
    """The port of the container, by number or name."""
    host: Text | None = None
    """The host that is connected to. Without it the pod itself."""


class GrpcAction(Fields, frozen=True, kw_only=True):
    """A gRPC health check."""

    port: PortNumber
    """The port of the gRPC server."""
    service: Text | None = None
    """The service that is asked about. Without it the whole server."""


class SleepAction(Fields, frozen=True, kw_only=True):
    """A pause."""

    seconds: Seconds
    """How long to wait, in seconds."""


class Probe(Fields, frozen=True, kw_only=True):
    """A question asked again and again: exactly one of exec, httpGet, tcpSocket and grpc."""

    exec: ExecAction | None = None
    """A program in the container. The probe succeeds when it ends with 0."""
    http_get: HttpGetAction | None = None
    """A request by HTTP. The probe succeeds with a status from 200 to 399."""
    tcp_socket: TcpSocketAction | None = None
    """A connection by TCP. The probe succeeds when it is accepted."""
    grpc: GrpcAction | None = None
    """A gRPC health check. The probe succeeds when the answer is SERVING."""
    initial_delay_seconds: Seconds | None = None
    """How long to wait before the first probe, in seconds. Kubernetes' default is 0."""
    period_seconds: SomeSeconds | None = None
    """How often to probe, in seconds. Kubernetes' default is 10."""
    timeout_seconds: SomeSeconds | None = None
    """How long an answer may take, in seconds. Kubernetes' default is 1."""
    success_threshold: Positive | None = None
    """How many successes in a row it takes. Kubernetes' default is 1."""
    failure_threshold: Positive | None = None
    """How many failures in a row it takes. Kubernetes' default is 3."""
    termination_grace_period_seconds: SomeSeconds | None = None
    """How long the container may take to stop after a failure, in seconds."""


class ShortProbe(Fields, frozen=True, kw_only=True):
    """A probe by HTTP with a path, or by TCP without one."""

    path: UrlPath | None = None
    """The path of a request by HTTP. Without it a connection to the port is enough."""
    port: Port | None = None
    """The port of the container, by number or name. Without it its only port, or the one that is
    called http."""


class LifecycleHandler(Fields, frozen=True, kw_only=True):
    """The action of a hook: exactly one of exec, httpGet, tcpSocket and sleep."""

    exec: ExecAction | None = None
    """A program in the container."""
    http_get: HttpGetAction | None = None
    """A request to the container by HTTP."""
    tcp_socket: TcpSocketAction | None = None
    """A connection by TCP, which Kubernetes no longer carries out."""
    sleep: SleepAction | None = None
    """A pause of some seconds."""


class Lifecycle(Fields, frozen=True, kw_only=True):
    """Hooks after a container starts and before it stops."""

    post_start: LifecycleHandler | None = None
    """What is run right after the container has started."""
    pre_stop: LifecycleHandler | None = None
    """What is run before the container is stopped."""
    stop_signal: Annotated[str, Meta(description="a signal such as SIGTERM")] | None = None
    """The signal that stops the container, such as SIGTERM. Without it that of the image."""
