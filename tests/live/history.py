"""The history of a cluster, as etcd kept it: every write of every object, in order.

A test that looks at the cluster now and then sees what was there at those moments. etcd knows
all that happened between, and its revisions order writes that a clock can't tell apart. Nothing
is compacted: the API server runs with `--etcd-compaction-interval=0`.
"""

import base64
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.live.services import LOOPBACK

_REGISTRY = b"/registry/"
_END = b"~end"
_IRREGULAR = {
    ("", "Service"): "services/specs",
    ("", "Endpoints"): "services/endpoints",
    ("", "Node"): "minions",
    ("", "ReplicationController"): "controllers",
    ("networking.k8s.io", "Ingress"): "ingress",
}
_PLAIN = (
    "apps",
    "autoscaling",
    "batch",
    "policy",
    "rbac.authorization.k8s.io",
    "networking.k8s.io",
    "storage.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
)


@dataclass(frozen=True)
class Write:
    """One write: the `key` below /registry/, its `revision`, the revision that made the object.

    `value` is the object where etcd has it as JSON, which is so for custom resources; otherwise
    None. A deletion has no `created`.
    """

    key: str
    revision: int
    created: int
    value: dict[str, Any] | None
    data: bytes

    @property
    def deletion(self) -> bool:
        """Whether the object was removed."""
        return self.created == 0


def key(group: str, plural: str, kind: str, namespace: str, name: str) -> str:
    """Return the key of an object below /registry/."""
    if (group, kind) in _IRREGULAR:
        place = _IRREGULAR[group, kind]
    elif not group or group in _PLAIN:
        place = plural
    else:
        place = f"{group}/{plural}"
    return "/".join(part for part in (place, namespace, name) if part)


class History:
    """The writes that the etcd on this port has seen."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"

    def now(self) -> int:
        """Return the revision of the latest write."""
        with self._post("/kv/range", {"key": _coded(_REGISTRY), "limit": 1}) as answer:
            return int(json.load(answer)["header"]["revision"])

    def since(self, revision: int) -> list[Write]:
        """Return the writes after this revision, oldest first."""
        now = self.now()
        return [] if now <= revision else list(self._watched(revision + 1, now))

    def _watched(self, first: int, last: int) -> Iterator[Write]:
        watch = {
            "key": _coded(_REGISTRY),
            "range_end": _coded(_REGISTRY[:-1] + b"0"),
            "start_revision": first,
        }
        with self._post("/watch", {"create_request": watch}) as stream:
            # What is written after the start ends the stream: it comes last.
            with self._post("/kv/put", {"key": _coded(_REGISTRY + _END), "value": _coded(b"x")}):
                pass
            for line in stream:
                for event in json.loads(line)["result"].get("events", ()):
                    write = _write(event)
                    if write.revision > last:
                        return
                    if write.key != _END.decode():
                        yield write

    def _post(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/v3{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        return urllib.request.urlopen(request, timeout=60)  # noqa: S310 - loopback


def _write(event: dict[str, Any]) -> Write:
    pair = event["kv"]
    data = base64.b64decode(pair.get("value", ""))
    return Write(
        base64.b64decode(pair["key"]).removeprefix(_REGISTRY).decode(),
        int(pair["mod_revision"]),
        0 if event.get("type") == "DELETE" else int(pair["create_revision"]),
        json.loads(data) if data.startswith(b"{") else None,
        data,
    )


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()
