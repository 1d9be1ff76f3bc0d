from tests.support.linting import document, fleet, kustomization, lint

REFERENCE = {"kind": "ConfigMap", "name": "vars"}
VARS = document("v1", "ConfigMap", "vars", "flux-system", data={"HOST": "shop.example"})


def unit(name="shop", reference=REFERENCE, **spec):
    return kustomization(name, postBuild={"substituteFrom": [reference]}, **spec)


def test_an_object_of_the_unit_itself():
    (finding,) = lint(fleet(unit(), shop=VARS), "FX026")
    assert finding.severity == "error"
    assert finding.at.path == "clusters/prod/shop.yaml"
    assert "ConfigMap flux-system/vars is not there when" in finding.problem


def test_an_object_of_a_unit_that_waits_for_this_one():
    files = fleet(unit(), kustomization("vars", dependsOn=[{"name": "shop"}]), vars=VARS)
    (finding,) = lint(files, "FX026")
    assert "Kustomization flux-system/vars brings it, which waits" in finding.problem


def test_an_object_of_a_unit_below_this_one():
    files = fleet(unit("shop"), shop=kustomization("inner", "./apps/inner"), inner=VARS)
    assert len(lint(files, "FX026")) == 1


def test_an_object_of_another_unit():
    files = fleet(unit(dependsOn=[{"name": "vars"}]), kustomization("vars"), vars=VARS)
    assert lint(files, "FX026") == []


def test_an_object_of_another_unit_without_an_order():
    assert lint(fleet(unit(), kustomization("vars"), vars=VARS), "FX026") == []


def test_a_reference_that_is_optional():
    assert lint(fleet(unit(reference={**REFERENCE, "optional": True}), shop=VARS), "FX026") == []


def test_an_object_that_another_unit_brings_as_well():
    assert lint(fleet(unit(), kustomization("vars"), shop=VARS, vars=VARS), "FX026") == []


def test_an_object_that_a_bootstrap_applies():
    files = fleet(unit(), shop=VARS)
    files["bootstrap/install.sh"] = "kubectl -n flux-system create configmap vars\n"
    (finding,) = lint(files, "FX026")
    assert finding.severity == "info"
    assert "bootstrap/install.sh" in finding.expected


def test_an_object_that_is_not_here():
    assert lint(fleet(unit()), "FX026") == []
