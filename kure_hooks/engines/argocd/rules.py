"""What Argo CD can't do with a bundle, said instead of dropped."""

from collections.abc import Iterator, Mapping, Sequence

from kure_hooks.engines.argocd.bootstrap import root_name
from kure_hooks.engines.argocd.resources import REVISIONS
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.sources import SourceRef

WITHOUT_EQUIVALENT: Mapping[str, str] = {
    "force": "no force: Argo CD replaces single objects by an annotation on them",
    "service_account_name": "no serviceAccountName: Argo CD sets it in the project",
    "decryption": "no decryption: Argo CD needs a plugin, or sealed or external secrets",
    "kube_config": "a destination: Argo CD deploys to registered clusters",
    "post_build": "no postBuild: Argo CD does not substitute variables",
    "build_metadata": "no buildMetadata: Argo CD tells in its own annotations what it tracks",
    "ignore": "no ignore: Argo CD has resource.customizations.ignoreDifferences in argocd-cm",
    "common_metadata": "labels and annotations of the bundle, which are written into each object",
    "health_check_exprs": "no healthCheckExprs: Argo CD tells health by Lua in argocd-cm",
}
"""Bundle fields that would be lost. Not here: `interval`, `timeout`, `wait` and `healthChecks`,
which Argo CD has for all Applications at once."""

OF_FLUX_SOURCES = (
    *("semver_filter", "ignore", "include", "sparse_checkout", "layer_selector", "verify"),
    *("suspend", "insecure"),
)
"""Fields of a source that would be lost. Not here: `interval` and `timeout`, which Argo CD has for
all repositories at once, and who may read one, which it keeps in Secrets of its own."""

HELM = frozenset({"HelmChart", "FluxHelm"})


def repository_is_known(plan: Plan) -> Iterator[Finding]:
    """Every Application has a repository; it is never made up."""
    if not plan.cluster.argocd.repo_url:
        expected = (
            "spec.gitops.argocd.repoURL or spec.gitops.bootstrap.sourceURL in the stack, "
            "or argocd.repoURL in .kure-hooks.yaml"
        )
        problem = f"cluster {plan.cluster.name} has no repository for Argo CD"
        yield Finding(plan.cluster.at, "gitops.argocd.repoURL", problem, expected)


def destination_is_one(plan: Plan) -> Iterator[Finding]:
    """A destination is a server or a name."""
    destination = plan.cluster.argocd.destination
    if bool(destination.server) == bool(destination.name):
        problem = "the destination needs exactly one of server and name"
        yield Finding(plan.cluster.at, "gitops.argocd.destination", problem)


def sources_are_known(plan: Plan) -> Iterator[Finding]:
    """A source other than the cluster's has a URL, because Argo CD has no source objects."""
    for unit in plan.units:
        source = unit.source
        if source.kind in ("Bucket", "ExternalArtifact"):
            problem = f"bundle {unit.name} comes from {source.kind} {source.name}, as only Flux can"
            yield Finding(unit.bundle.at, "sourceRef.kind", problem, "a Git or OCI repository")
        elif not source.url and source.name != plan.cluster.source.name:
            problem = f"bundle {unit.name} refers to {source.kind} {source.name} without its URL"
            yield Finding(unit.bundle.at, "sourceRef.url", problem, "the URL of the repository")


def nothing_is_lost(plan: Plan) -> Iterator[Finding]:
    """Fields without an equivalent are refused."""
    for unit in plan.units:
        for field, instead in WITHOUT_EQUIVALENT.items():
            if getattr(unit.bundle.options, field):
                key = _key(field)
                problem = f"bundle {unit.name} has {key}, for which Argo CD has no equivalent"
                yield Finding(unit.bundle.at, key, problem, instead)
        for dependency in unit.bundle.depends_on:
            if dependency.ready_expr:
                problem = f"bundle {unit.name} has a readyExpr, which sync waves can't express"
                yield Finding(unit.bundle.at, "dependsOn", problem, "a dependency without it")


def no_source_is_lost(plan: Plan) -> Iterator[Finding]:
    """What a source says is heard: fields without an equivalent, and revisions of no URL."""
    for unit in plan.units:
        for key in map(_key, _set_fields(unit.source, OF_FLUX_SOURCES)):
            problem = f"the source of bundle {unit.name} has {key}, which Argo CD has not"
            yield Finding(unit.bundle.at, f"sourceRef.{key}", problem, f"no {key}")
        if not unit.source.url:
            for key in map(_key, _set_fields(unit.source, REVISIONS)):
                problem = f"the source of bundle {unit.name} has {key}, but no URL"
                expected = "the URL of the repository"
                yield Finding(unit.bundle.at, f"sourceRef.{key}", problem, expected)


def no_flux_releases(plan: Plan) -> Iterator[Finding]:
    """A Helm chart is written as Flux objects, which nothing on an Argo CD cluster reconciles."""
    for unit in plan.units:
        for application in unit.bundle.applications:
            if application.kind in HELM:
                problem = f"{application.kind} {application.name} needs Flux, not Argo CD"
                expected = (
                    "manifests rendered by helm template, in an application of kind Manifests"
                )
                yield Finding(application.at, "kind", problem, expected)


def own_names_are_free(plan: Plan) -> Iterator[Finding]:
    """With bootstrap, the name of the root Application is taken."""
    unit = plan.by_name.get(root_name(plan))
    if plan.cluster.bootstrap.enabled and unit:
        problem = f"the bundle name {unit.name} is taken by the root Application"
        yield Finding(unit.bundle.at, "name", problem, "another name")


RULES: Sequence[Check] = (
    repository_is_known,
    destination_is_one,
    sources_are_known,
    nothing_is_lost,
    no_source_is_lost,
    no_flux_releases,
    own_names_are_free,
)


def _set_fields(source: SourceRef, names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if getattr(source, name))


def _key(field: str) -> str:
    """Return a field's key in a stack file."""
    first, *more = field.split("_")
    return first + "".join(map(str.title, more))
