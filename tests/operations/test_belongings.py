"""Generated files that can't bear the header: a file that bears it says that they are ours."""

import pytest
import yaml

from kure_hooks.drift.result import Kind
from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from tests.support.clusters import ARGO_CD
from tests.support.git import commit_all, git, make_repository, write

DIRECTORY = "clusters/prod/apps/web"
SOURCE = {"type": "HelmRepository", "url": "https://charts.example.com"}
CHART = {"chart": {"name": "web", "version": "1.2.3"}, "source": SOURCE}
FILES = {"configMaps": [{"name": "web", "files": ["../app.ini", "../board.json"]}]}
ARGO = {"type": "argocd", "argocd": {"repoURL": "https://github.com/acme/fleet.git"}}


def stack(kind, spec, gitops=None):
    application = {"name": "web", "namespace": "apps", "kind": kind, "spec": spec}
    child = {"name": "apps", "bundle": {"name": "apps", "applications": [application]}}
    value = {"name": "prod", "node": {"name": "prod", "children": [child]}}
    return yaml.safe_dump(value | ({"gitops": gitops} if gitops else {}))


@pytest.fixture
def root(tmp_path):
    make_repository(tmp_path)
    write(tmp_path, {"app.ini": "[web]\n", "board.json": "{}\n", "values.yaml": "replicas: 1\n"})
    return tmp_path


def make(root, text):
    write(root, {"stacks/prod.yaml": text})
    return generate(open_workspace(root))


def in_sync(root, text):
    assert make(root, text).exit_code == 1
    commit_all(root, "generated")
    assert check(open_workspace(root)).exit_code == 0


CONFIG = stack("Manifests", FILES)
RELEASE = CHART | {"valuesFile": "../values.yaml"}
VALUES = {"flux": stack("HelmChart", RELEASE), "argocd": stack("HelmChart", RELEASE, ARGO)}


def test_the_content_of_config_maps_is_written_anew(root):
    in_sync(root, CONFIG)
    write(root, {"app.ini": "[other]\n", f"{DIRECTORY}/board.json": "by hand\n"})
    kinds = {each.path: each.kind for each in check(open_workspace(root)).drift}
    assert kinds == {
        f"{DIRECTORY}/app.ini": Kind.CHANGED,
        f"{DIRECTORY}/board.json": Kind.CHANGED,
    }
    outcome = generate(open_workspace(root))
    assert outcome.exit_code == 1
    assert [each.change.path for each in outcome.displaced] == [f"{DIRECTORY}/board.json"]
    assert (root / DIRECTORY / "app.ini").read_text() == "[other]\n"


def test_it_goes_when_it_is_no_longer_generated_and_what_is_beside_it_stays(root):
    in_sync(root, CONFIG)
    board, notes = f"{DIRECTORY}/board.json", f"{DIRECTORY}/notes.json"
    write(root, {notes: "mine\n"})
    less = [{"name": "web", "files": ["../app.ini"]}]
    write(root, {"stacks/prod.yaml": stack("Manifests", {"configMaps": less})})
    git(root, "add", "stacks", "clusters")
    for source in ("worktree", "index"):
        kinds = {each.path: each.kind for each in check(open_workspace(root, source=source)).drift}
        assert (kinds[board], kinds[notes]) == (Kind.UNEXPECTED, Kind.FOREIGN)
    outcome = generate(open_workspace(root))
    assert (outcome.removed, outcome.displaced) == ((board,), ())
    assert (root / notes).read_text() == "mine\n"


def test_it_goes_with_the_whole_application_and_with_the_whole_cluster(root):
    in_sync(root, CONFIG)
    write(root, {"stacks/other.yaml": "name: other\nnode: {name: other}\n"})
    (root / "stacks/prod.yaml").unlink()
    unexpected = {each.path for each in check(open_workspace(root)).drift}
    assert {f"{DIRECTORY}/app.ini", f"{DIRECTORY}/board.json"} <= unexpected
    generate(open_workspace(root))
    assert not (root / "clusters/prod").exists()


def test_in_the_directory_of_a_deleted_cluster_other_files_stay(root):
    in_sync(root, CONFIG)
    write(root, {"stacks/other.yaml": "name: other\nnode: {name: other}\n"})
    write(root, {"clusters/prod/notes.md": "mine\n"})
    (root / "stacks/prod.yaml").unlink()
    generate(open_workspace(root))
    assert [path for path in (root / "clusters/prod").rglob("*") if path.is_file()] == [
        root / "clusters/prod/notes.md"
    ]
    assert not [each for each in check(open_workspace(root)).drift if each.kind is Kind.FOREIGN]


def test_without_the_header_the_list_says_nothing(root):
    in_sync(root, CONFIG)
    listing = root / DIRECTORY / "kustomization.yaml"
    listing.write_text(listing.read_text().partition("\n")[2])
    write(root, {"app.ini": "[other]\n"})
    outcome = generate(open_workspace(root))
    assert outcome.exit_code == 2
    assert {each.path for each in outcome.drift} == {
        f"{DIRECTORY}/app.ini",
        f"{DIRECTORY}/kustomization.yaml",
    }


def test_a_manifest_that_is_listed_needs_the_header(root):
    in_sync(root, CONFIG)
    path = f"{DIRECTORY}/kustomizeconfig.yaml"
    (root / path).write_text("nameReference: []\n")
    outcome = generate(open_workspace(root))
    assert [(each.path, each.kind) for each in outcome.drift] == [(path, Kind.FOREIGN)]


@pytest.mark.parametrize("engine", sorted(VALUES))
def test_the_values_of_a_chart_are_written_anew_and_removed(root, engine):
    in_sync(root, VALUES[engine])
    write(root, {"values.yaml": "replicas: 2\n"})
    assert generate(open_workspace(root)).written[-1].endswith("/values.yaml") or engine == "flux"
    values = root / DIRECTORY / "values.yaml"
    assert values.read_text() == "replicas: 2\n"
    commit_all(root, "generated")
    outcome = make(root, stack("HelmChart", CHART, ARGO if engine == "argocd" else None))
    assert f"{DIRECTORY}/values.yaml" in outcome.removed
    assert not values.exists()


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_values_that_no_application_names_are_somebodys(root, ordering):
    argocd = ARGO["argocd"] | {"ordering": ordering}
    in_sync(root, stack("HelmChart", RELEASE, ARGO | {"argocd": argocd}))
    mine = "clusters/prod/apps/other/values.yaml"
    write(root, {mine: "mine: true\n"})
    kinds = {each.path: each.kind for each in check(open_workspace(root)).drift}
    assert kinds == {mine: Kind.FOREIGN}
    write(root, {"values.yaml": "replicas: 2\n"})
    assert f"{DIRECTORY}/values.yaml" in generate(open_workspace(root)).written


def test_the_parameters_of_the_layout_of_autopilot(root):
    write(root, {"vendor/argocd.yaml": yaml.safe_dump_all(ARGO_CD)})
    bootstrap = {
        "enabled": True,
        "argoCDMode": "autopilot",
        "manifests": "vendor/argocd.yaml",
        "sourceURL": "https://github.com/acme/fleet.git",
        "sourceRef": "main",
    }
    in_sync(root, stack("Manifests", FILES, ARGO | {"bootstrap": bootstrap}))
    own = "clusters/prod/bootstrap/cluster-resources/in-cluster.json"
    mine = "clusters/prod/bootstrap/cluster-resources/other.json"
    write(root, {own: "{}\n", mine: "{}\n"})
    kinds = {each.path: each.kind for each in check(open_workspace(root)).drift}
    assert kinds == {own: Kind.CHANGED, mine: Kind.FOREIGN}
    assert generate(open_workspace(root)).written == (own,)
    commit_all(root, "generated")
    write(root, {"stacks/prod.yaml": stack("Manifests", FILES, ARGO)})
    outcome = generate(open_workspace(root), allow_prune=True)
    assert own in outcome.removed
    assert (root / mine).exists()
