"""What a validator is given and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kure_hooks.findings import Finding, Skipped


@dataclass(frozen=True, slots=True)
class Job:
    """What to validate, and against which schemas.

    `files` maps a repository-relative name to the absolute path of a real file. `kubernetes` is a
    version such as 1.34 or 1.34.2. `schemas` are directories in the naming of the CRDs-catalog:
    `<group>/<kind in lower case>_<version>.json`.
    """

    files: Mapping[str, Path]
    kubernetes: str
    schemas: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Sorted findings and skips, and how many objects were judged, valid or not."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    checked: int


class Validator(Protocol):
    """Judges manifests by their schemas."""

    name: str

    def validate(self, job: Job) -> Verdict:
        """Return the verdict on all files of a job.

        Raises UsageError for a version that is none and ToolError when the judging itself failed.
        """
        ...
