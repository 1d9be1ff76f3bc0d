"""The values of Helm releases, validated as Helm 3 does where the chart is in the repository."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import structs

from kure_hooks.errors import InputError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Skipped
from kure_hooks.manifests import depth
from kure_hooks.objects.written import Object
from kure_hooks.validators.charts.releases import Layer, Release, Releases
from kure_hooks.validators.complaints import Complaint
from kure_hooks.validators.errors import complaints
from kure_hooks.yamlio import Pointer

RULE = "VA020"

_BY = "{} (by {})"
# What is true of a value whatever other values there are.
_CERTAIN = frozenset(
    (
        *("type", "enum", "const", "pattern", "additionalProperties", "multipleOf", "uniqueItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "minItems", "maxItems"),
    )
)
_CONDITIONS = frozenset(("anyOf", "oneOf", "not", "if", "then", "else", "dependencies"))


def value_faults(
    objects: Sequence[Object], tree: Tree, origin: Callable[[], str] = str
) -> tuple[list[Finding], list[Skipped]]:
    """Return what is wrong with the values of releases, and the schemas that can't be used.

    `origin` returns the URL that the repository has at its host, empty where nobody knows it.
    """
    findings: list[Finding] = []
    skipped: set[Skipped] = set()
    releases = Releases(tree, objects, origin)
    for release in releases.all():
        try:
            findings += _faults(release)
        except (InputError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            words = f"the values of releases are not validated by it: {reason}"
            skipped.add(Skipped(release.chart.schema_path, words))
    for problem in releases.problems:
        skipped.add(Skipped(problem.path, f"the chart is not looked at: it {problem.reason}"))
    return findings, sorted(skipped)


def _faults(release: Release) -> Iterator[Finding]:
    given: dict[str, Any] = {}
    for layer in release.layers:
        given = merged(given, layer.values)
    values = coalesced(given, release.chart.values)
    for error in release.chart.validator.iter_errors(values):
        if not release.unknown or _is_certain(error):
            for complaint in complaints([error], release.chart.schema):
                if not release.unknown or _is_over_all(release, complaint.steps):
                    yield _finding(release, complaint)


def _is_certain(error: Any) -> bool:
    return error.kind.name in _CERTAIN and _CONDITIONS.isdisjoint(map(str, error.schema_path))


def _is_over_all(release: Release, steps: Pointer) -> bool:
    """Tell whether a value goes over those that nobody knows."""
    return any(_has(layer.values, steps) for layer in release.layers[release.unknown_below :])


def _finding(release: Release, complaint: Complaint) -> Finding:
    steps = complaint.steps
    problem = _BY.format(complaint.problem, release.chart.schema_path)
    pointer = (*release.values_at, *steps)
    finding = release.subject.finding(pointer, problem, complaint.expected, RULE)
    layer, known = _owner(release.layers, steps)
    if layer is None or layer.pointer == release.values_at:
        return finding
    return structs.replace(finding, at=layer.place(release.subject, known))


def _owner(layers: Sequence[Layer], steps: Pointer) -> tuple[Layer | None, Pointer]:
    """Return the topmost layer that has a value, or its nearest parent, and the way to that."""
    for count in range(len(steps), 0, -1):
        for layer in reversed(layers):
            if _has(layer.values, steps[:count]):
                return layer, steps
    return None, steps


def _has(values: Mapping[str, Any], steps: Pointer) -> bool:
    return depth(values, steps) == len(steps)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with others over them: mappings are merged, anything else is replaced."""
    values = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            values[key] = merged(below[key], above[key])
    return values


def coalesced(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with those of the chart below them, where null takes away a default."""
    result = {
        key: value for key, value in values.items() if value is not None or key not in defaults
    }
    for key, default in defaults.items():
        if key not in values:
            result[key] = default
        elif isinstance(default, dict) and isinstance(values[key], dict):
            result[key] = coalesced(values[key], default)
    return result
