"""Objects on their way through a build, with the names that they had on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.kustomizations.refusals import RefusedError
from kure_hooks.gitops.payload import Resource
from kure_hooks.kustomize.targets import Id
from kure_hooks.kustomize.targets import Resource as Named
from kure_hooks.manifests import Manifest
from kure_hooks.objects.built import Change
from kure_hooks.objects.written import Object
from kure_hooks.yamlio import Document, Pointer

MAX_ITEMS = 100_000
"""The most objects that a build may have on its way."""
SCANNED = 50
"""So many objects are looked through while one is changed."""

CLUSTER = "_non_namespaceable_"
"""The namespace of an object outside of namespaces."""

# What kustomize 5.8 knows to be outside of namespaces, whatever the cluster says: kinds that its
# table of Kubernetes 1.21 has not, and all custom resources, get a namespace.
_SCOPES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "admissionregistration.k8s.io": {
        "v1": (
            *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
            *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
        ),
        "v1beta1": ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    },
    "apiextensions.k8s.io": dict.fromkeys(("v1", "v1beta1"), ("CustomResourceDefinition",)),
    "apiregistration.k8s.io": dict.fromkeys(("v1", "v1beta1"), ("APIService",)),
    "certificates.k8s.io": dict.fromkeys(("v1", "v1beta1"), ("CertificateSigningRequest",)),
    "flowcontrol.apiserver.k8s.io": {"v1beta1": ("FlowSchema", "PriorityLevelConfiguration")},
    "networking.k8s.io": dict.fromkeys(("v1", "v1beta1"), ("IngressClass",)),
    "node.k8s.io": dict.fromkeys(("v1", "v1beta1"), ("RuntimeClass",)),
    "policy": {"v1beta1": ("PodSecurityPolicy",)},
    "rbac.authorization.k8s.io": dict.fromkeys(
        ("v1", "v1beta1"), ("ClusterRole", "ClusterRoleBinding")
    ),
    "scheduling.k8s.io": dict.fromkeys(("v1", "v1beta1"), ("PriorityClass",)),
    "storage.k8s.io": dict.fromkeys(
        ("v1", "v1beta1"), ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")
    ),
    "": {"v1": ("ComponentStatus", "Namespace", "Node", "NodeProxyOptions", "PersistentVolume")},
}
_CLUSTER_SCOPED = frozenset(
    (f"{group}/{version}" if group else version, kind)
    for group, versions in _SCOPES.items()
    for version, kinds in versions.items()
    for kind in kinds
)


def is_cluster_scoped(manifest: Manifest) -> bool:
    """Tell whether kustomize takes an object to be outside of namespaces."""
    return (manifest["apiVersion"], manifest["kind"]) in _CLUSTER_SCOPED


_LOCAL = "config.kubernetes.io/local-config"


def is_local(manifest: Manifest) -> bool:
    """Tell whether an annotation keeps an object out of builds."""
    annotations = manifest["metadata"].get("annotations") or {}
    return bool(annotations.get(_LOCAL, "false") != "false")


class Item(Struct, frozen=True):
    """An object in a build; transformers make new ones.

    `earlier` are the names that it had, oldest first. A `hashed` one gets a suffix of its content
    at the end. `place` is the key of the file of kustomize's that brings it. `shared` are places of
    a label or annotation that have one value: to change it in one place changes it in all.
    `changes` are those of the object of Flux or Argo CD whose fields are written into the file.
    """

    manifest: Manifest
    document: Document
    pointer: Pointer
    source: Object | None
    place: Location
    earlier: tuple[tuple[str, str, str], ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    hashed: bool = False
    shared: tuple[frozenset[Pointer], ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def api_version(self) -> str:
        """Group and version."""
        return str(self.manifest["apiVersion"])

    @property
    def kind(self) -> str:
        """The kind."""
        return str(self.manifest["kind"])

    @property
    def name(self) -> str:
        """The name that it has now."""
        return str(self.manifest["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """The namespace as written, empty where there is none."""
        return str(self.manifest["metadata"].get("namespace") or "")

    @property
    def effective(self) -> str:
        """The namespace that tells it from others of its name."""
        return CLUSTER if is_cluster_scoped(self.manifest) else self.namespace or "default"

    @property
    def id(self) -> Id:
        """The names that no other object of the build may have."""
        return self._id(self.name, self.effective, self.kind)

    @property
    def is_local(self) -> bool:
        """True where an annotation keeps it out of the build."""
        return is_local(self.manifest)

    def ids(self) -> Iterator[Id]:
        """Yield all names by which it is found, the oldest first."""
        yield from self.earlier_ids()
        yield self.id

    def earlier_ids(self) -> Iterator[Id]:
        """Yield the names that it had."""
        return (self._id(name, namespace, kind) for name, namespace, kind in self.earlier)

    @property
    def original(self) -> Id:
        """The names that it came with."""
        return next(self.ids())

    def _id(self, name: str, namespace: str, kind: str) -> Id:
        group, slash, version = self.api_version.partition("/")
        if not slash:
            group, version = "", group
        if (self.api_version, kind) in _CLUSTER_SCOPED:
            namespace = CLUSTER
        return Id(group, version, kind, name, namespace)

    def remembered(self) -> "Item":
        """Return the item with its names now among those that it had."""
        return replace(self, earlier=(*self.earlier, (self.name, self.effective, self.kind)))

    def named(self, name: str) -> "Item":
        """Return the item with another name."""
        metadata = {**self.manifest["metadata"], "name": name}
        return replace(self, manifest={**self.manifest, "metadata": metadata})

    def targeted(self) -> Named:
        """Return what targets of patches see of it: its first and its last names, mixed."""
        first, last = self.original, self.id
        metadata = self.manifest["metadata"]
        ids = [
            Id(last.group, last.version, last.kind, name, namespace)
            for name, namespace in product(
                dict.fromkeys((first.name, last.name)),
                dict.fromkeys((first.namespace, last.namespace)),
            )
        ]
        return Named(ids, metadata.get("labels") or {}, metadata.get("annotations") or {})

    def resource(self) -> Resource:
        """Return the object as rules see it."""
        place, changes = self.place, self.changes
        return Resource(self.document, self.pointer, self.manifest, place, self.source, changes)


@dataclass
class Build:
    """A directory on its way, before names get their suffixes and references are put right.

    `count` is the number of directories that were built for it, each for every way that leads
    to it, and `weight` the work of one change of all of its objects.
    """

    items: list[Item] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    count: int = 1
    weight: int = 0

    def take(self, other: "Build") -> None:
        """Take in what is known about another build, but for its objects."""
        faults, unknown = set(self.faults), set(self.unknown)
        self.faults += [fault for fault in other.faults if fault not in faults]
        self.unknown += [reason for reason in other.unknown if reason not in unknown]
        self.files |= other.files
        self.directories |= other.directories
        self.count += other.count
        self.weight += other.weight

    def lose(self, reason: str) -> None:
        """Note why the result can't be known."""
        if reason not in self.unknown:
            self.unknown.append(reason)


class Index:
    """Objects of a build by all names that they have and had."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: dict[Id, dict[int, Item]] = {}
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        """Note an object under its names."""
        for name in item.ids():
            self._items.setdefault(name, {})[id(item)] = item

    def named(self, name: Id) -> Sequence[Item]:
        """Return the objects that have or had a name."""
        return list(self._items.get(name, {}).values())

    def put(self, items: list[Item], old: Item, made: Sequence[Item]) -> None:
        """Put what became of an object into its place in a list, and under its names."""
        place = next(place for place, item in enumerate(items) if item is old)
        items[place : place + 1] = made
        for name in old.ids():
            self._items[name].pop(id(old), None)
        for item in made:
            self.add(item)


def is_same(item: Item, manifest: Manifest) -> Item:
    """Return the item with a manifest; itself if nothing changed."""
    return item if manifest is item.manifest else replace(item, manifest=manifest)


def twice(first: Item, item: Item) -> RefusedError:
    """Return the refusal of an object that is there already."""
    document = first.source.document if first.source else first.document
    name = f"{item.namespace}/{item.name}" if item.namespace else item.name
    label = f"{item.kind} {name}"
    problem = f"{label} is there already, from {document.path}"
    return RefusedError(problem, "Take it in once.", rule="KZ002", label=label)


def refuse_doubles(items: Iterable[Item]) -> None:
    """Refuse objects that have the names of one before them."""
    for first, item in doubles(items):
        raise twice(first, item)


def doubles(items: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Yield the items that have the names of one before them, with that one."""
    known: dict[Id, Item] = {}
    for item in items:
        first = known.setdefault(item.id, item)
        if first is not item:
            yield first, item
