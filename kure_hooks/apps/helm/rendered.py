"""The product of a chart with `render: true`: its objects, and the stage of each."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import structs

from kure_hooks.apps.helm.charts import ChartFiles, chart_of
from kure_hooks.apps.helm.hooks import CRD, DEFINITIONS, stage_of, without_hook
from kure_hooks.apps.helm.program import INSTALLATION, Helm, Options
from kure_hooks.apps.helm.release import name_of
from kure_hooks.apps.helm.rendering import Rendered, RenderError, Request, rendered
from kure_hooks.apps.helm.source import ARCHIVES
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.apps.helm.values import values_of
from kure_hooks.apps.metadata import finish, in_namespace, with_annotations, with_labels
from kure_hooks.config.validate import Validate
from kure_hooks.errors import InputError, ToolError
from kure_hooks.files.recorder import root_of
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.manifests import Kind, Manifest, kind_of, mapping_at, text_at
from kure_hooks.process import absence
from kure_hooks.repository.root import checkouts
from kure_hooks.stack.interface import MAIN, Product, Stage
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import dump
from kure_hooks.yamlio.place import Problem

_LACKING = re.compile(r"missing in charts/ directory: ([^\n]*)")
_ERROR = re.compile(r"\bError: (?:execution error at )?([^\n]*)")
_ENDED = re.compile(r"\b(did not end within .*|wrote more than .*)", re.DOTALL)
_PANIC = re.compile(r"\bfailed with exit code 2\b|\bwas killed by signal\b")
_CALL = "error calling include: "

_HEARD = frozenset(
    {"chart", "render", "capabilities", "values_file", "values_files", "values", "release"}
)
_HEARD_OF_RELEASE = frozenset({"name", "target_namespace", "crds", "disable_hooks"})
_HEARD_OF_CHART = frozenset({"path", "name", "version"})


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what a rendered chart has no use for: there is no release, and no source of it."""
    parts: Sequence[tuple[tuple[str, ...], Any, frozenset[str]]] = (
        ((), spec, _HEARD),
        (("release",), spec.release, _HEARD_OF_RELEASE),
        (("chart",), spec.chart, _HEARD_OF_CHART),
    )
    for pointer, part, heard in parts:
        usual = type(part)()
        for field in structs.fields(part):
            if field.name not in heard and getattr(part, field.name) != getattr(usual, field.name):
                key = ".".join((*pointer, field.encode_name))
                problem = f"{key} has no effect on a chart that is rendered"
                yield (*pointer, field.encode_name), problem, f"Delete {key}, or delete render."


def product(application: Application, tree: Tree) -> Product:
    """Return the objects of a rendered chart in the order of their stages.

    Raises InputError for a chart or values that can't be used, and where there is no helm.
    """
    chart = chart_of(application, tree)
    place = application.key("spec", "render")
    try:
        objects = rendered(_request(application, chart, tree))
    except RenderError as error:
        findings = [
            place.fault(f"the chart {chart.path} {problem}", expected, rule="AP006")
            for problem, expected in error.problems
        ]
        raise InputError(findings) from error
    except ToolError as error:
        raise InputError([_failure(application, chart, error)]) from error
    staged = sorted(_staged(objects), key=_stage)
    outside = _outside(objects)
    spec: Spec = application.spec
    namespace = spec.release.target_namespace or application.namespace
    manifests = finish(
        [_in_namespace(manifest, namespace, outside) for _, manifest in staged],
        with_labels(application.labels),
        with_annotations(application.annotations),
    )
    stages = [stage for stage, _ in staged]
    return Product(manifests, stages=stages if set(stages) - {MAIN} else ())


def _request(application: Application, chart: ChartFiles, tree: Tree) -> Request:
    """Return what helm is asked for; InputError for values and where there is no helm."""
    spec: Spec = application.spec
    around = checkouts(root_of(tree))
    helm = Helm.found(around)
    if helm is None:
        problem = f"the chart {chart.path} is rendered by Helm, which {absence('helm')}"
        expected = f"Install Helm 3.16 or later ({INSTALLATION}), or delete render."
        fault = application.key("spec", "render").fault(problem, expected, rule="AP007")
        raise InputError([fault])
    own, usual = spec.capabilities, application.capabilities
    values = [file.data for file in values_of(application, tree)]
    return Request(
        files=tuple(sorted(chart.files.items())),
        values=(*values, dump(spec.values).encode()),
        options=Options(
            release=name_of(application),
            namespace=spec.release.target_namespace or application.namespace or "default",
            kube_version=own.kube_version or usual.kube_version or Validate().kubernetes,
            api_versions=own.api_versions or usual.api_versions,
            crds=spec.release.crds != "Skip",
            hooks=not spec.release.disable_hooks,
        ),
        helm=helm,
    )


def _failure(application: Application, chart: ChartFiles, error: ToolError) -> Finding:
    """Return the finding about a chart that helm does not render."""
    text = str(error)
    if match := _LACKING.search(text):
        problem = f"the chart {chart.path} depends on {match[1]}, which its charts/ lacks"
        expected = f"Run helm dependency build {chart.path}, and commit its charts/."
        if chart.path.endswith(ARCHIVES):
            expected = "Run helm dependency build in the chart, and package it again."
        return application.key("spec", "chart").fault(problem, expected, rule="AP006")
    problem = f"Helm can't render the chart {chart.path}: {_reason(text)}"
    expected = "Correct the chart, or set the values that it needs."
    return application.key("spec", "render").fault(problem, expected, rule="AP006")


def _reason(text: str) -> str:
    """Return why helm failed, without its command and its stack of calls."""
    if match := _ERROR.search(text):
        return match[1]
    if match := _ENDED.search(text):
        return f"it {match[1]}"
    if _PANIC.search(text):
        return "it ended without a word of its own, as it does when it needs more than 2 GiB"
    *_, innermost = text.split(_CALL)
    return innermost.partition("\n")[0] if _CALL in text else text


def _staged(objects: Sequence[Rendered]) -> Iterator[tuple[Stage, Manifest]]:
    """Yield objects, each with its stage.

    CRDs are first, in a stage of their own where others come before the application.
    """
    stages = [(stage_of(item.manifest), item.manifest) for item in objects]
    is_first = any(stage and stage != DEFINITIONS and stage < MAIN for stage, _ in stages)
    for stage, manifest in stages:
        if stage == DEFINITIONS:
            yield (DEFINITIONS if is_first else MAIN), without_hook(manifest)
        elif stage:
            yield stage, manifest


def _stage(staged: tuple[Stage, Manifest]) -> Stage:
    return staged[0]


def _in_namespace(manifest: Manifest, namespace: str, outside: AbstractSet[Kind]) -> Manifest:
    """Return an object in the namespace of the release, unless its CRD says that it has none."""
    if kind_of(manifest) in outside:
        return manifest
    (moved,) = finish([manifest], in_namespace(namespace))
    return moved


def _outside(objects: Sequence[Rendered]) -> AbstractSet[Kind]:
    """Return the kinds that the chart's own CRDs define outside of namespaces."""
    specs = [mapping_at(item.manifest, "spec") for item in objects if kind_of(item.manifest) == CRD]
    return {
        (text_at(spec, "group"), text_at(spec, "names", "kind"))
        for spec in specs
        if text_at(spec, "scope") == "Cluster"
    }
