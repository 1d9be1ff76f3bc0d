"""The report for programs; every other format can be made from it."""

import json
from dataclasses import asdict

from kure_hooks.outcome import Outcome
from kure_hooks.reports.interface import Style

SCHEMA_VERSION = 1


def render(outcome: Outcome, style: Style) -> str:
    """Return the outcome as one JSON object; `schemaVersion` grows when a key changes meaning."""
    del style  # nothing in JSON depends on who looks at it
    report = {
        "schemaVersion": SCHEMA_VERSION,
        "command": outcome.command,
        "summary": {
            "files": outcome.files,
            "clusters": outcome.directories,
            "checked": outcome.checked,
            "drifted": len(outcome.drift),
            "findings": len(outcome.findings),
            "written": len(outcome.written),
            "removed": len(outcome.removed),
        },
        "drift": [asdict(change) for change in outcome.drift],
        "findings": [asdict(finding) for finding in outcome.findings],
        "skipped": [asdict(skipped) for skipped in outcome.skipped],
        "written": outcome.written,
        "removed": outcome.removed,
        "fix": outcome.fix,
    }
    return json.dumps(report, indent=2) + "\n"
