"""Variables that nothing defines, in all that Flux substitutes (FX016)."""

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import application, bundle, generated, leaf, node

UNDEFINED = "refers to the variable {}, which is not defined (bundle web)"
DEFINED = {"postBuild": {"substitute": {"name": "a"}}}


def findings(root, files=(), **cluster):
    """Return path, line, key, message and severity of each finding of the rule."""
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": root} | cluster
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), **dict(files)}
    try:
        found = generated(texts).warnings
    except InputError as error:
        found = error.findings
    found = [each for each in found if each.rule != "NS001"]
    assert all(each.rule in {"FX016", "FX017"} for each in found), found
    return [
        (each.at.path, texts[each.at.path].splitlines()[each.at.line - 1].strip(), each.problem)
        for each in found
    ]


def raw(*values, **metadata):
    """Return an application of a ConfigMap with these values."""
    data = {f"k{index}": value for index, value in enumerate(values)}
    head = {"name": "web", "namespace": "default"} | metadata
    found = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": head, "data": data}
    return {"name": "raw", "kind": "Manifests", "spec": {"objects": [found]}}


def undefined(root, files=(), **cluster):
    """Return the names of the variables that are told."""
    text = "refers to the variable "
    found = [problem for *_, problem in findings(root, files, **cluster)]
    return [each.partition(text)[2].partition(",")[0] for each in found]


def with_values(*values, **fields):
    return node("prod", leaf("web", raw(*values), **(DEFINED | fields)))


def test_an_undefined_variable_is_told_where_it_is_used():
    (found,) = findings(with_values("${name}", "x ${other} y"))
    assert found == (
        "stacks/prod.yaml",
        "k1: x ${other} y",
        f"ConfigMap default/web {UNDEFINED.format('other')}",
    )


def refusals(root):
    """Return where an object is none once its variables are replaced, and why, beside FX016."""
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": root}
    try:
        found = generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).warnings
    except InputError as error:
        found = error.findings
    return [
        (each.key.partition("bundle.")[2], each.problem.rpartition(" replaced")[2])
        for each in found
        if "once its variables are replaced" in each.problem
    ]


NUMBER = ": data.k0: this is a number, and Kubernetes takes only strings here"
BAD = {"substitute": {"name": "3"}}
ELSEWHERE = {"substituteFrom": [{"kind": "ConfigMap", "name": "elsewhere"}]}


@pytest.mark.parametrize(
    ("other", "post_build"),
    [
        ("${other}", BAD),
        ("${other:=x}", BAD),
        ("${other}", BAD | ELSEWHERE),
        ("${other:=3}", BAD | ELSEWHERE),
        ("${other/${more}/x} ${name}", BAD | ELSEWHERE),
        ("${#other}", BAD | {"substituteFrom": [{"kind": "Secret", "name": "elsewhere"}]}),
    ],
)
def test_an_object_is_judged_by_the_variables_that_are_known(other, post_build):
    root = node("prod", leaf("web", raw("${name}", other), postBuild=post_build))
    assert refusals(root) == [("postBuild.substitute.name", NUMBER)]


def test_a_default_counts_where_nothing_else_can_come():
    root = node("prod", leaf("web", raw("${a:=3}"), postBuild={"substituteStrategy": "Always"}))
    assert refusals(root) == [("postBuild", NUMBER)]
    always = ELSEWHERE | {"substituteStrategy": "Always"}
    assert refusals(node("prod", leaf("web", raw("${a:=3}"), postBuild=always))) == []
    known = {"substitute": {"name": "x"}}
    root = node("prod", leaf("web", raw("${a:=3}"), postBuild=known))
    assert refusals(root) == [("postBuild", NUMBER)]
    assert refusals(node("prod", leaf("web", raw("${a:=3}"), postBuild=known | ELSEWHERE))) == []


def test_a_secret_is_no_config_map_of_the_same_name():
    data = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"name": "3"}}
    data["metadata"] = {"name": "web", "namespace": "flux-system"}
    settings = leaf("base", {"name": "b", "kind": "Manifests", "spec": {"objects": [data]}})
    for kind, expected in (("ConfigMap", [("postBuild", NUMBER)]), ("Secret", [])):
        source = {"substituteFrom": [{"kind": kind, "name": "web"}]}
        root = node("prod", settings, leaf("web", raw("${name}"), postBuild=source))
        assert refusals(root) == expected


def test_a_variable_that_makes_no_yaml_is_told():
    post_build = {"substitute": {"name": "'a': [b"}}
    root = node("prod", leaf("web", raw("${name}"), postBuild=post_build))
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": root}
    with pytest.raises(InputError, match="is no YAML once its variables are replaced"):
        generated({"stacks/prod.yaml": yaml.safe_dump(stack)})


def test_a_file_is_told_with_its_line():
    (found,) = findings(
        node(
            "prod",
            leaf("web", {"name": "f", "kind": "Manifests", "spec": {"files": ["../f"]}}, **DEFINED),
        ),
        {"f/a.yaml": yaml.safe_dump(raw("${name}", "${other}")["spec"]["objects"][0])},
    )
    assert found[:2] == ("f/a.yaml", "k1: ${other}")


def test_all_variables_of_an_object_are_told():
    assert undefined(with_values("${b} ${a}", "${b} ${name}")) == ["b", "a"]


@pytest.mark.parametrize(
    "value",
    [
        "$$${name}",
        "$other",
        "$${other}",
        "${other:=x}",
        "${other:-x}",
        "${other:-}",
        "$(other)",
        "{x}",
    ],
)
def test_what_is_no_variable_or_has_a_default_is_fine(value):
    assert undefined(with_values(value)) == []


@pytest.mark.parametrize("value", ["${#other}", "${other:0:1}", "${other/a/b}", "${a:-${other}}"])
def test_operators_need_a_value(value):
    """That of a default is evaluated, whether it is needed or not."""
    assert undefined(with_values(value)) == ["other"]


def test_what_flux_can_not_read_is_told():
    (found,) = findings(with_values("echo ${1bad-}"))
    assert "has the expression" in found[2]


def test_what_only_flux_can_tell_is_left_to_it():
    assert findings(with_values("${name#[a-z]}")) == []


@pytest.mark.parametrize(
    "post_build",
    [
        None,
        {},
        {"substituteFrom": [{"kind": "Secret", "name": "elsewhere"}]},
        {"substituteFrom": [{"kind": "ConfigMap", "name": "elsewhere", "optional": True}]},
        {"substitute": {"a": "b"}, "substituteFrom": [{"kind": "ConfigMap", "name": "elsewhere"}]},
    ],
)
def test_without_substitution_or_with_unknown_variables_nothing_is_told(post_build):
    fields = {"postBuild": post_build} if post_build is not None else {}
    assert findings(node("prod", leaf("web", raw("${other}"), **fields))) == []


def test_flux_substitutes_always_if_asked_to():
    fields = {"postBuild": {"substituteStrategy": "Always"}}
    assert undefined(with_values("${name}", **fields)) == ["name"]


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_variables_of_objects_of_the_stack_are_known(kind):
    key = "data" if kind == "ConfigMap" else "stringData"
    head = {"name": "vars", "namespace": "flux-system"}
    source = {"apiVersion": "v1", "kind": kind, "metadata": head, key: {"zone": "eu"}}
    base = leaf("base", {"name": "vars", "kind": "Manifests", "spec": {"objects": [source]}})
    fields = {"postBuild": {"substituteFrom": [{"kind": kind, "name": "vars"}]}}
    root = node("prod", base, leaf("web", raw("${zone} ${other}"), **fields))
    assert undefined(root) == ["other"]


@pytest.mark.parametrize("part", ["labels", "annotations"])
def test_objects_may_opt_out(part):
    switch = {part: {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}}
    assert findings(node("prod", leaf("web", raw("${other}", **switch), **DEFINED))) == []
    switch[part] = {"kustomize.toolkit.fluxcd.io/substitute": "Disabled"}
    assert undefined(node("prod", leaf("web", raw("${other}", **switch), **DEFINED))) == ["other"]


def test_generated_config_maps_count():
    spec = {"configMaps": [{"name": "s", "files": ["../f/run.sh", "../f/blob"]}]}
    one = {"name": "page", "namespace": "default", "kind": "Manifests", "spec": spec}
    files = {"f/run.sh": "echo ${HOME}\n", "f/blob": "x"}
    (found,) = findings(node("prod", leaf("web", one, **DEFINED)), files)
    assert found[1:] == (
        "- ../f/run.sh",
        f"run.sh of ConfigMap s {UNDEFINED.format('HOME')}",
    )
    assert findings(node("prod", leaf("web", one)), files) == []


def test_values_of_releases_count():
    source = {"type": "HelmRepository", "url": "https://example.com/charts"}
    spec = {"chart": {"name": "c", "version": "1"}, "source": source, "values": {"a": "${other}"}}
    chart = {"name": "db", "namespace": "default", "kind": "HelmChart", "spec": spec}
    assert undefined(node("prod", leaf("web", chart, **DEFINED))) == ["other"]


def test_patches_and_images_count():
    patch = {
        "patch": "{kind: ConfigMap, metadata: {name: web, annotations: {a: '${other}'}}}",
        "target": {"kind": "ConfigMap"},
    }
    assert undefined(with_values("x", patches=[patch])) == ["other"]
    assert undefined(with_values("x", images=[{"name": "a", "newTag": "${tag}"}])) == ["tag"]


@pytest.mark.parametrize("placement", ["integrated", "integrated-per-bundle"])
def test_objects_of_flux_in_a_payload_are_substituted_too(placement):
    """The container substitutes in the Kustomizations in it, with its own variables."""
    inner = leaf("inner", raw("${zone}"), postBuild={"substitute": {"zone": "${other}"}})
    outer = bundle("outer", application("a", namespace="default"), **DEFINED)
    root = node("prod", node("apps", inner, bundle=outer))
    assert undefined(root, layout={"fluxPlacement": placement}) == ["other"]
    assert undefined(root) == []


@pytest.mark.parametrize(
    ("version", "severity"),
    [
        ("2.8.x", "warning"),
        ("v2.7.3", "warning"),
        ("2.9.1", "error"),
        ("2.x", "error"),
        (None, "error"),
    ],
)
def test_earlier_versions_put_in_nothing(version, severity):
    bootstrap = {"enabled": True, "manifests": "none"}
    bootstrap |= {"fluxVersion": version} if version else {}
    stack = {"name": "prod", "gitops": {"type": "flux", "bootstrap": bootstrap}}
    stack["node"] = with_values("${other}")
    try:
        found = generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).warnings
    except InputError as error:
        found = error.findings
    assert [str(each.severity) for each in found if each.rule == "FX016"] == [severity]


def test_keys_that_are_no_variables_are_told():
    head = {"name": "vars", "namespace": "flux-system"}
    source = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": head, "data": {"a-b": "eu"}}
    base = leaf("base", {"name": "vars", "kind": "Manifests", "spec": {"objects": [source]}})
    fields = {"postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]}}
    root = node("prod", base, leaf("web", raw("x"), **fields))
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": root}
    with pytest.raises(InputError, match="ConfigMap vars has keys that are no variables: a-b"):
        generated({"stacks/prod.yaml": yaml.safe_dump(stack)})
