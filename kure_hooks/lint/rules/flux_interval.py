"""FX008: intervals that load the cluster, or contradict each other."""

import re
from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX
from kure_hooks.manifests import kind_of, text_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Interval that is too short, or contradicts another",
    WARNING,
    "Below a minute controllers spend their time on what did not change, and hosts of repositories "
    "limit the requests; lint.shortestInterval of the settings sets another limit. A retryInterval "
    "above the interval never counts, and with a timeout above it one reconciliation can take "
    "longer than the next is away.",
    "Use minutes, with a webhook for quick changes; keep retryInterval and timeout below the "
    "interval.",
    FLUX,
    wrong="""\
spec:
  interval: 10s
""",
    right="""\
spec:
  interval: 10m
  retryInterval: 1m
  timeout: 5m
""",
    incidents=(
        "https://github.com/fluxcd/website/issues/1558",
        "https://github.com/fluxcd/flux2/issues/2579",
    ),
)

_PART = re.compile(r"(?<![0-9])([0-9]++(?:\.[0-9]++)?+)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_GROUPS = (
    "source.toolkit.fluxcd.io",
    "kustomize.toolkit.fluxcd.io",
    "helm.toolkit.fluxcd.io",
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield intervals that are too short, and what is longer than the interval."""
    for _, resource in cluster.resources():
        if kind_of(resource.manifest)[0] in _GROUPS:
            yield from _problems(resource, cluster.declared.shortest_interval)


def _problems(resource: Resource, shortest: str) -> Iterator[Finding]:
    written = text_at(resource.manifest, "spec", "interval")
    interval = _seconds(written)
    if interval is None:
        return
    if interval < (_seconds(shortest) or 0):
        problem = f"the interval {written} is shorter than {shortest}"
        yield _finding(resource, "interval", problem, f"Write {shortest} or more.")
    for field in ("retryInterval", "timeout"):
        text = text_at(resource.manifest, "spec", field)
        if (_seconds(text) or 0) > interval:
            problem = f"the {field} {text} is longer than the interval {written}"
            yield _finding(resource, field, problem, "Write less than the interval.")


def _finding(resource: Resource, field: str, problem: str, expected: str) -> Finding:
    return resource.finding(("spec", field), problem, expected, "FX008", Severity.WARNING)


def _seconds(duration: str) -> float | None:
    """Return the length of a duration, None for a text that is none."""
    parts = _PART.findall(duration)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != duration:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
