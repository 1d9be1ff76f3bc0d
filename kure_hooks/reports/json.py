"""The report for programs; every other format can be made from it."""

import json
from typing import Any

import msgspec

from kure_hooks.errors import UsageError
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style
from kure_hooks.reports.bounds import bounded
from kure_hooks.reports.model import Problems
from kure_hooks.reports.rollup import Rollup
from kure_hooks.safe_text import inert_json
from kure_hooks.stack.outline import Part

SCHEMA_VERSION = 1

# In bytes. So long a report is shown in each format within seconds, whatever it holds.
LARGEST = 12 << 20
# In bytes of JSON: with such texts, a report of our own is not too large to be read again.
_TEXTS = 8 << 20

# A stack file may be nested 64 levels deep, of which a part takes two at least.
_DEEPEST = 64


class Summary(msgspec.Struct, frozen=True, rename="camel"):
    """Counts, for those who need no more."""

    files: int
    """The number of generated files."""
    clusters: int
    """The number of clusters that were looked at."""
    checked: int
    """The number of objects that were validated."""
    drifted: int
    """The number of files that drifted."""
    findings: int
    """The number of findings."""
    written: int
    """The number of files that were written."""
    removed: int
    """The number of files that were removed."""
    exit_code: int
    """The exit code of the command."""
    risky: int = 0
    """The number of drifted files whose change is a risk to a running cluster."""


class Document(Outcome, frozen=True, rename="camel", kw_only=True):
    """The whole report; `schemaVersion` grows when a key changes its meaning."""

    schema_version: int
    """The version of this format. It grows when a key changes its meaning."""
    summary: Summary
    """Counts for readers who need no more."""
    rollup: Rollup | None = None
    """The images, replicas, risks and objects that change, and the changes that are the same in
    several clusters. Only a report with drift has it."""


def render(problems: Problems, style: Style) -> str:
    """Return the outcome, from which the problems can be made again, as one JSON object."""
    del style  # nothing in JSON depends on who looks at it
    outcome = bounded(problems.outcome, size=_TEXTS)
    summary = Summary(
        files=outcome.files,
        clusters=len(outcome.clusters),
        checked=outcome.checked,
        drifted=len(outcome.drift),
        findings=len(outcome.findings),
        written=len(outcome.written),
        removed=len(outcome.removed),
        exit_code=outcome.exit_code,
        risky=outcome.risky,
    )
    head = {"schemaVersion": SCHEMA_VERSION, "summary": msgspec.to_builtins(summary)}
    if outcome.drift:
        head["rollup"] = msgspec.to_builtins(problems.rollup)
    body = head | msgspec.to_builtins(outcome)
    if outcome.shard is None:
        del body["shard"]
    # Names of files need not be UTF-8: the standard library writes their odd bytes as escapes.
    return inert_json(json.dumps(body, indent=2)) + "\n"


def parse(data: bytes | str) -> Outcome:
    """Return the outcome that a report was made of; raises UsageError for anything else.

    The report has at most LARGEST bytes.
    """
    if len(data) > LARGEST:
        raise UsageError(
            f"the report is longer than {LARGEST} bytes. Let the command that wrote it write the "
            "format that you want as well: --output FORMAT=PATH."
        )
    try:
        report: Any = json.loads(data)
        document = msgspec.convert(report, Document)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise UsageError(
            f"this is no JSON report of kure-hooks: {error}. Give what --format json has written."
        ) from error
    if document.schema_version != SCHEMA_VERSION:
        raise UsageError(
            f"the report has schemaVersion {document.schema_version}, not {SCHEMA_VERSION}. "
            "Write it anew with this version of kure-hooks."
        )
    outcome = msgspec.convert(report, Outcome)
    if any(_depth(view.outline) > _DEEPEST for view in outcome.clusters if view.outline):
        raise UsageError(
            f"this is no JSON report of kure-hooks: over {_DEEPEST} parts in each other. Give what "
            "--format json has written."
        )
    return outcome


def _depth(outline: Part) -> int:
    """Return how many parts are inside each other, without recursion."""
    depth, level = 0, [outline]
    while level:
        depth, level = depth + 1, [part for each in level for part in each.parts]
    return depth


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    from kure_hooks.decoding.json_schema import components, document  # noqa: PLC0415 - seldom asked

    (schema,), definitions = components([Document])
    return document("report", "Report of kure-hooks", {**schema, "$defs": definitions})
