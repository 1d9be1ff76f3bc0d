"""Imports of ApplicationSets: carried as they are, or a bundle for each of their Applications."""

import pytest
import yaml

from kure_hooks.operations.adoption import Choice, import_cluster
from tests.operations.test_import import bundles
from tests.support.importing import workspace
from tests.support.linting import config_map

HERE = "https://github.com/acme/fleet.git"
FILES = {
    **{f"apps/{name}/{name}.yaml": config_map(name) for name in ("web", "db")},
    "envs/web.yaml": "name: web\n",
    "envs/db.yaml": "name: db\n",
}
LIST = "list: {elements: [{name: web}, {name: db}]}"
DIRECTORIES = f"git: {{repoURL: '{HERE}', revision: HEAD, directories: [{{path: apps/*}}]}}"
FROM_FILES = f"git: {{repoURL: '{HERE}', revision: HEAD, files: [{{path: envs/*.yaml}}]}}"
MATRIX = f"matrix: {{generators: [{{{LIST}}}, {{list: {{elements: [{{tier: a}}]}}}}]}}"
CLUSTERS = "clusters: {}"
NAME = "{{name}}"


def applicationset(generator, more="", name=NAME, head=""):
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: all, namespace: argocd}}
spec:
  generators: [{{{generator}}}]
{more}  template:
    metadata: {{name: '{name}'{head}}}
    spec:
      project: default
      source: {{repoURL: '{HERE}', targetRevision: main, path: 'apps/{name}'}}
      destination: {{server: https://kubernetes.default.svc, namespace: '{name}'}}
"""


def imported(made, *, expand, **files):
    texts = {"clusters/prod/set.yaml": made, **FILES, **files}
    choice = Choice("argocd", "prod", ["clusters/prod"], expand_sets=expand)
    result = import_cluster(workspace(texts), choice)
    return dict(bundles(yaml.safe_load(result.text)["spec"]["node"])), result


GENERATORS = {
    "list": applicationset(LIST),
    "directories": applicationset(DIRECTORIES, name="{{path.basename}}"),
    "files": applicationset(FROM_FILES),
    "matrix": applicationset(MATRIX),
    "go": applicationset(LIST, more="  goTemplate: true\n", name="{{.name}}"),
}


@pytest.mark.parametrize("kind", GENERATORS)
def test_each_application_of_a_static_set_becomes_a_bundle(kind):
    found, result = imported(GENERATORS[kind], expand=True)
    assert sorted(found) == ["db", "web"]
    assert found["web"]["payload"] == {"path": "apps/web"}
    assert result.is_whole
    assert result.equal == result.owners == 2
    (made,) = result.sets
    assert (sorted(made.names), made.is_expanded) == (["db", "web"], True)
    assert list(result.switch.emptied) == ["clusters/prod/set.yaml"]


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_set_is_carried_as_it_is_and_said_what_it_makes(kind):
    found, result = imported(GENERATORS[kind], expand=False)
    assert list(found) == ["prod-entry"]
    (application,) = found["prod-entry"]["applications"]
    assert application["spec"]["objects"] == [yaml.safe_load(GENERATORS[kind])]
    (made,) = result.sets
    assert (sorted(made.names), made.is_expanded) == (["db", "web"], False)
    assert result.is_whole
    assert not result.notes


def test_what_a_set_did_beyond_is_told():
    more = (
        "  syncPolicy: {preserveResourcesOnDeletion: true, applicationsSync: create-update}\n"
        "  strategy: {type: RollingSync, rollingSync: {steps: []}}\n"
        "  ignoreApplicationDifferences: [{jsonPointers: [/spec/source/targetRevision]}]\n"
    )
    made = applicationset(DIRECTORIES, more=more, name="{{path.basename}}")
    found, result = imported(made, expand=True)
    assert found["web"]["argocd"]["finalizers"] == []
    assert [note.reason for note in result.notes] == [
        "kept the objects of Applications that go (syncPolicy.preserveResourcesOnDeletion)",
        "had syncPolicy.applicationsSync: create-update, so that it left some changes to others",
        "rolled its Applications out by strategy RollingSync; the order of the stack counts now",
        (
            "left fields of its Applications to others (ignoreApplicationDifferences); the stack "
            "says all of them"
        ),
        "made Applications of new directories or files by itself; each needs a bundle now",
    ]


def test_a_set_that_asks_a_cluster_stays_one():
    found, result = imported(applicationset(CLUSTERS), expand=True)
    assert list(found) == ["prod-entry"]
    (made,) = result.sets
    assert list(made.unknown) == ["asks for the clusters that Argo CD knows"]


def test_a_set_stays_one_where_an_application_of_it_can_be_no_bundle():
    lost = applicationset("list: {elements: [{name: web}, {name: gone}]}")
    found, result = imported(lost, expand=True)
    assert list(found) == ["prod-entry"]
    ((who, reason),) = [(str(item.who), item.reason) for item in result.left]
    assert who == "ApplicationSet argocd/all"
    assert reason.startswith("stays a set: Application argocd/gone can't be generated: ")


def test_a_set_that_an_application_applies_is_expanded_as_well():
    root = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: root, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: '{HERE}', targetRevision: main, path: sets}}
  destination: {{server: https://kubernetes.default.svc}}
"""
    texts = {"clusters/prod/root.yaml": root, "sets/all.yaml": applicationset(LIST), **FILES}
    choice = Choice("argocd", "prod", ["clusters/prod"], expand_sets=True)
    result = import_cluster(workspace(texts), choice)
    names = dict(bundles(yaml.safe_load(result.text)["spec"]["node"]))
    assert {"web", "db"} <= names.keys()
    assert "sets/all.yaml" in result.switch.emptied
