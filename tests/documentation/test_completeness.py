"""What the pages have to describe, because the program has it."""

import re

from kure_hooks.cli import COMMANDS
from kure_hooks.cli.boundary import INTERRUPTED
from tests.support.pages import ALL, ROOT, blocks, read


def test_every_exit_code_has_a_row():
    section = read("docs/troubleshooting.md").split("## Exit codes")[1].split("\n## ")[0]
    codes = re.findall(r"^\| (\d+) \|", section, re.MULTILINE)
    assert codes == ["0", "1", "2", "3", str(INTERRUPTED)]


def test_twenty_messages_are_printed_by_the_program():
    shown = [block for block in blocks(read("docs/troubleshooting.md")) if block.remark("exit")]
    assert sum(block.language == "console" for block in shown) >= 20


def test_every_variable_of_the_environment_is_described():
    code = "".join(path.read_text() for path in (ROOT / "kure_hooks").rglob("*.py"))
    pages = "".join(map(read, ALL))
    names = set(re.findall(r"KURE_HOOKS(?:_[A-Z]+)+", code))
    assert sorted(name for name in names if name not in pages) == []


def test_the_commands_and_options_in_sentences_exist():
    code = "".join(path.read_text() for path in (ROOT / "kure_hooks/cli").glob("*.py"))
    shown = [line for page in ALL for line in re.findall(r"`kure-hooks ([^`|]*)", read(page))]
    commands = {line.split()[0] for line in shown if line[:1].islower()}
    options = {option for line in shown for option in re.findall(r"(?<=\s)--[a-z][a-z-]+", line)}
    assert commands - set(COMMANDS) == set()
    assert sorted(option for option in options if f'"{option}' not in code) == []
