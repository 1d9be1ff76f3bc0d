"""The texts of the files that a repository starts with."""

from textwrap import indent

from kure_hooks import __version__
from kure_hooks.decoding.json_schema import ADDRESS
from kure_hooks.setup.surroundings import FORGEJO, GITHUB, GITLAB, PIPELINE
from kure_hooks.yamlio import dump

HOME = "https://github.com/kure-hooks/kure-hooks"
REVISION = f"v{__version__}"
SCHEMAS = ADDRESS
"""The directory of the JSON Schemas that editors fetch."""
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"

WORKFLOWS = {
    GITHUB: ".github/workflows/kure-hooks.yaml",
    GITLAB: PIPELINE,
    FORGEJO: ".forgejo/workflows/kure-hooks.yaml",
}

_NO_URL = "https://git.example.com/change/me.git"


def settings(engine: str, url: str, schemas: str = SCHEMAS) -> str:
    """Return the settings file; `url` is the repository's own, empty where it is not known.

    Its first line leads editors to the directory `schemas`, as seen from the file.
    """
    text = f"""\
# yaml-language-server: $schema={schemas}/settings.schema.json
version: 1

# Stack files describe clusters. Everything else is named by them.
stacks: ["stacks/*.yaml"]

# The directory that kure-hooks writes: commit it, but never edit it. A cluster has clusters/NAME.
output: clusters
"""
    if engine == "argocd":
        remark = "" if url else "   # write the URL of this repository here"
        text += f"""
# The Git repository that Argo CD reads.
argocd:
  repoURL: {url or _NO_URL}{remark}
"""
    return text


def stack(name: str, engine: str, schemas: str = SCHEMAS) -> str:
    """Return the stack file of a first cluster, whose first line leads to `schemas`."""
    owner = "Flux Kustomization" if engine == "flux" else "Argo CD Application"
    return f"""\
# yaml-language-server: $schema={schemas}/stack.schema.json
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata:
  name: {name}
spec:
  gitops:
    type: {engine}
  node:                           # a node is a directory
    name: {name}
    children:
    - name: apps
      bundle:                     # a bundle becomes one {owner}
        name: hello
        applications:             # in place, or in a file: {{path: ../apps/web.yaml}}
        - name: hello
          kind: Manifests
          spec:
            objects:
            - apiVersion: v1
              kind: Namespace
              metadata:
                name: hello
            - apiVersion: v1
              kind: ConfigMap
              metadata:
                name: hello
                namespace: hello
              data:
                greeting: Hello from kure-hooks
"""


def workflow(forge: str, command: str) -> str:
    """Return the workflow of GitHub or Forgejo that runs `check` or `lint` on each change."""
    head = f"""\
name: kure-hooks
on:
  pull_request:
  push:
    branches: [main, master]
permissions:
  contents: read
jobs:
  {command}:
"""
    if forge == GITHUB:
        return f"""\
{head}    runs-on: ubuntu-latest
    steps:
    - uses: {_CHECKOUT}
      with:
        persist-credentials: false
        fetch-depth: 0              # without history it can't be told why a file drifted
    - uses: kure-hooks/kure-hooks@{REVISION}
      with:
        command: {command}
"""
    return f"""\
{head}    runs-on: docker
    steps:
    - uses: https://github.com/{_CHECKOUT}
      with:
        persist-credentials: false
        fetch-depth: 0              # without history it can't be told why a file drifted
    - uses: https://github.com/{_PYTHON}
      with:
        python-version: "3.13"
    - run: pip install --quiet "git+{HOME}@{REVISION}"
    - run: kure-hooks {command} --changed ci
"""


def gitlab_job(command: str, stage: str = "") -> str:
    """Return the job of GitLab that runs `check` or `lint`, in the default stage unless named."""
    in_stage = indent(dump({"stage": stage}), "  ") if stage else ""
    return f"""\
kure-hooks:
{in_stage}  image: python:3.13
  variables:
    GIT_DEPTH: "0"                  # without history it can't be told why a file drifted
  script:
  - pip install --quiet "git+{HOME}@{REVISION}"
  - kure-hooks {command} --changed ci --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""


def attributes(output: str, forge: str, present: str = "") -> str:
    """Return .gitattributes with what it says of generated files, and of their merge driver."""
    quiet = "gitlab-generated" if forge == GITLAB else "linguist-generated"
    pattern, driver = f"{output}/**", "merge=kure-hooks"
    text = present if not present or present.endswith("\n") else f"{present}\n"
    if pattern not in present:
        return f"{text}{pattern} text eol=lf {quiet} {driver}\n"
    if any(_says_how_to_merge(line, pattern) for line in present.splitlines()):
        return present
    return f"{text}{pattern} {driver}\n"


def _says_how_to_merge(line: str, pattern: str) -> bool:
    first, *names = line.split() or [""]
    return first == pattern and any(
        name.lstrip("-!").partition("=")[0] == "merge" for name in names
    )
