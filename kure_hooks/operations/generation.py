"""One stack file to its trees: a pure function of picklable values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from kure_hooks.apps import GENERATORS
from kure_hooks.apps.metadata import finish, with_annotations, with_labels
from kure_hooks.config import Settings
from kure_hooks.config.options import LayoutSpec, laid_out
from kure_hooks.engines import engine_for
from kure_hooks.engines.interface import WorkflowEngine
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.recorder import Inputs, Recorder
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.layout import extras, invariants, packages, payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import plan
from kure_hooks.layout.render import Generated, StartFiles, render
from kure_hooks.layout.rules import LayoutRules, resolve
from kure_hooks.manifests import Manifest
from kure_hooks.operations.acceptance import product_faults, refuse
from kure_hooks.operations.reads import Reads, above, joined
from kure_hooks.origin import Origin
from kure_hooks.stack.interface import Product
from kure_hooks.stack.load import StackError, load
from kure_hooks.stack.model import Application, Bundle, Cluster
from kure_hooks.stack.outline import Part, outline
from kure_hooks.stack.release import Release, read_release
from kure_hooks.yamlio.document import Pointer

_DEFAULTS = Settings()
_NO_FILES = MemoryTree({})
_SOURCES = "source.toolkit.fluxcd.io/"


@dataclass(frozen=True)
class Request:
    """Everything that decides what a stack generates, together with the version of kure-hooks."""

    tree: Tree
    settings: Settings
    stack: str


@dataclass(frozen=True)
class StackResult:
    """What a stack generates, or what is wrong with it.

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
            f"{request.settings.output}/{each.name}": outline(each) for each in stack.clusters
        },
        names={
            f"{request.settings.output}/{each.name}": (name.at, name.pointer)
            for each in stack.clusters
            for name in [each.key("name")]
        },
        inputs=recorder.inputs,
        files={path: data for each in results for path, data in each.files.items()},
        origins={path: origin for each in results for path, origin in each.origins.items()},
        artifacts={path: root for each in results for path, root in each.artifacts.items()},
        warnings=tuple(finding for each in results for finding in each.warnings),
        starts={
            f"{request.settings.output}/{cluster.name}": generated.start
            for cluster, generated in zip(stack.clusters, results, strict=True)
            if generated.start.paths
        },
        mixed={path: origins for each in results for path, origins in each.mixed.items()},
        reads=joined(each.reads for each in results),
    )


def _more_faults(request: Request, error: StackError) -> list[Finding]:
    """Return the faults of what a faulty stack refers to: the next run shall bring up no more."""
    found: list[Finding] = []
    for cluster in error.clusters:
        _contents(_recorders(cluster, request.tree), cluster, found)
    try:
        _clusters(request, error.sound)
    except InputError as faults:
        found += faults.findings
    return found


def _clusters(request: Request, clusters: Sequence[Cluster]) -> list[Generated]:
    """Return the tree of each cluster; InputError with the faults of all of them."""
    results: list[Generated] = []
    faults: list[Finding] = []
    for cluster in clusters:
        try:
            results.append(generate_cluster(cluster, request.settings, request.tree))
        except InputError as error:
            faults += error.findings
    if faults:
        raise InputError(faults)
    return results


def generate_cluster(
    cluster: Cluster,
    settings: Settings = _DEFAULTS,
    tree: Tree = _NO_FILES,
    engine: WorkflowEngine | None = None,
) -> Generated:
    """Return the files of one cluster, from a stack file or built in Python, by their paths.

    `tree` holds what its applications refer to; `engine` goes before the one that the cluster
    names. InputError with all its faults, UsageError for an engine that is not known or layout
    rules that are none.
    """
    engine = engine or engine_for(cluster.engine)
    cluster = engine.adopt(cluster)
    rules = _rules(cluster, settings, engine)
    table = plan(cluster, rules, settings.output, engine.scheme(cluster))
    found = list(engine.check(table))
    recorders = _recorders(cluster, tree)
    broken: list[Finding] = []
    contents = _contents(recorders, cluster, broken)
    release = _release(recorders[cluster.at], cluster, found)
    # Of contents that are not all there, nobody can tell what they lack.
    found += broken or engine.review(table, contents, recorders[cluster.at])
    _refuse_errors(found)
    contents = engine.prepare(table, contents)
    start = engine.bootstrap(table, release)
    own = [*payloads.directories(table, contents)]
    directories = engine.directories(table, contents, start, own)
    refuse(directories)
    invariants.objects_differ(directories)
    invariants.check(table, directories, start.syncs)
    found += engine.inspect(table, directories, recorders[cluster.at])
    _refuse_errors(found)
    generated = render(directories, cluster.at.path)
    below = "/".join(table.start)
    return replace(
        generated,
        artifacts=packages.artifacts(table, generated.files),
        warnings=tuple(each for each in found if each.severity is Severity.WARNING),
        start=StartFiles(tuple(f"{below}/{path}" for path in start.files), tuple(start.advice)),
        reads=_reads(cluster, recorders),
    )


def _rules(cluster: Cluster, settings: Settings, engine: WorkflowEngine) -> LayoutRules:
    if not isinstance(cluster.layout, LayoutSpec):
        raise UsageError(f"layout rules are a LayoutSpec, not a {type(cluster.layout).__name__}")
    rules = resolve(cluster.layout, laid_out(settings.layout, settings.flux))
    if rules.flux_placement in engine.placements:
        return rules
    return structs.replace(rules, flux_placement="separate")


def _refuse_errors(findings: Iterable[Finding]) -> None:
    if faults := [each for each in findings if each.severity is Severity.ERROR]:
        raise InputError(faults)


def _recorders(cluster: Cluster, tree: Tree) -> dict[Location, Recorder]:
    """Return a tree for the cluster itself and one for each application, by their places."""
    places = [each.at for bundle in cluster.bundles() for each in bundle.applications]
    return {at: Recorder(tree) for at in (cluster.at, *places)}


def _reads(cluster: Cluster, recorders: Mapping[Location, Recorder]) -> Reads:
    files = {at: recorder.inputs.files for at, recorder in recorders.items()}
    return joined((files, *above(cluster.root, cluster.at.path)))


def _release(tree: Tree, cluster: Cluster, faults: list[Finding]) -> Release | None:
    try:
        return read_release(tree, cluster)
    except InputError as error:
        faults += error.findings
        return None


def _contents(trees: Mapping[Location, Tree], cluster: Cluster, faults: list[Finding]) -> Contents:
    """Return the applications of every bundle with their products; adds to `faults`."""
    contents = {
        bundle.name: _with_sources_once(
            (application, _product(trees[application.at], cluster, bundle, application, faults))
            for application in bundle.applications
        )
        for bundle in cluster.bundles()
    }
    faults += (fault for found in contents.values() for fault in extras.problems(found))
    return contents


def _with_sources_once(
    found: Iterable[tuple[Application, Product]],
) -> list[tuple[Application, Product]]:
    """Leave out the source of a chart where an earlier application of the bundle has the same."""
    known: list[Manifest] = []
    kept = []
    for application, product in found:
        manifests = [each for each in product.manifests if each not in known]
        known += (each for each in manifests if each["apiVersion"].startswith(_SOURCES))
        kept.append((application, replace(product, manifests=manifests)))
    return kept


def _product(
    tree: Tree, cluster: Cluster, bundle: Bundle, application: Application, faults: list[Finding]
) -> Product:
    """Return what an application stands for, with the labels and annotations of its bundle."""
    if application.spec is None:  # its faults are known
        return Product()
    try:
        product = GENERATORS[application.kind].generate(application, tree)
    except InputError as error:
        faults += error.findings
        return Product()
    labels = cluster.labels | bundle.labels
    annotations = cluster.annotations | bundle.annotations
    product = replace(
        product,
        manifests=finish(product.manifests, with_labels(labels), with_annotations(annotations)),
        config_maps=[
            replace(
                each,
                labels={**labels, **each.labels},
                annotations={**annotations, **each.annotations},
            )
            for each in product.config_maps
        ],
    )
    faults += product_faults(cluster, bundle, application, product)
    return product
