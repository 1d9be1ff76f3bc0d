"""The links and anchors of README.md, CONTRIBUTING.md, the docs and the examples' pages."""

import re
from functools import cache
from urllib.parse import unquote

import pytest

from tests.support.pages import ALL, EXAMPLES, ROOT, anchors, links, read

PAGES = (*ALL, *EXAMPLES, "CONTRIBUTING.md")
# Files of the repository that the site has not: they are linked by their address on the forge.
FORGE = "https://github.com/kure-hooks/kure-hooks/"


def broken(page, target):
    """Tell whether a link of a page leads to no file, or to no heading of it."""
    in_repository = re.match(rf"{FORGE}(?:blob|tree|edit)/main/(.+)", target)
    if in_repository:
        target, page = in_repository[1], "README.md"
    if "://" in target or target.startswith("mailto:"):
        return False
    path, _, anchor = unquote(target).partition("#")
    file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
    if not file.exists() or (page.startswith("docs/") and ROOT / "docs" not in file.parents):
        return True
    return bool(anchor) and anchor not in anchors_of(file)


@cache
def anchors_of(file):
    return anchors(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    assert [target for target in links(read(page)) if broken(page, target)] == []


@pytest.mark.parametrize(
    ("target", "is_broken"),
    [
        ("engines.md#containers", False),
        ("engines.md#container", True),
        ("nowhere.md", True),
        ("#containers", False),
        ("#kontainers", True),
        ("../README.md", True),  # the site has no such page
        (f"{FORGE}tree/main/examples/plugin", False),
        (f"{FORGE}tree/main/examples/plugins", True),
        ("https://example.com/", False),
    ],
)
def test_a_broken_link_is_found(target, is_broken):
    assert broken("docs/engines.md", target) is is_broken
