"""Argo CD 3.5: an Application for each unit, in the order of the dependency graph.

The engine is loaded when one of its names is first asked for: drift asks for `effects` alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kure_hooks.engines.argocd.tool import ARGOCD as ARGOCD
    from kure_hooks.engines.argocd.tool import ENGINE as ENGINE
    from kure_hooks.engines.argocd.tool import ArgocdEngine as ArgocdEngine
    from kure_hooks.engines.argocd.tool import BootstrapGenerator as BootstrapGenerator
    from kure_hooks.engines.argocd.tool import LayoutIntegrator as LayoutIntegrator
    from kure_hooks.engines.argocd.tool import ResourceGenerator as ResourceGenerator
    from kure_hooks.engines.argocd.tool import engine as engine

_NAMES = frozenset(
    (
        "ARGOCD",
        "ArgocdEngine",
        "BootstrapGenerator",
        "ENGINE",
        "LayoutIntegrator",
        "ResourceGenerator",
        "engine",
    )
)


def __getattr__(name: str) -> object:
    """Load a name of the engine."""
    if name not in _NAMES:
        raise AttributeError(f"{__name__} has no {name}")
    return getattr(import_module(f"{__name__}.tool"), name)
