"""The pages and the picture that programs write. To write them anew: python -m scripts.docs."""

import re
from xml.etree import ElementTree as ET

import pytest

from kure_hooks.operations.schema import SCHEMAS
from scripts.docs import PAGES
from scripts.docs.picture import report
from tests.support.pages import GENERATED, ROOT, read

TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_what_its_program_writes(path):
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path](), "python -m scripts.docs"


def test_pages_of_programs_are_known_to_the_tests_of_snippets():
    assert {path for path in PAGES if path.endswith(".md")} <= GENERATED


def keys(part):
    """Yield every key that a schema gives to an object, but for deprecated ones."""
    if isinstance(part, dict):
        for name, inner in part.get("properties", {}).items():
            if not inner.get("deprecated"):
                yield name
        for name, inner in part.items():
            if name not in ("default", "examples"):
                yield from keys(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from keys(inner)


@pytest.mark.parametrize(
    ("schema", "pages"),
    [("settings", ["settings"]), ("stack", ["stack", "application"])],
)
def test_the_references_have_every_key(schema, pages):
    text = "".join(read(f"docs/{page}-reference.md") for page in pages)
    rows = set(re.findall(r"^\| \*{0,2}`([^`]+)`", text, re.MULTILINE))
    assert set(keys(SCHEMAS[schema]())) - rows == set()


def test_the_picture_shows_the_report_and_loads_nothing():
    svg = read("docs/images/report.svg")
    lines = ["".join(text.itertext()) for text in ET.fromstring(svg).iter(TEXT)]  # noqa: S314
    shown = [line.replace("\u00a0", " ") for line in lines]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", report())
    assert shown == ["$ kure-hooks check", *plain.splitlines()]
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)|<script|<style|href", svg) == []
