"""The owner of each object, in trees that nobody generated as well."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.drift.result import Risk
from kure_hooks.engines.applied import Tree
from kure_hooks.engines.consequences import consequences
from kure_hooks.engines.controllers import is_build
from kure_hooks.manifests import Identity


def kustomization(name, path, namespace="flux-system", **spec):
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"path": path, "prune": True, "sourceRef": {"kind": "GitRepository"}} | spec,
    }


def manifest(kind, name, namespace="ns", api="v1", **fields):
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name} | ({"namespace": namespace} if namespace else {}),
        **fields,
    }


def build(*resources):
    return {"kind": "Kustomization", "resources": list(resources)}


def files(tree):
    return {
        f"c/{path}": content
        if isinstance(content, bytes)
        else yaml.safe_dump_all(content if isinstance(content, list) else [content]).encode()
        for path, content in tree.items()
    }


def owners(tree):
    """Return the names of owners by those of objects."""
    found = Tree("c", files(tree)).applied.values()
    return {each.key.name: each.owner and each.owner.name for each in found}


def told(before, after):
    """Return what follows for each object that is there before, and those of new ones."""
    one, other = files(before), files(after)
    changed = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
    found = consequences("c", one, other, changed)
    texts = {}
    for tree, ask in ((one, found.of), (other, found.of_new)):
        for path in sorted(changed & tree.keys()):
            for each in filter(None, yaml.safe_load_all(tree[path])):
                if (text := ask(path, each)).risks:
                    texts[path if is_build(path) else each["metadata"]["name"]] = text
    return texts


def test_what_nothing_lists_is_not_applied():
    assert owners(
        {
            "kustomization.yaml": build("a.yaml"),
            "a.yaml": manifest("ConfigMap", "a"),
            "b.yaml": manifest("ConfigMap", "b"),
        }
    ) == {"a": None}


def test_what_syncs_the_directory_from_outside_owns_all_that_nothing_else_does():
    assert owners(
        {
            "kustomization.yaml": build("web.yaml"),
            "web.yaml": kustomization("web", "./c/web/"),
            "web/kustomization.yaml": build("a.yaml", "../shared", "https://example.com/x.yaml"),
            "web/a.yaml": [manifest("ConfigMap", "a"), manifest("ConfigMap", "b")],
            "shared/kustomization.yml": build("c.yaml"),
            "shared/c.yaml": {"kind": "List", "items": [manifest("ConfigMap", "c")]},
        }
    ) == {"web": None, "a": "web", "b": "web", "c": "web"}


def test_without_a_build_file_flux_takes_all_below_and_argo_cd_one_level():
    tree = {
        "web/a.yaml": manifest("ConfigMap", "a"),
        "web/deep/b.yaml": manifest("ConfigMap", "b"),
        "web/built/kustomization.yaml": build("c.yaml"),
        "web/built/c.yaml": manifest("ConfigMap", "c"),
        "web/built/d.yaml": manifest("ConfigMap", "d"),
        "kustomization.yaml": build(),
    }
    flux = tree | {"web.yaml": kustomization("web", "c/web")}
    assert owners(flux) == {"web": None, "a": "web", "b": "web", "c": "web"}
    spec = {"source": {"path": "c/web"}}
    argo = tree | {
        "web.yaml": manifest("Application", "web", api="argoproj.io/v1alpha1", spec=spec)
    }
    assert owners(argo) == {"web": None, "a": "web"}


def test_a_build_that_cant_be_read_holds_everything():
    assert owners({"kustomization.yaml": b"a: [", "a.yaml": manifest("ConfigMap", "a")}) == {
        "a": None
    }


def test_builds_in_a_circle_end():
    assert owners(
        {
            "kustomization.yaml": build("x"),
            "x/kustomization.yaml": build("../y", "a.yaml"),
            "x/a.yaml": manifest("ConfigMap", "a"),
            "y/kustomization.yaml": build("../x"),
        }
    ) == {"a": None}


def test_a_package_has_a_root_of_its_own():
    source = {"sourceRef": {"kind": "OCIRepository", "name": "shop"}}
    tree = {
        "packages/oci-shop/web/kustomization.yaml": build("a.yaml"),
        "packages/oci-shop/web/a.yaml": manifest("ConfigMap", "a"),
        "packages/oci-other/web/kustomization.yaml": build("b.yaml"),
        "packages/oci-other/web/b.yaml": manifest("ConfigMap", "b"),
        "kustomization.yaml": build("web.yaml"),
    }
    flux = tree | {"web.yaml": kustomization("web", "./web", **source)}
    assert owners(flux) == {"web": None, "a": "web"}
    spec = {"source": {"path": "web", "repoURL": "oci://a/b"}}
    argo = tree | {
        "web.yaml": manifest("Application", "web", api="argoproj.io/v1alpha1", spec=spec)
    }
    assert owners(argo) == {"web": None, "b": "web"}


@pytest.mark.parametrize("path", ["", ".", "./", "/", "c/.."])
def test_the_root_of_the_repository(path):
    assert owners(
        {"a.yaml": manifest("ConfigMap", "a"), "all.yaml": kustomization("all", path)}
    ) == {"a": "all", "all": "all"}


def test_identities_are_those_after_the_build():
    spec = {"targetNamespace": "t", "namePrefix": "p-", "nameSuffix": "-s"}
    tree = {
        "web.yaml": kustomization("web", "c/web", **spec),
        "web/all.yaml": [
            manifest("ConfigMap", "a"),
            manifest("Namespace", "own", ""),
            manifest("ClusterRole", "r", "", "rbac.authorization.k8s.io/v1"),
            manifest("CustomResourceDefinition", "d.e", "", "apiextensions.k8s.io/v1"),
            manifest("APIService", "v1.d", "", "apiregistration.k8s.io/v1"),
        ],
    }
    assert {str(who) for who in Tree("c", files(tree)).applied} == {
        "Kustomization flux-system/web",
        "ConfigMap t/p-a-s",
        "Namespace t",
        "ClusterRole p-r-s",
        "CustomResourceDefinition d.e",
        "APIService v1.d",
    }


def test_an_application_gives_its_namespace_to_objects_that_have_none():
    spec = {"source": {"path": "c/web"}, "destination": {"namespace": "d"}}
    tree = {
        "web.yaml": manifest("Application", "web", api="argoproj.io/v1alpha1", spec=spec),
        "web/a.yaml": [manifest("ConfigMap", "a", ""), manifest("ConfigMap", "b")],
    }
    assert {str(who) for who in Tree("c", files(tree)).applied} == {
        "Application ns/web",
        "ConfigMap d/a",
        "ConfigMap ns/b",
    }


INSTANCE = manifest(
    "FluxInstance",
    "flux",
    "flux-system",
    "fluxcd.controlplane.io/v1",
    spec={"sync": {"kind": "GitRepository", "path": "c", "url": "https://a.b/c", "ref": "d"}},
)


def test_an_instance_of_the_operator_makes_what_syncs_the_tree():
    tree = {
        "kustomization.yaml": build("flux.yaml", "a.yaml"),
        "flux.yaml": INSTANCE,
        "a.yaml": manifest("ConfigMap", "a"),
    }
    assert owners(tree) == {"flux": "flux-system", "a": "flux-system", "flux-system": "flux"}


def test_the_removal_of_the_instance_spares_what_flux_applied():
    data = manifest("PersistentVolumeClaim", "data")
    before = {"kustomization.yaml": build("flux.yaml", "a.yaml"), "flux.yaml": INSTANCE}
    after = {"kustomization.yaml": build("a.yaml")}
    assert told(before | {"a.yaml": data}, after | {"a.yaml": data}) == {}


def test_the_sync_of_an_instance_can_be_taken_off():
    data = manifest("PersistentVolumeClaim", "data")
    tree = {"kustomization.yaml": build("flux.yaml", "a.yaml"), "a.yaml": data}
    bare = INSTANCE | {"spec": {}}
    found = told(tree | {"flux.yaml": INSTANCE}, tree | {"flux.yaml": bare})
    assert found["flux"].risks == (Risk.DESTRUCTIVE,)


def test_a_set_of_resources_is_deleted_with_all_of_them():
    made = manifest("ResourceSet", "web", "ns", "fluxcd.controlplane.io/v1")
    before = {"kustomization.yaml": build("web.yaml"), "web.yaml": made}
    found = told(before, {"kustomization.yaml": build()})
    assert found["web"] == (
        (Risk.DESTRUCTIVE,),
        "What syncs c, if it prunes, deletes it and all that it installed.",
    )


def test_a_build_file_tells_of_a_file_that_it_no_longer_lists():
    claim = {"web/data.yaml": manifest("PersistentVolumeClaim", "data")}
    tree = {"kustomization.yaml": build("web.yaml"), "web.yaml": kustomization("web", "c/web")}
    found = told(
        tree | claim | {"web/kustomization.yaml": build("data.yaml")},
        tree | claim | {"web/kustomization.yaml": build()},
    )
    text = "Flux deletes PersistentVolumeClaim ns/data."
    assert found == {"c/web/kustomization.yaml": ((Risk.DESTRUCTIVE,), text)}


def test_a_plain_object_that_is_no_longer_listed_is_no_risk():
    tree = {"web.yaml": kustomization("web", "c/web"), "web/a.yaml": manifest("ConfigMap", "a")}
    before = tree | {"web/kustomization.yaml": build("a.yaml")}
    assert told(before, tree | {"web/kustomization.yaml": build()}) == {}


def test_an_object_that_nothing_applied_is_no_risk():
    claim = {"data.yaml": manifest("PersistentVolumeClaim", "data")}
    tree = {"kustomization.yaml": build(), "web.yaml": kustomization("web", "c/web")}
    assert told(tree | claim, tree) == {}


def test_a_kustomization_that_is_left_alone_goes_on():
    web = kustomization("web", "c/web")
    claim = {"web/data.yaml": manifest("PersistentVolumeClaim", "data")}
    keeper = kustomization("all", "c/all", prune=False)
    tree = {"all.yaml": keeper, "kustomization.yaml": build(), "all/kustomization.yaml": build()}
    before = tree | {"all/kustomization.yaml": build("web.yaml"), "all/web.yaml": web} | claim
    assert told(before, tree | claim) == {}
    # it finds another directory, and prunes as before
    other = {"web/kustomization.yaml": build()}
    assert told(before, tree | other)["data"].risks == (Risk.DESTRUCTIVE,)


def test_a_directory_of_another_repository_is_not_missing():
    def spec(*, prune):
        both = [{"path": "c/web"}, {"path": "base", "repoURL": "https://a.b/c"}]
        return {"sources": both, "syncPolicy": {"automated": {"prune": prune, "allowEmpty": True}}}

    def tree(*, prune, **claims):
        app = manifest("Application", "web", api="argoproj.io/v1alpha1", spec=spec(prune=prune))
        kept = {"web/b.yaml": manifest("ConfigMap", "b")}
        return {"web.yaml": app, "kustomization.yaml": build("web.yaml")} | kept | claims

    claim = {"web/data.yaml": manifest("PersistentVolumeClaim", "data")}
    assert "data" in told(tree(prune=True, **claim), tree(prune=True))
    assert told(tree(prune=False, **claim), tree(prune=False)) == {}


def test_both_tools_in_one_repository():
    argo = manifest(
        "Application",
        "api",
        "argocd",
        "argoproj.io/v1alpha1",
        spec={"source": {"path": "c/api"}, "syncPolicy": {"automated": {"prune": True}}},
    )
    tree = {
        "kustomization.yaml": build("web.yaml", "api.yaml"),
        "web.yaml": kustomization("web", "c/web"),
        "api.yaml": argo,
        "web/x.yaml": manifest("ConfigMap", "x"),
        "api/x.yaml": manifest("ConfigMap", "z"),
    }
    claim = manifest("PersistentVolumeClaim", "data")
    found = told(tree | {"web/data.yaml": claim}, tree | {"api/data.yaml": claim})
    assert found["data"].effect == (
        "Flux deletes it and its data: Kustomization flux-system/web prunes it before Application "
        "argocd/api applies it. It is created again."
    )
    found = told(tree | {"api/data.yaml": claim}, tree | {"web/data.yaml": claim})
    assert found["data"].effect.startswith(
        "Argo CD deletes it and its data: Application argocd/api"
    )


SET = {
    "goTemplate": True,
    "generators": [{"list": {"elements": [{"app": "a"}, {"app": "b"}, 7]}}, {"git": {}}, "x"],
    "template": {
        "metadata": {"name": "web-{{ .app }}"},
        "spec": {"source": {"path": "c/{{.app}}"}, "syncPolicy": {"automated": {}}},
    },
}


@pytest.mark.parametrize(
    ("change", "deleted"),
    [
        ({}, True),
        ({"syncPolicy": {"applicationsSync": "create-delete"}}, True),
        ({"syncPolicy": {"applicationsSync": "create-update"}}, False),
        ({"syncPolicy": {"applicationsSync": "create-only"}}, False),
        ({"syncPolicy": {"preserveResourcesOnDeletion": True}}, False),
    ],
    ids=str,
)
def test_a_hand_written_set_deletes_the_application_of_an_element(change, deleted):
    spec = SET | change
    fewer = spec | {"generators": [{"list": {"elements": [{"app": "b"}]}}]}
    claim = {"a/data.yaml": manifest("PersistentVolumeClaim", "data")}
    tree = {"kustomization.yaml": build("set.yaml"), "b/x.yaml": manifest("ConfigMap", "x")} | claim
    found = told(
        tree
        | {"set.yaml": manifest("ApplicationSet", "s", "ns", "argoproj.io/v1alpha1", spec=spec)},
        tree
        | {"set.yaml": manifest("ApplicationSet", "s", "ns", "argoproj.io/v1alpha1", spec=fewer)},
    )
    text = "Argo CD deletes Application ns/web-a and the object that it applied."
    assert found == ({"s": ((Risk.DESTRUCTIVE,), text)} if deleted else {})


def test_variables_of_the_old_kind_of_template():
    spec = SET | {"goTemplate": False}
    spec["template"] = {"metadata": {"name": "{{app}}-{{ values.x }}"}, "spec": {}}
    tree = {"set.yaml": manifest("ApplicationSet", "s", "ns", "argoproj.io/v1alpha1", spec=spec)}
    assert set(owners(tree)) == {"s", "a-{{ values.x }}"} | {"b-{{ values.x }}"}


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], {"a": 1}, True])
@pytest.mark.parametrize("key", ["metadata", "spec", "kind", "apiVersion"])
@pytest.mark.parametrize("kind", ["Kustomization", "ApplicationSet", "Application", "HelmRelease"])
def test_odd_objects_are_read_without_harm(kind, key, value):
    groups = {
        "Kustomization": "kustomize.toolkit.fluxcd.io",
        "HelmRelease": "helm.toolkit.fluxcd.io",
    }
    made = manifest(kind, "x", api=f"{groups.get(kind, 'argoproj.io')}/v1") | {"spec": {}}
    told({"a.yaml": made | {key: value}}, {"a.yaml": made})
    told({"a.yaml": made}, {"a.yaml": made | {key: value}})


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], {"a": 1}, True])
@pytest.mark.parametrize(
    "key",
    [
        *("path", "dependsOn", "kubeConfig", "sourceRef", "source", "sources", "syncPolicy"),
        *("destination", "generators", "template", "templatePatch", "chart", "upgrade", "sync"),
    ],
)
def test_odd_specs_are_read_without_harm(key, value):
    kinds = {
        "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
        "HelmRelease": "helm.toolkit.fluxcd.io/v2",
        "FluxInstance": "fluxcd.controlplane.io/v1",
        "Application": "argoproj.io/v1alpha1",
        "ApplicationSet": "argoproj.io/v1alpha1",
    }
    for kind, api in kinds.items():
        told({"a.yaml": manifest(kind, "x", api=api, spec={key: value})}, {})


def test_two_owners_of_a_file_are_told_apart_by_the_longer_path():
    tree = {
        "one.yaml": kustomization("one", "c"),
        "two.yaml": kustomization("two", "c/web"),
        "web/a.yaml": manifest("ConfigMap", "a"),
    }
    found = Tree("c", files(tree)).applied
    assert found[Identity("", "ConfigMap", "ns", "a")].owner.name == "two"


def chain(length):
    """Return Kustomizations that apply each other, and a claim at the end."""
    tree = {f"d{at}/k.yaml": kustomization(f"k{at + 1}", f"c/d{at + 1}") for at in range(length)}
    return tree | {
        "kustomization.yaml": build("d0"),
        "d0/kustomization.yaml": build("k.yaml"),
        f"d{length}/data.yaml": manifest("PersistentVolumeClaim", "data"),
    }


def test_a_long_chain_of_owners_is_followed():
    tree = chain(1_500)
    found = told(tree, tree | {"d0/kustomization.yaml": build(), "d0/k.yaml": {}})
    assert found["k1"].effect.startswith(
        "What syncs c, if it prunes, deletes it and the 1500 objects that it applied "
        "(PersistentVolumeClaim ns/data among them)"
    )


def counted(elements, size):
    template = {"metadata": {"name": "a-{{ .at }}"}, "spec": {"project": "x" * size + "{{ .at }}"}}
    generators = [{"list": {"elements": [{"at": at} for at in range(elements)]}}]
    spec = {"goTemplate": True, "generators": generators, "template": template}
    made = manifest("ApplicationSet", "s", "ns", "argoproj.io/v1alpha1", spec=spec)
    return len(owners({"s.yaml": made})) - 1


def test_the_text_of_templates_is_bounded():
    assert counted(2_000, 100) == 2_000
    assert counted(2_000, 200_000) < 50


def test_what_an_element_makes_is_an_application_whatever_it_says():
    patch = {"kind": "ApplicationSet", "apiVersion": "v1", "metadata": {"name": "inner"}}
    spec = {
        "generators": [{"list": {"elements": [{"patch": patch}]}}],
        "template": {"metadata": {"name": "x"}},
        "templatePatch": "{{ .patch | toJson }}",
    }
    tree = {"s.yaml": manifest("ApplicationSet", "s", "ns", "argoproj.io/v1alpha1", spec=spec)}
    found = Tree("c", files(tree)).applied
    assert {str(who) for who in found} == {"ApplicationSet ns/s", "Application ns/inner"}


def test_what_comes_from_elsewhere_goes_along():
    web = kustomization("web", "./apps", sourceRef={"kind": "GitRepository", "name": "other"})
    before = {"kustomization.yaml": build("web.yaml"), "web.yaml": web}
    assert told(before, {"kustomization.yaml": build()})["web"] == (
        (Risk.DESTRUCTIVE,),
        "What syncs c, if it prunes, deletes it and all that it applied from elsewhere.",
    )


def test_a_new_owner_that_the_old_one_does_not_make_is_in_a_race():
    claim = {"data/x.yaml": manifest("PersistentVolumeClaim", "data")}
    before = {
        "kustomization.yaml": build("a.yaml"),
        "a.yaml": kustomization("a", "c/a"),
        "a/kustomization.yaml": build("../data/x.yaml"),
    }
    after = {
        "kustomization.yaml": build("a.yaml", "b.yaml"),
        "a.yaml": kustomization("a", "c/a"),
        "a/kustomization.yaml": build(),
        "b.yaml": kustomization("b", "c/data"),
    }
    assert told(before | claim, after | claim)["b"].effect == (
        "Flux may delete PersistentVolumeClaim ns/data, which is created again."
    )


def test_an_owner_of_another_tool_that_is_at_work_already_does_not_help():
    """Argo CD leaves the labels by which Flux knows what it applied."""
    spec = {"source": {"path": "c/api"}, "syncPolicy": {"automated": {"prune": True}}}
    api = manifest("Application", "api", "argocd", "argoproj.io/v1alpha1", spec=spec)
    claim = manifest("PersistentVolumeClaim", "data")
    tree = {"api.yaml": api, "api/x.yaml": manifest("ConfigMap", "x")}
    before = tree | {
        "kustomization.yaml": build("api.yaml", "web.yaml"),
        "web.yaml": kustomization("web", "c/web"),
        "web/data.yaml": claim,
    }
    after = tree | {"kustomization.yaml": build("api.yaml"), "api/data.yaml": claim}
    assert told(before, after)["data"].effect == (
        "Flux deletes it and its data together with Kustomization flux-system/web; Application "
        "argocd/api creates it again."
    )


def test_a_kustomization_that_another_one_renames_is_read_without_harm():
    tree = {
        "a.yaml": kustomization("a", "c/a", namePrefix="p-"),
        "a/k.yaml": kustomization("b", "c/b"),
    }
    moved = {"a/x.yaml": manifest("ConfigMap", "x")}
    assert told(tree | moved, tree | {"b/x.yaml": manifest("ConfigMap", "x")}) is not None


KINDS = {
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "Application": "argoproj.io/v1alpha1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "ConfigMap": "v1",
    "Namespace": "v1",
}
PLACES = ("c", "c/a", "c/a/b", "c/b", ".", "x")
NAMES = st.sampled_from("abc")


@st.composite
def odd_trees(draw):
    """Return files of GitOps objects that refer to each other as they like."""
    found = {}
    for path in draw(st.lists(st.sampled_from(["", "a/", "a/b/", "b/"]), max_size=4)):
        kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=3))
        found[f"{path}o.yaml"] = [
            manifest(kind, draw(NAMES), api=KINDS[kind], spec=draw(SPECS)) for kind in kinds
        ]
        if draw(st.booleans()):
            names = draw(st.lists(st.sampled_from(["o.yaml", "a", "b", "..", "../b"]), max_size=3))
            found[f"{path}kustomization.yaml"] = build(*names)
    return found


SPECS = st.fixed_dictionaries(
    {},
    optional={
        "path": st.sampled_from(PLACES),
        "prune": st.booleans(),
        "suspend": st.booleans(),
        "namePrefix": NAMES,
        "targetNamespace": NAMES,
        "deletionPolicy": st.sampled_from(["Orphan", "Delete"]),
        "dependsOn": st.lists(st.fixed_dictionaries({"name": NAMES}), max_size=2),
        "source": st.fixed_dictionaries({"path": st.sampled_from(PLACES)}),
        "syncPolicy": st.just({"automated": {"prune": True}}),
    },
)


@settings(max_examples=150, deadline=None)
@given(odd_trees(), odd_trees())
def test_any_two_trees_can_be_compared(before, after):
    for name, (risks, effect) in told(before, after).items():
        assert name
        assert risks
        assert effect.endswith(".")
    assert told(before, before) == {}


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_every_name_of_a_build_file_counts(name):
    tree = {"web.yaml": kustomization("web", "c/web"), f"web/{name}": build("a.yml")}
    claims = {f"web/{each}": manifest("ConfigMap", each[0]) for each in ("a.yml", "b.yaml")}
    assert owners(tree | claims | {"kustomization.yaml": build("web.yaml")}) == {
        "web": None,
        "a": "web",
    }


@pytest.mark.parametrize(
    ("kind", "directory"),
    [("OCIRepository", "oci"), ("GitRepository", "git"), ("Bucket", "bucket")],
)
def test_packages_are_named_after_the_kind_of_their_source(kind, directory):
    tree = {
        "web.yaml": kustomization("web", ".", sourceRef={"kind": kind, "name": "shop"}),
        f"packages/{directory}-shop/a.yaml": manifest("ConfigMap", "a"),
        "kustomization.yaml": build("web.yaml"),
    }
    assert owners(tree) == {"web": None, "a": "web"}


def test_a_kustomization_that_is_left_alone_applies_what_changes():
    web = kustomization("web", "c/web")
    keeper = kustomization("all", "c/all", prune=False)

    def tree(listed, **fields):
        claim = manifest("PersistentVolumeClaim", "data", spec=fields)
        return {
            "all.yaml": keeper,
            "kustomization.yaml": build(),
            "all/kustomization.yaml": build(*listed),
            "web/kustomization.yaml": build("data.yaml"),
            "web/data.yaml": claim,
        }

    before = tree(["web.yaml"], a=1) | {"all/web.yaml": web}
    assert told(before, tree([], a=2)) == {}
    # another one has it now, in a directory that the first one doesn't read
    moved = {
        "all.yaml": keeper,
        "kustomization.yaml": build(),
        "all/kustomization.yaml": build("api.yaml"),
        "all/api.yaml": kustomization("api", "c/api"),
        "web/kustomization.yaml": build(),
        "api/data.yaml": manifest("PersistentVolumeClaim", "data"),
    }
    assert told(before, moved)["data"].effect.startswith("Flux may delete it and its data: ")


def charted(**fields):
    source = {"repoURL": "https://a.b/charts", "chart": "db"}
    helm = {"helm": {"releaseName": fields["release"]}} if "release" in fields else {}
    spec = {
        "source": source | helm,
        "destination": {"namespace": fields.get("namespace", "data")},
        "syncPolicy": {"automated": {"prune": True}},
    }
    made = manifest("Application", "web", "argocd", "argoproj.io/v1alpha1", spec=spec)
    return {"kustomization.yaml": build("web.yaml"), "web.yaml": made}


@pytest.mark.parametrize(
    ("after", "marked"),
    [({"release": "web"}, False), ({"release": "db"}, True), ({"namespace": "other"}, True)],
    ids=str,
)
def test_the_name_of_a_release_is_that_of_its_application_unless_it_says_another(after, marked):
    assert bool(told(charted(), charted(**after))) == marked


def test_the_text_of_lists_in_templates_is_bounded_too():
    spec = {
        "generators": [{"list": {"elements": [{"at": each} for each in range(2_000)]}}],
        "template": {
            "metadata": {"name": "a-{{at}}"},
            "spec": {"info": ["x" * 200_000 + "{{at}}"]},
        },
    }
    made = manifest("ApplicationSet", "s", "ns", "argoproj.io/v1alpha1", spec=spec)
    assert len(owners({"s.yaml": made})) < 50
