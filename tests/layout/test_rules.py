import pytest
import yaml
from msgspec import structs

from kure_hooks.config.options import FluxSpec, LayoutSpec, laid_out
from kure_hooks.errors import InputError
from kure_hooks.layout.rules import PRESETS, LayoutRules, profile, resolve
from tests.support.generate import application, bundle, generated, leaf, node, tree

WEB = application("web", "apps/v1 Deployment", "v1 Service", namespace="shop")


def layout(**rules):
    return LayoutSpec(**rules)


def test_what_is_not_set_has_a_default():
    """E10.2, E10.17."""
    assert resolve(layout()) == LayoutRules(
        node_grouping="name",
        bundle_grouping="flat",
        application_grouping="flat",
        application_file_mode="resource",
        file_per="resource",
        file_naming="default",
        flux_placement="separate",
        kustomization_mode="explicit",
        flatten_single_tier=False,
    )


@pytest.mark.parametrize(
    ("preset", "differences"),
    [
        pytest.param(
            "CentralizedControlPlane",
            {"node_grouping": "flat", "file_naming": "kind-name"},
            id="E10.21, E10.24",
        ),
        pytest.param("SiblingControlPlane", {}, id="E10.22, E10.25"),
        pytest.param(
            "ParentDeployedControl", {"flux_placement": "integrated"}, id="E10.23, E10.26"
        ),
    ],
)
def test_a_preset_sets_its_rules(preset, differences):
    """The rules are all there is to a preset: there is no writer with settings of its own."""
    assert PRESETS[preset] == structs.replace(LayoutRules(), **differences)
    assert resolve(layout(preset=preset)) == PRESETS[preset]
    own = resolve(layout(preset=preset, file_per="kind"), layout(file_per="resource"))
    assert own == structs.replace(PRESETS[preset], file_per="kind")


def test_the_profiles_of_the_tools():
    """E10.29, E10.30, E10.31."""
    assert profile("flux") == LayoutRules()
    assert profile("argocd") == LayoutRules(application_file_mode="single")
    assert profile("another") == profile("flux")
    assert resolve(layout(profile="argocd")).application_file_mode == "single"
    assert resolve(layout(profile="argocd", preset="SiblingControlPlane")) == LayoutRules()


def test_the_nearest_layer_that_sets_a_rule_wins():
    """E10.19: the mode is explicit by default, one for all clusters, or a cluster's own."""
    assert resolve(layout(), layout()).kustomization_mode == "explicit"
    everywhere = layout(kustomization_mode="recursive")
    assert resolve(layout(), everywhere).kustomization_mode == "recursive"
    assert resolve(layout(kustomization_mode="explicit"), everywhere) == LayoutRules()
    with_preset = layout(preset="CentralizedControlPlane")
    assert resolve(with_preset, layout(preset="ParentDeployedControl")).flux_placement == "separate"


def test_flux_options_are_layout_rules_by_another_name():
    given = FluxSpec(placement="integrated", kustomization_mode="recursive")
    assert resolve(laid_out(layout(), given)).flux_placement == "integrated"
    assert resolve(laid_out(layout(), given)).kustomization_mode == "recursive"
    own = layout(flux_placement="separate")
    assert resolve(laid_out(own, given)).flux_placement == "separate"


RULES = {
    "nodeGrouping": ["name", "flat"],
    "bundleGrouping": ["name", "flat"],
    "applicationGrouping": ["name", "flat"],
    "applicationFileMode": ["resource", "single"],
    "filePer": ["resource", "kind"],
    "fileNaming": ["default", "kind-name"],
    "fluxPlacement": ["separate", "integrated", "integrated-per-bundle"],
    "kustomizationMode": ["explicit", "recursive"],
    "flattenSingleTier": [True, False],
    "preset": sorted(PRESETS),
    "profile": ["argocd", "flux"],
}


@pytest.mark.parametrize(
    ("rule", "value"), [(rule, each) for rule in RULES for each in RULES[rule]]
)
def test_every_value_of_a_rule_is_accepted(rule, value):
    """E10.16."""
    assert tree(node("prod", leaf("web", WEB)), layout={rule: value})


@pytest.mark.parametrize("rule", RULES)
def test_another_value_is_refused_and_the_rule_named(rule):
    """E10.16, E10.27."""
    with pytest.raises(InputError) as caught:
        tree(node("prod"), layout={rule: "nowhere"})
    (finding,) = caught.value.findings
    assert finding.key == f"layout.{rule}"


def test_file_names_follow_the_rule_in_every_directory():
    """E10.15, E10.18, E10.20, E10.28."""
    umbrella = bundle(
        "all", WEB, children=[bundle("inner", application("cache", namespace="shop"))]
    )
    files = tree(node("prod", node("apps", bundle=umbrella)), layout={"fileNaming": "kind-name"})
    assert list(files) == [
        "apps/deployment-web.yaml",
        "apps/inner/configmap-cache.yaml",
        "apps/inner/kustomization.yaml",
        "apps/kustomization.yaml",
        "apps/service-web.yaml",
        "flux-system/kustomization-all.yaml",
        "flux-system/kustomization-inner.yaml",
        "flux-system/kustomization.yaml",
        "kustomization.yaml",
    ]


def test_both_modes_write_the_same():
    """E13.7: a leaf lists its files, and what has children lists its own files as well."""
    stack = node("prod", leaf("web", WEB, application("other")))
    apart = {"applicationGrouping": "name"}
    explicit = tree(stack, layout=apart)
    assert tree(stack, layout=apart | {"kustomizationMode": "recursive"}) == explicit
    assert yaml.safe_load(explicit["web/kustomization.yaml"])["resources"] == ["other", "web"]


def test_a_stack_without_nodes_is_an_entry_point_without_anything():
    """E10.1."""
    assert list(tree({})) == ["kustomization.yaml"]


def test_an_invalid_umbrella_is_refused():
    """E10.14."""
    umbrella = bundle("all", children=[bundle("all")])
    with pytest.raises(InputError):
        tree(node("prod", bundle=umbrella))


@pytest.mark.parametrize("name", [".", "..", "a/b", ""])
def test_a_cluster_is_a_directory_of_its_own(name):
    """E10.9: the root of an archive is a matter of packages, not of a name with a dot."""
    with pytest.raises(InputError):
        generated({"stacks/a.yaml": yaml.safe_dump({"name": name, "node": {}})})
