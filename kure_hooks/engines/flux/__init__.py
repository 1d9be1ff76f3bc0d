"""Flux CD 2.9: Kustomizations and their sources."""

from kure_hooks.engines import placement
from kure_hooks.engines.flux import bootstrap, resources, rules
from kure_hooks.engines.interface import ComposedEngine

ENGINE = ComposedEngine(
    name="flux",
    control="flux-system",
    rules=rules.RULES,
    resources=resources.resources,
    layout=placement.separate,
    bootstrap=bootstrap.bootstrap,
)
