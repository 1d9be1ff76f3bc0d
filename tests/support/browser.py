"""Finds Chromium, its driver and axe, which the tests of the HTML report run."""

import importlib.util
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

_AXE = Path(__file__).parents[2] / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
# It has no sandbox as root, and is to ask nobody for anything.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium():
    """Give a headless browser, or skip the test; what is there on every machine fails it in CI."""
    if not importlib.util.find_spec("playwright"):
        _missing("playwright is not installed; it is part of the extra `test`", avoidable=True)
    program = shutil.which("chromium")
    if not program:
        installable = os.geteuid() == 0 and shutil.which("apt-get") is not None
        _missing("chromium is not installed; run .ci/browser as root", avoidable=installable)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may be missing

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


def axe():
    """Return the script that finds barriers in a page, or skip the test."""
    if not _AXE.exists():
        npm = shutil.which("npm") is not None
        _missing("axe-core is not installed; run .ci/browser (needs npm)", avoidable=npm)
    return _AXE.read_text(encoding="utf-8")


def _missing(reason, *, avoidable):
    if os.environ.get("CI") == "true" and avoidable:
        pytest.fail(reason)
    pytest.skip(reason)
