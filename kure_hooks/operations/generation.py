"""One stack file to its trees: a pure function of picklable values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kure_hooks.apps import GENERATORS
from kure_hooks.apps.metadata import finish, with_annotations, with_labels
from kure_hooks.config import Settings
from kure_hooks.engines import ENGINES
from kure_hooks.errors import InputError
from kure_hooks.files.recorder import Inputs, Recorder
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.layout import invariants, payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import plan
from kure_hooks.layout.render import Generated, render
from kure_hooks.layout.rules import resolve
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.load import load
from kure_hooks.stack.model import Application, Bundle, Cluster, Stack
from kure_hooks.stack.outline import Part, outline


@dataclass(frozen=True)
class Request:
    """Everything that decides what a stack generates, together with the version of kure-hooks."""

    tree: Tree
    settings: Settings
    stack: str


@dataclass(frozen=True)
class StackResult:
    """What a stack generates, or what is wrong with it.

    `clusters` maps each owned directory to what is in it; `inputs` is all that was looked at.
    """

    stack: str
    findings: tuple[Finding, ...] = ()
    clusters: Mapping[str, Part] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)
    files: Mapping[str, bytes] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)


def generate_stack(request: Request) -> StackResult:
    """Return the trees of one stack; faults of the input are part of the result.

    This is what a pool of processes, or of machines, is given.
    """
    recorder = Recorder(request.tree)
    request = replace(request, tree=recorder)
    try:
        stack = load(request.tree, request.stack, request.settings, GENERATORS)
        results = _clusters(request, stack)
    except InputError as error:
        return StackResult(request.stack, findings=error.findings, inputs=recorder.inputs)
    return StackResult(
        stack=request.stack,
        clusters={
            f"{request.settings.output}/{each.name}": outline(each) for each in stack.clusters
        },
        inputs=recorder.inputs,
        files={path: data for each in results for path, data in each.files.items()},
        origins={path: origin for each in results for path, origin in each.origins.items()},
    )


def _clusters(request: Request, stack: Stack) -> list[Generated]:
    """Return the tree of each cluster; InputError with the faults of all of them."""
    results: list[Generated] = []
    faults: list[Finding] = []
    for cluster in stack.clusters:
        try:
            results.append(_cluster(request, cluster))
        except InputError as error:
            faults += error.findings
    if faults:
        raise InputError(faults)
    return results


def _cluster(request: Request, cluster: Cluster) -> Generated:
    engine = ENGINES[cluster.engine]
    rules = resolve(cluster.layout, request.settings.layout)
    table = plan(cluster, rules, request.settings.output, engine.control)
    faults = list(engine.check(table))
    contents = _contents(request.tree, cluster, faults)
    if faults:
        raise InputError(faults)
    directories = [*engine.directories(table, contents), *payloads.directories(table, contents)]
    invariants.objects_differ(directories)
    invariants.check(table, directories)
    return render(directories, request.stack)


def _contents(tree: Tree, cluster: Cluster, faults: list[Finding]) -> Contents:
    """Return the manifests of every bundle; faults of their files are added to `faults`."""
    return {
        bundle.name: [
            (application, _manifests(tree, cluster, bundle, application, faults))
            for application in bundle.applications
        ]
        for bundle in cluster.bundles()
    }


def _manifests(
    tree: Tree, cluster: Cluster, bundle: Bundle, application: Application, faults: list[Finding]
) -> Sequence[Manifest]:
    try:
        manifests = GENERATORS[application.kind].generate(application, tree)
    except InputError as error:
        faults += error.findings
        return ()
    labels = cluster.labels | bundle.labels
    annotations = cluster.annotations | bundle.annotations
    return finish(manifests, with_labels(labels), with_annotations(annotations))
