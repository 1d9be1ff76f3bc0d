"""Findings over the repositories of others, each with the reason why it is true or a known limit.

No other finding may be made: it would be a false one.
"""

import os
import shutil
from pathlib import Path

import pytest

from kure_hooks.operations.validate import Choice, validate
from kure_hooks.operations.workspace import open_workspace
from tests.support.tools import tool

DATA = Path(__file__).parents[3] / "shared" / "data"
if not DATA.is_dir():
    pytest.skip(f"the trees of others are not at {DATA}", allow_module_level=True)

TEMPLATE = "true: the Application in a template has no such key, only the ApplicationSet has it"
NOBODY = "true: no kustomization names this file, and by itself it is an object without a spec"
NEWER = "true: the kind is in v1 from Kubernetes 1.36 on, and 1.34 is the version validated for"
SCRIPTS = "true of the copy: it has only YAML, and the scripts of the ConfigMap are missing"
ABSENT = "true: neither the repository nor kure-hooks has the CRD"

APPS = "argo-cd-apps"
HOME = "kubernetes/apps"
EXPLAINED = {
    "flux2-kustomize-helm-example": {},
    "infra-deployments-argo-cd-apps": {
        f"{APPS}/base/member/infra-deployments/konflux-verifications-rd/"
        "konflux-verifications-rd.yaml:34 VA010": TEMPLATE,
        f"{APPS}/base/member/infra-deployments/kueue/kueue.yaml:55 VA010": TEMPLATE,
        **{
            f"{APPS}/overlays/rd-dev/patches/dev-application-sync-wave-{name} VA011": NOBODY
            for name in (
                "disaster-recovery.yaml:4",
                "kueue.yaml:1",
                "kyverno.yaml:1",
                "pipeline-service.yaml:1",
                "policies.yaml:6",
            )
        },
    },
    "onedr0p-home-ops": {
        f"{HOME}/default/sonarr/app/kustomization.yaml:12 VA021": SCRIPTS,
        f"{HOME}/default/sonarr/app/kustomization.yaml:13 VA021": SCRIPTS,
        f"{HOME}/o11y/grafana-operator/instance/mutatingadmissionpolicy.yaml:4 VA017": NEWER,
        f"{HOME}/o11y/grafana-operator/instance/mutatingadmissionpolicy.yaml:12 VA017": NEWER,
        **{
            f"{path} VA016": ABSENT
            for path in (
                (
                    f"{HOME}/actions-runner-system/actions-runner-controller/runners/home-ops/"
                    "rbac.yaml:21"
                ),
                f"{HOME}/cert-manager/cert-manager/app/grafanadashboard.yaml:4",
                f"{HOME}/kopiur-system/kopiur/repository/clusterrepository.yaml:4",
                f"{HOME}/kube-system/multus/networks/iot.yaml:4",
                f"{HOME}/miroir-system/miroir/config/miroirnodegroup.yaml:4",
                f"{HOME}/network/envoy-gateway/app/envoy.yaml:4",
                f"{HOME}/network/envoy-gateway/app/envoy.yaml:121",
                f"{HOME}/network/envoy-gateway/app/envoy.yaml:147",
                f"{HOME}/o11y/grafana-operator/instance/grafana.yaml:4",
                f"{HOME}/o11y/grafana-operator/instance/grafanadatasource.yaml:4",
                f"{HOME}/o11y/silence-operator/silences/silences.yaml:4",
                f"{HOME}/system-upgrade/tuppr/upgrades/kubernetesupgrade.yaml:4",
                f"{HOME}/system-upgrade/tuppr/upgrades/talosupgrade.yaml:4",
                "kubernetes/components/kopiur/backup/restore.yaml:4",
                "kubernetes/components/kopiur/backup/snapshotpolicy.yaml:4",
                "kubernetes/components/kopiur/backup/snapshotschedule.yaml:4",
            )
        },
    },
}


def judged(tmp_path, source):
    shutil.copytree(source, tmp_path / "tree")
    return validate(open_workspace(tmp_path / "tree"), Choice((".",)))


def places(outcome):
    return {
        f"{finding.at.path}:{finding.at.line} {finding.rule}": str(finding)
        for finding in outcome.findings
    }


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_finding_over_a_tree_built_by_kustomize_is_explained(name, tmp_path, monkeypatch):
    program = tool("kustomize")
    monkeypatch.setenv("PATH", str(Path(program).parent), prepend=os.pathsep)
    outcome = judged(tmp_path, DATA / "trees" / name)
    assert places(outcome).keys() == EXPLAINED[name].keys(), places(outcome)
    assert outcome.skipped == ()


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_finding_over_a_tree_without_kustomize_is_explained(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = judged(tmp_path, DATA / "trees" / name)
    assert places(outcome).keys() <= EXPLAINED[name].keys(), places(outcome)
    assert [skip.subject for skip in outcome.skipped] == ["kustomize"]


@pytest.mark.parametrize("directory", ["argocd", "flux", "flux-operator"])
def test_no_finding_is_made_over_what_installs_the_tools(directory, tmp_path):
    outcome = judged(tmp_path, DATA / "install" / directory)
    assert places(outcome) == {}
    assert outcome.checked > 0


def test_a_newer_kubernetes_has_the_kinds_that_an_older_one_lacks(tmp_path):
    place = "onedr0p-home-ops/kubernetes/apps/o11y/grafana-operator/instance"
    shutil.copytree(DATA / "trees" / place, tmp_path / "tree")
    choice = Choice(("mutatingadmissionpolicy.yaml",), kubernetes="1.36")
    assert places(validate(open_workspace(tmp_path / "tree"), choice)) == {}
