import pytest

from tests.support.linting import config_map, document, fleet, kustomization, lint, model


def shop(text, **spec):
    files = fleet(kustomization("shop", **spec))
    files["apps/shop/kustomization.yaml"] = text
    return files


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("resources:\n  - gone.yaml\n", 2),
        ("resources:\n  - manifests.yaml\n  - ../gone\n", 3),
        ("resources: [manifests.yaml]\npatches:\n  - path: gone.yaml\n", 3),
        ("resources:\n  - ../shop\n", 2),
    ],
)
def test_a_build_that_fails(text, line):
    (finding,) = lint(shop(text), "KZ001")
    assert finding.severity == "error"
    assert finding.at.path == "apps/shop/kustomization.yaml"
    assert finding.at.line == line
    assert finding.problem.startswith("kustomize can't build this: ")


def test_a_build_that_works():
    assert lint(shop("resources:\n  - manifests.yaml\n"), "KZ001") == []
    assert lint(shop("resources: []\n"), "KZ001") == []


def test_a_directory_that_nobody_applies():
    files = fleet(kustomization("shop"))
    files["apps/old/kustomization.yaml"] = "resources: [gone.yaml]\n"
    assert lint(files, "KZ001") == []


def test_a_directory_of_a_suspended_owner_is_a_warning():
    (finding,) = lint(shop("resources: [gone.yaml]\n", suspend=True), "KZ001")
    assert finding.severity == "warning"


def application(path):
    source = {"repoURL": "https://git.example.com/acme/fleet.git", "path": path}
    spec = {
        "project": "default",
        "source": {**source, "targetRevision": "main"},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
    }
    return document("argoproj.io/v1alpha1", "Application", "shop", "argocd", spec=spec)


@pytest.mark.parametrize(("entry", "count"), [("../base/a.yaml", 1), ("../base", 0)])
def test_a_file_outside_of_the_directory_is_a_fault_for_argo_cd_alone(entry, count):
    files = {
        "apps/base/kustomization.yaml": "resources: [a.yaml]\n",
        "apps/base/a.yaml": config_map("a"),
        "apps/shop/kustomization.yaml": f"resources: [{entry}]\n",
    }
    argo = {**files, "root.yaml": application("apps/shop")}
    assert len(lint(argo, "KZ001")) == count
    flux = {**fleet(kustomization("shop")), **files}
    del flux["apps/shop/manifests.yaml"]
    assert lint(flux, "KZ001") == []


def test_a_patch_for_what_a_component_of_the_unit_brings():
    files = shop(
        "resources: [manifests.yaml]\npatches:\n  - path: patch.yaml\n",
        components=["../../components/extra"],
    )
    files |= {
        "apps/shop/patch.yaml": config_map("extra").replace("value", "other"),
        "components/extra/kustomization.yaml": (
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\n"
        ),
        "components/extra/a.yaml": config_map("extra"),
    }
    assert lint(files, "KZ001") == []
    (cluster,) = model(files).clusters
    values = {
        who.name: places[0][1].manifest.get("data") for who, places in cluster.applied.items()
    }
    assert values["extra"] == {"key": "other"}
    files["components/extra/a.yaml"] = config_map("another")
    assert len(lint(files, "KZ001")) == 1
