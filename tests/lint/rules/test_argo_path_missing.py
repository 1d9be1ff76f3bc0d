import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.rules.argo_path_missing import check
from tests.support.argocd_linting import URL, application, application_set, argocd
from tests.support.linting import config_map, lint, told

CHART = {"repoURL": "https://charts.example.com", "path": None, "chart": "redis"}


def test_a_directory_that_is_not_there():
    files = argocd(application("web", "manifests/wbe"), web=config_map("web"))
    assert told(files, "AR002", origin=URL) == [
        (
            "error: apps/web-application.yaml:12:5: the path manifests/wbe is no directory of the "
            'repository. Did you mean "manifests/web"? Correct the path, or add the directory.'
        )
    ]
    assert len(lint(files, "AR002")) == 1


def test_a_path_to_a_file():
    files = argocd(application("web", "manifests/web/manifests.yaml"), web=config_map("web"))
    (finding,) = lint(files, "AR002", origin=URL)
    assert "is a file" in finding.problem
    assert finding.expected.startswith("Name the directory manifests/web,")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"path": "/manifests/web"}, "is absolute"),
        ({"path": "../web"}, "leaves the repository"),
        ({"path": None}, "neither a path nor a chart"),
        ({**CHART, "targetRevision": None}, "the chart redis has no version"),
    ],
)
def test_sources_that_name_nothing(source, words):
    (finding,) = lint(argocd(application("web", source=source)), "AR002")
    assert words in finding.problem
    assert finding.severity == "error"


def test_a_path_beside_a_chart_is_ignored():
    (finding,) = lint(argocd(application("web", source={**CHART, "path": "redis"})), "AR002")
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    "source",
    [
        CHART,
        {"path": "."},
        {"path": "./manifests/web/"},
        {"repoURL": "https://git.example.com/acme/other.git", "path": "deploy"},
        {"path": "moved", "targetRevision": "v1.2.0"},
        {"repoURL": "oci://registry.example.com/web", "path": "deploy"},
    ],
)
def test_sources_that_may_be_right(source):
    files = argocd(application("web", source=source), web=config_map("web"))
    assert lint(files, "AR002", origin=URL) == []


def test_a_source_that_others_take_values_from():
    several = [{"repoURL": URL, "ref": "values"}, {**CHART, "targetRevision": "1.0.0"}]
    several[1].pop("path")
    files = argocd(application("web", source={"path": "gone"}, sources=several))
    assert lint(files, "AR002", origin=URL) == []


def test_a_template_that_a_patch_fills():
    template = application("{{ .name }}", source={"path": None})
    patch = "spec: {source: {path: manifests/{{ .name }}}}"
    files = argocd(application_set("all", template, templatePatch=patch), a=config_map("a"))
    assert lint(files, "AR002", origin=URL) == []
    bare = argocd(application_set("all", template))
    assert [finding.object for finding in lint(bare, "AR002")] == ["ApplicationSet argocd/all"]


def test_the_path_of_an_application_that_a_set_makes():
    files = argocd(application_set("all", application("{{ .name }}")))
    (finding,) = lint(files, "AR002", origin=URL)
    assert "manifests/a" in finding.problem
    assert finding.object == "ApplicationSet argocd/all"


def on_disk(root, files):
    """Return what the rule says about files in a directory."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    repository = read_repository(WorkTree(root), origin=URL)
    return [finding for cluster in repository.clusters for finding in check(cluster)]


def test_a_path_through_a_symbolic_link(tmp_path):
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/web").symlink_to("../shared")
    files = argocd(application("web", "manifests/web/prod"))
    files["shared/prod/manifests.yaml"] = config_map("web")
    assert on_disk(tmp_path, files) == []
    (tmp_path / "manifests/web").unlink()
    assert len(on_disk(tmp_path, files)) == 1


def test_a_path_into_a_submodule():
    files = argocd(application("web", "vendor/web/deploy"))
    assert len(lint(files, "AR002", origin=URL)) == 1
    modules = '[submodule "web"]\n\tpath = vendor/web\n\turl = https://git.example.com/web\n'
    assert lint({**files, ".gitmodules": modules}, "AR002", origin=URL) == []
    assert lint({**files, "vendor/web/": ""}, "AR002", origin=URL) == []
