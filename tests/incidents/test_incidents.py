"""Lint finds the fault of each incident where it stands, and is silent after the correction."""

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.rules import MODULES
from kure_hooks.lint.running import run
from tests.incidents.trees import incidents

INCIDENTS = [incident for incident in incidents() if not incident.base]


def findings(directory):
    return run(read_repository(WorkTree(directory)))


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.slug)
def test_the_fault_is_found_where_it_stands(incident):
    if incident.rule not in MODULES:
        pytest.skip("no such rule yet")
    told = [finding for finding in findings(incident.before) if finding.rule == incident.rule]
    places = {f"{finding.at.path}:{finding.at.line}" for finding in told}
    assert incident.at in places, told
    assert incident.severity in {finding.severity for finding in told}


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.slug)
def test_nothing_else_is_wrong(incident):
    told = [finding for finding in findings(incident.before) if finding.rule != incident.rule]
    assert [str(finding) for finding in told if finding.severity == "error"] == []


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.slug)
def test_the_corrected_repository_is_silent(incident):
    assert [str(finding) for finding in findings(incident.after)] == []
