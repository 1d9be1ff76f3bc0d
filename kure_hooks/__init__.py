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
    "engines": ("engine_for",),
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
# The engines are modules.
_MODULES = {"argocd": "engines.argocd.tool", "flux": "engines.flux.tool"}

__all__ = [  # noqa: PLE0604 - the names are strings, from the table above
    "__version__",
    *sorted({*_HOME_OF, *_MODULES}),
]


def __getattr__(name: str) -> object:
    """Load a name of the public API."""
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    if name in _HOME_OF:
        return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    raise AttributeError(f"kure_hooks has no {name}: expected one of {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
