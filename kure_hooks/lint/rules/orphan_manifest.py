"""KZ003: a manifest beside a kustomization file that nothing reads."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from kure_hooks.files.paths import ancestors, base_name, join_relative, parent
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.repository import Repository
from kure_hooks.kustomize import is_kustomization
from kure_hooks.manifests import kind_of
from kure_hooks.objects.written import Object
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Manifest that nothing reads",
    WARNING,
    "kustomize builds only what kustomization.yaml lists. A manifest beside it that nobody lists "
    "is applied by nobody, although it looks as if it were: a new file was forgotten, or a "
    "deleted one was left behind.",
    "List the file under resources, or delete it. A file that is only kept can be listed in a "
    "comment.",
    "kustomize 5.8",
    wrong="""\
# the directory has deployment.yaml and namespace.yaml
resources:
  - deployment.yaml
""",
    right="""\
resources:
  - namespace.yaml
  - deployment.yaml
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/1366",
        "https://github.com/fluxcd/flux2/issues/738",
    ),
)

# Tools on a workstation read these, no cluster does.
_CLIENTS = re.compile(
    r"(?:kustomize\.config\.k8s\.io|config\.kubernetes\.io|kind\.x-k8s\.io|k3d\.io|kubeadm\.k8s\.io"
    r"|kubelet\.config\.k8s\.io|kubeproxy\.config\.k8s\.io|skaffold|backstage\.io|cli\.kyverno\.io"
    r"|ctlptl\.dev|tilt|devspace|eksctl\.io|kops\.k8s\.io|client\.authentication\.k8s\.io"
    r"|apiserver\.config\.k8s\.io|audit\.k8s\.io|chainsaw\.kyverno\.io|kuttl\.dev|builtin)(?:/|\Z)"
)
_CLIENT_KINDS = frozenset({"Config", "Values", "TestSuite", "TestStep", "TestAssert"})
_ENCRYPTED = re.compile(r"\.(?:sops|enc|decrypted)\.")


def check_repository(repository: Repository) -> Iterator[Finding]:
    """Yield a warning for each file of objects that a kustomization file beside it leaves out."""
    uses = _Uses(repository)
    for path in repository.files.manifests:
        if parent(path) in uses.built and uses.is_orphan(path):
            item = next(filter(_is_meant, repository.files.objects(path)), None)
            if item is not None and not repository.files.faults(path):
                yield _finding(path, item)


def _finding(path: str, item: Object) -> Finding:
    problem = f"no kustomization file lists {item.label}, so nobody applies it"
    expected = f"Add {base_name(path)} to the resources of its directory, or delete it."
    return Finding(Location(path, 1, 1), "", problem, expected, Severity.WARNING, rule="KZ003")


def _is_meant(item: Object) -> bool:
    """Tell whether an object is one for a cluster, in plain text."""
    manifest = item.manifest
    version, (_, kind) = str(manifest.get("apiVersion")), kind_of(manifest)
    if not kind or "apiVersion" not in manifest or "sops" in manifest:
        return False
    return kind not in _CLIENT_KINDS and not _CLIENTS.match(version)


class _Uses:
    """All that the files of a repository use of each other."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._files: Files = repository.files
        self.kustomizations: Mapping[str, str] = {
            parent(path): path for path in sorted(self._files.paths) if is_kustomization(path)
        }

    @cached_property
    def built(self) -> frozenset[str]:
        """The directories with a kustomization file that some cluster builds."""
        owners = (owner for cluster in self._repository.clusters for owner in cluster.owners)
        payloads = (payload for owner in owners for payload in owner.payloads)
        read = frozenset().union(*(payload.directories for payload in payloads))
        return read & self.kustomizations.keys()

    def is_orphan(self, path: str) -> bool:
        """Tell whether nothing at all reads a file, or says that it is left out on purpose."""
        name = base_name(path)
        if is_kustomization(path) or name.startswith((".", "_")) or _ENCRYPTED.search(name):
            return False
        if path in self._listed or path in self._read or self._charts.intersection(ancestors(path)):
            return False
        return not self._names(self.kustomizations[parent(path)], name)

    @cached_property
    def _read(self) -> frozenset[str]:
        return frozenset().union(*(cluster.read for cluster in self._repository.clusters))

    @cached_property
    def _charts(self) -> frozenset[str]:
        return frozenset(
            parent(path) for path in self._files.paths if base_name(path) == "Chart.yaml"
        )

    @cached_property
    def _listed(self) -> frozenset[str]:
        """The paths that any string of any kustomization file may mean."""
        listed: set[str] = set()
        for directory, file in self.kustomizations.items():
            for document in self._files.documents(file):
                for text in _strings(document.value):
                    for reference in (text, text.partition("=")[2]):
                        path = join_relative(directory, reference.strip()) if reference else None
                        listed |= {path} if path in self._files.paths else set()
        return frozenset(path for path in listed if path)

    def _names(self, file: str, name: str) -> bool:
        """Tell whether a kustomization file has a name in it, as in a comment."""
        data = self._files.content(file)
        return re.search(rb"(?<![\w.-])%b(?![\w-])" % re.escape(name).encode(), data) is not None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
