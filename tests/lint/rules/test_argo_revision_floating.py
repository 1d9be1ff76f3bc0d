import pytest

from kure_hooks.gitops.repository import Declared
from kure_hooks.lint.rules.argo_revision_floating import check
from tests.support.argocd_linting import URL, application, application_set, argocd
from tests.support.linting import lint, model

CHART = {"chart": "shop", "path": None, "repoURL": "https://charts.example.com"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def told(*objects, pinned=("apps/*",)):
    repository = model(argocd(*objects), origin=URL)
    for cluster in repository.clusters:
        cluster.declared = Declared(pinned=pinned)
    findings = [item for cluster in repository.clusters for item in check(cluster)]
    return [f"{item.severity}: {item.at}: {item.message}" for item in findings]


def of(revision, **source):
    return application("web", source={"targetRevision": revision, **source})


def test_a_branch_may_move():
    (text,) = told(of("main"))
    assert text == (
        "warning: apps/web-application.yaml:13:5: the revision main may move. "
        "Name a commit, or a tag such as v1.2.3."
    )


def test_only_files_that_the_settings_name_need_pins():
    assert told(of("main"), pinned=("prod/**",)) == []
    assert lint(argocd(of("main")), "AR020", origin=URL) == []


@pytest.mark.parametrize("revision", ["", "HEAD", None])
def test_the_default_branch_moves(revision):
    (text,) = told(of(revision))
    assert text.endswith("the default branch of the source moves. Name a commit or a tag.")


@pytest.mark.parametrize(
    "revision",
    [
        *("*", "1.*", "1.2.x", "^1.2.0", ">=1.0.0 <2.0.0", "~1.2"),
        *("1.2.0 - 2.0.0", "1.2.0 || 2.0.0", "1.2.0, <2.0.0", "1.2.0,<2", "1.2.0||2.0.0"),
    ],
)
def test_versions_of_charts_that_move(revision):
    (text,) = told(of(revision, **CHART))
    assert text.endswith(
        f"the chart shop is not pinned: {revision} moves with each release. Name its exact version."
    )


@pytest.mark.parametrize("revision", ["", None])
def test_a_chart_without_a_version_is_the_newest_one(revision):
    (text,) = told(of(revision, **CHART))
    assert text.endswith(
        "the chart shop is not pinned: without a version the newest one is deployed. "
        "Name its exact version."
    )


@pytest.mark.parametrize(
    "revision", [COMMIT, COMMIT[:7], "v1.2.3", "1.2.3-rc.1", "refs/tags/v2", "{{ .version }}"]
)
def test_revisions_that_stay(revision):
    assert told(of(revision)) == []
    assert told(of(revision, **CHART)) == []


def test_each_source_and_the_templates_of_sets():
    sources = [{"repoURL": URL, "path": "a", "targetRevision": name} for name in ("v1.0.0", "dev")]
    (text,) = told(application("web", source=None, sources=sources))
    assert "the revision dev may move" in text
    template = application("{{ .name }}", source={"targetRevision": "dev"})
    (text,) = told(application_set("all", template))
    assert text.startswith("warning: apps/all-applicationset.yaml")


def test_a_patch_of_a_template_may_have_the_revision():
    patch = "spec: {source: {targetRevision: v1.2.3}}"
    template = application("{{ .name }}", source={"targetRevision": None})
    assert told(application_set("all", template, templatePatch=patch)) == []
