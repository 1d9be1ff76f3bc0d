"""Argo CD in the repository layout of argocd-autopilot 0.4, below the cluster's directory.

bootstrap/                          what `autopilot-bootstrap` syncs, which is what syncs the rest
bootstrap/argo-cd/                  what `argo-cd` syncs: Argo CD itself
bootstrap/cluster-resources/*.json  the clusters, each with a directory of its name beside it
projects/                           what `root` syncs: the project and its ApplicationSet
apps/<bundle>/base                  the objects of a bundle
apps/<bundle>/overlays/<project>    what the Application of a bundle syncs
"""

import json
from collections.abc import Mapping, Sequence

from kure_hooks.engines.argocd.applications import API
from kure_hooks.engines.argocd.bootstrap.root import local, root_project, syncing
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Scheme, Segments
from kure_hooks.manifests import Manifest

_BOOTSTRAP = "autopilot-bootstrap"
_ARGO_CD = "argo-cd"
_ROOT = "root"
_RESOURCES = "cluster-resources"

# The name that Argo CD has for the cluster it runs on.
_HERE = "in-cluster"

PARAMETERS = f"bootstrap/{_RESOURCES}/{_HERE}.json"
"""The path, below a cluster's directory, of the file of parameters that `extras` returns."""

NAMES = (_BOOTSTRAP, _ARGO_CD, _ROOT, f"{_RESOURCES}-{_HERE}")
"""The Applications of the layout itself, by the names that argocd-autopilot gives them."""


def scheme(project: str) -> Scheme:
    """Return the directories of the layout."""
    return Scheme(start="bootstrap", control="projects", overlay=project)


def autopilot(plan: Plan, tool: Mapping[str, Sequence[Manifest]]) -> dict[str, list[Manifest]]:
    """Return the objects of the layout by path below `bootstrap`, in the order of applying.

    `tool` is Argo CD by file name. Its Namespace is a resource of the cluster, so that removing
    Argo CD doesn't remove it.
    """
    directories = syncs(plan)
    apps = {
        f"{_ARGO_CD}.yaml": syncing(plan, _ARGO_CD, directories[_ARGO_CD]),
        f"{_RESOURCES}.yaml": _cluster_resources(plan),
        f"{_ROOT}.yaml": syncing(plan, _ROOT, directories[_ROOT]),
    }
    objects = [each for found in tool.values() for each in found]
    own = syncing(plan, _BOOTSTRAP, plan.start)
    return {
        **{_place(name): list(found) for name, found in tool.items()},
        f"{_BOOTSTRAP}.yaml": [root_project(plan, own, [*objects, *apps.values()]), own],
        **{name: [each] for name, each in apps.items()},
    }


def extras(plan: Plan) -> Mapping[str, bytes]:
    """Return the files that are no objects: which clusters have resources of their own."""
    server = local(plan.cluster.argocd).destination.server
    text = json.dumps({"name": _HERE, "server": server}, indent=2)
    return {f"{_RESOURCES}/{_HERE}.json": f"{text}\n".encode()}


def syncs(plan: Plan) -> Mapping[str, Segments]:
    """Return what the Applications of the layout sync beside `bootstrap`."""
    return {
        _ARGO_CD: (*plan.start, _ARGO_CD),
        f"{_RESOURCES}-{_HERE}": (*plan.start, _RESOURCES, _HERE),
        _ROOT: plan.control,
    }


def _place(name: str) -> str:
    directory = f"{_RESOURCES}/{_HERE}" if name == "namespace.yaml" else _ARGO_CD
    return f"{directory}/{name}"


def _cluster_resources(plan: Plan) -> Manifest:
    """Return the ApplicationSet that syncs the directory of each cluster that has a file."""
    options = plan.cluster.argocd
    made = syncing(plan, f"{_RESOURCES}-{{{{ .name }}}}", (*plan.start, _RESOURCES, "{{ .name }}"))
    made["spec"]["destination"]["server"] = "{{ .server }}"
    files = [{"path": "/".join((*plan.start, _RESOURCES, "*.json"))}]
    git = {"repoURL": options.repo_url, "revision": options.target_revision, "files": files}
    return {
        "apiVersion": API,
        "kind": "ApplicationSet",
        "metadata": metadata(_RESOURCES, options.namespace),
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"git": git}],
            # Otherwise Argo CD adds the cascade finalizer, and a file less would be a cluster less.
            "syncPolicy": {"preserveResourcesOnDeletion": True},
            "template": {key: made[key] for key in ("metadata", "spec")},
        },
    }
