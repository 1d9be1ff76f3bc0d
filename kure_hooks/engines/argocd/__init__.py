"""Argo CD 3.5: an Application for each unit, ordered by sync waves."""

from kure_hooks.engines import placement
from kure_hooks.engines.argocd import bootstrap, resources, rules
from kure_hooks.engines.interface import ComposedEngine

ENGINE = ComposedEngine(
    name="argocd",
    version="3.5",
    control="argocd",
    rules=rules.RULES,
    resources=resources.resources,
    layout=placement.separate,
    bootstrap=bootstrap.bootstrap,
)
