"""The comment: its text, and the way it stays the only one of its name.

Its first line is a mark that names the report. What is below was rendered, so that nothing of it
can be at the start of the text; a text that begins with the mark is ours if we are its author.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum

from msgspec import Struct

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.forges import Presentation
from kure_hooks.forges.forge import Comment, Forge, Verdict
from kure_hooks.forges.session import GoneError, LostError, backoff
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style, render, wording

# Letters that end no comment of HTML, and no code span.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

# Bytes that every comment leaves free, so that it has room below the words that all is well.
_ROOM = 6_000
# Bytes that a report which has nothing to say may have beside its warnings.
_CLEAN = 2_500
# Bytes of a report in a check run, whose summary may have 65,535 characters.
_SUMMARY = 60_000
# Characters of a status; GitHub takes as many, the others more.
_TITLE = 140
_HASH = 12

# So often is it tried to find out what became of a comment.
_ATTEMPTS = 10
# So often is it looked for once more, when an answer was lost.
_SWEEPS = 3

# A line that GitLab would carry out as a command, wherever it stands.
_COMMAND = re.compile(r"^/", re.MULTILINE)


class Deed(Enum):
    """The deeds of a run."""

    POSTED = "posted"
    UNCHANGED = "left as it is"
    NOTHING = "not needed"


class Text(Struct, frozen=True):
    """The text of a comment: a mark that names the report, and the report."""

    name: str
    body: str
    is_clean: bool
    limit: int

    @property
    def fresh(self) -> str:
        """The text where there is no comment yet."""
        return f"{self._mark}\n{self.body}"

    def over(self, former: str) -> str:
        """Return the text in place of a former one, which a report that is clean folds.

        One that was clean already stays: it says since when.
        """
        if not self.is_clean:
            return self.fresh
        mark, _, rest = _normal(former).partition("\n")
        if mark == self._mark:
            return former
        summary = "<details><summary>The report before</summary>"
        whole = f"{self.fresh}\n{summary}\n\n{rest.strip()}\n\n</details>\n"
        return whole if len(whole.encode()) <= self.limit else self.fresh

    def is_of(self, comment: Comment) -> bool:
        """Tell whether a comment bears the mark of this report, whoever wrote it."""
        first = _normal(comment.body or "").partition("\n")[0]
        return first in (_mark(self.name, is_clean=True), _mark(self.name, is_clean=False))

    @property
    def _mark(self) -> str:
        return _mark(self.name, is_clean=self.is_clean)


def deliver(forge: Forge, outcome: Outcome, style: Presentation) -> Iterator[str]:
    """Show an outcome at each place, and yield a sentence about each.

    A `comment` is for the request as it is now: a report of a commit that is no longer its last one
    is not posted, as the job of the last one posts its own.
    """
    title, target = forge.session.facts.title, forge.target
    name = _name(style, outcome)
    for place in dict.fromkeys(style.places):
        if place == "comment":
            yield _delivered(forge, text(forge, outcome, name, style.markdown_size))
            continue
        if not target.commit:
            raise UsageError(f"the environment names no commit for the {place}. Add --commit.")
        shown = verdict(forge, outcome, name)
        forge.publish(place, shown)
        yield f"{title}: {place} {shown.name} of {target.commit[:_HASH]} is {shown.state}."


def _delivered(forge: Forge, text: Text) -> str:
    facts, target = forge.session.facts, forge.target
    commit = target.commit[:_HASH]
    numbers = forge.numbers()
    if not numbers and target.head:
        return (
            f"{facts.title}: no open {facts.request} is at commit {commit}, so there is no comment."
        )
    if len(numbers) != 1:
        many = f"{len(numbers)} are at {commit}" if numbers else "the environment names none"
        raise UsageError(f"it is not clear which {facts.request} is meant: {many}. Add --number.")
    forge = forge.at(numbers[0])
    request = f"{facts.request} {forge.target.number}"
    if target.commit and forge.head() != target.commit:
        return f"{facts.title}: {request} is no longer at commit {commit}, so there is no comment."
    deed = post(forge, text)
    return f"{facts.title}: the comment {text.name} of {request} is {deed.value}."


def text(forge: Forge, outcome: Outcome, name: str, size: int) -> Text:
    """Return the text that shows an outcome, in at most `size` bytes and those the forge takes."""
    limit = forge.session.facts.comment
    is_clean = not outcome.exit_code
    room = _CLEAN if is_clean else min(size, limit) - _ROOM
    report = render("markdown", outcome, Style(verbose=True, size=room))
    body = f"{report}\n{_footer(forge, name, is_clean=is_clean)}\n"
    return Text(name, _COMMAND.sub(r" /", body), is_clean, limit)


def verdict(forge: Forge, outcome: Outcome, name: str) -> Verdict:
    """Return an outcome as a check run or status; what `diff` shows is intended, and no failure."""
    state = "success" if not outcome.exit_code else "failure"
    if outcome.exit_code and outcome.intended and not outcome.errors:
        state = "neutral"
    if outcome.failure or outcome.refused:
        state = "error"
    report = render("markdown", outcome, Style(verbose=True, size=_SUMMARY))
    summary = f"{report}\n{_footer(forge, name, is_clean=state == 'success')}\n"
    return Verdict(f"kure-hooks/{name}", state, _title(outcome), summary)


def post(forge: Forge, text: Text) -> Deed:
    """Make a text the one comment of its name that the forge shows, and tell what that took.

    Where it is clean and there is none, none is made. Runs at the same time each find the comments
    of the others: all of them keep the oldest, and delete the rest.
    """
    viewer, deeds, sweeps = forge.viewer(), [], 0
    for attempt in range(_ATTEMPTS):
        try:
            deeds.append(_settle(forge, text, viewer))
        except LostError as error:
            # What was lost may be there all the same, and shown only later.
            reason, sweeps = f"is asked again, as {error}", _SWEEPS
            deeds.append(Deed.POSTED)
        else:
            if not sweeps:
                return Deed.POSTED if Deed.POSTED in deeds else deeds[-1]
            reason, sweeps = "may show a comment late", sweeps - 1
        forge.session.wait(backoff(attempt), reason)
    title = forge.session.facts.title
    raise ToolError(f"{title} has lost too many answers. Run the command again later.")


def _settle(forge: Forge, text: Text, viewer: int) -> Deed:
    """Read the comments and change what has to be; LostError where they have to be read again."""
    comments, deed = _own(forge, text, viewer), Deed.UNCHANGED
    if not comments:
        if text.is_clean:
            return Deed.NOTHING
        comments, deed = _created(forge, text, viewer), Deed.POSTED
    oldest, *others = comments
    former = oldest.body or ""
    body = text.over(former)
    if _normal(body) != _normal(former):
        deed = Deed.POSTED
        try:
            forge.update(oldest.id, body)
        except GoneError as error:
            raise LostError("the comment was deleted meanwhile") from error
    for comment in others:
        with suppress(GoneError):  # another run was faster
            forge.remove(comment.id)
    return deed


def _created(forge: Forge, text: Text, viewer: int) -> list[Comment]:
    """Make a comment, and return all that there are once the forge shows it or an older one."""
    created = Comment(forge.create(text.fresh), text.fresh)
    for attempt in range(_ATTEMPTS):
        comments = _own(forge, text, viewer)
        if created.id in (comment.id for comment in comments):
            return comments
        if comments and comments[0].id < created.id:
            return [*comments, created]
        forge.session.wait(backoff(attempt), "does not show the new comment yet")
    return [created]


def _own(forge: Forge, text: Text, viewer: int) -> list[Comment]:
    """Return the comments that bear the mark and are by the token's own user, the oldest first."""
    comments = [
        comment for comment in forge.comments() if comment.writer == viewer and text.is_of(comment)
    ]
    return sorted(comments, key=lambda comment: comment.id)


def _name(style: Presentation, outcome: Outcome) -> str:
    """Return the name of a report: the one that was asked for, else its command."""
    name = style.name or outcome.command
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"--name {name!r} is no name. Use up to 64 letters, digits, dots, dashes and "
            "underscores, and begin with a letter or digit."
        )
    return name


def _mark(name: str, *, is_clean: bool) -> str:
    return f"<!-- kure-hooks: {name}{', clean' if is_clean else ''} -->"


def _footer(forge: Forge, name: str, *, is_clean: bool) -> str:
    """Return the line that says what the report is about, and where the whole of it is."""
    target = forge.target
    about = f"`{name}` has nothing to report since" if is_clean else f"Report `{name}` of"
    about += f" commit {target.commit[:_HASH]}." if target.commit else " this request."
    return f"{about} [The whole report]({target.link}) is with its job." if target.link else about


def _title(outcome: Outcome) -> str:
    """Return the outcome in a line of plain words, without any name of a file."""
    if outcome.failure:
        return "The run could not finish."
    counts = [wording.drifted(outcome)] if outcome.drift else []
    numbers = {
        "added or removed cluster": len(wording.whole(outcome)),
        "written file": len(outcome.written),
        "removed file": len(outcome.removed),
    }
    counts += [wording.count(number, noun) for noun, number in numbers.items() if number]
    counts += wording.complaints(outcome)
    title = "; ".join(counts) or wording.clean(outcome)
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def _normal(body: str) -> str:
    """Return a text as it is compared: forges change line ends, and blanks around it."""
    return body.replace("\r\n", "\n").strip()
