"""The page docs/rules.md: python -m tests.support.rules_page > docs/rules.md."""

import sys
from collections.abc import Iterator

from kure_hooks.lint.catalogue import chapters
from kure_hooks.reports.rules import RULES as OF_REPORTS
from kure_hooks.rules import CHAPTERS
from kure_hooks.rules.rule import Rule

HEAD = """\
# Rules

Every finding bears the identifier of a rule: as `ruleId` in SARIF, `check_name` in Code Quality of
GitLab, `code` in rdjson, `type` in JUnit and `rule` in JSON. The text report shows it with
`--verbose`, and always for rules on how Flux or Argo CD behave. `kure-hooks rule ID` prints what
this page says of one.

An error ends a run with exit code 1 or 2; warnings and infos change no exit code. Identifiers keep
their meaning.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *_chapters(), *_of_reports()])


def _chapters() -> Iterator[str]:
    for title, chapter in {**CHAPTERS, **chapters()}.items():
        yield f"## {title}\n"
        for name, rule in chapter.items():
            yield f"### {name}\n\n**{rule.title}** ({rule.severity}). {rule.meaning}\n"
            source = f" Rule of: {rule.source}." if rule.source else ""
            yield f"{rule.remedy}{source}\n"
            yield from _evidence(rule)


def _evidence(rule: Rule) -> Iterator[str]:
    """Yield the examples of a rule, and the public reports on what the fault did."""
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            yield f"{title}:\n\n```yaml\n{example.rstrip()}\n```\n"
    if rule.incidents:
        reports = ", ".join(f"[{_name(each)}]({each})" for each in rule.incidents)
        yield f"What it did to others: {reports}\n"


def _name(address: str) -> str:
    """Return a report on GitHub as owner/name#number, another one by its address."""
    steps = address.removeprefix("https://github.com/").split("/")
    is_on_github = address.startswith("https://github.com/") and len(steps) == 4
    return f"{steps[0]}/{steps[1]}#{steps[3]}" if is_on_github else address


def _of_reports() -> Iterator[str]:
    yield "## Drift and runs\n"
    yield "Problems of these kinds are no findings; reports name them by what happened.\n"
    yield "| rule | meaning | what to do |\n| --- | --- | --- |"
    for name, rule in OF_REPORTS.items():
        yield f"| `{name}` | **{rule.title}.** {rule.meaning} | {rule.remedy} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
