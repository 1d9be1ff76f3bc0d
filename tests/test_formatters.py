"""The hooks that most repositories have beside ours leave every generated file alone."""

import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kure_hooks.yamlio import dump
from tests.support.clusters import clusters
from tests.support.generate import generated
from tests.support.git import commit_all, make_repository, write
from tests.support.nasty import PHRASES, WORDS, texts
from tests.support.npm import module, node
from tests.support.scripts import script

ROOT = Path(__file__).parents[1]
TREES = ("tests/yamlio/golden", "tests/engines/golden", "examples/fleet/clusters")

# The fixers of pre-commit-hooks (v6) that take YAML.
FIXERS = (
    "trailing-whitespace-fixer",
    "end-of-file-fixer",
    "mixed-line-ending",
    "fix-byte-order-marker",
)
RULES = """\
extends: default
rules:
  document-start: disable
  indentation: {indent-sequences: false}
  line-length: disable
"""
LONGEST_KEY = 60  # prettier moves {}, [] and blocks behind a key of a whole line below it


@cache
def golden() -> Mapping[str, bytes]:
    """Every checked-in file that kure-hooks wrote; a folder `repository` has what it read."""
    files = [
        *(each for tree in TREES for each in (ROOT / tree).rglob("*.yaml")),
        *(ROOT / "tests/apps/golden").glob("*.expected.yaml"),
    ]
    written = {each.relative_to(ROOT): each.read_bytes() for each in sorted(files)}
    return {str(path): data for path, data in written.items() if "repository" not in path.parts}


def joined(blanks: str) -> Iterator[str]:
    """Yield texts with blanks around line breaks."""
    for before in ("a", "", "- a", "# a", "'", '"', "\\"):
        for after in ("", "b", "\n", "\n\n", "  b\n", "b\n\n\n", "\tb"):
            yield f"{before}{blanks}\n{after}"


@cache
def nasty() -> Mapping[str, bytes]:
    """Random files with one to three documents, made of texts that formatters change."""
    chance = random.Random(0)  # noqa: S311 - repeatable on purpose
    blank = [
        text for blanks in ("", " ", "\t", " \t ", "\u00a0", "\n \n") for text in joined(blanks)
    ]
    pool = [*texts(2_000), *PHRASES * 5, *WORDS, *blank * 2]
    keys = [text for text in pool if len(dump({text: 0})) <= LONGEST_KEY]

    def value(depth):
        share = chance.random()
        if depth == 4 or share < 0.6:
            scalars = (True, None, 0, 1.5, 1e30, {}, [])
            return chance.choice(pool) if share < 0.5 else chance.choice(scalars)
        if share < 0.8:
            return [value(depth + 1) for _ in range(chance.randrange(4))]
        return {chance.choice(keys): value(depth + 1) for _ in range(chance.randrange(4))}

    def document():
        return dump({chance.choice(keys): value(0) for _ in range(chance.randrange(1, 5))})

    files = [
        "---\n".join(document() for _ in range(chance.choice((1, 1, 2, 3)))) for _ in range(300)
    ]
    return {f"{number}.yaml": f"# Mark\n{text}".encode() for number, text in enumerate(files)}


@cache
def drawn() -> Mapping[str, bytes]:
    """The trees of random clusters."""
    files: dict[str, bytes] = {}

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(("flux", "argocd")).flatmap(clusters))
    def draw(case):
        found = generated(case.texts()).files.items()
        marked = {path: data for path, data in found if data.startswith(b"# Generated")}
        files.update({f"{len(files)}/{path}": data for path, data in marked.items()})

    draw()
    return files


SETS = pytest.mark.parametrize("files", [golden, nasty, drawn], ids=lambda each: each.__name__)


def test_there_is_something_to_format():
    assert len(golden()) > 140
    assert len(drawn()) > 100
    assert sum(b"|" in data for data in nasty().values()) > 100


@SETS
def test_the_fixers_of_pre_commit_hooks_change_nothing(files, tmp_path):
    write(tmp_path, dict(files()))
    for name in FIXERS:
        done = subprocess.run(
            [script(name), *files()], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), name
    assert {path: (tmp_path / path).read_bytes() for path in files()} == files()


@SETS
def test_check_yaml_reads_every_file(files, tmp_path):
    write(tmp_path, dict(files()))
    command = [script("check-yaml"), "--allow-multiple-documents", *files()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("files", [golden, drawn], ids=lambda each: each.__name__)
def test_yamllint_finds_nothing_but_what_the_page_tells(files, tmp_path):
    write(tmp_path, {**files(), ".yamllint": RULES})
    assert RULES in (ROOT / "docs/formatters.md").read_text()
    done = subprocess.run(
        [script("yamllint"), "--strict", "."], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, "")


@SETS
def test_prettier_changes_nothing_but_the_indentation_of_sequences(files, tmp_path):
    write(tmp_path, dict(files()))
    command = ("--no-config", "--no-editorconfig", "--ignore-path", tmp_path / "none", "--write")
    node(module("prettier") / "bin" / "prettier.cjs", *command, tmp_path)
    for path, data in files().items():
        before, after = data.decode(), (tmp_path / path).read_bytes().decode()
        changed = unified_diff(before.splitlines(), flush(after).splitlines(), path, "prettier")
        assert flush(after) == before, "\n".join(changed)


def flush(text: str) -> str:
    """Return YAML with the sequences below a key moved to the column of the key."""
    lines = text.split("\n")
    shift = [0] * len(lines)
    opened: list[tuple[bool, int]] = []
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            sequence = isinstance(event, yaml.SequenceStartEvent) and not event.flow_style
            below_key = sequence and bool(opened) and not opened[-1][0]
            is_list = isinstance(event, yaml.SequenceStartEvent)
            opened.append((is_list, event.start_mark.line if below_key else -1))
        elif isinstance(event, yaml.CollectionEndEvent):
            _, start = opened.pop()
            for line in range(start, event.end_mark.line) if start >= 0 else ():
                shift[line] += 2
    return "\n".join(line[count:] for line, count in zip(lines, shift, strict=True))


def test_the_ignore_file_of_the_page_keeps_prettier_from_generated_files(tmp_path):
    repository = make_repository(tmp_path / "repository")
    shutil.copytree(ROOT / "examples/fleet/clusters", repository / "clusters")
    write(repository, {".prettierignore": "clusters/\n"})
    commit_all(repository, "The tree")
    assert "```gitignore\nclusters/\n```" in (ROOT / "docs/formatters.md").read_text()
    program = str(module("prettier") / "bin" / "prettier.cjs")
    done = subprocess.run(
        ["node", program, "--check", "."], cwd=repository, capture_output=True, check=False
    )
    assert b"All matched files use Prettier code style!" in done.stdout
