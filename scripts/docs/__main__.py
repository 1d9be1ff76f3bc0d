"""Writes the pages: `python -m scripts.docs`."""

from scripts.docs import PAGES, ROOT

for path, make in PAGES.items():
    (ROOT / path).write_text(make(), encoding="utf-8")
