"""Namespaces that nothing makes: told, or made where the stack asks for that, by both engines."""

import re

import pytest
import yaml

from tests.support.generate import REPOSITORY, application, bundle, generated, leaf, node

ENGINES = ("flux", "argocd")
engines = pytest.mark.parametrize("engine", ENGINES)
PRUNE = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
KEPT = {"argocd.argoproj.io/sync-options": "Delete=false,Prune=false"}


def fleet(root, engine="flux", files=(), **gitops):
    """Return what a stack with the cluster `prod` generates."""
    argocd = {"argocd": {"repoURL": REPOSITORY}} if engine == "argocd" else {}
    layout = gitops.pop("layout", {})
    for key, value in gitops.items():
        argocd[key] = argocd.get(key, {}) | value if isinstance(value, dict) else value
    stack = {"name": "prod", "gitops": {"type": engine} | argocd, "node": root, "layout": layout}
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack), **dict(files)})


def warnings(root, engine="flux", files=(), **gitops):
    """Return place, key and namespace of each warning NS001."""
    return [
        (each.at.path, each.key, each.problem.split()[-1])
        for each in fleet(root, engine, files, **gitops).warnings
        if each.rule == "NS001" and "nothing in cluster prod makes the namespace " in each.problem
    ]


def objects(root, engine="flux", **gitops):
    """Return every object with its path, as `<kind>/<name>`, of a stack that makes namespaces."""
    files = fleet(root, engine, createNamespaces=True, **gitops).files
    return {
        f"{each['kind']}/{each['metadata']['name']}": (path.removeprefix("clusters/prod/"), each)
        for path, data in files.items()
        if path.endswith(".yaml") and not path.endswith("/kustomization.yaml")
        for each in yaml.safe_load_all(data)
    }


def namespace(name, kind="Namespace", api="v1", **fields):
    """Return an application that makes a namespace."""
    made = {"apiVersion": api, "kind": kind, "metadata": {"name": name}}
    return objects_of(made, name=f"make-{re.sub('[^a-z]', '', name)}") | fields


def objects_of(*manifests, name="raw"):
    """Return an application of objects in place."""
    return {"name": name, "kind": "Manifests", "spec": {"objects": list(manifests)}}


def config_map(name, where):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": where}}


APPLICATION = "node.children[0].bundle.applications[0]"
SOURCE = {"type": "HelmRepository", "url": "https://example.com/charts"}


def chart(name="db", where="data", **release):
    spec = {"chart": {"name": "pg", "version": "1.0.0"}, "source": SOURCE, "release": release}
    return {"name": name, "namespace": where, "kind": "HelmChart", "spec": spec}


@engines
def test_a_namespace_that_nothing_makes_is_told_once_where_it_is_written(engine):
    root = node("prod", leaf("web", application("a"), application("b")), leaf("db"))
    root["children"][1]["bundle"]["applications"] = [application("c")]
    assert warnings(root, engine) == [("stacks/prod.yaml", f"{APPLICATION}.namespace", "apps")]


@engines
@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public", "kube-node-lease"])
def test_namespaces_of_kubernetes_are_there(engine, name):
    assert warnings(node("prod", leaf("web", application("a", namespace=name))), engine) == []


def test_the_namespace_of_the_tool_is_there_and_that_of_the_other_is_not():
    root = node("prod", leaf("web", application("a", namespace="flux-system")))
    assert warnings(root) == []
    assert [name for *_, name in warnings(root, "argocd")] == ["flux-system"]
    assert [name for *_, name in warnings(root, flux={"namespace": "x"})] == ["flux-system"]
    root = node("prod", leaf("web", application("a", namespace="tools")))
    assert warnings(root, flux={"namespace": "tools"}) == []
    assert warnings(root, "argocd", argocd={"namespace": "tools"}) == []


@engines
@pytest.mark.parametrize(
    "maker",
    [
        namespace("apps"),
        namespace("apps", "Project", "project.openshift.io/v1"),
        namespace("apps", "SubnamespaceAnchor", "hnc.x-k8s.io/v1alpha2", namespace="default"),
    ],
)
def test_a_namespace_that_another_bundle_makes_is_there(engine, maker):
    root = node("prod", leaf("web", application("a")), leaf("base", maker))
    assert warnings(root, engine) == []


@engines
def test_a_namespace_of_another_cluster_does_not_count(engine):
    argocd = {"repoURL": REPOSITORY}
    stacks = {
        f"stacks/{name}.yaml": yaml.safe_dump(
            {"name": name, "gitops": {"type": engine, "argocd": argocd}, "node": root}
        )
        for name, root in {
            "one": node("one", leaf("base", namespace("apps"))),
            "two": node("two", leaf("web", application("a"))),
        }.items()
    }
    found = [str(each.at.path) for each in generated(stacks).warnings if each.rule == "NS001"]
    assert found == ["stacks/two.yaml"]


@engines
def test_a_namespace_that_is_declared_is_there(engine):
    root = node("prod", leaf("web", application("a"), application("b", namespace="shop")))
    assert [name for *_, name in warnings(root, engine, externalNamespaces=["apps"])] == ["shop"]


@engines
def test_each_place_of_a_namespace_is_found(engine):
    listed = {"apiVersion": "v1", "kind": "List", "items": [config_map("a", "in-a-list")]}
    raw = objects_of(config_map("b", "default"), listed)
    files = {
        "apps/far.yaml": yaml.safe_dump_all([config_map("c", "default"), config_map("d", "e")])
    }
    far = {"name": "far", "kind": "Manifests", "spec": {"files": ["../apps/far.yaml"]}}
    root = node("prod", leaf("web", raw, far, chart()), leaf("t", application("x")))
    root["children"][1]["bundle"]["targetNamespace"] = "target"
    inner = "node.children[0].bundle.applications"
    assert warnings(root, engine, files) == [
        ("apps/far.yaml", "metadata.namespace", "e"),
        (
            "stacks/prod.yaml",
            f"{inner}[0].spec.objects[1].items[0].metadata.namespace",
            "in-a-list",
        ),
        ("stacks/prod.yaml", f"{inner}[2].namespace", "data"),
        ("stacks/prod.yaml", "node.children[1].bundle.targetNamespace", "target"),
    ]


def test_helm_creates_the_namespace_that_it_installs_to():
    one = chart(where="default", targetNamespace="data", createNamespace=True)
    assert warnings(node("prod", leaf("db", one))) == []
    one = chart(where="default", targetNamespace="data")
    key = f"{APPLICATION}.spec.release.targetNamespace"
    assert warnings(node("prod", leaf("db", one))) == [("stacks/prod.yaml", key, "data")]
    # The HelmRelease itself is in its own namespace before Helm does anything.
    one = chart(createNamespace=True)
    assert [name for *_, name in warnings(node("prod", leaf("db", one)))] == ["data"]
    assert warnings(node("prod", leaf("db", one)), "argocd") == []


SHOP = {"postBuild": {"substitute": {"team": "shop"}}}


@engines
def test_a_name_with_variables_is_the_one_on_the_cluster(engine):
    user = leaf("web", objects_of(config_map("a", "x-${team}-${env:=eu}")), **SHOP)
    key = f"{APPLICATION}.spec.objects[0].metadata.namespace"
    assert warnings(node("prod", user), engine) == [("stacks/prod.yaml", key, "x-shop-eu")]
    maker = leaf("base", namespace("x-${team}-eu"), **SHOP)
    assert warnings(node("prod", user, maker), engine) == []
    assert warnings(node("prod", user, leaf("base", namespace("x-shop-eu"))), engine) == []
    found = objects(node("prod", user), engine)
    if engine == "flux":
        assert "Namespace/x-shop-eu" in found
    else:
        _, made = found["Application/web"]
        assert made["spec"]["destination"]["namespace"] == "x-shop-eu"
        assert "CreateNamespace=true" in made["spec"]["syncPolicy"]["syncOptions"]


@engines
def test_a_namespace_of_another_name_is_not_the_one_that_is_needed(engine):
    """Names of makers with variables are known as well, so that they hide nothing."""
    maker = leaf("base", namespace("${team}"), **SHOP)
    root = node("prod", leaf("web", application("a")), maker)
    assert [name for *_, name in warnings(root, engine)] == ["apps"]


def test_quotes_in_a_variable_are_those_of_yaml():
    quoted = {"postBuild": {"substitute": {"team": '"007"'}}}
    root = node("prod", leaf("web", objects_of(config_map("a", "${team}")), **quoted))
    assert [name for *_, name in warnings(root)] == ["007"]


def test_a_line_break_in_a_variable_is_left_out():
    lines = {"postBuild": {"substitute": {"team": "sh\nop"}}}
    root = node("prod", leaf("web", objects_of(config_map("a", "${team}")), **lines))
    assert [name for *_, name in warnings(root)] == ["shop"]


@pytest.mark.parametrize(
    "options",
    [
        {"substituteFrom": [{"kind": "Secret", "name": "s"}]},
        {"substituteFrom": [{"kind": "ConfigMap", "name": "elsewhere"}]},
        {"substituteFrom": [{"kind": "ConfigMap", "name": "c", "optional": True}]},
    ],
    ids=["secret", "config-map", "optional"],
)
def test_a_name_that_nobody_can_know_tells_nothing(options):
    """A variable of an object outside of the stack may be any; a default does not settle it."""
    unknown = {"postBuild": {"substitute": {"team": "shop"}, **options}}
    for name in ("${ns}", "${ns:=x}", "${team}-${ns}"):
        root = node("prod", leaf("web", objects_of(config_map("a", name)), **unknown))
        assert warnings(root) == []
        maker = leaf("base", namespace(name), **unknown)
        assert warnings(node("prod", leaf("web", application("a")), maker)) == []
    root = node("prod", leaf("web", objects_of(config_map("a", "${team}")), **unknown))
    assert [name for *_, name in warnings(root)] == ["shop"]


def test_variables_come_from_config_maps_of_the_stack():
    data = config_map("teams", "flux-system") | {"data": {"team": "shop"}}
    settings = leaf("settings", objects_of(data))
    names = {"postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "teams"}]}}
    user = leaf("web", objects_of(config_map("a", "${team}"), name="use"), **names)
    assert [name for *_, name in warnings(node("prod", settings, user))] == ["shop"]
    # A Secret of that name is another object, and later ones go before.
    names["postBuild"]["substituteFrom"].append({"kind": "Secret", "name": "teams"})
    assert warnings(node("prod", settings, user)) == []


def test_without_substitution_a_name_stays_as_it_is():
    kept = {"annotations": {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}}
    made = config_map("a", "${team}")
    made["metadata"] |= kept
    assert warnings(node("prod", leaf("web", objects_of(made), **SHOP))) == []


def test_a_remote_cluster_has_namespaces_of_its_own():
    remote = {"kubeConfig": {"secretRef": {"name": "far"}}}
    here = leaf("base", namespace("apps"))
    root = node("prod", here, leaf("web", application("a"), **remote))
    assert [name for *_, name in warnings(root)] == ["apps"]
    root = node("prod", leaf("base", namespace("apps"), **remote), root["children"][1])
    assert warnings(root) == []


def test_the_namespace_of_a_source_is_told():
    source = {"kind": "GitRepository", "name": "s", "namespace": "sources", "url": REPOSITORY}
    root = node("prod", leaf("web", sourceRef=source | {"branch": "main"}))
    key = "node.children[0].bundle.sourceRef.namespace"
    assert warnings(root) == [("stacks/prod.yaml", key, "sources")]
    assert warnings(node("prod", *root["children"], leaf("x", namespace("sources")))) == []


@engines
def test_nothing_is_created_that_nobody_asks_for(engine):
    root = node("prod", leaf("web", application("a")))
    assert not [path for path in fleet(root, engine).files if "namespace-" in path]


def test_flux_makes_a_namespace_in_the_first_payload_that_needs_it():
    root = node(
        "prod", leaf("web", application("a"), dependsOn=["db"]), leaf("db", application("c"))
    )
    found = objects(root)
    path, made = found["Namespace/apps"]
    assert path == "db/cluster-namespace-apps.yaml"
    assert made["metadata"] == {"name": "apps", "annotations": PRUNE}
    assert found["Kustomization/web"][1]["spec"]["dependsOn"] == [{"name": "db"}]
    assert warnings(root, createNamespaces=True) == []


def test_what_is_in_no_order_waits_until_the_namespace_is_there():
    root = node("prod", leaf("one", application("a")), leaf("two", application("b")))
    found = objects(root)
    assert found["Namespace/apps"][0] == "one/cluster-namespace-apps.yaml"
    expr = (
        "has(dep.status.inventory) && "
        "dep.status.inventory.entries.exists(entry, entry.id == '_apps__Namespace')"
    )
    waits = found["Kustomization/two"][1]["spec"]["dependsOn"]
    assert waits == [{"name": "one", "readyExpr": expr}]
    assert "dependsOn" not in found["Kustomization/one"][1]["spec"]


@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_namespaces_are_made_before_what_is_contained(placement):
    umbrella = bundle("shop", children=[bundle("web", application("a")), bundle("db")])
    umbrella["children"][1]["applications"] = [application("b")]
    root = node("prod", node("shop", bundle=umbrella), leaf("late", application("c")))
    found = objects(root, layout={"fluxPlacement": placement})
    path, _ = found["Namespace/apps"]
    first = path.split("/")[-2]
    waiting = {
        name.partition("/")[2]: [each["name"] for each in item["spec"].get("dependsOn", ())]
        for name, (_, item) in found.items()
        if name.startswith("Kustomization/")
    }
    assert all(first in waiting[name] for name in {"web", "db", "late"} - {first})


def test_a_suspended_bundle_makes_none_while_another_needs_it():
    root = node("prod", leaf("a", application("a"), suspend=True), leaf("b", application("b")))
    assert objects(root)["Namespace/apps"][0] == "b/cluster-namespace-apps.yaml"


def test_target_and_remote_namespaces_are_made_where_they_are_needed():
    remote = {"kubeConfig": {"secretRef": {"name": "far"}}}
    root = node(
        "prod",
        leaf("a", application("a"), targetNamespace="t"),
        leaf("b", application("b"), **remote),
    )
    found = objects(root)
    assert found["Namespace/t"][0] == "a/cluster-namespace-t.yaml"
    assert found["Namespace/apps"][0] == "b/cluster-namespace-apps.yaml"


@pytest.mark.parametrize("ordering", ["waves", "progressive", "resource-waves"])
def test_argo_cd_creates_the_namespace_of_the_destination(ordering):
    root = node("prod", leaf("web", application("a"), targetNamespace="shop"))
    found = objects(root, "argocd", argocd={"ordering": ordering})
    text = yaml.safe_dump([each for _, each in found.values()])
    assert "CreateNamespace=true" in text
    assert "Namespace/shop" not in found
    project = found["AppProject/prod"][1]["spec"]
    assert {"group": "", "kind": "Namespace"} in project["clusterResourceWhitelist"]


def test_argo_cd_is_told_of_the_only_namespace_of_an_application():
    found = objects(node("prod", leaf("web", application("a"))), "argocd")
    spec = found["Application/web"][1]["spec"]
    assert spec["destination"]["namespace"] == "apps"
    assert spec["syncPolicy"]["syncOptions"] == ["CreateNamespace=true", "ServerSideApply=true"]


def test_argo_cd_gets_objects_for_further_namespaces():
    raw = objects_of(config_map("a", "one"), config_map("b", "two"))
    found = objects(node("prod", leaf("web", raw)), "argocd")
    assert found["Application/web"][1]["spec"]["destination"]["namespace"] == "one"
    assert "Namespace/one" not in found
    path, made = found["Namespace/two"]
    assert path == "web/cluster-namespace-two.yaml"
    assert made["metadata"]["annotations"] == KEPT


def test_objects_without_a_namespace_stay_where_they_were_under_argo_cd():
    homeless = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "h"}}
    raw = objects_of(homeless, config_map("a", "one"))
    found = objects(node("prod", leaf("web", raw)), "argocd")
    assert found["Application/web"][1]["spec"]["destination"]["namespace"] == "default"
    assert found["Namespace/one"][0] == "web/cluster-namespace-one.yaml"


def test_what_sync_options_say_of_namespaces_wins():
    said = {"syncPolicy": {"syncOptions": ["CreateNamespace=false"]}}
    root = node("prod", leaf("web", application("a"), targetNamespace="shop", argocd=said))
    found = objects(root, "argocd")
    options = found["Application/web"][1]["spec"]["syncPolicy"]["syncOptions"]
    assert options == ["CreateNamespace=false", "ServerSideApply=true"]
    assert found["Namespace/shop"][0] == "web/cluster-namespace-shop.yaml"
    said = {"syncPolicy": {"syncOptions": ["CreateNamespace=true"]}}
    root = node("prod", leaf("web", application("a"), targetNamespace="shop", argocd=said))
    assert warnings(root, "argocd") == []
    assert "Namespace/shop" not in objects(root, "argocd")


def test_releases_create_their_namespaces_under_argo_cd():
    found = objects(node("prod", leaf("db", chart())), "argocd")
    spec = found["Application/db-db"][1]["spec"]
    assert spec["destination"]["namespace"] == "data"
    assert "CreateNamespace=true" in spec["syncPolicy"]["syncOptions"]
    assert "Namespace/data" not in found


def test_releases_have_namespaces_under_flux():
    one = chart(targetNamespace="inside")
    found = objects(node("prod", leaf("db", one)))
    assert {"Namespace/data", "Namespace/inside"} <= set(found)
