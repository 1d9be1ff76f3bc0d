"""Small fleets for roll-outs: namespaces, workloads and how bundles contain and need each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

URL = "https://git.example.com/live/fleet.git"
HOSTS = ("git.example.com", "registry.example.com", "charts.example.com", "s3.example.com")
STACK = "stacks/live.yaml"
_CONTAINERS = [{"name": "main", "image": "example.com/main:1.0"}]

Mapped = dict[str, Any]


def namespaces(*names: str) -> Mapped:
    """Return an application of namespaces."""
    objects = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in names]
    return {
        "name": f"namespaces-{'-'.join(names)}",
        "kind": "Manifests",
        "spec": {"objects": objects},
    }


def manifests(name: str, *objects: Mapped) -> Mapped:
    """Return an application of these objects."""
    return {"name": name, "kind": "Manifests", "spec": {"objects": list(objects)}}


def settings(name: str, namespace: str = "web", **data: str) -> Mapped:
    """Return an application of one ConfigMap."""
    meta = {"name": name, "namespace": namespace}
    return manifests(
        name, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}
    )


def workload(name: str, namespace: str = "web", kind: str = "Deployment", **spec: Any) -> Mapped:
    """Return an application of one workload."""
    body = {"workload": kind, "containers": _CONTAINERS, **spec}
    return {"name": name, "namespace": namespace, "kind": "AppWorkload", "spec": body}


def bundle(name: str, *applications: Mapped, needs: Sequence[str] = (), **fields: Any) -> Mapped:
    """Return a bundle that waits for what it applies."""
    head: Mapped = {"name": name}
    if needs:
        head["dependsOn"] = list(needs)
    return {**head, **fields, "applications": list(applications)}


def umbrella(name: str, *children: Mapped, needs: Sequence[str] = (), **fields: Any) -> Mapped:
    """Return a bundle of bundles."""
    head: Mapped = {"name": name}
    if needs:
        head["dependsOn"] = list(needs)
    return {**head, **fields, "children": list(children)}


def stack(
    engine: str,
    *bundles: Mapped,
    gitops: Mapping[str, Any] | None = None,
    bootstrap: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
    packages: Mapping[str, Mapped] | None = None,
    **cluster: Any,
) -> dict[str, str]:
    """Return a repository of one cluster with a node for each bundle.

    `packages` are the packageRefs of nodes, by the names of their bundles.
    """
    begun = {"enabled": True, **(bootstrap or {})}
    if engine == "flux":
        begun = {"fluxMode": "gotk", "sourceURL": URL, "sourceRef": "main", **begun}
    children = [{"name": each["name"], "bundle": each} for each in bundles]
    for child in children:
        if child["name"] in (packages or {}):
            child["packageRef"] = dict((packages or {})[child["name"]])
    document = {
        "name": "live",
        "gitops": {"type": engine, "bootstrap": begun, **(gitops or {})},
        "node": {"name": "live", "children": children},
        **cluster,
    }
    options = {"version": 1, "argocd": {"repoURL": URL, "targetRevision": "main"}}
    return {
        ".kure-hooks.yaml": yaml.safe_dump(options),
        STACK: yaml.safe_dump(document, sort_keys=False),
        **(files or {}),
    }


def nested(engine: str = "flux", tag: str = "1.0") -> list[Mapped]:
    """Return base <- shop (data <- web, itself an umbrella of front and back) <- top.

    Each has a workload with an image of this tag.
    """
    containers = [{"name": "main", "image": f"example.com/main:{tag}"}]

    def running(name: str, namespace: str = "web", kind: str = "Deployment") -> Mapped:
        return workload(name, namespace, kind, containers=containers)

    # Under Argo CD every bundle waits for what it applies; it has no such field.
    waiting = {"wait": True} if engine == "flux" else {}
    return [
        bundle("base", namespaces("web", "data"), running("gate"), **waiting),
        umbrella(
            "shop",
            bundle("data", running("db", "data", "StatefulSet"), **waiting),
            umbrella(
                "web",
                bundle("front", running("front"), **waiting),
                bundle("back", running("back"), needs=["front"], **waiting),
                needs=["data"],
            ),
            needs=["base"],
        ),
        bundle("top", running("top"), needs=["shop"]),
    ]
