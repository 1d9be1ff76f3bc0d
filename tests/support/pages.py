"""The pages of the documentation: their code blocks, and the remarks on these for the tests.

A remark is an HTML comment, which readers do not see:

    <!-- repository: fleet -->      the blocks that follow work in a copy of examples/fleet;
                                    `empty` is a new git repository, the one of a page's begin
    <!-- run: COMMANDS -->          commands that the page does not show; they have to succeed
    <!-- exit: 2 -->                the next block ends with this code; else with 0 or 1
    <!-- not run: REASON -->        the next block is not run
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
# Written by programs and held by tests of their own.
GENERATED = {
    "docs/application-reference.md",
    "docs/rules.md",
    "docs/schemas.md",
    "docs/settings-reference.md",
    "docs/stack-reference.md",
}
ALL = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
EXAMPLES = ("examples/fleet/README.md", "examples/plugin/README.md")
WRITTEN = (*(name for name in ALL if name not in GENERATED), *EXAMPLES)

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_REMARK = re.compile(r"<!-- (repository|run|exit|not run): (.*?) ?-->", re.DOTALL)


class Remark(NamedTuple):
    """A remark for the tests: its name and what it says."""

    name: str
    text: str


class Block(NamedTuple):
    """A code block with its language, the line that opens it, and the remarks before it.

    `start` and `end` are the lines of its content in the page, counted from zero; `indent` is the
    white space before each of them.
    """

    language: str
    text: str
    start: int
    end: int
    indent: str
    remarks: tuple[Remark, ...]

    def remark(self, name: str) -> str | None:
        """Return what the remark of this name says, None where there is none."""
        return next((remark.text for remark in self.remarks if remark.name == name), None)


def read(page: str) -> str:
    """Return the Markdown of a page, which is named from the top of the repository."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    """Yield the code blocks of a page in their order.

    Remarks behind the last one are those of a block without text.
    """
    lines = text.splitlines()
    remarks: list[Remark] = []
    for token in _MARKDOWN.parse(text):
        if token.type == "html_block":
            remarks += (Remark(*match.groups()) for match in _REMARK.finditer(token.content))
        elif token.type == "fence":
            start, end = token.map[0] + 1, token.map[1] - 1
            opening = lines[token.map[0]]
            indent = opening[: len(opening) - len(opening.lstrip())]
            yield Block(token.info.strip(), token.content, start, end, indent, tuple(remarks))
            remarks = []
    if remarks:
        yield Block("", "", len(lines), len(lines), "", tuple(remarks))


def headings(text: str) -> list[str]:
    """Return the plain texts of the headings of a page."""
    tokens = _MARKDOWN.parse(text)
    return [plain(next_) for token, next_ in pairwise(tokens) if token.type == "heading_open"]


def plain(inline) -> str:
    """Return the text that readers see of an inline token."""
    return "".join(
        child.content for child in inline.children if child.type in ("text", "code_inline")
    )


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as forges and the site make them."""
    names: dict[str, int] = {}
    for heading in headings(text):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        names[slug] = names.get(slug, -1) + 1
        if names[slug]:
            names[f"{slug}-{names[slug]}"] = 0
    return set(names) | set(re.findall(r'<a id="([^"]+)"', text))


def links(text: str) -> Iterator[str]:
    """Yield the targets of the links and pictures of a page, HTML ones too."""
    for token in _MARKDOWN.parse(text):
        for child in token.children or ():
            if child.type in ("link_open", "image"):
                yield str(child.attrs.get("href") or child.attrs.get("src"))
        if token.type in ("html_block", "inline"):
            yield from re.findall(r'(?:src|srcset|href)="([^"]+)"', token.content)
