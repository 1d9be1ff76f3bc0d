"""GitOps engines: each writes the same units as objects of one GitOps tool."""

from kure_hooks.engines.argocd import ENGINE as ARGOCD
from kure_hooks.engines.flux import ENGINE as FLUX
from kure_hooks.engines.interface import WorkflowEngine

ENGINES: dict[str, WorkflowEngine] = {engine.name: engine for engine in (ARGOCD, FLUX)}
