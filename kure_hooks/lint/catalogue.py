"""The rules that lint checks: found by identifier, each loaded when it is needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kure_hooks import registry
from kure_hooks.errors import ToolError
from kure_hooks.findings import Finding, Severity
from kure_hooks.lint.rules import MODULES
from kure_hooks.package_code import blamed
from kure_hooks.registry import RuleEntry
from kure_hooks.rules.rule import Rule

if TYPE_CHECKING:  # reports take texts from here, and read no repository
    from kure_hooks.gitops.repository import Cluster, Repository

CHAPTERS = {
    "FX": "Lint: Flux CD",
    "AR": "Lint: Argo CD",
    "KZ": "Lint: kustomize and objects",
    "SE": "Lint: secrets and images",
}
"""The titles of the chapters of lint's rules by the letters that identifiers begin with."""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule with its texts, and the function that looks at each cluster or at the repository.

    A rule on a change has `of_change`, which compares the repository before it with this one.
    """

    name: str
    rule: Rule
    of_cluster: Callable[["Cluster"], Iterable[Finding]] | None = None
    of_repository: Callable[["Repository"], Iterable[Finding]] | None = None
    of_change: Callable[["Repository", "Repository"], Iterable[Finding]] | None = None

    def findings(self, repository: "Repository") -> Iterator[tuple["Cluster | None", Finding]]:
        """Yield what the rule finds, with the cluster that it looked at; None for all of them."""
        if self.of_cluster:
            for cluster in repository.clusters:
                yield from ((cluster, finding) for finding in self.of_cluster(cluster))
        if self.of_repository:
            yield from ((None, finding) for finding in self.of_repository(repository))


def check_of(name: str) -> Check:
    """Return one of our own rules, ready to run."""
    module = _module(name)
    functions = (getattr(module, f"check{of}", None) for of in ("", "_repository", "_change"))
    return Check(name, module.RULE, *functions)


def rule_of(name: str) -> Rule | None:
    """Return the texts of one of our own rules that lint checks; None for another one."""
    if name not in MODULES:
        return None
    rule: Rule = _module(name).RULE
    return rule


def installed() -> list[Check]:
    """Return the rules of installed packages, ready to run.

    Raises ToolError for one that can't be used, or that has the identifier of one of ours.
    """
    from kure_hooks import rules  # noqa: PLC0415 - most installations have no other rules

    checks = []
    for entry in registry.rules():
        module = registry.load(entry.rule)
        problem = _problem(module)
        if entry.name in MODULES or entry.name in rules.RULES:
            problem = "kure-hooks itself has a rule of that name"
        if problem:
            raise ToolError(
                f"{entry.rule}, the rule {entry.name} of an installed package, can't be used: "
                f"{problem}. Install another version of the package, or uninstall it."
            )
        of_cluster = _guarded(entry, getattr(module, "check", None))
        of_repository = _guarded(entry, getattr(module, "check_repository", None))
        checks.append(Check(entry.name, module.RULE, of_cluster, of_repository))
    return checks


def _problem(module: Any) -> str:
    """Return what is wrong with the rule of a package, empty for nothing."""
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        return "its RULE is no Rule"
    title, severity, *texts, incidents = tuple(rule)
    if not isinstance(severity, Severity) or not all(map(_is_text, (title, *texts, *incidents))):
        return "its RULE has a value of the wrong type"
    functions = [getattr(module, name, None) for name in ("check", "check_repository")]
    return "" if any(map(callable, functions)) else "it has no function `check`"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _guarded(entry: RuleEntry, function: Any) -> Callable[[Any], list[Finding]] | None:
    """Return the function of a package's rule, whose errors are told as those of the package."""
    if not callable(function):
        return None

    def check(subject: Any) -> list[Finding]:
        with blamed(registry.described(entry), "check"):
            findings = list(function(subject))
            if not all(isinstance(finding, Finding) for finding in findings):
                raise TypeError("it returns something else than findings")
            return findings

    return check


def chapters() -> Mapping[str, Mapping[str, Rule]]:
    """Return all our own rules that lint checks, by the titles of their chapters; loads them all.

    A rule whose findings other commands report as well has its texts here alone.
    """
    tables: dict[str, dict[str, Rule]] = {title: {} for title in CHAPTERS.values()}
    for name in sorted(MODULES):
        tables[CHAPTERS[name[:2]]][name] = check_of(name).rule
    return {title: table for title, table in tables.items() if table}


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"kure_hooks.lint.rules.{MODULES[name]}")
