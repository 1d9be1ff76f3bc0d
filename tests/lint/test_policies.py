"""Policies: what they see, what they find, and what is told of those that fail."""

import pytest
from msgspec import convert

from kure_hooks.config.lint import Policy
from kure_hooks.errors import UsageError
from kure_hooks.gitops.owner import Dependency
from kure_hooks.lint import policies
from kure_hooks.lint.running import run
from kure_hooks.lint.selection import Selection
from kure_hooks.manifests import Identity
from tests.support.repositories import CONFIG_MAP, KUSTOMIZATION, repository

TEXTS = {
    "prod/apps.yaml": KUSTOMIZATION.format(name="apps"),
    "base/web.yaml": CONFIG_MAP.format(name="web"),
}


def policy(expression, **more):
    return convert(
        {"id": "ACME001", "message": "Take red.", "expression": expression} | more, Policy
    )


def whole():
    made = repository(TEXTS, {"prod": {"prod/apps.yaml": ["base/web.yaml"]}})
    (owner,) = made.clusters[0].owners
    owner.dependencies = (Dependency(Identity("g", "Kustomization", "n", "base"), ("spec",)),)
    return made


def found(*chosen, select=()):
    selection = Selection(select=select or ("ACME", "LI"))
    checks, faults = policies.checks(chosen, selection.has)
    assert faults == []
    return [f"{item.rule} {item.severity} {item}" for item in run(whole(), selection, checks)]


RED = "base/web.yaml:1:1: ConfigMap web: Take red"


def test_an_object_for_which_the_expression_is_false_is_a_finding():
    blue = policy("object.data.color == 'red'", match={"kinds": ["ConfigMap"]})
    assert found(blue) == [f"ACME001 error {RED}"]
    assert found(policy("true")) == []


def test_severity_and_advice_are_the_policys():
    blue = policy(
        "object.kind != 'ConfigMap'", severity="info", expected="use the palette", message="Blue"
    )
    assert found(blue) == ["ACME001 info base/web.yaml:1:1: ConfigMap web: Blue. Use the palette."]


@pytest.mark.parametrize(
    "expression",
    [
        "object.metadata.namespace == 'shop'",
        "has(object.spec) ? false : true",
        "object.data.?color.orValue('') == 'blue'",
        "owners.size() == 1 && owners[0].name == 'apps' && owners[0].tool == 'flux'",
        "owners.all(o, !o.prunes && o.object.metadata.namespace == 'flux-system')",
        "owners[0].dependencies.exists(d, d.name == 'base' && d.group == 'g')",
        "dependencies.size() == 0",
        "path.startsWith('base/') && cluster == 'prod'",
        "quantity('1Gi').isGreaterThan(quantity('1Mi'))",
        "object.data.color.matches('^bl')",
    ],
)
def test_expressions_see_the_object_and_the_graph(expression):
    assert found(policy(expression, match={"kinds": ["ConfigMap"]})) == []


def test_an_owner_sees_its_dependencies_and_has_no_owner_as_an_entry():
    right = "dependencies.map(d, d.name) == ['base'] && owners == []"
    assert found(policy(right, match={"kinds": ["Kustomization"]})) == []


@pytest.mark.parametrize(
    ("match", "count"),
    [
        ({}, 2),
        ({"kinds": ["*"]}, 2),
        ({"kinds": ["ConfigMap", "Secret"]}, 1),
        ({"groups": [""]}, 1),
        ({"groups": ["*.fluxcd.io"]}, 1),
        ({"namespaces": ["shop"]}, 1),
        ({"names": ["w*"]}, 1),
        ({"paths": ["prod/**"]}, 1),
        ({"clusters": ["pro?"]}, 2),
        ({"clusters": ["test"]}, 0),
        ({"kinds": ["ConfigMap"], "names": ["apps"]}, 0),
    ],
)
def test_match_narrows_the_objects(match, count):
    assert len(found(policy("false", match=match))) == count


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("object.spec.replicas > 1", 'it asks for the key "spec", which is not there'),
        ("object['a.b/c'] == 1", 'it asks for the key "a.b/c", which is not there'),
        ("object[object.data.color] == 1", "it asks for a key, which is not there"),
        ("object.data.color", "its value is a text"),
        ("object.data", "its value is neither true nor false"),
        (
            "object[path + object.data.color] == 'b' + 'lue'",
            "it asks for a key, which is not there",
        ),
        ("object.data.color > 1", "> does not take string and int"),
        ("object.data.color in object.kind", "it joins or compares values whose types do not fit"),
        ("object.data.color ? true : false", "it joins or compares values whose types do not fit"),
        ("object.data.color.key == 1", "it asks for a key of a value that is no mapping"),
        ("int(object.data.color) > 1", "it makes an int of a string that is none"),
        ("timestamp(object.data.color) != null", "it makes a timestamp of a string that is none"),
        ("[1][size(path)] == 1", "it asks a list for an item that the list has not"),
        ("1 / size('') == 1", "it divides by zero"),
        ("9223372036854775807 + size(path) == 1", "it reckons with numbers that are too large"),
        (
            "path.matches(object.data.color + '(')",
            "it has a text for a regular expression that is none",
        ),
        ("ip(object.data.color) == ip('1.1.1.1')", "a function refuses a value of it"),
        ("optional.none().value() == 1", "it takes the value of an optional that has none"),
    ],
)
def test_an_expression_that_fails_on_an_object_is_a_finding(expression, reason):
    (line,) = found(policy(expression, match={"kinds": ["ConfigMap"]}))
    start = (
        "LI004 error base/web.yaml:1:1: ConfigMap web: the policy ACME001 can't judge this object: "
    )
    assert line.startswith(f"{start}{reason}. ")
    assert line.endswith(".")
    assert "blue" not in line


@pytest.mark.parametrize(
    ("expression", "reason", "expected"),
    [
        ("object.spec.replicas >", "it ends too early", None),
        ("object.kind = 'a'", '"=" is not expected here', "Write == to compare."),
        ("true and false", '"and" is not expected here', None),
        ("objekt == 1", 'nothing here is called "objekt"', 'Did you mean "object"?'),
        ("self.spec == 1", 'nothing here is called "self"', None),
        ("path.startsWith(1)", "startsWith does not take dyn and int", None),
        ("'text'", "the expression is no truth value but string", None),
        ("[1].sum() == 1", 'nothing here is called "sum"', None),
        ("(" * 400 + "true" + ")" * 400, None, None),
        ("'\ud800' == path", "the text is not Unicode", None),
    ],
)
def test_an_expression_that_does_not_compile_is_told_with_its_policy(expression, reason, expected):
    good = policy("true")
    checks, (fault,) = policies.checks([good, policy(expression)], lambda _: True)
    assert [check.name for check in checks] == ["ACME001"]
    assert fault.index == 1
    assert reason is None or fault.reason == reason
    usual = "a condition on object, owners, dependencies, path and cluster"
    assert fault.expected == (expected or usual)


@pytest.mark.parametrize(
    ("match", "is_idle"),
    [
        ({}, False),
        ({"kinds": ["ConfigMap"]}, False),
        ({"kinds": ["ConfigMaps"]}, True),
        ({"kinds": ["ConfigMap"], "names": ["apps"]}, True),
    ],
)
def test_a_policy_that_means_no_object_is_idle(match, is_idle):
    chosen = [policy("true"), policy("true", match=match)]
    assert list(policies.idle(chosen, whole())) == [1] * is_idle


def test_an_expression_without_end_is_ended():
    many = ", ".join(map(str, range(200)))
    loops = f"[{many}].all(a, [{many}].all(b, [{many}].all(c, a + b + c >= 0)))"
    (line,) = found(policy(loops, match={"kinds": ["ConfigMap"]}))
    assert "it takes too long for an object of this size. Narrow the match" in line


def test_without_the_library_policies_can_not_be_checked(monkeypatch):
    monkeypatch.setattr(policies, "available", lambda: False)
    with pytest.raises(UsageError, match=r"Install kure-hooks\[cel\]"):
        policies.checks([policy("true")], lambda _: True)
    assert policies.checks([policy("true")], lambda _: False) == ([], [])


def test_policies_are_chosen_like_other_rules():
    assert found(policy("false"), select=("FX0000",)) == []
