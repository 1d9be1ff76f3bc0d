"""Labels and annotations by which an object speaks to the tools (Flux 2.9, Argo CD 3.5)."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from kure_hooks.manifests import Manifest, identity, text_at

if TYPE_CHECKING:  # who only reads annotations generates nothing
    from kure_hooks.layout.payloads import Contents
    from kure_hooks.layout.plan import Plan
    from kure_hooks.stack.interface import Product

KUSTOMIZE = "kustomize.toolkit.fluxcd.io"

SYNC_OPTIONS = "argocd.argoproj.io/sync-options"


def force(plan: "Plan", contents: "Contents") -> "Contents":
    """Return the contents with an annotation on what may be deleted and created again."""
    del plan  # the products say it
    return {
        bundle: [(application, _forced(product)) for application, product in products]
        for bundle, products in contents.items()
    }


def _forced(product: "Product") -> "Product":
    if not product.replaced:
        return product
    from kure_hooks.apps.metadata import with_annotations  # noqa: PLC0415 - few products ask for it

    forced = with_annotations({f"{KUSTOMIZE}/force": "enabled"})
    manifests = [
        forced(manifest) if identity(manifest) in product.replaced else manifest
        for manifest in product.manifests
    ]
    return replace(product, manifests=manifests)


def opts_out(manifest: Manifest, what: str, value: str = "disabled") -> bool:
    """Return whether a label or annotation of kustomize-controller has a value, in any case."""
    return value in {text.lower() for text in _texts(manifest, what)}


def is_made_again(manifest: Manifest) -> bool:
    """Return whether an object asks to be deleted and created again where its change is refused.

    The sources are the annotation `force` of Flux 2.9 and the sync option Force of Argo CD 3.5.
    """
    options = text_at(manifest, "metadata", "annotations", SYNC_OPTIONS).split(",")
    return opts_out(manifest, "force", "enabled") or "Force=true" in map(str.strip, options)


def is_substituted(manifest: Manifest) -> bool:
    """Tell whether variables in an object are replaced; only here the case of `disabled` counts."""
    return "disabled" not in _texts(manifest, "substitute")


def _texts(manifest: Manifest, what: str) -> tuple[str, ...]:
    parts = ("labels", "annotations")
    return tuple(text_at(manifest, "metadata", part, f"{KUSTOMIZE}/{what}") for part in parts)
