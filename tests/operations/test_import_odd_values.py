"""Imports of trees in which any value may have any type: a reason or a refusal, and no traceback.

KURE_HOOKS_ODD_VALUES sets the number of trees for each engine; without it there are a few.
"""

import copy
import os

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from kure_hooks.cli import main
from tests.support.git import write
from tests.support.linting import SYNC, config_map, kustomization

TREES = int(os.environ.get("KURE_HOOKS_ODD_VALUES", "60"))

FULL = yaml.safe_load(
    kustomization(
        "web",
        dependsOn=[{"name": "db", "readyExpr": "true"}],
        timeout="3m",
        retryInterval="1m",
        wait=False,
        healthChecks=[{"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}],
        healthCheckExprs=[{"apiVersion": "a/v1", "kind": "B", "current": "true"}],
        targetNamespace="web",
        postBuild={
            "substitute": {"color": "red"},
            "substituteFrom": [{"kind": "ConfigMap", "name": "vars"}],
        },
        commonMetadata={"labels": {"team": "web"}, "annotations": {"a": "b"}},
        patches=[{"patch": "- {op: add, path: /a, value: 1}\n", "target": {"kind": "A"}}],
        images=[{"name": "a", "newTag": "b"}],
        components=["../part"],
        decryption={"provider": "sops", "secretRef": {"name": "keys"}},
    )
)
FULL["metadata"] |= {"labels": {"a": "b"}, "annotations": {"c": "d"}}


def at(directory):
    return {"repoURL": "https://github.com/acme/fleet.git", "path": f"apps/{directory}"}


CHART = {"repoURL": "https://charts.example.com", "chart": "a", "targetRevision": "1.0.0"}
HELM = {"values": "a: 1\n", "parameters": [{"name": "a", "value": "b"}], "valueFiles": ["a.yaml"]}


def application(name, **sources):
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": name,
            "namespace": "argocd",
            "labels": {"a": "b"},
            "annotations": {"argocd.argoproj.io/sync-wave": "2"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        },
        "spec": {
            "project": "default",
            **sources,
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"],
                "retry": {"limit": 3, "backoff": {"duration": "5s", "factor": 2}},
            },
            "ignoreDifferences": [{"kind": "ConfigMap", "jsonPointers": ["/data/a"]}],
            "info": [{"name": "a", "value": "b"}],
        },
    }


CLUSTERS = {
    "flux": {
        "sync.yaml": list(yaml.safe_load_all(SYNC)),
        "vars.yaml": [yaml.safe_load(config_map("vars", "flux-system"))],
        "web.yaml": [FULL],
        "db.yaml": [yaml.safe_load(kustomization("db"))],
        "kustomization.yaml": [{"resources": ["sync.yaml", "vars.yaml", "web.yaml", "db.yaml"]}],
    },
    "argocd": {
        "web.yaml": [application("web", source={**at("web"), "targetRevision": "HEAD"})],
        "several.yaml": [application("several", sources=[at("more"), {**CHART, "helm": HELM}])],
        "root.yaml": [application("root", source={**at("."), "path": "children"})],
    },
}
PART = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonAnnotations: {a: b}
"""
OTHER = {
    **{f"apps/{name}/{name}.yaml": config_map(name) for name in ("web", "db", "more", "child")},
    "apps/part/kustomization.yaml": PART,
    "children/child.yaml": yaml.safe_dump(application("child", source=at("child"))),
}
SCALARS = [None, True, 7, 1.5, -1, 10**30, "", "x", "${x}", "\x00"]
LISTS = [[], [1], [None], ["x"], [[]], [{}], [{"name": 3}]]
MAPPINGS = [{}, {"a": 1}, {"name": []}, {"a": {"b": None}}]
ODD = st.sampled_from([*SCALARS, *LISTS, *MAPPINGS])


def places(value, steps=()):
    """Yield the way to each part of a value."""
    yield steps
    parts = dict(enumerate(value)) if isinstance(value, list) else value
    for key, part in parts.items() if isinstance(parts, dict) else ():
        yield from places(part, (*steps, key))


def replaced(value, steps, odd):
    whole = [copy.deepcopy(value)]
    part, key = whole, 0
    for step in steps:
        part, key = part[key], step
    part[key] = odd
    return whole[0]


@st.composite
def trees(draw, cluster):
    documents = copy.deepcopy(cluster)
    for _ in range(draw(st.integers(1, 3))):
        steps = draw(st.sampled_from([place for place in places(documents) if len(place) > 1]))
        documents = replaced(documents, steps, draw(ODD))
    return texts(documents)


def texts(documents):
    return {
        f"clusters/prod/{name}": yaml.safe_dump_all(content) for name, content in documents.items()
    }


@pytest.mark.parametrize("engine", list(CLUSTERS))
def test_values_of_any_type_are_told_or_refused(engine, tmp_path):
    write(tmp_path, OTHER)
    codes = [run(tmp_path, engine, texts(CLUSTERS[engine]))]

    @seed(15)
    @settings(
        max_examples=TREES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(trees(CLUSTERS[engine]))
    def check(files):
        codes.append(run(tmp_path, engine, files))

    check()
    assert codes[0] == 0
    assert set(codes[1:]) >= {1}


def run(root, engine, files):
    """Return the exit code of an import of some files, which is none of a failure."""
    write(root, files)
    command = ["import", engine, "clusters/prod", "--cluster", "adopted", "--dry-run"]
    result = CliRunner().invoke(main, [*command, "--root", str(root)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code in {0, 1, 2}, result.output
    assert "Traceback" not in result.output
    return result.exit_code


@pytest.mark.parametrize(
    ("engine", "change", "reason"),
    [
        ("flux", (("spec",), [1]), "spec: this is a list. Write a mapping."),
        ("flux", (("spec", "dependsOn"), "x"), "spec.dependsOn: this is a string. Write a list."),
        ("flux", (("spec", "path"), 7), "spec.path: this is a number. Write a string."),
        ("flux", (("spec", "postBuild"), []), "postBuild, which a stack can't say: this is a list"),
        ("flux", (("metadata", "name"), 7), "this Kustomization has no name that is a string"),
        ("argocd", (("spec",), [1]), "spec: this is a list. Write a mapping."),
        ("argocd", (("spec", "sources"), 3), "spec.sources: this is a number. Write a list."),
        (
            "argocd",
            (("spec", "source", "path"), 1.5),
            "spec.source.path: this is a number. Write",
        ),
        (
            "argocd",
            (("spec", "destination"), []),
            "spec.destination: this is a list. Write a mapping.",
        ),
        (
            "argocd",
            (("metadata", "finalizers"), {"a": 1}),
            "metadata.finalizers: this is a mapping",
        ),
        ("argocd", (("metadata", "labels"), {"a": 1}), "metadata.labels.a: this is a number"),
        ("argocd", (("metadata", "name"), 7), "this Application has no name that is a string"),
    ],
)
def test_the_reason_names_the_value_and_its_type(tmp_path, kure, engine, change, reason):
    steps, value = change
    documents = replaced(CLUSTERS[engine], ("web.yaml", 0, *steps), value)
    write(tmp_path, texts(documents))
    write(tmp_path, OTHER)
    code, out, _ = kure("import", engine, "clusters/prod", "--cluster", "adopted", "--dry-run")
    assert code == 1
    assert reason in out
