import pytest
import yaml
from msgspec import structs

from kure_hooks.config.flux import FluxSpec, laid_out
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.errors import InputError
from kure_hooks.layout.rules import PRESETS, LayoutRules, profile, resolve
from tests.support.generate import application, bundle, generated, leaf, node, tree
from tests.support.git import commit_all, make_repository, write

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
    everywhere = layout(file_per="kind")
    assert resolve(layout(), everywhere).file_per == "kind"
    assert resolve(layout(file_per="resource"), everywhere) == LayoutRules()
    with_preset = layout(preset="CentralizedControlPlane")
    assert resolve(with_preset, layout(preset="ParentDeployedControl")).flux_placement == "separate"


def test_flux_options_are_layout_rules_by_another_name():
    given = FluxSpec(placement="integrated")
    assert resolve(laid_out(layout(), given)).flux_placement == "integrated"
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
    """E10.19, E13.7: a leaf lists its files, and what has children lists its own files as well."""
    stack = node("prod", leaf("web", WEB, application("other")))
    apart = {"applicationGrouping": "name"}
    explicit = tree(stack, layout=apart)
    assert tree(stack, layout=apart | {"kustomizationMode": "recursive"}) == explicit
    assert yaml.safe_load(explicit["web/kustomization.yaml"])["resources"] == ["other", "web"]


NO_EFFECT = "kustomizationMode recursive writes the same as explicit, so it has no effect"
RECURSIVE = "kustomizationMode: recursive"
STACK = "name: prod\ngitops:\n  type: {engine}\n{gitops}{layout}node: {{name: prod}}\n"
ENVELOPE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: prod}
spec:
  gitops: {type: flux, flux: {kustomizationMode: recursive}}
  node: {name: prod}
"""


@pytest.mark.parametrize(
    ("stack", "settings", "places"),
    [
        ({"layout": f"layout:\n  {RECURSIVE}\n"}, "", ["5:22: layout"]),
        ({"gitops": f"  flux: {{{RECURSIVE}}}\n"}, "", ["4:29: gitops.flux"]),
        (
            {"layout": f"layout: {{{RECURSIVE}}}\n", "engine": "argocd"},
            "argocd: {repoURL: https://a.b/c.git}\n",
            ["4:29: layout"],
        ),
        ({"layout": "layout: {kustomizationMode: explicit}\n"}, "", []),
        ({}, f"layout: {{{RECURSIVE}}}\n", [".kure-hooks.yaml:1:29: layout"]),
        ({}, f"flux:\n  {RECURSIVE}\n", [".kure-hooks.yaml:2:22: flux"]),
        ({}, "flux: {kustomizationMode: explicit}\n", []),
        (
            {
                "layout": f"layout: {{{RECURSIVE}}}\n",
                "gitops": f"  flux: {{{RECURSIVE}}}\n",
            },
            f"flux: {{{RECURSIVE}}}\nlayout: {{{RECURSIVE}}}\n",
            [
                ".kure-hooks.yaml:1:27: flux",
                ".kure-hooks.yaml:2:29: layout",
                "4:29: gitops.flux",
                "5:29: layout",
            ],
        ),
        (ENVELOPE, "", ["5:50: spec.gitops.flux"]),
    ],
    ids=str,
)
def test_the_mode_recursive_is_told_wherever_it_is_set(stack, settings, places, kure, tmp_path):
    text = stack
    if isinstance(stack, dict):
        text = STACK.format(**{"engine": "flux", "gitops": "", "layout": ""} | stack)
    write(tmp_path, {"stacks/prod.yaml": text, ".kure-hooks.yaml": settings})
    code, out, err = kure("generate", "--verbose")
    assert code == 1, err
    told = [line for line in out.splitlines() if NO_EFFECT in line]
    assert len(told) == len(places)
    for place in places:
        path = "" if place.startswith(".") else "stacks/prod.yaml:"
        assert [line for line in told if f"{path}{place}.kustomizationMode: " in line], place
    assert kure("check")[0] == 0


def test_a_diff_tells_the_mode_only_where_it_is_new(kure, tmp_path):
    make_repository(tmp_path)
    plain = STACK.format(engine="flux", gitops="", layout="")
    write(tmp_path, {"stacks/prod.yaml": plain, ".kure-hooks.yaml": "version: 1\n"})
    commit_all(tmp_path, "Without a mode")
    write(tmp_path, {".kure-hooks.yaml": f"version: 1\nlayout: {{{RECURSIVE}}}\n"})
    code, out, err = kure("diff", "HEAD", "--verbose")
    assert code == 0, err
    assert f".kure-hooks.yaml:2:29: layout.kustomizationMode: {NO_EFFECT}" in out
    commit_all(tmp_path, "With a mode")
    assert NO_EFFECT not in kure("diff", "HEAD", "--verbose")[1]


def test_other_settings_are_told_by_their_name(kure, tmp_path):
    plain = STACK.format(engine="flux", gitops="", layout="")
    write(tmp_path, {"stacks/prod.yaml": plain, "other.yaml": f"layout: {{{RECURSIVE}}}\n"})
    out = kure("generate", "--verbose", "--config", "other.yaml")[1]
    assert f"other.yaml:1:29: layout.kustomizationMode: {NO_EFFECT}" in out


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
