"""AR002: a source without a directory or a chart that Argo CD finds."""

import re
from collections.abc import Iterator
from posixpath import normpath

from kure_hooks.decoding import nearest
from kure_hooks.files.paths import ancestors, base_name, parent
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.application_sources import ApplicationSource, sources
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner, Target
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.urls import same_repository
from kure_hooks.lint.argocd import (
    ARGOCD,
    Declaration,
    applications,
    declarations,
    is_open,
    is_present,
    written,
)
from kure_hooks.lint.flux import is_near
from kure_hooks.manifests import text_at, value_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Source without a directory or chart",
    ERROR,
    "Argo CD reads one directory of a repository, or one chart of a known version. Where the "
    "path is absolute, leaves the repository or is no directory of it, or where neither path nor "
    "chart is there, the Application can't be compared: it is Unknown, and nothing of it is "
    "synced or healed any more.",
    "Name a directory of the repository, or a chart with its version in targetRevision.",
    ARGOCD,
    wrong="""\
spec:
  source:
    repoURL: https://github.com/acme/fleet
    path: /apps/shop
""",
    right="""\
spec:
  source:
    repoURL: https://github.com/acme/fleet
    path: apps/shop
""",
    incidents=(
        "https://github.com/claytono/infra/issues/116",
        "https://github.com/crossplane-contrib/provider-argocd/issues/209",
        "https://github.com/argoproj/argo-cd/issues/2884",
    ),
)

_OCI = "oci://"
_SOURCES = {"source", "sources", "sourceHydrator"}
_MODULES = ".gitmodules"
_MODULE_PATH = re.compile(r"^[^\S\n]*+path\s*+=\s*+(\S++)[^\S\n]*+$", re.MULTILINE)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sources that name nothing, and paths that are no directories of the repository."""
    for declaration in declarations(cluster):
        spec = declaration.spec
        if isinstance(spec, dict) and not declaration.is_partial and not _SOURCES & spec.keys():
            problem = "this Application has no source, so Argo CD refuses it"
            yield declaration.finding(("spec",), problem, "Add source, or sources.", "AR002")
        for source in declaration.sources:
            yield from _of_source(declaration, source)
    here = set(_here(cluster))
    for owner in applications(cluster):
        for target in owner.targets:
            if not _is_missing(target) or _leads_on(cluster, target.directory or ""):
                continue
            if _is_read(owner, target, here):
                resource, prefix = written(owner)
                steps = (*prefix, *target.pointer)
                yield resource.finding(steps, *_missing(cluster, target), "AR002")


def _of_source(declaration: Declaration, source: ApplicationSource) -> Iterator[Finding]:
    partial, pointer = declaration.is_partial, source.pointer
    path, chart = source.path, source.chart
    is_listed = "sources" in pointer
    if not path and not chart and not (is_listed and source.ref):
        if not partial and "sourceHydrator" not in pointer:
            problem = "this source has neither a path nor a chart"
            yield declaration.finding(pointer, problem, "Add the path of a directory.", "AR002")
        return
    if chart and not source.fields.get("targetRevision") and not partial:
        problem = f"the chart {chart} has no version, and Argo CD does not choose one"
        steps = (*pointer, "chart")
        yield declaration.finding(steps, problem, "Add the version as targetRevision.", "AR002")
    if path and chart:
        problem = f"Argo CD takes the chart {chart} and ignores the path {path}"
        steps = (*pointer, "path")
        expected = "Remove one of the two."
        yield declaration.finding(steps, problem, expected, "AR002", Severity.WARNING)
    elif path and not is_open(path):
        yield from _of_path(declaration, (*pointer, "path"), path)


def _of_path(declaration: Declaration, pointer: Pointer, path: str) -> Iterator[Finding]:
    if path.startswith("/"):
        problem = f"the path {path} is absolute, and Argo CD refuses it"
        expected = f"Write {path.strip('/') or '.'}."
        yield declaration.finding(pointer, problem, expected, "AR002")
    elif normpath(path).startswith(".."):
        problem = f"the path {path} leaves the repository"
        expected = "Name a directory of the repository, seen from its root."
        yield declaration.finding(pointer, problem, expected, "AR002")


def _is_missing(target: Target) -> bool:
    """Tell whether a path inside of the repository is no directory of it."""
    return target.directory is not None and not target.exists


def _leads_on(cluster: Cluster, directory: str) -> bool:
    """Tell whether a path goes through a symbolic link or a submodule, which Argo CD follows."""
    files = cluster.files
    modules = _submodules(files)
    return any(
        path in modules
        or f"{path}/" in files.paths
        or (path in files.paths and files.tree.link(path) is not None)
        for path in (*ancestors(directory), directory)
    )


def _submodules(files: Files) -> frozenset[str]:
    """Return the directories of submodules, also of those that are not checked out."""
    if _MODULES not in files.paths:
        return frozenset()
    return frozenset(_MODULE_PATH.findall(files.text(_MODULES)))


def _here(cluster: Cluster) -> Iterator[str]:
    """Yield the addresses of which Applications find most of their paths in this repository."""
    counts: dict[str, list[int]] = {}
    for owner in applications(cluster):
        for target in owner.targets:
            count = counts.setdefault(_url(owner, target), [0, 0])
            count[target.exists] += 1
    return (url for url, (missing, existing) in counts.items() if existing > max(missing, 1))


def _url(owner: Owner, target: Target) -> str:
    return text_at(value_at(owner.resource.manifest, *target.pointer[:-1]), "repoURL")


def _is_read(owner: Owner, target: Target, here: set[str]) -> bool:
    """Tell whether the path is read in this repository, at the revision that is here, for sure."""
    source = value_at(owner.resource.manifest, *target.pointer[:-1])
    revision, url = text_at(source, "targetRevision"), text_at(source, "repoURL")
    if is_open(target.path) or is_open(revision) or url.startswith(_OCI):
        return False
    if target.path.startswith("/"):
        return False
    is_here = not target.is_assumed or url in here or _is_that_of_a_parent(url, owner)
    return is_here and is_present(revision, owner)


def _is_that_of_a_parent(url: str, owner: Owner) -> bool:
    """Tell whether a parent is read from the same URL, and brings the Application from here."""
    return any(
        same_repository(url, source.repo_url)
        for parent in owner.above()
        if parent.payloads
        for source in sources(parent.resource.manifest)
    )


def _missing(cluster: Cluster, target: Target) -> tuple[str, str]:
    directory = target.directory or ""
    if directory in cluster.files.paths:
        above = directory.rpartition("/")[0] or "."
        problem = f"the path {target.path} is a file, and Argo CD reads directories"
        return problem, f"Name the directory {above}, and the file in directory.include."
    problem = f"the path {target.path} is no directory of the repository"
    hint = nearest(directory, _like(cluster, directory))
    advice = "Correct the path, or add the directory."
    return problem, f"{hint} {advice}" if is_near(hint) else advice


def _like(cluster: Cluster, directory: str) -> set[str]:
    """Return the directories with the same name, and those beside the missing one."""
    known = cluster.files.directories - {""}
    above = next((path for path in ancestors(directory) if path in known), "")
    return {
        path for path in known if base_name(path) == base_name(directory) or parent(path) == above
    }
