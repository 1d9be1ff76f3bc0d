"""The strategies of ordering, on examples and as properties of random clusters."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings

from kure_hooks.errors import InputError
from tests.support import schemas, trees
from tests.support.clusters import OUTPUT, clusters
from tests.support.generate import (
    REPOSITORY,
    application,
    bundle,
    generated,
    leaf,
    node,
    objects,
)
from tests.support.trees import TreeReader, expanded

WAVE = "argocd.argoproj.io/sync-wave"
CASCADE = "resources-finalizer.argocd.argoproj.io/foreground"
HELM = {"argoCDMode": "helm", "chartVersion": "10.1.0"}
STRATEGIES = ("waves", "progressive", "resource-waves")

# What a bundle may say when it shares an Application with others.
SHARED = {"name", "labels", "annotations", "dependsOn", "applications", "children", "wait"}

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(parent=many, max_examples=10, phases=(Phase.generate,), derandomize=True)


def ordered(strategy, root, **cluster):
    options = {"argocd": {"repoURL": REPOSITORY, "ordering": strategy}}
    return objects(root, engine="argocd", gitops=options, **cluster)


def warnings(strategy, root, bootstrap=None, **options):
    argocd = {"repoURL": REPOSITORY, "ordering": strategy, "healthConfigured": True, **options}
    gitops = {"type": "argocd", "argocd": argocd, "bootstrap": bootstrap or {}}
    gitops["externalNamespaces"] = ["apps"]
    stack = {"name": "prod", "gitops": gitops, "node": root}
    return [str(each) for each in generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).warnings]


def wave(manifest):
    return manifest["metadata"].get("annotations", {}).get(WAVE)


CHAIN = node("prod", leaf("web", application("web"), dependsOn=["db"]), leaf("db"))


def test_progressive_is_one_application_set_with_a_step_for_each_level():
    found = ordered("progressive", CHAIN)
    assert {"Application/web", "Application/db"}.isdisjoint(found)
    made = found["ApplicationSet/prod"]
    assert made["spec"].pop("generators")
    assert made == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": "prod", "namespace": "argocd"},
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "strategy": {
                "type": "RollingSync",
                "deletionOrder": "Reverse",
                "rollingSync": {
                    "steps": [
                        {"matchExpressions": [{"key": "level", "operator": "In", "values": ["0"]}]},
                        {"matchExpressions": [{"key": "level", "operator": "In", "values": ["1"]}]},
                    ]
                },
            },
            "syncPolicy": {"preserveResourcesOnDeletion": True},
            "template": {
                "metadata": {"name": "{{ .name }}", "namespace": "argocd"},
                "spec": {"project": "{{ .project }}", "destination": {}},
            },
            "templatePatch": "{{ .patch | toJson }}",
        },
    }


def test_progressive_makes_the_applications_of_waves_with_a_level_instead_of_a_wave():
    root = node("prod", leaf("web", dependsOn=["db"], prune=False), leaf("db", retryInterval="1m"))
    plain = ordered("waves", root)
    made = expanded(ordered("progressive", root)["ApplicationSet/prod"], {})
    assert [each["metadata"]["labels"]["level"] for each in made] == ["1", "0"]
    for each in made:
        same = plain[f"Application/{each['metadata']['name']}"]
        del each["metadata"]["labels"], same["metadata"]["annotations"]
        assert each == same
    assert [each["metadata"].get("finalizers") for each in made] == [None, [CASCADE]]


def test_text_that_looks_like_a_template_is_left_alone():
    note = {"note": "{{ .oops }}"}
    made = ordered("progressive", node("prod", leaf("web", annotations=note)))
    (web,) = expanded(made["ApplicationSet/prod"], {})
    assert web["metadata"]["annotations"] == note


UMBRELLA = bundle(
    "platform",
    application("operator"),
    wait=True,
    children=[bundle("db", application("db")), bundle("web", application("web"), dependsOn=["db"])],
)


def test_resource_waves_is_one_application_for_each_node():
    root = node("prod", leaf("late", application("late"), dependsOn=["platform"]), bundle=UMBRELLA)
    found = ordered("resource-waves", root)
    assert {name for name in found if name.startswith("Application/")} == {
        "Application/platform",
        "Application/late",
    }
    sources = found["Application/platform"]["spec"]["sources"]
    assert [each["path"] for each in sources] == [
        "clusters/prod/platform",
        "clusters/prod/platform/db",
        "clusters/prod/platform/web",
    ]
    assert wave(found["Application/platform"]) == "0"
    assert wave(found["Application/late"]) == "1"
    waves = {name: wave(found[f"ConfigMap/{name}"]) for name in ("operator", "db", "web", "late")}
    assert waves == {"operator": "0", "db": "0", "web": "1", "late": "2"}


def test_resource_waves_keeps_the_wave_that_an_object_has():
    own = application("web")
    own["spec"]["objects"][0]["metadata"]["annotations"] = {WAVE: "7"}
    assert wave(ordered("resource-waves", node("prod", leaf("web", own)))["ConfigMap/web"]) == "7"


def test_resource_waves_orders_the_config_maps_that_kustomize_makes():
    found = generated(
        {
            "stacks/prod.yaml": yaml.safe_dump(
                {
                    "name": "prod",
                    "gitops": {
                        "type": "argocd",
                        "argocd": {"repoURL": REPOSITORY, "ordering": "resource-waves"},
                    },
                    "node": leaf(
                        "web",
                        {
                            "name": "web",
                            "kind": "Manifests",
                            "spec": {"configMaps": [{"name": "web", "files": ["a.txt"]}]},
                        },
                    ),
                }
            ),
            "stacks/a.txt": "a",
        }
    ).files
    reader = TreeReader(found, "clusters/prod")
    (config_map,) = reader.built("clusters/prod/web")
    assert (config_map["kind"], wave(config_map)) == ("ConfigMap", "0")


def test_an_external_dependency_is_said_to_be_no_part_of_the_order():
    root = node("prod", leaf("web", dependsOn=[{"name": "dns", "external": True}]))
    (told,) = warnings("waves", root)
    assert told.endswith(
        "node.children[0].bundle.dependsOn[0].name: AO002: bundle web doesn't wait for dns. "
        "Have it ready before, or put it into the stack."
    )


def test_progressive_says_that_it_must_be_enabled():
    (told,) = warnings("progressive", node("prod", leaf("web")))
    assert told.endswith(
        "gitops.argocd.ordering: AO001: progressive syncs are off unless Argo CD is told otherwise."
        ' Write applicationsetcontroller.enable.progressive.syncs: "true" in argocd-cmd-params-cm.'
    )


def test_resource_waves_says_what_only_the_first_roll_out_honours():
    (told,) = warnings("resource-waves", CHAIN)
    assert "AO007: bundle web waits for db of another node" in told


def test_waves_say_that_they_wait_for_somebody_to_sync():
    root = node("prod", leaf("web", dependsOn=["db"]), leaf("db", suspend=True))
    (told,) = warnings("waves", root)
    assert told.endswith(
        "suspend: AO008: what waits for bundle db waits until somebody syncs it. "
        "Write automated sync, or gitops.argocd.healthRequiresSync: false."
    )
    assert warnings("waves", root, healthRequiresSync=False) == []


FOREIGN = {"healthConfigured": False}
STARTED = {"enabled": True, "sourceURL": REPOSITORY}


@pytest.mark.parametrize("bootstrap", [None, STARTED, STARTED | {"manifests": "none"}])
@pytest.mark.parametrize("strategy", ["waves", "resource-waves"])
def test_waves_say_that_they_need_the_health_of_applications(strategy, bootstrap):
    """AO009: since Argo CD 1.8 an Application has no health in its parent."""
    told = [each for each in warnings(strategy, CHAIN, bootstrap, **FOREIGN) if "AO009" in each]
    (found,) = told
    assert "gitops.argocd.ordering: AO009: Argo CD doesn't wait for the Applications" in found
    assert "kure-hooks bootstrap --argocd-health" in found
    assert not [each for each in warnings(strategy, CHAIN, bootstrap) if "AO009" in each]


@pytest.mark.parametrize("bootstrap", [HELM, {"argoCDMode": "operator"}])
def test_an_argo_cd_that_the_stack_brings_up_knows_the_health_of_applications(bootstrap):
    assert warnings("waves", CHAIN, STARTED | bootstrap, **FOREIGN) == []


def test_health_is_of_no_use_where_no_application_waits_for_another():
    """Bundles of one node wait for each other by the waves of their objects."""
    umbrella = node("prod", leaf("all", children=[bundle("a"), bundle("b", dependsOn=["a"])]))
    assert warnings("waves", node("prod", leaf("web"), leaf("db")), **FOREIGN) == []
    assert warnings("resource-waves", umbrella, **FOREIGN) == []
    assert warnings("progressive", CHAIN, STARTED | HELM, **FOREIGN) == []


def test_waves_have_nothing_to_say_of_plain_dependencies():
    assert warnings("waves", CHAIN) == []


CROSSED = node(
    "prod",
    leaf("b", dependsOn=["one"]),
    bundle=bundle("a", children=[bundle("one"), bundle("two", dependsOn=["b"])]),
)


@pytest.mark.parametrize(
    ("strategy", "root", "problem"),
    [
        ("progressive", node("prod", leaf("web", labels={"level": "9"})), "AO004: bundle web"),
        *(
            (
                "resource-waves",
                node("prod", bundle=bundle("a", children=[bundle("x", **{key: value})])),
                f"AO005: bundle x and its umbrella a differ in {key}",
            )
            for key, value in {
                "prune": False,
                "suspend": True,
                "retryInterval": "1m",
                "deletionPolicy": "Orphan",
                "targetNamespace": "web",
            }.items()
        ),
        ("resource-waves", CROSSED, "AO006: the nodes of these bundles wait for each other"),
    ],
)
def test_what_a_strategy_cant_honour_is_refused(strategy, root, problem):
    with pytest.raises(InputError, match=problem):
        ordered(strategy, root)


MANUAL = {"argocd": {"syncPolicy": {"automated": {"enabled": False}}}}


def rolled(root, **options):
    """Return the steps of the set, and the step and automation of each Application."""
    found = ordered("progressive", root, **options)["ApplicationSet/prod"]["spec"]
    steps = [
        value
        for step in found["strategy"]["rollingSync"]["steps"]
        for expression in step["matchExpressions"]
        for value in expression["values"]
    ]
    elements = found["generators"][0]["list"]["elements"]
    return steps, {
        each["name"]: (
            each["patch"]["metadata"].get("labels", {}).get("level"),
            each["patch"]["spec"]["syncPolicy"].get("automated"),
        )
        for each in elements
    }


SYNCS = {"prune": True, "selfHeal": True}
STOPPED = {"enabled": False} | SYNCS


@pytest.mark.parametrize("fields", [{"suspend": True}, MANUAL], ids=["suspend", "automated"])
def test_no_step_of_a_rolling_sync_has_what_is_suspended(fields):
    chain = node("prod", leaf("web", dependsOn=["db"]), leaf("db", **fields), leaf("api"))
    assert rolled(chain) == (
        ["0", "1"],
        {"web": ("1", SYNCS), "db": (None, STOPPED), "api": ("0", SYNCS)},
    )


def test_a_step_without_applications_is_left_out():
    chain = node("prod", leaf("web", dependsOn=["db"]), leaf("db", suspend=True))
    assert rolled(chain) == (["1"], {"web": ("1", SYNCS), "db": (None, STOPPED)})


def test_there_is_a_step_even_if_all_are_suspended():
    """Argo CD writes no Application of a rolling sync without steps."""
    assert rolled(node("prod", leaf("web", suspend=True))) == (["0"], {"web": (None, STOPPED)})


def test_a_suspended_release_is_in_no_step():
    steps, elements = rolled(node("prod", leaf("web", release(suspend=True)), leaf("api")))
    assert steps == ["0"]
    assert {name: level for name, (level, _) in elements.items()} == {
        "web": "0",
        "web-db": None,
        "api": "0",
    }


def test_before_3_1_automated_sync_is_left_out_of_the_list():
    bootstrap = {"enabled": True, "argoCDVersion": "2.14"}
    options = {"argocd": {"repoURL": REPOSITORY, "ordering": "progressive"}, "bootstrap": bootstrap}
    root = node("prod", leaf("web", suspend=True), leaf("api"))
    found = objects(root, engine="argocd", gitops=options)["ApplicationSet/prod"]
    policies = {
        each["name"]: each["patch"]["spec"]["syncPolicy"]
        for each in found["spec"]["generators"][0]["list"]["elements"]
    }
    assert "automated" not in policies["web"]
    assert policies["api"]["automated"] == SYNCS


def release(**spec):
    source = {"type": "HelmRepository", "url": "https://charts.example.com"}
    chart = {"chart": {"name": "postgres", "version": "1.0.0"}, "source": source}
    return {"name": "db", "namespace": "apps", "kind": "HelmChart", "spec": chart | spec}


@pytest.mark.parametrize(
    ("suspended", "warning"),
    [
        (leaf("db", suspend=True), "suspend: AO003: nothing waits for bundle db"),
        (leaf("db", **MANUAL), "enabled: AO003: nothing waits for bundle db"),
        (leaf("db", release(suspend=True)), "spec.suspend: AO003: nothing waits for release db"),
    ],
    ids=["suspend", "automated", "a release"],
)
def test_what_waits_for_the_suspended_does_not(suspended, warning):
    needing = node("prod", leaf("web", dependsOn=["db"]), suspended)
    told = [each for each in warnings("progressive", needing) if "AC005" not in each]
    (found,) = (each for each in told if "AO001" not in each)
    assert warning in found
    alone = warnings("progressive", node("prod", leaf("web"), suspended))
    assert not [each for each in alone if "AO003" in each]


def test_what_crosses_nodes_is_no_cycle_for_other_strategies():
    for strategy in ("waves", "progressive"):
        assert ordered(strategy, CROSSED)


def with_ordering(case, strategy):
    """Return the files of a repository with a strategy, without what it would refuse."""
    texts = case.texts()
    path = f"stacks/{case.cluster}.yaml"
    stack, *parts = yaml.safe_load_all(texts[path])
    body = stack.get("spec", stack)
    body["gitops"]["argocd"] = {"ordering": strategy}
    if strategy == "resource-waves":
        _share(body["node"])
        for part in parts:
            part["spec"] = _shared(part["spec"])
    return texts | {path: yaml.safe_dump_all([stack, *parts], sort_keys=False)}


def _share(root):
    def change(each):
        kept = _shared(each)
        each.clear()
        each.update(kept)

    _each_bundle(root, change)


def _shared(each):
    kept = {key: value for key, value in each.items() if key in SHARED}
    children = [_shared(one) if isinstance(one, dict) else one for one in kept.get("children", ())]
    return kept | ({"children": children} if children else {})


def _each_bundle(root, change):
    if isinstance(root.get("bundle"), dict):
        _inside(root["bundle"], change)
    for child in root["children"]:
        _each_bundle(child, change)


def _inside(each, change):
    change(each)
    for child in each.get("children", ()):
        if isinstance(child, dict):
            _inside(child, change)


def tree_of(case, strategy):
    files = generated(with_ordering(case, strategy)).files
    return TreeReader(files, f"{OUTPUT}/{case.cluster}", case.packages)


def made(tree, case):
    """Return the Applications of bundles by name."""
    found = (each for one in tree.gitops for each in expanded(one, tree.files))
    return {
        each["metadata"]["name"]: each
        for each in found
        if each["kind"] == "Application" and each["metadata"]["name"] in case.before
    }


@pytest.mark.parametrize("strategy", STRATEGIES[1:])
@many
@given(case=clusters("argocd"))
def test_invariants_a_to_f_hold_for_every_strategy(strategy, case):
    trees.check(tree_of(case, strategy))


@many
@given(clusters("argocd"))
def test_every_bundle_is_in_one_step_after_those_of_its_dependencies(case):
    tree = tree_of(case, "progressive")
    sets = [each["spec"] for each in tree.gitops if "strategy" in each.get("spec", ())]
    steps = [
        each["matchExpressions"] for one in sets for each in one["strategy"]["rollingSync"]["steps"]
    ]
    found = made(tree, case)
    suspended = {
        name
        for name, each in found.items()
        if each["spec"]["syncPolicy"]["automated"].get("enabled") is False
    }
    level = {name: each["metadata"].get("labels", {}).get("level") for name, each in found.items()}
    place = {
        name: [at for at, (rule,) in enumerate(steps) if value in rule["values"]]
        for name, value in level.items()
    }
    assert place.keys() == case.before.keys()
    assert all(len(each) == (name not in suspended) for name, each in place.items())
    assert all(
        place[each] < place[name]
        for name, every in case.before.items()
        for each in every
        if {each, name}.isdisjoint(suspended)
    )


@many
@given(clusters("argocd"))
def test_waves_of_objects_grow_along_every_dependency(case):
    """Inside an Application the waves of objects, between Applications those of Applications."""
    result = generated(with_ordering(case, "resource-waves"))
    tree = TreeReader(result.files, f"{OUTPUT}/{case.cluster}", case.packages)
    found = made(tree, case)
    place = {
        result.origins[f"{start}/kustomization.yaml"].bundle: (name, start)
        for name in found
        for start in tree.payloads[name]
    }
    assert place.keys() == case.before.keys()
    for late, early in ((name, each) for name, every in case.before.items() for each in every):
        (home, payload), (other, before) = place[late], place[early]
        if home == other:
            waves = [[int(wave(each)) for each in tree.built(one)] for one in (before, payload)]
            assert max(waves[0], default=-1) < min(waves[1], default=1000)
        else:
            assert int(wave(found[other])) < int(wave(found[home]))


@pytest.mark.parametrize("strategy", STRATEGIES)
@few
@given(case=clusters("argocd"))
def test_the_objects_of_every_strategy_are_valid_against_their_schemas(strategy, case):
    tree = tree_of(case, strategy)
    assume(tree.gitops)
    with TemporaryDirectory() as root:
        files = [Path(root, "gitops.yaml"), Path(root, "made.yaml")]
        files[0].write_text(yaml.safe_dump_all(tree.gitops))
        files[1].write_text(yaml.safe_dump_all(made(tree, case).values()))
        schemas.assert_valid([each for each in files if each.read_text()])


def test_a_dependency_by_name_is_resolved_or_refused():
    """E17.13."""
    named = objects(node("prod", leaf("b", namedDependsOn=["a"]), leaf("a")), engine="argocd")
    waves = {
        each["metadata"]["name"]: each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        for each in named.values()
        if each["kind"] == "Application"
    }
    assert waves == {"a": "0", "b": "1"}
    with pytest.raises(InputError, match="elsewhere"):
        objects(node("prod", leaf("b", namedDependsOn=["elsewhere"])), engine="argocd")


SET = {
    "maxUpdate": "25%",
    "applicationsSync": "create-update",
    "preservedFields": {"annotations": ["notifications.argoproj.io"]},
    "ignoreApplicationDifferences": [{"name": "web", "jsonPointers": ["/spec/syncPolicy"]}],
}


def rolling(**options):
    argocd = {"repoURL": REPOSITORY, "ordering": "progressive", **options}
    root = node("prod", leaf("infra"), leaf("web", dependsOn=["infra"]))
    return objects(root, engine="argocd", gitops={"argocd": argocd})["ApplicationSet/prod"]


def test_the_options_of_a_set_are_written(tmp_path):
    made = rolling(applicationSet=SET)
    spec = made["spec"]
    assert [each["maxUpdate"] for each in spec["strategy"]["rollingSync"]["steps"]] == ["25%"] * 2
    assert spec["syncPolicy"] == {
        "preserveResourcesOnDeletion": True,
        "applicationsSync": "create-update",
    }
    for key in ("preservedFields", "ignoreApplicationDifferences"):
        assert spec[key] == SET[key]
    (tmp_path / "set.yaml").write_text(yaml.safe_dump(made))
    schemas.assert_valid([tmp_path / "set.yaml"])


def test_no_update_at_once_is_a_number_too():
    steps = rolling(applicationSet={"maxUpdate": 0})["spec"]["strategy"]["rollingSync"]["steps"]
    assert [each["maxUpdate"] for each in steps] == [0, 0]


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"ordering": "waves", "applicationSet": SET}, ""),
        ({"applicationSet": {"maxUpdate": "120%"}}, ".maxUpdate"),
        ({"applicationSet": {"maxUpdate": -1}}, ".maxUpdate"),
        (
            {"applicationSet": {"ignoreApplicationDifferences": [{"name": "web"}]}},
            ".ignoreApplicationDifferences[0]",
        ),
    ],
)
def test_options_of_a_set_that_mean_nothing_are_refused(options, key):
    with pytest.raises(InputError) as caught:
        rolling(**options)
    keys = {each.key for each in caught.value.findings}
    assert f"gitops.argocd.applicationSet{key}" in keys


def test_a_wave_of_its_own_goes_before_the_level():
    late = leaf("late", argocd={"wave": 7})
    found = ordered("waves", node("prod", leaf("db"), leaf("web", dependsOn=["db"]), late))
    assert {name: wave(found[f"Application/{name}"]) for name in ("db", "web", "late")} == {
        "db": "0",
        "web": "1",
        "late": "7",
    }


@pytest.mark.parametrize("number", [0, 1])
def test_a_wave_comes_after_those_of_dependencies(number):
    db, web = leaf("db", argocd={"wave": 1}), leaf("web", dependsOn=["db"])
    found = ordered("waves", node("prod", db, leaf("web", dependsOn=["db"], argocd={"wave": 2})))
    assert wave(found["Application/web"]) == "2"
    web["bundle"]["argocd"] = {"wave": number}
    with pytest.raises(InputError, match=f"web in wave {number} does not come after db"):
        ordered("waves", node("prod", db, web))


def test_other_orderings_have_no_waves_of_applications():
    with pytest.raises(InputError, match="ordering progressive has no waves"):
        ordered("progressive", node("prod", leaf("web", argocd={"wave": 1})))
