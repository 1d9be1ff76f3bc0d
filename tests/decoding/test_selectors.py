import pytest

from kure_hooks.decoding.selectors import matches, selector_problems

LABELS = {"app": "web", "tier": "front"}


def expression(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": [*values]}]}


@pytest.mark.parametrize(
    ("selector", "verdict"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchLabels": {"zone": "a"}}, False),
        ({"matchLabels": {"app": "${app}"}}, True),
        (expression("app", "In", "web", "api"), True),
        (expression("app", "In", "api"), False),
        (expression("zone", "In", "a"), False),
        (expression("app", "NotIn", "web"), False),
        (expression("zone", "NotIn", "a"), True),
        (expression("app", "Exists"), True),
        (expression("zone", "Exists"), False),
        (expression("app", "DoesNotExist"), False),
        (expression("zone", "DoesNotExist"), True),
        (expression("app", "In", "${app}"), True),
        (expression("app", "Is", "x"), True),
        ({"matchLabels": [], "matchExpressions": {}}, True),
    ],
)
def test_a_selector_matches_labels(selector, verdict):
    assert matches(selector, LABELS) is verdict


def test_labels_with_a_variable_may_match():
    assert matches({"matchLabels": {"app": "web"}}, {"app": "${app}"})
    assert matches({"matchLabels": {"app": "web"}}, {"${key}": "web"})


def test_unknown_keys_are_the_schema_s_unless_the_selector_is_closed():
    selector = {"matchLabel": {"app": "web"}}
    assert [*selector_problems(("spec",), selector)] == []
    ((place, _, _),) = selector_problems(("spec",), selector, closed=True)
    assert place == ("spec", "matchLabel")
