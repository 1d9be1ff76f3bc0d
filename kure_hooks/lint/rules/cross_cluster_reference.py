"""KZ004: a cluster that takes in files of another one."""

from collections.abc import Iterator, Mapping

from kure_hooks.files.paths import ancestors, base_name, parent
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Reference into another cluster",
    ERROR,
    "A cluster applies a directory that belongs to another one, often because its files were "
    "copied and a path was not changed. It gets the other one's settings and secrets, and a "
    "change that is meant for one cluster reaches both.",
    "Name the directory of the cluster itself, or move what both need to a directory of its own.",
    "Flux 2.9",
    wrong="""\
# clusters/production/apps.yaml
spec:
  path: ./clusters/staging/apps
""",
    right="""\
# clusters/production/apps.yaml
spec:
  path: ./clusters/production/apps
""",
)


def check_repository(repository: Repository) -> Iterator[Finding]:
    """Yield a finding for each owner whose directory or files are those of another cluster.

    Clusters are those that are certain and lie beside each other, as `clusters/*`. An owner that
    applies to another cluster than its own is left out.
    """
    certain = [cluster for cluster in repository.clusters if cluster.is_certain]
    siblings: dict[str, dict[str, Cluster]] = {}
    for cluster in certain:
        siblings.setdefault(parent(_root(cluster)), {})[_root(cluster)] = cluster
    for cluster in certain:
        roots = siblings[parent(_root(cluster))]
        for owner in cluster.owners if len(roots) > 1 else ():
            if not any(item.destination for item in (owner, *owner.above())):
                yield from _strays(owner, cluster, roots)


def _other(path: str, cluster: Cluster, roots: Mapping[str, Cluster]) -> Cluster | None:
    """Return the cluster beside this one that a path belongs to."""
    inside = (roots[above] for above in (path, *ancestors(path)) if above in roots)
    other = next(inside, None)
    return None if other is None or _root(other) == _root(cluster) else other


def _root(cluster: Cluster) -> str:
    """Return the directory of a cluster; one that starts in flux-system has the one above."""
    return parent(cluster.name) if base_name(cluster.name) == "flux-system" else cluster.name


def _strays(owner: Owner, cluster: Cluster, roots: Mapping[str, Cluster]) -> Iterator[Finding]:
    for target in owner.targets:
        directory = target.directory or ""
        other = _other(directory, cluster, roots)
        if other is not None and target.directory is not None:
            problem = f"cluster {cluster.name} applies {target.path}, which is of {other.name}"
            yield owner.resource.finding(target.pointer, problem, _EXPECTED, "")
            return
    for payload in owner.payloads:
        for path in sorted(payload.files):
            other = _other(path, cluster, roots)
            if other is not None:
                problem = (
                    f"{owner.who} of cluster {cluster.name} takes in {path}, which is of "
                    f"{other.name}"
                )
                yield owner.resource.finding(
                    ("spec", "path"), problem, _EXPECTED, "", Severity.ERROR
                )
                return


_EXPECTED = "Name a directory of the cluster, or one that clusters share."
