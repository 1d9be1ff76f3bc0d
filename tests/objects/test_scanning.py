"""The files that may hold objects, told by their names and words."""

import pytest

from kure_hooks.objects.scanning import (
    left_out,
    may_hold_objects,
    scanned_files,
    templates_of_charts,
)

FILES = [
    "a/web.yaml",
    "a/.hidden/web.yaml",
    "a/Kustomization",
    "a/readme.md",
    "a/chart/Chart.yaml",
    "a/chart/templates/web.yaml",
    "a/chart/templates/_helpers.tpl",
    "a/chart/values.yaml",
    "a/templates/web.yaml",
]


def test_files_of_other_tools_and_templates_of_charts_are_no_manifests():
    assert scanned_files("a", FILES) == {
        "a/web.yaml",
        "a/Kustomization",
        "a/chart/values.yaml",
        "a/templates/web.yaml",
    }
    assert scanned_files("a/.hidden", ["a/.hidden/web.yaml"]) == {"a/.hidden/web.yaml"}


def test_templates_are_those_beside_a_chart():
    assert templates_of_charts(FILES) == {
        "a/chart/templates/web.yaml",
        "a/chart/templates/_helpers.tpl",
    }
    assert templates_of_charts(iter(["Chart.yaml", "templates/a.yaml"])) == {"templates/a.yaml"}


@pytest.mark.parametrize(
    ("templates", "subjects"),
    [
        ([], []),
        (["templates/a.yaml"], ["the templates of 1 chart"]),
        (["a/templates/a.yaml", "a/templates/b.yaml"], ["the templates of 1 chart"]),
        (["a/templates/a.yaml", "b/templates/a.yaml"], ["the templates of 2 charts"]),
    ],
)
def test_charts_whose_templates_are_left_out_are_counted(templates, subjects):
    assert [skipped.subject for skipped in left_out(templates)] == subjects


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("apiVersion: v1\nkind: A\n", True),
        ("apiVersion: v1\nmetadata: {}\n", True),
        ("kind: A\nmetadata: {}\n", True),
        ("apiversion: v1\nkind: A\nmetadata: {}\n", True),
        ("kinds: [a]\nkind: A\n", False),
        ("", False),
    ],
)
def test_two_of_the_words_of_an_object_are_enough(text, may):
    assert may_hold_objects(text.encode()) is may
