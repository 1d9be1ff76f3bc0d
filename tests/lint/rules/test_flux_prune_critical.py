import pytest

from tests.support.linting import document, fleet, kustomization, lint

SPARED = "kustomize.toolkit.fluxcd.io/prune"


def namespace(name="shop", **metadata):
    text = document("v1", "Namespace", name)
    for key, value in metadata.items():
        text += f"  {key}: {{{SPARED}: {value}}}\n"
    return text


def claim(name="data"):
    return document("v1", "PersistentVolumeClaim", name, "shop", spec={"storageClassName": "fast"})


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        (namespace(), "all objects in the namespace"),
        (claim(), "the data of the volume"),
        (
            document("apiextensions.k8s.io/v1", "CustomResourceDefinition", "a.shop.example"),
            "all its custom resources",
        ),
    ],
)
def test_a_critical_object_of_a_pruning_unit(text, loss):
    (finding,) = lint(fleet(kustomization("shop"), shop=text), "FX013")
    assert finding.severity == "warning"
    assert finding.at.path == "apps/shop/manifests.yaml"
    assert finding.at.line == 4
    assert finding.problem.startswith("Kustomization flux-system/shop may prune")
    assert loss in finding.problem


def test_a_unit_that_does_not_prune():
    assert lint(fleet(kustomization("shop", prune=False), shop=namespace()), "FX013") == []


@pytest.mark.parametrize("part", ["annotations", "labels"])
def test_an_object_that_opts_out(part):
    files = fleet(kustomization("shop"), shop=namespace(**{part: "disabled"}))
    assert lint(files, "FX013") == []


def test_an_opt_out_with_another_value():
    files = fleet(kustomization("shop"), shop=namespace(annotations="enabled"))
    assert len(lint(files, "FX013")) == 1


def test_one_manifest_of_several_units_is_one_finding():
    files = fleet(
        *(
            kustomization(name, "./components/backup", postBuild={"substitute": {"APP": name}})
            for name in ("web", "mail", "wiki")
        )
    )
    files["components/backup/claim.yaml"] = claim("${APP}")
    (finding,) = lint(files, "FX013")
    assert "and 2 more," in finding.problem


def test_a_unit_whose_contents_are_not_known_is_an_info():
    files = fleet(kustomization("shop", "./apps/shop"), shop=namespace())
    files["apps/shop/kustomization.yaml"] = (
        "resources: [manifests.yaml, https://example.com/more.yaml]\n"
    )
    assert [finding.severity for finding in lint(files, "FX013")] == ["info"]


def test_all_definitions_of_a_unit_are_one_finding():
    texts = [
        document("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{name}.shop.example")
        for name in ("a", "b", "c")
    ]
    (finding,) = lint(fleet(kustomization("shop"), shop="---\n".join(texts)), "FX013")
    assert "CustomResourceDefinition a.shop.example and 2 more," in finding.problem
