"""Drift as values that every report can show; secrets are masked already."""

from enum import StrEnum

from msgspec import Struct

from kure_hooks.drift.kinds import Kind
from kure_hooks.findings import Location
from kure_hooks.origin import Origin

IN_THE_WAY = "drift/in-the-way"
"""The rule of a foreign file that is an obstacle."""


class Obstacle(StrEnum):
    """The thing that a foreign file is in the way of: a generated file, or a directory of them."""

    FILE = "file"
    DIRECTORY = "directory"


class Holding(StrEnum):
    """The place where git holds the content of a file in the work tree."""

    COMMITTED = "committed"
    STAGED = "staged"
    NOWHERE = "nowhere"


class Risk(StrEnum):
    """A risk of a change to a running cluster, most serious first."""

    DESTRUCTIVE = "destructive-removal"
    RECREATED = "deleted-and-recreated"
    IMMUTABLE = "immutable-field"
    OWNER = "owner-changed"
    LEFT = "left-behind"
    CASCADE = "deletion-switched"
    PRUNE = "prune-switched"
    SUSPEND = "suspend-switched"
    ZERO = "scaled-to-zero"


class State(StrEnum):
    """The fate of an object, on the way from the first side to the second."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_HERE = "moved here"
    MOVED_AWAY = "moved away"
    RENAMED = "renamed"


class Reason(StrEnum):
    """A reason why a checked-in file, or a field of it, is not what is generated.

    edited    somebody changed the file itself
    unclear   edited, or written by another version of kure-hooks or from other inputs
    version   nobody touched it, but this version of kure-hooks writes it otherwise
    stale     an input changed since the file was generated
    both      several of these, listed as `Cause.parts`; of a field: edited and stale
    conflict  a merge that is not finished
    """

    EDITED = "edited"
    UNCLEAR = "unclear"
    VERSION = "version"
    STALE = "stale"
    BOTH = "both"
    CONFLICT = "conflict"


class Cause(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The cause of a file's drift.

    `inputs` are the files, those with the table of a cluster set with the line of the row, as in
    `tables/edge.csv:17`, and the keys of the settings as in `.kure-hooks.yaml: flux.interval`, that
    changed since the file was generated: those that differ from the last commit first. Those
    that are gone are `deleted` as well. `commit` is the last one to touch the file, abbreviated,
    and `date` its author's, such as 2026-11-20; both are empty for an edit that is not committed.
    `earlier` are commits that edited the file before, `uncommitted` says that it was edited since.
    `line` is that of a conflict marker, 0 where only git's index has the conflict.
    """

    reason: Reason
    """Why the file is not what is generated."""
    inputs: tuple[str, ...] = ()
    """The files and settings that changed since the file was generated."""
    commit: str = ""
    """The last commit that touched the file, abbreviated. It is empty for an edit that is not
    committed."""
    date: str = ""
    """The date of the commit, such as 2026-11-20."""
    parts: tuple[Reason, ...] = ()
    """The single reasons, where there are several."""
    deleted: tuple[str, ...] = ()
    """Inputs that are gone."""
    earlier: tuple[str, ...] = ()
    """Commits that edited the file before."""
    uncommitted: bool = False
    """True where the file was edited since the last commit."""
    line: int = 0
    """The line of a conflict marker. With 0 only the index of git has the conflict."""


class FieldChange(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A field of an object; None stands for a side that doesn't have it.

    `lines` is a unified diff, without a heading, of a text that has several lines. `reason` is
    given where the file drifted for several ones.
    """

    path: str
    """The path of the field in the object."""
    before: str | None = None
    """The value on the first side, null where it has none."""
    after: str | None = None
    """The value on the second side, null where it has none."""
    lines: tuple[str, ...] = ()
    """The difference of a text with several lines, as a unified diff without a heading."""
    risks: tuple[Risk, ...] = ()
    """The risks of the change to a running cluster."""
    reason: Reason | None = None
    """Why the field differs, where the file drifted for several reasons."""

    def __str__(self) -> str:
        return f"{_side(self.before)} -> {_side(self.after)}"

    @property
    def cut(self) -> bool:
        """True where a side may be longer than what is shown of it."""
        sides = (self.before or "", self.after or "")
        return any(side.startswith("...") or side.endswith(("...", " differ")) for side in sides)


def _side(value: str | None) -> str:
    return "(none)" if value is None else value or '""'


class Source(Struct, frozen=True, rename="camel"):
    """The source of an object: the lines of its values that differ, and the part of the stack.

    Where no line of a value is known, it is that of the part.
    """

    places: tuple[Location, ...]
    """The lines to change, each once."""
    part: str
    """The part of the stack, such as application web."""


class ObjectChange(Struct, frozen=True, rename="camel", omit_defaults=True):
    """An object that differs.

    `other` is the file that a moved one comes from or goes to, or the name that a renamed one had.
    `reason` is that of an object without fields, where the file drifted for several ones.
    `effect` is the sentence that says what a controller does on the cluster, where that is known.
    `source` tells where to change what the second side has.
    """

    name: str
    """The kind, namespace and name of the object."""
    state: State
    """What became of the object on the way from the first side to the second."""
    fields: tuple[FieldChange, ...] = ()
    """The fields of the object that differ."""
    other: str = ""
    """The file that a moved object comes from or goes to, or the name that a renamed one had."""
    risks: tuple[Risk, ...] = ()
    """The risks of the change to a running cluster."""
    reason: Reason | None = None
    """Why the object differs, where the file drifted for several reasons."""
    effect: str = ""
    """What a controller does on the cluster because of it, as a sentence. It may be empty."""
    source: Source | None = None
    """The source that the generated object comes from, where that is known."""


class FileChange(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A file that drifted: `directory` is the owned one that it is in, `stack` its source.

    `was` is the old path of a renamed file. `before` and `after` are the whole text of both sides,
    None where a side has no file or can't be shown, which `note` then explains. Where `masked` is
    set, secrets are hidden in both, so that they can't be made into a patch. With `link` there is a
    symbolic link in the file's place; `before` is its target. A foreign file that is in the way of
    what is generated says so in `obstacle`, and in `held` whether its content can be had from git.
    Drift that is `known` was there before the change that is judged.
    """

    kind: Kind
    """The kind of the drift."""
    path: str
    """The path of the file."""
    directory: str
    """The directory of the cluster that the file is in."""
    stack: str = ""
    """The stack file that the file is generated from."""
    was: str = ""
    """The old path of a renamed file."""
    objects: tuple[ObjectChange, ...] = ()
    """The objects in the file that differ."""
    note: str = ""
    """A sentence about the file, where there is more to say."""
    cause: Cause | None = None
    """Why the file drifted, where git can tell it."""
    origin: Origin | None = None
    """The part of the stack that asks for the file."""
    before: str | None = None
    """The text of the first side, null where there is none or it can't be shown."""
    after: str | None = None
    """The text of the second side, null where there is none or it can't be shown."""
    masked: bool = False
    """True where secrets are hidden in the texts, so that no patch can be made of them."""
    link: bool = False
    """True where a symbolic link is in the file's place. Then `before` is its target."""
    obstacle: Obstacle | None = None
    """What the file is in the way of, if it is."""
    held: Holding | None = None
    """Where git has the content of a file that is in the way."""
    unstaged: bool = False
    """True where the work tree has what is generated already, so that it only has to be staged."""
    known: bool = False
    """True where the revision that `check --changed` names has the same drift already."""

    @property
    def harmless(self) -> bool:
        """Tell whether it changes nothing in a cluster, and nothing has to be done about it."""
        return self.kind.facts.harmless and not self.obstacle

    @property
    def is_routine(self) -> bool:
        """True where somebody changed the sources, and only has to stage what comes of it."""
        is_stale = self.cause is None or self.cause.reason is Reason.STALE
        return self.unstaged and is_stale and not self.risks

    @property
    def rule(self) -> str:
        """The identifier in reports that have rules: that of the kind, or of being in the way."""
        return IN_THE_WAY if self.obstacle else self.kind.rule

    @property
    def generated(self) -> bool:
        """Tell whether the second side has a file at the path, even in a foreign one's place."""
        return self.kind.facts.after or self.obstacle is Obstacle.FILE

    @property
    def compared(self) -> bool:
        """Tell whether the content of both sides is compared."""
        return self.kind.facts.compared or self.obstacle is Obstacle.FILE

    @property
    def one_sided(self) -> bool:
        """Tell whether only one of the sides has the file."""
        return not (self.kind.facts.before and self.generated)

    @property
    def old_path(self) -> str:
        """The path of the file on the first side; empty where it moved from an unknown one."""
        return self.was if self.kind.facts.moved else self.path

    @property
    def risks(self) -> tuple[Risk, ...]:
        """The risks of all objects and fields, each once, most serious first."""
        found = {risk for each in self.objects for risk in each.risks}
        found |= {risk for each in self.objects for field in each.fields for risk in field.risks}
        return tuple(risk for risk in Risk if risk in found)

    @property
    def serious(self) -> tuple[bool, int, str]:
        """A key that sorts the most serious change first; what is in the way stops everything."""
        rank = -1 if self.obstacle else list(Kind).index(self.kind)
        return not self.risks, rank, self.path


class Displaced(Struct, frozen=True, rename="camel"):
    """A file that generate wrote over or removed although its content was not committed.

    `change` tells what it held, foreign for a file that was adopted. `id` names what still has the
    content, a blob of git or a copy, and `restore` is the command that brings it back.
    """

    change: FileChange
    """What the file held."""
    id: str
    """The name of what still has the content: a blob of git, or a copy."""
    restore: str
    """The command that brings the content back."""

    @property
    def adopted(self) -> bool:
        """Tell whether the file had no header: somebody wrote it, and it was taken over."""
        return self.change.kind is Kind.FOREIGN
