"""The container of each GitOps object: the nearest one that waits for it in no circle."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.layout.plan import plan
from kure_hooks.layout.rules import resolve
from kure_hooks.layout.units import Scheme
from kure_hooks.stack.load import load
from tests.support import trees
from tests.support.generate import bundle, generated, leaf, node
from tests.support.git import write

GOLDEN = Path(__file__).parent / "golden" / "platform"
TOP = "clusters/prod/"
PLACEMENTS = ("integrated", "integrated-per-bundle")
placements = pytest.mark.parametrize("placement", PLACEMENTS)


def stack(root, placement="integrated"):
    """Return a repository of one cluster `prod`."""
    document = {
        "name": "prod",
        "gitops": {"type": "flux"},
        "layout": {"fluxPlacement": placement},
        "node": root,
    }
    text = yaml.safe_dump(document, sort_keys=False)
    return {"stacks/prod.yaml": text, "files/settings.ini": "a = 1\n"}


def configured(name):
    """Return an application that has a unit of its own with `integrated`."""
    maps = {"configMaps": [{"name": name, "files": ["../files/settings.ini"]}]}
    return {"name": "settings", "namespace": "apps", "kind": "Manifests", "spec": maps}


def planned(root, placement="integrated"):
    """Return the plan of a cluster."""
    tree = MemoryTree({path: text.encode() for path, text in stack(root, placement).items()})
    (cluster,) = load(tree, "stacks/prod.yaml", Settings(), GENERATORS).clusters
    return plan(cluster, resolve(cluster.layout), "clusters", Scheme("flux-system", "flux-system"))


def containers(root, placement="integrated"):
    """Return the container of each unit by name, without those of the entry point."""
    units = planned(root, placement).units
    return {unit.name: unit.container for unit in units if unit.container}


def platform(*below, **fields):
    """Return a node with an umbrella of `crds` and `ingress`, and nodes below it."""
    children = [bundle("crds"), bundle("ingress", dependsOn=["crds"])]
    return node("platform", *below, bundle=bundle("platform", children=children, **fields))


IN_PLATFORM = {"crds": "platform", "ingress": "platform"}


@placements
def test_what_depends_on_the_umbrella_above_is_beside_it(placement):
    """Its own content goes along: what is below `apps` is delivered by it as before."""
    apps = node("apps", leaf("shop"), bundle=bundle("apps", dependsOn=["platform"], wait=True))
    found = planned(node("prod", platform(apps)), placement)
    assert {unit.name: unit.container for unit in found.units if unit.container} == {
        **IN_PLATFORM,
        "shop": "apps",
    }
    apps_unit = found.by_name["apps"]
    assert apps_unit.control == ("clusters", "prod")
    assert apps_unit.payload == ("clusters", "prod", "platform", "apps")


def test_the_golden_tree_of_a_platform_with_apps(update_golden):
    apps = node("apps", leaf("shop"), bundle=bundle("apps", dependsOn=["platform"], wait=True))
    found = {
        path.removeprefix(TOP): data.decode()
        for path, data in generated(stack(node("prod", platform(apps)))).files.items()
    }
    if update_golden:
        write(GOLDEN, found)
    golden = {
        path.relative_to(GOLDEN).as_posix(): path.read_text()
        for path in sorted(GOLDEN.rglob("*.yaml"))
    }
    assert found == golden
    reader = trees.TreeReader({TOP + path: text.encode() for path, text in found.items()}, TOP[:-1])
    trees.check(reader)


@pytest.mark.parametrize(
    ("needs", "inside"),
    [
        (["platform"], False),
        (["far"], False),
        ([{"name": "platform", "readyExpr": "true"}], False),
        (["crds"], True),
        (["ingress"], True),
        (["near"], True),
        ([{"name": "platform", "external": True}], True),
    ],
    ids=str,
)
def test_a_dependency_may_be_indirect(needs, inside):
    """On a child of the umbrella nothing waits in a circle: the umbrella waits for both."""
    far, near = leaf("far", dependsOn=["platform"]), leaf("near", dependsOn=["crds"])
    root = node("prod", platform(leaf("apps", dependsOn=needs)), far, near)
    assert containers(root) == IN_PLATFORM | ({"apps": "platform"} if inside else {})


def test_the_nearest_container_that_does_not_wait_is_taken():
    deep = leaf("deep", dependsOn=["inner"])
    inner = node("inner", deep, bundle=bundle("inner", wait=True))
    middle = node("middle", inner, bundle=bundle("middle"))
    root = node("prod", node("outer", middle, bundle=bundle("outer", wait=True)))
    assert containers(root) == {"middle": "outer", "inner": "middle", "deep": "middle"}


def test_it_is_the_one_that_waits_that_moves_and_none_around_it():
    deep = leaf("deep", dependsOn=["outer"])
    inner = node("inner", deep, bundle=bundle("inner", wait=True, dependsOn=["far"]))
    root = node("prod", node("outer", inner, bundle=bundle("outer", wait=True)), leaf("far"))
    assert containers(root) == {"inner": "outer"}


def test_a_container_that_does_not_wait_keeps_what_depends_on_it():
    below = leaf("shop", dependsOn=["web"])
    assert containers(node("prod", node("web", below, bundle=bundle("web")))) == {"shop": "web"}


def test_what_a_container_depends_on_is_not_in_it():
    base = node("base", leaf("deep"), bundle=bundle("base"))
    root = node("prod", node("web", base, bundle=bundle("web", dependsOn=["base"])))
    assert containers(root) == {"deep": "base"}
    root = node("prod", node("web", base, bundle=bundle("web", dependsOn=["deep"])))
    assert containers(root) == {"base": "web"}


def test_a_dependency_through_containment_counts():
    """What `one` needs is applied by `v`, which waits for `top`, and that would wait for `one`."""
    one = node("u", leaf("one", dependsOn=["late"]), bundle=bundle("u", wait=True))
    v = node("v", leaf("late"), bundle=bundle("v", dependsOn=["top"]))
    root = node("prod", node("top", one, bundle=bundle("top", wait=True)), v)
    assert containers(root) == {"u": "top", "late": "v"}


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_are_in_each_other_s_way_one_moves_whatever_the_order(turned):
    first = node("u", leaf("first", dependsOn=["v"]), bundle=bundle("u", wait=True))
    second = node("v", leaf("second", dependsOn=["u"]), bundle=bundle("v", wait=True))
    both = [second, first] if turned else [first, second]
    assert containers(node("prod", *both)) == {"first": "u"}


def test_what_is_hoisted_takes_its_parts_along():
    package = {"group": "g", "version": "v1", "kind": "OCIRepository", "url": "oci://example.com/x"}
    shop = leaf("shop", configured("shop"), dependsOn=["web"])
    root = node("prod", node("web", shop, bundle=bundle("web", wait=True)))
    assert containers(root) == {"shop-settings": "shop"}
    root = node(
        "prod", node("web", shop | {"packageRef": package}, bundle=bundle("web", wait=True))
    )
    assert containers(root) == {}


NONE = st.just([])


def test_names_that_clash_are_refused_before_anything_is_placed():
    """The part `a-b` of the bundle `a` has the name of the bundle that contains `a`."""
    below = leaf("a", configured("c") | {"name": "b"}, dependsOn=["a-b"])
    root = node("prod", node("a-b", below, bundle=bundle("a-b", wait=True)))
    with pytest.raises(InputError, match="the name a-b of its own Kustomization is taken"):
        planned(root)


OCI = {"kind": "OCIRepository", "name": "one", "url": "oci://example.com/one"}


def test_a_source_is_there_before_all_that_need_it():
    """The first unit that refers to it is in a container that waits for another such unit."""
    early = leaf("early", sourceRef=OCI)
    for base in (leaf("base", sourceRef=OCI), leaf("base")):
        late = node("late", early, bundle=bundle("late", dependsOn=["base"]))
        files = generated(stack(node("prod", late, base))).files
        (path,) = [path for path in files if "ocirepository" in path]
        directory = "" if "sourceRef" in base["bundle"] else "late/"
        assert path == f"{TOP}{directory}flux-system-ocirepository-one.yaml"


@st.composite
def forests(draw):
    """Return the nodes of a stack as (name, bundle, number of the node above or None).

    The order of dependencies has nothing to do with that of the nodes; sources are shared.
    """
    count = draw(st.integers(2, 7))
    order = draw(st.permutations(range(count)))
    names = {number: [f"b{number}"] for number in range(count)}
    found = {}
    for position, number in enumerate(order):
        earlier = [name for other in order[:position] for name in names[other]]
        needs = st.lists(st.sampled_from(earlier), max_size=2, unique=True) if earlier else NONE
        fields = {"wait": True} if draw(st.booleans()) else {}
        applications = [configured(f"c{number}")] if draw(st.integers(0, 4)) == 0 else []
        if draw(st.integers(0, 2)) == 0:
            inner = [f"b{number}-{letter}" for letter in "xy"]
            names[number] += inner
            fields = {
                "children": [
                    bundle(inner[0], dependsOn=draw(needs)),
                    bundle(inner[1], *applications, dependsOn=inner[:1]),
                ]
            }
            applications = []
        source = draw(st.sampled_from(["", "", "one", "two"]))
        fields |= {"sourceRef": OCI | {"name": source}} if source else {}
        fields |= {"dependsOn": draw(needs)}
        found[number] = bundle(f"b{number}", *applications, **fields)
    above = [
        draw(st.none() | st.integers(0, number - 1)) if number else None for number in range(count)
    ]
    return [(found[number], above[number]) for number in range(count)]


def tree_of(forest, *, turned=False):
    """Return the root node of a forest."""
    numbers = range(len(forest))

    def below(number):
        inner = [below(each) for each in numbers if forest[each][1] == number]
        name = forest[number][0]["name"]
        return node(name, *(reversed(inner) if turned else inner), bundle=forest[number][0])

    top = [below(each) for each in numbers if forest[each][1] is None]
    return node("prod", *(reversed(top) if turned else top))


def nearest(forest):
    """Return the nearest bundle above each node, by name."""
    return {
        each["name"]: "" if above is None else forest[above][0]["name"] for each, above in forest
    }


def waits_in_a_circle(units, where):
    """Tell whether units wait for each other when they are in these containers."""
    needs = {}
    bundles = {unit.name: unit.bundle for unit in units}
    for unit in units:
        needs.setdefault(("ready", unit.name), set()).add(("apply", unit.name))
        earlier = needs.setdefault(("apply", unit.name), set())
        earlier |= {("ready", each.name) for each in unit.bundle.depends_on}
        if unit.part:
            needs.setdefault(("ready", unit.bundle.name), set()).add(("ready", unit.name))
        if container := where[unit.name]:
            earlier.add(("apply", container))
            if bundles[container].options.wait or bundles[container].children:
                needs.setdefault(("ready", container), set()).add(("ready", unit.name))
    try:
        TopologicalSorter(needs).prepare()
    except CycleError:
        return True
    return False


many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(forests(), st.sampled_from(PLACEMENTS))
def test_no_unit_waits_for_its_container_and_none_is_further_up_than_it_has_to_be(
    forest, placement
):
    units = planned(tree_of(forest), placement).units
    found = {unit.name: unit.container for unit in units}
    usual = found | nearest(forest)
    assert not waits_in_a_circle(units, found)
    if not waits_in_a_circle(units, usual):
        assert found == usual
    for name, container in found.items():
        nearer = usual[name]
        while nearer != container:
            assert waits_in_a_circle(units, found | {name: nearer})
            nearer = usual[nearer]
    turned = planned(tree_of(forest, turned=True), placement).units
    assert {unit.name: unit.container for unit in turned} == found


@settings(parent=many, max_examples=50)
@given(forests(), st.sampled_from(PLACEMENTS))
def test_the_trees_keep_every_invariant(forest, placement):
    files = generated(stack(tree_of(forest), placement)).files
    trees.check(trees.TreeReader(files, TOP[:-1]))
