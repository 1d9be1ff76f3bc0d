"""What is written into each directory, whatever the placement (E13)."""

from collections import Counter

import pytest
import yaml

from tests.support.generate import UNJUDGED, application, bundle, generated, leaf, node, tree

PLACEMENTS = ["separate", "integrated", "integrated-per-bundle"]
INLINE = PLACEMENTS[1:]
MODES = ["explicit", "recursive"]
KIND_NAME = {"fileNaming": "kind-name"}

PLATFORM = bundle(
    "platform",
    application("own"),
    children=[
        bundle("network", application("cni")),
        bundle("storage", children=[bundle("disks", application("csi"))]),
    ],
)
ROOT = node(
    "prod",
    node("infra", node("deep", bundle=bundle("inner", application("dns"))), bundle=PLATFORM),
    leaf("web", application("web", "apps/v1 Deployment", "v1 Service")),
)
# The directories that hold Kustomizations, with the bundles that these are of.
CONTAINERS = {
    "": ["platform", "web"],
    "infra/": ["inner", "network", "storage"],
    "infra/storage/": ["disks"],
}


def inline(placement, **rules):
    return tree(ROOT, layout={"fluxPlacement": placement, **rules})


def resources(files, directory):
    return yaml.safe_load(files[f"{directory}kustomization.yaml"])["resources"]


def kustomizations(files, directory):
    """Return the files next to a kustomization.yaml that hold a Kustomization of Flux."""
    below = (path.removeprefix(directory) for path in files if path.startswith(directory))
    return [
        name
        for name in sorted(below)
        if "/" not in name and "path: ./clusters/" in files[f"{directory}{name}"]
    ]


def manifests(files):
    """Return every document of the files."""
    return [each for text in files.values() for each in yaml.safe_load_all(text)]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_trees_go_where_the_settings_say_and_paths_follow(placement):
    """E13.8: below `clusters/` when they say nothing."""
    stack = yaml.safe_dump({"name": "prod", "layout": {"fluxPlacement": placement}, "node": ROOT})
    texts = {"stacks/prod.yaml": stack}
    usual = generated(texts).files
    other = generated(texts | {".kure-hooks.yaml": f"output: deploy\n{UNJUDGED}"}).files
    assert {path.split("/")[0] for path in usual} == {"clusters"}
    moved = {path: data.replace(b"./clusters/", b"./deploy/") for path, data in usual.items()}
    assert other == {path.replace("clusters/", "deploy/", 1): each for path, each in moved.items()}


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_cluster_s_directory_builds_when_the_root_node_has_objects(placement):
    """E13.10: the root's bundle lies below, so the entry point applies no workload."""
    root = node("prod", bundle=bundle("base", application("base")))
    files = tree(root, layout={"fluxPlacement": placement})
    assert resources(files, "base/") == ["apps-configmap-base.yaml"]
    own = "flux-system" if placement == "separate" else "flux-system-kustomization-base.yaml"
    assert resources(files, "") == [own]


@pytest.mark.parametrize("placement", INLINE)
def test_inline_kustomizations_are_listed_as_files_and_no_directory_is(placement):
    """E13.12, E13.15: each lies in the directory that applies it, never in its own payload."""
    files = inline(placement)
    for directory, bundles in CONTAINERS.items():
        names = [f"flux-system-kustomization-{name}.yaml" for name in bundles]
        assert kustomizations(files, directory) == names
        others = {"infra/": ["apps-configmap-own.yaml"]}.get(directory, [])
        assert resources(files, directory) == [*others, *names]
    for leaf_ in ("infra/network/", "infra/storage/disks/", "infra/deep/", "web/"):
        assert kustomizations(files, leaf_) == []
        assert resources(files, leaf_) != []


@pytest.mark.parametrize("placement", INLINE)
@pytest.mark.parametrize("per", ["resource", "kind"])
def test_names_of_inline_kustomizations_follow_the_naming_but_stay_one_a_file(placement, per):
    """E13.13, E13.14."""
    files = inline(placement, **KIND_NAME, filePer=per)
    for directory, bundles in CONTAINERS.items():
        names = [f"kustomization-{name}.yaml" for name in bundles]
        assert kustomizations(files, directory) == names
        assert [each for each in resources(files, directory) if each in names] == names


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("per", ["resource", "kind"])
@pytest.mark.parametrize("file_mode", ["resource", "single"])
@pytest.mark.parametrize("grouping", ["name", "flat"])
def test_nothing_is_listed_twice_or_left_out(placement, per, file_mode, grouping):
    """E13.16."""
    files = inline(
        placement, filePer=per, applicationFileMode=file_mode, applicationGrouping=grouping
    )
    for path in files:
        directory, _, name = path.rpartition("/")
        below = f"{directory}/" if directory else ""
        if name != "kustomization.yaml":
            assert resources(files, below).count(name) == 1
        else:
            assert set(Counter(resources(files, below)).values()) <= {1}


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_mode_of_its_own_leaves_a_placement_as_it_is(placement):
    """E13.20: it can be given with the placement or for all; no file may be left out by either."""
    trees = [
        tree(
            ROOT,
            layout={"fluxPlacement": placement, **everywhere},
            gitops={"flux": {"kustomizationMode": own}},
        )
        for own in MODES
        for everywhere in ({}, *({"kustomizationMode": mode} for mode in MODES))
    ]
    assert all(each == trees[0] for each in trees)


WORKLOAD = {
    "name": "shop",
    "namespace": "shop",
    "kind": "AppWorkload",
    "spec": {
        "workload": "Deployment",
        "containers": [{"name": "web", "image": "nginx:1.29"}],
        "services": [{"name": "shop", "port": 80}],
    },
}
RELEASE = {
    "name": "cache",
    "namespace": "shop",
    "kind": "HelmChart",
    "spec": {
        "chart": {"name": "redis", "version": "1.2.3"},
        "source": {"type": "HelmRepository", "url": "https://charts.example.com"},
    },
}
TWINS = [application(name, "apps/v1 Deployment", "v1 Service") for name in ("one", "two")]


@pytest.mark.parametrize("rules", [{"filePer": "kind"}, {"applicationFileMode": "single"}])
def test_objects_that_share_a_file_are_documents_of_it(rules):
    """E13.17."""
    root = node("prod", leaf("shop", WORKLOAD, RELEASE, *TWINS))
    alone = manifests(tree(root))
    files = tree(root, layout=rules)
    together = [path for path, text in files.items() if "\n---\n" in text]
    assert together
    for path in together:
        assert files[path].count("\n---\n") + 1 == len(list(yaml.safe_load_all(files[path])))
    objects = [each for each in manifests(files) if "metadata" in each]
    assert sorted(map(str, objects)) == sorted(str(each) for each in alone if "metadata" in each)


def test_a_file_of_several_applications_has_the_origins_of_all():
    stack = {"name": "prod", "node": node("prod", leaf("shop", *TWINS, WORKLOAD))}
    stack["layout"] = {"filePer": "kind"}
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack)}
    mixed = {
        path.rpartition("/")[2]: [origin.application for origin in origins]
        for path, origins in generated(texts).mixed.items()
    }
    assert mixed == {
        "apps-deployment.yaml": ["one", "two"],
        "apps-service.yaml": ["one", "two"],
    }


def parts(value):
    """Yield every key and value inside of a document."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key, each
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


@pytest.mark.parametrize(("engine", "more"), [("flux", [RELEASE]), ("argocd", [])])
def test_fields_are_in_their_order_and_none_is_empty(engine, more):
    """E13.17, E13.26: no null, no status, no creationTimestamp; what it is comes first."""
    root = node("prod", leaf("shop", WORKLOAD, *more, dependsOn=["base"]), leaf("base", *TWINS))
    for each in manifests(tree(root, engine=engine)):
        third = "metadata" if "metadata" in each else "resources"
        assert list(each)[:3] == ["apiVersion", "kind", third]
        found = list(parts(each))
        assert {"status", "creationTimestamp"}.isdisjoint(key for key, _ in found)
        assert [key for key, value in found if value in (None, "", {}, [])] == []
