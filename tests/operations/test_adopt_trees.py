"""Adoptions in repositories that others wrote, with the real kustomize as the judge of objects."""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations.adopt import Wish, adopt
from kure_hooks.operations.adoption import Choice, import_cluster
from kure_hooks.operations.compile import Request, generate_stack
from tests.support.importing import workspace
from tests.support.tools import tool

TREES = Path(__file__).parents[3] / "shared/data/trees"
# By the tree and its entry: the number of bundles, and kinds that some of them become.
CASES = [
    ("onedr0p-home-ops", "kubernetes/flux/cluster", 77, {"HelmChart", "Manifests", "Kustomize"}),
    ("flux2-kustomize-helm-example", "clusters/production", 3, {"HelmChart", "Kustomize"}),
    ("flux2-kustomize-helm-example", "clusters/staging", 3, {"HelmChart", "Kustomize"}),
]
# It applies the Kustomizations that are bundles of the stack themselves.
LEFT = {"adopted/cluster-apps"}


@pytest.mark.parametrize(("tree", "entry", "bundles", "kinds"), CASES)
def test_bundles_of_real_repositories_are_adopted(tree, entry, bundles, kinds, tmp_path):
    before, adopted, after = read(tree, entry)
    assert len(adopted.moved) + len(adopted.left) == bundles
    assert {label for label, _ in adopted.left} <= LEFT
    became = Counter()
    for moved in adopted.moved:
        became.update(moved.kinds)
    assert kinds <= became.keys()
    builds_are_equal(before, after, adopted, TREES / tree, tmp_path)


def read(tree, entry):
    """Return a repository with an imported stack, its adoption, and the repository after it."""
    if not TREES.is_dir():
        pytest.skip(f"{TREES} is not there")
    opened = replace(workspace({}, origin=""), tree=WorkTree(TREES / tree))
    opened.__dict__["origin"] = ""
    imported = import_cluster(opened, Choice("flux", "adopted", [entry]))
    before = replace(
        opened, tree=OverlaidTree({imported.path: imported.text.encode()}, opened.tree)
    )
    before.__dict__["origin"] = ""
    adopted = adopt(before, Wish(every=True))
    texts = {path: data for path, (_, data) in adopted.texts.items()}
    return before, adopted, replace(before, tree=OverlaidTree(texts, before.tree))


def generated(opened):
    result = generate_stack(Request(opened.tree, opened.settings, "stacks/adopted.yaml"))
    assert not result.findings
    return result.files


def builds_are_equal(before, after, adopted, source, tmp_path):
    """Build the directories of some adopted bundles before and after, as Flux would."""
    kustomize = tool("kustomize")
    files = generated(after)
    for side, written in (("before", generated(before)), ("after", files)):
        shutil.copytree(source, tmp_path / side)
        for path, data in written.items():
            target = tmp_path / side / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    old, new = (kustomizations(generated(opened)) for opened in (before, after))
    chosen = [moved for moved in adopted.moved if moved.kinds.keys() != {"HelmChart"}]
    most = int(os.environ.get("KURE_HOOKS_ADOPTED", "6"))
    for moved in (*chosen[:: max(1, len(chosen) // most)], *adopted.moved[:2]):
        who = (moved.owner.namespace, moved.owner.name)
        one = objects(kustomize, tmp_path / "before", old[who], moved.before)
        other = objects(kustomize, tmp_path / "after", new[who], moved.after)
        assert one, who
        assert one == other, who


def kustomizations(files):
    return {
        (item["metadata"]["namespace"], item["metadata"]["name"]): item["spec"]
        for data in files.values()
        if b"kustomize.toolkit.fluxcd.io" in data
        for item in yaml.safe_load_all(data)
        if item and item["kind"] == "Kustomization" and "sourceRef" in item.get("spec", {})
    }


def objects(kustomize, root, spec, path):
    """Return what kustomize makes of a directory with the fields that Flux writes into its file."""
    directory = root / path
    file = directory / "kustomization.yaml"
    kept = file.read_bytes() if file.exists() else b""
    if not kept:
        found = sorted(each.name for each in directory.glob("*.yaml"))
        file.write_text(yaml.safe_dump({"resources": found}))
    fields = yaml.safe_load(file.read_text())
    more = {"components": spec.get("components"), "patches": spec.get("patches")}
    for key, items in more.items():
        fields[key] = [*(fields.get(key) or []), *(items or [])]
    if spec.get("targetNamespace"):
        fields["namespace"] = spec["targetNamespace"]
    file.write_text(yaml.safe_dump({key: item for key, item in fields.items() if item}))
    command = [kustomize, "build", "--load-restrictor", "LoadRestrictionsNone", directory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    file.write_bytes(kept) if kept else file.unlink()  # another owner may apply it as well
    items = yaml.load_all(done.stdout, Loader=Loader)
    return sorted(json.dumps(item, sort_keys=True) for item in items)


class Loader(yaml.SafeLoader):
    """A loader that takes `=` for a text, as kustomize does."""


Loader.add_constructor("tag:yaml.org,2002:value", Loader.construct_scalar)
