import pytest

from tests.support.linting import config_map, fleet, kustomization, lint


def shop(listed="resources: [manifests.yaml]\n", **others):
    files = fleet(kustomization("shop"))
    files["apps/shop/kustomization.yaml"] = listed
    for name, text in others.items():
        files[f"apps/shop/{name.replace('__', '.')}"] = text
    return files


def test_a_file_that_nobody_lists():
    (finding,) = lint(shop(more__yaml=config_map("more")), "KZ003")
    assert finding.severity == "warning"
    assert str(finding.at) == "apps/shop/more.yaml:1:1"
    assert "ConfigMap default/more" in finding.problem


def test_a_file_that_another_directory_lists():
    files = shop(more__yaml=config_map("more"))
    files["apps/shop/kustomization.yaml"] = "resources: [manifests.yaml, inner]\n"
    files["apps/shop/inner/kustomization.yaml"] = "resources: [../more.yaml]\n"
    assert lint(files, "KZ003") == []


@pytest.mark.parametrize(
    "entry",
    [
        "patches: [{path: more.yaml}]",
        "patchesStrategicMerge: [more.yaml]",
        "configMapGenerator: [{name: a, files: [more.yaml]}]",
        "configMapGenerator: [{name: a, files: [settings.yaml=more.yaml]}]",
        "components: []  # more.yaml is off for now",
        "replacements: [{path: ./more.yaml}]",
        "configurations: [more.yaml]",
        "transformers: [more.yaml]",
    ],
)
def test_a_file_that_is_used_in_another_way(entry):
    files = shop(f"resources: [manifests.yaml]\n{entry}\n", more__yaml=config_map("more"))
    assert lint(files, "KZ003") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("values.yaml", "replicas: 3\n"),
        ("kustomizeconfig.yaml", "nameReference: [{kind: Secret}]\n"),
        (".sops.yaml", "creation_rules: []\n"),
        ("key.sops.yaml", config_map("key")),
        ("key.yaml", config_map("key") + "sops: {version: 3.9.0}\n"),
        ("kind.yaml", "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n"),
        ("empty.yaml", "# nothing\n"),
        ("broken.yaml", "a: [\n"),
    ],
)
def test_files_that_are_no_manifests_in_plain_text(name, text):
    assert lint({**shop(), f"apps/shop/{name}": text}, "KZ003") == []


def test_templates_of_a_chart():
    files = shop(Chart__yaml="name: shop\n", more__yaml=config_map("more"))
    assert lint(files, "KZ003") == []


def test_a_directory_without_a_kustomization_file():
    files = fleet(kustomization("shop"))
    files["apps/shop/more.yaml"] = config_map("more")
    assert lint(files, "KZ003") == []


def test_a_directory_that_nobody_applies():
    files = shop()
    files["examples/kustomization.yaml"] = "resources: []\n"
    files["examples/a.yaml"] = config_map("a")
    assert lint(files, "KZ003") == []


def test_a_name_that_another_one_ends_with():
    files = shop(
        "resources: [manifests.yaml]  # not any-more.yaml\n", more__yaml=config_map("more")
    )
    assert len(lint(files, "KZ003")) == 1
