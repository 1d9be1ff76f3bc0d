"""Rules for bundles on Argo CD: all that it can't do is said instead of dropped."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from kure_hooks.config.argocd import NOT_ONE
from kure_hooks.decoding.types import key_of
from kure_hooks.engines import repositories
from kure_hooks.engines.argocd.applications import REVISIONS, layer
from kure_hooks.engines.argocd.bootstrap import autopilot
from kure_hooks.engines.argocd.bootstrap import rules as of_bootstrap
from kure_hooks.engines.argocd.bootstrap.install_manifests import LAYERS_KEY
from kure_hooks.engines.argocd.bootstrap.root import root_name
from kure_hooks.engines.argocd.bootstrap.rules import is_autopilot, is_configured
from kure_hooks.engines.argocd.namespaces import namespaces_are_made
from kure_hooks.engines.argocd.ordering import strategies
from kure_hooks.engines.argocd.rules import applications, charts, flux_fields, payloads, projects
from kure_hooks.engines.argocd.versions import version_is_one
from kure_hooks.engines.features import (
    components_build_apart,
    gitops_patches_can_be_read,
    patches_are_for_objects,
)
from kure_hooks.engines.interface import Check, Review
from kure_hooks.engines.rules import claims_are_shared, names_fit_with_affixes
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.source_rules import definition, problems
from kure_hooks.stack.sources import ClusterSource, SourceRef
from kure_hooks.yamlio.place import Place

OF_FLUX_SOURCES = (
    *("semver_filter", "ignore", "include", "sparse_checkout", "verify"),
    *("suspend", "insecure"),
)
"""Fields of a source that would be lost. Not here: `interval` and `timeout`, which Argo CD has for
all repositories at once, and who may read one, which it keeps in Secrets of its own."""


@of_rule("AC001")
def repository_is_known(plan: Plan) -> Iterator[Finding]:
    """Every Application has a repository; it is never made up."""
    if not plan.cluster.argocd.repo_url:
        expected = (
            "spec.gitops.argocd.repoURL or spec.gitops.bootstrap.sourceURL in the stack, "
            "or argocd.repoURL in .kure-hooks.yaml"
        )
        problem = f"cluster {plan.cluster.name} has no repository for Argo CD"
        yield plan.cluster.key("gitops", "argocd", "repoURL").fault(problem, expected)


@of_rule("AR003")
def destination_is_one(plan: Plan) -> Iterator[Finding]:
    """A destination is a server or a name; that of the settings is looked at where it is read."""
    place = plan.cluster.key("gitops", "argocd", "destination")
    if place.exists and not plan.cluster.argocd.destination.is_one:
        yield place.fault(NOT_ONE)


@of_rule("AC010")
def sources_are_known(plan: Plan) -> Iterator[Finding]:
    """A source other than the cluster's has a URL, because Argo CD has no source objects."""
    for unit in plan.units:
        source = unit.source
        if source.kind in ("Bucket", "ExternalArtifact"):
            problem = f"bundle {unit.name} comes from {source.kind} {source.name}, as only Flux can"
            yield unit.source_key("kind").fault(problem, "Name a Git or OCI repository.")
        elif not source.url and source.name != plan.cluster.source.name:
            problem = f"bundle {unit.name} refers to {source.kind} {source.name} without its URL"
            yield unit.source_key("url").fault(problem, "the URL of the repository")


@of_rule("AC011")
def sources_can_be_fetched(plan: Plan) -> Iterator[Finding]:
    """A source is one that its kind can be, and so is the repository of the cluster."""
    url = plan.cluster.argocd.repo_url
    kind = "OCIRepository" if url.startswith("oci://") else "GitRepository"
    for _, problem, expected in problems(definition(kind, url=url, takes_scp=True)):
        yield _repository_place(plan).fault(problem, expected)
    seen: set[SourceRef] = {plan.cluster.source}
    for unit in plan.units:
        source = unit.source
        if source not in seen:
            seen.add(source)
            read = definition(source.kind, source, takes_scp=True)
            for key, problem, expected in problems(read):
                yield unit.source_key(key).fault(problem, expected)


def _repository_place(plan: Plan) -> Place:
    """Return where the URL of the cluster's repository is written, as far as a stack has it."""
    place = plan.cluster.key("gitops", "argocd", "repoURL")
    return place if place.exists else plan.cluster.key("gitops", "bootstrap", "sourceURL")


@of_rule("AC012")
def no_source_is_lost(plan: Plan) -> Iterator[Finding]:
    """Refuse the parts of a source without an equivalent, and revisions of no URL."""
    for each in structs.fields(ClusterSource):
        if getattr(plan.cluster.bootstrap.source, each.name) != each.default:
            key = each.encode_name
            problem = (
                f"the source of cluster {plan.cluster.name} has {key}, which Argo CD does not have"
            )
            expected = "Write gitops.argocd.targetRevision, or make a Secret of the repository."
            yield plan.cluster.key("gitops", "bootstrap", "source", key).fault(problem, expected)
    for unit in plan.units:
        for key in _set_keys(unit.source, OF_FLUX_SOURCES):
            problem = f"the source of bundle {unit.name} has {key}, which Argo CD does not have"
            yield unit.source_key(key).fault(problem, f"Delete {key}.")
        if not unit.source.url:
            for key in _set_keys(unit.source, REVISIONS):
                problem = f"the source of bundle {unit.name} has {key}, but no URL"
                expected = "the URL of the repository"
                yield unit.source_key(key).fault(problem, expected)


def layers_are_read(plan: Plan) -> Iterator[Finding]:
    """Argo CD unpacks one layer of an artifact, of a media type that it has been told of."""
    told: set[str] = set()
    for unit in plan.units:
        selector, media_type = unit.source.layer_selector, layer(unit.source)
        if selector and selector.operation == "copy":
            problem = f"Argo CD can't read the layer of bundle {unit.name} without unpacking it"
            place = unit.source_key("layerSelector", "operation")
            yield place.fault(problem, "Use an artifact whose layer is unpacked.", rule="AC013")
        if media_type and media_type not in told and not is_configured(plan.cluster):
            told.add(media_type)
            problem = f"Argo CD refuses layers of media type {media_type}"
            expected = f"{LAYERS_KEY} in argocd-cmd-params-cm with this media type too"
            yield unit.source_key().fault(problem, expected, Severity.WARNING, rule="AC003")


@of_rule("AC014")
def own_names_are_free(plan: Plan) -> Iterator[Finding]:
    """With bootstrap, the names of its own Applications are taken."""
    if not plan.cluster.bootstrap.enabled:
        return
    taken = autopilot.NAMES if is_autopilot(plan.cluster) else (root_name(plan),)
    for unit in plan.units:
        if unit.name in taken:
            problem = f"the bundle name {unit.name} is taken by an Application of the bootstrap"
            yield unit.bundle.key("name").fault(problem, "Choose another name.")


REVIEWS: Sequence[Review] = (
    claims_are_shared,
    components_build_apart,
    patches_are_for_objects,
    names_fit_with_affixes,
    flux_fields.marks_of_flux_are_told,
    payloads.files_stay_as_they_are,
    payloads.claim_templates_are_in_sync,
    payloads.large_objects_are_applied_on_the_server,
    namespaces_are_made,
)

RULES: Sequence[Check] = (
    repository_is_known,
    destination_is_one,
    sources_are_known,
    sources_can_be_fetched,
    repositories.sources_are_this_repository,
    repositories.packages_are_not_this_repository,
    *applications.RULES,
    *flux_fields.RULES,
    no_source_is_lost,
    layers_are_read,
    *charts.RULES,
    *payloads.RULES,
    *projects.RULES,
    own_names_are_free,
    of_bootstrap.check,
    version_is_one,
    *strategies.RULES,
    gitops_patches_can_be_read,
)


def _set_keys(source: SourceRef, names: Sequence[str]) -> Iterator[str]:
    return (key_of(SourceRef, name) for name in names if getattr(source, name))
