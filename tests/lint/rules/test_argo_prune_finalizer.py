import pytest

from tests.support.argocd_linting import URL, application, application_set, argocd
from tests.support.linting import lint, told

BARE = {"finalizers": []}
KEPT = {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}, **BARE}


def test_a_child_without_the_finalizer():
    assert told(argocd(application("web", metadata=BARE)), "AR013", origin=URL) == [
        (
            "warning: apps/web-application.yaml:6:3: root deletes this Application when its file "
            "is removed, and all that it deployed stays. "
            "Add the finalizer resources-finalizer.argocd.argoproj.io."
        )
    ]


def test_a_finalizer_of_something_else():
    text = application("web", metadata={"finalizers": ["example.com/keep"]})
    assert len(lint(argocd(text), "AR013", origin=URL)) == 1


@pytest.mark.parametrize("way", ["", "/background", "/foreground"])
def test_the_finalizers_of_argo_cd(way):
    name = f"resources-finalizer.argocd.argoproj.io{way}"
    text = application("web", metadata={"finalizers": [name]})
    assert lint(argocd(text), "AR013", origin=URL) == []


def test_children_that_are_not_pruned():
    root = application("root", "apps", syncPolicy={"automated": {"selfHeal": True}})
    text = application("web", metadata=BARE)
    assert lint(argocd(text, root=root), "AR013", origin=URL) == []
    assert lint(argocd(application("web", metadata=KEPT)), "AR013", origin=URL) == []


def test_a_child_that_is_synced_by_hand():
    text = application("web", metadata=BARE, syncPolicy={})
    assert lint(argocd(text), "AR013", origin=URL) == []


def test_sets_add_the_finalizer_themselves():
    made = application_set("all", application("{{ .name }}", metadata=BARE))
    assert lint(argocd(made), "AR013", origin=URL) == []


def test_argo_cd_itself_must_not_go_with_its_application():
    inside = {"server": "https://kubernetes.default.svc", "namespace": "argocd"}
    text = application("argocd", metadata=BARE, destination=inside)
    assert lint(argocd(text), "AR013", origin=URL) == []
    there = {"name": "spoke", "namespace": "argocd"}
    text = application("argocd", metadata=BARE, destination=there)
    assert len(lint(argocd(text), "AR013", origin=URL)) == 1
