"""Layout rules, complete: presets are data, single rules override them."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

from kure_hooks.config.layout import MODE_KEY, LayoutSpec, recursive_modes
from kure_hooks.findings import Finding
from kure_hooks.stack.model import Cluster


class LayoutRules(Struct, frozen=True, kw_only=True):
    """Rules for the shape of a cluster's tree; the defaults are the preset SiblingControlPlane."""

    node_grouping: str = "name"
    bundle_grouping: str = "flat"
    application_grouping: str = "flat"
    application_file_mode: str = "resource"
    file_per: str = "resource"
    file_naming: str = "default"
    flux_placement: str = "separate"
    flatten_single_tier: bool = False


DEFAULT = "SiblingControlPlane"

_UNSET = LayoutSpec()

PRESETS: Mapping[str, LayoutRules] = {
    "CentralizedControlPlane": LayoutRules(node_grouping="flat", file_naming="kind-name"),
    "SiblingControlPlane": LayoutRules(),
    "ParentDeployedControl": LayoutRules(flux_placement="integrated"),
}


PROFILES: Mapping[str, LayoutRules] = {
    "flux": LayoutRules(),
    "argocd": LayoutRules(application_file_mode="single"),
}


def profile(name: str) -> LayoutRules:
    """Return what suits a GitOps tool; for one that is not known, what suits Flux."""
    return PROFILES.get(name, PROFILES["flux"])


def resolve(own: LayoutSpec, others: LayoutSpec | LayoutRules = _UNSET) -> LayoutRules:
    """Return the rules of a cluster: its own over others, which may be complete.

    The base is the preset or profile of the first layer that names one, a preset before a profile.
    """
    layers = (own, others) if isinstance(others, LayoutSpec) else (own,)
    named = next((layer for layer in layers if layer.preset or layer.profile), LayoutSpec())
    base = profile(named.profile) if named.profile else PRESETS[DEFAULT]
    if isinstance(others, LayoutRules) and not named.profile:
        base = others
    if named.preset:
        base = PRESETS[named.preset]
    chosen = {
        name: getattr(layer, name)
        for layer in reversed(layers)
        for name in LayoutRules.__struct_fields__
        if getattr(layer, name) is not None
    }
    return structs.replace(base, **chosen)


def rules_without_effect(cluster: Cluster) -> Iterator[Finding]:
    """Yield a warning about each layout rule of a cluster that changes nothing."""
    return recursive_modes(
        (cluster.key("layout", MODE_KEY), cluster.key("gitops", "flux", MODE_KEY))
    )
