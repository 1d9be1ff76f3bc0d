"""The builds of kustomizations, compared with those of the real kustomize."""

import os
from collections import Counter
from pathlib import Path

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from kure_hooks.kustomize import BUILD_FILES
from tests.support.kustomize_builds import Comparison, compare
from tests.support.kustomize_trees import Forest

ROOT = Path(__file__).parents[2]
TREES = ROOT.parent / "shared/data/trees"
NAMES = ("flux2-kustomize-helm-example", "infra-deployments-argo-cd-apps", "onedr0p-home-ops")


def directories(root):
    """Return the directories below a root that have a file of kustomize's."""
    files = (path for name in BUILD_FILES for path in root.rglob(name) if path.is_file())
    return sorted({path.parent.relative_to(root).as_posix().removeprefix(".") for path in files})


def builds(root):
    return Builds(Files(WorkTree(root)))


@pytest.mark.skipif(not TREES.is_dir(), reason="there is no ../shared/data/trees")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", [Way.FLUX, Way.KUSTOMIZE], ids=lambda way: way.name)
def test_real_repositories_build_as_kustomize_builds_them(name, way):
    ours = builds(TREES / name)
    results = {
        directory: compare(TREES / name, ours.payload(directory, way))
        for directory in directories(TREES / name)
    }
    wrong = {directory: result for directory, result in results.items() if not result.is_right}
    assert wrong == {}
    assert {result.kind for result in results.values()} <= {Comparison.EQUAL, Comparison.BOTH_FAIL}


@pytest.mark.parametrize("seed", range(30))
def test_random_trees_build_as_kustomize_builds_them(tmp_path, seed):
    differences, _ = differences_of(tmp_path, seed)
    assert differences == {}


@pytest.mark.skipif(
    "KURE_HOOKS_SEEDS" not in os.environ, reason="many more need KURE_HOOKS_SEEDS=FIRST-LAST"
)
def test_many_random_trees_build_as_kustomize_builds_them(tmp_path):
    first, last = map(int, os.environ["KURE_HOOKS_SEEDS"].split("-"))
    kinds: Counter[str] = Counter()
    for seed in range(first, last):
        differences, found = differences_of(tmp_path / str(seed), seed)
        assert differences == {}, seed
        kinds += found
    assert kinds["EQUAL"] > kinds.total() / 2


def differences_of(root, seed):
    """Return what is wrong with the payloads of a random tree, and how often each kind is."""
    files, names = Forest(seed).grow()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    ours = builds(root)
    results = {name: compare(root, ours.payload(name, Way.KUSTOMIZE)) for name in names}
    wrong = {name: result for name, result in results.items() if not result.is_right}
    return wrong, Counter(result.kind.name for result in results.values())


@pytest.mark.parametrize("root", ["examples", "tests"])
def test_trees_of_this_repository_build_as_kustomize_builds_them(root):
    ours = builds(ROOT)
    here = [path for path in directories(ROOT) if path.startswith(f"{root}/")]
    chosen = here[:: max(len(here) // 40, 1)]
    results = {path: compare(ROOT, ours.payload(path, Way.FLUX)) for path in chosen}
    wrong = {path: result for path, result in results.items() if not result.is_right}
    assert wrong == {}


def test_shared_base_is_built_once_and_never_changed(tmp_path):
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"
    (tmp_path / "base").mkdir()
    (tmp_path / "base/a.yaml").write_text("---\n".join(map(config.format, ("a", "b"))))
    (tmp_path / "base/kustomization.yaml").write_text("resources: [a.yaml]\n")
    for number in range(3):
        (tmp_path / f"over{number}").mkdir()
        text = f"resources: [../base]\ncommonLabels: {{number: 'x{number}'}}\n"
        (tmp_path / f"over{number}/kustomization.yaml").write_text(text)
    ours = builds(tmp_path)
    labels = [
        [
            item.manifest["metadata"]["labels"]
            for item in ours.payload(f"over{n}", Way.FLUX).resources
        ]
        for n in range(3)
    ]
    assert labels == [[{"number": f"x{n}"}] * 2 for n in range(3)]
    base = ours.payload("base", Way.FLUX)
    assert all(item.manifest is item.source.manifest for item in base.resources)


def test_place_is_the_entry_that_brings_an_object(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base/a.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n")
    (tmp_path / "base/kustomization.yaml").write_text("resources:\n- a.yaml\n")
    (tmp_path / "over").mkdir()
    text = "namePrefix: x-\nresources:\n- ../base\nconfigMapGenerator:\n- name: made\n"
    (tmp_path / "over/kustomization.yaml").write_text(text)
    payload = builds(tmp_path).payload("over", Way.FLUX)
    secret, made = payload.resources
    assert str(secret.kustomization) == "over/kustomization.yaml:3:3"
    assert str(secret.source.at("metadata", "name")) == "base/a.yaml:4:3"
    assert (str(made.kustomization), made.source) == ("over/kustomization.yaml:5:3", None)
    assert payload.files == {
        *("over/kustomization.yaml", "base/kustomization.yaml", "base/a.yaml"),
    }
    assert payload.directories == {"over", "base"}


def test_work_is_bounded_where_each_directory_takes_the_next_in_twice(tmp_path):
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        (tmp_path / f"{number}/kustomization.yaml").write_text("resources: [a, b]\n")
        for side in "ab":
            (tmp_path / f"{number}/{side}").mkdir()
            prefixed = f"namePrefix: {side}-\nresources: [../../{number + 1}]\n"
            (tmp_path / f"{number}/{side}/kustomization.yaml").write_text(prefixed)
    (tmp_path / "20").mkdir()
    (tmp_path / "20/kustomization.yaml").write_text("configMapGenerator: [{name: a}]\n")
    payload = builds(tmp_path).payload("0", Way.FLUX)
    assert "builds more than 5000 directories" in payload.unknown
    assert payload.faults == ()


def test_deep_chain_is_not_followed_for_ever(tmp_path):
    for number in range(300):
        (tmp_path / str(number)).mkdir()
        text = f"resources: [../{number + 1}]\n"
        (tmp_path / f"{number}/kustomization.yaml").write_text(text)
    payload = builds(tmp_path).payload("0", Way.FLUX)
    assert payload.unknown == ("is behind more than 50 directories",)
    assert payload.faults == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("resources: [https://example.com/a.yaml]", "takes in https://example.com/a.yaml, which"),
        ("resources: ['github.com/a/b//c?ref=v1']", "takes in github.com/a/b//c?ref=v1, which"),
        ("helmCharts: [{name: a}]", "inflates Helm charts, which needs a network"),
        ("transformers: [a.yaml]", "has transformers, which may change any object"),
        ("replacements: [{path: a.yaml}]", "has replacements, which may change any object"),
        ("components: ['https://example.com/a']", "takes in https://example.com/a, which"),
        ("buildMetadata: [managedByLabel]", "has buildMetadata, which"),
    ],
)
def test_unfollowed_field_is_unknown_and_no_fault(tmp_path, text, reason):
    (tmp_path / "kustomization.yaml").write_text(f"{text}\n")
    payload = builds(tmp_path).payload("", Way.KUSTOMIZE)
    assert payload.faults == ()
    assert any(why.startswith(reason) for why in payload.unknown)


def test_chart_has_no_resources(tmp_path):
    payload = builds(tmp_path).payload("chart", Way.CHART)
    assert (payload.resources, payload.unknown) == ((), ("holds a Helm chart",))
