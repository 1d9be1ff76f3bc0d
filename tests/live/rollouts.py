"""A stand-in for what runs workloads: it writes the status that a finished roll-out has.

Deployments, StatefulSets, DaemonSets, Jobs, claims, budgets, Ingresses and Services of type
LoadBalancer. Each takes `seconds` from its last change until it is done, so that a controller
that doesn't wait is seen; those in `held` are never done. A test adds kinds to `statuses`.
"""

import contextlib
import http.client
import threading
import time
from collections.abc import Callable
from typing import Self

from tests.live.api import Api, Object, RefusedError
from tests.live.reporting import standing_in

STAND_IN = "the roll-out of workloads: their status is written, nothing runs"

_PAUSE = 0.25
_ADDRESS = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
_OVER = "2026-01-01T00:00:00Z"


def condition(kind: str, reason: str) -> Object:
    """Return a condition that holds, as objects of Kubernetes have them in their status."""
    return {
        "type": kind,
        "status": "True",
        "reason": reason,
        "lastProbeTime": _OVER,
        "lastTransitionTime": _OVER,
    }


def _deployment(each: Object) -> Object:
    count = each["spec"].get("replicas", 1)
    conditions = [
        condition("Available", "MinimumReplicasAvailable"),
        condition("Progressing", "NewReplicaSetAvailable"),
    ]
    for holds in conditions:
        holds["lastUpdateTime"] = holds.pop("lastProbeTime")
    return {
        "observedGeneration": each["metadata"]["generation"],
        "replicas": count,
        "updatedReplicas": count,
        "readyReplicas": count,
        "availableReplicas": count,
        "conditions": conditions,
    }


def _stateful(each: Object) -> Object:
    count = each["spec"].get("replicas", 1)
    return {
        "observedGeneration": each["metadata"]["generation"],
        "replicas": count,
        "currentReplicas": count,
        "updatedReplicas": count,
        "readyReplicas": count,
        "availableReplicas": count,
        "currentRevision": "live-1",
        "updateRevision": "live-1",
    }


def _daemon(each: Object) -> Object:
    count = 1
    return {
        "observedGeneration": each["metadata"]["generation"],
        "currentNumberScheduled": count,
        "desiredNumberScheduled": count,
        "numberMisscheduled": 0,
        "numberReady": count,
        "numberAvailable": count,
        "updatedNumberScheduled": count,
    }


def _job(each: Object) -> Object:
    criteria = condition("SuccessCriteriaMet", "CompletionsReached")
    complete = condition("Complete", "CompletionsReached")
    return {
        "startTime": _OVER,
        "completionTime": _OVER,
        "succeeded": each["spec"].get("completions", 1),
        "conditions": [criteria, complete],
    }


def _claim(each: Object) -> Object:
    return {
        "phase": "Bound",
        "capacity": each["spec"]["resources"]["requests"],
        "accessModes": each["spec"]["accessModes"],
    }


def _budget(each: Object) -> Object:
    return {
        "observedGeneration": each["metadata"]["generation"],
        "currentHealthy": 1,
        "desiredHealthy": 1,
        "expectedPods": 1,
        "disruptionsAllowed": 1,
        "conditions": [
            {
                "type": "DisruptionAllowed",
                "status": "True",
                "reason": "SufficientPods",
                "message": "",
                "observedGeneration": each["metadata"]["generation"],
                "lastTransitionTime": _OVER,
            }
        ],
    }


def _service(each: Object) -> Object:
    return _ADDRESS if each["spec"].get("type") == "LoadBalancer" else {}


Statuses = dict[tuple[str, str], Callable[[Object], Object]]
"""The status of an object that is done, by apiVersion and kind."""

_STATUSES: Statuses = {
    ("apps/v1", "Deployment"): _deployment,
    ("apps/v1", "StatefulSet"): _stateful,
    ("apps/v1", "DaemonSet"): _daemon,
    ("batch/v1", "Job"): _job,
    ("v1", "PersistentVolumeClaim"): _claim,
    ("policy/v1", "PodDisruptionBudget"): _budget,
    ("networking.k8s.io/v1", "Ingress"): lambda _each: _ADDRESS,
    ("v1", "Service"): _service,
}


class Rollouts:
    """A thread that finishes the roll-outs of a cluster while it is entered."""

    def __init__(self, api: Api, seconds: float = 1.0) -> None:
        self.seconds = seconds
        self.held: set[str] = set()
        self.statuses = dict(_STATUSES)
        self._api = api
        self._seen: dict[tuple[str, int], float] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._end.wait(_PAUSE):
            for (version, kind), status in list(self.statuses.items()):
                with contextlib.suppress(OSError, http.client.HTTPException, RefusedError):
                    for each in self._api.objects(version, kind):
                        self._finish(each, status(each))

    def _finish(self, each: Object, status: Object) -> None:
        meta = each["metadata"]
        now = time.monotonic()
        since = self._seen.setdefault((meta["uid"], meta.get("generation", 1)), now)
        if meta["name"] in self.held or now - since < self.seconds:
            return
        current = each.get("status", {})
        if any(current.get(key) != value for key, value in status.items()):
            with contextlib.suppress(RefusedError):
                self._api.merge(each, {"status": status}, "status")
                standing_in(STAND_IN)
