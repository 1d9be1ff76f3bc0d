"""What Flux can't do, said before anything is written."""

from collections.abc import Iterator, Sequence

from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan


def sources_can_be_written(plan: Plan) -> Iterator[Finding]:
    """A source with a URL is a GitRepository or an OCIRepository, and its URL fits its kind."""
    for unit in plan.units:
        source = unit.source
        if not source.url:
            continue
        is_oci = source.url.startswith("oci://")
        if source.kind == "Bucket":
            problem = f"a Bucket can't be generated from the URL {source.url}"
            yield Finding(unit.bundle.at, "sourceRef", problem, "a reference to an existing Bucket")
        elif is_oci != (source.kind == "OCIRepository"):
            expected = "oci:// for an OCIRepository, https:// or ssh:// for a GitRepository"
            problem = f"{source.kind} {source.name} has the URL {source.url}"
            yield Finding(unit.bundle.at, "sourceRef.url", problem, expected)


def one_source_has_one_definition(plan: Plan) -> Iterator[Finding]:
    """Bundles that share a source by name give it the same fields."""
    first: dict[tuple[str, str, str | None], tuple[object, object]] = {}
    for unit in plan.units:
        source = unit.source
        if not source.url:
            continue
        key = (source.kind, source.name, source.namespace)
        known, at = first.setdefault(key, (source, unit.bundle.at))
        if known != source:
            problem = f"{source.kind} {source.name} is defined otherwise at {at}"
            yield Finding(unit.bundle.at, "sourceRef", problem, "the same fields, or another name")


def own_names_are_free(plan: Plan) -> Iterator[Finding]:
    """With bootstrap, the name flux-system is taken by Flux's own Kustomization and source."""
    if not plan.cluster.bootstrap.enabled:
        return
    own = plan.cluster.source
    for unit in plan.units:
        if unit.name == own.name:
            problem = f"the bundle name {unit.name} is taken by the Kustomization of the bootstrap"
            yield Finding(unit.bundle.at, "name", problem, "another name")
        if unit.source.url and (unit.source.kind, unit.source.name) == (own.kind, own.name):
            problem = f"the name {own.name} is taken by the source of the bootstrap"
            yield Finding(unit.bundle.at, "sourceRef.name", problem, "another name, or no url")


def bootstrap_is_complete(plan: Plan) -> Iterator[Finding]:
    """The sync of gotk needs a URL; a Git ref and a version are never made up."""
    bootstrap = plan.cluster.bootstrap
    if not bootstrap.enabled:
        return
    key = "gitops.bootstrap"
    if bootstrap.flux_mode != "flux-operator" and not bootstrap.source_url:
        expected = "the URL that Flux syncs this repository from"
        yield Finding(plan.cluster.at, f"{key}.sourceURL", "this required key is missing", expected)
    if bootstrap.source_url and not bootstrap.source_ref:
        expected = "a branch, or the tag of an OCI artifact"
        yield Finding(plan.cluster.at, f"{key}.sourceRef", "this required key is missing", expected)


RULES: Sequence[Check] = (
    sources_can_be_written,
    one_source_has_one_definition,
    own_names_are_free,
    bootstrap_is_complete,
)
