from tests.support.linting import config_map, document, fleet, kustomization, lint


def repository(name, **spec):
    manifests = "---\n".join([document("v1", "Namespace", name), config_map("web", None)])
    return fleet(kustomization("web", **spec), web=manifests.replace("  namespace: None\n", ""))


def test_a_namespace_that_gets_another_name():
    (finding,) = lint(repository("shop-data", targetNamespace="shop"), "FX023")
    assert "makes shop of the Namespace shop-data" in finding.problem
    assert finding.at.path == "apps/web/manifests.yaml"


def test_one_that_has_the_name_already():
    assert lint(repository("shop", targetNamespace="shop"), "FX023") == []


def test_without_a_target_namespace():
    assert lint(repository("shop-data"), "FX023") == []
