"""The work that the walks of one repository may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kure_hooks.gitops.templating.values import Budget as Allowance

MAX_RESOURCES = 200_000
"""The most objects that the walks of one repository may meet, each as often as they meet it."""

# So much work of a set takes as long as one object, and so much is the most for one set.
_WORK = 512
_MOST_WORK = 1 << 24


@dataclass
class Budget:
    """The objects that may still be met: a few lines can ask for a large directory very often.

    Other work counts as so many objects as take about as long.
    """

    left: int = MAX_RESOURCES

    @property
    def is_spent(self) -> bool:
        """True where nothing more is followed."""
        return self.left <= 0

    def spend(self, objects: int) -> None:
        """Take note of objects that are met."""
        self.left -= objects

    @contextmanager
    def allowance(self) -> Iterator[Allowance]:
        """Give a set, as of Applications, the work that it may take, and take it from the rest."""
        allowance = Allowance(min(_MOST_WORK, max(self.left, 0) * _WORK))
        try:
            yield allowance
        finally:
            self.spend(allowance.spent // _WORK)
