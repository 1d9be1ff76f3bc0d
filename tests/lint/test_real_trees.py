"""Three real repositories: every finding stands in real_trees.yaml with a verdict."""

from pathlib import Path

import pytest
import yaml

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.running import run

TREES = Path(__file__).parents[3] / "shared" / "data" / "trees"
TABLE = yaml.safe_load(Path(__file__).with_name("real_trees.yaml").read_text())

pytestmark = pytest.mark.skipif(not TREES.exists(), reason="the data of the tests is not there")


@pytest.mark.parametrize("name", TABLE)
def test_every_finding_has_a_verdict(name):
    told = {}
    for finding in run(read_repository(WorkTree(TREES / name))):
        place = f"{finding.at.path}:{finding.at.line}: {finding.object or finding.key}"
        told.setdefault((finding.rule, finding.severity), set()).add(place)
    expected = {
        (rule, judged["severity"]): set(judged["findings"]) for rule, judged in TABLE[name].items()
    }
    assert told == expected


def test_no_error_is_false():
    verdicts = [
        judged["verdict"]
        for rules in TABLE.values()
        for judged in rules.values()
        if judged["severity"] == "error"
    ]
    assert all(verdict.startswith("true") for verdict in verdicts)
