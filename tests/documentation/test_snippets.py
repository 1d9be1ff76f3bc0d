"""Every code block of README.md and docs: run, read or validated, page by page.

`--update-golden` writes the outputs of `console` blocks: read what changed.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lupa import LuaRuntime

from tests.documentation import fragments
from tests.documentation.worlds import World
from tests.support.children import environment
from tests.support.git import git
from tests.support.pages import ROOT, WRITTEN, blocks, read
from tests.support.project import repository_of_hooks

# Blocks that no test runs, all pages together. The number may only fall.
NOT_RUN = 17
# Settings of other programs are only parsed.
PARSERS = {
    "json": lambda text: "" if json.loads(text) else "empty",
    "lua": lambda text: "" if LuaRuntime().compile(text) else "empty",
}
# A picture of files or an output; nothing could run it.
SHOWN_ONLY = {"text", "gitignore", "gitattributes", "mermaid"}


@pytest.fixture(scope="session")
def hook_repository(tmp_path_factory):
    """A repository with this version of the hooks as the release that the pages name."""
    path = repository_of_hooks(tmp_path_factory.mktemp("project"))
    git(path, "tag", "v0.1.0")
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def world(base, request, hook_repository):
    return World(base / re.sub(r"\W", "-", request.node.callspec.id), hook_repository)


@pytest.mark.parametrize("page", WRITTEN)
def test_the_snippets_of_a_page_do_what_it_says(page, world, update_golden):
    text = read(page)
    lines = text.splitlines(keepends=True)
    for block in reversed([shown for shown in _shown(text, world) if shown[1] is not None]):
        snippet, output = block
        new = "".join(f"{snippet.indent}{line}".rstrip() + "\n" for line in output.splitlines())
        lines[snippet.start : snippet.end] = [new]
    if update_golden:
        Path(ROOT / page).write_text("".join(lines))
        return
    assert "".join(lines) == text


def _shown(text, world):
    """Run the blocks of a page, and return each with what should stand there, if it is output."""
    return [(block, _run(block, world)) for block in blocks(text)]


def _run(block, world):
    for remark in block.remarks:
        if remark.name == "repository":
            world.begin(remark.text)
        elif remark.name == "run":
            code, output = world.run(remark.text)
            assert code == 0, f"{remark.text}\n{output}"
    if block.remark("not run") or not block.text:
        return None
    if block.language == "console":
        return _printed(block, world)
    assert _fault(block, world) == ""
    return None


def _codes(block):
    code = block.remark("exit")
    return {0, 1} if code is None else {int(code)}


def _printed(block, world):
    """Return the commands of a block, each with what it prints; only the last one may end so."""
    text = ""
    commands = re.findall(r"^\$ (.*(?:\\\n.*)*)$", block.text, re.MULTILINE)
    for command in commands:
        code, output = world.run(command)
        expected = _codes(block) if command == commands[-1] else {0, 1}
        assert code in expected, f"{command}\n{output}"
        text += f"$ {command}\n{output}"
    return text


def _fault(block, world):
    language = block.language
    if language == "sh":
        code, output = world.run(f"set +e\n{block.text}")
        return "" if code in _codes(block) else output
    if language == "python":
        return _python(block, world)
    if language in PARSERS:
        return PARSERS[language](block.text)
    if language in ("yaml", "toml"):
        name = fragments.name_of(block.text)
        return fragments.fault(name, block.text, world)
    return "" if language in SHOWN_ONLY else f"no test knows the language {language!r}"


def _python(block, world):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.text],
        cwd=world.repository,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr if done.returncode else ""


def test_few_blocks_are_not_run_and_each_says_why():
    reasons = [
        block.remark("not run")
        for page in WRITTEN
        for block in blocks(read(page))
        if block.remark("not run") is not None
    ]
    assert all(len(reason.split()) > 2 for reason in reasons)
    assert len(reasons) <= NOT_RUN
