"""One stack file to its trees, judged before anybody writes or compares them."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.util import find_spec

from msgspec import Struct, field
from msgspec.structs import replace

from kure_hooks import __version__
from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.config.flux import laid_out
from kure_hooks.engines import engine_for
from kure_hooks.engines.interface import NO_FILES, WorkflowEngine
from kure_hooks.engines.materials import gather
from kure_hooks.errors import InputError
from kure_hooks.files.cache import Cache, user_directory
from kure_hooks.files.recorder import Inputs, Recorder
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.layout.reads import joined
from kure_hooks.layout.render import ManifestLayout, StartFiles
from kure_hooks.layout.tree import Item
from kure_hooks.origin import Origin
from kure_hooks.stack.load import StackError, load
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.outline import Part, outline
from kure_hooks.yamlio.document import Pointer

_DEFAULTS = Settings()

# The engines know better whether two objects meet on a cluster.
_TWICE = "VA106"


class Request(Struct, frozen=True):
    """Everything that decides what a stack generates, together with the version of kure-hooks."""

    tree: Tree
    settings: Settings
    stack: str


class StackResult(Struct, frozen=True):
    """The files that a stack generates, or its faults.

    `clusters` maps each owned directory to what is in it, `names` to where its cluster is named:
    position and pointer. `inputs` is all that was looked at.
    `artifacts` maps the files outside of the default package to their artifact root, `starts` each
    cluster's directory to the files that bring up its GitOps tool. `mixed` and `reads` are those of
    `Generated`.
    """

    stack: str
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    clusters: Mapping[str, Part] = field(default_factory=dict)
    names: Mapping[str, tuple[Location, Pointer]] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)
    files: Mapping[str, bytes] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    artifacts: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, StartFiles] = field(default_factory=dict)
    mixed: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    reads: Mapping[Location, tuple[str, ...]] = field(default_factory=dict)


def generate_stack(request: Request) -> StackResult:
    """Return the trees of one stack; faults of the input are part of the result.

    This is what a pool of processes, or of machines, is given.
    """
    recorder = Recorder(request.tree)
    request = replace(request, tree=recorder)
    try:
        stack = load(request.tree, request.stack, request.settings, GENERATORS)
        results = _clusters(request, stack.clusters)
    except StackError as error:
        findings = (*error.findings, *_more_faults(request, error))
        return StackResult(request.stack, findings=findings, inputs=recorder.inputs)
    except InputError as error:
        return StackResult(request.stack, findings=error.findings, inputs=recorder.inputs)
    return StackResult(
        stack=request.stack,
        clusters={
            f"{request.settings.output}/{cluster.name}": outline(cluster)
            for cluster in stack.clusters
        },
        names={
            f"{request.settings.output}/{cluster.name}": (name.at, name.pointer)
            for cluster in stack.clusters
            for name in [cluster.key("name")]
        },
        inputs=recorder.inputs,
        files={path: data for result in results for path, data in result.files.items()},
        origins={path: origin for result in results for path, origin in result.origins.items()},
        artifacts={path: root for result in results for path, root in result.artifacts.items()},
        warnings=tuple(finding for result in results for finding in result.warnings),
        starts={
            f"{request.settings.output}/{cluster.name}": generated.start
            for cluster, generated in zip(stack.clusters, results, strict=True)
            if generated.start.paths
        },
        mixed={path: origins for result in results for path, origins in result.mixed.items()},
        reads=joined(result.reads for result in results),
    )


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


def _clusters(request: Request, clusters: Sequence[Cluster]) -> list[ManifestLayout]:
    """Return the tree of each cluster; InputError with the faults of all of them."""
    results: list[ManifestLayout] = []
    faults: list[Finding] = []
    for cluster in clusters:
        try:
            generated = generate_cluster(cluster, request.settings, request.tree)
        except InputError as error:
            faults += error.findings
        else:
            results.append(generated)
            faults += refused(generated, request.settings)
    if faults:
        raise InputError(faults)
    return results


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


def refused(layout: ManifestLayout, settings: Settings) -> Sequence[Finding]:
    """Return what the API server would refuse of a cluster's objects, where each comes from.

    That is where somebody wrote the object, else the application, bundle or stack that asks for
    it. Custom resources that have a schema neither here nor among the objects are left to
    `validate`, which looks at the whole repository. A cluster that was found to be valid is not
    judged again by the same version of kure-hooks, as far as the user's cache remembers.
    """
    if not settings.validate.on_generate:
        return ()
    cache, key = Cache(user_directory("verdicts")), key_of(layout, settings.validate.kubernetes)
    if cache.get(key) is not None:
        return ()
    findings = tuple(_judged(layout, settings.validate.kubernetes))
    if not findings:
        cache.put(key, b"valid")
    return findings


def key_of(layout: ManifestLayout, kubernetes: str) -> str:
    """Return what a verdict depends on, as one SHA-256 in hexadecimal digits."""
    # Without the evaluator of rules in CEL a cluster may be called valid that is not.
    rules = find_spec("cel_expr_python") is not None
    parts = sha256(f"{__version__} {kubernetes} {rules}".encode())
    for path, data in layout.files.items():
        parts.update(f"\0{path}\0{len(data)}\0".encode(errors="surrogateescape"))
        parts.update(data)
    return parts.hexdigest()


def _judged(layout: ManifestLayout, kubernetes: str) -> Iterator[Finding]:
    from kure_hooks.objects.written import Object  # noqa: PLC0415
    from kure_hooks.validators.embedded import Embedded  # noqa: PLC0415 - most clusters are known
    from kure_hooks.validators.interface import Job  # noqa: PLC0415
    from kure_hooks.yamlio import Document  # noqa: PLC0415

    def placed(item: Item) -> Object:
        """Return an object, all parts of which stand where the object does."""
        at = item.at or item.origin.at
        document = Document(at.path, item.manifest, at.line - 1, at.column - 1, {})
        return Object(document, (), item.manifest)

    files = (file for directory in layout.directories for file in directory.files)
    objects = [placed(item) for file in files for item in file.items]
    job = Job(files={}, kubernetes=kubernetes, unknown="skip")
    for finding in Embedded().judge(objects, job).findings:
        if finding.severity is Severity.ERROR and finding.rule != _TWICE:
            yield finding
