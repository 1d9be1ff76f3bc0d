"""The workflow architecture as its users know it: its names, its parts, its usage."""

import pytest
import yaml
from msgspec import structs
from msgspec.structs import replace

import kure_hooks
from kure_hooks import (
    Bootstrap,
    BundleBuilder,
    ClusterBuilder,
    FluxSpec,
    LayoutRules,
    LayoutSpec,
    NodeBuilder,
    UsageError,
    argocd,
    engine_for,
    flux,
)

REPOSITORY = "https://github.com/acme/fleet.git"
ENGINES = ("flux", "argocd")
each_engine = pytest.mark.parametrize("engine", [flux.engine(), argocd.engine()], ids=ENGINES)


def config_map(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "web"}}


def leaf(name, *dependencies):
    bundle = BundleBuilder(name).manifests(name, config_map(name)).depends_on(*dependencies)
    return NodeBuilder(name).bundle(bundle)


def cluster(engine="flux", **gitops):
    """Return a cluster with a platform of two bundles, and an application that waits for one."""
    platform = NodeBuilder("platform").child(leaf("ingress")).child(leaf("metrics", "ingress"))
    root = NodeBuilder("prod").child(platform).child(leaf("shop", "ingress"))
    options = {"bootstrap": {"sourceURL": REPOSITORY}, "external_namespaces": ["web"], **gitops}
    return ClusterBuilder("prod").gitops(engine, **options).root(root).build()


def names(manifests, kind):
    return [each["metadata"]["name"] for each in manifests if each["kind"] == kind]


def objects(layout):
    """Return the GitOps objects that lie in the files of a layout, by kind and name."""
    documents = [
        document
        for path, data in layout.files.items()
        for document in yaml.safe_load_all(data)
        if not path.endswith("kustomization.yaml") and document["kind"] != "ConfigMap"
    ]
    return {(each["kind"], each["metadata"]["name"]): each for each in documents}


# The six usage examples of the reference, and its switch between two engines.


def test_flux_generates_from_a_cluster():
    manifests = flux.engine().generate_from_cluster(cluster())
    assert names(manifests, "Kustomization") == ["ingress", "metrics", "shop"]
    assert manifests[1]["spec"]["dependsOn"] == [{"name": "ingress"}]
    assert manifests[1]["spec"]["path"] == "./clusters/prod/platform/metrics"


def test_flux_with_a_mode_creates_a_layout():
    engine = flux.engine_with_mode("explicit")
    layout = engine.create_layout_with_resources(cluster(), LayoutSpec())
    assert "clusters/prod/flux-system/flux-system-kustomization-shop.yaml" in layout.files
    assert ("clusters", "prod") in {directory.path for directory in layout.directories}


def test_flux_with_a_placement_integrates_objects_into_payloads():
    engine = flux.engine_with_config(
        mode="explicit", placement="integrated", options=FluxSpec(interval="10m")
    )
    layout = engine.create_layout_with_resources(cluster(), LayoutSpec())
    text = layout.files["clusters/prod/flux-system-kustomization-shop.yaml"]
    assert yaml.safe_load(text)["spec"]["interval"] == "10m0s"


def test_argo_cd_generates_from_a_cluster():
    engine = argocd.engine().with_repo_url(REPOSITORY)
    silent = cluster("argocd", bootstrap={})
    manifests = engine.generate_from_cluster(silent)
    assert names(manifests, "Application") == ["ingress", "metrics", "shop"]
    assert manifests[0]["spec"]["source"]["repoURL"] == REPOSITORY
    assert names(manifests, "AppProject") == ["prod"]


def test_argo_cd_has_a_default_namespace():
    engine = argocd.engine().with_repo_url(REPOSITORY).with_default_namespace("gitops")
    layout = engine.create_layout_with_resources(cluster("argocd", bootstrap={}), LayoutSpec())
    found = objects(layout)["Application", "shop"]
    assert found["metadata"]["namespace"] == "gitops"
    assert found["spec"]["source"]["repoURL"] == REPOSITORY


def test_argo_cd_starts_with_its_root_application():
    config = Bootstrap(enabled=True, source_url=REPOSITORY, manifests="none")
    manifests = argocd.engine().generate_bootstrap(config, cluster("argocd").root)
    assert names(manifests, "Application") == ["prod-root"]


@pytest.mark.parametrize(("name", "kind"), [("flux", "Kustomization"), ("argocd", "Application")])
def test_one_engine_takes_the_place_of_another(name, kind):
    engine: kure_hooks.WorkflowEngine = engine_for(name)
    layout = engine.create_layout_with_resources(cluster(name), LayoutSpec())
    assert (kind, "shop") in objects(layout)


# The parts alone.


@pytest.mark.parametrize("package", [flux, argocd], ids=ENGINES)
def test_a_resource_generator_is_usable_alone(package):
    name = ENGINES[package is argocd]
    generator = package.ResourceGenerator()
    assert generator.generate_from_cluster(cluster(name)) == engine_for(name).generate_from_cluster(
        cluster(name)
    )


def test_a_layout_integrator_places_what_another_generator_writes():
    class Quiet(flux.ResourceGenerator):
        def objects(self, table, contents):
            return [
                item
                for item in super().objects(table, contents)
                if item.manifest["metadata"]["name"] != "metrics"
            ]

    layout = flux.LayoutIntegrator(Quiet()).create_layout_with_resources(cluster())
    assert {name for _, name in objects(layout)} == {"ingress", "shop"}


@pytest.mark.parametrize(
    ("package", "modes"),
    [
        (flux, {"flux-operator", "gotk", "gitops-toolkit"}),
        (argocd, {"manifests", "helm", "operator", "autopilot"}),
    ],
    ids=ENGINES,
)
def test_a_bootstrap_generator_knows_its_modes(package, modes):
    assert set(package.BootstrapGenerator().supported_bootstrap_modes()) == modes


@each_engine
def test_a_bootstrap_that_is_not_enabled_writes_nothing(engine):
    assert list(engine.generate_bootstrap(Bootstrap(), cluster(engine.name).root)) == []


def test_flux_starts_with_what_flux_bootstrap_writes():
    config = Bootstrap(
        enabled=True, flux_mode="gotk", source_url=REPOSITORY, source_ref="main", manifests="none"
    )
    manifests = flux.BootstrapGenerator().generate_bootstrap(config, cluster().root)
    assert [each["kind"] for each in manifests] == ["GitRepository", "Kustomization"]
    assert manifests[1]["spec"]["path"] == "./clusters/prod"


@each_engine
def test_an_engine_says_what_its_objects_do(engine):
    (first, *_) = engine.generate_from_cluster(cluster(engine.name))
    effects = engine.effects(first)
    (directory,) = effects.directories
    assert directory.path == "clusters/prod/platform/ingress"
    assert engine.effects(config_map("a")) is None


# Nodes and bundles, within their cluster and alone.


@each_engine
@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_a_node_has_the_objects_of_its_subtree(engine, ordering):
    whole = cluster(engine.name, argocd={"ordering": ordering})
    (platform, shop) = whole.root.children
    of_node = engine.generate_from_node(platform, whole)
    assert [each["metadata"]["name"] for each in of_node] == ["ingress", "metrics"]
    of_bundle = engine.generate_from_bundle(shop.bundle, whole)
    assert [each["metadata"]["name"] for each in of_bundle] == ["shop"]
    if ordering == "waves":
        every = engine.generate_from_cluster(whole)
        assert all(each in every for each in (*of_node, *of_bundle))


@each_engine
def test_a_node_alone_is_the_root_of_a_cluster(engine):
    options = {"repo_url": REPOSITORY} if engine.name == "argocd" else {}
    alone = engine.with_repo_url(REPOSITORY) if options else engine
    (_, shop) = cluster(engine.name).root.children
    (found, *_) = alone.generate_from_node(shop)
    assert found["metadata"]["name"] == "shop"
    assert "clusters/shop" in str(found["spec"])
    if engine.name == "flux":  # what lies outside is external
        assert found["spec"]["dependsOn"] == [{"name": "ingress"}]


@each_engine
def test_a_bundle_alone_is_the_only_one_of_a_cluster(engine):
    alone = engine.with_repo_url(REPOSITORY) if engine.name == "argocd" else engine
    (_, shop) = cluster(engine.name).root.children
    (found,) = alone.generate_from_bundle(shop.bundle)
    assert found["metadata"]["name"] == "shop"


@each_engine
def test_what_is_not_in_a_cluster_is_refused(engine):
    other = NodeBuilder("other").child(leaf("elsewhere"))
    root = ClusterBuilder("other").gitops(engine.name).root(other).build().root
    with pytest.raises(UsageError, match="Node other is not in cluster prod"):
        engine.generate_from_node(root, cluster(engine.name))
    with pytest.raises(UsageError, match="Bundle elsewhere is not in cluster prod"):
        engine.generate_from_bundle(root.children[0].bundle, cluster(engine.name))


# Layouts.


@each_engine
def test_objects_that_are_generated_are_those_of_the_tree(engine):
    whole = cluster(engine.name)
    layout = engine.create_layout_with_resources(whole)
    generated = engine.generate_from_cluster(whole)
    assert {(each["kind"], each["metadata"]["name"]): each for each in generated} == objects(layout)


@each_engine
def test_a_layout_of_payloads_becomes_the_whole_tree(engine):
    whole = cluster(engine.name, create_namespaces=True, external_namespaces=[])
    payloads = engine.create_layout(whole)
    assert not objects(payloads)
    integrated = engine.integrate_with_layout(payloads, whole)
    assert integrated == engine.create_layout_with_resources(whole)
    assert payloads == engine.create_layout(whole)


@each_engine
def test_a_payload_that_the_caller_changed_stays_so(engine):
    whole = cluster(engine.name)
    payloads = engine.create_layout(whole)
    (shop,) = (each for each in payloads.directories if each.path[-1] == "shop")
    own = replace(shop, extras={"README.md": b"by hand\n"})
    layout = replace(
        payloads,
        directories=tuple(own if each is shop else each for each in payloads.directories),
    )
    integrated = engine.integrate_with_layout(layout, whole)
    assert integrated.files["clusters/prod/shop/README.md"] == b"by hand\n"


def test_complete_rules_hold_where_a_cluster_has_none_of_its_own():
    rules = LayoutRules(bundle_grouping="name", node_grouping="flat")
    layout = flux.engine().create_layout_with_resources(cluster(), rules)
    assert "clusters/prod/shop/shop/kustomization.yaml" not in layout.files
    assert "clusters/prod/metrics/kustomization.yaml" in layout.files
    own = structs.replace(cluster(), layout=LayoutSpec(node_grouping="name"))
    layout = flux.engine().create_layout_with_resources(own, rules)
    assert "clusters/prod/platform/metrics/metrics/kustomization.yaml" in layout.files


def test_engines_are_values():
    engine = argocd.engine()
    other = engine.with_repo_url(REPOSITORY)
    assert other is not engine
    own = cluster("argocd", bootstrap={}, argocd={"repoURL": "https://example.com/own.git"})
    (found, *_) = other.generate_from_cluster(own)
    assert found["spec"]["source"]["repoURL"] == "https://example.com/own.git"
    with pytest.raises(UsageError, match="The options of Argo CD"):
        engine.with_default_namespace("Not A Name")
