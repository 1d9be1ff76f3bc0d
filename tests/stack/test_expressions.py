"""Expressions in CEL are parsed where the library is there, and left alone where it is not."""

import subprocess
import sys

import pytest

from kure_hooks.errors import InputError
from kure_hooks.stack import expressions
from tests.support.generate import leaf, node, tree

CHART = {
    "chart": {"name": "web", "version": "1.2.3"},
    "source": {"type": "HelmRepository", "url": "https://charts.example.com"},
    "dependsOn": [{"name": "db", "readyExpr": "self."}],
    "healthCheckExprs": [{"apiVersion": "a/v1", "kind": "A", "current": "a", "failed": "(("}],
}


def fleet(**fields):
    chart = {"name": "web", "namespace": "apps", "kind": "HelmChart", "spec": CHART}
    applications = [chart] if "chart" in fields else []
    fields.pop("chart", None)
    return tree(node("prod", leaf("db"), leaf("web", *applications, **fields)))


def keys(**fields):
    with pytest.raises(InputError) as caught:
        fleet(**fields)
    assert all("this is no CEL: " in each.problem for each in caught.value.findings)
    return [each.key.partition("bundle.")[2] for each in caught.value.findings]


BROKEN = {
    "dependsOn": [{"name": "db", "readyExpr": "dep.status.x =="}],
    "healthCheckExprs": [
        {"apiVersion": "a/v1", "current": "status.a.exists(e, e == 'b')", "inProgress": "&&"}
    ],
}


def test_an_expression_that_does_not_parse_is_told_at_its_place():
    assert keys(**BROKEN) == ["dependsOn[0].readyExpr", "healthCheckExprs[0].inProgress"]
    assert keys(chart=True) == [
        "applications[0].spec.dependsOn[0].readyExpr",
        "applications[0].spec.healthCheckExprs[0].failed",
    ]


def test_names_and_types_are_for_the_cluster():
    expression = {"apiVersion": "a/v1", "current": "no.such(field) > 'x'"}
    assert fleet(wait=True, healthCheckExprs=[expression])


def test_an_expression_with_a_variable_is_for_the_cluster():
    expression = {"apiVersion": "a/v1", "current": "${what} == ("}
    assert fleet(wait=True, healthCheckExprs=[expression])


def test_a_finding_says_what_the_parser_says_in_one_line():
    """It lists all that it would take instead, in which nobody finds anything."""
    (found,) = expressions.expression_problems([(("x",), "dep.status.x ==")])
    assert found == (
        ("x",),
        "this is no CEL: mismatched input '<EOF>'",
        "an expression such as a.b == 'c'",
    )


WITHOUT = """
import sys
sys.modules["cel_expr_python"] = None
from kure_hooks.stack.expressions import expression_problems
assert list(expression_problems([((), "((")])) == []
"""


def test_without_the_library_nothing_is_said():
    subprocess.run([sys.executable, "-c", WITHOUT], check=True)
