"""Fleets that come as OCI artifacts with packages and charts, or bring Flux along themselves."""

from typing import Any

import yaml

from tests.live.charts import DEFINING, Chart
from tests.live.registry import FLUX_CONTENT
from tests.live.shapes import STACK, URL, Mapped, bundle, manifests, namespaces, settings, stack

REGISTRY = "oci://registry.example.com/live"
CHARTS = "https://charts.example.com/stable"
_CLASSIC = {
    "type": "HelmRepository",
    "name": "stable",
    "url": CHARTS,
    "timeout": "30s",
    "passCredentials": True,
}
_CHART = {"name": "mini", "version": "1.2.3"}
_FOREVER = {"timeout": "1m", "disableWait": False, "disableWaitForJobs": True, "disableHooks": True}
_REMEDIES = {"retries": 2, "remediateLastFailure": True}
_LAYERED = {
    "kind": "OCIRepository",
    "name": "layers",
    "url": f"{REGISTRY}/fleet",
    "tag": "latest",
    "layerSelector": {"mediaType": FLUX_CONTENT, "operation": "extract"},
}
EVERYTHING: Mapped = {
    "timeout": "2m",
    "maxHistory": 3,
    "persistentClient": False,
    "waitStrategy": {"name": "legacy"},
    "rollback": {**_FOREVER, "cleanupOnFail": True},
    "uninstall": {"timeout": "1m", "deletionPropagation": "background", "keepHistory": False},
    "test": {"enable": True, "timeout": "1m", "ignoreFailures": True},
    "release": {"cleanupOnFail": True, "disableWait": True, "retries": 1, "disableHooks": True},
    "install": {
        **_FOREVER,
        "disableOpenAPIValidation": True,
        "disableTakeOwnership": True,
        "replace": True,
        "serverSideApply": True,
        "strategy": {"name": "RemediateOnFailure"},
        "remediation": _REMEDIES,
    },
    "upgrade": {
        **_FOREVER,
        "disableOpenAPIValidation": True,
        "disableTakeOwnership": True,
        "cleanupOnFail": True,
        "preserveValues": True,
        "chartNameChangeStrategy": "InPlaceUpdate",
        "serverSideApply": "auto",
        "strategy": {"name": "RemediateOnFailure"},
        "remediation": {**_REMEDIES, "strategy": "rollback"},
    },
}
"""Fields of a release that decide how Helm goes about it."""


def release(name: str, source: Mapped | None = None, **spec: Any) -> Mapped:
    """Return an application of one release, by default from the classic repository."""
    body = {"chart": _CHART, "source": source or _CLASSIC, **spec}
    return {"name": name, "namespace": "web", "kind": "HelmChart", "spec": body}


def _releases() -> list[Mapped]:
    source = {"type": "HelmRepository", "name": "stable"}
    data = {"values.yaml": yaml.safe_dump({"from": "map", "inline": "map", "file": "map"})}
    meta = {"name": "values", "namespace": "web"}
    return [
        manifests(
            "values", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}
        ),
        release(
            "classic",
            chart={
                **_CHART,
                "interval": "30m",
                "valuesFiles": ["values.yaml", "absent.yaml"],
                "ignoreMissingValuesFiles": True,
            },
            valuesFile="../charts/values.yaml",
            valuesFrom=[{"kind": "ConfigMap", "name": "values"}],
            values={"inline": "stack", "hook": True},
            release={"name": "first"},
            commonMetadata={"labels": {"example.com/common": "yes"}},
            postRenderers=[
                {
                    "kustomize": {
                        "patches": [
                            {
                                "target": {"kind": "ConfigMap", "name": "first-values"},
                                "patch": "- {op: add, path: /data/rendered, value: later}",
                            }
                        ]
                    }
                }
            ],
            postRenderStrategy="nohooks",
            interval="5s",
            driftDetection={"mode": "enabled", "ignore": [{"paths": ["/data/left"]}]},
        ),
        release(
            "registry",
            {"type": "OCIRepository", "url": f"{REGISTRY}/charts/mini"},
            dependsOn=[{"name": "classic"}],
            healthCheckExprs=[
                {"apiVersion": "v1", "kind": "ConfigMap", "current": "size(data) > 0"}
            ],
            release={"storageNamespace": "data", "targetNamespace": "data"},
        ),
        release(
            "directory",
            {"type": "GitRepository", "name": "charts", "url": URL, "ref": {"branch": "main"}},
            chart={"name": "./charts/mini", "reconcileStrategy": "Revision"},
            serviceAccountName="applier",
        ),
        release("everything", source, values={"hook": True}, **EVERYTHING),
        release(
            "skipping",
            source,
            chart={"name": DEFINING, "version": "1.0.0"},
            install={"crds": "Skip"},
        ),
    ]


def packaged() -> dict[str, str]:
    """Return a fleet that is read from OCI artifacts, one of them a node's own."""
    package = {
        "group": "source.toolkit.fluxcd.io",
        "version": "v1",
        "kind": "OCIRepository",
        "name": "team",
        "url": f"{REGISTRY}/team",
    }
    files = stack(
        "flux",
        bundle("base", namespaces("web", "data"), manifests("access", *_access())),
        bundle("charts", *_releases(), needs=["base"], wait=True),
        bundle("late", settings("late"), needs=["side"]),
        bundle("layered", settings("layered"), needs=["base"], sourceRef=_LAYERED),
        bootstrap={
            "fluxMode": "flux-operator",
            "fluxVersion": "2.9.x",
            "sourceKind": "OCIRepository",
            "sourceURL": f"{REGISTRY}/fleet",
            "sourceRef": "latest",
        },
    )
    document = yaml.safe_load(files[STACK])
    inside = {"name": "side", "bundle": bundle("side", settings("side"), needs=["inner"])}
    document["node"]["children"].append(
        {
            "name": "team",
            "packageRef": package,
            "bundle": bundle("inner", settings("inner"), needs=["base"]),
            "children": [inside],
        }
    )
    chart = Chart("", "mini", "1.2.3").files
    return {
        **files,
        STACK: yaml.safe_dump(document, sort_keys=False),
        "charts/values.yaml": yaml.safe_dump({"file": "file"}),
        **{f"charts/mini/{name}": text for name, text in chart.items()},
    }


def _access() -> list[Mapped]:
    group = "rbac.authorization.k8s.io"
    account = {"kind": "ServiceAccount", "name": "applier", "namespace": "web"}
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "applier", "namespace": "web"},
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "applier"},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [account],
        },
    ]


def installed(release: str) -> dict[str, str]:
    """Return a fleet in a Bucket that makes its own namespaces and installs Flux.

    Without the manifests of a release somebody else does that.
    """
    own: Mapped = {
        "fluxVersion": "2.9.3",
        "manifests": "vendor/flux.yaml",
        "components": ["source-controller", "kustomize-controller", "helm-controller"],
        "logLevel": "debug",
        "tolerations": [{"key": "example.com/flux", "operator": "Exists"}],
    }
    bucket = {"sourceKind": "Bucket", "sourceURL": "https://s3.example.com", "sourceRef": "fleet"}
    return stack(
        "flux",
        bundle("first", settings("first"), settings("other", "data")),
        bundle("second", settings("second"), wait=True),
        gitops={"createNamespaces": True},
        bootstrap={**bucket, **(own if release else {"manifests": "none"})},
        files={"vendor/flux.yaml": release},
    )
