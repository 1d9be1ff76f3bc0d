"""Flux CD 2.9: Kustomizations and their sources.

The engine is loaded when one of its names is first asked for: drift asks for `effects` alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kure_hooks.engines.flux.tool import ENGINE as ENGINE
    from kure_hooks.engines.flux.tool import FLUX as FLUX
    from kure_hooks.engines.flux.tool import BootstrapGenerator as BootstrapGenerator
    from kure_hooks.engines.flux.tool import LayoutIntegrator as LayoutIntegrator
    from kure_hooks.engines.flux.tool import ResourceGenerator as ResourceGenerator
    from kure_hooks.engines.flux.tool import engine as engine
    from kure_hooks.engines.flux.tool import engine_with_config as engine_with_config
    from kure_hooks.engines.flux.tool import engine_with_mode as engine_with_mode

_NAMES = frozenset(
    (
        "BootstrapGenerator",
        "ENGINE",
        "FLUX",
        "LayoutIntegrator",
        "ResourceGenerator",
        "engine",
        "engine_with_config",
        "engine_with_mode",
    )
)


def __getattr__(name: str) -> object:
    """Load a name of the engine."""
    if name not in _NAMES:
        raise AttributeError(f"{__name__} has no {name}")
    return getattr(import_module(f"{__name__}.tool"), name)
