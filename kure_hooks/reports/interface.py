"""What a report is."""

from dataclasses import dataclass
from typing import Protocol

from kure_hooks.outcome import Outcome


@dataclass(frozen=True)
class Style:
    """What the edge knows of where the text goes; colour only marks what words already say."""

    width: int = 80
    color: bool = False
    verbose: bool = False


class Report(Protocol):
    """A format."""

    def __call__(self, outcome: Outcome, style: Style) -> str:
        """Return the whole report, empty or ending with a newline."""
        ...
