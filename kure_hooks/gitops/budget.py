"""The work that the walks of one repository may take."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kure_hooks.gitops.templating.values import Budget as Allowance
from kure_hooks.objects.built import BuiltObject

MAX_RESOURCES = 200_000
"""The most objects that the walks of one repository may meet, each as often as they meet it."""

# So much work of a set takes as long as one object, and so much is the most for one set.
_WORK = 512
_MOST_WORK = 1 << 24
# So many values are changed in the time of one object.
_CHANGED = 100


def count(value: Any) -> int:
    """Return the number of values in a value, each as often as it is there."""
    number, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        number += 1
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return number


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

    def charge(self, resources: Iterable[BuiltObject]) -> None:
        """Take note of objects that are changed, each by the number of its values."""
        self.spend(sum(count(resource.manifest) for resource in resources) // _CHANGED)

    @contextmanager
    def allowance(self) -> Iterator[Allowance]:
        """Give a set, as of Applications, the work that it may take, and take it from the rest."""
        allowance = Allowance(min(_MOST_WORK, max(self.left, 0) * _WORK))
        try:
            yield allowance
        finally:
            self.spend(allowance.spent // _WORK)
