"""Limits of profiles and enforced policies, through the commands that generate."""

import pytest
from click.testing import CliRunner

from kure_hooks.cli import main
from kure_hooks.lint import conditions

STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: eu}
spec:
  profile: ../profiles/eu.yaml
  gitops: {type: argocd, argocd: {repoURL: "https://github.com/acme/fleet.git"}}
  node:
    name: apps
    bundle:
      name: web
      applications:
      - path: ../apps/web.yaml
      - path: ../apps/plain.yaml
"""
WEB = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata: {name: web, namespace: shop}
spec:
  workload: StatefulSet
  replicas: 12
  containers:
  - name: web
    image: ghcr.io/acme/web:1
    resources:
      requests: {cpu: 3}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Ti}}}
"""
PLAIN = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: plain}
spec: {files: [../manifests/plain.yaml]}
"""
MANIFEST = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: plain}
spec:
  maxReplicas: 40
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: plain}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: plain}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
PROFILE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterProfile
metadata: {name: eu}
spec:
  storageClass: fast
  defaults: {resources: {limits: {memory: 1Gi}}}
  limits: {replicas: 10, cpu: 2, memory: 512Mi, storage: 1Ti}
"""


@pytest.fixture
def repository(tmp_path):
    def write(settings="", **texts):
        files = {"stacks/eu": STACK, "apps/web": WEB, "apps/plain": PLAIN, "profiles/eu": PROFILE}
        files |= {"manifests/plain": MANIFEST, ".kure-hooks": settings} | texts
        for name, text in files.items():
            path = tmp_path / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def generated(root):
    result = CliRunner().invoke(main, ["generate", "--root", str(root)])
    if result.exit_code:
        assert not (root / "clusters").exists()
    return result.exit_code, result.stdout.splitlines()


def test_more_than_the_limits_is_refused_where_it_is_written(repository):
    allowed = "that the profile eu allows (profiles/eu.yaml:7"
    limited = "StatefulSet shop/web"
    assert generated(repository()) == (
        2,
        [
            (
                f"apps/web.yaml:6:13: spec.replicas: {limited}: 12 replicas are more than the 10 "
                f"{allowed}:22). Write at most 10."
            ),
            (
                "apps/web.yaml:11:23: spec.containers[0].resources.requests.cpu: "
                f"{limited}: 3 of cpu is more than the 2 {allowed}:31). Write at most 2."
            ),
            (
                "apps/web.yaml:14:74: "
                "spec.volumeClaimTemplates[0].spec.resources.requests.storage: "
                f"{limited}: 2Ti of storage is more than the 1Ti {allowed}:58). Write at most 1Ti."
            ),
            (
                "manifests/plain.yaml:1:1: HorizontalPodAutoscaler plain: spec.maxReplicas: "
                f"40 replicas are more than the 10 {allowed}:22). Write at most 10."
            ),
            (
                "profiles/eu.yaml:6:43: spec.defaults.resources.limits.memory: "
                f"{limited}: 1Gi of memory is more than the 512Mi {allowed}:42). Write at most "
                f"512Mi."
            ),
        ],
    )


SOUND = PROFILE.replace("limits: {replicas", "expose: {}\n  limits: {replicas").replace(
    "10, cpu: 2, memory: 512Mi, storage: 1Ti", "99"
)


def test_policies_are_enforced_where_the_settings_say_so(repository):
    policies = """\
policies:
- {id: ACME001, registries: [quay.io], enforce: generate}
- id: ACME002
  maxReplicas: 11
  enforce: generate
  match: {kinds: [StatefulSet], clusters: ["clusters/e*"]}
- {id: ACME003, requiredLabels: [team], enforce: generate, severity: warning}
- {id: ACME004, requiredLimits: [cpu], enforce: generate, expected: limit the CPU}
- {id: ACME005, maxReplicas: 1}
- id: ACME006
  message: A claim is small.
  expression: path.startsWith('clusters/eu/') != (cluster == 'clusters/eu')
  match: {kinds: [PersistentVolumeClaim]}
  enforce: generate
"""
    code, lines = generated(repository(policies, **{"profiles/eu": SOUND}))
    assert (code, lines) == (
        2,
        [
            (
                "apps/web.yaml:6:13: spec.replicas: StatefulSet shop/web: 12 replicas are more "
                "than 11."
                " Write 11 or fewer."
            ),
            (
                "apps/web.yaml:9:12: spec.containers[0].image: StatefulSet shop/web: the image "
                "ghcr.io/acme/web:1 is from no registry that is allowed. Use an image of quay.io."
            ),
            (
                "apps/web.yaml:11:7: spec.containers[0].resources: StatefulSet shop/web: the "
                "container web has no limit of cpu. Limit the CPU."
            ),
            "manifests/plain.yaml:8:1: PersistentVolumeClaim plain: A claim is small",
        ],
    )


def test_namespaces_deny_by_default_where_a_policy_says_so(repository):
    policies = "policies: [{id: ACME007, defaultDeny: [Ingress], enforce: generate}]"
    line = (
        "apps/web.yaml:1:1: StatefulSet shop/web: nothing denies Ingress by default in the "
        "namespace shop. Add a NetworkPolicy with an empty podSelector and policyTypes: [Ingress]."
    )
    assert generated(repository(policies, **{"profiles/eu": SOUND})) == (2, [line])
    deny = "\n  networkPolicy: {ingress: []}"
    root = repository(policies, **{"profiles/eu": SOUND, "apps/web": WEB.rstrip() + deny})
    assert generated(root) == (2, [line])  # that of an application is for its own pods
    denying = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}}
"""
    root = repository(policies, **{"profiles/eu": SOUND, "manifests/plain": MANIFEST + denying})
    CliRunner().invoke(main, ["generate", "--root", str(root)])
    assert (root / "clusters").exists()


def test_a_warning_stops_nothing(repository):
    policies = (
        "policies: [{id: ACME003, requiredLabels: [team], enforce: generate, severity: warning}]"
    )
    sound = {"profiles/eu": SOUND}
    root = repository(policies, **sound)
    result = CliRunner().invoke(main, ["generate", "--root", str(root)])
    assert (root / "clusters").exists()
    (line,) = [line for line in result.output.splitlines() if "team" in line]
    assert line == (
        "warning: apps/web.yaml:3:11: metadata.labels.team: StatefulSet shop/web: the label team "
        "is missing. Add it."
    )


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        (
            "expression: owners.size() > 0, message: m, enforce: generate",
            (
                "1:38: policies[0].expression: this is no condition in CEL: nothing here is called "
                '"owners". Write a condition on object, path and cluster.'
            ),
        ),
        (
            "enforce: generate",
            (
                "1:12: policies[0]: nothing says what is right. Write one of expression, "
                "registries, maxReplicas, requiredLabels, requiredLimits, defaultDeny."
            ),
        ),
        (
            "maxReplicas: 1, registries: [a.b]",
            (
                "1:26: policies[0].maxReplicas: registries says what is right, too. Write a policy "
                "of its own for each of them."
            ),
        ),
        (
            "expression: 'true'",
            (
                "1:12: policies[0].message: this required key is missing. Write a sentence that "
                "says what is wrong with an object."
            ),
        ),
    ],
)
def test_faulty_policies_are_told(repository, policy, line):
    settings = f"policies: [{{id: ACME001, {policy}}}]"
    assert generated(repository(settings, **{"profiles/eu": SOUND})) == (
        2,
        [f".kure-hooks.yaml:{line}"],
    )


def test_expressions_have_so_much_time_together(repository, monkeypatch):
    monkeypatch.setattr(conditions, "SECONDS", -1.0)
    policy = "expression: 'true', message: m, enforce: generate"
    settings = f"policies: [{{id: ACME009, {policy}}}]"
    code, (line,) = generated(repository(settings, **{"profiles/eu": SOUND}))
    assert code == 2
    start = "stacks/eu.yaml:10:7: Application web: the policy ACME009 can't judge this object: "
    assert line.startswith(start)
    assert "no further object is judged. Narrow the match of policies" in line
