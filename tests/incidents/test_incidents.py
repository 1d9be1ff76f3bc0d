"""Lint finds the fault of each incident where it stands, and is silent after the correction."""

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.catalogue import check_of
from kure_hooks.lint.rules import MODULES
from kure_hooks.lint.running import Run, run
from kure_hooks.lint.selection import Selection
from tests.incidents.trees import incidents

INCIDENTS = [incident for incident in incidents() if not incident.base]
CHANGES = [incident for incident in incidents() if incident.base]


def changes(incident, side):
    """Return what is said of a change, from the earlier commit to the later one."""
    before, after = incident.earlier(side), getattr(incident, side)
    later = Run(read_repository(WorkTree(after)), Selection(), ())
    return later.changes(read_repository(WorkTree(before)))


def findings(directory):
    return run(read_repository(WorkTree(directory)))


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.slug)
def test_the_fault_is_found_where_it_stands(incident):
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


@pytest.mark.parametrize("incident", CHANGES, ids=lambda incident: incident.slug)
def test_a_change_is_found_where_it_stands(incident):
    told = changes(incident, "before")
    assert [finding.rule for finding in told] == [incident.rule]
    assert {f"new/{finding.at.path}:{finding.at.line}" for finding in told} == {incident.at}
    assert {finding.severity for finding in told} == {incident.severity}


@pytest.mark.parametrize("incident", CHANGES, ids=lambda incident: incident.slug)
def test_the_corrected_change_is_silent(incident):
    assert [str(finding) for finding in changes(incident, "after")] == []


def test_each_rule_names_what_it_did_to_others():
    """But for two.

    No public report was found of a cluster that applies files of another (KZ004), and AR020 finds
    nothing unless the settings ask for it.
    """
    silent = {name for name in MODULES if not check_of(name).rule.incidents}
    assert silent == {"KZ004", "AR020"}
    assert {incident.rule for incident in incidents()} == {*MODULES} - silent
