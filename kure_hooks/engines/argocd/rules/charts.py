"""Rules for releases of charts on Argo CD 3.5: all that it can't do is said.

`spec.interval`, the interval of a source and who may read it are not here: Argo CD has one interval
for all, and repositories with their credentials in Secrets of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import json

from kure_hooks.apps.helm.release import name_of
from kure_hooks.apps.helm.source import ARCHIVES, exists
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.engines.argocd.helm_applications import chart_source, charts
from kure_hooks.engines.argocd.rules.flux_fields import use
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, written
from kure_hooks.stack.model import Application

_HOOKS = "the hooks of the chart: Argo CD runs them as its own"

REFUSED: Mapping[str, str] = {
    "dependsOn": "dependsOn of bundles, which are waves",
    "driftDetection.ignore": "resource.customizations.ignoreDifferences in argocd-cm",
    "postRenderers": "the values of the chart",
    "postRenderStrategy": "Delete postRenderers.",
    "healthCheckExprs": "health by Lua in argocd-cm",
    "commonMetadata": "the values of the chart",
    "serviceAccountName": "a service account in the project",
    "kubeConfig": "a destination: Argo CD deploys to registered clusters",
    "valuesFrom": "values or valuesFile: Argo CD reads no ConfigMap and no Secret",
    "release.disableHooks": _HOOKS,
    "install.disableHooks": _HOOKS,
    "upgrade.disableHooks": _HOOKS,
    "upgrade.force": "Delete force: Argo CD replaces single objects by an annotation on them.",
    "upgrade.preserveValues": "all values",
    "source.ref.semverFilter": "a range of versions alone",
    "source.ignore": "a chart that is read as a whole",
    "source.layerSelector": "an artifact of Helm, whose layer is known",
    "source.verify": "sourceIntegrity of a project, for Git alone",
    "source.suspend": "suspend of the release",
    "chart.valuesFiles": "values: Argo CD always reads the chart's values.yaml first",
    "chart.ignoreMissingValuesFiles": "Delete valuesFiles.",
    "chart.verify": "sourceIntegrity of a project, for Git alone",
}
"""Fields without which the result would be another one, each with what to write instead."""

_NEVER_FAILS_HALF = "Argo CD tries a failed sync again and goes on where it stopped"
_NO_WAIT = "Argo CD waits by the health of the objects"
_NO_RELEASE = "Argo CD renders the chart and keeps no releases of Helm"
_CREDENTIALS = "Argo CD reads the chart with the credentials of its own repository Secrets"

IGNORED: Mapping[str, str] = {
    "timeout": "Argo CD has one timeout for all syncs",
    "maxHistory": _NO_RELEASE,
    "release.storageNamespace": _NO_RELEASE,
    "release.cleanupOnFail": _NEVER_FAILS_HALF,
    "release.disableWait": _NO_WAIT,
    "release.retries": _NEVER_FAILS_HALF,
    **{
        f"{action}.{key}": reason
        for action in ("install", "upgrade")
        for key, reason in {
            "timeout": "Argo CD has one timeout for all syncs",
            "disableWait": _NO_WAIT,
            "disableWaitForJobs": _NO_WAIT,
            "disableOpenAPIValidation": "the API server validates what is applied",
            "disableTakeOwnership": "Argo CD takes objects over that are there already",
            "strategy": _NEVER_FAILS_HALF,
            "serverSideApply": "Argo CD applies on the server's side",
            "remediation": _NEVER_FAILS_HALF,
        }.items()
    },
    "install.replace": _NO_RELEASE,
    "upgrade.cleanupOnFail": _NEVER_FAILS_HALF,
    "upgrade.chartNameChangeStrategy": _NO_RELEASE,
    "rollback": _NEVER_FAILS_HALF,
    "uninstall": "Argo CD deletes the objects that it applied",
    "test": "Argo CD runs no tests of charts",
    "waitStrategy": _NO_WAIT,
    "persistentClient": "Argo CD has a client of its own",
    "source.secretRef": _CREDENTIALS,
    "source.provider": _CREDENTIALS,
    "source.certSecretRef": _CREDENTIALS,
    "source.proxySecretRef": _CREDENTIALS,
    "source.serviceAccountName": _CREDENTIALS,
    "source.insecure": _CREDENTIALS,
    "source.timeout": "Argo CD has one timeout for all repositories",
    "chart.interval": "Argo CD looks at all repositories at one interval",
    "chart.reconcileStrategy": "Argo CD looks at every revision of a repository",
}
"""Fields without which the result is the same, each with what Argo CD does."""

_RENAMED = {"name_prefix": "namePrefix", "name_suffix": "nameSuffix"}

# What Helm allows (3.19).
_LONGEST_NAME = 53


@of_rule("AC020")
def charts_are_found(plan: Plan) -> Iterator[Finding]:
    """A chart has a source that Argo CD can read, because Argo CD has no source objects."""
    for _, release in charts(plan):
        source = release.spec.source
        if release.spec.is_local:
            if release.spec.chart.path.endswith(ARCHIVES):
                problem = f"Argo CD reads no archive such as that of the chart {release.name}"
                expected = "Unpack the chart, or set render: true."
                yield release.key("spec", "chart", "path").fault(problem, expected)
        elif source.type == "Bucket":
            problem = f"the chart {release.name} comes from a Bucket, as only Flux can"
            expected = "Name a Helm, OCI or Git repository."
            yield release.key("spec", "source", "type").fault(problem, expected)
        elif exists(source):
            problem = f"the chart {release.name} refers to {source.type} {source.name} without URL"
            yield release.key("spec", "source", "url").fault(problem, "the URL of the repository")
        elif chart_source(release.spec).get("path", "").startswith(".."):
            problem = f"the chart {release.name} is outside of its repository"
            yield release.key("spec", "chart", "name").fault(problem, "Name a directory in it.")


@of_rule("AC021")
def releases_are_named(plan: Plan) -> Iterator[Finding]:
    """Flux shortens the long name of a release to one with a digest; Argo CD passes it on."""
    for _, release in charts(plan):
        name = name_of(release)
        if len(name) > _LONGEST_NAME:
            problem = f"the release name {name} is too long for Helm"
            expected = f"a name of at most {_LONGEST_NAME} characters"
            yield release.key("spec", "release", "name").fault(problem, expected)


@of_rule("AC022")
def values_files_are_in_git(plan: Plan) -> Iterator[Finding]:
    """Argo CD reads the values file of a chart from another source if that one is in Git."""
    for unit, release in charts(plan):
        if release.spec.has_files and unit.source.kind != "GitRepository":
            problem = f"the values file of {release.name} is in an {unit.source.kind}"
            expected = "Write values, or take the bundle from a GitRepository."
            key = "valuesFile" if release.spec.values_file is not None else "valuesFiles"
            yield release.key("spec", key).fault(problem, expected)


@of_rule("AC023")
def no_release_loses(plan: Plan) -> Iterator[Finding]:
    """Every field of a release is heard, refused or said to be without effect."""
    for _, release in charts(plan):
        given = written(release.spec)
        for key, instead in REFUSED.items():
            if _value(given, key):
                problem = f"the release {release.name} has {key}, which Argo CD does not have"
                yield release.key("spec", *key.split(".")).fault(problem, use(instead))
        for key, reason in IGNORED.items():
            if _value(given, key) is not None:
                yield _without_effect(release, key, reason)
        if _upgrades_otherwise(release.spec):
            reason = "Argo CD treats CRDs in upgrades as in installations"
            yield _without_effect(release, "upgrade.crds", reason)


@of_rule("AC025")
def no_bundle_changes_a_release(plan: Plan) -> Iterator[Finding]:
    """Refuse changes of a HelmRelease by kustomize: they don't reach an Application."""
    for unit, release in charts(plan):
        options = unit.bundle.options
        changed: list[tuple[str | int, ...]] = [
            (key,) for field, key in _RENAMED.items() if getattr(options, field)
        ]
        for index, patch in enumerate(options.patches):
            if "HelmRelease" in json.encode(patch).decode():
                changed.append(("patches", index))
        for steps in changed:
            problem = f"{steps[0]} of bundle {unit.name} can't change the release {release.name}"
            yield unit.bundle.key(*steps).fault(problem, "Move the release to a bundle without it.")


@of_rule("AO011")
def releases_are_ordered(plan: Plan) -> Iterator[Finding]:
    """With waves on the objects of a node, the Application of a release has no place in between."""
    if plan.cluster.argocd.ordering == "resource-waves":
        for _, release in charts(plan):
            problem = f"resource-waves can't order the release {release.name}"
            expected = "gitops.argocd.ordering waves or progressive"
            yield release.key("kind").fault(problem, expected)


RULES: Sequence[Check] = (
    charts_are_found,
    releases_are_named,
    values_files_are_in_git,
    releases_are_ordered,
    no_release_loses,
    no_bundle_changes_a_release,
)


def _value(given: Manifest, key: str) -> Any:
    found: Any = given
    for each in key.split("."):
        found = found.get(each) if isinstance(found, dict) else None
    return found


def _without_effect(release: Application, key: str, reason: str) -> Finding:
    problem = f"{key} of the release {release.name} has no effect"
    return release.key("spec", *key.split(".")).fault(
        problem, reason, Severity.WARNING, rule="AC024"
    )


def _upgrades_otherwise(spec: Spec) -> bool:
    install = spec.install.crds or spec.release.crds
    upgrade = spec.upgrade.crds or spec.release.crds
    return bool(upgrade) and (upgrade == "Skip") != (install == "Skip")
