"""AppProjects: what they keep their Applications from (Argo CD 3.5).

Only refusals that are certain are told: a pattern may have more in it than is followed, and a
project may know a cluster by its name that an Application knows by its server.
"""

from dataclasses import dataclass
from functools import cached_property

from kure_hooks.engines.permissions import refuses_destination, refuses_object, refuses_source
from kure_hooks.gitops.patterns import PatternError, is_taken
from kure_hooks.manifests import Identity, Manifest, text_at, value_at

PROJECT = ("argoproj.io", "AppProject")
DEFAULT = "default"
"""The project of an Application that names none; Argo CD makes it where nobody does."""

_CLUSTER = ("server", "name")
_EXPRESSION = "/"


def project_of(application: Manifest) -> str:
    """Return the name of the project of an Application."""
    return text_at(application, "spec", "project") or DEFAULT


@dataclass(frozen=True)
class Project:
    """One AppProject by its manifest."""

    manifest: Manifest

    @cached_property
    def is_narrow(self) -> bool:
        """True for one that permits only its own clusters, which the manifests do not tell."""
        return value_at(self.manifest, "spec", "permitOnlyProjectScopedClusters") is True

    def refuses_source(self, url: str) -> bool:
        """Tell whether it refuses Applications from a repository."""
        return refuses_source(self.manifest, url)

    def refuses_destination(self, application: Manifest, namespace: str | None = None) -> bool:
        """Tell whether it refuses the cluster of an Application, with its namespace or another."""
        place = value_at(application, "spec", "destination")
        where = text_at(place, "namespace") if namespace is None else namespace
        cluster = _cluster(application)
        return bool(cluster) and refuses_destination(self.manifest, cluster, where)

    def refuses_object(self, application: Manifest, who: Identity) -> bool:
        """Tell whether it refuses an object of an Application, by its kind or its namespace.

        An object without a namespace is taken for one of a kind without namespaces.
        """
        cluster = _cluster(application)
        return bool(cluster) and refuses_object(self.manifest, cluster, who)

    def refuses_namespace(self, namespace: str, argocd: str = "argocd") -> bool:
        """Tell whether an Application may not be in a namespace; in Argo CD's own each may."""
        if namespace in ("", argocd):
            return False
        patterns = value_at(self.manifest, "spec", "sourceNamespaces")
        listed = patterns if isinstance(patterns, list) else []
        return not any(_may_name(str(pattern), namespace) for pattern in listed)


def _cluster(application: Manifest) -> dict[str, str]:
    place = value_at(application, "spec", "destination")
    return {key: text for key in _CLUSTER if (text := text_at(place, key))}


def _may_name(pattern: str, namespace: str) -> bool:
    """Tell whether a pattern may be for a namespace; one between slashes is an expression."""
    if pattern.startswith(_EXPRESSION) and pattern.endswith(_EXPRESSION) and len(pattern) > 1:
        return True
    try:
        return is_taken(pattern, namespace)
    except PatternError:
        return True
