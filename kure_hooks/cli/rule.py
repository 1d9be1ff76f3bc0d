"""The command `rule`."""

from collections.abc import Iterator

import click

from kure_hooks.cli.boundary import exit_codes
from kure_hooks.cli.console import write
from kure_hooks.decoding import nearest
from kure_hooks.errors import UsageError
from kure_hooks.reports.rules import RULES as OF_REPORTS
from kure_hooks.rules import CHAPTERS, RULES


@click.command("rule")
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
    for title, chapter in CHAPTERS.items():
        yield title
        yield from (f"  {name}  {rule.severity:<7}  {rule.title}" for name, rule in chapter.items())
        yield ""
    yield "Drift and runs"
    width = max(map(len, OF_REPORTS))
    yield from (f"  {name:<{width}}  {rule.title}" for name, rule in OF_REPORTS.items())


def _explanation(identifier: str) -> Iterator[str]:
    if rule := RULES.get(identifier.upper()):
        yield f"{identifier.upper()}: {rule.title} ({rule.severity})"
        yield from ("", rule.meaning, rule.remedy)
        if rule.source:
            yield from ("", f"Rule of: {rule.source}")
    elif other := OF_REPORTS.get(identifier):
        yield from (f"{identifier}: {other.title}", "", other.meaning, other.remedy)
    else:
        hint = nearest(identifier, (*RULES, *OF_REPORTS))
        advice = f"; {hint}" if hint else "."
        problem = f"there is no rule {identifier}{advice}"
        raise UsageError(f"{problem} `kure-hooks rule` lists all rules.")
