"""The table of what was rolled out, and what stood in for the real thing."""

from dataclasses import dataclass, field

_HEAD = ("case", "engine", "seconds", "order", "objects", "second sync", "prune")


@dataclass
class Table:
    """Rows of results, one for each case."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, case: str, engine: str, **cells: object) -> None:
        """Add a row; `cells` are named as the columns, with `_` for a space."""
        values = [str(cells.get(name.replace(" ", "_"), "-")) for name in _HEAD[2:]]
        self.rows.append((case, engine, *values))

    def __str__(self) -> str:
        """Return it in Markdown."""
        rule = tuple("---" for _ in _HEAD)
        return "\n".join(f"| {' | '.join(row)} |" for row in (_HEAD, rule, *self.rows))


_used: set[str] = set()


def standing_in(name: str) -> None:
    """Remember that something stood in for the real thing in this run."""
    _used.add(name)


def stand_ins() -> list[str]:
    """Return what stood in for the real thing in this run."""
    return sorted(_used)
