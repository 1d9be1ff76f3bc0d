"""The work that the builds and walks of one repository may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.gitops.templating.values import Budget as Allowance

TOO_LONG = "takes too long to follow"
"""Why a directory is not built to its end, as the end of a sentence that begins with it."""

MAX_RESOURCES = 200_000
"""The most objects that the walks of one repository may meet, each as often as they meet it.

All other work for the repository is counted in such objects and taken from the same budget.
"""

# So much work of a set takes as long as one object, and so much is the most for one set.
_WORK = 512
_MOST_WORK = 1 << 24
# So many changes of an object in builds take as long as meeting one.
_CHANGES = 5
# An object of so many values is a usual one.
_USUAL = 50
# So many characters of a text count as one value.
_CHARACTERS = 100


def count(value: Any) -> int:
    """Return the number of values in a value, each as often as it is there.

    A long text counts as several.
    """
    number, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        number += 1
        if isinstance(item, str):
            number += len(item) // _CHARACTERS
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return number


def weight(value: Any) -> int:
    """Return how many usual objects take as long to change as a value."""
    return 1 + count(value) // _USUAL


@dataclass
class Budget:
    """The objects that may still be met: a few lines can ask for a large directory very often.

    Other work counts as so many objects as take about as long.
    """

    left: int = MAX_RESOURCES
    _changes: int = field(default=0, init=False)

    @property
    def is_spent(self) -> bool:
        """True where nothing more is followed."""
        return self.left <= 0

    def spend(self, objects: int) -> None:
        """Take note of objects that are met."""
        self.left -= objects

    def change(self, objects: int) -> None:
        """Take note of objects that a build changes, a large one as several: see `weight`."""
        met, self._changes = divmod(self._changes + objects, _CHANGES)
        self.spend(met)

    def renew(self) -> None:
        """Begin anew, with nothing spent."""
        self.left = MAX_RESOURCES

    @contextmanager
    def allowance(self) -> Iterator[Allowance]:
        """Give a set, as of Applications, the work that it may take, and take it from the rest."""
        allowance = Allowance(min(_MOST_WORK, max(self.left, 0) * _WORK))
        try:
            yield allowance
        finally:
            self.spend(allowance.spent // _WORK)
