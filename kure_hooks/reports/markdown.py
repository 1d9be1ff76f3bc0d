"""Markdown for a comment or the summary of a job: totals, then all files, then details.

Untrusted text is only in code spans, in fences, and escaped in blocks of HTML, which end at a blank
line: nothing in it becomes a mention, link, image or tag.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

from kure_hooks.drift.hunks import hunks
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FieldChange, FileChange, ObjectChange
from kure_hooks.reports import Style, spread, wording
from kure_hooks.reports.fitting import Block, Rank, cell, code, fence, fitted, html
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import Fault, FileProblem
from kure_hooks.safe_text import inert, visible

# The least size in bytes that is kept to.
LEAST = 1_000

# A longer command would leave no room for anything else in the least size.
_LONG_COMMAND = 300
# Longer hunks, such as those of whole files, must not keep out the others.
_LONG_HUNK = 4_000
# So many files of all clusters can be listed, the first clusters' first.
FILES = 5_000
# So many fields of an object, or facts of a chapter of the roll-up, are listed.
_MOST = 20


class Turn(IntEnum):
    """The parts to show first if there is no room for everything."""

    HEAD = 0
    TOTALS = 1
    FILES = 2
    OTHERS = 3
    OBJECTS = 4
    HUNKS = 5
    LONG_HUNKS = 6


def render(problems: Problems, style: Style) -> str:
    """Return the report: at most `style.size` bytes, or LEAST if that is more."""
    outcome = problems.outcome
    clusters = (problem.sentence for problem in problems.clusters)
    skipped = (f"{code(each.subject)}: {code(each.reason)}" for each in outcome.skipped)
    blocks = [
        _head(problems),
        *_rollup(problems),
        *_table(problems),
        *_fix(problems),
        *_findings(problems),
        *_list("cluster", Turn.TOTALS, map(code, clusters)),
        *_clusters(problems),
        *_folded("written file", Turn.FILES, map(code, outcome.written)),
        *_folded("removed file", Turn.FILES, map(code, outcome.removed)),
        *_displaced(problems),
        *_folded("skipped check", Turn.OTHERS, skipped),
        *_folded("schema", Turn.OTHERS, map(code, wording.judges(outcome))),
    ]
    return f"{fitted(blocks, max(style.size, LEAST)).rstrip()}\n"


def _head(problems: Problems) -> Block:
    counts = "; ".join(_counts(problems)) or "nothing was looked at"
    if failure := problems.outcome.failure:
        counts = code(failure.message)
    return Block(f"### kure-hooks: {_verdict(problems)}\n\n{counts}.\n\n", rank=_rank(Turn.HEAD))


def _verdict(problems: Problems) -> str:
    outcome = problems.outcome
    if outcome.failure:
        return "failed"
    if problems.drift or problems.clusters:
        return "differences" if outcome.intended else "drift"
    if outcome.written or outcome.removed:
        return "files changed"
    return "findings" if outcome.errors else wording.clean(outcome)


def _counts(problems: Problems) -> Iterator[str]:
    """Yield how much there is of everything, in words without any name."""
    outcome = problems.outcome
    if problems.drift or problems.clusters:
        yield wording.drifted(outcome)
    elif outcome.clusters:
        files = wording.count(outcome.files, "generated file")
        yield f"{files} in {wording.count(len(outcome.clusters), 'cluster')}"
    counts = {
        "added or removed cluster": len(problems.clusters),
        "written file": len(outcome.written),
        "removed file": len(outcome.removed),
        "displaced file": len(problems.displaced),
        "linted object" if outcome.command == "lint" else "validated object": outcome.checked,
        "known finding": outcome.known,
        "skipped check": len(outcome.skipped),
    }
    yield from (wording.count(number, noun) for noun, number in counts.items() if number)
    yield from wording.complaints(outcome)


def _rollup(problems: Problems) -> Iterator[Block]:
    """Yield what matters of many files, a list for each chapter."""
    for title, entries in problems.chapters:
        texts = [f"{code(entry.words)}: {code(entry.where)}" for entry in entries[:_MOST]]
        if len(entries) > _MOST:
            texts.append(f"and {len(entries) - _MOST} more")
        yield Block(f"**{title}**\n\n", inside=[*_list("fact", Turn.HEAD, texts)])


def _table(problems: Problems) -> Iterator[Block]:
    """Yield a table of how many files of each kind there are in each cluster that drifted."""
    found = Counter(problem.change.kind for problem in problems.drift)
    kinds = [kind for kind in Kind if found[kind]]
    if kinds:
        columns = f"| cluster | stack | {' | '.join(kinds)} |\n"
        borders = f"| --- | --- |{' ---: |' * len(kinds)}\n"
        rows = [
            Block(f"| {' | '.join(cells)} |\n", rank=_rank(Turn.TOTALS), noun="table row")
            for cells in _rows(problems, kinds)
        ]
        yield Block(columns + borders, "\n", inside=rows)


def _rows(problems: Problems, kinds: Sequence[Kind]) -> Iterator[list[str]]:
    for group in problems.groups:
        found = Counter(problem.change.kind for problem in group.drift for _ in problem.changes)
        numbers = (str(found[kind] or "") for kind in kinds)
        yield [
            cell(spread.clusters(group.directories)),
            cell(spread.stacks(group.stacks)),
            *numbers,
        ]


def _fix(problems: Problems) -> Iterator[Block]:
    if problems.advice:
        yield Block(f"{problems.advice}\n\n", rank=_rank(Turn.HEAD))
    if problems.remedy:
        command = inert(visible(problems.outcome.fix))
        ticks = fence([command])
        text = f"{problems.remedy}:\n\n{ticks}sh\n{command}\n{ticks}\n\n"
        turn = Turn.HEAD if len(text.encode()) <= _LONG_COMMAND else Turn.OTHERS
        yield Block(text, rank=_rank(turn), noun="command")


def _findings(problems: Problems) -> Iterator[Block]:
    """Yield the findings as a list; those of lint below their rules and what applies them."""
    if not problems.has_groups:
        yield from _list("finding", Turn.TOTALS, map(_finding, problems.findings))
        return
    for group in problems.by_rule:
        lists = [
            Block(
                f"{code(owner)}\n\n" if owner else "",
                inside=[*_list("finding", Turn.TOTALS, map(_finding, faults))],
            )
            for owner, faults in group.owners.items()
        ]
        yield Block(f"#### {code(group.heading)}\n\n", inside=lists)


def _finding(problem: Fault) -> str:
    said = " ".join(problem.sentence.split("\n"))
    subject = problem.finding.subject
    more = f" {code(subject)}" if subject else ""
    return f"{problem.severity} in {code(str(problem.finding.at))}: {code(said)}{more}"


def _list(noun: str, turn: Turn, texts: Iterable[str]) -> Iterator[Block]:
    """Yield a list with an item for each text, nothing for none."""
    items = [Block(f"- {text}\n", rank=_rank(turn), noun=noun) for text in texts]
    if items:
        yield Block("", "\n", inside=items)


def _folded(noun: str, turn: Turn, texts: Iterable[str]) -> Iterator[Block]:
    for items in _list(noun, turn, texts):
        yield _fold(wording.count(len(items.inside), noun), [items])


def _displaced(problems: Problems) -> Iterator[Block]:
    """Yield the files whose content was not committed, with the command that brings each back."""
    blocks = [_file(problem) for problem in problems.displaced]
    if blocks:
        yield _fold(wording.count(len(blocks), "displaced file"), blocks)


def _clusters(problems: Problems) -> Iterator[Block]:
    room = FILES
    for group in problems.groups:
        shown, more = group.drift[:room], len(group.drift[room:])
        room -= len(shown)
        files = sum(len(problem.changes) for problem in group.drift)
        summary = f"{html(spread.clusters(group.directories))} {wording.count(files, 'file')}"
        if group.stacks:
            summary += f" from {html(spread.stacks(group.stacks))}"
        blocks = [_file(problem) for problem in shown]
        if more:
            text = f"{wording.count(more, 'more file')} left out.\n\n"
            blocks.append(Block(text, rank=_rank(Turn.FILES)))
        yield _fold(summary, blocks)


def _file(problem: FileProblem) -> Block:
    """Return one line about a file; objects and differences are folded below it."""
    change = problem.change
    rank = _rank(Turn.FILES, change)
    note = problem.note(change.directory)
    parts = [f"<strong>{problem.word}</strong>", html(problem.path), html(note) if note else ""]
    parts += [f"<em>{risk}</em>" for risk in wording.risks(change)]
    line = " ".join(filter(None, parts))
    inside = [*_return(problem, rank), *_details(problem)]
    if not inside:
        return Block(f"<p>{line}</p>\n\n", rank=rank, noun="file")
    return _fold(line, inside, rank=rank, noun="file", rest="(more is left out)\n\n")


def _details(problem: FileProblem) -> Iterator[Block]:
    """Yield the clusters that are no such ones, objects and difference; names may say all."""
    if problem.exceptions:
        yield Block(f"{code(problem.exceptions)}\n\n", rank=_rank(Turn.FILES, problem.change))
    if not problem.is_several:
        yield from _objects(problem)
        yield from _difference(problem.change)


def _return(problem: FileProblem, rank: Rank) -> Iterator[Block]:
    if problem.displaced:
        yield Block("".join(f"{code(line)}\n\n" for line in problem.advice), rank=rank)


def _objects(problem: FileProblem) -> Iterator[Block]:
    rank = _rank(Turn.OBJECTS, problem.change)
    texts = ["".join(_object(change, problem)) for change in problem.change.objects]
    if source := problem.source():
        texts.append(f"- {code(source)}\n")
    items = [Block(text, rank=rank, noun="object") for text in texts]
    if items:
        yield Block("", "\n", inside=items)


def _object(change: ObjectChange, problem: FileProblem) -> Iterator[str]:
    happened = f"{problem.happened(change, problem.change.directory)}{wording.because(change)}"
    yield f"- {code(change.name)}: {code(happened)}{_warning(change)}\n"
    for field in change.fields[:_MOST]:
        changed = f"{field.path}: {field}{wording.because(field)}"
        yield f"  - {code(changed)}{_warning(field)}\n"
    if len(change.fields) > _MOST:
        yield f"  - and {wording.count(len(change.fields) - _MOST, 'more field')}\n"
    if source := problem.source(change):
        yield f"  - {code(source)}\n"


def _difference(change: FileChange) -> Iterator[Block]:
    compared = change.before is not None or not change.note
    found = hunks(change.before, change.after) if compared else []
    if not found:
        return
    lines = [[inert(visible(line)) for line in (each.heading, *each.lines)] for each in found]
    ticks = fence(line for hunk in lines for line in hunk)
    texts = ["".join(f"{line}\n" for line in hunk) for hunk in lines]
    turns = [Turn.LONG_HUNKS if len(text) > _LONG_HUNK else Turn.HUNKS for text in texts]
    hidden = "Secrets are hidden.\n\n" if change.masked else ""
    yield Block(
        f"{hidden}{ticks}diff\n",
        f"{ticks}\n\n",
        inside=[
            Block(text, rank=_rank(turn, change), noun="hunk")
            for text, turn in zip(texts, turns, strict=True)
        ],
    )


def _rank(turn: Turn, change: FileChange | None = None) -> Rank:
    return turn, change.serious if change else (False, 0, "")


def _warning(change: ObjectChange | FieldChange) -> str:
    effect = change.effect if isinstance(change, ObjectChange) else ""
    marks = (code(mark) if mark == effect else mark for mark in wording.marks(change))
    return "".join(f" **{mark}**" for mark in marks)


def _fold(
    summary: str,
    inside: Sequence[Block],
    *,
    rank: Rank | None = None,
    noun: str = "",
    rest: str = "",
) -> Block:
    head = f"<details><summary>{summary}</summary>\n\n"
    return Block(head, "</details>\n\n", rank=rank, noun=noun, rest=rest, inside=inside)
