"""Linting a repository: faults of what the controllers of Flux CD and Argo CD would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from kure_hooks import config, stages
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.paths import is_below
from kure_hooks.findings import Finding, Severity, Skipped
from kure_hooks.lint import baseline
from kure_hooks.lint.catalogue import Check, installed
from kure_hooks.lint.rules import MODULES
from kure_hooks.lint.running import Run
from kure_hooks.lint.selection import Selection
from kure_hooks.operations import reading
from kure_hooks.operations.base import at_base, new_findings
from kure_hooks.operations.baselines import BaselineFile, baseline_file
from kure_hooks.operations.selectors import refuse_taken, refuse_unknown
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Failure, Outcome
from kure_hooks.rules import linting

if TYPE_CHECKING:  # few repositories have no stack
    from kure_hooks.operations.fleet import Fleet

_NOTHING = Failure(
    UsageError.exit_code,
    "no object of Flux CD or Argo CD was found, so there is nothing to lint. Name another "
    "repository with --root.",
)


@dataclass(frozen=True)
class Choice:
    """The findings to report.

    `paths` are the files and directories that they are about, none for all; the whole repository
    is read anyway. `select` goes before the settings' choice of rules, and `ignore` is added to
    what they leave out. `maps` gives the directories of other repositories by their URLs.
    `baseline` is a file with known findings, which `writes` says to write, and `changed` a revision
    whose findings are left out; empty for none.
    """

    paths: Sequence[str] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    maps: Mapping[str, Path] = field(default_factory=dict)
    baseline: Path | None = None
    writes: bool = False
    changed: str = ""


@dataclass(frozen=True)
class Linted:
    """The findings in the chosen files, and what was looked at for them.

    `advice` are the warnings of the stacks for whoever starts the clusters.
    """

    run: Run
    paths: Sequence[str]
    advice: Sequence[Finding] = ()

    @property
    def findings(self) -> list[Finding]:
        """The findings in the chosen files and directories; no path chooses all."""
        findings = sorted([*self.run.findings, *filter(self.run.selection.allows, self.advice)])
        return [finding for finding in findings if self.has(finding.at.path)]

    @property
    def objects(self) -> int:
        """The number of objects that come to all clusters."""
        clusters = self.run.repository.clusters
        return len({id(item) for cluster in clusters for _, item in cluster.resources()})

    def has(self, path: str) -> bool:
        """Tell whether findings in a file are reported."""
        return not self.paths or any(is_below(path, above) for above in self.paths)

    def judges(self, entry: baseline.Entry) -> bool:
        """Tell whether a finding of a baseline would be among those of this run."""
        return entry.rule in self.run.rules and self.has(entry.file)


def lint(workspace: Workspace, choice: Choice) -> Outcome:
    """Return what the rules find in what the stacks generate and all that is beside it.

    The outcome is a failure where there is no GitOps object at all. Raises UsageError for a path
    that is not there, and InputError for faulty stacks and settings.
    """
    file = baseline_file(workspace, choice.baseline)
    if choice.writes and file is None:
        raise UsageError("--write-baseline needs a file. Name it with --baseline FILE.")
    linted = _linted(workspace, choice)
    findings, known = linted.findings, 0
    before = _before(workspace, choice) if choice.changed else None
    if isinstance(before, Linted):
        findings, known = new_findings(before.findings, findings), len(findings)
        known -= len(findings)
        changes = linted.run.changes(before.run.repository)
        findings = sorted([*findings, *(item for item in changes if linted.has(item.at.path))])
    findings = sorted([*findings, *_idle(workspace, linted)])
    if file and choice.writes:
        return _recorded(linted, file, findings)
    if file:
        entries = file.known()
        if entries is None:
            raise UsageError(
                f"the baseline {file.name} is not there. Write it with --write-baseline, or name "
                "none."
            )
        findings, recorded = entries.split(findings, linted.judges)
        known += len(recorded)
    return Outcome(
        command="lint",
        findings=tuple(findings),
        checked=linted.objects,
        known=known,
        skipped=(
            *linted.run.skipped,
            *reading.unused(linted.run.repository, choice.maps),
            *([before] if isinstance(before, Skipped) else ()),
        ),
        failure=None if _is_something(linted) else _NOTHING,
    )


def _is_something(linted: Linted) -> bool:
    repository = linted.run.repository
    return bool(linted.objects or repository.unreached or linted.run.findings)


def _linted(workspace: Workspace, choice: Choice) -> Linted:
    paths = _paths(workspace, choice.paths)
    selection = _selection(workspace, choice)
    packages = installed()
    known = [*MODULES, *linting.RULES, *(check.name for check in packages)]
    refuse_taken(workspace, known)
    known += [policy.id for policy in workspace.settings.policies]
    refuse_unknown(workspace, (*choice.select, *choice.ignore), known)
    others = [*packages, *_policies(workspace, selection)]
    generated = _generated(workspace)
    repository = reading.repository(workspace, choice.maps, generated)
    stages.enter("checking the rules")
    advice = generated.advice if generated else ()
    chosen = tuple(finding for finding in advice if selection.has(finding.rule))
    return Linted(Run(repository, selection, others, known), paths, chosen)


def _policies(workspace: Workspace, selection: Selection) -> list[Check]:
    """Return the policies of the settings; raises InputError for those that do not compile."""
    policies = workspace.settings.policies
    if not policies:
        return []
    from kure_hooks.lint.policies import checks  # noqa: PLC0415 - few repositories have any

    found, faults = checks(policies, selection.has)
    place = config.place_of(workspace.tree, workspace.config) if faults else None
    if place:
        from kure_hooks.operations.policies import fault_of  # noqa: PLC0415 - only for faults

        raise InputError(fault_of(place, fault) for fault in faults)
    return found


def _idle(workspace: Workspace, linted: Linted) -> list[Finding]:
    """Return an info for each chosen policy that looks at nothing in the repository."""
    selection, policies = linted.run.selection, workspace.settings.policies
    chosen = [index for index, policy in enumerate(policies) if selection.has(policy.id)]
    place = config.place_of(workspace.tree, workspace.config) if chosen else None
    if place is None or not selection.has("LI005"):
        return []
    from kure_hooks.lint.policies import idle  # noqa: PLC0415 - few repositories have any

    unused = idle([policies[index] for index in chosen], linted.run.repository)
    findings = [
        place.below("policies", chosen[index]).fault(
            f"the policy {policies[chosen[index]].id} looks at no object of this repository",
            "Correct its match, or delete it.",
            Severity.INFO,
            rule="LI005",
        )
        for index in unused
    ]
    return [
        structs.replace(item, severity=selection.weight(item, item.severity))
        for item in findings
        if selection.allows(item) and linted.has(item.at.path)
    ]


def _before(workspace: Workspace, choice: Choice) -> Linted | Skipped:
    """Return what the same rules find in another revision, which may have other stacks."""
    ours = workspace.settings

    def lint_base(past: Workspace) -> Linted:
        settings = structs.replace(past.settings, lint=ours.lint, policies=ours.policies)
        return _linted(structs.replace(past, settings=settings), replace(choice, paths=()))

    return at_base(workspace, choice.changed, lint_base)


def _recorded(linted: Linted, file: BaselineFile, findings: Sequence[Finding]) -> Outcome:
    """Write the baseline; entries that this run could not find again stay in it."""
    file.write(findings, lambda entry: not linted.judges(entry))
    recorded = [finding for finding in findings if finding.severity is not Severity.INFO]
    return Outcome(command="lint", checked=linted.objects, known=len(recorded))


def _paths(workspace: Workspace, given: Sequence[str]) -> list[str]:
    paths = workspace.named(given)
    for path in paths:
        if not workspace.tree.paths(path):
            raise UsageError(f"{path or 'the repository'} has no file. Name one that is there.")
    return paths


def _selection(workspace: Workspace, choice: Choice) -> Selection:
    settings = workspace.settings.lint
    return Selection(
        select=choice.select or settings.select,
        ignore=(*settings.ignore, *choice.ignore),
        paths=settings.paths,
        severity=settings.severity,
    )


def _generated(workspace: Workspace) -> "Fleet | None":
    """Return what the stacks generate, None where there is no stack."""
    from kure_hooks.operations import fleet  # noqa: PLC0415 - few repositories have no stack

    if not fleet.find(workspace.tree, workspace.settings):
        return None
    from kure_hooks.operations.check import generate  # noqa: PLC0415

    return generate(workspace, ())
