"""A stack file to a Stack: documents decoded, references resolved, every fault collected."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from kure_hooks.config import Settings
from kure_hooks.config.options import ArgocdOptions, ArgocdSpec, FluxOptions, laid_out
from kure_hooks.decoding.types import layered
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.stack import rules
from kure_hooks.stack.applications import Applications
from kure_hooks.stack.documents import (
    STACK_API,
    Bootstrap,
    ClusterBody,
    ClusterDocument,
    Gitops,
    Metadata,
    PlainCluster,
)
from kure_hooks.stack.files import Files, kind_of, unknown
from kure_hooks.stack.interface import Kind
from kure_hooks.stack.model import Cluster, Stack
from kure_hooks.stack.nodes import Nodes, PlacedSource
from kure_hooks.stack.parts import Parts
from kure_hooks.stack.sources import SourceRef
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place

ENGINES = {"flux": "flux", "fluxcd": "flux", "argo": "argocd", "argocd": "argocd"}


class StackError(InputError):
    """A stack has faults; `clusters` are what can be made of the rest, `sound` those without any.

    A sound cluster can be generated; of the others, nothing but the applications can be looked at.
    """

    def __init__(
        self, findings: Iterable[Finding], clusters: Sequence[Cluster], sound: Sequence[Cluster]
    ) -> None:
        super().__init__(findings)
        self.clusters = clusters
        self.sound = sound


def load(tree: Tree, path: str, settings: Settings, kinds: Mapping[str, Kind]) -> Stack:
    """Return the stack that the file at `path` describes.

    Raises StackError with every fault of that file and of all files that it refers to.
    """
    return _stack(Files(tree), path, settings, kinds)


def from_document(document: Document, settings: Settings, kinds: Mapping[str, Kind]) -> Cluster:
    """Return the cluster that a document describes by itself, without other files.

    Raises InputError with every fault of the document.
    """
    files = Files(MemoryTree({}), documents={document.path: [document]})
    return _stack(files, document.path, settings, kinds).clusters[0]


def _stack(files: Files, path: str, settings: Settings, kinds: Mapping[str, Kind]) -> Stack:
    documents = files.read(path)
    if not documents and not files.findings:
        expected = "a document with name and node, or of kind Cluster"
        problem = "there is no cluster in this file"
        files.findings.append(Finding(Location(path), "", problem, expected))
    parts = Parts.of(files, documents)
    clusters: list[Cluster] = []
    sound: list[Cluster] = []
    for document in documents:
        before = len(files.findings)
        cluster = _cluster(files, parts, document, settings, kinds)
        clusters += [cluster] if cluster else []
        # Where a part is missing, a dependency may lead to it although nobody has found a fault.
        is_sound = parts.whole and len(files.findings) == before
        sound += [cluster] if cluster and is_sound else []
    files.add_across(rules.clusters_differ(clusters))
    if not files.findings:  # else what refers to a part may be what can't be read
        parts.check_all_used(files)
    if files.findings:
        Applications(files, kinds).check_all()
        raise StackError(files.findings, clusters, sound if files.whole else ())
    return Stack(path=path, clusters=tuple(clusters))


def _cluster(
    files: Files, parts: Parts, document: Document, settings: Settings, kinds: Mapping[str, Kind]
) -> Cluster | None:
    """Return the cluster of a document; None for another kind of document, or a broken one."""
    head = _head(files, document)
    if head is None:
        return None
    metadata, body, place, named = head
    gitops = body.gitops
    flux = layered(FluxOptions, gitops.flux, settings.flux)
    source = _cluster_source(gitops.bootstrap)
    parts.start_cluster()
    reference = SourceRef(kind=source.kind, name=source.name)
    inherited = PlacedSource(reference, place.below("gitops", "bootstrap"))
    root = Nodes(files, parts, kinds).root(place, body.node, inherited)
    if root is None:
        return None
    cluster = Cluster(
        name=metadata.name,
        labels=metadata.labels,
        annotations=metadata.annotations,
        description=body.description,
        engine=ENGINES[gitops.type],
        bootstrap=gitops.bootstrap,
        flux=flux,
        argocd=layered(ArgocdOptions, gitops.argocd, _from_bootstrap(gitops), settings.argocd),
        layout=laid_out(body.layout, gitops.flux),
        source=source,
        patches=gitops.patches,
        root=root,
        create_namespaces=gitops.create_namespaces,
        external_namespaces=gitops.external_namespaces,
        place=place,
        head=named,
    )
    files.add_across(rules.check(cluster, whole=parts.whole and files.whole))
    return cluster


def _head(files: Files, document: Document) -> tuple[Metadata, ClusterBody, Place, Place] | None:
    """Return what a cluster's document says, and the places of its body and of its name."""
    api, kind = kind_of(document)
    place = Place(document)
    if (api, kind) == (STACK_API, "Cluster"):
        enveloped = files.usable(place, ClusterDocument)
        if enveloped is None:
            return None
        return enveloped.metadata, enveloped.spec, place.below("spec"), place.below("metadata")
    if (api, kind) == ("", ""):
        plain = files.usable(place, PlainCluster)
        return (_metadata(plain), plain, place, place) if plain else None
    if api != STACK_API or kind not in Parts.KINDS:
        files.findings.append(unknown(document, ("Cluster", *Parts.KINDS)))
    return None


def _metadata(plain: PlainCluster) -> Metadata:
    return Metadata(name=plain.name, labels=plain.labels, annotations=plain.annotations)


def _cluster_source(bootstrap: Bootstrap) -> SourceRef:
    """Return the source that bootstrap creates: the whole repository as the tool sees it."""
    is_oci = (bootstrap.source_url or "").startswith("oci://")
    kind = bootstrap.source_kind or ("OCIRepository" if is_oci else "GitRepository")
    url, ref = bootstrap.source_url, bootstrap.source_ref
    details = {key: each for key, each in structs.asdict(bootstrap.source).items() if key != "name"}
    source = SourceRef(kind=kind, name=bootstrap.source.name or "flux-system", **details)
    if kind == "Bucket":
        scheme, _, host = (url or "").partition("://")
        insecure = True if scheme == "http" else source.insecure
        return structs.replace(source, bucket_name=ref, endpoint=host or url, insecure=insecure)
    field = "tag" if kind == "OCIRepository" else "branch"
    if ref and ref.startswith("refs/"):
        field = "ref"
    return structs.replace(source, url=url, **{field: ref})


def _from_bootstrap(gitops: Gitops) -> ArgocdSpec:
    """Return the Argo CD options that the bootstrap section implies."""
    bootstrap = gitops.bootstrap
    # The layout of argocd-autopilot has an ApplicationSet, whose order is a rolling sync.
    from_a_set = bootstrap.enabled and bootstrap.argo_cd_mode == "autopilot"
    return ArgocdSpec(
        namespace=bootstrap.argo_cd_namespace,
        repo_url=bootstrap.source_url,
        target_revision=bootstrap.source_ref,
        ordering="progressive" if from_a_set else None,
    )
