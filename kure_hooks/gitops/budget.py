"""The work that the walks of one repository may take."""

from dataclasses import dataclass

MAX_RESOURCES = 200_000
"""The most objects that the walks of one repository may meet, each as often as they meet it."""


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
