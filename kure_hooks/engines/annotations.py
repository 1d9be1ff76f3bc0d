"""Labels and annotations by which an object speaks to kustomize-controller (Flux 2.9)."""

from kure_hooks.manifests import Manifest, text_at

KUSTOMIZE = "kustomize.toolkit.fluxcd.io"


def opts_out(manifest: Manifest, what: str, value: str = "disabled") -> bool:
    """Return whether a label or annotation of kustomize-controller has a value, in any case."""
    return value in {text.lower() for text in _texts(manifest, what)}


def is_substituted(manifest: Manifest) -> bool:
    """Tell whether variables in an object are replaced; only here the case of `disabled` counts."""
    return "disabled" not in _texts(manifest, "substitute")


def _texts(manifest: Manifest, what: str) -> tuple[str, ...]:
    parts = ("labels", "annotations")
    return tuple(text_at(manifest, "metadata", part, f"{KUSTOMIZE}/{what}") for part in parts)
