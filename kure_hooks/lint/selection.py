"""The choice of rules: by identifier, by prefix such as FX, or by pattern."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from kure_hooks.files.globs import is_glob, matches, matches_segment
from kure_hooks.findings import Finding, Severity

OFF = "off"
"""The word for a rule that is not checked at all, in the place of a severity."""


@lru_cache(maxsize=1 << 14)
def covers(selector: str, name: str) -> bool:
    """Tell whether a selector means a rule; one without `*`, `?` or `[` means all that follow it.

    Letters may be in lower case.
    """
    selector, name = selector.upper(), name.upper()
    return matches_segment(selector, name) if is_glob(selector) else name.startswith(selector)


class Selection(Struct, frozen=True):
    """The rules to check, and the weight of what they find.

    `select` are the selectors of the rules, all where there is none, and `ignore` of those to leave
    out. `paths` gives selectors to leave out in the files that match a pattern. `severity` gives
    rules, by selector, another severity, or OFF; the longest selector counts.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    paths: Mapping[str, tuple[str, ...]] = {}
    severity: Mapping[str, str] = {}

    def has(self, name: str) -> bool:
        """Tell whether a rule is to be checked."""
        selected = not self.select or any(covers(selector, name) for selector in self.select)
        ignored = any(covers(selector, name) for selector in self.ignore)
        return selected and not ignored and self._severity(name) != OFF

    def chosen(self, names: Iterable[str]) -> list[str]:
        """Return the rules to check, in their order."""
        return [name for name in names if self.has(name)]

    def allows(self, finding: Finding) -> bool:
        """Tell whether a finding is in a file in which its rule counts."""
        return not any(
            covers(selector, finding.rule)
            for pattern, selectors in self.paths.items()
            if matches(pattern, finding.at.path)
            for selector in selectors
        )

    def weight(self, finding: Finding, usual: Severity) -> Severity:
        """Return the severity that a finding gets, of a rule whose usual severity is given.

        An info of a rule that is usually more says that something can't be known: it stays one.
        """
        severity = self._severity(finding.rule)
        if not severity or severity == OFF:
            return finding.severity
        if finding.severity is Severity.INFO and usual is not Severity.INFO:
            return finding.severity
        return Severity(severity)

    def _severity(self, name: str) -> str:
        """Return the severity that the settings give a rule, empty for none."""
        selectors = [selector for selector in self.severity if covers(selector, name)]
        return self.severity[max(selectors, key=len)] if selectors else ""
