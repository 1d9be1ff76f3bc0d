"""Labels and annotations by which an object speaks to kustomize-controller (Flux 2.9)."""

from kure_hooks.manifests import Manifest, text_at

KUSTOMIZE = "kustomize.toolkit.fluxcd.io"


def opts_out(manifest: Manifest, what: str, value: str = "disabled") -> bool:
    """Return whether a label or annotation of kustomize-controller has a value, in any case."""
    texts = (
        text_at(manifest, "metadata", part, f"{KUSTOMIZE}/{what}")
        for part in ("labels", "annotations")
    )
    return value in {text.lower() for text in texts}
