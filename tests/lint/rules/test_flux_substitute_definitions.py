import pytest

from tests.support.linting import config_map, document, fleet, kustomization, lint

VARIABLES = {"substitute": {"HOST": "shop.example"}}


def definition(text):
    return document(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "routes.shop.example",
        spec={"group": "shop.example", "versions": [{"description": text}]},
    )


def shop(text, post_build=VARIABLES):
    return fleet(kustomization("shop", postBuild=post_build), shop=text)


def test_a_variable_in_a_definition():
    (finding,) = lint(shop(definition("a text such as ${target}")), "FX025")
    assert finding.severity == "error"
    assert finding.object == "CustomResourceDefinition routes.shop.example"
    assert "substitute: disabled" in finding.expected
    assert lint(shop(definition("${target}")), "FX016") == []


@pytest.mark.parametrize("text", ["${names[@]}", "${a.b}", "${1 + 2}", "${!name}", "${ x }"])
def test_expressions_that_are_no_variables(text):
    files = shop(config_map("script").replace("key: value", f"run.sh: |\n    echo {text}"))
    (finding,) = lint(files, "FX025")
    assert finding.severity == "error"
    assert finding.at.line == 8
    assert text.partition("}")[0] in finding.problem
    assert lint(files, "FX016") == []


def test_a_definition_that_opts_out():
    text = definition("${target}").replace(
        "metadata:", "metadata:\n  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}"
    )
    assert lint(shop(text), "FX025") == []


def test_a_unit_without_variables():
    assert lint(shop(definition("${target}"), {}), "FX025") == []


def test_a_variable_that_is_meant():
    assert lint(shop(definition("the host ${HOST}")), "FX025") == []


def test_one_finding_for_each_definition():
    assert len(lint(shop(definition("${one} ${two} ${three}")), "FX025")) == 1
