"""What a run found: the one value that every report shows."""

from dataclasses import dataclass

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Finding, Severity, Skipped


@dataclass(frozen=True)
class Outcome:
    """The result of a command.

    `drift` is what differs, `written` and `removed` what was done about it. `files` counts the
    generated files, `directories` the owned ones. `fix` is the command that mends the drift.
    """

    command: str
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    drift: tuple[FileChange, ...] = ()
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    files: int = 0
    directories: int = 0
    checked: int = 0
    fix: str = ""

    @property
    def exit_code(self) -> int:
        """0 when there is nothing to report, 1 for drift, changes or errors among the findings."""
        errors = any(finding.severity is Severity.ERROR for finding in self.findings)
        drift = self.drift
        if self.command == "generate":
            drift = tuple(each for each in drift if each.kind is not Kind.FOREIGN)
        return int(errors or bool(drift or self.written or self.removed))
