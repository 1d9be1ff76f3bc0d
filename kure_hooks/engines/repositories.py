"""Sources that have the generated files: those of this repository, and artifacts made of it.

Files are written here, so a bundle from elsewhere would name a path that is not there. What a
source holds can't be seen; its kind and its URL tell what can be told. A GitRepository with another
URL is another repository. An OCIRepository is taken for an artifact that is made of this one, if
all of a cluster come from one URL.
"""

from collections.abc import Iterator

from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.stack.source_rules import repository, without_login
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio.place import Place

_OCI = "oci://"


@of_rule("EN001")
def sources_are_this_repository(plan: Plan) -> Iterator[Finding]:
    """The URL of a bundle's source is that of this repository, or of the one artifact of it."""
    own = _own_urls(plan)
    seen: set[Place] = set()
    for unit in plan.units:
        url = unit.source.url
        place = unit.source_key("url")
        if not url or unit.artifact or unit.exists or place in seen:
            continue
        seen.add(place)
        known = own.setdefault(url.startswith(_OCI), [url])
        if repository(url) not in map(repository, known):
            source = f"{without_login(url)}, not from {without_login(known[0])}"
            yield place.fault(_problem(unit, source), _EXPECTED)


@of_rule("EN002")
def packages_are_not_this_repository(plan: Plan) -> Iterator[Finding]:
    """A package has a root of its own, which this repository as a whole has not."""
    own = [repository(url) for url in _own_urls(plan).get(False, ())]
    for unit in plan.units:
        url = unit.source.url
        if unit.artifact and url and repository(url) in own:
            problem = f"package {unit.artifact[-1]} is this repository, which has no ./{unit.path}"
            yield unit.source_key("url").fault(
                problem, "Delete packageRef, or write the URL of the package."
            )


@of_rule("EN001")
def artifacts_hold_this_repository(plan: Plan) -> Iterator[Finding]:
    """A Bucket is the cluster's own one; what an ExternalArtifact holds is up to its maker."""
    seen: set[Place] = set()
    for unit in plan.units:
        source, place = unit.source, unit.source_key("kind")
        usual = plan.cluster.source
        named = source.name == usual.name or source.bucket_name == usual.bucket_name is not None
        own = source.kind == usual.kind and named
        elsewhere = source.kind in ("Bucket", "ExternalArtifact") and not own
        if elsewhere and not unit.artifact and not unit.exists and place not in seen:
            seen.add(place)
            yield place.fault(_problem(unit, f"{source.kind} {source.name}"), _EXPECTED)


_EXPECTED = (
    "Add payload: {path: DIRECTORY} for a directory of that source, name a source of this "
    "repository, or add a packageRef for files that are delivered from here."
)


def is_here(plan: Plan, unit: Unit) -> bool:
    """Tell whether the source of a unit surely is this repository, at the cluster's revision.

    Not so for a package, for a source of another name that says no URL, and for one with a URL
    where nothing tells that of this repository.
    """
    source, usual = unit.source, plan.cluster.source
    if unit.artifact or not _is_at_the_usual_revision(plan, unit):
        return False
    if source.url:
        known = _own_urls(plan).get(source.url.startswith(_OCI), ())
        return repository(source.url) in map(repository, known)
    named = source.name == usual.name or source.bucket_name == usual.bucket_name is not None
    return source.kind == usual.kind and named


def _is_at_the_usual_revision(plan: Plan, unit: Unit) -> bool:
    usual = {_revision(plan.cluster.source)}
    pinned = [_revision(unit.source)]
    if plan.cluster.engine == "argocd":
        usual |= {plan.cluster.argocd.target_revision, "HEAD"}
        pinned = [unit.bundle.options.argocd.target_revision or pinned[0]]
    return all(revision == "" or revision in usual for revision in pinned)


def _revision(source: SourceRef) -> str:
    """Return the revision that a source asks for, empty for the default one."""
    parts = (source.commit, source.digest, source.ref, source.semver, source.tag, source.branch)
    revision = next((part for part in parts if part), "")
    return revision.removeprefix("refs/heads/").removeprefix("refs/tags/")


def _problem(unit: Unit, source: str) -> str:
    path = "/".join(unit.synced)
    return f"bundle {unit.name} comes from {source}, but its files are written to {path} here"


def _own_urls(plan: Plan) -> dict[bool, list[str]]:
    """Return the URLs that the stack or the settings give this repository, artifacts by True."""
    found: dict[bool, list[str]] = {}
    endpoint = plan.cluster.bootstrap.source_url  # which is no repository for a Bucket
    argocd = plan.cluster.argocd.repo_url
    for url in (plan.cluster.source.url, argocd if argocd != endpoint else None):
        if url:
            found.setdefault(url.startswith(_OCI), []).append(url)
    return found
