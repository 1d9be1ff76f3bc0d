"""Routes of the Gateway API (v1.7, standard channel), as HTTPRoute and GRPCRoute have them."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.filters import BackendRef, Filter, HeaderName, HttpMethod
from kure_hooks.apps.workload.inputs.network import Host, UrlPath
from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Count,
    Fields,
    Name,
    ObjectName,
    Port,
    PortNumber,
    ServiceName,
    Text,
)
from kure_hooks.decoding.types import whole

MatchType = Literal["Exact", "RegularExpression"]
RouteTime = Annotated[
    str,
    Meta(
        pattern=whole("([0-9]{1,5}(h|m|s|ms)){1,4}"),
        description="a time such as 10s or 500ms, without decimals",
        examples=["10s", "500ms"],
    ),
]
FailureStatus = Annotated[
    int, Meta(ge=400, le=599, description="the status of a failure, from 400 to 599")
]
Weight = Annotated[int, Meta(ge=0, le=1_000_000, description="a weight from 0 to 1000000")]


class Gateway(Fields, frozen=True, kw_only=True):
    """A Gateway that a route is attached to."""

    name: ObjectName
    """The name of the Gateway."""
    namespace: Name | None = None
    """The namespace of the Gateway. Without it that of the application."""
    section_name: ObjectName | None = None
    """The listener of the Gateway. Without it all listeners that take the route."""


class ParentRef(Fields, frozen=True, kw_only=True):
    """A Gateway or another parent, with all its fields."""

    group: Text | None = None
    """The API group of the parent. Without it gateway.networking.k8s.io."""
    kind: Text | None = None
    """The kind of the parent. Without it Gateway."""
    namespace: Name | None = None
    """The namespace of the parent. Without it that of the application."""
    name: ObjectName
    """The name of the parent."""
    section_name: ObjectName | None = None
    """The listener of a Gateway, or the port of a Service. Without it all of them."""
    port: PortNumber | None = None
    """The port of the parent. Without it all of them."""


class HeaderMatch(Fields, frozen=True, kw_only=True):
    """A header or parameter of the query that a request has."""

    type: MatchType | None = None
    """How the value is compared. Without it Exact.

    - `Exact`: It is the same.
    - `RegularExpression`: It matches an expression, as the Gateway's controller reads it.
    """
    name: HeaderName
    """The name of the header or parameter."""
    value: Annotated[str, Meta(min_length=1, max_length=4096, description="a string")]
    """The value that it has."""


class PathMatch(Fields, frozen=True, kw_only=True):
    """The path of a request."""

    type: Literal["PathPrefix", "Exact", "RegularExpression"] | None = None
    """How the path is compared. Without it PathPrefix.

    - `PathPrefix`: By its parts, from the left.
    - `Exact`: As a whole.
    - `RegularExpression`: By an expression, as the Gateway's controller reads it.
    """
    value: Annotated[str, Meta(max_length=1024, description="a path such as /")] | None = None
    """The path. Without it /."""


class GrpcMethod(Fields, frozen=True, kw_only=True):
    """A method of gRPC: a service, a method of it, or both."""

    type: MatchType | None = None
    """How the names are compared. Without it Exact.

    - `Exact`: They are the same.
    - `RegularExpression`: They match an expression.
    """
    service: Text | None = None
    """The service of gRPC, such as acme.shop.v1.Orders. Without it all of them."""
    method: Text | None = None
    """The method of the service. Without it all of them."""


class RouteMatch(Fields, frozen=True, kw_only=True):
    """Conditions for a request, all of which have to hold."""

    path: UrlPath | PathMatch | None = None
    """The path that requests begin with, or a mapping that says how it is compared."""
    headers: tuple[HeaderMatch, ...] = ()
    """Headers that requests have."""
    query_params: tuple[HeaderMatch, ...] = ()
    """Parameters of the query that requests have."""
    method: HttpMethod | GrpcMethod | None = None
    """The method of the request: a word such as GET, or for a GRPCRoute a mapping.

    - `GET`: Reads.
    - `HEAD`: Reads the headers alone.
    - `POST`: Sends something to be worked on.
    - `PUT`: Replaces what is there.
    - `DELETE`: Deletes what is there.
    - `CONNECT`: Opens a tunnel.
    - `OPTIONS`: Asks what is permitted.
    - `TRACE`: Sends the request back.
    - `PATCH`: Changes a part of what is there.
    """


class WeightedBackend(BackendRef, frozen=True, kw_only=True):
    """A backend with its share of the requests."""

    weight: Weight | None = None
    """The share of the requests, in proportion to the others. Without it 1."""
    filters: tuple[Filter, ...] = ()
    """Filters for the requests that this backend gets."""


class Timeouts(Fields, frozen=True, kw_only=True):
    """The times that a request may take. 0s is no limit."""

    request: RouteTime | None = None
    """How long the whole request may take."""
    backend_request: RouteTime | None = None
    """How long one attempt at the backend may take."""


class Retry(Fields, frozen=True, kw_only=True):
    """Further attempts after a failure."""

    codes: tuple[FailureStatus, ...] = ()
    """The statuses of answers that are tried again."""
    attempts: Count | None = None
    """How many further attempts there are."""
    backoff: RouteTime | None = None
    """How long to wait between attempts at least."""


class RouteRule(Fields, frozen=True, kw_only=True):
    """Requests that match, what is done with them, and what answers them."""

    name: ObjectName | None = None
    """The name of the rule, which policies may refer to."""
    matches: tuple[RouteMatch, ...] = ()
    """Conditions, one of which has to hold. Without it all requests match."""
    filters: tuple[Filter, ...] = ()
    """Steps between a request and its answer."""
    backend_refs: tuple[WeightedBackend, ...] = ()
    """What answers. Without it the only Service of the application, unless a filter redirects."""
    timeouts: Timeouts | None = None
    """The times that a request may take, of an HTTPRoute."""
    retry: Retry | None = None
    """Further attempts after a failure, of an HTTPRoute."""


class Route(Fields, frozen=True, kw_only=True):
    """Either the short form (`path`, and a Service with its port) or `rules`, at a Gateway."""

    kind: Literal["HTTPRoute", "GRPCRoute"] = "HTTPRoute"
    """The kind of the route.

    - `HTTPRoute`: For HTTP, with or without TLS at the Gateway.
    - `GRPCRoute`: For gRPC, by services and methods.
    """
    name: ObjectName | None = None
    """The name of the route. Without it that of the application."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the route."""
    gateway: ObjectName | Gateway | None = None
    """The Gateway of the route: its name, or a mapping with its namespace and listener."""
    parent_refs: tuple[ParentRef, ...] = ()
    """Several parents, in place of `gateway`."""
    host: Host | None = None
    """The only host of the route. Without it those of the listener."""
    hostnames: tuple[Host, ...] = ()
    """The hosts of the route, in place of `host`."""
    path: UrlPath | None = None
    """The path that requests begin with, in the short form. Without it /."""
    service: ServiceName | None = None
    """The Service that answers, in the short form. Without it the only one of the application."""
    port: Port | None = None
    """The port of the Service, by number or name, in the short form. Without it the only one."""
    rules: tuple[RouteRule, ...] = ()
    """Rules with matches, filters and backends, in place of the short form."""
