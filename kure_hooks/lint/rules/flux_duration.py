"""FX007: a duration that the API server refuses."""

import re
from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.sources import SOURCE
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import FLUX
from kure_hooks.manifests import kind_of, value_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Duration that is refused",
    ERROR,
    "The CRDs of Flux take durations such as 1h30m or 90s: whole or decimal numbers, each with ms, "
    "s, m or h; the timeout of a source takes no hours. The API server refuses anything else, and "
    "with it everything that is applied together.",
    "Write a number with a unit, such as 10m.",
    FLUX,
    wrong="""\
spec:
  interval: 1d
""",
    right="""\
spec:
  interval: 24h
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/2217",
        "https://github.com/fluxcd/source-controller/issues/435",
        "https://github.com/fluxcd/source-controller/issues/903",
        "https://github.com/fluxcd/helm-controller/issues/556",
    ),
)

_DURATION = re.compile(r"\A(?:[0-9]++(?:\.[0-9]++)?+(?:ms|s|m|h))++")
_WITHOUT_HOURS = re.compile(r"\A(?:[0-9]++(?:\.[0-9]++)?+(?:ms|s|m))++")
_GROUPS = (SOURCE, "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io")
_FIELDS = ("interval", "retryInterval", "timeout")


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the durations of Flux's objects that their CRDs refuse."""
    for _, resource in cluster.resources():
        if kind_of(resource.manifest)[0] in _GROUPS:
            for field in _FIELDS:
                yield from _problems(resource, ("spec", field))


def _problems(resource: Resource, pointer: Pointer) -> Iterator[Finding]:
    value = value_at(resource.manifest, *pointer)
    is_source = kind_of(resource.manifest)[0] == SOURCE
    without_hours = is_source and pointer[-1] == "timeout"
    if value is None or (isinstance(value, str) and OPEN in value):
        return
    pattern = _WITHOUT_HOURS if without_hours else _DURATION
    if isinstance(value, str) and pattern.fullmatch(value):
        return
    if without_hours and isinstance(value, str) and _DURATION.fullmatch(value):
        problem = f"the timeout of a {resource.kind} has no hours, and {value} has"
        expected = "Write it in minutes, such as 60m."
    else:
        problem = f"{value} is no duration"
        expected = "Write a number with ms, s, m or h, such as 10m."
    yield resource.finding(pointer, problem, expected, "FX007")
