"""Changes that can hurt a running cluster, by the kinds and fields that they touch."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kure_hooks.drift.keyed import keyed
from kure_hooks.drift.paths import FieldPath
from kure_hooks.drift.result import Risk
from kure_hooks.manifests import CLAIM, Manifest
from kure_hooks.objects.immutable import IMMUTABLE

# Some of them are the API server's to choose, which makes a change a risk and not an error.
_ASSIGNED = {"Service": ("spec.clusterIP", "spec.clusterIPs")}
_IMMUTABLE: Mapping[str, tuple[str, ...]] = _ASSIGNED | {
    kind: tuple(field.path for field in fields) for (_, kind), fields in IMMUTABLE.items()
}
# Objects of many kinds stop doing anything by it: CronJobs, and those of GitOps tools.
_SUSPEND = "spec.suspend"

Switches = Callable[[Manifest, FieldPath, FieldPath], Risk | None]
"""See Controllers.switches."""


def of_field(
    manifest: Manifest, path: FieldPath, old: Any, new: Any, switches: Switches
) -> tuple[Risk, ...]:
    """Return the risks of changing a field from one value to another; None is no value."""
    immutable = _IMMUTABLE.get(str(manifest.get("kind")), ())
    before, after = (dict(_below(path, keyed(value))) for value in (old, new))
    touched = before.keys() | after.keys()
    names = {
        ".".join(map(str, steps))
        for steps in touched
        if not _is_claim_type(steps, before.get(steps), after.get(steps))
    }
    found = {risk for steps in touched if (risk := switches(manifest, steps, path))}
    if any(f"{name}.".startswith(f"{of}.") for of in immutable for name in names):
        found.add(Risk.IMMUTABLE)
    if _SUSPEND in names:
        found.add(Risk.SUSPEND)
    if any(
        _is_zero(after.get(steps)) and not _is_zero(before.get(steps))
        for steps in touched
        if _scales(steps)
    ):
        found.add(Risk.ZERO)
    return tuple(risk for risk in Risk if risk in found)


def _is_claim_type(steps: FieldPath, *values: Any) -> bool:
    """Tell whether a field is a key of a claim template with the API server's default."""
    if steps[:2] != ("spec", "volumeClaimTemplates") or len(steps) != len(("", "", "claim", "key")):
        return False
    given = CLAIM.get(str(steps[-1]))
    return given is not None and all(value in (None, given) for value in values)


def _is_zero(value: Any) -> bool:
    return value == 0 and not isinstance(value, bool)


def _scales(steps: FieldPath) -> bool:
    """Tell whether a field is a number of replicas, of a workload or in a kustomization."""
    if steps in (("spec", "replicas"), ("spec", "minReplicas")):
        return True
    return "kustomize" in steps and steps[-3::2] == ("replicas", "count")


def _below(path: FieldPath, value: Any) -> Iterator[tuple[FieldPath, Any]]:
    """Yield path and value of a field and of every field below it."""
    yield path, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _below((*path, key), each)
