"""Compares payloads with what the real kustomize builds."""

import subprocess
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from kure_hooks.gitops.payload import Payload, Way
from kure_hooks.kustomize.build import OFFLINE
from kure_hooks.manifests import canonical
from kure_hooks.yamlio import kustomize, read
from tests.support.tools import tool

RESTRICTIONS = {Way.FLUX: "LoadRestrictionsNone", Way.KUSTOMIZE: "LoadRestrictionsRootOnly"}


class Comparison(Enum):
    """How a payload and a build of the program go together."""

    EQUAL = "the same objects"
    BOTH_FAIL = "faults, and kustomize fails"
    PARTLY = "unknown, and each object is one of kustomize's"
    UNKNOWN_FAILURE = "unknown, and kustomize fails"
    WRONG = "other objects than kustomize's"
    MISSING = "fewer objects than kustomize's, and nothing is unknown"
    FALSE_FAULT = "faults, and kustomize builds it"
    MISSED_FAULT = "no fault, and kustomize fails"


_RIGHT = ("EQUAL", "BOTH_FAIL", "PARTLY", "UNKNOWN_FAILURE")


@dataclass(frozen=True)
class Result:
    """A comparison, with what shows it."""

    kind: Comparison
    detail: str = ""

    @property
    def is_right(self) -> bool:
        """Tell whether the payload says nothing wrong."""
        return self.kind.name in _RIGHT


def build(directory: Path, way: Way) -> list[object] | str:
    """Return the objects that kustomize builds, or what it complains about; without a network."""
    done = subprocess.run(
        [tool("kustomize"), "build", "--load-restrictor", RESTRICTIONS[way], directory],
        capture_output=True,
        check=False,
        env={**OFFLINE, "PATH": "", "HOME": "/nonexistent"},
    )
    if done.returncode:
        return done.stderr.decode()
    return [each.value for each in read(done.stdout, "built.yaml", kustomize, most=64 << 20)]


def compare(root: Path, payload: Payload) -> Result:
    """Compare a payload with the build of its directory."""
    built = build(root / payload.directory, payload.way)
    if isinstance(built, str):
        if payload.faults:
            return Result(Comparison.BOTH_FAIL)
        kind = Comparison.UNKNOWN_FAILURE if payload.unknown else Comparison.MISSED_FAULT
        return Result(kind, built)
    if payload.faults:
        return Result(Comparison.FALSE_FAULT, "\n".join(map(str, payload.faults)))
    ours = Counter(canonical(resource.manifest) for resource in payload.resources)
    theirs = Counter(map(canonical, built))
    if wrong := ours - theirs:
        missing = "\n".join(theirs - ours)
        return Result(Comparison.WRONG, f"{chr(10).join(wrong)}\n--- kustomize:\n{missing}")
    if ours == theirs and not payload.unknown:
        return Result(Comparison.EQUAL)
    kind = Comparison.PARTLY if payload.unknown else Comparison.MISSING
    return Result(kind, "\n".join((*payload.unknown, *(theirs - ours))))
