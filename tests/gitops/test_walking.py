"""The walk of a cluster: bounded in all, and linear in the files of the repository."""

from kure_hooks.gitops import walking
from kure_hooks.lint.running import Run
from kure_hooks.lint.selection import Selection
from tests.support.counting import calls
from tests.support.linting import config_map, document, fleet, kustomization, model


def many(number):
    """Return a repository whose many Kustomizations all apply one directory."""
    files = fleet(
        *(kustomization(f"k{at}", "./big", targetNamespace=f"n{at}") for at in range(number))
    )
    files["big/manifests.yaml"] = "---\n".join(config_map(f"c{at}") for at in range(20))
    return files


def test_a_cluster_beyond_the_budget_is_uncertain_and_said(monkeypatch):
    monkeypatch.setattr(walking.Budget, "__init__", lambda self: setattr(self, "left", 100))
    repository = model(many(40))
    (cluster,) = repository.clusters
    assert (cluster.is_whole, cluster.is_certain) == (False, False)
    assert sum(len(owner.resources) for owner in cluster.owners) < 200
    (skipped,) = Run(repository, Selection(), ()).skipped
    assert skipped.subject == "clusters/prod"


def test_a_cluster_within_the_budget_is_whole():
    repository = model(many(40))
    assert [cluster.is_whole for cluster in repository.clusters] == [True]
    assert Run(repository, Selection(), ()).skipped == ()


def teams(number):
    """Return a repository with as many entries as Applications, each in a directory of its own."""
    files = {}
    for at in range(number):
        files[f"teams/t{at}/app.yaml"] = document(
            "argoproj.io/v1alpha1",
            "Application",
            f"a{at}",
            "argocd",
            spec={
                "project": "default",
                "destination": {"server": "https://kubernetes.default.svc", "namespace": "x"},
                "source": {"repoURL": "https://git.example.com/a.git", "path": f"m/a{at}"},
            },
        )
        files[f"m/a{at}/manifests.yaml"] = config_map(f"c{at}")
    return files


def lint(files):
    return Run(model(files), Selection(), ()).findings


def test_the_work_grows_with_the_files():
    lint(teams(2))  # what is loaded and compiled once
    few, more = (calls(lambda size=size: lint(teams(size))) for size in (100, 400))
    assert more < few * 4 * 1.3


def test_the_work_grows_with_the_kustomizations():
    lint(fleet(kustomization("a")))
    few, more = (
        calls(lambda size=size: lint(fleet(*(kustomization(f"k{at}") for at in range(size)))))
        for size in (50, 200)
    )
    assert more < few * 4 * 1.3


def test_common_metadata_is_on_every_object_of_a_kustomization():
    common = {
        "labels": {"team": "a"},
        "annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"},
    }
    repository = model(fleet(kustomization("web", commonMetadata=common)))
    (owner,) = (owner for owner in repository.clusters[0].owners if owner.who.name == "web")
    (resource,) = owner.resources
    assert resource.manifest["metadata"] == {"name": "web", "namespace": "default", **common}
    (change,) = resource.changes
    assert (change.key, change.before["metadata"].get("labels")) == ("commonMetadata", None)
