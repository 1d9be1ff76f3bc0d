"""The interface of report formats."""

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from kure_hooks.reports.model import Problems


class Style(Struct, frozen=True):
    """The style of a report, by the place it goes to; colour only marks what words already say.

    `summary` makes a text report say in one line that all is well, `verbose` also tells warnings.
    `lines` limits the text report, 0 doesn't, and `whole` is the command that shows all of one that
    was cut. `size` limits Markdown, in bytes of UTF-8: a comment of GitHub may have 65,536
    characters, a step summary 1 MiB.
    """

    width: int = 80
    color: bool = False
    verbose: bool = False
    summary: bool = False
    lines: int = 0
    whole: str = "kure-hooks check"
    size: int = 65_000

    @property
    def more(self) -> str:
        """What shows all: an option, or the command that the reader of a hook's report can run."""
        return self.whole if self.lines else "--verbose"


class Report(Protocol):
    """A format."""

    def __call__(self, problems: "Problems", style: Style) -> str:
        """Return the whole report, empty or ending with a newline."""
        ...
