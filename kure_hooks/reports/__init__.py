"""Reports: each format is a function from an outcome to text."""

from kure_hooks.reports import github, json, text
from kure_hooks.reports.interface import Report

REPORTS: dict[str, Report] = {
    "github": github.render,
    "json": json.render,
    "text": text.render,
}
