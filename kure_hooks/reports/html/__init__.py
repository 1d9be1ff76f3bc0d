"""The report as one self-contained page; it loads nothing and is whole without its script."""

from kure_hooks.reports.html.page import render as render
