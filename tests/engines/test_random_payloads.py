"""Random clusters of payloads that exist, overlays that are taken in and generated bundles.

Generation checks the invariants of every tree itself; lint and kustomize look at the outcome.
"""

import subprocess
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.running import run
from tests.support.generate import REPOSITORY, application, generated
from tests.support.git import write
from tests.support.tools import tool

ENGINES = ("flux", "argocd")
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
random_repositories = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


class Repository:
    """A repository that is drawn: files that exist, and the stack of one cluster."""

    def __init__(self, draw, engine):
        self.draw, self.engine = draw, engine
        self.files = {}
        self.paths = {}
        self.serial = count()
        self.names = []

    def config_map(self, directory):
        name = f"settings-{next(self.serial)}"
        metadata = {"name": name, "namespace": "default"}
        text = yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
        self.files[f"{directory}/{name}.yaml"] = text
        return f"{name}.yaml"

    def directory(self, *kinds):
        path = "/".join(
            self.draw(st.lists(st.sampled_from(["apps", "infra", "x"]), min_size=1, max_size=3))
        )
        path = f"{path}/{next(self.serial)}"
        kind = self.draw(st.sampled_from(kinds))
        entries = [self.config_map(path) for _ in range(self.draw(st.integers(1, 2)))]
        fields = {"resources": entries}
        if kind == "overlay":
            base = self.directory("base")
            up = "../" * path.count("/") + "../"
            fields = {"resources": [*entries, f"{up}{base}"], "labels": [{"pairs": {"a": "b"}}]}
        if kind != "plain":
            head = COMPONENT if kind == "component" else ""
            self.files[f"{path}/kustomization.yaml"] = head + yaml.safe_dump(fields)
        return path

    def bundle(self, depth=0):
        name = f"bundle-{next(self.serial)}"
        content = self.draw(st.sampled_from(["payload", "overlay", "generated", "elsewhere"]))
        bundle = {"name": name}
        if content == "payload":
            path = self.directory("base", "overlay", "plain")
            written = self.draw(st.sampled_from([path, f"./{path}", f"{path}/"]))
            bundle["payload"] = {"path": written}
            self.paths[name] = path
        elif content == "elsewhere":
            url = "https://example.com/other.git"
            source = {"kind": "GitRepository", "name": "other", "url": url, "branch": "main"}
            bundle |= {"payload": {"path": f"{name}/prod"}, "sourceRef": source}
            self.paths[name] = f"{name}/prod"
        elif content == "overlay":
            spec = {"path": f"../{self.directory('base', 'overlay', 'component')}"}
            taken = {"name": f"{name}-app", "kind": "Kustomize", "spec": spec}
            bundle["applications"] = [taken, application(f"{name}-more", namespace="default")]
        else:
            bundle["applications"] = [application(f"{name}-app", namespace="default")]
        if self.names and self.draw(st.booleans()):
            bundle["dependsOn"] = [self.draw(st.sampled_from(self.names))]
        if depth < 2 and self.draw(st.integers(1, 4)) == 1:
            # A child that says no source would come from elsewhere as well.
            own = {"kind": "GitRepository", "name": "flux-system"}
            bundle["children"] = [
                {"sourceRef": own} | child
                for child in (self.bundle(depth + 1) for _ in range(self.draw(st.integers(1, 2))))
            ]
        elif self.draw(st.booleans()):
            bundle["wait"] = True
        self.names += [name] if depth == 0 else []
        return bundle

    def node(self, depth=0):
        children = [
            self.node(depth + 1)
            for _ in range(self.draw(st.integers(1, 3)) if depth == 0 else depth < 2)
        ]
        bundle = {"bundle": self.bundle() | {}} if depth else {}
        if depth and "sourceRef" not in bundle["bundle"]:
            bundle["bundle"]["sourceRef"] = {"kind": "GitRepository", "name": "flux-system"}
        return {"name": f"node-{next(self.serial)}", **bundle, "children": children}

    def texts(self):
        argocd = {"repoURL": REPOSITORY, "targetRevision": "main", "healthConfigured": True}
        gitops = {
            "type": self.engine,
            "bootstrap": {"sourceURL": REPOSITORY, "sourceRef": "main"},
            "argocd": argocd,
        }
        placement = self.draw(
            st.sampled_from(["separate", "integrated", "integrated-per-bundle"])
            if self.engine == "flux"
            else st.just("separate")
        )
        stack = {
            "name": "prod",
            "gitops": gitops,
            "layout": {"fluxPlacement": placement},
            "node": self.node(),
        }
        return self.files | {"stacks/prod.yaml": yaml.safe_dump(stack, sort_keys=False)}


def drawn(data, engine):
    repository = Repository(data.draw, engine)
    texts = repository.texts()
    return repository, texts, dict(generated(texts).files)


def owners(files):
    """Return the path of each Kustomization or Application by name."""
    found = {}
    for path, data in files.items():
        if path.endswith(".yaml"):
            for item in yaml.safe_load_all(data):
                if item["kind"] == "Kustomization" and "spec" in item:
                    found[item["metadata"]["name"]] = item["spec"]["path"].removeprefix("./")
                if item["kind"] == "Application":
                    found[item["metadata"]["name"]] = item["spec"]["source"]["path"]
    return found


@pytest.mark.parametrize("engine", ENGINES)
@random_repositories
@given(data=st.data())
def test_payloads_are_applied_as_they_are_and_lint_has_no_error(engine, data):
    repository, texts, files = drawn(data, engine)
    assert all(path.startswith("clusters/prod/") for path in files)
    found = owners(files)
    assert {name: found[name] for name in repository.paths} == repository.paths
    directories = {path.rpartition("/")[0] for path in (*files, *texts)}
    here = {path for path in found.values() if not path.endswith("/prod")}
    assert here <= directories
    everything = {path: text.encode() for path, text in texts.items()} | files
    linted = run(read_repository(MemoryTree(everything), origin=REPOSITORY))
    assert [str(finding) for finding in linted if finding.severity == "error"] == []


@pytest.mark.parametrize("engine", ENGINES)
@settings(parent=random_repositories, max_examples=5)
@given(data=st.data())
def test_kustomize_builds_every_directory_that_takes_something_in(engine, data):
    kustomize = tool("kustomize")
    _, texts, files = drawn(data, engine)
    with TemporaryDirectory() as root:
        write(Path(root), texts | {path: content.decode() for path, content in files.items()})
        for path in files:
            if path.endswith("/kustomization.yaml"):
                command = [kustomize, "build", str(Path(root, path).parent)]
                done = subprocess.run(command, capture_output=True, check=False)
                assert done.returncode == 0, done.stderr.decode()
