"""Filters of routes (Gateway API v1.7), and the backends that routes and filters lead to."""

from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.apps.workload.inputs.network import Host
from kure_hooks.apps.workload.inputs.terms import (
    Count,
    Fields,
    Name,
    ObjectName,
    Port,
    PortNumber,
    Text,
)
from kure_hooks.decoding.types import whole

HttpMethod = Literal["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]
CorsMethod = Literal[HttpMethod, "*"]
HeaderName = Annotated[
    str,
    Meta(
        pattern=whole(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+"),
        max_length=256,
        description="the name of a header, such as X-Canary",
        examples=["X-Canary"],
    ),
]
RedirectStatus = Annotated[
    int, Meta(ge=301, le=308, description="one of the statuses 301, 302, 303, 307 and 308")
]


class Header(Fields, frozen=True, kw_only=True):
    """A header and its value."""

    name: HeaderName
    """The name of the header."""
    value: Annotated[str, Meta(min_length=1, max_length=4096, description="a string")]
    """The value of the header."""


class HeaderModifier(Fields, frozen=True, kw_only=True):
    """Changes of headers."""

    set: tuple[Header, ...] = ()
    """Headers that get this value, whether they were there or not."""
    add: tuple[Header, ...] = ()
    """Values that are added to headers."""
    remove: tuple[HeaderName, ...] = ()
    """Headers that are taken away."""


class PathModifier(Fields, frozen=True, kw_only=True):
    """A change of the path: all of it, or the prefix that matched."""

    type: Literal["ReplaceFullPath", "ReplacePrefixMatch"] | None = None
    """What is replaced. Without it what the other key says.

    - `ReplaceFullPath`: The whole path.
    - `ReplacePrefixMatch`: The prefix that the path of the match has.
    """
    replace_full_path: Text | None = None
    """The path that stands in the place of the whole one."""
    replace_prefix_match: Text | None = None
    """What stands in the place of the prefix."""


class Redirect(Fields, frozen=True, kw_only=True):
    """An answer that sends the client elsewhere."""

    scheme: Literal["http", "https"] | None = None
    """The scheme of the new address. Without it that of the request.

    - `http`: Without TLS.
    - `https`: With TLS.
    """
    hostname: Host | None = None
    """The host of the new address. Without it that of the request."""
    path: PathModifier | None = None
    """The path of the new address. Without it that of the request."""
    port: PortNumber | None = None
    """The port of the new address. Without it that of the scheme."""
    status_code: RedirectStatus | None = None
    """The status of the answer. Without it 302."""


class Rewrite(Fields, frozen=True, kw_only=True):
    """Changes of the request's address on its way to the backend."""

    hostname: Host | None = None
    """The host that the backend is told."""
    path: PathModifier | None = None
    """The path that the backend is told."""


class ObjectRef(Fields, frozen=True, kw_only=True):
    """An object of the namespace, by group, kind and name."""

    group: Text
    """The API group of the object, empty for the core group."""
    kind: Text
    """The kind of the object."""
    name: ObjectName
    """The name of the object."""


class BackendRef(Fields, frozen=True, kw_only=True):
    """A Service, or another object, that answers."""

    group: Text | None = None
    """The API group of the object. Without it the core group, which Services are in."""
    kind: Text | None = None
    """The kind of the object. Without it Service."""
    name: ObjectName | None = None
    """The name of the Service. Without it the only one of the application."""
    namespace: Name | None = None
    """The namespace of the Service, which needs a ReferenceGrant there."""
    port: Port | None = None
    """The port of the Service, by number or, for a Service of the application, by name. Without it
    the only one."""


class Fraction(Fields, frozen=True, kw_only=True):
    """A share of the requests, such as 1 of 1000."""

    numerator: Count
    """How many requests of `denominator`."""
    denominator: Annotated[int, Meta(ge=1, description="a whole number, one or more")] | None = None
    """Of how many requests. Without it 100."""


class Mirror(Fields, frozen=True, kw_only=True):
    """A copy of requests for another backend, whose answers are dropped."""

    backend_ref: BackendRef
    """The backend that gets the copies."""
    percent: Annotated[int, Meta(ge=0, le=100, description="a number from 0 to 100")] | None = None
    """The share of requests that are copied, in percent. Without it all."""
    fraction: Fraction | None = None
    """The share of requests that are copied, more exactly."""


class Cors(Fields, frozen=True, kw_only=True):
    """The answers to browsers that ask from pages of other origins."""

    allow_origins: tuple[Text, ...] = ()
    """The origins that may ask, such as https://www.example.com, or `*` alone."""
    allow_credentials: bool | None = None
    """Let requests bring cookies and other credentials along."""
    allow_methods: tuple[CorsMethod, ...] = ()
    """The methods that may be asked with, or `*` alone.

    - `GET`: Reads.
    - `HEAD`: Reads the headers alone.
    - `POST`: Sends something to be worked on.
    - `PUT`: Replaces what is there.
    - `DELETE`: Deletes what is there.
    - `CONNECT`: Opens a tunnel.
    - `OPTIONS`: Asks what is permitted.
    - `TRACE`: Sends the request back.
    - `PATCH`: Changes a part of what is there.
    - `*`: Any of them.
    """
    allow_headers: tuple[Text, ...] = ()
    """The headers that requests may have, or `*` alone."""
    expose_headers: tuple[Text, ...] = ()
    """The headers of answers that pages may read."""
    max_age: Annotated[int, Meta(ge=1, description="seconds, one or more")] | None = None
    """How long a browser remembers the answer, in seconds. Without it 5."""


class Filter(Fields, frozen=True, kw_only=True):
    """One step between a request and its answer: exactly one of the keys beside `type`."""

    type: (
        Literal[
            "RequestHeaderModifier",
            "ResponseHeaderModifier",
            "RequestMirror",
            "RequestRedirect",
            "URLRewrite",
            "CORS",
            "ExtensionRef",
        ]
        | None
    ) = None
    """The type of the filter. Without it what the other key says.

    - `RequestHeaderModifier`: It has `requestHeaderModifier`.
    - `ResponseHeaderModifier`: It has `responseHeaderModifier`.
    - `RequestMirror`: It has `requestMirror`.
    - `RequestRedirect`: It has `requestRedirect`.
    - `URLRewrite`: It has `urlRewrite`.
    - `CORS`: It has `cors`.
    - `ExtensionRef`: It has `extensionRef`.
    """
    request_header_modifier: HeaderModifier | None = None
    """Change headers of the request."""
    response_header_modifier: HeaderModifier | None = None
    """Change headers of the answer."""
    request_mirror: Mirror | None = None
    """Send copies of requests to another backend."""
    request_redirect: Redirect | None = None
    """Send the client elsewhere. There is no backend then."""
    url_rewrite: Rewrite | None = None
    """Change host and path on the way to the backend."""
    cors: Cors | None = None
    """Answer browsers that ask from pages of other origins."""
    extension_ref: ObjectRef | None = None
    """A filter of the Gateway's controller, such as a Middleware of Traefik."""
