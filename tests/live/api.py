"""A client of the Kubernetes API: just what the tests ask of it."""

import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.live.services import LOOPBACK

Object = dict[str, Any]
MANAGER = "kure-hooks-live"
_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"


class RefusedError(Exception):
    """The API server's refusal of a request; `status` is its Status object."""

    def __init__(self, code: int, status: Object) -> None:
        super().__init__(status.get("message", str(status)))
        self.code = code
        self.status = status


@dataclass
class Api:
    """The API server on a port of loopback, spoken to with a token."""

    port: int
    token: str
    context: ssl.SSLContext
    warnings: set[str] = field(default_factory=set)
    _kinds: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    _local: threading.local = field(default_factory=threading.local)
    _connections: list[http.client.HTTPSConnection] = field(default_factory=list)

    def request(
        self, method: str, path: str, body: Any = None, kind: str = "application/json"
    ) -> Any:
        """Return the decoded answer; RefusedError for one that isn't 2xx."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        data = None if body is None else json.dumps(body)
        answer, text = self._send(method, path, data, headers)
        for warning in answer.headers.get_all("Warning", []):
            self.warnings.add(warning)
        decoded = json.loads(text) if text.startswith(b"{") else text.decode()
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise RefusedError(
                answer.status, decoded if isinstance(decoded, dict) else {"message": decoded}
            )
        return decoded

    def _send(
        self, method: str, path: str, data: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = getattr(self._local, "connection", None)
        for last in (False, True):
            if connection is None:
                connection = http.client.HTTPSConnection(
                    LOOPBACK, self.port, context=self.context, timeout=30
                )
                self._connections.append(connection)
            try:
                connection.request(method, path, data, headers)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = self._local.connection = None
                if last:
                    raise
            else:
                self._local.connection = connection
                return answer, text
        raise AssertionError

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()

    def ready(self) -> bool:
        """Tell whether the API server says that it is ready."""
        try:
            return bool(self.request("GET", "/readyz") == "ok")
        except (OSError, http.client.HTTPException, RefusedError):
            return False

    def path(self, version: str, kind: str, namespace: str = "", name: str = "") -> str:
        """Return the URL path of a kind's objects or of one; LookupError for an unknown kind."""
        plural, namespaced = self._kind(version, kind)
        parts = [_group(version)]
        if namespaced and namespace:
            parts.append(f"namespaces/{namespace}")
        return "/".join([*parts, plural, *([name] if name else [])])

    def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        if (version, kind) not in self._kinds:
            try:
                answer = self.request("GET", _group(version))
            except RefusedError:
                answer = {"resources": []}
            for each in answer["resources"]:
                if "/" not in each["name"]:
                    self._kinds[version, each["kind"]] = each["name"], each["namespaced"]
        if (version, kind) not in self._kinds:
            raise LookupError(f"no kind {kind} in {version}")
        return self._kinds[version, kind]

    def await_kind(self, version: str, kind: str, seconds: float = 30) -> None:
        """Wait until the API server serves a kind; TimeoutError if it doesn't."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.request("GET", self.path(version, kind) + "?limit=1")
            except (LookupError, RefusedError):
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(f"{kind} of {version} is not served")

    def address(self, manifest: Object) -> str:
        """Return the URL path of an object; namespaced ones without one are in `default`."""
        meta = manifest["metadata"]
        return self.path(
            manifest["apiVersion"],
            manifest["kind"],
            meta.get("namespace") or "default",
            meta["name"],
        )

    def apply(self, manifest: Object, *, dry_run: bool = False, manager: str = MANAGER) -> Object:
        """Apply an object on the server's side; fields that no schema knows are refused."""
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        path = f"{self.address(manifest)}?{urlencode(query)}"
        return self.request("PATCH", path, manifest, _APPLY)

    def create(self, manifest: Object) -> Object:
        """Make an object that is not there yet, without a record of who owns which field."""
        meta = manifest["metadata"]
        path = self.path(
            manifest["apiVersion"], manifest["kind"], meta.get("namespace") or "default"
        )
        return self.request("POST", path, manifest)

    def get(self, version: str, kind: str, namespace: str, name: str) -> Object | None:
        """Return an object, or None where there is none."""
        try:
            return self.request("GET", self.path(version, kind, namespace, name))
        except RefusedError as refused:
            if refused.code == http.client.NOT_FOUND:
                return None
            raise
        except LookupError:
            return None

    def objects(self, version: str, kind: str, namespace: str = "") -> list[Object]:
        """Return all objects of a kind; none where the kind is unknown."""
        try:
            answer = self.request("GET", self.path(version, kind, namespace))
        except LookupError:
            return []
        return [{"apiVersion": version, "kind": kind} | each for each in answer["items"]]

    def merge(self, manifest: Object, patch: Object, part: str = "") -> Object:
        """Merge fields into an object or into its subresource."""
        path = self.address(manifest) + (f"/{part}" if part else "")
        return self.request("PATCH", path, patch, _MERGE)

    def delete(self, manifest: Object) -> None:
        """Delete an object and what it owns."""
        self.request("DELETE", self.address(manifest), {"propagationPolicy": "Background"})

    def apply_all(self, manifests: Iterable[Object]) -> list[tuple[Object, str]]:
        """Apply objects in the order given; return those that were refused, and why."""
        return list(self._refused(manifests))

    def _refused(self, manifests: Iterable[Object]) -> Iterator[tuple[Object, str]]:
        for each in manifests:
            try:
                self.apply(each)
            except (RefusedError, LookupError) as refused:
                yield each, str(refused)


def _group(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"
