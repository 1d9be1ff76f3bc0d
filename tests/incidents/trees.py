"""Small repositories modelled on public incident reports: each broken before and right after."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import yaml

TREES = Path(__file__).parent / "trees"

RULES = frozenset(
    f"{tool}{number:03}"
    for tool, last in (("FX", 29), ("AR", 19), ("KZ", 5), ("SE", 2))
    for number in range(1, last + 1)
)
"""The ids of the rules that an incident may be about."""


class Incident(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One report, as its incident.yaml tells it; README.md describes the fields."""

    slug: str
    title: str
    source: tuple[str, ...]
    tool: Literal["flux", "argocd", "kustomize"]
    rule: str
    severity: Literal["error", "warning", "info"]
    object: str
    at: str
    why: str
    base: str = ""

    @property
    def directory(self) -> Path:
        return TREES / self.slug

    @property
    def before(self) -> Path:
        """The repository with the fault; of two commits the later one."""
        return self.directory / "before" / ("new" if self.base else "")

    @property
    def after(self) -> Path:
        """The repository with the fault corrected; of two commits the later one."""
        return self.directory / "after" / ("new" if self.base else "")

    def earlier(self, side: Literal["before", "after"]) -> Path | None:
        """Return the commit that a rule about changes compares with, if it is about a change."""
        return self.directory / side / self.base if self.base else None

    @property
    def place(self) -> tuple[Path, int]:
        """The file and the line, counted from 1, at which the finding stands."""
        name, _, line = self.at.rpartition(":")
        return self.directory / "before" / name, int(line)


def incidents() -> Iterator[Incident]:
    """Yield every incident, ordered by its directory's name."""
    for file in sorted(TREES.glob("*/incident.yaml")):
        fields = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield msgspec.convert(fields | {"slug": file.parent.name}, Incident)
