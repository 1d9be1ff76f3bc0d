"""Validating manifests against their schemas."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kure_hooks import stages
from kure_hooks.errors import ToolError, UsageError
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.operations.check import produce
from kure_hooks.operations.data import data
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Failure, Outcome
from kure_hooks.repository import checkouts
from kure_hooks.validators import VALIDATORS
from kure_hooks.validators.interface import Job
from kure_hooks.validators.objects import ENDINGS

_NOTHING = Failure(
    ToolError.exit_code,
    "no object was validated. Name files that hold Kubernetes objects, and have schemas for their "
    "kinds.",
)


def validate(
    workspace: Workspace, paths: Sequence[str] = (), schemas: Sequence[Path] = ()
) -> Outcome:
    """Validate the given files and directories, or what all stacks generate when none is given.

    `schemas` are directories that go before all other schemas. The outcome is a failure where no
    object was validated at all. Raises UsageError and ToolError as validators do.
    """
    for directory in schemas:
        if "{{" in str(directory) or not directory.is_dir():
            raise UsageError(f"--schemas {directory} is no directory")
    files = _given(workspace, paths) if paths else produce(workspace, ()).files
    stages.enter("validating the manifests")
    settings = workspace.settings.validate
    job = Job(
        files=_manifests(files),
        kubernetes=settings.kubernetes,
        schemas=tuple(directory.absolute() for directory in schemas),
        tree=workspace.tree,
        locations=settings.schema_locations,
        checkouts=checkouts(workspace.root),
    )
    verdict = VALIDATORS["kubeconform"].validate(job)
    return Outcome(
        command="validate",
        findings=verdict.findings,
        skipped=verdict.skipped,
        checked=verdict.checked,
        schemas=dict(verdict.judges),
        failure=None if verdict.checked or verdict.findings else _NOTHING,
    )


def _given(workspace: Workspace, paths: Sequence[str]) -> Mapping[str, bytes]:
    found = {path: list(workspace.tree.paths(path)) for path in workspace.named(paths)}
    for path, files in found.items():
        if not files:
            raise UsageError(f"{path} is not there")
    names = {file for files in found.values() for file in files if file.endswith(ENDINGS)}
    return {name: workspace.tree.read(name, MAX_LARGE) for name in sorted(names)}


def _manifests(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the files that hold Kubernetes objects; kustomization files and data hold none."""
    without = data(files)
    return {
        path: content
        for path, content in files.items()
        if path.endswith(ENDINGS) and base_name(path) not in BUILD_FILES and path not in without
    }
