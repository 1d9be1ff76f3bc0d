"""Random repositories with one cluster each, and what is true of their trees beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.support.parts import APPLICATION_API, LAYOUTS, objects, options, workload

STACK_API = "stack.gokure.dev/v1alpha1"
OUTPUT = "clusters"
REPOSITORY = "https://github.com/acme/fleet.git"

RELEASE = "vendor/argocd.yaml"
ARGO_CD = [
    *(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
        for name in ("argocd-cm", "argocd-cmd-params-cm")
    ),
    {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "argocd-application-controller"},
        "spec": {
            "serviceName": "argocd-application-controller",
            "selector": {"matchLabels": {"app": "argocd"}},
            "template": {
                "metadata": {"labels": {"app": "argocd"}},
                "spec": {"containers": [{"name": "argocd", "image": "quay.io/argocd:v3.5.1"}]},
            },
        },
    },
]
"""As little of a release of Argo CD as there has to be."""

# Names that a node may share with another level, with the control directories and with packages.
_NODE_NAMES = ("apps", "infra", "web", "flux-system", "argocd", "packages", "bootstrap")
_PACKAGES = {"OCIRepository": ("oci", "oci"), "GitRepository": ("git", "https")}


@dataclass(frozen=True)
class Case:
    """A repository as documents by path; `before` maps bundles to those that must be ready first.

    `packages` maps what a GitOps object says of its source, a name (Flux) or a URL (Argo CD), to
    the directory that this source has at its root.
    """

    cluster: str
    engine: str
    documents: Mapping[str, Sequence[Any]]
    before: Mapping[str, frozenset[str]]
    packages: Mapping[str, str]

    def texts(self, shuffle: Random | None = None) -> dict[str, str]:
        """Return the files; `shuffle` reorders the keys of every mapping but those of objects."""
        return {
            path: yaml.safe_dump_all(
                [_shuffled(each, shuffle) if shuffle else each for each in documents],
                sort_keys=False,
            )
            for path, documents in self.documents.items()
        }


def clusters(
    engine: str, *, cluster: str = "prod", layouts: st.SearchStrategy[Any] = LAYOUTS
) -> st.SearchStrategy[Case]:
    """Return a strategy of valid repositories with one cluster for `flux` or `argocd`."""
    return st.composite(lambda draw: _Draft(draw, engine, cluster).case(draw(layouts)))()


class _Draft:
    """A cluster that is being drawn."""

    def __init__(self, draw: Any, engine: str, cluster: str) -> None:
        self.draw = draw
        self.engine = engine
        self.cluster = cluster
        self.serial = count(1)
        self.documents: dict[str, list[Any]] = {}
        self.parts: list[Any] = []
        self.before: dict[str, frozenset[str]] = {}
        self.inside: dict[str, list[str]] = {}
        self.packages: dict[str, str] = {}
        self.with_packages = self.maybe()
        self.inline = False
        self.files = 0
        self.namespaces = 0

    def case(self, layout: Any) -> Case:
        placement = layout.get("fluxPlacement", "separate")
        if "fluxPlacement" not in layout and layout.get("preset") == "ParentDeployedControl":
            placement = "integrated"
        self.inline = self.engine == "flux" and placement != "separate"
        name = self.draw(st.sampled_from(["", self.cluster, "platform", "flux-system"]))
        root = self.node(name, depth=0)
        settings = {"version": 1}
        body: dict[str, Any] = {"gitops": self.gitops(), "node": root}
        (body if self.maybe() else settings)["layout"] = layout
        metadata = {"name": self.cluster, **self.labels()}
        plain = metadata | body
        enveloped = {
            "apiVersion": STACK_API,
            "kind": "Cluster",
            "metadata": metadata,
            "spec": body,
        }
        stack = plain if self.maybe() else enveloped
        self.documents[f"stacks/{self.cluster}.yaml"] = [stack, *self.parts]
        self.documents[".kure-hooks.yaml"] = [settings]
        return Case(self.cluster, self.engine, self.documents, self.before, self.packages)

    def gitops(self) -> Any:
        spelling = {"flux": ["flux", "fluxcd"], "argocd": ["argo", "argocd"]}[self.engine]
        mode = self.draw(st.sampled_from(["flux-operator", "gotk"]))
        bootstrap = {
            "enabled": self.maybe(),
            "fluxMode": mode,
            "sourceURL": REPOSITORY,
            "sourceRef": "main",
        }
        argocd: dict[str, Any] = {}
        if self.engine == "argocd" and self.maybe(3):
            bootstrap |= {"argoCDMode": "autopilot", "manifests": RELEASE}
            self.documents[RELEASE] = ARGO_CD
            # Otherwise it would be progressive, which can't suspend.
            argocd |= {"ordering": "waves"} | ({"project": "own"} if self.maybe() else {})
        kind = self.draw(st.sampled_from(spelling))
        return {"type": kind, "bootstrap": bootstrap, "argocd": argocd}

    def node(self, name: str, depth: int) -> Any:
        node: dict[str, Any] = {"name": name} if name else {}
        if self.with_packages and self.maybe(3):
            name = self.fresh("unit") if depth else name
            node |= {"name": name} if name else {}
            node["packageRef"] = self.package(name or self.cluster, named=name == "flux-system")
        every = st.lists(st.sampled_from(_NODE_NAMES), max_size=3 - depth, unique=True)
        names = self.draw(every)
        if depth or self.maybe():
            # What contains others may not rename them.
            contains = self.inline and bool(names)
            node["bundle"] = self.part(self.bundle(frozenset(), (), 0, contains=contains))
        node["children"] = [self.node(each, depth + 1) for each in names]
        return node

    def package(self, node: str, *, named: bool) -> Any:
        """Return a package; the name of Flux's own source has to be another one."""
        kind = self.draw(st.sampled_from(sorted(_PACKAGES)))
        prefix, scheme = _PACKAGES[kind]
        given = {"name": self.fresh("package")} if named or self.maybe() else {}
        name = given.get("name", node)
        url = f"{scheme}://registry.example.com/{name}-{next(self.serial)}"
        self.packages |= dict.fromkeys(
            (name, url), f"{OUTPUT}/{self.cluster}/packages/{prefix}-{name}"
        )
        group = "source.toolkit.fluxcd.io"
        return {"group": group, "version": "v1", "kind": kind, "url": url, **given}

    def bundle(
        self,
        inherited: frozenset[str],
        above: tuple[str, ...],
        depth: int,
        *,
        contains: bool = False,
    ) -> Any:
        """Return a bundle; what it waits for was drawn before it and doesn't contain it."""
        name = self.fresh("bundle")
        candidates = [each for each in self.inside if each not in above]
        wanted = st.lists(st.sampled_from(candidates), max_size=2, unique=True)
        needs = self.draw(wanted) if candidates else []
        self.before[name] = inherited.union(*(self.inside[each] for each in needs))
        for each in (name, *above):
            self.inside.setdefault(each, []).append(name)
        bundle = {"name": name, **self.labels(), **self.draw(options(self.engine))}
        bundle["dependsOn"] = [*needs, *self.external()]
        files, namespaces = self.files, self.namespaces
        bundle["applications"] = [self.application() for _ in range(self.draw(st.integers(0, 2)))]
        if self.inline and self.files > files:  # what brings files may be a unit of its own inside
            bundle.pop("targetNamespace", None)
        if self.namespaces > namespaces:  # kustomize would give them all one name
            bundle.pop("targetNamespace", None)
        if not self.with_packages and depth < 2 and self.maybe(3):
            contains = self.inline
            inner = (*above, name)
            children = [self.bundle(self.before[name], inner, depth + 1) for _ in "ab"]
            bundle |= {"children": children, "wait": True}
        if contains:
            bundle.pop("targetNamespace", None)
        return bundle

    def external(self) -> Any:
        return [{"name": "elsewhere", "external": True}] if self.maybe(5) else []

    def application(self) -> Any:
        """Return a reference to an application document, or the application itself."""
        name = self.fresh("application")
        metadata = {"name": name, **self.labels()}
        if self.maybe():
            metadata["namespace"] = self.draw(st.sampled_from(["default", "web"]))
        kinds = ["AppWorkload", "Manifests"] + ["HelmChart"] * (self.engine == "flux")
        kind = self.draw(st.sampled_from(kinds))
        spec = self.draw(workload) if kind == "AppWorkload" else getattr(self, kind.lower())()
        if self.maybe():
            return {**metadata, "kind": kind, "spec": spec}
        path = f"applications/{name}.yaml"
        document = {"apiVersion": APPLICATION_API, "kind": kind, "metadata": metadata, "spec": spec}
        self.documents[path] = [document]
        return {"path": f"../{path}"}

    def manifests(self) -> Any:
        drawn = [self.draw(objects(next(self.serial))) for _ in range(self.draw(st.integers(1, 3)))]
        self.namespaces += sum(each["kind"] == "Namespace" for each in drawn)
        more = {"configMaps": self.config_maps()} if self.maybe(4) else {}
        if self.maybe():
            return {"objects": drawn, **more}
        directory = self.fresh("manifests")
        self.documents[f"{directory}/all.yaml"] = drawn
        return {"files": [f"../{directory}/*.yaml"], **more}

    def config_maps(self) -> Any:
        keys = [f"app.ini={self.file()}", self.file()]
        return [{"name": self.fresh("settings"), "files": [each]} for each in keys]

    def helmchart(self) -> Any:
        chart = {"name": "web", "version": "1.2.3"}
        source = {"type": "HelmRepository", "url": "https://charts.example.com"}
        more = {"valuesFile": self.file()} if self.maybe() else {}
        return {"chart": chart, "source": source, **more}

    def file(self) -> str:
        """Return a path to a new file, seen from a stack or an application document."""
        self.files += 1
        path = f"settings/{self.fresh('values')}.yaml"
        self.documents[path] = [{"text": f"<a> & é {path}"}]
        return f"../{path}"

    def part(self, bundle: Any) -> Any:
        """Return the bundle, or its name when it becomes a document of its own."""
        if not self.maybe(3):
            return bundle
        outside = ("name", "labels", "annotations")
        metadata = {key: bundle[key] for key in outside if key in bundle}
        spec = {key: each for key, each in bundle.items() if key not in outside}
        self.parts.append(
            {"apiVersion": STACK_API, "kind": "Bundle", "metadata": metadata, "spec": spec}
        )
        return bundle["name"]

    def labels(self) -> Any:
        keys = st.sampled_from(["team", "tier", "example.com/zone"])
        texts = st.dictionaries(keys, st.sampled_from(["a", "on", "1.0"]), max_size=3)
        drawn = {"labels": self.draw(texts), "annotations": self.draw(texts)}
        return {key: each for key, each in drawn.items() if each}

    def fresh(self, prefix: str) -> str:
        return f"{prefix}-{next(self.serial)}"

    def maybe(self, one_in: int = 2) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == 1)


def _shuffled(value: Any, random: Random, key: str = "") -> Any:
    if key == "objects":
        return value
    if isinstance(value, list):
        return [_shuffled(each, random) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("apiVersion", APPLICATION_API) not in (APPLICATION_API, STACK_API):
        return value
    items = [(name, _shuffled(each, random, name)) for name, each in value.items()]
    random.shuffle(items)
    return dict(items)
