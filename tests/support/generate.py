"""Runs the generator on repositories that tests describe."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from kure_hooks import config
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import fleet
from kure_hooks.operations.fleet import Fleet
from tests.support.git import write

REPOSITORY = "https://example.com/fleet.git"

UNJUDGED = "validate: {onGenerate: false}\n"
"""Settings with which objects may lack what the API server demands of them."""


def generated(texts: dict[str, str], jobs: int = 1) -> Fleet:
    """Return what a repository with these files generates.

    Without settings among them nothing is validated, so that objects may have no more than what a
    test is about.
    """
    settings = {} if config.FILE_NAME in texts else {config.FILE_NAME: UNJUDGED}
    with TemporaryDirectory() as directory:
        write(Path(directory), {**texts, **settings})
        tree = WorkTree(Path(directory))
        return fleet.generate(tree, config.load(tree), (), jobs)


def tree(
    node: dict[str, Any],
    *,
    engine: str = "flux",
    gitops: Any = None,
    files: Mapping[str, str] | None = None,
    **cluster: Any,
) -> dict[str, str]:
    """Return the files below `clusters/prod`, without the mark, that a stack generates.

    `node` is the root node, `gitops` goes over the defaults of the engine, `cluster` into the
    cluster document. `files` are in the repository beside the stack.
    """
    argocd = {"argocd": {"repoURL": REPOSITORY}} if engine == "argocd" else {}
    stack = {"name": "prod", "gitops": {"type": engine} | argocd | (gitops or {}), "node": node}
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack | cluster), **(files or {})}).files
    return {
        path.removeprefix("clusters/prod/"): data.decode().partition("\n")[2]
        for path, data in sorted(found.items())
    }


def objects(node: dict[str, Any], **options: Any) -> dict[str, dict[str, Any]]:
    """Return every object but kustomization.yaml as `<kind>/<name>`, generated as by `tree`."""
    files = {
        path: text
        for path, text in tree(node, **options).items()
        if path.endswith(".yaml")
        and not path.endswith(("kustomization.yaml", "kustomizeconfig.yaml"))
    }
    documents = (each for text in files.values() for each in yaml.safe_load_all(text))
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents}


def node(name: str = "", *children: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a node document."""
    return ({"name": name} if name else {}) | {"children": list(children)} | fields


def leaf(name: str, *applications: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a node with a bundle, both of this name; `fields` go into the bundle."""
    return {"name": name, "bundle": bundle(name, *applications, **fields)}


def bundle(name: str, *applications: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a bundle document."""
    return {"name": name, "applications": list(applications), **fields}


def application(name: str, *kinds: str, namespace: str = "apps") -> dict[str, Any]:
    """Return an application with an object of each kind, written `apps/v1 Deployment`."""
    found = [
        {"apiVersion": api, "kind": kind, "metadata": {"name": name}}
        for api, kind in map(str.split, kinds or ("v1 ConfigMap",))
    ]
    return {"name": name, "namespace": namespace, "kind": "Manifests", "spec": {"objects": found}}
