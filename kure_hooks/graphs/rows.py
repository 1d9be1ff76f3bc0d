"""A cluster as the rows of its tree, and what waits for what among them."""

from dataclasses import dataclass

from kure_hooks.stack.outline import Part


@dataclass(frozen=True, slots=True)
class Row:
    """A part, how deep it is, and the number of the row that it is in; None for the cluster."""

    part: Part
    depth: int
    above: int | None


@dataclass(frozen=True)
class Table:
    """A cluster in the order of its tree.

    `external` are the names that its bundles wait for and that are no bundles of the cluster.
    `needs` are pairs of numbers: a row and the row that it waits for, where the numbers after those
    of `rows` stand for `external`.
    """

    rows: tuple[Row, ...]
    external: tuple[str, ...]
    needs: tuple[tuple[int, int], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each row, then the external ones: what the numbers of `needs` stand for."""
        return (*(row.part.name for row in self.rows), *self.external)


def table(cluster: Part) -> Table:
    """Return the rows of a cluster and its dependencies, each once."""
    rows = _rows(cluster)
    # The first of two bundles of one name counts, hence the order.
    bundles = {
        _key(row.part): number
        for number, row in reversed(tuple(enumerate(rows)))
        if row.part.kind in ("bundle", "owner")
    }
    external: dict[str, int] = {}
    needs: dict[tuple[int, int], None] = {}
    for number, row in enumerate(rows):
        for name in row.part.needs:
            if name in bundles and name not in row.part.external:
                needs[number, bundles[name]] = None
            else:
                needs[number, external.setdefault(name, len(rows) + len(external))] = None
    return Table(rows, tuple(external), tuple(needs))


def _key(part: Part) -> str:
    """Return the name by which others need a part: owners of several kinds may share one."""
    return f"{part.detail} {part.name}" if part.kind == "owner" else part.name


def _rows(cluster: Part) -> tuple[Row, ...]:
    rows: list[Row] = []
    waiting: list[Row] = [Row(cluster, 0, None)]
    while waiting:
        row = waiting.pop()
        below = [Row(part, row.depth + 1, len(rows)) for part in row.part.parts]
        waiting += reversed(below)
        rows.append(row)
    return tuple(rows)
