"""A registry of OCI artifacts on loopback, and artifacts as `flux push artifact` makes them."""

import hashlib
import http.client
import json
from urllib.parse import urlsplit

from tests.live.cluster import Cluster
from tests.live.programs import path_of
from tests.live.services import LOOPBACK, free_port, listening

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_FLUX_CONFIG = "application/vnd.cncf.flux.config.v1+json"
FLUX_CONTENT = "application/vnd.cncf.flux.content.v1.tar+gzip"
HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
HELM_CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


class Registry:
    """Debian's docker-registry for all hosts of `oci://` URLs."""

    def __init__(self, cluster: Cluster) -> None:
        self.port = free_port()
        place = cluster.directory / "registry"
        place.mkdir()
        config = cluster.directory / "registry.yml"
        config.write_text(
            json.dumps(
                {
                    "version": 0.1,
                    "storage": {"filesystem": {"rootdirectory": str(place)}},
                    "http": {"addr": f"{LOOPBACK}:{self.port}"},
                }
            )
        )
        cluster.services.start(
            "registry",
            [path_of("docker-registry"), "serve", config],
            lambda: listening(self.port),
        )

    def push(self, url: str, archive: bytes, tag: str) -> str:
        """Push an archive of files, and return the digest."""
        return self.put(url, tag, (_FLUX_CONFIG, b"{}"), (FLUX_CONTENT, archive))

    def put(self, url: str, tag: str, config: tuple[str, bytes], layer: tuple[str, bytes]) -> str:
        """Push an artifact of one layer and return its digest."""
        name = urlsplit(url).path.strip("/")
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self._blob(name, *config),
                "layers": [self._blob(name, *layer)],
                "annotations": {
                    "org.opencontainers.image.created": "2026-01-01T00:00:00Z",
                    "org.opencontainers.image.source": "https://git.example.com/fleet.git",
                    "org.opencontainers.image.revision": f"main@sha1:{'0' * 40}",
                },
            }
        ).encode()
        path = f"/v2/{name}/manifests/{tag}"
        return self._send("PUT", path, manifest, MANIFEST).headers["Docker-Content-Digest"]

    def _blob(self, name: str, kind: str, data: bytes) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        begun = self._send("POST", f"/v2/{name}/blobs/uploads/", b"")
        parts = urlsplit(begun.headers["Location"])
        query = f"{parts.query}&digest={digest}".lstrip("&")
        self._send("PUT", f"{parts.path}?{query}", data, "application/octet-stream")
        return {"mediaType": kind, "digest": digest, "size": len(data)}

    def _send(
        self, method: str, path: str, data: bytes, kind: str = ""
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, path, data, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < http.client.MULTIPLE_CHOICES, (method, path, answer.status, text)
        return answer
