from tests.support.linting import SYNC, config_map, kustomization, lint

ROOTS = {
    f"clusters/{name}/flux-system/gotk-sync.yaml": SYNC.replace("clusters/prod", f"clusters/{name}")
    for name in ("prod", "staging")
}


def clusters(path, **spec):
    return {
        **ROOTS,
        "clusters/prod/shop.yaml": kustomization("shop", path, **spec),
        "clusters/staging/shop/a.yaml": config_map("a"),
        "clusters/prod/shop/a.yaml": config_map("a"),
        "clusters/base/a.yaml": config_map("a"),
        "apps/shop/a.yaml": config_map("a"),
    }


def test_the_directory_of_another_cluster():
    (finding,) = lint(clusters("./clusters/staging/shop"), "KZ004")
    assert finding.severity == "error"
    assert str(finding.at).startswith("clusters/prod/shop.yaml:8")
    assert "which is of clusters/staging" in finding.problem


def test_directories_of_the_cluster_and_shared_ones():
    for path in ("./clusters/prod/shop", "./apps/shop", "./clusters/base"):
        assert lint(clusters(path), "KZ004") == []


def test_a_build_that_takes_in_a_file_of_another_cluster():
    files = clusters("./apps/shop")
    files["apps/shop/kustomization.yaml"] = "resources: [../../clusters/staging/shop/a.yaml]\n"
    (finding,) = lint(files, "KZ004")
    assert "takes in clusters/staging/shop/a.yaml" in finding.problem


def test_a_cluster_that_manages_another_one():
    remote = {"secretRef": {"name": "staging"}}
    assert lint(clusters("./clusters/staging/shop", kubeConfig=remote), "KZ004") == []


def test_a_name_that_begins_like_another_one():
    files = clusters("./clusters/staging-shared")
    files["clusters/staging-shared/a.yaml"] = config_map("a")
    assert lint(files, "KZ004") == []
