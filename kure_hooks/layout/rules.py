"""Layout rules, complete: presets are data, single rules override them."""

from collections.abc import Mapping

from msgspec import Struct, structs

from kure_hooks.config import LayoutSpec


class LayoutRules(Struct, frozen=True, kw_only=True):
    """How a cluster's tree is shaped; the defaults are the preset SiblingControlPlane."""

    node_grouping: str = "name"
    bundle_grouping: str = "flat"
    application_grouping: str = "flat"
    application_file_mode: str = "resource"
    file_per: str = "resource"
    file_naming: str = "default"
    flux_placement: str = "separate"


DEFAULT = "SiblingControlPlane"

PRESETS: Mapping[str, LayoutRules] = {
    "CentralizedControlPlane": LayoutRules(node_grouping="flat"),
    "SiblingControlPlane": LayoutRules(),
}


def resolve(*layers: LayoutSpec) -> LayoutRules:
    """Return the rules of the first layer that names a preset, with each layer's own rules on top.

    An earlier layer wins over a later one.
    """
    preset = next((layer.preset for layer in layers if layer.preset), DEFAULT)
    chosen = {
        each.name: getattr(layer, each.name)
        for layer in reversed(layers)
        for each in structs.fields(LayoutRules)
        if getattr(layer, each.name) is not None
    }
    return structs.replace(PRESETS[preset], **chosen)
