"""Flux's controllers beside a cluster, and stand-ins for those that can't be built."""

import time
from typing import Any

import yaml

from tests.live.api import Object
from tests.live.cluster import Cluster
from tests.live.hosts import Hosts
from tests.live.programs import FLUX, HELM, definitions, missing, path_of
from tests.live.reporting import standing_in
from tests.live.services import LOOPBACK, free_port, listening

NAMESPACE = "flux-system"
UNIT = ("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
RELEASE = ("helm.toolkit.fluxcd.io/v2", "HelmRelease")
SOURCES = (
    ("source.toolkit.fluxcd.io/v1", "GitRepository"),
    ("source.toolkit.fluxcd.io/v1", "OCIRepository"),
    ("source.toolkit.fluxcd.io/v1", "Bucket"),
    ("source.toolkit.fluxcd.io/v1", "HelmRepository"),
    ("source.toolkit.fluxcd.io/v1", "HelmChart"),
)
OPERATOR = "flux-operator, which needs Go 1.27: what spec.sync of a FluxInstance makes is applied"
_REQUEST = "reconcile.fluxcd.io/requestedAt"
_QUICK = ("--log-level=debug", "--enable-leader-election=false", "--watch-all-namespaces=true")


class Flux:
    """Flux on a cluster: its CRDs, its namespace and its controllers."""

    def __init__(self, cluster: Cluster, hosts: Hosts) -> None:
        self._cluster = cluster
        self._environment = {
            **hosts.environment(cluster.certificates.authority),
            "KUBECONFIG": str(cluster.kubeconfig),
            "RUNTIME_NAMESPACE": NAMESPACE,
            # kustomize-controllers that share a directory remove what the others build there.
            "TMPDIR": str(cluster.directory / "tmp"),
        }
        self.present = [name for name in (*FLUX, *HELM) if not missing(name)]

    def start(self) -> None:
        """Define the kinds, make the namespace and start the controllers."""
        self._cluster.define([*definitions("flux"), *definitions("flux-operator")])
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        self._cluster.api.apply(namespace)
        storage = free_port()
        self._controller(
            "source-controller",
            f"--storage-path={self._cluster.directory / 'artifacts'}",
            f"--storage-addr={LOOPBACK}:{storage}",
            f"--storage-adv-addr={LOOPBACK}:{storage}",
            "--concurrent=8",
        )
        self._controller("kustomize-controller", "--concurrent=8")
        if "helm-controller" in self.present:
            self._controller("helm-controller", "--concurrent=8")

    def _controller(self, name: str, *options: str) -> None:
        health = free_port()
        for directory in ("artifacts", "tmp"):
            (self._cluster.directory / directory).mkdir(exist_ok=True)
        self._cluster.services.start(
            name,
            [
                path_of(name),
                f"--health-addr={LOOPBACK}:{health}",
                f"--metrics-addr={LOOPBACK}:{free_port()}",
                "--events-addr=",
                "--requeue-dependency=2s",
                *_QUICK,
                *options,
            ],
            lambda: listening(health),
            env=self._environment,
        )

    @property
    def stand_ins(self) -> list[str]:
        """What isn't the real thing here."""
        absent = missing(*FLUX, *HELM)
        return [OPERATOR, *absent]

    def bootstrap(self, manifests: list[Object]) -> None:
        """Apply what `kure-hooks bootstrap` prints; a FluxInstance stands for its objects."""
        for each in manifests:
            self._cluster.api.apply(each)
            if each["kind"] == "FluxInstance":
                standing_in(OPERATOR)
                for made in _instance(each):
                    self._cluster.api.apply(made, manager="flux-operator")

    def sync(self) -> None:
        """Have every source and unit reconciled now."""
        for version, kind in (*SOURCES, UNIT):
            self.request(version, kind)

    def request(self, version: str, kind: str) -> None:
        """Have all objects of a kind reconciled now, as `flux reconcile` does."""
        now = str(time.time_ns())
        for each in self._cluster.api.objects(version, kind):
            self._cluster.api.merge(each, {"metadata": {"annotations": {_REQUEST: now}}})


def _instance(instance: Object) -> list[Object]:
    """Return the objects that flux-operator makes of `spec.sync` (its v0.53, builder/sync.go)."""
    sync: dict[str, Any] = instance["spec"].get("sync") or {}
    if not sync:
        return []
    meta = {"name": sync.get("name", NAMESPACE), "namespace": NAMESPACE}
    reference = sync["ref"]
    source: dict[str, Any] = {"interval": sync.get("interval", "1m"), "url": sync["url"]}
    if sync["kind"] == "GitRepository":
        source["ref"] = {"name": reference}
    else:
        source["ref"] = {"digest" if reference.startswith("sha256:") else "tag": reference}
    unit = {
        "interval": "10m",
        "path": sync["path"],
        "prune": True,
        "sourceRef": {"kind": sync["kind"], "name": meta["name"]},
    }
    return [
        {"apiVersion": SOURCES[0][0], "kind": sync["kind"], "metadata": meta, "spec": source},
        {"apiVersion": UNIT[0], "kind": UNIT[1], "metadata": meta, "spec": unit},
    ]


def manifests(text: str) -> list[Object]:
    """Return the objects of a YAML stream."""
    return [each for each in yaml.safe_load_all(text) if each]
