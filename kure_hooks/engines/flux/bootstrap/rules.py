"""Rules for a bootstrap of Flux, checked before anything is written."""

import re
from collections.abc import Iterator, Sequence
from typing import get_args

from msgspec import structs

from kure_hooks.engines.flux.rules import definitions
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.kustomize.patches import problems
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import plain
from kure_hooks.stack import source_rules
from kure_hooks.stack.bootstrapping import Component, Instance
from kure_hooks.stack.gitops import NO_MANIFESTS, Bootstrap
from kure_hooks.stack.semver import is_range
from kure_hooks.stack.sources import SourceDetails
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

# What `flux install` and the Flux operator take when nothing is said (Flux 2.9, operator 0.58).
DEFAULT_REGISTRY = "ghcr.io/fluxcd"
DEFAULT_COMPONENTS: Sequence[str] = get_args(Component)[:4]
COMPONENTS = frozenset(get_args(Component))

# Without these nothing is synced; `flux bootstrap` insists on them as well.
_REQUIRED = ("source-controller", "kustomize-controller")

_EXACT = re.compile(r"\Av?([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?)")
_INSTALL = "https://github.com/fluxcd/flux2/releases/download/v{version}/install.yaml"

# The minor version of Flux 2 that a component came with, and how a text names one.
_SINCE = {"source-watcher": 7}
_MINOR = re.compile(r"\A[=~^v ]*+2\.([0-9]{1,9})(?![0-9])")

# What customises release manifests, and can't customise what somebody else holds.
_CUSTOMISATIONS = (
    "components",
    "components_extra",
    "registry",
    "image_pull_secret",
    "network_policy",
    "watch_all_namespaces",
    "log_level",
    "cluster_domain",
    "tolerations",
)


def chosen(bootstrap: Bootstrap) -> tuple[str, ...]:
    """Return the components: those of the stack or the default ones, then the extra ones."""
    return tuple(
        dict.fromkeys((*(bootstrap.components or DEFAULT_COMPONENTS), *bootstrap.components_extra))
    )


def exact(bootstrap: Bootstrap) -> str:
    """Return the version without `v` where the stack names exactly one, else an empty text."""
    found = _EXACT.fullmatch(bootstrap.flux_version or "")
    return found[1] if found else ""


def remote(plan: Plan) -> Sequence[str]:
    """Return the URL of the manifests that kustomize fetches, if the stack asks for that."""
    bootstrap = plan.cluster.bootstrap
    return (_INSTALL.format(version=exact(bootstrap)),) if _is_remote(bootstrap) else ()


@of_rule("FX120")
def sync_is_complete(plan: Plan) -> Iterator[Finding]:
    """The sync of gotk needs a URL; a reference is never made up."""
    bootstrap = plan.cluster.bootstrap
    missing = "this required key is missing"
    if not _is_operator(bootstrap) and not bootstrap.source_url:
        expected = "the URL that Flux syncs this repository from"
        yield _key(plan, "sourceURL").fault(missing, expected)
    details = bootstrap.source
    exact_state = details.semver or details.commit or details.digest
    # A FluxInstance needs a reference even where a patch of its source narrows it.
    needed = _is_operator(bootstrap) or not exact_state
    if bootstrap.source_url and not bootstrap.source_ref and needed:
        expected = "a branch, the tag of an OCI artifact or the name of a bucket"
        yield _key(plan, "sourceRef").fault(missing, expected)


@of_rule("FX101")
def source_is_one_of_its_kind(plan: Plan) -> Iterator[Finding]:
    """The details of the cluster's source are those that its kind has."""
    if not plan.cluster.bootstrap.source_url:
        return
    known = {each.encode_name for each in structs.fields(SourceDetails)}
    for key, problem, expected in definitions.faults(plan.cluster.source):
        steps = key.split(".")
        if steps[0] in known:
            place = plan.cluster.key("gitops", "bootstrap", "source", *steps)
            yield place.fault(problem, expected)


@of_rule("FX121")
def components_can_sync(plan: Plan) -> Iterator[Finding]:
    """A choice of components has those that sync."""
    for each in _REQUIRED:
        if each not in chosen(plan.cluster.bootstrap):
            problem = f"{each} is not among the components, so nothing would be synced"
            yield _key(plan, "components").fault(problem, f"Set {each} as well.")


@of_rule("FX101")
def source_can_be_fetched(plan: Plan) -> Iterator[Finding]:
    """Refuse a source of Flux itself that it can't fetch."""
    keys = {"url": "sourceURL", "endpoint": "sourceURL"}
    source = plan.cluster.source
    found = source_rules.problems(source_rules.definition(source.kind, source))
    for field, problem, expected in found:
        yield _key(plan, keys.get(field, "sourceRef")).fault(problem, expected)


@of_rule("FX122")
def components_are_of_the_version(plan: Plan) -> Iterator[Finding]:
    """A version of Flux is one, or a range of them, and has the components that are chosen."""
    text = plan.cluster.bootstrap.flux_version
    if not text:
        return
    place = _key(plan, "fluxVersion")
    if not is_range(text):
        problem = f"{shown(text)} is neither a version of Flux nor a range of versions"
        yield place.fault(problem, "a version such as 2.9.3, or a range such as 2.9.x")
        return
    minor = _MINOR.match(text)
    for component, first in _SINCE.items():
        if minor and int(minor[1]) < first and component in chosen(plan.cluster.bootstrap):
            problem = f"Flux {shown(text)} has no {component}"
            yield place.fault(problem, f"2.{first}, the first version that has it, or a later one")


@of_rule("FX123")
def keys_have_a_meaning(plan: Plan) -> Iterator[Finding]:
    """A FluxInstance is only written for the operator, and a checksum is one of manifests."""
    bootstrap = plan.cluster.bootstrap
    for index, patch in enumerate(bootstrap.instance.patches):
        target = None if patch.target is None else plain(patch.target)
        set_keys = target and {key: each for key, each in target.items() if each}
        for pointer, problem, expected in problems(patch.patch, set_keys):
            place = _key(plan, "instance").below("patches", index, *pointer)
            yield place.fault(problem, expected)
    if not _is_operator(bootstrap) and bootstrap.instance != Instance():
        problem = f"there is no FluxInstance with fluxMode {bootstrap.flux_mode}"
        expected = "fluxMode flux-operator"
        yield _key(plan, "instance").fault(problem, expected)
    if bootstrap.sha256 and not bootstrap.release:
        problem = "there are no manifests that this could be the checksum of"
        yield _key(plan, "sha256").fault(problem, "Set manifests as well.")


@of_rule("FX124")
def remote_is_exact(plan: Plan) -> Iterator[Finding]:
    """Refuse remote manifests that are not one release of Flux as it is."""
    bootstrap = plan.cluster.bootstrap
    if not bootstrap.remote:
        return
    place = _key(plan, "remote")
    if bootstrap.release:
        problem = "manifests are given, so nothing is fetched"
        yield place.fault(problem, "Keep either manifests or remote.")
    elif _is_operator(bootstrap):
        problem = "only the manifests of Flux can be fetched, not those of its operator"
        yield place.fault(problem, "Write fluxMode gotk, or give the manifests of the operator.")
    elif not exact(bootstrap):
        problem = "a remote release needs an exact version"
        yield _key(plan, "fluxVersion").fault(problem, "a version such as 2.9.3")
    elif plan.cluster.flux.namespace != "flux-system" or _is_customised(bootstrap):
        problem = "a remote release can't be customised"
        yield place.fault(problem, "Name the release as manifests, or delete the customisation.")


@of_rule("FX125")
def advice(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for whoever starts the cluster from a repository without a release."""
    bootstrap = plan.cluster.bootstrap
    if bootstrap.manifests or bootstrap.remote:
        return
    tool = "the Flux operator" if _is_operator(bootstrap) else "Flux"
    problem = f"bootstrap will not install {tool}: no release manifests are vendored"
    expected = (
        "Run `kure-hooks vendor install.yaml --as flux.yaml` and set manifests: vendor/flux.yaml. "
        f"({tool[0].upper()}{tool[1:]} is installed already? Set manifests: {NO_MANIFESTS}.)"
    )
    yield _key(plan, "manifests").fault(problem, expected, Severity.WARNING)


def check(plan: Plan) -> Iterator[Finding]:
    """Yield the findings of all rules; nothing where the stack asks for no bootstrap."""
    if plan.cluster.bootstrap.enabled:
        for rule in RULES:
            yield from rule(plan)


def _key(plan: Plan, key: str) -> Place:
    return plan.cluster.key("gitops", "bootstrap", key)


def _is_operator(bootstrap: Bootstrap) -> bool:
    return bootstrap.flux_mode == "flux-operator"


def _is_remote(bootstrap: Bootstrap) -> bool:
    return bootstrap.enabled and bootstrap.remote


def _is_customised(bootstrap: Bootstrap) -> bool:
    defaults = {each.name: each.default for each in structs.fields(Bootstrap)}
    changed = {each for each in _CUSTOMISATIONS if getattr(bootstrap, each) != defaults[each]}
    # Naming all of the default components changes nothing.
    return bool(changed - {"components"}) or set(chosen(bootstrap)) != set(DEFAULT_COMPONENTS)


RULES = (
    sync_is_complete,
    source_is_one_of_its_kind,
    components_can_sync,
    components_are_of_the_version,
    source_can_be_fetched,
    keys_have_a_meaning,
    remote_is_exact,
)
