"""A Kubernetes cluster without machines: etcd, the API server and its controllers on loopback.

Nothing runs in it. Garbage is collected and namespaces end as in any cluster, since the real
kube-controller-manager does that; a stand-in (`rollouts.py`) says that workloads are rolled out.
"""

import secrets
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.live.api import Api, Object
from tests.live.history import History
from tests.live.programs import missing, path_of
from tests.live.rollouts import STAND_IN, Rollouts
from tests.live.services import LOOPBACK, Services, free_port, listening

SERVER = "https://kubernetes.default.svc"
NAMES = ("localhost", "kubernetes.default.svc", "kubernetes.default", "kubernetes")
# Reading the megabyte of an ApplicationSet's CRD takes Python ten seconds by itself.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CONTROLLERS = "garbage-collector-controller,namespace-controller"


@dataclass
class Certificates:
    """The certificate authority of the cluster, and the one certificate that all servers show."""

    directory: Path

    @property
    def authority(self) -> Path:
        """The certificate that clients trust."""
        return self.directory / "ca.crt"

    @property
    def certificate(self) -> Path:
        """The certificate of the servers."""
        return self.directory / "server.crt"

    @property
    def key(self) -> Path:
        """The key of the servers."""
        return self.directory / "server.key"

    def make(self, names: tuple[str, ...]) -> None:
        """Write both for these names of hosts and for loopback."""
        self.directory.mkdir(parents=True, exist_ok=True)
        key = self.directory / "ca.key"
        common = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch"]
        self._openssl(
            *("req", "-x509", *common, "-subj", "/CN=kure-hooks-live", "-keyout", key),
            *("-out", self.authority, "-addext", "keyUsage=critical,keyCertSign,digitalSignature"),
        )
        alternatives = ",".join([f"IP:{LOOPBACK}", *(f"DNS:{name}" for name in names)])
        request = self.directory / "server.csr"
        self._openssl(
            *("req", *common, "-subj", "/CN=kure-hooks-server", "-keyout", self.key),
            *("-out", request),
        )
        extensions = self.directory / "server.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n")
        self._openssl(
            *("x509", "-req", "-days", "2", "-in", request, "-CA", self.authority),
            *("-CAkey", key, "-CAcreateserial", "-extfile", extensions, "-out", self.certificate),
        )

    def _openssl(self, *arguments: str | Path) -> None:
        command = [path_of("openssl"), *arguments]
        subprocess.run(command, check=True, capture_output=True)


class Cluster:
    """A running cluster; `close` is done by its `services`."""

    def __init__(self, directory: Path, services: Services, hosts: tuple[str, ...] = ()) -> None:
        self.directory = directory
        self.services = services
        self.certificates = Certificates(directory / "certificates")
        self.certificates.make((*NAMES, *hosts))
        self.kubeconfig = directory / "kubeconfig"
        self._token = secrets.token_hex(16)
        self.history = History(self._etcd())
        self.api = self._server()
        self._controllers()
        self.rollouts = Rollouts(self.api)

    def _etcd(self) -> int:
        port, peers = free_port(), free_port()
        url, peer = (f"http://{LOOPBACK}:{number}" for number in (port, peers))
        self.services.start(
            "etcd",
            [
                *(path_of("etcd"), "--data-dir", self.directory / "etcd", "--unsafe-no-fsync"),
                *("--listen-client-urls", url, "--advertise-client-urls", url),
                *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
                *("--initial-cluster", f"default={peer}", "--log-level", "warn"),
            ],
            lambda: listening(port),
        )
        return port

    def _server(self) -> Api:
        port = free_port()
        tokens = self.directory / "tokens.csv"
        tokens.write_text(f'{self._token},admin,admin,"system:masters"\n')
        certificates = self.certificates
        context = ssl.create_default_context(cafile=str(certificates.authority))
        api = Api(port, self._token, context)
        self.services.afterwards(api.close)
        self._write_kubeconfig(port)
        self.services.start(
            "kube-apiserver",
            [
                path_of("kube-apiserver"),
                f"--etcd-servers={self.history.url}",
                "--etcd-compaction-interval=0",
                f"--bind-address={LOOPBACK}",
                f"--secure-port={port}",
                f"--advertise-address={LOOPBACK}",
                "--endpoint-reconciler-type=none",
                f"--tls-cert-file={certificates.certificate}",
                f"--tls-private-key-file={certificates.key}",
                f"--token-auth-file={tokens}",
                "--authorization-mode=RBAC",
                f"--service-account-issuer={SERVER}",
                f"--service-account-key-file={certificates.key}",
                f"--service-account-signing-key-file={certificates.key}",
                "--service-cluster-ip-range=10.0.0.0/12",
                "--disable-admission-plugins=ServiceAccount",
                "--enable-priority-and-fairness=false",
                "--allow-privileged=true",
                "--watch-cache=true",
            ],
            api.ready,
        )
        return api

    def _write_kubeconfig(self, port: int) -> None:
        server = {
            "server": f"https://{LOOPBACK}:{port}",
            "certificate-authority": str(self.certificates.authority),
        }
        config: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "live", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": self._token}}],
            "contexts": [{"name": "live", "context": {"cluster": "live", "user": "admin"}}],
            "current-context": "live",
        }
        self.kubeconfig.write_text(yaml.safe_dump(config))
        self.kubeconfig.chmod(0o600)

    def _controllers(self) -> None:
        if missing("kube-controller-manager"):
            return
        port = free_port()
        self.services.start(
            "kube-controller-manager",
            [
                path_of("kube-controller-manager"),
                f"--kubeconfig={self.kubeconfig}",
                f"--controllers={_CONTROLLERS}",
                "--leader-elect=false",
                f"--bind-address={LOOPBACK}",
                f"--secure-port={port}",
                f"--cert-dir={self.directory / 'controllers'}",
                "--kube-api-qps=200",
                "--kube-api-burst=400",
            ],
            lambda: listening(port),
        )

    @property
    def stand_ins(self) -> list[str]:
        """What isn't the real thing in this cluster."""
        absent = missing("kube-controller-manager")
        return [STAND_IN, *(f"{name} (absent)" for name in absent)]

    def define(self, files: list[Path]) -> None:
        """Make CRDs and wait until the API server serves their kinds."""
        manifests = [each for file in files for each in yaml.load_all(file.read_text(), _LOADER)]
        definitions = [each for each in manifests if each["kind"] == "CustomResourceDefinition"]
        for each in definitions:
            self.api.create(each)
        for each in definitions:
            self._await_definition(each)

    def _await_definition(self, definition: Object) -> None:
        group, names = definition["spec"]["group"], definition["spec"]["names"]
        for version in definition["spec"]["versions"]:
            if version["served"]:
                self.api.await_kind(f"{group}/{version['name']}", names["kind"])
