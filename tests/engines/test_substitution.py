"""Substitution by the rules of Flux; the table was run through its envsubst package 1.8."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.engines.substitution import Known, SubstitutionError, substitute, substitute_known
from kure_hooks.errors import InputError
from tests.support.generate import application, leaf, node, tree

VARIABLES = {"x": "abcab", "y": "foo.tar.gz", "empty": "", "_n1": "3", "é": "E"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a ${x} b", "a abcab b"),
        ("$x ${_n1}${é}", "$x 3E"),
        ("$${x} $$x $$$${x}", "${x} $x $${x}"),
        ("a$", "a$"),
        ("${nope:-d e}", "d e"),
        ("${nope:=d}", "d"),
        ("${nope=d}", "d"),
        ("${nope:-}", ""),
        ("${empty:-d}", "d"),
        ("${x:-d}", "abcab"),
        ("${nope:-${x}-1}", "abcab-1"),
        ("${nope:-a:b/c}", "a:b/c"),
        ("${x:1}", "bcab"),
        ("${x:1:2}", "bc"),
        ("${x:-2:1}", "abcab"),
        ("${x:0:-1}", "abca"),
        ("${x:9}", ""),
        ("${x:1:99}", "bcab"),
        ("${x:a}", "abcab"),
        pytest.param(f"${{x:{'9' * 5_000}}}", "abcab", id="a position of 5,000 digits"),
        ("${x/b/Z}", "aZcab"),
        ("${x//b/Z}", "aZcaZ"),
        ("${x//b/}", "aca"),
        ("${x/#a/Z}", "Zbcab"),
        ("${x/%b/Z}", "abcaZ"),
        ("${y/./\\/}", "foo/tar.gz"),
        ("${#x}", "5"),
        ("${x^}${x^^}", "AbcabABCAB"),
        ("${x,}${x,,}", "abcababcab"),
        ("${y%%.*}", "foo"),
        ("${y#foo.}", "tar.gz"),
    ],
)
def test_expressions_are_those_of_flux(text, expected):
    assert substitute(text, VARIABLES) == expected


@pytest.mark.parametrize("text", ["${nope}", "${nope^^}", "${nope:1}", "${#nope}", "${nope/a/b}"])
def test_a_variable_without_value_or_default_is_an_error(text):
    with pytest.raises(SubstitutionError, match="nope, which is not defined"):
        substitute(text, VARIABLES)


@pytest.mark.parametrize("text", ["${x", "${}", "${x-d}", "${x+d}", "${x /b/Z}", "${x:}", "${x/b}"])
def test_what_flux_cannot_read_is_an_error(text):
    with pytest.raises(SubstitutionError, match="which Flux can't read"):
        substitute(f"first\n{text}", VARIABLES)


def test_a_trim_that_is_no_simple_pattern_is_an_error():
    with pytest.raises(SubstitutionError, match=r"only \* and \? can be understood"):
        substitute("${x#[a]}", VARIABLES)


@pytest.mark.parametrize("text", ["${x:=d}-${x/b/Z}", "$$x $y", "${empty:-d}"])
@pytest.mark.parametrize("complete", [True, False])
def test_what_is_known_is_replaced(text, complete):
    known = Known(VARIABLES, complete)
    assert substitute_known(text, known) == substitute(text, VARIABLES)


@pytest.mark.parametrize("text", ["${no}", "${#no}", "${x:-${no}}", "${no/${x}/b}", "${no^^}"])
def test_what_is_not_known_stays(text):
    for complete in (True, False):
        found = substitute_known(f"a${{x}}{text}$${{x}}{text}", Known(VARIABLES, complete))
        assert found == f"a{VARIABLES['x']}{text}${{x}}{text}"


def test_a_default_is_taken_where_all_variables_are_known():
    assert substitute_known("${no:=d}", Known(VARIABLES)) == "d"
    assert substitute_known("${no:=d}", Known(VARIABLES, complete=False)) == "${no:=d}"


@pytest.mark.parametrize("text", ["${no", "${no:}", "${x} ${no//", "${x:-${no}"])
def test_what_flux_cannot_read_is_an_error_whatever_is_known(text):
    with pytest.raises(SubstitutionError, match="which Flux can't read"):
        substitute_known(text, Known(VARIABLES, complete=False))


@given(st.text())
def test_a_text_whose_dollars_are_doubled_is_kept(text):
    assert substitute(text.replace("$", "$$"), {}) == text


@given(st.text(alphabet="${}:-/x#a ", max_size=12))
def test_every_text_is_replaced_or_refused(text):
    with suppress(SubstitutionError):
        assert isinstance(substitute(text, {"x": "1"}), str)


SHAPE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: prod}
spec:
  gitops: {type: argocd, argocd: {repoURL: https://git.example.com/fleet.git}}
  node:
    name: prod
    bundle:
      name: web
      postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}
      applications:
      - name: vars
        kind: Manifests
        spec:
          objects:
          - metadata: {name: vars, namespace: flux-system}
            data: DATA
            apiVersion: v1
            kind: ConfigMap
"""
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap"}


def written(found, *, objects=None, **post_build):
    """Return the files of a bundle whose application has a ConfigMap with these data."""
    own = [{**CONFIG_MAP, "metadata": {"name": "web"}, "data": found}]
    apps = {"name": "web", "namespace": "apps", "kind": "Manifests"}
    web = leaf("web", apps | {"spec": {"objects": own + (objects or [])}}, postBuild=post_build)
    return tree(node("prod", web), engine="argocd")


def of_web(files):
    (text,) = (each for path, each in files.items() if "configmap-web" in path)
    return text


def test_variables_become_what_yaml_makes_of_them():
    """A text that consists of a number becomes one, as in Flux."""
    head = {"apiVersion": "example.com/v1", "kind": "Size", "metadata": {"name": "size"}}
    size = {**head, "spec": {"a": "${size}", "b": "v${size}"}}
    files = written({"a": "b"}, objects=[size], substitute={"size": "3"})
    assert any("  a: 3\n  b: v3\n" in text for text in files.values())


def test_a_variable_that_becomes_a_number_where_strings_are_needed_is_an_error():
    """The API server refuses what Flux makes of it."""
    expected = (
        "postBuild.substitute.size: ConfigMap apps/web of application web at .* is no object once "
        "its variables are replaced: data.a: this is a number, and Kubernetes takes only strings "
        "here. Write the value in quotes, which the variable has to bring."
    )
    with pytest.raises(InputError, match=expected):
        written({"a": "${size}"}, substitute={"size": "3"})
    assert '  a: "3"\n' in of_web(written({"a": "${size}"}, substitute={"size": '"3"'}))


def test_without_variables_nothing_is_replaced():
    assert "${size}" in of_web(written({"a": "${size}"}))
    with pytest.raises(InputError, match="the variable size, which is not defined"):
        written({"a": "${size}"}, substituteStrategy="Always")


def test_an_undefined_variable_says_where_it_is():
    expected = (
        r"bundle\.postBuild: ConfigMap apps/web of application web at \S+ "
        r"refers to the variable size, which is not defined. .*"
    )
    with pytest.raises(InputError, match=expected):
        written({"a": "${size}"}, substitute={"m": "1"})


@pytest.mark.parametrize("where", ["labels", "annotations"])
def test_an_object_can_opt_out(where):
    out = {where: {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}}
    other = {**CONFIG_MAP, "metadata": {"name": "kept", **out}, "data": {"a": "${nope}"}}
    files = written({"a": "1"}, objects=[other], substitute={"size": "3"})
    assert any("${nope}" in text for text in files.values())


def test_variables_come_from_a_config_map_of_the_stack():
    """The bundle's own go before those of a ConfigMap, and lose their line breaks."""
    given = {"a": "1\n", "b": "2"}
    other = {**CONFIG_MAP, "metadata": {"name": "v", "namespace": "flux-system"}, "data": given}
    text = of_web(
        written(
            {"text": "x${a}${b}"},
            objects=[other],
            substitute={"b": "3"},
            substituteFrom=[{"kind": "ConfigMap", "name": "v"}],
        )
    )
    assert "text: x13\n" in text


@pytest.mark.parametrize("data", ["[a]", "a", "7", "{a: [b]}"])
def test_a_config_map_of_another_shape_is_an_error(tmp_path, kure, data):
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/prod.yaml").write_text(SHAPE.replace("DATA", data))
    code, out, error = kure("generate")
    assert code == 2
    assert out.startswith("stacks/prod.yaml:")
    assert "data" in out
    assert "this is" in out
    assert "Traceback" not in error


def test_a_config_map_that_is_not_in_the_stack_is_an_error():
    reference = {"kind": "ConfigMap", "name": "v"}
    with pytest.raises(
        InputError, match=r"ConfigMap flux-system/v\. Write a ConfigMap that the stack"
    ):
        written({}, substituteFrom=[reference])
    assert written({}, substituteFrom=[reference | {"optional": True}])


def test_a_secret_never_comes_into_the_repository():
    with pytest.raises(InputError, match="the Secret v into the repository"):
        written({}, substituteFrom=[{"kind": "Secret", "name": "v"}])


def test_patches_and_images_are_replaced_as_well():
    text = "- op: add\n  path: /data\n  value: {replicas: '${size}'}\n"
    patch = {"target": {"kind": "ConfigMap"}, "patch": text}
    web = leaf(
        "web",
        application("web"),
        postBuild={"substitute": {"size": "3"}},
        patches=[patch],
        images=[{"name": "nginx", "newTag": "1.${size}"}],
    )
    text = tree(node("prod", web), engine="argocd")["argocd/argocd-application-web.yaml"]
    (patch,) = yaml.safe_load(text)["spec"]["source"]["kustomize"]["patches"]
    assert yaml.safe_load(patch["patch"])[0]["value"] == {"replicas": 3}
    assert "nginx:1.3" in text


def test_flux_does_it_itself():
    web = leaf("web", application("web"), annotations={"a": "${size}"})
    web["bundle"]["postBuild"] = {"substitute": {"size": "big"}}
    assert any("a: ${size}" in text for text in tree(node("prod", web)).values())


def test_what_flux_makes_of_an_object_is_judged():
    web = leaf("web", application("web"), annotations={"a": "${size}"})
    web["bundle"]["postBuild"] = {"substitute": {"size": "3"}}
    expected = (
        r"postBuild\.substitute\.size: ConfigMap .*: metadata\.annotations\.a: this is a number"
    )
    with pytest.raises(InputError, match=expected):
        tree(node("prod", web))
    web["bundle"]["postBuild"]["substituteFrom"] = [{"kind": "Secret", "name": "more"}]
    with pytest.raises(InputError, match=expected):
        tree(node("prod", web))
    web["bundle"]["annotations"]["b"] = "${more}"  # only the cluster knows this one
    with pytest.raises(InputError, match=expected):
        tree(node("prod", web))
    web["bundle"]["annotations"]["a"] = "${more}"
    assert tree(node("prod", web))


def test_hostile_expressions_end_quickly_and_with_an_error():
    deep = "${nope:-" * 50_000
    with pytest.raises(SubstitutionError, match="nested too deep"):
        substitute(deep + "}" * 50_000, VARIABLES)
    for text in ("${long}" * 20_000, "${long//a/${long}}", f"${{nope:-{'${long}' * 20_000}}}"):
        with pytest.raises(SubstitutionError, match="longer than"):
            substitute(text, {"long": "a" * 100_000})
    slow = "*a" * 40 + "b"
    assert substitute(f"${{long##{slow}}}", {"long": "a" * 300}) == "a" * 300
