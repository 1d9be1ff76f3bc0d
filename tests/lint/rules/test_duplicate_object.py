from tests.support.linting import config_map, document, fleet, kustomization, lint


def scaler(version, name="web"):
    return document(f"autoscaling/{version}", "HorizontalPodAutoscaler", name, "shop")


def test_two_files_with_one_object():
    files = fleet(kustomization("shop"))
    files |= {
        "apps/shop/kustomization.yaml": "resources:\n  - manifests.yaml\n  - again.yaml\n",
        "apps/shop/again.yaml": files["apps/shop/manifests.yaml"],
    }
    (finding,) = lint(files, "KZ002")
    assert finding.severity == "error"
    assert str(finding.at).startswith("apps/shop/kustomization.yaml:3")
    assert "ConfigMap default/shop is there already" in finding.problem
    assert finding.object == "ConfigMap default/shop"


def test_one_object_in_two_versions_of_its_api():
    files = fleet(kustomization("shop"), shop=f"{scaler('v1')}---\n{scaler('v2')}")
    (finding,) = lint(files, "KZ002")
    assert finding.severity == "error"
    assert str(finding.at).startswith("apps/shop/manifests.yaml:7")
    assert "as autoscaling/v1 too" in finding.problem


def test_two_versions_of_two_owners():
    files = fleet(kustomization("web"), kustomization("shop"), web=scaler("v1"), shop=scaler("v2"))
    assert len(lint(files, "KZ002")) == 1


def test_two_versions_in_two_clusters():
    remote = {"secretRef": {"name": "edge"}}
    files = fleet(
        kustomization("web", kubeConfig=remote),
        kustomization("shop"),
        web=scaler("v1"),
        shop=scaler("v2"),
    )
    assert lint(files, "KZ002") == []


def test_objects_with_other_names_and_groups():
    text = "---\n".join(
        [
            scaler("v1", "web"),
            scaler("v2", "api"),
            document("example.com/v1", "HorizontalPodAutoscaler", "web", "shop"),
        ]
    )
    assert lint(fleet(kustomization("shop"), shop=text), "KZ002") == []


def test_one_file_in_two_directories_of_one_build():
    files = fleet(kustomization("shop"))
    files |= {
        "apps/shop/kustomization.yaml": "resources: [a, b]\n",
        "apps/shop/a/kustomization.yaml": "resources: [../base]\n",
        "apps/shop/b/kustomization.yaml": "resources: [../base]\n",
        "apps/shop/base/kustomization.yaml": "resources: [a.yaml]\n",
        "apps/shop/base/a.yaml": config_map("a"),
    }
    assert len(lint(files, "KZ002")) == 1
    files["apps/shop/b/kustomization.yaml"] += "nameSuffix: -b\n"
    assert lint(files, "KZ002") == []
