import filecmp
import re
import shutil
import subprocess

import pytest
import yaml

from tests.incidents.trees import RULES, TREES, incidents
from tests.support.tools import tool

INCIDENTS = list(incidents())
SOURCE = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/issues/\d+")
FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")

each_incident = pytest.mark.parametrize(
    "incident", INCIDENTS, ids=[incident.slug for incident in INCIDENTS]
)


def documents(tree):
    """Yield each file of manifests below a directory with the objects in it."""
    for file in sorted(tree.rglob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if isinstance(document, dict):
                yield file, document


def of_kind(tree, kind, group):
    for _, document in documents(tree):
        if document.get("kind") == kind and document["apiVersion"].startswith(f"{group}/"):
            yield document


def own_source(tree):
    """Return the name of the source that carries the tree itself, as its bootstrap entry says."""
    for file, document in documents(tree):
        if file.name == "gotk-sync.yaml" and document["kind"] == "GitRepository":
            return document["metadata"]["name"]
    return "flux-system"


def flux_paths(tree):
    own = own_source(tree)
    for unit in of_kind(tree, "Kustomization", "kustomize.toolkit.fluxcd.io"):
        if unit["spec"]["sourceRef"]["name"] == own:
            yield unit["spec"]["path"]
    for instance in of_kind(tree, "FluxInstance", "fluxcd.controlplane.io"):
        yield instance["spec"]["sync"]["path"]


def argocd_paths(tree):
    for application in of_kind(tree, "Application", "argoproj.io"):
        if path := application["spec"]["source"].get("path"):
            yield path
    if any(of_kind(tree, "ApplicationSet", "argoproj.io")):
        for file in tree.rglob("kustomization.yaml"):
            yield file.parent.relative_to(tree).as_posix()


def has_kustomization(directory):
    return any((directory / name).is_file() for name in FILES)


def write_kustomization(directory):
    """Write the kustomization file that kustomize-controller makes where a path has none."""
    resources = []

    def visit(parent):
        for entry in sorted(parent.iterdir()):
            if entry.is_dir() and has_kustomization(entry):
                resources.append(entry.relative_to(directory).as_posix())
            elif entry.is_dir():
                visit(entry)
            elif entry.suffix in {".yaml", ".yml"}:
                resources.append(entry.relative_to(directory).as_posix())

    visit(directory)
    (directory / FILES[0]).write_text(yaml.safe_dump({"resources": resources}))


def build(directory, *options):
    command = [tool("kustomize"), "build", *options, directory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_there_are_many_incidents_of_many_rules():
    assert len(INCIDENTS) >= 45
    assert len({incident.rule for incident in INCIDENTS}) >= 30
    assert {file.name for file in TREES.iterdir()} == {incident.slug for incident in INCIDENTS}


@pytest.mark.parametrize(("first", "last"), [("FX021", "FX029"), ("AR014", "AR019")])
def test_every_rule_of_what_hurt_lately_has_an_incident(first, last):
    told = {incident.rule for incident in INCIDENTS}
    assert {rule for rule in RULES if first <= rule <= last} <= told


@each_incident
def test_an_incident_is_complete(incident):
    assert incident.title[0].isupper()
    assert not incident.title.endswith(".")
    assert incident.why.endswith(".")
    assert incident.rule in RULES
    assert incident.source
    assert [url for url in incident.source if not SOURCE.fullmatch(url)] == []
    assert (incident.base == "old") == (incident.rule in {"FX027", "FX028"})


@each_incident
def test_the_finding_stands_at_a_line_with_text(incident):
    file, line = incident.place
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[line - 1].strip()


@each_incident
def test_the_object_of_the_finding_is_in_the_tree_before(incident):
    if incident.object:
        name = re.split(r"[ /]", incident.object)[-1]
        text = "\n".join(
            file.read_text(encoding="utf-8")
            for file in incident.before.rglob("*")
            if file.is_file()
        )
        assert re.search(rf": {re.escape(name)}$", text, re.MULTILINE)


def differs(comparison):
    return bool(
        comparison.left_only
        or comparison.right_only
        or comparison.diff_files
        or any(differs(part) for part in comparison.subdirs.values())
    )


@each_incident
def test_the_fault_is_corrected_after(incident):
    assert differs(filecmp.dircmp(incident.directory / "before", incident.directory / "after"))


@each_incident
def test_every_directory_that_a_controller_builds_after_builds(incident, tmp_path):
    trees = [incident.after]
    if earlier := incident.earlier("after"):
        trees.append(earlier)
    for number, original in enumerate(trees):
        tree = tmp_path / str(number)
        shutil.copytree(original, tree)
        assert any((*flux_paths(tree), *argocd_paths(tree)))
        for path in sorted(set(argocd_paths(tree))):
            assert (tree / path).is_dir()
            if has_kustomization(tree / path):
                build(tree / path)
        for path in sorted(set(flux_paths(tree))):
            assert (tree / path).is_dir()
            if not has_kustomization(tree / path):
                write_kustomization(tree / path)
            build(tree / path, "--load-restrictor=LoadRestrictionsNone")
