"""Objects as Flux and Argo CD send them, and what findings say of those that they change."""

import pytest

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops import walking
from kure_hooks.gitops.applied import applied
from kure_hooks.validators import Built
from tests.support.argocd_linting import application
from tests.support.linting import config_map, fleet, kustomization

OWNERS = "clusters/prod/web.yaml"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
spec:
  priority: ${priority}
  containers:
  - name: web
    image: web:1
"""
SET_POLICY = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    "spec: {containers: [{name: web, imagePullPolicy: Never}]}\n"
)


def repository(owner, **more):
    files = {**fleet(owner), "apps/web/pod.yaml": POD, **more}
    return {path: text for path, text in files.items() if path != "apps/web/manifests.yaml"}


def sent(files, owners=(OWNERS,)):
    return applied(
        MemoryTree({path: text.encode() for path, text in files.items()}), "", set(owners)
    )


def only(files):
    (source,) = sent(files).sources
    (item,) = source.objects
    return item


def finding(item, *steps):
    problem = item.finding(steps, "wrong", "", "VA012")
    assert problem.object == item.label
    assert problem.object.startswith("Pod ")
    return f"{problem.at.path}:{problem.at.line}: {problem.problem}"


def line_of(files, text):
    lines = files[OWNERS].splitlines()
    return f"{OWNERS}:{next(at for at, line in enumerate(lines, 1) if text in line)}"


def owner_of(path="./apps/web", **spec):
    return kustomization("web", path, **spec)


def test_every_change_of_a_kustomization_is_told_at_its_place():
    files = repository(
        owner_of(
            targetNamespace="web",
            patches=[{"patch": SET_POLICY}],
            images=[{"name": "web", "newTag": "2"}],
            commonMetadata={"labels": {"team": "a"}, "annotations": {"by": "b"}},
            postBuild={"substitute": {"priority": "7"}},
        )
    )
    item = only(files)
    assert item.manifest == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web",
            "namespace": "web",
            "labels": {"app": "web", "team": "a"},
            "annotations": {"by": "b"},
        },
        "spec": {
            "priority": 7,
            "containers": [{"name": "web", "image": "web:2", "imagePullPolicy": "Never"}],
        },
    }
    container = ("spec", "containers", 0)
    for steps, line, change in (
        ((*container, "imagePullPolicy"), 9, f"the patch at {line_of(files, '- patch:')}"),
        ((*container, "image"), 10, f"the image at {line_of(files, '- name: web')}"),
        (("metadata", "namespace"), 3, f"the namespace at {line_of(files, 'targetNamespace')}"),
        (("spec", "priority"), 7, f"the variables at {line_of(files, 'postBuild')}"),
        (
            ("metadata", "labels", "team"),
            5,
            f"the common metadata at {line_of(files, 'commonMetadata')}",
        ),
    ):
        assert finding(item, *steps) == f"apps/web/pod.yaml:{line}: wrong, after {change}"
    assert finding(item, *container, "name") == "apps/web/pod.yaml:9: wrong"
    assert finding(item, "metadata", "labels", "app") == "apps/web/pod.yaml:5: wrong"


def test_of_several_patches_the_last_that_changes_the_key_is_told():
    other = SET_POLICY.replace("imagePullPolicy: Never", "tty: true")
    files = repository(owner_of(patches=[{"patch": SET_POLICY}, {"patch": other}]))
    first, second = (
        at for at, line in enumerate(files[OWNERS].splitlines(), 1) if "- patch:" in line
    )
    item = only(files)
    for key, line in (("imagePullPolicy", first), ("tty", second)):
        words = f"wrong, after the patch at {OWNERS}:{line}"
        assert finding(item, "spec", "containers", 0, key) == f"apps/web/pod.yaml:9: {words}"


def test_a_key_that_a_patch_removes_is_missing_after_it():
    patch = "- {op: remove, path: /spec/containers/0/name}\n"
    files = repository(owner_of(patches=[{"patch": patch, "target": {"kind": "Pod"}}]))
    words = f"wrong, after the patch at {line_of(files, '- patch:')}"
    item = only(files)
    assert finding(item, "spec", "containers", 0, "name") == f"apps/web/pod.yaml:9: {words}"


def test_what_a_patch_deletes_is_not_sent():
    patch = "{apiVersion: v1, kind: Pod, metadata: {name: web}, $patch: delete}"
    files = repository(owner_of(patches=[{"patch": patch}]))
    files["apps/web/other.yaml"] = config_map("other")
    built = sent(files)
    (source,) = built.sources
    assert [item.kind for item in source.objects] == ["ConfigMap"]
    assert built.taken == {"apps/web/pod.yaml", "apps/web/other.yaml"}


def test_an_application_changes_what_kustomize_builds():
    source = {
        "repoURL": "https://git.example.com/acme/fleet.git",
        "path": "apps/web",
        "targetRevision": "HEAD",
        "kustomize": {"namePrefix": "a-", "patches": [{"patch": SET_POLICY}]},
    }
    files = {
        OWNERS: application("web", source=source),
        "apps/web/pod.yaml": POD,
        "apps/web/kustomization.yaml": "resources: [pod.yaml]\n",
    }
    item = only(files)
    policy = ("spec", "containers", 0, "imagePullPolicy")
    words = f"wrong, after the patch at {line_of(files, '- patch:')}"
    assert finding(item, *policy) == f"apps/web/pod.yaml:9: {words}"
    assert item.manifest["metadata"]["name"] == "a-web"
    assert sent(files).taken == {"apps/web/pod.yaml"}
    assert sent(files).directories == {"apps/web"}


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"patches": [{"patch": SET_POLICY}], "path": "./gone"},
        {
            "patches": [{"patch": SET_POLICY}],
            "sourceRef": {"kind": "OCIRepository", "name": "elsewhere"},
        },
        {"patches": [{"patch": SET_POLICY.replace("name: web", "name: gone", 1)}]},
        {"patches": [{"path": "patch.yaml"}]},
        {"patches": [{"patch": "- {op: remove, path: /spec/gone}", "target": {"kind": "Pod"}}]},
    ],
    ids=["no change", "no path", "another source", "no object", "no file", "no key"],
)
def test_what_is_not_known_is_not_sent(spec):
    assert sent(repository(owner_of(**spec))).sources == ()


def test_a_build_that_is_not_followed_is_not_sent():
    charts = "helmCharts: [{name: a, repo: https://example.com}]\nresources: [pod.yaml]\n"
    files = repository(owner_of(targetNamespace="web"), **{"apps/web/kustomization.yaml": charts})
    assert sent(files).sources == ()


def test_a_directory_that_others_apply_as_it_is_is_not_taken():
    plain = kustomization("plain", "./apps/web")
    files = repository(owner_of(targetNamespace="web"), **{"clusters/prod/plain.yaml": plain})
    built = sent(files)
    assert len(built.sources) == 1
    assert (built.taken, built.directories) == (frozenset(), frozenset())


def test_only_the_owners_of_the_files_count():
    assert sent(repository(owner_of(targetNamespace="web")), {"clusters/dev/a.yaml"}).sources == ()


def test_variables_without_a_value_stay():
    files = repository(owner_of(postBuild={"substitute": {"other": "1"}}))
    assert only(files).manifest["spec"]["priority"] == "${priority}"


@pytest.mark.parametrize("value", ["../../secret", "{{.Group}}", "pod", 7])
@pytest.mark.parametrize("key", ["kind", "apiVersion"])
def test_a_patch_chooses_no_schema(key, value):
    """As a file does not: nothing is looked for by a kind that is none."""
    operation = f"- {{op: replace, path: /{key}, value: {value!r}}}\n"
    patch = {"patch": operation, "target": {"kind": "Pod"}}
    files = repository(owner_of(patches=[patch]))
    built = sent(files)
    if key == "kind" or value != "pod":
        assert [item for source in built.sources for item in source.objects] == []
        if built.sources:
            (fault,) = built.findings
            assert (fault.rule, fault.at.path) == ("VA004", "apps/web/pod.yaml")
            assert fault.problem.endswith(f", after the patch at {line_of(files, '- patch:')}")


def test_an_owner_that_two_clusters_have_is_sent_once():
    files = repository(owner_of(targetNamespace="web"))
    other = kustomization("all", "./clusters/prod")
    assert len(sent({**files, "clusters/other/all.yaml": other}).sources) == 1


def test_nothing_is_sent_of_a_repository_that_is_too_large_to_follow(monkeypatch):
    monkeypatch.setattr(walking.Budget, "__init__", lambda self: setattr(self, "left", 2))
    assert sent(repository(owner_of(targetNamespace="web"))) == Built()
