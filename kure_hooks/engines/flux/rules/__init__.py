"""Rules for clusters on Flux, checked before anything is written."""

from collections.abc import Iterator, Sequence

from kure_hooks.engines import repositories
from kure_hooks.engines.features import (
    components_build,
    gitops_patches_can_be_read,
    has_variables,
    patches_are_for_objects,
    substituted_objects_are_accepted,
)
from kure_hooks.engines.flux.charts import local_charts_are_delivered
from kure_hooks.engines.flux.dependencies import (
    contained_objects_keep_their_names,
    dependencies_run,
)
from kure_hooks.engines.flux.namespaces import namespaces_are_made
from kure_hooks.engines.flux.readiness import (
    health_checks_are_heard,
    umbrellas_are_at_home,
    umbrellas_wait_for_their_payload,
)
from kure_hooks.engines.flux.rules.artifacts import files_are_in_artifacts
from kure_hooks.engines.flux.rules.definitions import (
    one_source_has_one_definition,
    sources_can_be_written,
)
from kure_hooks.engines.flux.rules.manifests import revisions_are_named, secrets_are_decrypted
from kure_hooks.engines.flux.sources import key
from kure_hooks.engines.interface import Check, Inspection, Review
from kure_hooks.engines.objects import name_of, namespace_of
from kure_hooks.engines.rules import claims_are_shared, names_fit_with_affixes
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory


@of_rule("FX103")
def references_are_complete(plan: Plan) -> Iterator[Finding]:
    """A kubeConfig refers to one object."""
    for unit in plan.units:
        kube_config = unit.bundle.options.kube_config
        if kube_config and bool(kube_config.secret_ref) == bool(kube_config.config_map_ref):
            problem = f"bundle {unit.name} needs one reference to the other cluster"
            expected = "either secretRef or configMapRef"
            yield unit.bundle.key("kubeConfig").fault(problem, expected)


@of_rule("FX104")
def dependencies_are_at_home(plan: Plan) -> Iterator[Finding]:
    """The namespace of a dependency is that of the Kustomization of its bundle."""
    for bundle in plan.cluster.bundles():
        for each in bundle.depends_on:
            unit = plan.by_name.get(each.name)
            home = namespace_of(plan, unit.bundle if unit else bundle)
            if each.external or each.namespace in (None, home):
                continue
            problem = f"bundle {bundle.name} depends on {each.name} in namespace {each.namespace}"
            expected = "Delete namespace, or write external: true if it is elsewhere."
            yield each.key("namespace").fault(problem, expected)


@of_rule("FX110")
def sources_have_directories(plan: Plan) -> Iterator[Finding]:
    """A Kustomization applies a directory, and nothing else."""
    for bundle in plan.cluster.bundles():
        if bundle.is_elsewhere:
            problem = f"bundle {bundle.name} has a source without a directory, as only Argo CD can"
            expected = "payload: {path: DIRECTORY}, or an application of kind HelmChart"
            yield bundle.key("argocd", "source").fault(problem, expected)


@of_rule("FX107")
def own_names_are_free(plan: Plan) -> Iterator[Finding]:
    """With bootstrap, the name flux-system is taken by Flux's own Kustomization and source."""
    if not plan.cluster.bootstrap.enabled:
        return
    own, home = plan.cluster.source, plan.cluster.flux.namespace
    for unit in plan.units:
        if name_of(unit) == own.name and namespace_of(plan, unit.bundle) == home:
            problem = f"the bundle name {unit.name} is taken by the Kustomization of the bootstrap"
            yield unit.bundle.key("name").fault(problem, "Choose another name.")
        if unit.source.is_defined and key(plan, unit.source) == key(plan, own):
            problem = f"the name {own.name} is taken by the source of the bootstrap"
            yield unit.source_key("name").fault(problem, "Choose another name, or delete url.")


def bootstrap_is_complete(plan: Plan) -> Iterator[Finding]:
    """See `bootstrap.rules`."""
    if plan.cluster.bootstrap.enabled:
        from kure_hooks.engines.flux.bootstrap import rules  # noqa: PLC0415 - few stacks have one

        yield from rules.check(plan)


def variables_are_defined(
    plan: Plan, directories: Sequence[Directory], tree: Tree
) -> Iterator[Finding]:
    """See `substitution`."""
    if has_variables(plan):
        from kure_hooks.engines.flux import substitution  # noqa: PLC0415 - few stacks have some

        yield from substitution.variables_are_defined(plan, directories, tree)


REVIEWS: Sequence[Review] = (
    claims_are_shared,
    umbrellas_wait_for_their_payload,
    components_build,
    patches_are_for_objects,
    namespaces_are_made,
    revisions_are_named,
    secrets_are_decrypted,
    names_fit_with_affixes,
    substituted_objects_are_accepted,
)

INSPECTIONS: Sequence[Inspection] = (files_are_in_artifacts, variables_are_defined)

RULES: Sequence[Check] = (
    local_charts_are_delivered,
    sources_can_be_written,
    repositories.sources_are_this_repository,
    repositories.packages_are_not_this_repository,
    repositories.artifacts_hold_this_repository,
    one_source_has_one_definition,
    references_are_complete,
    dependencies_are_at_home,
    dependencies_run,
    health_checks_are_heard,
    umbrellas_are_at_home,
    sources_have_directories,
    own_names_are_free,
    bootstrap_is_complete,
    contained_objects_keep_their_names,
    gitops_patches_can_be_read,
)
