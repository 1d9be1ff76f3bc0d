"""The hosts that a fleet names, on loopback: a proxy that answers for them instead of asking them.

The controllers reach `https://git.example.com/fleet.git` through HTTPS_PROXY and are answered
here, so that the tree under test is the one that people commit, byte for byte. Below each host
lie Git repositories (`git http-backend` serves them), charts and other files. Hosts of OCI
artifacts are handed on to a registry on loopback. Nothing is ever asked of another machine.
"""

import http.client
import os
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from tests.live.buckets import ObjectStore
from tests.live.programs import path_of
from tests.live.services import LOOPBACK

_GIT = ("/info/refs", "/git-upload-pack", "/git-receive-pack", "/HEAD")


class Hosts:
    """The hosts below `directory`, one directory for each; `registry` is a port or 0.

    `pair` are the files of the certificate that all of them show, and of its key.
    """

    def __init__(
        self,
        directory: Path,
        pair: tuple[Path, Path],
        registry: int = 0,
        store: ObjectStore | None = None,
    ) -> None:
        self.directory = directory
        self.registry = registry
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*pair)
        self.asked: list[str] = []
        self._store = store
        self._endpoints: set[str] = set()
        self._server = _Proxy((LOOPBACK, 0), _Handler)
        self._server.hosts = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The URL of the proxy."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def environment(self, authority: Path) -> dict[str, str]:
        """Return what programs need in their environment to be answered here."""
        names = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
        proxies = dict.fromkeys(names, self.url)
        exceptions = dict.fromkeys(("NO_PROXY", "no_proxy"), f"localhost,{LOOPBACK}")
        trusted = dict.fromkeys(("SSL_CERT_FILE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"), authority)
        return {**proxies, **exceptions, **{name: str(path) for name, path in trusted.items()}}

    def repository(self, url: str) -> Path:
        """Return the bare Git repository of a URL, made where there is none."""
        parts = urlsplit(url)
        path = self.directory / parts.netloc / parts.path.lstrip("/")
        if not path.exists():
            path.mkdir(parents=True)
            for command in (
                ["init", "--quiet", "--bare", "--initial-branch=main", "."],
                ["config", "http.receivepack", "false"],
                ["config", "uploadpack.allowAnySHA1InWant", "true"],
                ["config", "uploadpack.allowFilter", "true"],
            ):
                subprocess.run(["git", *command], cwd=path, check=True)
        return path

    def fill(self, endpoint: str, bucket: str, archive: bytes) -> None:
        """Put the files of an archive into a bucket of a host, which speaks S3 from now on."""
        assert self._store is not None, f"no gofakes3 for {endpoint}: run .ci/live --build"
        self._endpoints.add(endpoint)
        self._store.fill(bucket, archive)

    def stored(self, host: str) -> int:
        """Return the port of the object store of a host that has one, else 0."""
        return self._store.port if self._store and host in self._endpoints else 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    hosts: Hosts

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy
    host = ""

    def do_CONNECT(self) -> None:
        """Answer as the host itself inside of the tunnel."""
        self.host = self.path.rsplit(":", 1)[0]
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self.server.hosts.context.wrap_socket(self.request, server_side=True) as inner:
            self.request = inner
            self.setup()
            self.close_connection = False
            while not self.close_connection:
                self.handle_one_request()
        self.close_connection = True

    def do_GET(self) -> None:
        """Answer with what the host has at this path."""
        parts = urlsplit(self.path)
        host = self.host or parts.netloc
        self.server.hosts.asked.append(f"{self.command} {host}{parts.path}")
        place = self.server.hosts.directory / host
        if port := self.server.hosts.stored(host.partition(":")[0]):
            self._hand_on(port)
        elif parts.path.startswith("/v2/") and self.server.hosts.registry:
            self._hand_on(self.server.hosts.registry)
        elif not place.is_dir() or ".." in parts.path.split("/"):
            self._answer(502, f"there is no host {host} here\n".encode())
        elif parts.path.endswith(_GIT):
            self._git(place, parts.path, parts.query)
        elif (place / parts.path.lstrip("/")).is_file():
            self._answer(200, (place / parts.path.lstrip("/")).read_bytes())
        else:
            self._answer(404, b"not found\n")

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as above

    def log_message(self, *_: Any) -> None:
        """Write nothing: `asked` has the requests."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, code: int, body: bytes, headers: Any = ()) -> None:
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _git(self, place: Path, path: str, query: str) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(place),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        done = subprocess.run(
            [path_of("git"), "http-backend"],
            input=self._body(),
            env=environment,
            capture_output=True,
            check=False,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().splitlines() if ": " in line]
        code = next((int(value.split()[0]) for name, value in fields if name == "Status"), 200)
        self._answer(code, body, [each for each in fields if each[0] != "Status"])

    def _hand_on(self, port: int) -> None:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
        parts = urlsplit(self.path)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        dropped = {"transfer-encoding", "content-length", "proxy-connection", "connection"}
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in dropped
        }
        connection.request(self.command, target, self._body(), headers)
        answer = connection.getresponse()
        body = answer.read()
        fields = [each for each in answer.getheaders() if each[0].lower() not in dropped]
        self._answer(answer.status, body, fields)
        connection.close()
