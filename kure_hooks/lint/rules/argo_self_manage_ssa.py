"""AR012: a CRD that is too big for client-side apply, such as that of ApplicationSets."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import json

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import sync_options
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.kustomize import is_kustomization
from kure_hooks.lint.argocd import (
    ARGOCD,
    NEWEST,
    Version,
    applications,
    argocd_version,
    options_of,
    released,
)
from kure_hooks.manifests import Manifest, value_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "CRD that is too big for client-side apply",
    WARNING,
    "Client-side apply keeps a copy of each object in an annotation, and an annotation has at most "
    '256 KiB. A bigger CRD fails with "metadata.annotations: Too long". That of ApplicationSets is '
    "one since Argo CD 3.3: an Application that installs Argo CD itself stops half way.",
    "Add ServerSideApply=true to the sync options of the Application.",
    ARGOCD,
    wrong="""\
metadata: {name: argocd}
spec:
  source: {path: argocd}  # resources: .../argo-cd/v3.5.1/manifests/install.yaml
  syncPolicy:
    syncOptions: [CreateNamespace=true]
""",
    right="""\
metadata: {name: argocd}
spec:
  source: {path: argocd}
  syncPolicy:
    syncOptions: [ServerSideApply=true]
""",
    incidents=(
        "https://github.com/argoproj/argo-helm/issues/3704",
        "https://github.com/claytono/infra/issues/1476",
    ),
)

_MOST = 262_144
"""The bytes that all annotations of an object have room for (Kubernetes 1.34)."""

_MANIFESTS = re.compile(r"/manifests/|manifests/crds|//manifests")
_TOO_BIG = (3, 3)
_WORKING = {"ServerSideApply=true", "Replace=true"}
_NAME = ("metadata", "name")
_SETS = "applicationsets.argoproj.io"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the Applications that install a CRD of such a size with client-side apply."""
    version = argocd_version(cluster) or NEWEST
    for owner in applications(cluster):
        if _WORKING.isdisjoint(sync_options(owner.resource.manifest)) and (
            crd := _big_crd(cluster, owner, version)
        ):
            problem = f"{crd} is too big for client-side apply, with which {owner.who.name} syncs"
            expected = "Add ServerSideApply=true to syncOptions."
            yield owner.resource.finding(_NAME, problem, expected, "AR012", Severity.WARNING)


def _big_crd(cluster: Cluster, owner: Owner, version: Version) -> str:
    """Return the name of what an Application brings that is too big, empty without any."""
    for resource in owner.resources:
        if resource.kind == "CustomResourceDefinition" and not _is_server_side(resource.manifest):
            is_of_sets = resource.name == _SETS and version >= _TOO_BIG
            if is_of_sets or len(json.encode(resource.manifest)) > _MOST:
                return f"the CustomResourceDefinition {resource.name} at {resource.at()}"
    for path in sorted(path for payload in owner.payloads for path in payload.files):
        if is_kustomization(path):
            for document in cluster.files.documents(path):
                if installed := _installed(document.value):
                    return f"the CRD of ApplicationSets in Argo CD {installed}"
    return ""


def _is_server_side(manifest: Manifest) -> bool:
    return not _WORKING.isdisjoint(options_of(manifest))


def _installed(build: Any) -> str:
    """Return the version of Argo CD that a build installs from its releases, if it is so big.

    A build with patches may write the option into the CRDs.
    """
    patches = [value_at(build, key) for key in ("patches", "patchesStrategicMerge")]
    if any(patches):
        text = str(patches)
        if "CustomResourceDefinition" in text or "ServerSideApply" in text:
            return ""
    if "ServerSideApply=true" in str(value_at(build, "commonAnnotations")):
        return ""
    resources = value_at(build, "resources")
    for resource in resources if isinstance(resources, list) else ():
        text = str(resource)
        version = next(released(text), None)
        if version and version >= _TOO_BIG and _MANIFESTS.search(text):
            return ".".join(map(str, version))
    return ""
