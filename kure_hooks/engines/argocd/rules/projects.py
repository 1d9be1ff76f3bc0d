"""The AppProject of a cluster: what is said of it that can't be, and what it doesn't permit."""

from collections.abc import Iterator, Sequence
from itertools import chain

from kure_hooks.config.project_spec import policy_problems, problems
from kure_hooks.engines.argocd.applications import WAVE
from kure_hooks.engines.argocd.bundle_applications import usual_project
from kure_hooks.engines.argocd.helm_applications import charts
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.yamlio.place import Place


@of_rule("AC018")
def project_spec_is_heard(plan: Plan) -> Iterator[Finding]:
    """A `projectSpec` is for a project that is generated, and Argo CD accepts it.

    What types and the settings file can't tell of the settings' own is told where they are read.
    """
    spec = plan.cluster.argocd.project_spec
    if spec is None:
        return
    place = _place(plan)
    if not _generates_project(plan):
        problem = "this has no effect, because no bundle is in a project that is generated"
        yield place.fault(problem, "Delete gitops.argocd.project or projectSpec.")
    of_stack = problems(spec) if place.exists else ()
    of_project = policy_problems(spec, usual_project(plan.cluster))
    for pointer, problem, expected in chain(of_stack, of_project):
        yield place.below(*pointer).fault(problem, expected)


@of_rule("AC005")
def charts_may_leave_their_namespace(plan: Plan) -> Iterator[Finding]:
    """Refuse a chart's objects outside of its namespace, unless its project permits them.

    Nobody here knows the objects of a chart. Whoever says which destinations there are knows.
    """
    spec = plan.cluster.argocd.project_spec
    if plan.cluster.argocd.project or (spec and spec.destinations):
        return
    releases = [release for unit, release in charts(plan) if not unit.bundle.options.argocd.project]
    if releases:
        names = ", ".join(dict.fromkeys(release.name for release in releases))
        problem = (
            f"the project permits {names} objects in the namespace of the release only, "
            "and Argo CD refuses what a chart has in others"
        )
        expected = (
            "gitops.argocd.projectSpec.destinations with the namespaces that the charts need, "
            "or with those of the releases if these are enough"
        )
        yield releases[0].key("spec").fault(problem, expected, Severity.WARNING)


@of_rule("AO012")
def waves_are_of_the_ordering(plan: Plan) -> Iterator[Finding]:
    """The wave of an Application comes from the order of bundles alone."""
    places = [
        plan.cluster.key("gitops", "argocd", "annotations", WAVE),
        *(bundle.key("argocd", "annotations", WAVE) for bundle in plan.cluster.bundles()),
    ]
    for place in places:
        if place.exists:
            yield place.fault("the wave of an Application follows from dependsOn", "dependsOn")


RULES: Sequence[Check] = (
    project_spec_is_heard,
    charts_may_leave_their_namespace,
    waves_are_of_the_ordering,
)


def _generates_project(plan: Plan) -> bool:
    if plan.cluster.argocd.project:
        return False
    own = usual_project(plan.cluster)
    return any(unit.bundle.options.argocd.project in (None, own) for unit in plan.units)


def _place(plan: Plan) -> Place:
    return plan.cluster.key("gitops", "argocd", "projectSpec")
