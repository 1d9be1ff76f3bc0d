"""A stack file to a Stack: documents decoded, references resolved, every fault collected."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs

from kure_hooks import registry
from kure_hooks.config import Settings
from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.config.flux import FluxOptions, laid_out
from kure_hooks.decoding import nearest
from kure_hooks.decoding.types import layered
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.package_code import blamed
from kure_hooks.registry import EngineEntry
from kure_hooks.stack import rules
from kure_hooks.stack.applications import Applications
from kure_hooks.stack.documents import (
    PROFILE_KIND,
    SET_KIND,
    STACK_API,
    ClusterBody,
    ClusterDocument,
    Metadata,
    PlainCluster,
)
from kure_hooks.stack.files import MISSING, Files, kind_of, unknown
from kure_hooks.stack.gitops import Gitops, implied_options, implied_source
from kure_hooks.stack.interface import Kind
from kure_hooks.stack.model import Cluster, Stack
from kure_hooks.stack.overrides import Scopes
from kure_hooks.stack.references import Parts
from kure_hooks.stack.sources import SourceRef
from kure_hooks.stack.tree_loader import Inherited, Nodes
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

if TYPE_CHECKING:  # few stacks are sets
    from kure_hooks.stack.cluster_set import ClusterSet


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
    """Return the stack that the file at `path` describes, with every cluster of a set.

    Raises StackError with every fault of that file and of all files that it refers to.
    """
    files = Files(tree)
    if not any(kind_of(document) == (STACK_API, SET_KIND) for document in files.read(path)):
        return _stack(files, path, settings, kinds)
    from kure_hooks.stack.cluster_set import cluster_set  # noqa: PLC0415 - few stacks are sets

    members = cluster_set(files, path)
    findings = list(files.findings)
    clusters: list[Cluster] = []
    if members is None:
        raise StackError(findings, (), ())
    for index, _ in enumerate(members.members):
        try:
            clusters += load_member(tree, members, index, settings, kinds).clusters
        except StackError as error:
            findings += error.findings
    if findings:
        raise StackError(findings, (), ())
    return Stack(path=path, clusters=tuple(clusters))


def load_member(
    tree: Tree, members: "ClusterSet", index: int, settings: Settings, kinds: Mapping[str, Kind]
) -> Stack:
    """Return the stack that a file with one member of a set alone describes.

    Raises StackError with every fault of it, but not with those of the set or its table.
    """
    files = members.files(tree, index)
    stack = _stack(files, members.path, settings, kinds)
    if stray := [*members.stray(files)]:
        raise StackError(stray, (), stack.clusters)
    return stack


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
        files.findings.append(Finding(Location(path), "", problem, expected, rule="ST001"))
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
        files.findings += parts.unused()
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
    engine = _engine(files, place.below("gitops", "type"), gitops.type)
    source = implied_source(gitops.bootstrap)
    of_bootstrap = implied_options(gitops.bootstrap)
    parts.start_cluster()
    reference = SourceRef(kind=source.kind, name=source.name)
    profile = parts.profile(files, metadata.name, place.below("profile"))
    scopes = Scopes().inside(f"cluster {metadata.name}", place)
    inherited = Inherited(reference, place.below("gitops", "bootstrap"), scopes)
    applications = Applications(files, kinds, profile, settings.capabilities)
    root = Nodes(parts, applications).root(place, body.node, inherited)
    if root is None:
        return None
    is_whole = parts.whole and files.whole
    files.findings += scopes.unused(whole=is_whole and not files.unusable)
    cluster = Cluster(
        name=metadata.name,
        labels=metadata.labels,
        annotations=metadata.annotations,
        description=body.description,
        engine=engine.name if engine else gitops.type,
        bootstrap=gitops.bootstrap,
        flux=layered(FluxOptions, gitops.flux, settings.flux),
        argocd=layered(ArgocdOptions, gitops.argocd, of_bootstrap, settings.argocd),
        layout=laid_out(body.layout, gitops.flux),
        source=source,
        patches=gitops.patches,
        options=_options(files, place.below("gitops", "options"), engine, gitops),
        root=root,
        create_namespaces=gitops.create_namespaces,
        external_namespaces=gitops.external_namespaces,
        profile=profile,
        place=place,
        head=named,
    )
    files.add_across(rules.check(cluster, whole=is_whole))
    return cluster


def _engine(files: Files, place: Place, name: str) -> EngineEntry | None:
    """Return the engine of this name, or None and a finding for a name that none has."""
    known = registry.engine_named(name)
    if known is None:
        expected = nearest(name, registry.engine_names())
        files.findings.append(place.fault(f'"{shown(name)}" is not valid', expected, rule="ST010"))
    return known


def _options(files: Files, place: Place, engine: EngineEntry | None, gitops: Gitops) -> Any:
    """Return the options of an engine of an installed package; None for ours, and for faulty ones.

    Engines of ours have sections of their own. Nobody can judge those of an unknown engine.
    """
    if engine is None:
        return None
    if engine.options:
        wanted = registry.options_of(engine)
        with blamed(registry.described(engine), "options"):
            if place.exists:
                return files.decode(place, wanted)
            required = [field.encode_name for field in structs.fields(wanted) if field.required]
            files.findings += [place.below(key).fault(MISSING, rule="TY004") for key in required]
            return None if required else wanted()
    if gitops.options:
        problem = f"the engine {engine.name} has no options here"
        expected = f"Write them below gitops.{engine.name}."
        files.findings.append(place.fault(problem, expected, rule="ST011"))
    return None


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
    if (api, kind) == (STACK_API, SET_KIND):
        return _of_template(files, place.below("spec", "template"))
    others = (*Parts.KINDS, PROFILE_KIND)
    if api != STACK_API or kind not in others:
        files.findings.append(unknown(document, ("Cluster", SET_KIND, *others)))
    return None


def _of_template(files: Files, place: Place) -> tuple[Metadata, ClusterBody, Place, Place] | None:
    """Return the same of a member of a set, whose document has the values of its row."""
    from kure_hooks.stack.sets.documents import ClusterTemplate  # noqa: PLC0415 - few are sets

    made = files.usable(place, ClusterTemplate)
    return (
        (made.metadata, made.spec, place.below("spec"), place.below("metadata")) if made else None
    )


def _metadata(plain: PlainCluster) -> Metadata:
    return Metadata(name=plain.name, labels=plain.labels, annotations=plain.annotations)
