import json
import re

import pytest

from kure_hooks.engines.argocd.versions import (
    NEWEST,
    OF_APPLICATIONS,
    OF_PROJECTS,
    parsed,
    problems,
    spelled,
)
from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, leaf, node, objects
from tests.support.schemas import SHARED

PATCH = {"patch": "[]", "target": {"kind": "Deployment", "name": "web"}}


def application(version=None, **fields):
    bootstrap = {"argoCDVersion": version} if version else {}
    gitops = {"bootstrap": bootstrap}
    return objects(node("prod", leaf("web", **fields)), engine="argocd", gitops=gitops)[
        "Application/web"
    ]


def nested(path, value, kind="Application"):
    for key in reversed(path.split(".")):
        value = {key: value}
    return {"kind": kind, "spec": value}


def before(version):
    """Return the last release before one, as far as comparisons go."""
    major, minor = version
    return (major, minor - 1) if minor else (major - 1, 99)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.5.1", (3, 5)),
        ("3.1", (3, 1)),
        ("v2.14.21", (2, 14)),
        ("v3.2.0-rc1", (3, 2)),
        ("4.0", (4, 0)),
        (None, NEWEST),
        ("latest", None),
        ("3", None),
        ("3.1.x", None),
        ("3.1\n", None),
    ],
)
def test_versions_are_read_by_their_minor(text, version):
    """E17.1."""
    assert parsed(text) == version


def test_a_text_that_is_no_version_is_refused():
    """E17.1."""
    assert parsed(f"3.{'9' * 5_000}") is None
    with pytest.raises(InputError, match="latest is no version of Argo CD"):
        application("latest")


@pytest.mark.parametrize("path", OF_APPLICATIONS)
def test_the_fields_of_the_table_are_those_of_the_definition(path):
    """A field with a wrong name would never be found; that of Argo CD 3.5 has them all."""
    schema = SHARED / "crds" / "schemas" / "argoproj.io" / "application_v1alpha1.json"
    if not schema.exists():
        pytest.skip(f"the schemas of Argo CD are not at {schema.parent}")
    here = json.loads(schema.read_text())["properties"]["spec"]
    for key in path.split("."):
        here = here["properties"][key]


# types.go of Argo CD at the tag of each release.
RELEASES = {
    (2, 6): "sources syncPolicy.managedNamespaceMetadata",
    (2, 7): "source.kustomize.namespace source.kustomize.replicas",
    (2, 8): "source.helm.valuesObject",
    (2, 9): "source.kustomize.patches",
    (2, 10): "source.kustomize.components",
    (2, 13): "source.kustomize.kubeVersion source.kustomize.apiVersions source.helm.kubeVersion "
    "source.helm.apiVersions",
    (2, 14): "source.name sourceHydrator",
    (3, 0): "source.kustomize.ignoreMissingComponents source.kustomize.labelIncludeTemplates",
    (3, 1): "syncPolicy.automated.enabled",
    (3, 2): "syncPolicy.retry.refresh",
    (3, 5): "source.tagPrefix",
}


def test_each_release_has_its_fields():
    found = {}
    for path, first in OF_APPLICATIONS.items():
        found.setdefault(first, set()).add(path)
    assert found == {first: set(paths.split()) for first, paths in RELEASES.items()}


@pytest.mark.parametrize(("path", "first"), OF_APPLICATIONS.items())
def test_fields_of_applications_come_with_their_release(path, first):
    """E17.10: every row of the table, on the release before and on its own."""
    manifest = nested(path, "x")
    assert list(problems(manifest, first)) == []
    assert list(problems(manifest, before(first))) == [(path, first)]
    template = {"kind": "ApplicationSet", "spec": {"template": manifest}}
    elements = {"list": {"elements": [{"patch": manifest}]}}
    patches = {"kind": "ApplicationSet", "spec": {"generators": [elements]}}
    for each in (template, patches):
        assert list(problems(each, before(first))) == [(path, first)]


@pytest.mark.parametrize(("path", "first"), OF_PROJECTS.items())
def test_fields_of_projects_come_with_their_release(path, first):
    """E17.10."""
    manifest = nested(path, [{"server": "x"}], "AppProject")
    assert list(problems(manifest, first)) == []
    assert list(problems(manifest, before(first))) == [(path, first)]
    assert list(problems(nested(path, [{}]), (1, 8))) == []


@pytest.mark.parametrize(
    ("path", "value", "first"),
    [
        ("source.repoURL", "oci://example.com/a", (3, 1)),
        ("syncPolicy.syncOptions", ["Validate=true", "Prune=confirm"], (3, 4)),
        ("syncPolicy.syncOptions", ["Delete=false"], (3, 4)),
        ("source.repoURL", "https://example.com/oci://", None),
        ("syncPolicy.syncOptions", ["PruneLast=true"], None),
    ],
)
def test_values_come_with_their_release(path, value, first):
    """E17.10: what no field tells."""
    found = [each for _, each in problems(nested(path, value), (2, 6))]
    assert found == ([first] if first else [])


def test_patches_to_the_template_of_a_set_come_with_their_release():
    """E17.9: what orders by an ApplicationSet needs them."""
    manifest = nested("templatePatch", "x", "ApplicationSet")
    assert list(problems(manifest, (2, 9))) == [("templatePatch", (2, 10))]
    assert list(problems(manifest, (2, 10))) == []


def test_every_one_of_several_sources_is_looked_at():
    """E17.10."""
    kustomize = {"patches": [PATCH]}
    manifest = nested("sources", [{"repoURL": "a"}, {"repoURL": "b", "kustomize": kustomize}])
    assert list(problems(manifest, (2, 8))) == [("sources.kustomize.patches", (2, 9))]


def test_asking_for_more_names_the_first_version_that_has_it():
    """E17.14: at the bundle that asks."""
    expected = (
        "gitops.bootstrap.argoCDVersion: Application web needs source.kustomize.patches, "
        "which Argo CD 2.8 does not have. Write 2.9, the first version that has it, or a later one."
    )
    with pytest.raises(InputError, match=re.escape(expected)) as caught:
        application("v2.8.4", patches=[PATCH])
    (finding,) = caught.value.findings
    assert finding.at.path == "stacks/prod.yaml"
    assert finding.at.line > 1


@pytest.mark.parametrize("version", ["2.9", "v3.5.1", "4.0", None])
def test_a_version_that_has_it_changes_nothing(version):
    """E17.14."""
    assert application(version, patches=[PATCH]) == application(patches=[PATCH])


@pytest.mark.parametrize(
    ("version", "automated"),
    [
        ("3.0", None),
        ("3.1", {"enabled": False, "prune": True, "selfHeal": True}),
        (None, {"enabled": False, "prune": True, "selfHeal": True}),
    ],
)
def test_suspend_is_spelled_as_the_version_has_it(version, automated):
    """E17.14: before 3.1 there is no automated sync to switch off but to leave it out."""
    policy = application(version, suspend=True)["spec"]["syncPolicy"]
    assert policy.get("automated") == automated
    assert policy["syncOptions"] == ["ServerSideApply=true"]


def test_automated_sync_that_is_switched_on_stays_on():
    """E17.14."""
    manifest = nested("syncPolicy.automated", {"enabled": True, "prune": True})
    assert spelled(manifest, (3, 0)) == nested("syncPolicy.automated", {"prune": True})


def test_the_objects_of_the_bootstrap_are_looked_at_too():
    """E17.15: its repository may be one that an old version can't read."""
    options = {
        "argocd": {"repoURL": "oci://example.com/fleet"},
        "bootstrap": {"enabled": True, "argoCDVersion": "3.0", "sourceURL": REPOSITORY},
    }
    with pytest.raises(InputError, match=r"prod-root needs source\.repoURL: oci://"):
        objects(node("prod"), engine="argocd", gitops=options)
