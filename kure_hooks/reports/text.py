"""The report for people: grouped by cluster, then by file; the summary is last."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from textwrap import wrap

from kure_hooks.drift.kinds import Color, Kind
from kure_hooks.drift.result import FieldChange, ObjectChange
from kure_hooks.findings import Severity
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style, remedies, spread, wording
from kure_hooks.reports.folds import Group
from kure_hooks.reports.model import Problems, RuleGroup
from kure_hooks.reports.problems import FileProblem
from kure_hooks.safe_text import inert, visible

# Codes of ANSI; there is no violet that can be told from red everywhere.
_CODES = {Color.RED: 31, Color.GREEN: 32, Color.AMBER: 33, Color.VIOLET: 33, Color.CYAN: 36}
_COLORS = {str(kind): _CODES[kind.facts.color] for kind in Kind} | {
    "wrote": _CODES[Color.GREEN],
    "adopted": _CODES[Color.AMBER],
    "!": _CODES[Color.RED],
}
# A kind begins a row; deeper in, the same word is one of a sentence, such as "removed by hand".
_COLORED = re.compile(rf"^(?: {{0,2}}| {{0,10}}(?=!))({'|'.join(_COLORS)})(?=\s)")
_wrap = partial(wrap, break_long_words=False, break_on_hyphens=False)
# So many findings with the same words are shown to readers who do not ask for all.
_MOST_EQUAL = 3
_KIND_WIDTH = max(len(kind) for kind in Kind)
_LEAST = 24
# So many lines of the difference inside a text, and facts of a chapter, are shown.
_TEXT_LINES = 12
# What a cut needs at least: the line of the file, of an object and of a field.
_WORTH_CUTTING = 3

_Block = Sequence[str]


def render(problems: Problems, style: Style) -> str:
    """Return the report; empty when there is nothing to say, unless the style asks for a summary.

    Warnings are told when files are written, or to a verbose reader: they don't change from run to
    run, and would stand in the way of the drift.
    """
    summary = list(_summary(problems, style))
    blocks = [
        *(_by_rule if problems.has_groups else _findings)(problems, style),
        *_writes(problems, style),
        *_rollup(problems, style),
        *_drift(problems, style),
    ]
    most = style.lines - len(summary) if style.lines else 0
    lines = [*_limited(blocks, most, style.whole), *summary]
    strong = {*summary, *map(_heading, problems.groups), *dict(problems.chapters)}
    strong |= {group.heading for group in problems.by_rule if problems.has_groups}
    shown = ((inert(visible(line)), line in strong) for line in lines)
    return "".join(
        f"{_painted(line, bold=bold) if style.color else line}\n" for line, bold in shown
    )


def _limited(blocks: Sequence[_Block], most: int, whole: str) -> Iterator[str]:
    """Yield the lines of the first blocks, at most so many, and how many blocks are left out.

    The command `whole` shows all of them.
    """
    if not most or sum(map(len, blocks)) <= most:
        yield from (line for block in blocks for line in block)
        return
    room = most - 1
    shown = 0
    while len(blocks[shown]) <= room:
        yield from blocks[shown]
        room -= len(blocks[shown])
        shown += 1
    if room > _WORTH_CUTTING:
        yield from blocks[shown][: room - 1]
        yield "        ..."
        shown += 1
    left = f"and {len(blocks) - shown} more; " if shown < len(blocks) else ""
    yield f"... {left}{whole} shows all"


def _findings(problems: Problems, style: Style) -> Iterator[_Block]:
    outcome = problems.outcome
    for problem in problems.findings:
        text = str(problem.finding).replace("\n", " ")
        if style.verbose and not problem.finding.cited:
            text = f"{text} [{problem.rule}]"
        if problem.severity is Severity.ERROR:
            yield (text,)
        elif style.verbose or (problem.severity is Severity.WARNING and outcome.tells_warnings):
            yield (f"{problem.severity}: {text}",)
    yield from _skipped(outcome)


def _skipped(outcome: Outcome) -> Iterator[_Block]:
    for skipped in outcome.skipped:
        yield (f"skipped: {skipped.subject}: {skipped.reason}",)


def _by_rule(problems: Problems, style: Style) -> Iterator[_Block]:
    """Yield the findings below their rules; infos, and most equal ones, are for verbose readers."""
    for group in problems.by_rule:
        rows = list(_rows(group, style))
        for number, row in enumerate(rows, start=1):
            yield [
                *([group.heading] if number == 1 else []),
                row,
                *([""] if number == len(rows) else []),
            ]
    yield from _skipped(problems.outcome)


def _rows(group: RuleGroup, style: Style) -> Iterator[str]:
    """Yield a line for each finding of a rule; of many with the same words the first ones."""
    counts = Counter((fault.severity, fault.finding.message) for fault in group.faults)
    shown: Counter[tuple[Severity, str]] = Counter()
    for fault in group.faults:
        if fault.severity is Severity.INFO and not style.verbose:
            continue
        words = fault.severity, fault.finding.message
        shown[words] += 1
        more = counts[words] - _MOST_EQUAL
        if style.verbose or more <= 1 or shown[words] <= _MOST_EQUAL:
            sentence = f"{fault.finding.at}: {fault.sentence}".replace("\n", " ")
            yield f"  {fault.severity:<7}  {sentence}"
        elif shown[words] == counts[words]:
            yield f"  {fault.severity:<7}  and {more} more with the same words; --verbose shows all"


def _writes(problems: Problems, style: Style) -> Iterator[_Block]:
    outcome = problems.outcome
    displaced = {problem.path: problem for problem in problems.displaced}
    drifted = frozenset() if style.verbose else problems.drifted_paths
    for verb, paths in (("wrote", outcome.written), ("removed", outcome.removed)):
        for path in (path for path in paths if path in displaced or path not in drifted):
            if path in displaced:
                yield list(_displaced(displaced[path], verb, style))
            else:
                yield (f"{verb:<{_KIND_WIDTH}}  {path}",)


def _displaced(problem: FileProblem, verb: str, style: Style) -> Iterator[str]:
    """Yield what was written over or removed, where to change it instead, and how to get it."""
    verb = problem.word if problem.adopted else verb
    yield from _row(f"{verb:<{_KIND_WIDTH}}  {problem.path}", problem.note(), 0, style)
    yield from _objects(problem, style)
    yield from (f"      {line}" for line in problem.advice)


def _heading(group: Group) -> str:
    stacks = spread.stacks(group.stacks) or "no stack generates it"
    return f"{spread.clusters(group.directories)}  ({stacks})"


def _rollup(problems: Problems, style: Style) -> Iterator[_Block]:
    """Yield what matters of many files, in few lines for each chapter unless all are asked for."""
    few = _MOST_EQUAL if style.lines else _TEXT_LINES
    for title, entries in problems.chapters:
        most = len(entries) if style.verbose else few
        facts = ((f"  {entry.words}", entry.where) for entry in entries[:most])
        rows = [line for words, where in facts for line in _row(words, where, 0, style)]
        if len(entries) > most:
            rows.append(f"  and {len(entries) - most} more; {style.more} shows all")
        yield [title, *rows, ""]


def _drift(problems: Problems, style: Style) -> Iterator[_Block]:
    for view in (cluster.view for cluster in problems.clusters):
        yield (f"{view.directory}  {view.state}, {wording.count(len(view.files), 'file')}", "")
    for group in problems.groups:
        shown = group.drift if style.verbose else problems.telling(group)
        for number, problem in enumerate(shown, start=1):
            yield [
                *([_heading(group)] if number == 1 else []),
                *_file(problem, style),
                *([""] if number == len(shown) else []),
            ]


def _file(problem: FileProblem, style: Style) -> Iterator[str]:
    left = f"  {problem.word:<{_KIND_WIDTH}}  {problem.path}"
    yield from _row(left, problem.note(problem.change.directory), 0, style)
    if problem.exceptions:
        yield f"      {problem.exceptions}"
    if not (problem.is_several or (problem.change.unstaged and problem.outcome.command == "check")):
        yield from _objects(problem, style)


def _objects(problem: FileProblem, style: Style) -> Iterator[str]:
    objects, directory = problem.change.objects, problem.change.directory
    column = _column(objects, style)
    for each in objects:
        yield from _row(
            f"      {each.name}",
            f"{problem.happened(each, directory)}{wording.because(each)}",
            column,
            style,
        )
        yield from _marks(each, 8, style)
        for field in each.fields:
            yield from _field(field, column, style)
        yield from _wrapped(problem.source(each), "", 8, style)
    yield from _wrapped(problem.source(), "", 6, style)


def _field(field: FieldChange, column: int, style: Style) -> Iterator[str]:
    left = f"        {field.path}"
    if field.lines:
        yield f"{left}{wording.because(field)}"
        yield from (f"          {line}" for line in field.lines[:_TEXT_LINES])
        if len(field.lines) > _TEXT_LINES:
            yield f"          ... {wording.count(len(field.lines) - _TEXT_LINES, 'more line')}"
    else:
        yield from _row(left, f"{field}{wording.because(field)}", column, style)
    yield from _marks(field, 10, style)


def _marks(change: ObjectChange | FieldChange, indent: int, style: Style) -> Iterator[str]:
    for mark in wording.marks(change):
        yield from _wrapped(mark, "! ", indent, style)


def _wrapped(text: str, sign: str, indent: int, style: Style) -> Iterator[str]:
    """Yield a sentence in lines that are not too long; nothing for an empty one."""
    width, start = max(style.width, indent + _LEAST), " " * indent
    yield from _wrap(text, width, initial_indent=f"{start}{sign}", subsequent_indent=f"{start}  ")


def _row(left: str, right: str, column: int, style: Style) -> Iterator[str]:
    """Yield a row of two columns, in two lines where one is too narrow."""
    if not right:
        yield left
    elif max(column, len(left)) + 2 + len(right) <= max(style.width, column + 2 + _LEAST):
        yield f"{left:<{column}}  {right}"
    else:
        yield left
        yield f"{' ' * (len(left) - len(left.lstrip()) + 4)}{right}"


def _column(objects: Iterable[ObjectChange], style: Style) -> int:
    """Return where the right column begins: behind all names, but at most past half of the line."""
    names = [len(each.name) + 6 for each in objects]
    paths = [len(field.path) + 8 for each in objects for field in each.fields if not field.lines]
    return min(max([*names, *paths, _LEAST]), max(_LEAST, style.width * 3 // 5))


def _summary(problems: Problems, style: Style) -> Iterator[str]:
    outcome = problems.outcome
    if outcome.failure:
        yield from (f"error: {problem.sentence}" for problem in problems.failures)
        return
    if infos := 0 if style.verbose else outcome.infos:
        verb = "is" if infos == 1 else "are"
        yield f"{wording.count(infos, 'info')} {verb} not shown. --verbose shows all."
    if outcome.command in ("validate", "lint"):
        yield from _judged(problems, style)
        return
    clusters = wording.count(len(outcome.clusters), "cluster")
    files = wording.count(outcome.files, "file")
    if outcome.regenerated:
        yield f"{remedies.regenerated(outcome)}. {problems.remedy}: {outcome.fix}"
        return
    if problems.drift or problems.clusters:
        yield wording.totals(outcome)
    elif outcome.written or outcome.removed:
        changed = f"{len(outcome.written)} written, {len(outcome.removed)} removed"
        yield f"{changed}; {files} of {clusters} are now in sync."
    elif (style.verbose or style.summary) and not outcome.exit_code:
        yield f"{files} of {clusters}: {wording.clean(outcome)}."
    if problems.advice:
        yield problems.advice
    if problems.remedy:
        yield f"{problems.remedy}: {outcome.fix}"


def _judged(problems: Problems, style: Style) -> Iterator[str]:
    outcome = problems.outcome
    checked = wording.count(outcome.checked, "object")
    if style.verbose:
        yield from wording.judges(outcome)
    known = f" {wording.count(outcome.known, 'known finding')} left out." if outcome.known else ""
    if problems.findings and outcome.checked:
        yield f"{wording.listed([*wording.complaints(outcome)])} in {checked}.{known}"
    elif (style.verbose or style.summary) and not problems.findings:
        if outcome.command == "lint":
            yield f"{checked}: {wording.clean(outcome)}.{known}"
        else:
            yield f"{checked} valid, {len(outcome.skipped)} skipped.{known}"


def _painted(line: str, *, bold: bool) -> str:
    """Colour the word that a line begins with, or all of it; nothing is said by colour alone."""
    known = _COLORED.sub(lambda match: f"\x1b[{_COLORS[match[1]]}m{match[0]}\x1b[0m", line)
    return f"\x1b[1m{line}\x1b[0m" if bold else known
