"""Clusters described in Python are those that stack files describe."""

from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kure_hooks import config
from kure_hooks.builder import BundleBuilder, ClusterBuilder, NodeBuilder
from kure_hooks.config import Settings
from kure_hooks.config.flux import FluxSpec
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import fleet
from kure_hooks.operations.compile import generate_cluster
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.documents import DependencyDoc, PackageRef
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.sources import SourceRef
from tests.support.build import builder
from tests.support.clusters import clusters

FLEET = Path(__file__).parents[1] / "examples" / "fleet"
NAME = "a name of lower-case letters, digits and dashes (at most 63), such as web-1"
EMPTY = f'"" is not valid. Write {NAME}.'
NULL = f"this is null. Write a mapping or {NAME}."

DEFAULTS = Settings()
NO_FILES = MemoryTree({})
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}
WEB = BundleBuilder("web").manifests("web", CONFIG, namespace="shop")
EVERY_OPTION = """\
description: all of them
argocd: {force: true, project: shop}
gitops: {patches: [{patch: "[]", target: {kind: Kustomization}}]}
flux: {labels: {team: shop}}
interval: 5m
timeout: 2m
retryInterval: 30s
prune: false
wait: true
force: true
suspend: true
deletionPolicy: Orphan
targetNamespace: shop
namePrefix: a-
nameSuffix: -z
components: [../one]
ignoreMissingComponents: true
buildMetadata: [originAnnotations]
ignore: [{target: {kind: Secret}, paths: [/data]}]
images: [{name: nginx, newTag: "1"}]
patches: [{patch: "[]", target: {kind: Deployment, labelSelector: a=b}}]
commonMetadata: {labels: {a: b}}
postBuild: {substitute: {b: "1", a: "2"}, substituteFrom: [{kind: Secret, name: s, optional: true}]}
serviceAccountName: robot
decryption: {provider: sops, secretRef: {name: keys}}
kubeConfig: {secretRef: {name: far}}
healthChecks: [{kind: Deployment, name: web}]
healthCheckExprs: [{apiVersion: v1, kind: Pod, current: "true"}]
"""


def cluster(*nodes, name="prod"):
    """Return the builder of a cluster with these nodes below an unnamed root."""
    root = NodeBuilder()
    for node in nodes:
        root = root.child(node)
    return ClusterBuilder(name).root(root)


def bundle(built):
    """Return the one bundle of a cluster that has this bundle's builder."""
    (found,) = cluster(NodeBuilder("only").bundle(built)).build().root.children
    return found.bundle


def faults(built):
    with pytest.raises(InputError) as caught:
        built.build()
    return [str(each) for each in caught.value.findings]


def files(built, tree=NO_FILES, defaults=DEFAULTS):
    return generate_cluster(built.build(defaults), defaults, tree).files


def paths(built):
    """Return the files that a cluster generates, below its directory."""
    return {path.removeprefix("clusters/prod/") for path in files(built)}


# What can be wrong, each with the one finding it gives.

NODE = "builder: node.children[0]"
FAULTY = {
    "E3.2": (cluster(name=""), f"builder: name: {EMPTY}"),
    "E3.3": (
        ClusterBuilder("prod").root(NodeBuilder("")),
        f"builder: node.name: {EMPTY}",
    ),
    "E3.4": (cluster(NodeBuilder("")), f"{NODE}.name: {EMPTY}"),
    "E3.5": (
        cluster(NodeBuilder("a").bundle(BundleBuilder(""))),
        f"{NODE}.bundle.name: {EMPTY}",
    ),
    "E3.6": (
        cluster(NodeBuilder("a").bundle(BundleBuilder("a").manifests("", CONFIG))),
        f"{NODE}.bundle.applications[0].name: {EMPTY}",
    ),
    "E3.7": (
        cluster(NodeBuilder("a").bundle(BundleBuilder("a").application("x", "Manifests", None))),
        f"{NODE}.bundle.applications[0].spec: this is null. Write a mapping.",
    ),
    "E3.8": (
        cluster(NodeBuilder("a").bundle(BundleBuilder("a").depends_on(None))),
        f"{NODE}.bundle.dependsOn[0]: {NULL}",
    ),
    "E3.22-child": (
        cluster(NodeBuilder("a").bundle(BundleBuilder("a").child(None))),
        f"{NODE}.bundle.children[0]: {NULL}",
    ),
    "E3.22-root": (
        ClusterBuilder("prod").root(None),
        "builder: node: this required key is missing. Write a node.",
    ),
}


@pytest.mark.parametrize(("built", "fault"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_reported_when_the_cluster_is_built(built, fault):
    """E3.2-8, and E3.22: parts are values and can't vanish, but one may be given that is none."""
    assert faults(built) == [fault]


def test_all_faults_are_reported_together():
    """E3.9."""
    web = BundleBuilder("").application("", "Manifests", None).depends_on(None)
    built = ClusterBuilder("").root(NodeBuilder("").bundle(web).child(NodeBuilder("")))
    assert [each.split(": ")[1] for each in faults(built)] == [
        "name",
        "node.bundle.applications[0].name",
        "node.bundle.applications[0].spec",
        "node.bundle.dependsOn[0]",
        "node.bundle.name",
        "node.children[0].name",
        "node.name",
    ]


def test_the_rules_across_a_cluster_hold_for_built_ones_too():
    """F47 of the reference's mistakes, and F46: nobody has to link or validate anything."""
    circle = BundleBuilder("a").depends_on("b"), BundleBuilder("b").depends_on("a")
    built = cluster(*(NodeBuilder(f"n{at}").bundle(each) for at, each in enumerate(circle)))
    (found,) = faults(built)
    assert "bundles wait for each other" in found
    twice = cluster(NodeBuilder("x").bundle(WEB), NodeBuilder("y").bundle(WEB))
    key = "node.children[{}].bundle.name"
    said = f"bundle web is already defined at builder: {key.format(0)}. Choose another name."
    assert faults(twice) == [f"builder: {key.format(1)}: {said}"]
    unknown = cluster(NodeBuilder("x").bundle(WEB.depends_on("elsewhere")))
    assert "which is not in this cluster" in faults(unknown)[0]


def test_an_unknown_option_is_a_fault_with_the_nearest_one():
    built = cluster(NodeBuilder("x").bundle(WEB.options(intervall="5m")))
    problem = 'node.children[0].bundle.intervall: unknown key. Did you mean "interval"?'
    assert faults(built) == [f"builder: {problem}"]


def test_a_path_that_is_none_is_a_fault():
    assert faults(ClusterBuilder("prod", path="../out.py")) != []


@pytest.mark.parametrize("value", [{1, 2}, b"x", object()], ids=["set", "bytes", "object"])
def test_values_that_no_stack_file_can_hold_are_refused_at_once(value):
    with pytest.raises(TypeError, match="a stack file can't hold a value of type"):
        BundleBuilder("web").application("web", "Manifests", {"objects": [value]})
    with pytest.raises(TypeError, match="a stack file can't hold a key of type int"):
        BundleBuilder("web").application("web", "Manifests", {1: value})


# What is kept.


def test_a_name_is_enough():
    """E3.1."""
    built = ClusterBuilder("prod").build()
    assert (built.name, built.engine) == ("prod", "flux")
    assert (built.root.name, built.root.bundle, built.root.children) == ("", None, ())
    assert list(built.bundles()) == []


def test_a_valid_chain_has_no_fault():
    """E3.10: what one expression says is there, and nothing is raised."""
    built = (
        ClusterBuilder("prod")
        .labels({"tier": "prod"})
        .annotations({"owner": "shop"})
        .description("The shop")
        .layout(node_grouping="flat")
        .layout(preset="SiblingControlPlane")
        .root(NodeBuilder("prod").child(NodeBuilder("apps").bundle(WEB.labels({"a": "b"}))))
        .build()
    )
    assert (built.labels, built.annotations) == ({"tier": "prod"}, {"owner": "shop"})
    assert built.description == "The shop"
    assert (built.layout.node_grouping, built.layout.preset) == ("flat", "SiblingControlPlane")
    assert [each.labels for each in built.bundles()] == [{"a": "b"}]


@pytest.mark.parametrize(
    ("bootstrap", "flux"),
    [
        ({"enabled": True, "fluxMode": "gotk", "sourceRef": "main"}, {"interval": "5m"}),
        (
            Bootstrap(enabled=True, flux_mode="gotk", source_ref="main"),
            FluxSpec(interval="5m"),
        ),
    ],
    ids=["mappings", "types"],
)
def test_the_gitops_configuration_is_kept(bootstrap, flux):
    """E3.11."""
    built = ClusterBuilder("prod").gitops("fluxcd", bootstrap=bootstrap, flux=flux).build()
    assert built.engine == "flux"
    assert built.bootstrap == Bootstrap(enabled=True, flux_mode="gotk", source_ref="main")
    assert built.flux.interval == "5m"


def test_patches_of_gitops_objects_are_kept():
    patch = {"patch": "[]", "target": {"kind": "Kustomization"}}
    (built,) = ClusterBuilder("prod").gitops("flux", patches=[patch]).build().patches
    assert (built.patch, built.target.kind) == ("[]", "Kustomization")


def test_settings_are_the_defaults_of_what_is_not_said():
    defaults = Settings(flux=FluxSpec(interval="7m", namespace="gitops"))
    built = ClusterBuilder("prod").gitops("flux", flux={"interval": "5m"}).build(defaults)
    assert (built.flux.interval, built.flux.namespace) == ("5m", "gitops")


def test_nodes_nest_below_the_root():
    """E3.12, E3.13, E3.21: every path is there after the cluster was built."""
    inner = NodeBuilder("inner").bundle(WEB)
    root = NodeBuilder("top").child(NodeBuilder("middle").child(inner))
    built = ClusterBuilder("prod").root(root)
    assert [each.name for each in built.build().root.closure()] == ["top", "middle", "inner"]
    assert "top/middle/inner/shop-configmap-web.yaml" in paths(built)


def test_a_package_belongs_to_the_node_it_was_given_to():
    """E3.14: also when the node has children already."""
    package = {"group": "source.toolkit.fluxcd.io", "version": "v1", "kind": "OCIRepository"}
    node = NodeBuilder("infra").child(NodeBuilder("below")).package(**package, name="infra")
    outer, inner = ClusterBuilder("prod").root(node).build().root.closure()
    assert outer.package == PackageRef(**package, name="infra")
    assert inner.package is None


def test_applications_and_dependencies_are_in_the_order_they_were_added():
    """E3.15, E3.16."""
    names = ("c", "a", "b")
    first = BundleBuilder("first")
    second = BundleBuilder("second").depends_on("first", {"name": "far", "external": True})
    for name in names:
        first = first.application(name, "Manifests", {"objects": [CONFIG]})
    second = second.depends_on(DependencyDoc(name="near", external=True))
    one, two = (
        cluster(NodeBuilder("x").bundle(first), NodeBuilder("y").bundle(second)).build().bundles()
    )
    assert tuple(each.name for each in one.applications) == names
    assert one.depends_on == ()
    assert [(each.name, each.external) for each in two.depends_on] == [
        ("first", False),
        ("far", True),
        ("near", True),
    ]


def test_the_source_is_kept_and_inherited():
    """E3.17."""
    given = {"kind": "OCIRepository", "name": "own", "url": "oci://example.com/x"}
    built = WEB.source(**given, interval="3m").child(BundleBuilder("inner"))
    found = bundle(built)
    assert found.source == SourceRef(**given, interval="3m")
    assert found.children[0].source == found.source


def test_an_application_has_a_namespace_and_labels_of_its_own():
    """E3.25, and F47 of the reference's mistakes."""
    (found,) = bundle(
        BundleBuilder("web").manifests("web", CONFIG, namespace="shop", labels={"a": "b"})
    ).applications
    assert (found.name, found.namespace, found.labels) == ("web", "shop", {"a": "b"})
    assert found.spec.objects == (CONFIG,)


def test_siblings_are_possible_at_every_level():
    """E3.25, E3.20: a level ends where its value does, and its parent goes on."""
    umbrella = BundleBuilder("all").child(BundleBuilder("one")).child(BundleBuilder("two"))
    node = NodeBuilder("apps").child(NodeBuilder("left")).child(NodeBuilder("right"))
    root = NodeBuilder().child(node.bundle(umbrella.labels({"a": "b"}))).child(NodeBuilder("infra"))
    built = ClusterBuilder("prod").root(root).description("goes on").build()
    assert [each.name for each in built.root.closure()] == ["", "apps", "left", "right", "infra"]
    assert [each.name for each in built.bundles()] == ["all", "one", "two"]
    assert built.description == "goes on"


def test_a_bundle_keeps_every_field():
    """E3.24: all there are, so that a new one can't be forgotten."""
    options = yaml.safe_load(EVERY_OPTION)
    known = set(BundleOptions.__struct_encode_fields__)
    assert options.keys() == known, "give each field a value in EVERY_OPTION"
    assert bundle(WEB.options(**options)).options == msgspec.convert(options, BundleOptions)
    names = {each.encode_name: each.name for each in msgspec.structs.fields(BundleOptions)}
    pythonic = {names[key]: each for key, each in options.items()}
    assert WEB.options(**pythonic) == WEB.options(**options)
    complete = msgspec.structs.asdict(msgspec.convert(options, BundleOptions))
    assert bundle(WEB.options(**complete)).options == bundle(WEB.options(**options)).options


# Forks.


def test_forks_are_independent():
    """E3.18: of clusters, nodes and bundles."""
    start = WEB.labels({"a": "1"})
    left, right = start.labels({"a": "2"}).depends_on("x"), start.labels({"b": "3"})
    assert [one.document()["labels"] for one in (start, left, right)] == [
        {"a": "1"},
        {"a": "2"},
        {"a": "1", "b": "3"},
    ]
    assert "dependsOn" not in right.document()
    node = NodeBuilder("n")
    one, two = node.child(NodeBuilder("one")).bundle(WEB), node.child(NodeBuilder("two"))
    assert node.document() == {"name": "n"}
    assert two.document() == {"name": "n", "children": [{"name": "two"}]}
    top = ClusterBuilder("prod")
    blue, green = (top.root(each).gitops("flux") for each in (one, two))
    assert [each.name for each in blue.build().root.children] == ["one"]
    assert [each.name for each in green.build().root.children] == ["two"]
    assert top.build().root.children == ()


def test_forks_share_no_faults():
    """E3.19."""
    good = cluster(NodeBuilder("a"))
    bad = good.root(NodeBuilder(""))
    assert len(faults(bad)) == 1
    assert good.build().root.children[0].name == "a"
    assert len(faults(bad)) == 1


def test_nobody_shares_what_a_builder_was_given():
    """F45 and F48 of the reference's mistakes: mappings inside patches, maps and objects too."""
    given = {"metadata": {"name": "web"}, "apiVersion": "v1", "kind": "ConfigMap", "data": {}}
    substitute, source = {"a": "1"}, {"sourceRef": "main"}
    built = BundleBuilder("web").manifests("web", given)
    built = built.options(post_build={"substitute": substitute})
    top = cluster(NodeBuilder("x").bundle(built)).gitops("flux", bootstrap=source)
    before = top.build()
    for each in (given["data"], substitute, source):
        each["late"] = "x"
    after = top.build()
    assert before == after
    mutable = next(after.bundles()).applications[0].spec.objects[0]
    mutable["data"]["late"] = "x"
    top.document()["node"]["children"].clear()
    built.document()["applications"][0]["spec"].clear()
    assert top.build() == before
    assert built.document()["applications"][0]["spec"] == {"objects": [mutable | {"data": {}}]}


def test_what_was_never_given_is_none_in_every_copy():
    """E3.23."""
    node = NodeBuilder("x")
    for each in (node, node.child(NodeBuilder("y"))):
        (found,) = cluster(each).build().root.children
        assert (found.bundle, found.package) == (None, None)
    assert bundle(WEB).options.post_build is None


# The same cluster from YAML.


@pytest.mark.parametrize("stack", sorted(each.name for each in (FLEET / "stacks").iterdir()))
def test_the_example_is_the_same_built_in_python(stack):
    tree = WorkTree(FLEET)
    defaults = config.load(tree)
    documents = {
        path: list(yaml.safe_load_all(tree.read(path)))
        for path in (f"stacks/{stack}", *tree.paths("apps"))
    }
    written = fleet.generate(tree, defaults, [f"stacks/{stack}"], 1).files
    assert files(builder(documents, f"stacks/{stack}"), tree, defaults) == written


@pytest.mark.parametrize("engine", ["flux", "argocd"])
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_random_clusters_are_the_same_built_in_python(engine, data):
    case = data.draw(clusters(engine))
    texts = case.texts()
    tree = MemoryTree({path: text.encode() for path, text in texts.items()})
    documents = {path: list(yaml.safe_load_all(text)) for path, text in texts.items()}
    defaults = config.load(tree)
    written = fleet.generate(tree, defaults, (), 1).files
    assert files(builder(documents, f"stacks/{case.cluster}.yaml"), tree, defaults) == written
