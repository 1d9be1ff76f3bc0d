"""The site as `.ci/docs` builds it: strict, without a network, and with all that the pages say."""

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from tests.support.children import environment
from tests.support.pages import ALL, ROOT, anchors, read

PAGES = [page for page in ALL if page.startswith("docs/")]
COUNTED = {"table": "table", "li": "li", "pre": "pre", "h2": "h2", "h3": "h3", "th": "th"}


class Elements(HTMLParser):
    """The elements of the article of a page: their names, identifiers and what they load."""

    def __init__(self, text):
        super().__init__()
        self.names, self.ids, self.loaded, self._in_article = [], set(), [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self._in_article |= tag == "article"
        is_loaded = tag in ("script", "img", "iframe", "source") or (
            tag == "link" and values.get("rel") in ("stylesheet", "preconnect", "icon", "preload")
        )
        if is_loaded:
            self.loaded.append(values.get("src") or values.get("href") or "")
        if self._in_article:
            self.names.append(tag)
            self.ids.add(values.get("id"))

    def handle_endtag(self, tag):
        if tag == "article":
            self._in_article = False


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if not importlib.util.find_spec("material"):
        reason = "mkdocs-material is not installed; it is of the dependency group `docs`"
        pytest.skip(reason)
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment() | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


def html(site, page):
    name = page.removeprefix("docs/").removesuffix(".md")
    path = site / "index.html" if name == "index" else site / name / "index.html"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_the_site_shows_what_a_forge_shows(site, page):
    """The two readers of Markdown differ in lists and indents: a page is to suit both."""
    forge = MarkdownIt("commonmark", {"html": True}).enable("table").render(read(page))
    shown = Elements(html(site, page))
    counts = {name: shown.names.count(name) for name in COUNTED}
    expected = {name: len(re.findall(rf"<{name}[ >]", forge)) for name in COUNTED}
    assert counts == expected
    assert anchors(read(page)) - shown.ids == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_from_another_host(site, page):
    text = html(site, page)
    assert [path for path in Elements(text).loaded if "//" in path] == []
    # The theme's script asks the forge for the stars of a repository that this names.
    assert 'data-md-component="source"' not in text


def test_every_page_is_in_the_navigation(site):
    entries = re.findall(r"[\w-]+\.md", (ROOT / "mkdocs.yml").read_text())
    assert sorted(f"docs/{name}" for name in entries) == sorted(PAGES)


def test_a_second_build_has_the_same_bytes(site, tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    variables = environment() | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"}
    subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, check=True)

    def content(top):
        files = (path for path in top.rglob("*") if path.is_file())
        return {os.fspath(path.relative_to(top)): path.read_bytes() for path in files}

    assert content(tmp_path) == content(site)
