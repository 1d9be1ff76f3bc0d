"""`explain --values`: what gives each value of an application on each cluster."""

import json

import pytest

STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: {name}}}
spec:
  gitops: {{type: argocd, argocd: {{repoURL: "https://github.com/acme/fleet.git"}}}}
{more}
  node:
    name: apps
    overrides: {{web: {{podLabels: {{tier: web}}}}}}
    bundle:
      name: web
      applications:
      - path: ../apps/web.yaml
        overrides: {{replicas: 3}}
      - path: ../apps/chart.yaml
"""
EU = """\
  profile: ../profiles/eu.yaml
  overrides:
    web: {containers: [{name: web, env: [{name: REGION, value: eu}]}], replicas: 9}
"""
WEB = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata: {name: web, namespace: shop}
spec:
  workload: Deployment
  containers:
  - name: web
    image: ghcr.io/acme/web:1
    env: [{name: API_TOKEN, value: tok-3f9a8c7b6d}]
"""
CHART = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: HelmChart
metadata: {name: chart, namespace: shop}
spec:
  chart: {name: podinfo, version: 6.9.2}
  source: {type: HelmRepository, name: podinfo, url: "https://stefanprodan.github.io/podinfo"}
"""
PROFILE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterProfile
metadata: {name: eu}
spec: {nodeSelector: {zone: eu}}
"""


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "stacks/eu": STACK.format(name="eu", more=EU),
        "stacks/us": STACK.format(name="us", more="  description: none"),
        "apps/web": WEB,
        "apps/chart": CHART,
        "profiles/eu": PROFILE,
    }.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


TABLE = """\
web of the cluster eu (stacks/eu.yaml)
spec.containers[0].name web override of the cluster eu stacks/eu.yaml:8:31
spec.containers[0].image ghcr.io/acme/web:1 document apps/web.yaml:8:12
spec.containers[0].env[0].name API_TOKEN document apps/web.yaml:9:18
spec.containers[0].env[0].value (hidden) document apps/web.yaml:9:36
spec.containers[0].env[1].name REGION override of the cluster eu stacks/eu.yaml:8:49
spec.containers[0].env[1].value eu override of the cluster eu stacks/eu.yaml:8:64
spec.nodeSelector.zone eu profile eu profiles/eu.yaml:4:29
spec.podLabels.tier web override of the node apps stacks/eu.yaml:12:41
spec.replicas 3 override of the reference stacks/eu.yaml:17:31
spec.workload Deployment document apps/web.yaml:5:13

web of the cluster us (stacks/us.yaml)
"""


def test_the_giver_and_the_line_of_each_value_are_told(root, kure):
    code, out, _ = kure("explain", "--values", "web", cwd=root)
    assert code == 0
    cells = "".join(f"{' '.join(line.split())}\n" for line in out.splitlines())
    assert cells[: len(TABLE)] == TABLE
    assert "tok-3f9a8c7b6d" not in out


def test_an_application_is_named_by_its_file_too(root, kure):
    by_name = kure("explain", "--values", "web", cwd=root)
    assert kure("explain", "--values", "apps/web.yaml", cwd=root) == by_name


def test_the_same_is_there_as_json(root, kure):
    code, out, _ = kure("explain", "--values", "chart", "--format", "json", cwd=root)
    eu, us = json.loads(out)
    assert (code, eu["cluster"], us["cluster"]) == (0, "eu", "us")
    assert {**eu, "values": []} == {
        "application": "chart",
        "kind": "HelmChart",
        "cluster": "eu",
        "stack": "stacks/eu.yaml",
        "bundle": "web",
        "values": [],
    }
    version = {"key": "spec.chart.version", "value": "6.9.2", "givenBy": "document"}
    assert {**version, "path": "apps/chart.yaml", "line": 5, "column": 35} in eu["values"]
    assert all(value["givenBy"] in ("document", "default") for value in us["values"])


def test_what_no_cluster_has_is_a_usage_error(root, kure):
    code, _, err = kure("explain", "--values", "wep", cwd=root)
    assert (code, err) == (2, 'error: No cluster has the application wep. Did you mean "web"?\n')
    code, _, err = kure("explain", "--values", "stacks/eu.yaml", cwd=root)
    told = "error: No cluster has the application stacks/eu.yaml. Write one of "
    assert (code, err[: len(told)]) == (2, told)
    code, _, err = kure("explain", "--values", "web", "--format", "html", cwd=root)
    assert (code, err) == (2, "error: --values prints no html. Choose --format text or json.\n")
