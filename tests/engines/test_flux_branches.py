"""Git sources without a revision, of which Flux takes the branch master (FX030)."""

import pytest
import yaml

from tests.support.generate import REPOSITORY, generated, leaf, node

GIT = {"kind": "GitRepository", "name": "fleet", "url": REPOSITORY}
BUNDLE = "node.children[0].bundle"


def warnings(root, files=()):
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": root}
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack), **dict(files)}).warnings
    text = "GitRepository {} names no revision, so Flux takes the branch master"
    return [
        (each.at.path, each.key, each.problem.split()[1])
        for each in found
        if each.problem == text.format(each.problem.split()[1])
    ]


def test_a_source_without_a_revision_is_told_once_at_its_url():
    root = node("prod", leaf("a", sourceRef=GIT), leaf("b", sourceRef=GIT))
    assert warnings(root) == [("stacks/prod.yaml", f"{BUNDLE}.sourceRef.url", "fleet")]


@pytest.mark.parametrize(
    "fields",
    [{"branch": "main"}, {"tag": "v1"}, {"semver": "1.x"}, {"commit": "0" * 40}, {"ref": "refs/x"}],
)
def test_any_revision_will_do(fields):
    assert warnings(node("prod", leaf("a", sourceRef=GIT | fields))) == []


def test_a_source_that_exists_elsewhere_may_have_a_revision():
    reference = {"kind": "GitRepository", "name": "fleet"}
    assert warnings(node("prod", leaf("a", sourceRef=reference), leaf("b"))) == []


def test_packages_of_git_can_not_say_one():
    package = {"group": "g", "version": "v1", "kind": "GitRepository", "name": "p"}
    root = node("prod", leaf("a") | {"packageRef": package | {"url": "https://example.com/p"}})
    assert warnings(root) == [("stacks/prod.yaml", "node.children[0].packageRef.url", "p")]
    assert warnings(node("prod", leaf("a") | {"packageRef": package})) == []


def chart(**ref):
    source = {"type": "GitRepository", "url": "https://example.com/charts", "ref": ref}
    spec = {"chart": {"name": "charts/db"}, "source": source}
    return {"name": "db", "namespace": "default", "kind": "HelmChart", "spec": spec}


def test_the_source_of_a_chart_counts():
    key = f"{BUNDLE}.applications[0].spec.source.url"
    assert warnings(node("prod", leaf("a", chart()))) == [("stacks/prod.yaml", key, "db")]
    assert warnings(node("prod", leaf("a", chart(branch="main")))) == []


def test_objects_that_people_write_count():
    head = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository"}
    bare = head | {"metadata": {"name": "x"}, "spec": {"interval": "1h", "url": REPOSITORY}}
    full = head | {"metadata": {"name": "full"}, "spec": {"url": REPOSITORY, "ref": {"tag": "v1"}}}
    odd = head | {"metadata": {"name": "z"}, "spec": None}
    files = {"apps/far.yaml": yaml.safe_dump(bare | {"metadata": {"name": "far"}})}
    kinds = {"name": "raw", "namespace": "default", "kind": "Manifests"}
    raw = kinds | {"spec": {"objects": [full, bare, odd], "files": ["../apps/far.yaml"]}}
    inside = f"{BUNDLE}.applications[0].spec.objects"
    assert warnings(node("prod", leaf("a", raw)), files) == [
        ("apps/far.yaml", "spec.url", "far"),
        ("stacks/prod.yaml", f"{inside}[1].spec.url", "x"),
        ("stacks/prod.yaml", f"{inside}[2].spec.url", "z"),
    ]
