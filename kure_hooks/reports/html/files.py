"""A file that drifted: a line about it, which unfolds what is known."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from kure_hooks.drift.result import FieldChange, ObjectChange, State
from kure_hooks.origin import Origin
from kure_hooks.reports import spread, wording
from kure_hooks.reports.html.differences import difference, inline, limit
from kure_hooks.reports.html.elements import code, element, left_out
from kure_hooks.reports.problems import FileProblem

# So many objects of a file and fields of an object are shown.
_MOST = 200
# So few files are open from the start.
_OPEN = 3


def file(problem: FileProblem, entries: int) -> Element:
    """Return a file with its objects, their fields and the difference of its text.

    It is one of so many `entries` of the page, which share its room.
    """
    change = problem.change
    made = element(
        "details",
        element("summary", *_summary(problem)),
        element("div", *_facts(problem), *_return(problem), *_contents(problem, limit(entries))),
        class_="file",
        data_kind=change.kind,
        data_path="\n".join(problem.paths) if problem.equals else change.path,
        data_files=str(len(problem.changes)),
        data_risky="yes" if change.risks else "no",
    )
    if entries <= _OPEN:
        made.set("open", "")
    return made


def _summary(problem: FileProblem) -> Iterator[Element]:
    change = problem.change
    kind = element("span", problem.word, class_=f"kind {change.kind}")
    yield element("h3", kind, " ", element("span", problem.path, class_="path"))
    if change.risks:
        yield element("span", f"Risk: {'; '.join(wording.risks(change))}", class_="risk")
    if note := problem.note(change.directory):
        yield element("span", note, class_="note")


def _facts(problem: FileProblem) -> Iterator[Element]:
    """Yield the sentences that explain what stands below them."""
    change = problem.change
    if problem.exceptions:
        yield element("p", f"Of the clusters with this file {problem.exceptions}.")
    if problem.is_several:
        yield element(
            "ul",
            *(
                element("li", element("code", spread.move(change)))
                for change in problem.changes[:_MOST]
            ),
        )
        yield from _rest(problem.changes, "file")
        return
    if change.origin:
        yield element("p", *_origin(change.origin))
    if change.link:
        target = element("code", change.before or "somewhere")
        yield element("p", "A symbolic link to ", target, " is in the place of the file.")
    if change.masked:
        yield element("p", "Values of secrets are hidden on both sides.")


def _return(problem: FileProblem) -> Iterator[Element]:
    if problem.displaced:
        yield element("p", "To get it back: ", element("code", problem.displaced.restore))


def _origin(origin: Origin) -> Iterator[str | Element]:
    yield "Asked for by "
    yield element("code", str(origin.at))
    for part in ("application", "bundle", "node"):
        if name := getattr(origin, part):
            yield f", {part} "
            yield element("b", name)


def _contents(problem: FileProblem, rows: int) -> Iterator[Element]:
    """Yield the objects and the texts, both in so many rows; nothing where names say all."""
    if problem.is_several:
        return
    objects = problem.change.objects
    for each in objects[:_MOST]:
        yield _fields(each, problem, rows) if each.fields else element("p", *_name(each, problem))
        if source := problem.source(each):
            yield element("p", source)
    if source := problem.source():
        yield element("p", source)
    yield from _rest(objects, "object")
    yield from _text(problem, rows)


def _name(change: ObjectChange, problem: FileProblem) -> Iterator[str | Element]:
    yield element("b", change.name, class_="object")
    if change.state is not State.CHANGED:
        yield f" {problem.happened(change)}"
    if reason := wording.because(change):
        yield element("span", reason, class_="note")
    yield from _marks(change)


def _fields(change: ObjectChange, problem: FileProblem, rows: int) -> Element:
    heading = (element("th", name, scope="col") for name in ("field", *problem.sides))
    return element(
        "table",
        element("caption", *_name(change, problem), *_rest(change.fields, "field")),
        element("thead", element("tr", *heading)),
        element("tbody", *(_field(each, rows) for each in change.fields[:_MOST])),
        class_="fields",
    )


def _field(field: FieldChange, rows: int) -> Element:
    path = element("span", field.path, class_="field")
    reason = wording.because(field)
    why = [element("span", reason, class_="note")] if reason else []
    name = element("th", path, *why, *_marks(field), scope="row")
    if field.lines:
        shown = [inline(field.lines[:rows])]
        if len(field.lines) > rows:
            shown.append(left_out(len(field.lines) - rows, "line"))
        return element("tr", name, element("td", *shown, colspan="2", class_="lines"))
    return element("tr", name, _value("-", field.before), _value("+", field.after))


def _value(sign: str, text: str | None) -> Element:
    if text is None:
        return element("td", "(none)", class_="nothing")
    shown = code(text) or '""'
    return element("td", f"{sign} {shown}", class_="minus" if sign == "-" else "plus")


def _marks(change: ObjectChange | FieldChange) -> Iterator[str | Element]:
    for mark in wording.marks(change):
        yield " "
        yield element("span", f"Risk: {mark}", class_="risk")


def _text(problem: FileProblem, rows: int) -> Iterator[Element]:
    change = problem.change
    # Of a link the text is its target, which is no earlier state of the file.
    before = None if change.link else change.before
    yield from difference(before, change.after, problem.sides, rows)
    if before is None and change.after is None:
        yield element("p", "The report holds no text of this file.")
    elif before == change.after:
        yield element("p", "Both sides have the same text.")


def _rest(whole: Sequence[object], noun: str) -> Iterator[Element]:
    if len(whole) > _MOST:
        yield left_out(len(whole) - _MOST, noun)
