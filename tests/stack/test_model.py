"""The model that stack files decode to: what it keeps and what follows from where parts stand."""

import msgspec
import pytest

from kure_hooks.builder import BundleBuilder, ClusterBuilder, NodeBuilder
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.layout.plan import plan
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.layout.units import Scheme
from kure_hooks.operations.compile import generate_cluster
from kure_hooks.stack.documents import PackageRef
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.model import Application, Node
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place
from tests.stack.test_load import cluster

AT = Place(Document("stacks/prod.yaml", {}, 0, 0, {}))
EMPTY = cluster("name: prod\nnode: {name: top}\n")
WEB = next(cluster("name: prod\nnode: {bundle: {name: web}}\n").bundles())
PACKAGE = PackageRef(group="source.toolkit.fluxcd.io", version="v1", kind="OCIRepository")
BOOTSTRAP = """\
name: prod
gitops:
  type: {engine}
  bootstrap:
    enabled: true
    fluxMode: gotk
    fluxVersion: 2.9.x
    components: [source-controller, kustomize-controller]
    registry: ghcr.io/fluxcd
    imagePullSecret: pull
    sourceKind: OCIRepository
    sourceURL: oci://ghcr.io/acme/fleet
    sourceRef: v1
    argoCDVersion: v3.5.1
    argoCDNamespace: gitops
node: {{}}
"""


def nested(*names, bundle=WEB):
    """Return a node with this bundle, below the other nodes that are named."""
    name, *below = names
    if not below:
        return Node(name=name, bundle=bundle, children=(), package=None, place=AT)
    children = (nested(*below, bundle=bundle),)
    return Node(name=name, bundle=None, children=children, package=None, place=AT)


def units(root):
    """Return the parts of a hand-made cluster that are reconciled, by name."""
    made = msgspec.structs.replace(EMPTY, root=root)
    return plan(made, LayoutRules(), "clusters", Scheme("flux-system", "flux-system")).by_name


def application(**fields):
    every = {"name": "web", "namespace": "shop", "kind": "Manifests", "spec": None}
    return Application(**{**every, "labels": {}, "annotations": {}, "place": AT, **fields})


def manifests(name, *kinds):
    found = [{"apiVersion": "v1", "kind": kind, "metadata": {"name": name}} for kind in kinds]
    return {"name": name, "kind": "Manifests", "spec": {"objects": found}}


def test_a_cluster_keeps_its_name_and_its_root():
    """E1.1."""
    root = nested("top")
    made = msgspec.structs.replace(EMPTY, name="other", root=root)
    assert (made.name, made.root) == ("other", root)
    assert (EMPTY.name, EMPTY.root.name) == ("prod", "top")


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (EMPTY, {"name": "other", "description": "x", "labels": {"a": "b"}}),
        (nested("top"), {"name": "other", "bundle": None, "package": PACKAGE}),
        (WEB, {"name": "other", "labels": {"a": "b"}, "children": (WEB,), "depends_on": ()}),
        (application(), {"name": "other", "namespace": "x", "spec": {"a": 1}}),
    ],
    ids=["E1.1", "E1.2-node", "E1.2-bundle", "E1.10"],
)
def test_what_is_set_is_what_is_read(value, changes):
    """E1.2, E1.10: a change is another value; the one that there was stays as it is."""
    before = msgspec.structs.asdict(value)
    changed = msgspec.structs.replace(value, **changes)
    assert {name: getattr(changed, name) for name in changes} == changes
    assert msgspec.structs.asdict(value) == before
    for name in before:
        with pytest.raises(AttributeError, match="immutable"):
            setattr(value, name, None)


def test_a_part_s_path_follows_from_where_it_stands():
    """E1.3: below another parent it is another one, and without a parent its own name."""
    below = nested("web")
    paths = [
        units(root)["web"].node
        for root in (
            msgspec.structs.replace(nested("top"), bundle=None, children=(below,)),
            msgspec.structs.replace(nested("other"), bundle=None, children=(below,)),
            below,
        )
    ]
    assert paths == ["top/web", "other/web", "web"]


@pytest.mark.parametrize("depth", [1, 2, 3, 9])
def test_a_path_is_all_the_names_from_the_root_down(depth):
    """E1.4, E1.5."""
    names = tuple(f"level-{at}" for at in range(depth))
    inner = msgspec.structs.replace(WEB, name="inner")
    found = units(nested(*names, bundle=msgspec.structs.replace(WEB, children=(inner,))))
    assert found["web"].node == "/".join(names)
    assert found["web"].path == f"clusters/prod/{'/'.join(names)}"
    assert found["inner"].path == f"{found['web'].path}/inner"


def test_every_part_is_found_under_its_path():
    """E1.6, E1.7: a node without a bundle has nothing that could be reconciled."""
    children = (nested("a", "same"), nested("b", "same", bundle=None))
    second = nested("c", "same", bundle=msgspec.structs.replace(WEB, name="second"))
    root = msgspec.structs.replace(nested("top", bundle=None), children=(*children, second))
    found = {name: unit.node for name, unit in units(root).items()}
    assert found == {"web": "top/a/same", "second": "top/c/same"}


def test_parents_need_no_linking():
    """E1.8, and F46 of the reference's mistakes: a cluster made by hand generates as it is."""
    spec = built(bundle(manifests("web", "ConfigMap"))).root.bundle.applications[0].spec
    web = msgspec.structs.replace(WEB, applications=(application(spec=spec),))
    made = msgspec.structs.replace(EMPTY, root=nested("top", "apps", bundle=web))
    assert "clusters/prod/top/apps/shop-configmap-web.yaml" in generate_cluster(made).files


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_the_gitops_configuration_is_carried(engine):
    """E1.9."""
    found = cluster(BOOTSTRAP.format(engine=engine))
    assert found.engine == engine
    assert found.bootstrap == Bootstrap(
        enabled=True,
        flux_mode="gotk",
        flux_version="2.9.x",
        components=("source-controller", "kustomize-controller"),
        registry="ghcr.io/fluxcd",
        image_pull_secret="pull",  # noqa: S106 - it is a name
        source_kind="OCIRepository",
        source_url="oci://ghcr.io/acme/fleet",
        source_ref="v1",
        argo_cd_version="v3.5.1",
        argo_cd_namespace="gitops",
    )


def bundle(*applications):
    built = BundleBuilder("web")
    for each in applications:
        built = built.application(**each)
    return built


def built(described):
    return ClusterBuilder("prod").root(NodeBuilder("prod").bundle(described)).build()


def faults(described):
    with pytest.raises(InputError) as caught:
        built(described)
    return [f"{each.key}: {each.problem}" for each in caught.value.findings]


def test_an_application_needs_a_spec():
    """E1.11."""
    text = "name: prod\nnode: {bundle: {name: web, applications: [{name: web, kind: Manifests}]}}\n"
    with pytest.raises(InputError, match=r"applications\[0\].spec: this required key is missing"):
        cluster(text)


def test_what_a_kind_checks_is_checked_before_anything_is_generated():
    """E1.12: the place is that of the application, and the cause is told."""
    bad = {"apiVersion": "v1", "kind": "ConfigMap"}
    text = "apiVersion: generators.gokure.dev/v1alpha1\nkind: Manifests\n"
    text += f"metadata: {{name: web, namespace: shop}}\nspec: {{objects: [{bad}]}}\n"
    stack = "name: prod\nnode: {bundle: {name: web, applications: [{path: ../apps/web.yaml}]}}\n"
    with pytest.raises(InputError) as caught:
        cluster(stack, {"apps/web.yaml": text})
    (found,) = caught.value.findings
    assert (found.at.path, found.key) == ("apps/web.yaml", "spec.objects[0].metadata.name")
    assert found.problem == "this required key is missing"


def test_a_kind_without_checks_of_its_own_generates():
    """E1.13."""
    found = generate_cluster(built(bundle(manifests("web", "ConfigMap")))).files
    assert any(path.endswith("configmap-web.yaml") for path in found)


def test_a_bundle_is_validated_when_it_is_made():
    """E1.14."""
    assert faults(BundleBuilder("web").options(interval="soon")) == [
        'node.bundle.interval: "soon" is not valid'
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{children: [null]}", r"children\[0\]: this is null"),
        ('{name: ""}', r'name: "" is not valid'),
        ("{name: web, applications: [null]}", r"applications\[0\]: this is null"),
    ],
)
def test_nothing_is_no_part(text, problem):
    """E1.15."""
    with pytest.raises(InputError, match=problem):
        cluster(f"name: prod\nnode: {{bundle: {text}}}\n")


def test_objects_of_all_applications_come_in_order():
    """E1.16."""
    named = manifests("second", "ConfigMap"), manifests("first", "Service", "ConfigMap")
    described = (
        ClusterBuilder("prod")
        .layout(file_per="kind")
        .root(NodeBuilder("prod").bundle(bundle(*named)))
    )
    files = generate_cluster(described.build()).files
    (data,) = (data for path, data in files.items() if path.endswith("configmap.yaml"))
    assert data.index(b"name: second") < data.index(b"name: first")


def test_a_fault_of_one_application_ends_the_generation():
    """E1.16: there is no tree with the rest."""
    missing = {"name": "bad", "kind": "Manifests", "spec": {"files": ["missing.yaml"]}}
    made = built(bundle(manifests("good", "ConfigMap"), missing))
    with pytest.raises(InputError, match=r"no file matches .*missing\.yaml"):
        generate_cluster(made, tree=MemoryTree({}))
