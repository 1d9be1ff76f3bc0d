"""Trees that kure-hooks generates have no error; each that is broken on purpose has one.

`KURE_HOOKS_SAMPLES=1000 pytest tests/lint/test_generated.py` takes more of both.
"""

import os
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.program import Program
from kure_hooks.gitops.repository import Declared
from kure_hooks.lint.running import run
from tests.support.clusters import REPOSITORY, clusters
from tests.support.generate import generated

SAMPLES = int(os.environ.get("KURE_HOOKS_SAMPLES", "20"))
KUSTOMIZE = "kustomize.toolkit.fluxcd.io/"
ARGO = "argoproj.io/"


def files_of(case):
    return dict(generated(case.texts()).files) | {
        path: text.encode() for path, text in case.texts().items() if path.startswith("vendor/")
    }


def lint(files, program=None):
    repository = read_repository(MemoryTree(files), origin=REPOSITORY, program=program)
    for cluster in repository.clusters:
        cluster.declared = Declared(external=("Kustomization */elsewhere",))
    return run(repository)


def errors(files):
    told = [item for item in lint(files) if item.severity == "error"]
    # The random applications leave out namespaces, which is a fault in truth.
    return [str(item) for item in told if item.rule != "FX022"]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@settings(
    max_examples=SAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=SAMPLES <= 20,
)
@given(data=st.data())
def test_random_trees_have_no_errors(engine, data):
    files = files_of(data.draw(clusters(engine)))
    assert errors(files) == []


class Break:
    """One change that breaks an invariant of a tree; it may find nothing to break."""

    def __init__(self, files, random):
        self.files = dict(files)
        self.random = random

    def documents(self, *kinds) -> Iterator[tuple[str, list, dict]]:
        """Yield each object of the kinds with its file and all documents of that."""
        for path, data in self.files.items():
            if path.endswith(".yaml") and "kustomization.yaml" not in path:
                documents = list(yaml.safe_load_all(data))
                for item in documents:
                    if isinstance(item, dict) and item.get("kind") in kinds:
                        yield path, documents, item

    def write(self, path, documents):
        self.files[path] = yaml.safe_dump_all(documents, sort_keys=False).encode()

    def choose(self, *kinds, where=None):
        found = [each for each in self.documents(*kinds) if where is None or where(each[2])]
        return self.random.choice(found) if found else None


def is_here(tree, item):
    directory = item["spec"].get("path", "").removeprefix("./")
    return any(path.startswith(f"{directory}/") for path in tree.files)


def break_path(tree):
    chosen = tree.choose("Kustomization", where=lambda item: is_here(tree, item))
    if chosen is None:
        return False
    path, documents, item = chosen
    item["spec"]["path"] += "-gone"
    tree.write(path, documents)
    return True


def break_edge(tree):
    chosen = tree.choose("Kustomization", where=lambda item: item["spec"].get("dependsOn"))
    if chosen is None:
        return False
    path, documents, item = chosen
    dependency = tree.random.choice(item["spec"]["dependsOn"])
    dependency["name"] += "-gone"
    tree.write(path, documents)
    return True


def close_cycle(tree):
    chosen = tree.choose("Kustomization", where=lambda item: item["spec"].get("dependsOn"))
    if chosen is None:
        return False
    _, _, item = chosen
    other = item["spec"]["dependsOn"][0]["name"]
    found = tree.choose("Kustomization", where=lambda each: each["metadata"]["name"] == other)
    if found is None:
        return False
    path, documents, target = found
    target["spec"].setdefault("dependsOn", []).append({"name": item["metadata"]["name"]})
    tree.write(path, documents)
    return True


def break_source(tree):
    chosen = tree.choose("Kustomization", where=lambda item: item["spec"].get("sourceRef"))
    if chosen is None:
        return False
    path, documents, item = chosen
    item["spec"]["sourceRef"]["name"] += "-gone"
    tree.write(path, documents)
    return True


# With these the objects of one directory are others for each owner.
RENAMES = {"targetNamespace", "namePrefix", "nameSuffix", "patches", "components", "kubeConfig"}


def break_owner(tree):
    """Let the directory of one unit take in that of another."""
    directories = [
        item["spec"]["path"].removeprefix("./")
        for _, _, item in tree.documents("Kustomization")
        if is_here(tree, item) and not RENAMES & item["spec"].keys()
    ]
    own = [path for path in directories if f"{path}/kustomization.yaml" in tree.files]
    own = [
        path
        for path in own
        if not any(other != path and other.startswith(f"{path}/") for other in own)
    ]
    if len(own) < 2:
        return False
    one, other = tree.random.sample(own, 2)
    path = f"{one}/kustomization.yaml"
    fields = yaml.safe_load(tree.files[path])
    up = "/".join([".."] * len(one.split("/")))
    other_fields = yaml.safe_load(tree.files[f"{other}/kustomization.yaml"])
    if not other_fields.get("resources"):
        return False
    fields["resources"] = [*(fields.get("resources") or []), f"{up}/{other}"]
    tree.files[path] = yaml.safe_dump(fields).encode()
    return True


def break_application_path(tree):
    chosen = tree.choose("Application", where=lambda item: is_source_here(tree, item))
    if chosen is None:
        return False
    path, documents, item = chosen
    item["spec"]["source"]["path"] += "-gone"
    tree.write(path, documents)
    return True


def is_source_here(tree, item):
    path = item["spec"].get("source", {}).get("path", "")
    return bool(path) and any(name.startswith(f"{path}/") for name in tree.files)


def break_destination(tree):
    chosen = tree.choose("Application")
    if chosen is None:
        return False
    path, documents, item = chosen
    item["spec"]["destination"] = {"name": "in-cluster", "server": "https://kubernetes.default.svc"}
    tree.write(path, documents)
    return True


def break_wave(tree):
    chosen = tree.choose("Application")
    if chosen is None:
        return False
    path, documents, item = chosen
    item["metadata"].setdefault("annotations", {})["argocd.argoproj.io/sync-wave"] = "first"
    tree.write(path, documents)
    return True


def break_project(tree):
    chosen = tree.choose("Application")
    if chosen is None or not tree.choose("AppProject"):
        return False
    path, documents, item = chosen
    item["spec"]["project"] += "-gone"
    tree.write(path, documents)
    return True


BREAKS = {
    "flux": (break_path, break_edge, close_cycle, break_source, break_owner),
    "argocd": (break_application_path, break_destination, break_wave, break_project),
}


def programs():
    """Return no program, and kustomize: generated files of ConfigMaps are known with that alone."""
    return None, Program.on_path(())


@pytest.mark.parametrize("engine", list(BREAKS))
@settings(
    max_examples=SAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=SAMPLES <= 20,
)
@given(data=st.data(), seed=st.integers(0, 1 << 30))
def test_what_breaks_a_tree_is_found(engine, data, seed):
    files = files_of(data.draw(clusters(engine)))
    before = cache(lambda program: set(lint(files, program)))
    for change in BREAKS[engine]:
        tree = Break(files, Random(seed))  # noqa: S311 - only a choice
        if change(tree):
            told = (set(lint(tree.files, program)) - before(program) for program in programs())
            assert any(told), change.__name__
