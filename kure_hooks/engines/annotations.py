"""Labels and annotations by which an object speaks to kustomize-controller (Flux 2.9)."""

from msgspec.structs import replace

from kure_hooks.apps.metadata import with_annotations
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, text_at
from kure_hooks.stack.interface import Product

KUSTOMIZE = "kustomize.toolkit.fluxcd.io"

_FORCED = with_annotations({f"{KUSTOMIZE}/force": "enabled"})


def force(plan: Plan, contents: Contents) -> Contents:
    """Return the contents with an annotation on what may be deleted and created again."""
    del plan  # the products say it
    return {
        bundle: [(application, _forced(product)) for application, product in products]
        for bundle, products in contents.items()
    }


def _forced(product: Product) -> Product:
    if not product.replaced:
        return product
    manifests = [
        _FORCED(manifest) if identity(manifest) in product.replaced else manifest
        for manifest in product.manifests
    ]
    return replace(product, manifests=manifests)


def opts_out(manifest: Manifest, what: str, value: str = "disabled") -> bool:
    """Return whether a label or annotation of kustomize-controller has a value, in any case."""
    return value in {text.lower() for text in _texts(manifest, what)}


def is_substituted(manifest: Manifest) -> bool:
    """Tell whether variables in an object are replaced; only here the case of `disabled` counts."""
    return "disabled" not in _texts(manifest, "substitute")


def _texts(manifest: Manifest, what: str) -> tuple[str, ...]:
    parts = ("labels", "annotations")
    return tuple(text_at(manifest, "metadata", part, f"{KUSTOMIZE}/{what}") for part in parts)
