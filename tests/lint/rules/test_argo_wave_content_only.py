from tests.support.argocd_linting import URL, application, argocd, in_wave
from tests.support.linting import lint, told

FIRST = application("database", metadata=in_wave("1"), source={"targetRevision": "v1.0.0"})


def test_a_child_that_follows_the_branch_of_its_parent():
    files = argocd(FIRST, application("web", metadata=in_wave("2")))
    assert told(files, "AR009", origin=URL) == [
        (
            "info: apps/web-application.yaml:15:5: web follows the revision that root follows, so "
            "a commit that changes only what it deploys is synced at once, without any wave. "
            "Name a tag or commit where updates need the order too."
        )
    ]


def test_children_of_tags():
    second = application("web", metadata=in_wave("2"), source={"targetRevision": "v1.0.0"})
    assert lint(argocd(FIRST, second), "AR009", origin=URL) == []


def test_children_without_waves():
    files = argocd(application("database"), application("web"))
    assert lint(files, "AR009", origin=URL) == []


def test_a_child_that_is_synced_by_hand():
    second = application("web", metadata=in_wave("2"), syncPolicy={})
    assert lint(argocd(FIRST, second), "AR009", origin=URL) == []


def test_a_parent_of_a_tag():
    root = application("root", "apps", source={"targetRevision": "v2.0.0"})
    second = application("web", metadata=in_wave("2"), source={"targetRevision": "v2.0.0"})
    assert lint(argocd(FIRST, second, root=root), "AR009", origin=URL) == []


def test_a_root_that_brings_itself_follows_nobody():
    files = argocd(FIRST)
    files["apps/root.yaml"] = files["bootstrap/root.yaml"]
    assert lint(files, "AR009", origin=URL) == []
