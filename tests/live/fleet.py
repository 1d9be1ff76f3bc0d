"""The repository under test: its stacks, the tree that they generate, where it is published."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import kure_hooks
from kure_hooks import config
from kure_hooks.apps import GENERATORS
from kure_hooks.files.tree import WorkTree
from kure_hooks.stack.load import load
from kure_hooks.stack.model import Bundle, Cluster, Node
from tests.live.api import Object
from tests.live.charts import is_chart
from tests.live.hosts import Hosts
from tests.live.registry import Registry
from tests.support.git import git, write

# The release manifests of a tool take the loader in Python half a minute, each time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Place:
    """Where a tree is read from: a URL, and a branch, tag, commit or range of versions there.

    `source` is the name of the object that reads from there, if it is one of the tree.
    """

    url: str
    reference: str = ""
    kind: str = "branch"
    source: str = ""


@dataclass
class Fleet:
    """A Git repository with stacks; `stack` is the path of the one that is rolled out."""

    directory: Path
    stack: str
    head: str = ""
    published: set[Place] = field(default_factory=set)

    @classmethod
    def of(cls, directory: Path, files: Mapping[str, str], stack: str) -> "Fleet":
        """Make a repository of these files."""
        directory.mkdir(parents=True)
        write(directory, dict(files))
        fleet = cls(directory, stack)
        fleet.begin()
        return fleet

    @classmethod
    def copied(cls, directory: Path, original: Path, stack: str) -> "Fleet":
        """Make a repository of what lies in another directory."""
        hidden = shutil.ignore_patterns(".git")
        shutil.copytree(original, directory, ignore=hidden, symlinks=True)
        fleet = cls(directory, stack)
        fleet.begin()
        return fleet

    def begin(self) -> None:
        """Make the directory a Git repository without commits."""
        git(self.directory, "init", "--quiet", "--initial-branch=main")

    def kure_hooks(self, *arguments: str) -> str:
        """Run kure-hooks in the repository and return what it prints; it must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run kure-hooks in the repository to its end, whatever that is."""
        command = [sys.executable, "-m", "kure_hooks", arguments[0], "--root", self.directory]
        return subprocess.run(
            [*command, *arguments[1:]],
            cwd=self.directory,
            env=os.environ | {"PYTHONPATH": str(Path(kure_hooks.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )

    def generate(self) -> None:
        """Write the tree anew."""
        done = self.run("generate")
        assert done.returncode in (0, 1), done.stdout + done.stderr

    def bootstrap(self) -> list[Object]:
        """Return the objects that start GitOps on the cluster."""
        printed = self.kure_hooks("bootstrap", self.stack)
        return [each for each in yaml.load_all(printed, _LOADER) if each]

    def commit(self) -> str:
        """Commit all; the hash becomes `head`."""
        git(self.directory, "add", "--all")
        git(self.directory, "commit", "--quiet", "--allow-empty", "-m", "A change")
        self.head = git(self.directory, "rev-parse", "HEAD").strip()
        return self.head

    def publish(self, hosts: Hosts, registry: Registry | None, manifests: list[Object]) -> None:
        """Push to every place from which an object of the tree or of `manifests` reads."""
        places = set(self.places(manifests)) | self.published
        packed = any(each.url.startswith(("oci:", "s3:")) for each in places)
        archives = self.archives() if packed else {}
        for place in sorted(places, key=str):
            if place.url.startswith("s3://"):
                endpoint, name = place.url.removeprefix("s3://").split("/")
                package = f"{self.cluster}.bucket-{place.source}.tar.gz"
                data = archives.get(package) or archives[f"{self.cluster}.tar.gz"]
                hosts.fill(endpoint, name, data)
            elif place.url.startswith("oci://"):
                assert registry is not None, f"no registry for {place.url}"
                package = f"{self.cluster}.oci-{place.source}.tar.gz"
                data = archives.get(package) or archives[f"{self.cluster}.tar.gz"]
                registry.push(place.url, data, _version(place))
            elif place.url.startswith(("http://", "https://")):
                bare = hosts.repository(place.url)
                space = "tags" if place.kind in {"tag", "semver"} else "heads"
                name = _version(place) if place.kind == "semver" else place.reference or "main"
                reference = f"refs/{space}/{name}"
                git(self.directory, "push", "--quiet", "--force", str(bare), f"HEAD:{reference}")
        self.published = places

    def archives(self) -> dict[str, bytes]:
        """Return what `kure-hooks package` writes, by its name."""
        with tempfile.TemporaryDirectory() as directory:
            self.kure_hooks("package", self.stack, "--to", directory)
            return {path.name: path.read_bytes() for path in Path(directory).iterdir()}

    def objects(self) -> list[Object]:
        """Return every object in the tree, in no order that matters."""
        return [each for _path, each in self.documents()]

    def documents(self) -> Iterator[tuple[str, Object]]:
        """Yield every object of the tree with its path."""
        settings = config.load(WorkTree(self.directory))
        for path in sorted((self.directory / settings.output / self.cluster).rglob("*.yaml")):
            name = path.relative_to(self.directory).as_posix()
            for each in yaml.load_all(path.read_text(), _LOADER):
                if isinstance(each, dict) and "metadata" in each and "kind" in each:
                    yield name, each

    def places(self, manifests: list[Object]) -> Iterator[Place]:
        """Yield the places from which objects of the tree and of `manifests` read."""
        for each in (*self.objects(), *manifests):
            yield from _places(each)

    @property
    def cluster(self) -> str:
        """The name of the cluster that the stack describes."""
        return self._model().name

    def _model(self) -> Cluster:
        tree = WorkTree(self.directory)
        (cluster,) = load(tree, self.stack, config.load(tree), GENERATORS).clusters
        return cluster

    def bundles(self) -> dict[str, list[str]]:
        """Return the name of each bundle that is deployed as a unit, and of its children."""
        bundles = _bundles(self._model().root)
        return {each.name: [child.name for child in each.children] for each in bundles}

    def edges(self) -> set[tuple[str, str]]:
        """Return `(unit, unit it waits for)`, an umbrella standing for all that it contains."""
        bundles = list(_bundles(self._model().root))
        within = {each.name: {one.name for one in _with_children(each)} for each in bundles}
        return {
            (dependent, needed)
            for each in bundles
            for dependency in each.depends_on
            if not dependency.external
            for dependent in within[each.name]
            for needed in within.get(dependency.name, ())
        }


def _bundles(node: Node) -> Iterator[Bundle]:
    if node.bundle:
        yield from _with_children(node.bundle)
    for each in node.children:
        yield from _bundles(each)


def _with_children(bundle: Bundle) -> Iterator[Bundle]:
    yield bundle
    for each in bundle.children:
        yield from _with_children(each)


def _version(place: Place) -> str:
    """Return a version that a reference, which may be a range, accepts."""
    if place.kind != "semver":
        return place.reference or "latest"
    digits = place.reference.strip("<>=~^v* ").split()
    version = digits[0] if digits else ""
    parts = [part if part.isdigit() else "0" for part in version.split(".")]
    return ".".join([*parts, "0", "0", "0"][:3]) if version else "1.0.0"


def _places(each: Object) -> Iterator[Place]:
    spec = each.get("spec") or {}
    if is_chart(each):
        return
    if each["kind"] in {"GitRepository", "OCIRepository"}:
        name = each["metadata"]["name"]
        yield Place(spec["url"], *_reference(spec.get("ref") or {}), source=name)
    elif each["kind"] == "Bucket":
        name = each["metadata"]["name"]
        yield Place(f"s3://{spec['endpoint']}/{spec['bucketName']}", source=name)
    elif each["kind"] == "FluxInstance" and spec.get("sync"):
        sync = spec["sync"]
        space, _, name = sync["ref"].removeprefix("refs/").partition("/")
        yield Place(sync["url"], name or space, "tag" if space == "tags" else "branch")
    elif each["kind"] in {"Application", "ApplicationSet"}:
        yield from _argocd_places(each)


def _reference(reference: Mapping[str, str]) -> tuple[str, str]:
    for kind in ("semver", "tag", "branch"):
        if kind in reference:
            return reference[kind], kind
    return "", "branch"


def _argocd_places(value: Any) -> Iterator[Place]:
    """Yield the places named anywhere in an Application, a set of them, or a part of either."""
    if isinstance(value, dict):
        if isinstance(url := value.get("repoURL"), str) and "chart" not in value:
            revision = value.get("targetRevision") or value.get("revision") or "main"
            yield Place(url, "main" if revision == "HEAD" else revision)
        for each in value.values():
            yield from _argocd_places(each)
    elif isinstance(value, list):
        for each in value:
            yield from _argocd_places(each)
