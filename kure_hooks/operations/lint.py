"""Linting a repository: faults of what the controllers of Flux CD and Argo CD would do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kure_hooks import stages
from kure_hooks.errors import ToolError, UsageError
from kure_hooks.files.mark import marked_content
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.declared import Declared
from kure_hooks.gitops.repository import Repository
from kure_hooks.lint.running import run
from kure_hooks.lint.selection import Selection
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Failure, Outcome

_NOTHING = Failure(
    ToolError.exit_code,
    "no object of Flux CD or Argo CD was found, so there is nothing to lint. Name another "
    "repository with --root.",
)


@dataclass(frozen=True)
class Choice:
    """The findings to report.

    `paths` are the files and directories that they are about, none for all; the whole repository
    is read anyway. `select` goes before the settings' choice of rules, and `ignore` is added to
    what they leave out. `maps` gives the directories of other repositories by their URLs.
    """

    paths: Sequence[str] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    maps: Mapping[str, Path] = field(default_factory=dict)


def lint(workspace: Workspace, choice: Choice) -> Outcome:
    """Return what the rules find in what the stacks generate and all that is beside it.

    The outcome is a failure where there is no GitOps object at all. Raises UsageError for a path
    that is not there, and InputError for faulty stacks and settings.
    """
    paths = _paths(workspace, choice.paths)
    repository = _repository(workspace, choice.maps)
    stages.enter("checking the rules")
    findings = run(repository, _selection(workspace, choice))
    objects = {id(item) for cluster in repository.clusters for _, item in cluster.resources()}
    return Outcome(
        command="lint",
        findings=tuple(_about(findings, paths)),
        checked=len(objects),
        failure=None if objects or findings or repository.unreached else _NOTHING,
    )


def _paths(workspace: Workspace, given: Sequence[str]) -> list[str]:
    paths = workspace.named(given)
    for path in paths:
        if not workspace.tree.paths(path):
            raise UsageError(f"{path or 'the repository'} has no file. Name one that is there.")
    return paths


def _about(findings: Iterable[Finding], paths: Sequence[str]) -> list[Finding]:
    """Return the findings in the chosen files and directories; no path chooses all."""
    return [
        finding
        for finding in findings
        if not paths or any(is_below(finding.at.path, path) for path in paths)
    ]


def _selection(workspace: Workspace, choice: Choice) -> Selection:
    settings = workspace.settings.lint
    return Selection(
        select=choice.select or settings.select,
        ignore=(*settings.ignore, *choice.ignore),
        paths=settings.paths,
        severity=settings.severity,
    )


def _repository(workspace: Workspace, maps: Mapping[str, Path]) -> Repository:
    tree = _tree(workspace)
    stages.enter("reading the repository")
    repository = read_repository(tree, origin=workspace.origin, maps=maps)
    settings = workspace.settings.lint
    repository.declared = Declared(settings.preinstalled, settings.external)
    for cluster in repository.clusters:
        cluster.declared = repository.declared
    return repository


def _tree(workspace: Workspace) -> Tree:
    """Return the tree as it is after `generate`: the same where there is no stack."""
    from kure_hooks.operations import fleet  # noqa: PLC0415 - few repositories have no stack

    tree = workspace.tree
    if not fleet.find(tree, workspace.settings):
        return tree
    from kure_hooks.operations.check import generate  # noqa: PLC0415

    generated = generate(workspace, ())
    present = (path for directory in generated.directories for path in tree.paths(directory))
    others = (path for path in present if path not in generated.files)
    gone = frozenset(path for path in others if marked_content(tree, path))
    return OverlaidTree(generated.files, tree, gone)
