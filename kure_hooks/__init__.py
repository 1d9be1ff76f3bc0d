"""Generate, check and explain GitOps trees for Flux CD and Argo CD from stack files.

The names below are the public API; each is loaded when it is first asked for. Type checkers read
them in `__init__.pyi`.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "api": ("check", "generate", "load_stack"),
    "apps": ("Generator",),
    "builder": ("BundleBuilder", "ClusterBuilder", "NodeBuilder"),
    "config.argocd": ("ArgocdSpec",),
    "config.flux": ("FluxSpec",),
    "config.layout": ("LayoutSpec",),
    "engines": ("argocd", "engine_for", "flux"),
    "engines.interface": (
        "BootstrapGenerator",
        "LayoutIntegrator",
        "ResourceGenerator",
        "WorkflowEngine",
    ),
    "errors": ("InputError", "KureHooksError", "ToolError", "UsageError"),
    "findings": ("Finding", "Location", "Severity"),
    "layout.render": ("ManifestLayout",),
    "layout.rules": ("LayoutRules",),
    "outcome": ("Outcome",),
    "registry": ("EngineEntry", "KindEntry", "RuleEntry"),
    "stack.gitops": ("Bootstrap",),
    "stack.interface": ("Product",),
    "stack.model": ("Application", "Bundle", "Cluster", "Node", "Stack"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = frozenset({"argocd", "flux"})

__all__ = [  # noqa: PLE0604 - the names are strings, from the table above
    "__version__",
    *sorted(_HOME_OF),
]


def __getattr__(name: str) -> object:
    """Load a name of the public API."""
    if name not in _HOME_OF:
        raise AttributeError(f"kure_hooks has no {name}: expected one of {', '.join(__all__)}")
    home = f"{__name__}.{_HOME_OF[name]}"
    if name in _MODULES:
        return import_module(f"{home}.{name}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
