"""A patch that turns the first side into the second one: `git apply` in the top directory.

When the root is below the top of a git work tree, it is `git apply --directory=ROOT`: git counts
the paths of such patches from the top. Source of the headers: git-diff, "Generating patch text".
"""

from collections.abc import Collection, Iterator, Sequence

from kure_hooks.drift.hunks import unified
from kure_hooks.drift.result import FileChange
from kure_hooks.files.paths import ancestors, reach_problem
from kure_hooks.reports import Style, wording
from kure_hooks.reports.model import Problems
from kure_hooks.safe_text import visible

_FILE, _LINK = "100644", "120000"


def render(problems: Problems, style: Style) -> str:
    """Return the patch, below a comment for each file that can't be in it, or that was displaced.

    It is empty without drift.
    """
    del style  # the form is git's
    if failure := problems.outcome.failure:
        return f"{visible(f'# the run failed: {failure.message}')}\n"
    changes = (problem.change for problem in problems.drift)
    ordered = sorted(changes, key=lambda change: change.path)
    obstacles = {change.path: why for change in ordered if (why := _obstacle(change))}
    lines = [
        _comment(cluster.view.directory, f"the cluster as a whole is {cluster.view.state}")
        for cluster in problems.clusters
    ]
    lines += [
        visible(f"# {problem.sentence}. {problem.advice[-1]}") for problem in problems.displaced
    ]
    lines += [
        visible(f"# {problem.sentence}: {problem.spread}")
        for problem in problems.entries
        if problem.spread
    ]
    patches: list[str] = []
    for change in ordered:
        if why := obstacles.get(change.path) or _in_the_way(change, obstacles):
            lines.append(_comment(change.path, why))
        else:
            patches += _patch(change)
    return "".join(f"{line}\n" for line in [*lines, *patches])


def _comment(path: str, why: str) -> str:
    """Return one line that is no header, whatever the path; git skips it."""
    return visible(f"# {path}: not in this patch: {why}")


def _obstacle(change: FileChange) -> str:
    return next(_obstacles(change), "")


def _obstacles(change: FileChange) -> Iterator[str]:
    before, after = _sides(change)
    facts = change.kind.facts
    if not facts.compared:
        yield wording.note(change)
    if change.masked:
        yield "it holds secrets, which are hidden in reports"
    if (facts.before and before is None) or (facts.after and after is None):
        yield change.note or "its text is not known"
    for path in filter(None, (change.path, change.was)):
        if problem := reach_problem(path):
            yield f"{path} {problem}"
        if not _can_be_written(path, "surrogateescape"):
            yield f"{path} can't be the name of a file"
    if not _can_be_written(f"{before}{after}", "strict"):
        yield "it is not UTF-8"


def _in_the_way(change: FileChange, left: Collection[str]) -> str:
    """Tell which file that the patch leaves there is where a directory of this one must be."""
    blocking = [path for path in ancestors(change.path) if path in left]
    return f"{blocking[0]} is in its way" if blocking else ""


def _sides(change: FileChange) -> tuple[str | None, str | None]:
    facts = change.kind.facts
    return change.before if facts.before else None, change.after if facts.after else None


def _can_be_written(text: str, errors: str) -> bool:
    try:
        text.encode(errors=errors)
    except UnicodeEncodeError:
        return False
    return True


def _patch(change: FileChange) -> Iterator[str]:
    path, old = change.path, change.was or change.path
    before, after = _sides(change)
    mode = _LINK if change.link else _FILE
    if before is None or after is None or change.link:
        if before is not None:
            yield from _section(old, old, [f"deleted file mode {mode}"], before, None)
        if after is not None:
            yield from _section(path, path, [f"new file mode {_FILE}"], None, after)
    elif old == path:
        yield from _section(old, path, [], before, after)
    else:
        rename = [f"rename from {_quoted(old)}", f"rename to {_quoted(path)}"]
        yield from _section(old, path, rename, before, after)


def _section(
    old: str, new: str, headers: Sequence[str], before: str | None, after: str | None
) -> Iterator[str]:
    first, second = _quoted(f"a/{old}"), _quoted(f"b/{new}")
    yield f"diff --git {first} {second}"
    yield from headers
    if lines := list(unified(before, after)):
        yield f"--- {'/dev/null' if before is None else first}"
        yield f"+++ {'/dev/null' if after is None else second}"
        yield from lines


def _quoted(path: str) -> str:
    """Return a path as git reads it: as it is, or quoted as in C.

    Git itself leaves blanks unquoted, which is ambiguous, and what can't be seen if it is UTF-8.
    """
    text = path.replace("\\", r"\\").replace('"', r"\"")
    text = "".join(map(_escaped, text))
    return f'"{text}"' if text != path or " " in path else path


def _escaped(character: str) -> str:
    if visible(character) == character:
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode(errors="surrogateescape"))
