"""The eight invariants of the layout contract on random clusters (E9.1, E13.15, E15.20, E19.6).

Invariant g, the same bytes in every sink, is the matter of tests/operations/test_packing.py.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support import schemas, trees
from tests.support.clusters import OUTPUT, RELEASE, Case, clusters
from tests.support.generate import generated
from tests.support.git import write
from tests.support.tools import tool
from tests.support.trees import TreeReader

ENGINES = ("flux", "argocd")

property_of_trees = settings(
    max_examples=120, deadline=None, suppress_health_check=list(HealthCheck)
)
few = settings(parent=property_of_trees, phases=(Phase.generate,), derandomize=True)


def tree_of(case: Case) -> TreeReader:
    files = generated(case.texts()).files
    return TreeReader(files, f"{OUTPUT}/{case.cluster}", case.packages)


@pytest.mark.parametrize("engine", ENGINES)
@property_of_trees
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_invariants_a_to_f_hold_and_h_for_any_order_of_keys(engine, data, random):
    case = data.draw(clusters(engine))
    files = generated(case.texts()).files
    trees.check(TreeReader(files, f"{OUTPUT}/{case.cluster}", case.packages))
    assert generated(case.texts(shuffle=random)).files == files


FLEETS = st.tuples(
    *(clusters(ENGINES[index % 2], cluster=f"cluster-{index}") for index in range(10))
)


def repository(cases):
    """Return the files of a repository with all clusters; each stack has its layout itself.

    The release of Argo CD is one for all of them.
    """
    texts = {}
    for case in cases:
        for path, text in case.texts().items():
            texts[path if path == RELEASE else f"fleet/{case.cluster}/{path}"] = text
    return texts | {".kure-hooks.yaml": "stacks: [fleet/*/stacks/*.yaml]\n"}


@settings(parent=few, max_examples=2)
@given(FLEETS)
def test_invariant_h_the_number_of_processes_changes_nothing(cases):
    one, two = (generated(repository(cases), jobs) for jobs in (1, 2))
    assert len(one.directories) == len(cases)
    assert one == two


def printed_by_a_process(root: Path, seed: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "kure_hooks", "generate", "--root", str(root)]
    environment = os.environ | {
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr.decode()
    found = sorted(each for each in (root / OUTPUT).rglob("*") if each.is_file())
    return {str(each.relative_to(root)): each.read_bytes() for each in found}


def test_invariant_h_another_hash_seed_changes_nothing(tmp_path):
    @settings(parent=few, max_examples=1)
    @given(FLEETS)
    def under_two_seeds(cases):
        one, two = (tmp_path / seed for seed in "12")
        for root in (one, two):
            write(root, repository(cases))
        assert printed_by_a_process(one, "1") == printed_by_a_process(two, "2")

    under_two_seeds()


@pytest.mark.parametrize("engine", ENGINES)
@settings(parent=few, max_examples=8)
@given(data=st.data())
def test_invariant_b_kustomize_builds_what_the_reader_reads(engine, data):
    kustomize = tool("kustomize")
    tree = tree_of(data.draw(clusters(engine)))
    with TemporaryDirectory() as root:
        write(Path(root), dict(tree.files))
        for directory in sorted(tree.directories):
            if f"{directory}/kustomization.yaml" not in tree.files:
                continue
            command = [kustomize, "build", f"{root}/{directory}"]
            done = subprocess.run(command, capture_output=True, check=False)
            assert done.returncode == 0, done.stderr.decode()
            built = map(trees.identity, filter(None, yaml.safe_load_all(done.stdout)))
            assert sorted(built) == sorted(map(trees.identity, tree.built(directory)))


@pytest.mark.parametrize("engine", ENGINES)
@settings(parent=few, max_examples=20)
@given(data=st.data())
def test_gitops_objects_are_valid_against_their_own_schemas(engine, data):
    tree = tree_of(data.draw(clusters(engine)))
    with TemporaryDirectory() as root:
        every = Path(root, "gitops.yaml")
        every.write_text(yaml.safe_dump_all(tree.gitops))
        schemas.assert_valid([every])
