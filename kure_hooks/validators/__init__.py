"""Validators: programs and rules that judge manifests by their schemas."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, cast

from msgspec import Struct, field

from kure_hooks.config.validate import KUBERNETES
from kure_hooks.errors import UsageError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Skipped
from kure_hooks.objects.written import Source

Unknown = Literal["error", "warn", "skip"]

_VERSION = re.compile(KUBERNETES)


def full_version(version: str) -> str:
    """Return a Kubernetes version with its patch number, 0 if none is given; or UsageError."""
    if _VERSION.fullmatch(version) is None:
        raise UsageError(f"{version!r} is no Kubernetes version. Write one such as 1.34 or 1.34.2.")
    return version if version.count(".") > 1 else f"{version}.0"


class Job(Struct, frozen=True):
    """The objects to validate, and the schemas for them.

    `files` are those of a tree, by their repository-relative names; of those in `scanned`, which
    nobody has named one by one, documents that are no objects are left out. `kubernetes` is a
    version such as 1.34 or 1.34.2. `schemas` are files of CRDs, and directories of CRDs and of JSON
    Schemas in the naming of the CRDs-catalog, `<group>/<kind in lower case>_<version>.json`, that
    whoever runs the command trusts to judge everything. `locations` are those of the repository's
    settings; they are read from `tree` and judge custom resources only, see validators.schemas.
    `checkouts` are the directories that no program is taken from. `unknown` says what comes of
    custom resources without a schema. `built` are objects that kustomize has built of
    other files. `origin` returns the URL that the repository has at its host, empty where nobody
    knows it.
    """

    files: Mapping[str, bytes]
    kubernetes: str
    schemas: tuple[Path, ...] = ()
    tree: Tree | None = None
    locations: tuple[str, ...] = ()
    checkouts: tuple[Path, ...] = ()
    unknown: Unknown = "warn"
    scanned: frozenset[str] = frozenset()
    built: tuple[Source, ...] = ()
    origin: Callable[[], str] = str


class Verdict(Struct, frozen=True):
    """Sorted findings and skips, and how many objects were judged, valid or not.

    `judges` says by which schemas how many of them were judged.
    """

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    checked: int
    judges: Mapping[str, int] = field(default_factory=dict)


class Built(Struct, frozen=True):
    """The objects of builds.

    `taken` are the files whose objects are among them, or that are no objects of their own, and
    `directories` those that need no build of their own any more.
    """

    sources: tuple[Source, ...] = ()
    taken: frozenset[str] = frozenset()
    directories: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def __add__(self, other: "Built") -> "Built":
        """Return the objects of all builds."""
        return Built(
            (*self.sources, *other.sources),
            self.taken | other.taken,
            self.directories | other.directories,
            (*self.findings, *other.findings),
            (*self.skipped, *other.skipped),
        )


class Validator(Protocol):
    """Judges manifests by their schemas."""

    name: str

    def validate(self, job: Job) -> Verdict:
        """Return the verdict on all files of a job.

        Raises UsageError for a version that is none and ToolError when the judging itself failed.
        """
        ...


VALIDATORS = {"embedded": "Embedded", "kubeconform": "Kubeconform"}
"""The class of each validator by name, the default first; the module has the same name."""


def validator(name: str) -> Validator:
    """Return the validator of a name; only its own modules are loaded."""
    module = import_module(f"{__name__}.{name}")
    return cast("Validator", getattr(module, VALIDATORS[name])())
