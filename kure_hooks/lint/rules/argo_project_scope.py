"""AR004: an Application that its project refuses."""

from collections.abc import Iterator, Mapping

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.application_sources import sources
from kure_hooks.gitops.argocd import GROUP
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.projects import DEFAULT, Project, project_of
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, applications, is_open, written
from kure_hooks.lint.argocd_settings import Setting, is_mentioned, settings
from kure_hooks.manifests import Identity, Kind, Manifest, mappings_at, text_at, value_at
from kure_hooks.objects.scopes import is_built_in, is_cluster_scoped
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Application that its project refuses",
    ERROR,
    "An AppProject lists the repositories, destinations and kinds of its Applications. An "
    "Application whose project is missing, or does not permit its source or destination, has an "
    "invalid spec and is not synced; one with an object of a kind that is not permitted fails with "
    "each sync. Kinds outside of namespaces are refused unless they are listed.",
    "Permit it in the AppProject, or name another project.",
    ARGOCD,
    wrong="""\
kind: AppProject
metadata: {name: shop}
spec:
  sourceRepos: [https://github.com/acme/shop]
---
kind: Application
spec:
  project: shop
  source: {repoURL: https://github.com/acme/fleet}
""",
    right="""\
kind: AppProject
metadata: {name: shop}
spec:
  sourceRepos: [https://github.com/acme/*]
---
kind: Application
spec:
  project: shop
  source: {repoURL: https://github.com/acme/fleet}
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/970",
        "https://github.com/vfarcic/vfarcic.github.io/issues/30",
        "https://github.com/argoproj/argo-cd/issues/21150",
    ),
)

_PROJECT = ("spec", "project")
_NAME = ("metadata", "name")
_IN_CLUSTER = "in-cluster"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the Applications whose project is missing, and what projects do not permit."""
    projects = _projects(cluster)
    known = _Known(cluster)
    missing: dict[str, list[Owner]] = {}
    for owner in applications(cluster):
        if isinstance(owner.spec, dict) and not owner.spec.get("project"):
            problem = f"{owner.who.name} names no project, and the API server demands one"
            expected = "Write project: default, or the name of an AppProject."
            yield owner.resource.finding(("spec", "project"), problem, expected, "AR004")
            continue
        name = project_of(owner.resource.manifest)
        if is_open(name) or not isinstance(owner.spec, dict):
            continue
        same = projects.get(name, [])
        if len(same) == 1:
            yield from _refused(cluster, owner, same[0], known)
        elif not same and name != DEFAULT:
            missing.setdefault(name, []).append(owner)
    if missing:
        yield from _missing(cluster, missing, has_others=bool(projects))


def _projects(cluster: Cluster) -> Mapping[str, list[Resource]]:
    """Return the AppProjects of a cluster by name."""
    projects: dict[str, list[Resource]] = {}
    for _, resource in cluster.resources():
        if resource.kind == "AppProject" and resource.api_version.startswith(f"{GROUP}/"):
            projects.setdefault(resource.name, []).append(resource)
    return projects


def _missing(
    cluster: Cluster, missing: Mapping[str, list[Owner]], *, has_others: bool
) -> Iterator[Finding]:
    """Yield the Applications of projects that nothing here brings.

    That is no error, because a project may be made elsewhere, even where others are here.
    """
    known = cluster.repository.identities if cluster.repository else ()
    elsewhere = {who.name for who in known if (who.group, who.kind) == (GROUP, "AppProject")}
    certain = has_others and not any(map(_may_bring, cluster.owners))
    severity = Severity.WARNING if certain else Severity.INFO
    for name in sorted(missing.keys() - elsewhere):
        problem = f"no AppProject {name} is in this repository"
        expected = f"Add the AppProject {name}, or name one that is there."
        for owner in missing[name]:
            project = Identity(GROUP, "AppProject", owner.who.namespace, name)
            if not cluster.declared.is_external(project):
                where, prefix = written(owner)
                yield where.finding((*prefix, *_PROJECT), problem, expected, "AR004", severity)


def _may_bring(owner: Owner) -> bool:
    """Tell whether an owner may bring AppProjects that are not known here.

    A chart that is installed into another namespace than that of Argo CD has none.
    """
    if owner.is_certain:
        return False
    namespace = text_at(owner.spec, "destination", "namespace")
    return owner.who.kind != "Application" or namespace in ("", owner.who.namespace)


def _refused(
    cluster: Cluster, owner: Owner, project: Resource, known: "_Known"
) -> Iterator[Finding]:
    """Yield what the project of an Application does not permit, if no global project may."""
    findings = list(_all_refused(owner, project, known))
    if findings and not is_mentioned(Setting.GLOBAL_PROJECTS, cluster.files):
        yield from findings


def _all_refused(owner: Owner, project: Resource, known: "_Known") -> Iterator[Finding]:
    severity = Severity.INFO if _may_grow(known, project) else Severity.ERROR
    expected = f"Permit it in the AppProject {project.name}, or name another project."
    where, prefix = written(owner)
    reasons = list(_refusals(owner, Project(project.manifest)))
    for reason in reasons:
        problem = f"the project {project.name} does not permit {reason}"
        yield where.finding((*prefix, *_PROJECT), problem, expected, "AR004", severity)
    if not reasons:
        for resource, reason in _refused_objects(owner, Project(project.manifest), known):
            problem = f"the project {project.name} of {owner.who.name} does not permit {reason}"
            yield resource.finding(_NAME, problem, expected, "AR004", severity)


def _may_grow(known: "_Known", project: Resource) -> bool:
    """Tell whether a global project may permit more: argocd-cm chooses its followers by labels."""
    return bool(value_at(project.manifest, "metadata", "labels")) and not known.has_settings


def _refusals(owner: Owner, project: Project) -> Iterator[str]:
    """Yield the repositories that a project refuses, and its refusal of the destination."""
    application = owner.resource.manifest
    for source in sources(application):
        url = source.repo_url
        if url and not is_open(url) and project.refuses_source(url):
            yield f"the repository {url}"
    place = _place(owner, project)
    if place and project.refuses_destination(application):
        space = text_at(place, "namespace")
        cluster = text_at(place, "server") or text_at(place, "name")
        target = f"the namespace {space}" if space else "a destination without a namespace"
        yield f"{target} on {cluster}"


def _refused_objects(
    owner: Owner, project: Project, known: "_Known"
) -> Iterator[tuple[Resource, str]]:
    """Yield the first object of each kind that a project refuses."""
    place = _place(owner, project)
    told: set[str] = set()
    for resource in owner.resources if place else ():
        candidates = known.candidates(resource, text_at(place, "namespace"))
        refused = (project.refuses_object(owner.resource.manifest, who) for who in candidates)
        if candidates and all(refused) and (reason := _object(candidates[0])) not in told:
            told.add(reason)
            yield resource, reason


def _place(owner: Owner, project: Project) -> Manifest:
    """Return the destination of an Application; empty where it is not known well enough."""
    place = value_at(owner.spec, "destination")
    if not isinstance(place, dict) or any(map(is_open, place.values())):
        return {}
    return {} if _may_be_named(project, place) else place


def _may_be_named(project: Project, place: Manifest) -> bool:
    """Tell whether a project may mean the cluster of Argo CD by a name that somebody gave it."""
    if text_at(place, "name") == _IN_CLUSTER:
        return False
    return any(
        text_at(item, "name") not in ("", "*", _IN_CLUSTER)
        for item in mappings_at(project.manifest, "spec", "destinations")
    )


class _Known:
    """The scopes of kinds that a cluster shows, and whether it has the settings of Argo CD."""

    def __init__(self, cluster: Cluster) -> None:
        self.has_settings = settings(cluster) is not None
        self._scopes: dict[Kind, str] = {}
        for _, resource in cluster.resources():
            if resource.kind == "CustomResourceDefinition":
                spec = resource.manifest.get("spec")
                kind = (text_at(spec, "group"), text_at(spec, "names", "kind"))
                self._scopes[kind] = text_at(spec, "scope")

    def candidates(self, resource: Resource, usual: str) -> tuple[Identity, ...]:
        """Return what an object may be on the cluster: two where nobody here can tell its scope.

        `usual` is the namespace of objects without one.
        """
        who = resource.who
        if who is None:
            return ()
        inside = Identity(who.group, who.kind, who.namespace or usual, who.name)
        outside = Identity(who.group, who.kind, "", who.name)
        if is_cluster_scoped(resource.manifest):
            return (outside,)
        if is_built_in(who.group):
            return (inside,)
        scope = self._scopes.get((who.group, who.kind))
        known = {"Cluster": (outside,), "Namespaced": (inside,)}
        return known.get(scope or "", (inside, outside))


def _object(who: Identity) -> str:
    group = f" of {who.group}" if who.group else ""
    place = f"in the namespace {who.namespace}" if who.namespace else "outside of namespaces"
    return f"the kind {who.kind}{group} {place}"
