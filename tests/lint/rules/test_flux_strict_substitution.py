from tests.support.linting import config_map, fleet, kustomization, lint, release

VARIABLES = {"substitute": {"HOST": "shop.example"}}
PATCH = """\
- op: replace
  path: /data/key
  value: ${DOMAIN}
"""


def shop(text, **spec):
    return fleet(kustomization("shop", postBuild=VARIABLES, **spec), shop=text)


def generated(content, options=""):
    files = fleet(kustomization("shop", postBuild=VARIABLES))
    files["apps/shop/kustomization.yaml"] = (
        "namespace: shop\nconfigMapGenerator:\n  - name: dashboards\n    files: [board.json]\n"
        + options
    )
    files["apps/shop/board.json"] = content
    return files


def test_values_of_a_release():
    text = release("shop", values={"env": {"URL": "https://${DOMAIN}"}})
    (finding,) = lint(shop(text), "FX029")
    assert finding.severity == "error"
    assert finding.object == "HelmRelease default/shop"
    assert "DOMAIN" in finding.problem
    assert lint(shop(text), "FX016") == []


def test_the_file_of_a_generated_object():
    (finding,) = lint(generated('{\n  "source": "${DS_MAIN}"\n}\n'), "FX029")
    assert str(finding.at) == "apps/shop/board.json:2:14"
    assert finding.object == "ConfigMap shop/dashboards"


def test_a_generated_object_that_opts_out():
    options = (
        "    options:\n      annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n"
    )
    assert lint(generated("${DS_MAIN}", options), "FX029") == []


def test_a_patch_of_the_kustomization():
    patches = [{"patch": PATCH, "target": {"kind": "ConfigMap"}}]
    (finding,) = lint(shop(config_map("settings"), patches=patches), "FX029")
    assert finding.at.path == "clusters/prod/shop.yaml"


def test_values_with_a_default():
    text = release("shop", values={"env": {"URL": "https://${DOMAIN:=a.example}/$${x}"}})
    assert lint(shop(text), "FX029") == []


def test_other_fields_of_a_release_are_those_of_manifests():
    text = release("shop", targetNamespace="${SPACE}")
    assert lint(shop(text), "FX029") == []
    assert len(lint(shop(text), "FX016")) == 1
