"""One stack file to its trees, judged before anybody writes or compares them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from kure_hooks import registry
from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.config.flux import laid_out
from kure_hooks.config.lint import enforced
from kure_hooks.engines import engine_for
from kure_hooks.engines.interface import NO_FILES, WorkflowEngine
from kure_hooks.engines.materials import gather
from kure_hooks.errors import InputError
from kure_hooks.files.recorder import Inputs, Recorder
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location, Severity, Skipped
from kure_hooks.layout.reads import joined
from kure_hooks.layout.render import ManifestLayout, StartFiles
from kure_hooks.operations.judging import judged
from kure_hooks.origin import Origin
from kure_hooks.process import seeking
from kure_hooks.repository.evidence import Evidence, Witness
from kure_hooks.stack.files import Files
from kure_hooks.stack.load import StackError, load, load_member
from kure_hooks.stack.model import Cluster, Stack
from kure_hooks.stack.outline import Part, outline
from kure_hooks.yamlio.document import Pointer

if TYPE_CHECKING:  # few stacks are sets
    from kure_hooks.stack.cluster_set import ClusterSet

_DEFAULTS = Settings()


class Request(Struct, frozen=True):
    """Everything that decides what a stack generates, together with the version of kure-hooks.

    Of a cluster set it is the one member with the index `member`.
    """

    tree: Tree
    settings: Settings
    stack: str
    member: int | None = None


class StackResult(Struct, frozen=True):
    """The files that a stack generates, or its faults.

    `clusters` maps each owned directory to what is in it, `names` to where its cluster is named:
    position and pointer, `rows` to the row of a set. `inputs` is all that was looked at.
    `artifacts` maps the files outside of the default package to their artifact root, `starts` each
    cluster's directory to the files that bring up its GitOps tool. `mixed`, `reads` and
    `payloads` are those of `ManifestLayout`. `beyond` names what no input tells: programs that were
    looked for, other than git, and installed packages that had a say. `evidence` tells when the
    result is the same again, where that can be known. `unmade` are the paths of more files, which
    the repository holds just as the stack generates them.
    """

    stack: str
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    clusters: Mapping[str, Part] = field(default_factory=dict)
    names: Mapping[str, tuple[Location, Pointer]] = field(default_factory=dict)
    rows: Mapping[str, Location] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)
    files: Mapping[str, bytes] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    artifacts: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, StartFiles] = field(default_factory=dict)
    mixed: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    reads: Mapping[Location, tuple[str, ...]] = field(default_factory=dict)
    payloads: frozenset[str] = frozenset()
    beyond: frozenset[str] = frozenset()
    evidence: Evidence | None = None
    unmade: tuple[str, ...] = ()


def generate_stack(request: Request, members: "ClusterSet | None" = None) -> StackResult:
    """Return the trees of one stack; faults of the input are part of the result.

    This is what a pool of processes, or of machines, is given. `members` is the set of the request,
    which is read for each request unless it is given.
    """
    witness = Witness(request.tree)
    recorder = Recorder(witness)
    request = replace(request, tree=recorder)
    try:
        with seeking() as sought:
            stack = loaded(request, members)
            results, skipped = _clusters(request, stack.clusters)
    except StackError as error:
        findings = (*error.findings, *_more_faults(request, error))
        return StackResult(request.stack, findings=findings, inputs=recorder.inputs)
    except InputError as error:
        return StackResult(request.stack, findings=error.findings, inputs=recorder.inputs)
    clusters = {f"{request.settings.output}/{cluster.name}": cluster for cluster in stack.clusters}
    return StackResult(
        stack=request.stack,
        skipped=skipped,
        clusters={directory: outline(cluster) for directory, cluster in clusters.items()},
        names={
            directory: (name.at, name.pointer)
            for directory, cluster in clusters.items()
            for name in [cluster.key("name")]
        },
        inputs=recorder.inputs,
        files={path: data for result in results for path, data in result.files.items()},
        origins={path: origin for result in results for path, origin in result.origins.items()},
        artifacts={path: root for result in results for path, root in result.artifacts.items()},
        warnings=tuple(finding for result in results for finding in result.warnings),
        starts={
            directory: generated.start
            for directory, generated in zip(clusters, results, strict=True)
            if generated.start.paths
        },
        mixed={path: origins for result in results for path, origins in result.mixed.items()},
        reads=joined(result.reads for result in results),
        payloads=frozenset(path for result in results for path in result.payloads),
        beyond=frozenset({*sought, *registry.guests()} - {"git"}),
        evidence=witness.evidence,
    )


def loaded(request: Request, members: "ClusterSet | None" = None) -> Stack:
    """Return the stack of a request, with one cluster of a set alone where it names a member.

    Raises InputError with its faults.
    """
    if request.member is None:
        return load(request.tree, request.stack, request.settings, GENERATORS)
    from kure_hooks.stack.cluster_set import cluster_set  # noqa: PLC0415 - few stacks are sets

    files = Files(request.tree)
    members = members or cluster_set(files, request.stack)
    if members is None:
        raise InputError(files.findings)
    return load_member(request.tree, members, request.member, request.settings, GENERATORS)


def _more_faults(request: Request, error: StackError) -> list[Finding]:
    """Return the faults of what a faulty stack refers to: the next run shall bring up no more."""
    found: list[Finding] = []
    for cluster in error.clusters:
        found += gather(cluster, request.tree).faults
    try:
        _clusters(request, error.sound)
    except InputError as faults:
        found += faults.findings
    return found


def _clusters(
    request: Request, clusters: Sequence[Cluster]
) -> tuple[list[ManifestLayout], tuple[Skipped, ...]]:
    """Return the tree of each cluster, and what nobody judged of them.

    Raises InputError with the faults of all of them.
    """
    results: list[ManifestLayout] = []
    faults: list[Finding] = []
    skipped: set[Skipped] = set()
    for cluster in clusters:
        try:
            generated = generate_cluster(cluster, request.settings, request.tree)
        except InputError as error:
            faults += error.findings
        else:
            verdict = judged(generated, request.settings)
            refused = _refused(cluster, generated, request.settings)
            errors = [item for item in refused if item.severity is Severity.ERROR]
            warnings = (item for item in refused if item.severity is not Severity.ERROR)
            results.append(replace(generated, warnings=(*generated.warnings, *warnings)))
            faults += (*verdict.findings, *errors)
            skipped.update(verdict.skipped)
    if faults:
        raise InputError(faults)
    return results, tuple(sorted(skipped))


def _refused(cluster: Cluster, layout: ManifestLayout, settings: Settings) -> list[Finding]:
    """Return what the profile of the cluster and the policies of the settings have against it."""
    if cluster.profile is None and not enforced(settings.policies):
        return []
    from kure_hooks.operations import policies  # noqa: PLC0415 - few repositories have any

    return list(policies.findings(cluster, layout, settings))


def generate_cluster(
    cluster: Cluster,
    settings: Settings = _DEFAULTS,
    tree: Tree = NO_FILES,
    engine: WorkflowEngine | None = None,
) -> ManifestLayout:
    """Return the files of one cluster, from a stack file or built in Python, by their paths.

    `tree` holds what its applications refer to; `engine` goes before the one that the cluster
    names. InputError with all its faults, UsageError for an engine that is not known or layout
    rules that are none.
    """
    engine = engine or engine_for(cluster.engine)
    rules = laid_out(settings.layout, settings.flux)
    return engine.create_layout_with_resources(cluster, rules, tree=tree, output=settings.output)
