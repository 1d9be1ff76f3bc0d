"""Versions and ranges as Masterminds/semver 3.4 reads them; the table was run through it."""

import itertools
import json
import subprocess

import pytest
import yaml

from kure_hooks.stack.semver import admits, is_range, is_version, newest
from tests.support.tools import tool

RANGES = [
    *("1", "v1.2.3", "1.2.3-rc.1+4", "1.x", "*", "x", "1.2.X", "~1.2", "^1", "~>1", "=>1", "=<2"),
    *(">=1.2 <2", ">= 1.2, < 2", ">1 || <3", "1.2.3 - 2.3.4", ">= 1.0.0-0", " 1 ", "01.2", "=1"),
    "18446744073709551615.0.0",
    "1.x.18446744073709551616",  # not read behind what stands for any
]
NO_RANGES = [
    *("latest", "main", "", "1.2.3.4", "1..2", ">> 1", "1.0.0 || ", "1|2", "1.2.3-01", "stable-1"),
    *("18446744073709551616.0.0", "9" * 5_000, "1 - ", "v", "1.2.3-", "1,", "sha256:abc"),
]


@pytest.mark.parametrize("text", RANGES)
def test_a_version_and_a_range_are_taken(text):
    assert is_range(text)


@pytest.mark.parametrize("text", NO_RANGES, ids=range(len(NO_RANGES)))
def test_anything_else_is_none(text):
    assert not is_range(text)


def test_a_variable_may_become_one():
    assert is_range("${version}")


VERSIONS = [
    *("0.0.0", "0.0.3", "0.1.0", "0.2.3", "0.2.9", "1.0.0", "1.2.2", "1.2.3", "1.2.4", "1.9.9"),
    *("2.0.0", "10.0.0", "1.2.3-rc.1", "1.2.3-rc.10", "2.0.0-alpha", "v1.2.3", "1.2.3+build"),
]
BASES = [
    *("1", "1.x", "1.2", "1.2.x", "1.2.3", "0", "0.2", "0.2.3", "0.0", "0.0.3", "0.0.0"),
    *("1.2.3-rc.1", "1.2.0-0", "2", "v1.2.3", "1.*"),
]
OPERATORS = ["", "=", "!=", ">", "<", ">=", "<=", "~", "^", "~>", "=>", "=<", ">= "]
COMBINED = [
    *("*", "x", "1.2 - 1.3", ">=1.0 <2.0", ">=1.0, <1.2.3 || 2.x", "1.2.3 - 2.0.0"),
    *("^1.2 !=1.2.4", ">=1.2.3-0 <2.0.0", "~1.2 || ^0.2"),
]
COMPARING = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: all}
rows:
{{- range $range := .Values.ranges }}{{ range $version := $.Values.versions }}
- {{ list $range $version (semverCompare $range $version) | toJson }}
{{- end }}{{ end }}
"""


NO_VERSIONS = [
    *("latest", "1x.2.3", "1.x.3", "*", "", "1.2.3.4", "1.2.3-01", "1.2.3\n4", " 1.2.3", "=1.2.3"),
    *("9" * 5_000, "1.2.3-" + "9" * 5_000, "18446744073709551616.0.0"),
]


@pytest.mark.parametrize("text", NO_VERSIONS, ids=range(len(NO_VERSIONS)))
def test_what_is_no_version_is_in_no_range(text):
    assert not is_version(text)
    assert newest("* || >=0.0.0-0", [text]) is None


@pytest.mark.parametrize("text", VERSIONS)
def test_a_version_is_one(text):
    assert is_version(text)


def test_a_range_admits_what_helm_says_it_does(tmp_path):
    """The real helm compares, by the library that Flux and Argo CD have as well."""
    ranges = [*map("".join, itertools.product(OPERATORS, BASES)), *COMBINED]
    values = json.dumps({"ranges": ranges, "versions": VERSIONS})
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: c, version: 1.0.0}")
    (tmp_path / "templates" / "all.yaml").write_text(COMPARING)
    done = subprocess.run(
        [tool("helm"), "template", "c", tmp_path, "--values", "-"],
        input=values.encode(),
        check=True,
        capture_output=True,
    )
    rows = yaml.load(done.stdout, yaml.CSafeLoader)["rows"]
    assert len(rows) == len(ranges) * len(VERSIONS)
    assert [row for row in rows if admits(row[0], row[1]) != row[2]] == []


def test_the_newest_version_of_a_range_is_chosen():
    assert newest("1.x", ["1.2.3", "1.10.0", "2.0.0", "1.11.0-rc.1"]) == "1.10.0"
    assert newest("3.x", ["1.2.3"]) is None
