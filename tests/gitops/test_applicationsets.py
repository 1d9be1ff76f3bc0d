"""Applications of ApplicationSets; all are those of Argo CD 3.5.7 (executed)."""

from pathlib import Path

import pytest
import yaml

from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.applicationsets import expand
from kure_hooks.gitops.budget import Budget
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.git_generators import Checkout
from kure_hooks.gitops.payload import Resource

HERE = "https://git.example/org/fleet.git"
TREES = Path(__file__).parents[2] / "../shared/data/trees"


def expanded(text, others=None, budget=None):
    files = Files(MemoryTree({"sets.yaml": text.encode(), **(others or {})}))
    written = files.objects("sets.yaml")[0]
    resource = Resource(written.document, written.pointer, written.manifest, written.at(), written)
    return expand(resource, Checkout(files), lambda url: url == HERE, budget or Budget())


def application_set(generators, template="", **spec):
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": "all", "namespace": "argocd"},
        "spec": {
            "generators": generators,
            "template": template or {"metadata": {"name": "{{name}}"}, "spec": {"project": "p"}},
            **spec,
        },
    }
    return yaml.safe_dump(manifest, sort_keys=False)


def names(expansion):
    return [resource.manifest["metadata"]["name"] for resource in expansion.applications]


def named(name, **spec):
    return {"metadata": {"name": name}, "spec": {"project": "p", **spec}}


def go(generators, name, **spec):
    options = {"goTemplate": True, "goTemplateOptions": ["missingkey=error"]}
    return application_set(generators, named(name), **options, **spec)


def git(**fields):
    return {"git": {"repoURL": HERE, "revision": "HEAD", **fields}}


def listed(*elements):
    return {"list": {"elements": list(elements)}}


TREE = {
    "apps/api/kustomization.yaml": b"",
    "apps/web/base/deploy.yaml": b"",
    "apps/Old_App/a.yaml": b"",
    "apps/.hidden/a.yaml": b"",
    "envs/dev/config.json": b"cluster: {name: dev, zones: [a, b]}\nreplicas: 1000000",
    "envs/prod/config.json": b'[{"cluster": {"name": "p1"}}, {"cluster": {"name": "p2"}}]',
    "envs/prod/deep/config.json": b'{"cluster": {"name": "deep"}}',
}


def test_an_element_of_a_list_is_an_application():
    expansion = expanded(application_set([listed({"name": "a"}, {"name": "b"})]))
    assert names(expansion) == ["a", "b"]
    assert expansion.unknown == expansion.faults == ()
    manifest = expansion.applications[0].manifest
    assert manifest == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "a",
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
            "namespace": "argocd",
        },
        "spec": {"project": "p"},
    }


def test_no_finalizer_where_resources_are_preserved():
    policy = {"preserveResourcesOnDeletion": True}
    expansion = expanded(application_set([listed({"name": "a"})], syncPolicy=policy))
    assert "finalizers" not in expansion.applications[0].manifest["metadata"]


def test_values_of_elements():
    element = {"name": "a", "values": {"tier": "gold"}}
    text = application_set([listed(element)], named("{{name}}-{{values.tier}}-{{values.nope}}"))
    assert expanded(text).faults == ("makes an Application with the name 'a-gold-{{values.nope}}'",)
    text = application_set([listed(element)], named("{{name}}-{{values.tier}}"))
    assert names(expanded(text)) == ["a-gold"]


def test_only_go_templates_take_numbers():
    assert expanded(application_set([listed({"name": "a", "num": 1})])).faults == (
        "has an element whose num is no text, which only goTemplate takes",
    )
    assert names(expanded(go([listed({"name": "a", "num": 1})], "{{.name}}-{{.num}}"))) == ["a-1"]


def test_elements_as_yaml():
    generators = [{"list": {"elementsYaml": "- name: a\n- name: b\n"}}]
    assert names(expanded(go(generators, "{{.name}}"))) == ["a", "b"]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([{"path": "apps/*"}], ["old-app", "api", "web"]),
        ([{"path": "apps/*"}, {"path": "apps/w*", "exclude": True}], ["old-app", "api"]),
        ([{"path": "apps/*/base"}], ["base"]),
        ([{"path": "apps/[a-m]*"}], ["api"]),
        ([{"path": "*"}], ["apps", "envs"]),
        ([{"path": "apps/[bad"}], []),
    ],
)
def test_directories_of_git(items, expected):
    text = application_set([git(directories=items)], named("{{path.basenameNormalized}}"))
    assert names(expanded(text, TREE)) == expected


def test_parameters_of_directories():
    name = "{{path[0]}}-{{path.basename}}-{{values.x}}"
    values = {"x": "{{path.basename}}1"}
    generators = [git(directories=[{"path": "apps/api"}], values=values)]
    assert names(expanded(application_set(generators, named(name)), TREE)) == ["apps-api-api1"]
    name = "{{index .path.segments 0}}-{{.path.basename}}-{{.values.x}}"
    values = {"x": "{{.path.path | replace `/` `.`}}"}
    generators = [git(directories=[{"path": "apps/api"}], values=values)]
    assert names(expanded(go(generators, name), TREE)) == ["apps-api-apps.api"]


def test_a_prefix_of_the_parameters_of_paths():
    generators = [git(directories=[{"path": "apps/api"}], pathParamPrefix="one")]
    text = application_set(generators, named("{{one.path.basename}}{{one.path[0]}}"))
    assert names(expanded(text, TREE)) == ["apiapps"]
    assert names(expanded(go(generators, "{{.one.path.basename}}"), TREE)) == ["api"]


def test_files_of_git():
    generators = [git(files=[{"path": "envs/*/config.json"}])]
    name = "{{.cluster.name}}-{{.path.basename}}-{{.path.filenameNormalized}}"
    assert names(expanded(go(generators, name), TREE)) == [
        "dev-dev-config.json",
        "p1-prod-config.json",
        "p2-prod-config.json",
        "deep-deep-config.json",  # a star of git takes slashes as well
    ]
    text = application_set(generators, named("{{cluster.name}}-{{path.basename}}"))
    assert names(expanded(text, TREE)) == ["dev-dev", "p1-prod", "p2-prod", "deep-deep"]


def test_files_are_flattened_for_plain_templates():
    generators = [git(files=[{"path": "envs/dev"}])]
    text = application_set(generators, named("{{cluster.zones.1}}-{{replicas}}"))
    assert names(expanded(text, TREE)) == ["b-1e+06"]


def test_files_may_be_excluded():
    items = [{"path": "envs/**/config.json"}, {"path": "envs/prod/*", "exclude": True}]
    assert names(expanded(go([git(files=items)], "{{.cluster.name}}"), TREE)) == ["dev"]


def test_a_matrix_fills_its_second_generator():
    generators = [
        {
            "matrix": {
                "generators": [
                    git(files=[{"path": "envs/dev/config.json"}]),
                    listed({"zone": "{{index .cluster.zones 1}}"}, {"zone": "z"}),
                ]
            }
        }
    ]
    text = go(generators, "{{.cluster.name}}-{{.zone}}")
    assert names(expanded(text, TREE)) == ["dev-b", "dev-z"]


def test_values_of_generators_in_a_matrix_may_wait_for_their_own_parameters():
    values = {"own": "{{.path.basename}}", "first": "{{.env}}"}
    inner = git(directories=[{"path": "apps/api"}], values=values)
    second = {"matrix": {"generators": [inner, listed({"x": "{{.env}}"})]}}
    for generator in (inner, second):
        matrix = {"matrix": {"generators": [listed({"env": "e"}), generator]}}
        text = go([matrix], "{{.values.own}}-{{.values.first}}")
        assert names(expanded(text, TREE)) == ["api-e"]


def test_null_is_dropped_where_parameters_are_filled_in():
    inner = [listed({"a": "1"}), listed({"b": "{{a}}", "name": None})]
    text = application_set([{"matrix": {"generators": inner}}], named("{{a}}{{b}}"))
    assert names(expanded(text)) == ["11"]
    text = application_set([listed({"b": "x", "name": None})], named("{{b}}"))
    assert "has an element whose name is no text" in expanded(text).faults[0]


def test_a_matrix_of_directories_that_a_file_names():
    generators = [
        {
            "matrix": {
                "generators": [
                    listed({"top": "apps", "env": "e1"}, {"top": "nowhere", "env": "e2"}),
                    git(directories=[{"path": "{{top}}/*"}]),
                ]
            }
        }
    ]
    text = application_set(generators, named("{{env}}-{{path.basenameNormalized}}"))
    assert names(expanded(text, TREE)) == ["e1-old-app", "e1-api", "e1-web"]


def test_a_matrix_takes_elements_as_yaml_from_the_first():
    inner = [listed({"env": "e", "items": [{"num": "a"}, {"num": "b"}]})]
    inner.append({"list": {"elementsYaml": "{{ .items | toJson }}"}})
    assert names(expanded(go([{"matrix": {"generators": inner}}], "{{.env}}{{.num}}"))) == [
        "ea",
        "eb",
    ]


def test_a_matrix_in_a_matrix():
    inner = {"matrix": {"generators": [listed({"a": "1"}, {"a": "2"}), listed({"b": "x"})]}}
    text = application_set(
        [{"matrix": {"generators": [inner, listed({"c": "{{a}}{{b}}"})]}}], named("{{a}}-{{c}}")
    )
    assert names(expanded(text)) == ["1-1x", "2-2x"]


def test_a_matrix_refuses_two_values_for_one_key():
    inner = [listed({"a": "1"}), listed({"a": "2"})]
    expansion = expanded(application_set([{"matrix": {"generators": inner}}], named("{{a}}")))
    assert expansion.faults == ("has a matrix of two generators that give a another value",)
    assert names(expanded(go([{"matrix": {"generators": inner}}], "x{{.a}}"))) == ["x1"]


@pytest.mark.parametrize("is_go", [False, True])
def test_a_merge_puts_later_parameters_over_the_first(is_go):
    merge = {
        "merge": {
            "mergeKeys": ["id"],
            "generators": [
                listed({"id": "1", "v": "a"}, {"id": "2", "v": "b"}),
                listed({"id": "2", "v": "c"}, {"id": "3", "v": "d"}),
            ],
        }
    }
    make = go if is_go else lambda generators, name: application_set(generators, named(name))
    name = "{{.id}}{{.v}}" if is_go else "{{id}}{{v}}"
    assert names(expanded(make([merge], name))) == ["1a", "2c"]


def test_a_merge_needs_sets_that_differ():
    inner = [listed({"id": "1"}, {"id": "1"}), listed({"id": "1"})]
    merge = {"merge": {"mergeKeys": ["id"], "generators": inner}}
    assert "two sets" in expanded(application_set([merge])).faults[0]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({"matchLabels": {"env": "dev"}}, ["a"]),
        (
            {"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["dev"]}]},
            ["b", "c"],
        ),
        ({"matchExpressions": [{"key": "env", "operator": "Exists"}]}, ["a", "b"]),
        ({"matchExpressions": [{"key": "env", "operator": "DoesNotExist"}]}, ["c"]),
        ({"matchExpressions": [{"key": "env", "operator": "In", "values": ["https://x"]}]}, ["b"]),
        ({}, ["a", "b", "c"]),
    ],
)
def test_selectors(selector, expected):
    elements = [{"name": "a", "env": "dev"}, {"name": "b", "env": "https://x"}, {"name": "c"}]
    text = application_set([{**listed(*elements), "selector": selector}])
    assert names(expanded(text)) == expected


def test_the_template_of_a_generator_wins():
    own = {"metadata": {"name": "own-{{name}}"}, "spec": {"source": {"path": "x"}}}
    usual = named("{{name}}", source={"path": "y", "repoURL": "u"})
    generator = {"list": {"elements": [{"name": "a"}], "template": own}}
    made = expanded(application_set([generator], usual)).applications[0].manifest
    assert made["metadata"]["name"] == "own-a"
    assert made["spec"] == {"project": "p", "source": {"path": "x", "repoURL": "u"}}


def test_a_patch_of_the_template():
    patch = """
    metadata:
      finalizers: [other]
    spec:
      project: stolen
      {{- if .auto }}
      syncPolicy: {automated: {prune: true}}
      {{- end }}
      source:
        path: null
        helm:
          valueFiles: {{ .files | toJson }}
    """
    element = {"name": "a", "auto": True, "files": ["v.yaml"]}
    spec = {"templatePatch": patch, "goTemplate": True}
    template = named("{{.name}}", source={"path": "x", "helm": {"valueFiles": ["1", "2"]}})
    made = expanded(application_set([listed(element)], template, **spec)).applications[0].manifest
    assert made["spec"] == {
        "project": "p",
        "source": {"helm": {"valueFiles": ["v.yaml"]}},
        "syncPolicy": {"automated": {"prune": True}},
    }
    assert made["metadata"]["finalizers"] == ["other", "resources-finalizer.argocd.argoproj.io"]


@pytest.mark.parametrize(
    "kind", ["clusters", "clusterDecisionResource", "pullRequest", "scmProvider", "plugin"]
)
def test_generators_that_ask_are_unknown(kind):
    expansion = expanded(application_set([{kind: {}}, listed({"name": "a"})]))
    assert names(expansion) == ["a"]
    assert len(expansion.unknown) == 1
    assert expansion.unknown[0].startswith("asks")
    assert expansion.faults == ()


def test_another_repository_is_unknown():
    generators = [git(directories=[{"path": "*"}])]
    generators[0]["git"]["repoURL"] = "https://git.example/other"
    expansion = expanded(application_set(generators), TREE)
    assert expansion.unknown == (
        "reads https://git.example/other with a generator of git, which is not here",
    )


def test_a_template_that_is_not_followed_makes_no_application():
    expansion = expanded(go([listed({"name": "a"})], "{{ .name | title }}"))
    assert expansion.applications == ()
    assert expansion.unknown == ("calls title in its template, which is not followed here",)


def test_a_missing_parameter_is_a_fault():
    expansion = expanded(go([listed({"name": "a"}, {"other": "b"})], "{{ .name }}"))
    assert names(expansion) == ["a"]
    assert expansion.faults == ("has no parameter name, which its template needs",)
    assert expansion.unknown == expansion.faults


def test_findings_stand_in_the_template():
    text = application_set(
        [listed({"name": "a"})], named("{{name}}", source={"path": "apps/{{name}}"})
    )
    resource = expanded(text).applications[0]
    at = resource.at("spec", "source", "path")
    assert (at.path, text.splitlines()[at.line - 1].strip()) == ("sets.yaml", "path: apps/{{name}}")
    finding = resource.finding(("spec", "source", "path"), "is not there", "", "AR002")
    assert finding.at == at
    assert resource.kustomization.line == text.splitlines().index("      - name: a") + 1


def test_too_many_applications_are_given_up():
    elements = [{f"k{index}": str(index)} for index in range(100)]
    inner = [listed(*elements), listed(*elements)]
    expansion = expanded(application_set([{"matrix": {"generators": inner}}], named("x")))
    assert expansion.applications == ()
    assert expansion.unknown == ("makes more than 5,000 sets of parameters",)


def test_templates_that_take_too_long_are_given_up():
    template = named("{{name}}", source={"path": "x" * 40_000 + "{{name}}"})
    elements = [{"name": str(index)} for index in range(500)]
    expansion = expanded(application_set([listed(*elements)], template))
    assert expansion.unknown == ("has templates that take too long to follow",)
    assert 0 < len(expansion.applications) < 500


def test_values_that_are_too_deep_are_given_up():
    deep = "[" * 900 + "]" * 900
    expansion = expanded(
        go([listed({"name": "a", "deep": deep})], "{{ .deep | fromJson | toJson }}")
    )
    assert expansion.applications == ()
    assert expansion.unknown


@pytest.mark.parametrize(
    "generators",
    [None, "x", [None], ["x"], [{}], [{"list": None}], [{"list": {}}], [{"git": {}}]],
    ids=repr,
)
def test_generators_of_any_shape(generators):
    assert expanded(application_set(generators)).applications == ()


def is_patch(written):
    return "$patch" in written.manifest or "spec" not in written.manifest


def test_real_sets_are_expanded_or_say_why_not():
    tree = TREES / "infra-deployments-argo-cd-apps"
    if not tree.is_dir():
        pytest.skip("the trees of ../shared/data are not there")
    files = Files(WorkTree(tree))
    silent = []
    count = 0
    for path in files.manifests:
        for written in files.objects(path):
            if written.manifest.get("kind") == "ApplicationSet":
                resource = Resource(
                    written.document, written.pointer, written.manifest, written.at(), written
                )
                expansion = expand(resource, Checkout(files), lambda _: True, Budget())
                assert expansion.faults == ()
                count += 1
                if not (expansion.applications or expansion.unknown or is_patch(written)):
                    silent.append(path)
    assert silent == []
    assert count > 100


def crossed(number, second):
    elements = [{"name": f"n{index}"} for index in range(number)]
    return [{"matrix": {"generators": [listed(*elements), second]}}]


def test_a_file_is_read_once_for_all_elements_of_a_matrix(monkeypatch):
    readings = []
    read = MemoryTree.read
    monkeypatch.setattr(
        MemoryTree, "read", lambda *arguments: readings.append(arguments[1]) or read(*arguments)
    )
    generators = crossed(50, git(files=[{"path": "envs/*/config.json"}]))
    text = go(generators, "{{ .name }}-{{ .cluster.name }}")
    expansion = expanded(text, TREE)
    assert len(expansion.applications) == 200
    assert names(expansion)[:4] == ["n0-dev", "n0-p1", "n0-p2", "n0-deep"]
    assert len(readings) == 4


def test_the_parameters_of_a_file_are_each_set_s_own():
    generators = [
        git(files=[{"path": "envs/dev/*"}], values={"a": "{{ .path.basename }}"}),
        git(files=[{"path": "envs/dev/*"}]),
    ]
    expansion = expanded(go(generators, '{{ .cluster.name }}{{ dig "values" "" . }}'), TREE)
    assert names(expansion) == ["devmap[a:dev]", "dev"]


@pytest.mark.parametrize(
    "second",
    [
        git(directories=[{"path": "d/{{name}}/*"}]),
        git(directories=[{"path": "d/*/{{name}}"}]),
        git(files=[{"path": "d/*/{{name}}"}]),
        git(files=[{"path": "big.json"}]),
        listed(*({"a": "b"} for _ in range(40))),
        {"list": {"elementsYaml": "[" + "{a: b}," * 40 + "]"}},
        {**listed({"a": "b"}), "selector": {"matchLabels": {f"l{at}": "x" for at in range(99)}}},
    ],
    ids=["walked", "matched", "files", "file", "elements", "yaml", "selector"],
)
def test_each_element_of_a_matrix_is_taken_from_the_budget(second):
    files = {f"d/{at}/x": b"" for at in range(500)}
    files["big.json"] = b"{" + b",".join(b'"k%d": "v"' % at for at in range(500)) + b"}"

    def spent(number):
        budget = Budget()
        expanded(application_set(crossed(number, second), named("x")), files, budget)
        return Budget().left - budget.left

    assert spent(100) > spent(10) > 0
    budget = Budget(10)
    expansion = expanded(application_set(crossed(500, second), named("x")), files, budget)
    assert expansion.unknown == ("has templates that take too long to follow",)
    assert budget.left > -20


def test_long_keys_above_many_values_are_given_up():
    deep = b'{"' + b"k" * 1_000 + b'": '
    files = {"big.json": deep * 50 + b"[" + b"1," * 5_000 + b"1]" + b"}" * 50}
    expansion = expanded(application_set([git(files=[{"path": "big.json"}])]), files)
    assert expansion.unknown == ("has templates that take too long to follow",)


def test_reasons_are_few_and_short():
    elements = ({"name": f"{at}" * 300} for at in range(100))
    expansion = expanded(go([listed(*elements)], "{{ fail .name }}"))
    assert len(expansion.faults) == len(expansion.unknown) == 20
    assert all(len(reason) < 600 for reason in expansion.faults)
    assert expansion.faults[0] == f"fails as its template says: {'0' * 300}"
