"""Argo CD 3.5: an Application for each unit, in the order of the dependency graph."""

from kure_hooks.engines.argocd import (
    bootstrap,
    charts,
    namespaces,
    placement,
    rendering,
    resources,
    rules,
    versions,
)
from kure_hooks.engines.gitops_patches import with_patches
from kure_hooks.engines.interface import ComposedEngine

ENGINE = ComposedEngine(
    name="argocd",
    version="3.5",
    scheme=bootstrap.scheme,
    rules=rules.RULES,
    resources=resources.resources,
    layout=with_patches(versions.for_version(placement.layout)),
    bootstrap=bootstrap.bootstrap,
    preparations=(charts.without_charts, rendering.prepare, namespaces.create),
    reviews=rules.REVIEWS,
)
