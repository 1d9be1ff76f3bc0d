"""HTTPRoutes and GRPCRoutes of the Gateway API (v1.7)."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from kure_hooks.apps.workload.beside import backends
from kure_hooks.apps.workload.beside.made import Made, names_differ, places
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import exactly_one, given
from kure_hooks.apps.workload.inputs.filters import BackendRef, Filter, PathModifier
from kure_hooks.apps.workload.inputs.routes import (
    Gateway,
    GrpcMethod,
    ParentRef,
    PathMatch,
    Route,
    RouteMatch,
    RouteRule,
    WeightedBackend,
)
from kure_hooks.apps.workload.objects import new, ordered
from kure_hooks.config.profile import Gateway as UsualGateway
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_GROUP = "gateway.networking.k8s.io"
API = f"{_GROUP}/v1"
_SHORT_FORM = ("path", "service", "port")
_KEYS = ("parentRefs", "hostnames", "rules")

_RULE = ("name", "matches", "filters", "backendRefs", "timeouts", "retry")
_BACKEND = ("group", "kind", "namespace", "name", "port")
_FILTERS = {
    "requestHeaderModifier": "RequestHeaderModifier",
    "responseHeaderModifier": "ResponseHeaderModifier",
    "requestMirror": "RequestMirror",
    "requestRedirect": "RequestRedirect",
    "urlRewrite": "URLRewrite",
    "cors": "CORS",
    "extensionRef": "ExtensionRef",
}
_OF_HTTP = ("requestRedirect", "urlRewrite", "cors")
_REPLACED = {"replaceFullPath": "ReplaceFullPath", "replacePrefixMatch": "ReplacePrefixMatch"}


def routes(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the routes in the author's order.

    They have the keys that the API server adds inside of lists: without them Argo CD would find
    a route out of sync for ever.
    """
    for at, route in enumerate(spec.routes):
        here = ("routes", at)
        fields: Manifest = {
            "parentRefs": [parent_ref(parent) for parent in _parents(route)],
            "rules": [_rule(spec, route.kind, rule) for rule in _rules(route)],
        }
        if hosts := [route.host] if route.host else [*route.hostnames]:
            fields["hostnames"] = hosts
        manifest = new(application, API, route.kind, route.name, route.annotations)
        yield Made(manifest | {"spec": ordered(fields, _KEYS)}, _written(here, route))


def _written(here: Pointer, route: Route) -> dict[Pointer, Pointer]:
    parents = (*here, "gateway" if route.gateway else "parentRefs")
    hosts = (*here, "host" if route.host else "hostnames")
    return places(here, ["rules"]) | {("spec", "parentRefs"): parents, ("spec", "hostnames"): hosts}


def parent_ref(parent: ParentRef) -> Manifest:
    """Return a parent with the group and kind that the API server adds."""
    return {"group": _GROUP, "kind": "Gateway", **plain(parent)}


def parent(gateway: str | Gateway | UsualGateway) -> ParentRef:
    """Return a Gateway as the parent of a route."""
    if isinstance(gateway, str):
        return ParentRef(name=gateway)
    return ParentRef(
        name=gateway.name, namespace=gateway.namespace, section_name=gateway.section_name
    )


def http_rule(path: str, name: str, port: int | None) -> Manifest:
    """Return a rule that leads requests of one path and below to a Service."""
    target: Manifest = {"group": "", "kind": "Service", "name": name, "port": port, "weight": 1}
    return {"matches": [{"path": _path(path)}], "backendRefs": [target]}


def _parents(route: Route) -> Sequence[ParentRef]:
    return [parent(route.gateway)] if route.gateway else route.parent_refs


def _rules(route: Route) -> Sequence[RouteRule]:
    """Return the rules; the short form is one rule with one path, `/` and below by default."""
    if route.rules:
        return route.rules
    target = WeightedBackend(name=route.service, port=route.port)
    matches = (RouteMatch(path=route.path),) if route.path else ()
    return [RouteRule(matches=matches, backend_refs=(target,))]


def _rule(spec: Spec, kind: str, rule: RouteRule) -> Manifest:
    fields: Manifest = plain(replace(rule, matches=(), filters=(), backend_refs=()))
    matches = [_match(match) for match in rule.matches]
    if kind == "HTTPRoute":
        matches = [{"path": _path(None)} | match for match in matches or [{}]]
    targets = rule.backend_refs or (() if _redirects(rule) else (WeightedBackend(),))
    parts = {
        "matches": matches,
        "filters": [_filter(spec, step) for step in rule.filters],
        "backendRefs": [_weighted(spec, target) for target in targets],
    }
    return ordered(fields | {key: part for key, part in parts.items() if part}, _RULE)


def _match(match: RouteMatch) -> Manifest:
    fields: Manifest = plain(match)
    if match.path is not None:
        fields["path"] = _path(match.path)
    for key in ("headers", "queryParams"):
        if key in fields:
            fields[key] = [{"type": "Exact"} | header for header in fields[key]]
    if isinstance(match.method, GrpcMethod):
        fields["method"] = {"type": "Exact"} | fields["method"]
    return fields


def _path(path: str | PathMatch | None) -> Manifest:
    written = PathMatch(value=path) if isinstance(path, str) else path or PathMatch()
    return {"type": "PathPrefix", "value": "/", **plain(written)}


def _weighted(spec: Spec, target: WeightedBackend) -> Manifest:
    fields = _backend(spec, target) | {"weight": 1 if target.weight is None else target.weight}
    filters = [_filter(spec, step) for step in target.filters]
    return fields | {"filters": filters} if filters else fields


def _backend(spec: Spec, target: BackendRef) -> Manifest:
    """Return a backend by its number of the port, where it is a Service."""
    fields: Manifest = {"group": "", "kind": "Service", **plain(target)}
    if _is_service(target):
        fields["name"], fields["port"] = backends.backend(spec, target.name, target.port)
    return ordered(fields, _BACKEND)


def _is_service(target: BackendRef) -> bool:
    return not target.group and target.kind in (None, "Service")


def _filter(spec: Spec, step: Filter) -> Manifest:
    """Return a filter with the type that its key has, and the defaults of what is in it."""
    fields: Manifest = plain(step)
    key = next(key for key in _FILTERS if key in fields)
    inner = fields[key]
    if step.request_mirror:
        inner["backendRef"] = _backend(spec, step.request_mirror.backend_ref)
    if step.request_redirect:
        inner.setdefault("statusCode", 302)
    if step.cors:
        inner.setdefault("maxAge", 5)
    for part in (step.request_redirect, step.url_rewrite):
        if part and part.path:
            inner["path"] = _modifier(part.path)
    return {"type": _FILTERS[key]} | fields


def _modifier(path: PathModifier) -> Manifest:
    fields: Manifest = plain(path)
    return {"type": next(_REPLACED[key] for key in _REPLACED if key in fields)} | fields


def _redirects(rule: RouteRule) -> bool:
    return any(step.request_redirect for step in rule.filters)


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the routes; their CRD says the rest, at the same lines."""
    for kind in ("HTTPRoute", "GRPCRoute"):
        yield from names_differ(
            (("routes", at, "name"), route.name)
            for at, route in enumerate(spec.routes)
            if route.kind == kind
        )
    for at, route in enumerate(spec.routes):
        here = ("routes", at)
        yield from _form_problems(here, route)
        if not route.rules:
            yield from backends.problems(spec, here, route.service, route.port)
        for index, rule in enumerate(route.rules):
            yield from _rule_problems(spec, (*here, "rules", index), route.kind, rule)


def _form_problems(here: Pointer, route: Route) -> Iterator[Problem]:
    written = given(route)
    for one, several in (("gateway", "parentRefs"), ("host", "hostnames")):
        if one in written and several in written:
            yield (*here, one), f"{several} and {one} exclude each other", "Keep one of them."
    if "gateway" not in written and "parentRefs" not in written:
        yield (*here, "gateway"), "the route is attached to no Gateway", "the name of a Gateway"
    for key in _SHORT_FORM if route.rules else ():
        if key in written:
            yield (*here, key), f"rules and {key} exclude each other", "Keep one of them."
    if route.path and route.kind == "GRPCRoute":
        problem = "a GRPCRoute has no paths"
        yield (*here, "path"), problem, "Write rules with a match by method."
    yield from backends.host_problems([((*here, "host"), route.host)])
    yield from backends.host_problems(
        ((*here, "hostnames", at), host) for at, host in enumerate(route.hostnames)
    )


def _rule_problems(spec: Spec, here: Pointer, kind: str, rule: RouteRule) -> Iterator[Problem]:
    if kind == "GRPCRoute":
        for key in ("timeouts", "retry"):
            if key in given(rule):
                yield (*here, key), f"a GRPCRoute has no {key}", f"Delete {key}."
    for at, match in enumerate(rule.matches):
        yield from _match_problems((*here, "matches", at), kind, match)
    if not rule.backend_refs and not _redirects(rule):
        yield from backends.problems(spec, here, None, None, "backendRefs")
    yield from _filter_problems(spec, (*here, "filters"), kind, rule.filters)
    for at, target in enumerate(rule.backend_refs):
        place = (*here, "backendRefs", at)
        yield from _backend_problems(spec, place, target)
        yield from _filter_problems(spec, (*place, "filters"), kind, target.filters)


def _match_problems(here: Pointer, kind: str, match: RouteMatch) -> Iterator[Problem]:
    grpc = isinstance(match.method, GrpcMethod)
    if kind == "HTTPRoute" and grpc:
        yield (*here, "method"), "the method of HTTP is a word", "a method such as GET"
    if kind == "HTTPRoute":
        return
    if match.method and not grpc:
        yield (*here, "method"), "the method of gRPC is a mapping", "a mapping with service"
    for key, value in (("path", match.path), ("queryParams", match.query_params)):
        if value:
            yield (*here, key), f"a GRPCRoute has no {key}", f"Delete {key}, or match by method."


def _backend_problems(spec: Spec, here: Pointer, target: BackendRef) -> Iterator[Problem]:
    if not _is_service(target):
        if target.name is None:
            yield (*here, "name"), "this required key is missing", f"the name of a {target.kind}"
        if isinstance(target.port, str):
            yield (*here, "port"), "only a Service has names for ports", "the number of the port"
    elif target.namespace:
        if target.name is None:
            yield (*here, "name"), "this required key is missing", "the name of a Service"
        if not isinstance(target.port, int):
            problem = f"the ports of a service in {target.namespace} are not known here"
            yield (*here, "port"), problem, "the number of the port"
    else:
        yield from backends.problems(spec, here, target.name, target.port, "name")


def _filter_problems(
    spec: Spec, here: Pointer, kind: str, filters: Sequence[Filter]
) -> Iterator[Problem]:
    for at, step in enumerate(filters):
        place = (*here, at)
        keys = [key for key in given(step) if key != "type"]
        yield from exactly_one(place, keys, ", ".join(_FILTERS))
        for key in keys:
            if step.type and step.type != _FILTERS[key]:
                problem = f"a filter with {key} is no {step.type}"
                yield (*place, "type"), problem, _FILTERS[key]
            if kind == "GRPCRoute" and key in _OF_HTTP:
                yield (*place, key), f"a GRPCRoute has no filter {key}", "Delete the filter."
        if step.request_mirror:
            there = (*place, "requestMirror", "backendRef")
            yield from _backend_problems(spec, there, step.request_mirror.backend_ref)
        for key, part in (
            ("requestRedirect", step.request_redirect),
            ("urlRewrite", step.url_rewrite),
        ):
            if part and part.path:
                yield from _modifier_problems((*place, key, "path"), part.path)


def _modifier_problems(here: Pointer, path: PathModifier) -> Iterator[Problem]:
    keys = [key for key in given(path) if key != "type"]
    yield from exactly_one(here, keys, " and ".join(_REPLACED))
    for key in keys:
        if path.type and path.type != _REPLACED[key]:
            yield (*here, "type"), f"{key} is no {path.type}", _REPLACED[key]
