"""The command `rule`."""

from collections.abc import Iterator

import click

from kure_hooks.cli.boundary import exit_codes
from kure_hooks.cli.console import write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.decoding import nearest
from kure_hooks.errors import UsageError
from kure_hooks.lint.catalogue import chapters, installed
from kure_hooks.lint.catalogue import rule_of as rule_of_lint
from kure_hooks.lint.rules import MODULES
from kure_hooks.reports.rules import RULES as OF_REPORTS
from kure_hooks.rules import CHAPTERS, RULES
from kure_hooks.rules.rule import Rule


@click.command("rule", cls=GuidedCommand)
@click.argument("identifier", metavar="[ID]", required=False)
def command(identifier: str | None) -> None:
    """Explain the rule that a finding bears, or list all rules; exit 0.

    ID is an identifier such as FX014, which `check --verbose` and all reports for programs show.

    \b
    Examples:
      kure-hooks rule
      kure-hooks rule FX014
    """
    with exit_codes(lambda _: None, "rule"):
        lines = _catalogue() if identifier is None else _explanation(identifier)
        write("".join(f"{line}\n" for line in lines).encode())


def _catalogue() -> Iterator[str]:
    for title, chapter in {**CHAPTERS, **chapters()}.items():
        yield title
        yield from (f"  {name}  {rule.severity:<7}  {rule.title}" for name, rule in chapter.items())
        yield ""
    if others := _of_packages():
        yield "Installed packages"
        yield from (f"  {name}  {rule.severity:<7}  {rule.title}" for name, rule in others.items())
        yield ""
    yield "Drift and runs"
    width = max(map(len, OF_REPORTS))
    yield from (f"  {name:<{width}}  {rule.title}" for name, rule in OF_REPORTS.items())


def _explanation(identifier: str) -> Iterator[str]:
    name = identifier.upper()
    if rule := rule_of_lint(name) or RULES.get(name) or _of_packages().get(name):
        yield f"{name}: {rule.title} ({rule.severity})"
        yield from ("", rule.meaning, rule.remedy)
        if rule.source:
            yield from ("", f"Rule of: {rule.source}")
        yield from _evidence(rule)
    elif other := OF_REPORTS.get(identifier):
        yield from (f"{identifier}: {other.title}", "", other.meaning, other.remedy)
    else:
        hint = nearest(identifier, (*RULES, *MODULES, *OF_REPORTS))
        more = "`kure-hooks rule` lists all rules."
        raise UsageError(" ".join(filter(None, (f"There is no rule {identifier}.", hint, more))))


def _evidence(rule: Rule) -> Iterator[str]:
    """Yield the examples of a rule, and the public reports on what the fault did."""
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            yield from ("", f"{title}:", *(f"  {line}" for line in example.splitlines()))
    if rule.incidents:
        yield from ("", "What it did to others:", *(f"  {address}" for address in rule.incidents))


def _of_packages() -> dict[str, Rule]:
    return {check.name: check.rule for check in installed()}
