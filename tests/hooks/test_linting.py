"""Commits with GitOps objects under pre-commit and prek, with the hook that lints."""

import shutil

WEB = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 10m
  path: ./prod
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: "https://github.com/acme/fleet"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
MISSING = "prod/flux.yaml:20:3: Kustomization apps: spec.path: "
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {a: b}\n"


def test_a_path_that_is_not_staged_is_refused(linting):
    shutil.rmtree(linting.path / "stacks")
    shutil.rmtree(linting.path / "clusters")
    linting.write("prod/flux.yaml", WEB)
    linting.git("add", "--all")
    linting.write("apps/a.yaml", OBJECT)  # it is not staged
    assert MISSING in linting.refused()
    linting.git("add", "--all")
    linting.accepted()


def test_what_stacks_generate_is_accepted(linting):
    linting.write("notes/a.yaml", OBJECT)
    linting.git("add", "--all")
    linting.accepted()
