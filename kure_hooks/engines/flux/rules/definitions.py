"""Faults in the definition of a source that the API server would refuse (Flux 2.9)."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct, structs

from kure_hooks.engines.flux import sources
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.stack import source_rules
from kure_hooks.stack.sources import SourceRef, verification_problems

Fault = tuple[str, str, str]
"""A key below `sourceRef`, what is wrong with it and what is expected."""

_MISSING = "this required key is missing"
_REFERENCE = {"kind", "name", "namespace"}
_SHARED = {
    *("interval", "timeout", "provider", "secret_ref", "proxy_secret_ref"),
    *("service_account_name", "ignore", "suspend"),
}
FIELDS: Mapping[str, Collection[str]] = {
    "GitRepository": _SHARED
    | {"url", "branch", "tag", "semver", "ref", "commit", "verify"}
    | {"include", "recurse_submodules", "sparse_checkout"},
    "OCIRepository": _SHARED
    | {"url", "tag", "semver", "semver_filter", "digest", "verify"}
    | {"cert_secret_ref", "insecure", "layer_selector"},
    "Bucket": _SHARED
    | {"bucket_name", "endpoint", "region", "prefix", "sts"}
    | {"cert_secret_ref", "insecure"},
    "ExternalArtifact": (),
}
"""The fields of `SourceRef` that each kind has, besides kind, name and namespace."""

_PROVIDERS = {
    "GitRepository": ("generic", "aws", "azure", "github"),
    "OCIRepository": ("generic", "aws", "azure", "gcp"),
    "Bucket": ("generic", "aws", "azure", "gcp"),
}


@of_rule("FX101")
def sources_can_be_written(plan: Plan) -> Iterator[Finding]:
    """A source has the fields of its kind, and all of them that its kind needs."""
    seen: set[SourceRef] = set()
    for unit in plan.units:
        if unit.source in seen:
            continue
        seen.add(unit.source)
        for key, problem, expected in faults(unit.source):
            steps = (int(each) if each.isdecimal() else each for each in key.split("."))
            yield unit.source_key(*steps).fault(problem, expected)


@of_rule("FX102")
def one_source_has_one_definition(plan: Plan) -> Iterator[Finding]:
    """Bundles that share a source by name give it the same fields."""
    first: dict[tuple[str, str, str], Unit] = {}
    for unit in plan.units:
        own = unit.source
        if not own.is_defined:
            continue
        other = first.setdefault(sources.key(plan, own), unit)
        if _differ(plan, own, other.source):
            problem = f"{own.kind} {own.name} is defined otherwise at {other.source_key()}"
            yield unit.source_key().fault(problem, "Write the same fields, or choose another name.")


def faults(source: SourceRef) -> Iterator[Fault]:
    """Yield what is wrong with a source: fields of other kinds, missing ones, wrong values."""
    own = FIELDS[source.kind]
    given = _given(source, but=_REFERENCE)
    for name, key in given.items():
        if name not in own:
            kinds = ", ".join(kind for kind, fields in FIELDS.items() if name in fields)
            problem = f"{key} does not belong to {source.kind} {source.name}"
            yield key, problem, f"Delete {key}, which is for {kinds}."
    if source.is_defined:
        yield from _definition(source)
    elif given.keys() & own:
        key = "bucketName" if source.kind == "Bucket" else "url"
        expected = f"{key}, or none of {', '.join(given.values())} for a source that exists"
        yield key, _MISSING, expected


def _differ(plan: Plan, one: SourceRef, other: SourceRef) -> bool:
    """Tell whether two definitions give different objects: 60m and 1h are the same."""
    return one != other and sources.manifest(plan, one) != sources.manifest(plan, other)


def _given(value: Struct, but: Collection[str] = ()) -> dict[str, str]:
    """Return the fields that are set, with their keys."""
    return {
        each.name: each.encode_name
        for each in structs.fields(value)
        if each.name not in but and getattr(value, each.name) != each.default
    }


def _definition(source: SourceRef) -> Iterator[Fault]:
    found = source_rules.problems(source_rules.definition(source.kind, source))
    yield from (fault for fault in found if fault[0] in FIELDS[source.kind])
    if source.kind == "GitRepository":
        yield from _paths(source)
    providers = _PROVIDERS.get(source.kind, ())
    if source.provider and source.provider not in providers:
        problem = f"{source.provider} is no provider of {source.kind} {source.name}"
        yield "provider", problem, f"one of {', '.join(providers)}"
    if source.semver_filter and not source.semver:
        yield "semver", _MISSING, "a range of versions, which semverFilter narrows"
    yield from _verification(source)
    yield from _account(source)
    if source.kind == "Bucket":
        yield from _bucket(source)


def _paths(source: SourceRef) -> Iterator[Fault]:
    """Yield the paths that lead out of a source."""
    paths = {f"sparseCheckout.{at}": each for at, each in enumerate(source.sparse_checkout)}
    for at, each in enumerate(source.include):
        paths[f"include.{at}.fromPath"] = each.from_path or ""
        paths[f"include.{at}.toPath"] = each.to_path or ""
    for key, path in paths.items():
        if source_rules.leaves(path):
            yield key, f"{path} leads out of {source.kind} {source.name}", "a path inside of it"


def _verification(source: SourceRef) -> Iterator[Fault]:
    if source.verify and "verify" in FIELDS[source.kind]:
        for key, problem, expected in verification_problems(
            source.kind, source.name, source.verify
        ):
            yield f"verify.{key}", problem, expected


def _account(source: SourceRef) -> Iterator[Fault]:
    if not source.service_account_name:
        return
    key = "serviceAccountName"
    needed = {"GitRepository": ("aws", "azure"), "Bucket": ("aws", "azure", "gcp")}
    providers = needed.get(source.kind)
    if providers and source.provider not in providers:
        problem = f"the provider of {source.kind} {source.name} takes no {key}"
        yield key, problem, f"Delete {key}, or write provider {' or '.join(providers)}."
    if source.kind == "Bucket" and source.secret_ref:
        yield key, f"Bucket {source.name} has a secretRef as well", "Keep one of the two."


def _bucket(source: SourceRef) -> Iterator[Fault]:
    if not source.endpoint:
        yield "endpoint", _MISSING, "the host of the object storage, such as s3.amazonaws.com"
    sts = source.sts
    if sts is None:
        return
    wanted = {"generic": "ldap", "aws": "aws"}.get(source.provider or "generic")
    if sts.provider != wanted:
        problem = f"provider {source.provider or 'generic'} has no STS provider {sts.provider}"
        expected = f"provider: {wanted}" if wanted else "Delete sts."
        yield "sts.provider", problem, expected
    if not sts.endpoint.startswith(("https://", "http://")):
        yield "sts.endpoint", "this is no HTTP endpoint", "a URL with https:// or http://"
    if sts.provider == "aws" and (sts.secret_ref or sts.cert_secret_ref):
        yield "sts", "the STS provider aws takes no Secrets", "Delete secretRef and certSecretRef."
