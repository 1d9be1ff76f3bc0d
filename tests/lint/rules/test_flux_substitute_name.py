import pytest

from tests.support.linting import config_map, document, fleet, kustomization, lint


def shop(text="${HOST}", **post_build):
    unit = kustomization("shop", postBuild=post_build)
    return fleet(unit, shop=config_map("settings").replace("value", text))


@pytest.mark.parametrize("name", ["cluster-name", "1st", "a.b", "größe"])
def test_a_name_that_flux_refuses(name):
    (finding,) = lint(shop("x", substitute={name: "a"}), "FX017")
    assert finding.severity == "error"
    assert finding.at.path == "clusters/prod/shop.yaml"
    assert f'"{name}"' in finding.problem


@pytest.mark.parametrize("name", ["HOST", "_host", "host1"])
def test_a_name_that_flux_takes(name):
    assert lint(shop(f"${{{name}}}", substitute={name: "a"}), "FX017") == []


def test_a_key_of_what_variables_are_taken_from():
    files = shop("${HOST}", substituteFrom=[{"kind": "ConfigMap", "name": "vars"}])
    files["clusters/prod/vars.yaml"] = document(
        "v1", "ConfigMap", "vars", "flux-system", data={"HOST": "a", "cluster.name": "b"}
    )
    (finding,) = lint(files, "FX017")
    assert finding.severity == "error"
    assert str(finding.at).startswith("clusters/prod/vars.yaml:8")


def test_a_variable_without_a_use():
    (finding,) = lint(shop("${HOST}", substitute={"HOST": "a", "HSOT": "b"}), "FX017")
    assert finding.severity == "info"
    assert '"HSOT"' in finding.problem


def test_a_use_with_a_default_or_its_length():
    assert lint(shop("${HOST:=a} ${#NAME}", substitute={"HOST": "a", "NAME": "b"}), "FX017") == []


def test_a_variable_of_a_unit_that_is_not_known_to_the_end():
    files = shop("x", substitute={"HOST": "a"})
    files["apps/shop/kustomization.yaml"] = (
        "resources: [manifests.yaml, https://example.com/more.yaml]\n"
    )
    assert lint(files, "FX017") == []


def test_variables_that_a_patch_gives_to_all_units():
    patch = "- op: add\n  path: /spec/postBuild/substitute/REGION\n  value: eu\n"
    files = shop("${HOST}", substitute={"HOST": "a"})
    sync = files["clusters/prod/flux-system/gotk-sync.yaml"]
    files["clusters/prod/flux-system/gotk-sync.yaml"] = sync + (
        f"  patches:\n  - target: {{kind: Kustomization, name: shop}}\n    patch: {patch!r}\n"
    ).replace("'", '"')
    assert lint(files, "FX017") == []
