"""Argo CD's controllers beside a cluster."""

import contextlib
import os
import threading
from collections.abc import Iterator

from tests.live.api import Api, Object, RefusedError
from tests.live.cluster import Cluster
from tests.live.hosts import Hosts
from tests.live.programs import DIRECTORY, definitions, path_of
from tests.live.services import LOOPBACK, free_port, listening

NAMESPACE = "argocd"
UNIT = ("argoproj.io/v1alpha1", "Application")
PROJECT = ("argoproj.io/v1alpha1", "AppProject")
SET = ("argoproj.io/v1alpha1", "ApplicationSet")
_REFRESH = "argocd.argoproj.io/refresh"
_PART_OF = {"app.kubernetes.io/part-of": "argocd"}
_ALL = [{"group": "*", "kind": "*"}]
_COMMANDS = ("argocd-application-controller", "argocd-applicationset-controller")
_VERIFY = "#!/bin/sh\nexit 0\n"


class Argocd:
    """Argo CD on a cluster: its CRDs, its settings and its controllers.

    `settings` is the data of argocd-cm. Nothing is verified by GPG.
    """

    def __init__(self, cluster: Cluster, hosts: Hosts) -> None:
        self._cluster = cluster
        self._hosts = hosts
        self._directory = cluster.directory / "argocd"

    def start(self, settings: dict[str, str]) -> None:
        """Define the kinds, write the settings and start the controllers."""
        self._cluster.define(definitions("argo-cd"))
        for each in _installation(settings):
            self._cluster.api.apply(each)
        self._programs()
        redis, repositories = self._redis(), self._repositories_port()
        services = f"{LOOPBACK}:{redis}", f"{LOOPBACK}:{repositories}"
        self._repository_server(repositories, services[0])
        metrics, probe = free_port(), free_port()
        self._start(
            "argocd-application-controller",
            metrics,
            *("--redis", services[0], "--repo-server", services[1], "--namespace", NAMESPACE),
            *("--metrics-port", str(metrics), "--app-resync", "20", "--app-resync-jitter", "0"),
            *("--self-heal-timeout-seconds", "2", "--persist-resource-health"),
        )
        self._start(
            "argocd-applicationset-controller",
            probe,
            *("--argocd-repo-server", services[1], "--namespace", NAMESPACE),
            *("--metrics-addr", f"{LOOPBACK}:{free_port()}", "--probe-addr", f"{LOOPBACK}:{probe}"),
            *("--webhook-addr", f"{LOOPBACK}:{free_port()}", "--enable-progressive-syncs"),
        )

    def _programs(self) -> None:
        """Write the directory of programs that Argo CD looks for on PATH."""
        programs = self._directory / "bin"
        programs.mkdir(parents=True)
        for name in (*_COMMANDS, "argocd-repo-server", "argocd-git-ask-pass"):
            (programs / name).symlink_to(path_of("argo-cd"))
        for name in ("kustomize", "git"):
            (programs / name).symlink_to(path_of(name))
        verify = programs / "git-verify-wrapper.sh"
        verify.write_text(_VERIFY)
        verify.chmod(0o755)
        for name in ("gpg", "tls", "ssh", "plugins", "tmp", "home"):
            (self._directory / name).mkdir()
        (self._directory / "ssh" / "ssh_known_hosts").touch()

    def _redis(self) -> int:
        port = free_port()
        self._cluster.services.start(
            "redis",
            [
                *(path_of("redis-server"), "--port", str(port), "--bind", LOOPBACK),
                *("--save", "", "--appendonly", "no"),
            ],
            lambda: listening(port),
        )
        return port

    def _repositories_port(self) -> int:
        return free_port()

    def _repository_server(self, port: int, redis: str) -> None:
        self._start(
            "argocd-repo-server",
            port,
            *("--address", LOOPBACK, "--port", str(port), "--redis", redis),
            *("--metrics-address", LOOPBACK, "--metrics-port", str(free_port())),
        )

    def _start(self, name: str, port: int, *options: str) -> None:
        self._cluster.services.start(
            name,
            [self._directory / "bin" / name, "--loglevel", "debug", *options],
            lambda: listening(port),
            env=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        at = self._directory
        places = {
            "ARGOCD_GNUPGHOME": at / "gpg",
            "ARGOCD_GPG_DATA_PATH": at / "gpg",
            "ARGOCD_TLS_DATA_PATH": at / "tls",
            "ARGOCD_SSH_DATA_PATH": at / "ssh",
            "ARGOCD_PLUGINSOCKFILEPATH": at / "plugins",
            "ARGOCD_ASK_PASS_SOCK": at / "askpass.sock",
            "TMPDIR": at / "tmp",
            "HOME": at / "home",
            "KUBECONFIG": self._cluster.kubeconfig,
        }
        return {
            **self._hosts.environment(self._cluster.certificates.authority),
            **{name: str(path) for name, path in places.items()},
            "ARGOCD_FAKE_IN_CLUSTER": "true",
            "ARGOCD_GPG_ENABLED": "false",
            "ARGOCD_RECONCILIATION_JITTER": "0",
            "HOSTNAME": "live-0",
            "PATH": f"{at / 'bin'}{os.pathsep}{DIRECTORY}{os.pathsep}{os.environ['PATH']}",
        }

    @property
    def stand_ins(self) -> list[str]:
        """What isn't the real thing here."""
        return ["git-verify-wrapper.sh"]

    def bootstrap(self, manifests: list[Object]) -> None:
        """Apply what `kure-hooks bootstrap` prints."""
        for each in manifests:
            self._cluster.api.apply(each)

    def sync(self) -> None:
        """Have every Application compared with the newest commit now."""
        for each in self._cluster.api.objects(*UNIT):
            self._cluster.api.merge(each, {"metadata": {"annotations": {_REFRESH: "hard"}}})


@contextlib.contextmanager
def operations_ended(api: Api) -> Iterator[None]:
    """End what still syncs an Application that is being deleted, as docs/changes.md tells people.

    With `progressive` Argo CD may begin to sync it to the commit that no longer has its directory.
    """
    over = threading.Event()

    def end() -> None:
        while not over.wait(2):
            for each in api.objects(*UNIT):
                operation = each.get("status", {}).get("operationState", {})
                if "deletionTimestamp" in each["metadata"] and operation.get("retryCount"):
                    ended = {"status": {"operationState": {"phase": "Terminating"}}}
                    with contextlib.suppress(RefusedError, OSError):
                        api.merge(each, ended)

    thread = threading.Thread(target=end, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def _installation(settings: dict[str, str]) -> list[Object]:
    """Return the objects that Argo CD's controllers read at their start."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        _settings("ConfigMap", "argocd-cm", data=settings),
        _settings("ConfigMap", "argocd-rbac-cm"),
        _settings("ConfigMap", "argocd-cmd-params-cm"),
        _settings("ConfigMap", "argocd-tls-certs-cm"),
        _settings("ConfigMap", "argocd-ssh-known-hosts-cm", data={"ssh_known_hosts": ""}),
        _settings("ConfigMap", "argocd-gpg-keys-cm"),
        _settings("Secret", "argocd-secret", stringData={"server.secretkey": "bGl2ZQ=="}),
        _settings("Secret", "argocd-redis", stringData={"auth": ""}),
        {
            "apiVersion": PROJECT[0],
            "kind": PROJECT[1],
            "metadata": {"name": "default", "namespace": NAMESPACE},
            "spec": {
                "sourceRepos": ["*"],
                "destinations": [{"namespace": "*", "server": "*"}],
                "clusterResourceWhitelist": _ALL,
            },
        },
    ]


def _settings(kind: str, name: str, **content: object) -> Object:
    meta = {"name": name, "namespace": NAMESPACE, "labels": _PART_OF}
    return {"apiVersion": "v1", "kind": kind, "metadata": meta, **content}
